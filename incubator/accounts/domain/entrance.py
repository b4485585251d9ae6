"""The open door: an address of one of the authority's own domains opens an account by an e-mailed code."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from incubator.accounts.domain import people
from incubator.accounts.models import User
from incubator.core import journal


def is_open_address(email: str) -> bool:
    """Whether this address may open an account by itself: its domain is listed in OPEN_EMAIL_DOMAINS."""
    local, at, domain = email.strip().lower().rpartition("@")
    return bool(local and at) and domain in {
        open_domain.lower() for open_domain in settings.OPEN_EMAIL_DOMAINS
    }


def names_from(email: str) -> tuple[str, str]:
    """A first guess from ``prenom.nom@…``; the person corrects it on their own page."""
    local = email.partition("@")[0].partition("+")[0]
    first, _dot, last = local.partition(".")
    words = [part.replace("_", "-").strip("-").title() for part in (first, last.replace(".", " "))]
    first, last = (word[:150] for word in words)
    return (first or last, last or first)


@transaction.atomic
def open_account(*, email: str) -> User:
    """Open the account of someone who has just proved that this address is theirs; twice gives the same one."""
    email = User.objects.normalize_email(email)
    if existing := User.objects.filter(email=email).first():
        return existing
    if not is_open_address(email or ""):
        raise PermissionDenied("accounts.open_account")
    first_name, last_name = names_from(email)
    person = people.create_person(actor=None, first_name=first_name, last_name=last_name, email=email)
    journal.record(verb="accounts.open_account", actor=person, target=person)
    return person


@transaction.atomic
def confirm_address(*, user: User, email: str) -> None:
    """Keep for allauth that this address was proved by a code."""
    user.emailaddress_set.update_or_create(
        email=email.lower(), defaults={"verified": True, "primary": email.lower() == user.email}
    )
