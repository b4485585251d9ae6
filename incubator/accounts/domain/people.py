"""Verbs about people: create, change, give a role, hand over a one-time password.

``actor`` None is the site itself (first installation, demonstration). Every verb checks
:mod:`incubator.accounts.rules` (PermissionDenied) and refuses bad input with sentences by field (Refused).
"""

import secrets
import unicodedata
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from incubator.accounts import rules
from incubator.accounts.domain.access import sync_admin
from incubator.accounts.enums import PreferredChannel, Role
from incubator.accounts.models import RoleGrant, User
from incubator.accounts.validators import validate_phone, validate_plain_text, validate_username
from incubator.core import clock, journal
from incubator.core.models import Refused

# No letter or digit that looks like another one; small letters, because phones type them first.
_ONE_TIME_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ONE_TIME_GROUPS = (4, 4, 4)  # 12 characters of 31: 59 bits, with limited tries (CNIL 2022-100 asks 50)

_PERSON_FIELDS = (
    "first_name",
    "last_name",
    "display_name",
    "email",
    "username",
    "phone",
    "preferred_channel",
    "language",
    "directorate",
    "workplace",
    "line_manager",
    "category",
)
# One's way in (e-mail, user name) and one's place are not one's own to change.
PROFILE_FIELDS = ("first_name", "last_name", "display_name", "phone", "preferred_channel", "language")


@transaction.atomic
def create_person(
    *,
    actor,
    first_name: str,
    last_name: str,
    email: str | None = None,
    username: str | None = None,
    phone: str = "",
    preferred_channel: str | None = None,
    directorate=None,
    workplace=None,
    line_manager=None,
    category: str = "",
    language: str = "fr",
    display_name: str = "",
) -> User:
    """Open an account. Without a user name one is made from the names; there is no password yet:
    someone with an e-mail comes in by code, someone without is handed a one-time password."""
    if not rules.can_create_person(actor):
        raise PermissionDenied("accounts.create_person")
    person = User(
        first_name=first_name,
        last_name=last_name,
        display_name=display_name,
        email=email,
        username=username or "",
        phone=phone,
        language=language,
        directorate=directorate,
        workplace=workplace,
        line_manager=line_manager,
        category=category,
    )
    _tidy(person)
    person.username = person.username or free_username(person.first_name, person.last_name)
    person.preferred_channel = preferred_channel or _natural_channel(person)
    person.date_joined = clock.now()
    person.set_unusable_password()
    _save(person)
    journal.record(verb="accounts.create_person", actor=actor, target=person, has_email=bool(person.email))
    return person


@transaction.atomic
def update_person(*, actor, user: User, **changes) -> User:
    """Change what is known of someone; ``changes`` are columns of ``_PERSON_FIELDS``."""
    if not rules.can_update_person(actor, user):
        raise PermissionDenied("accounts.update_person")
    unknown = changes.keys() - set(_PERSON_FIELDS)
    if unknown:
        raise TypeError(f"update_person() cannot change {', '.join(sorted(unknown))}")
    changed = _apply(user, changes)
    if changed:
        journal.record(verb="accounts.update_person", actor=actor, target=user, fields=changed)
    return user


@transaction.atomic
def update_profile(*, actor, user: User, **changes) -> User:
    """Change what one may change oneself: ``changes`` are columns of ``PROFILE_FIELDS``."""
    if not rules.can_update_profile(actor, user):
        raise PermissionDenied("accounts.update_profile")
    unknown = changes.keys() - set(PROFILE_FIELDS)
    if unknown:
        raise TypeError(f"update_profile() cannot change {', '.join(sorted(unknown))}")
    changed = _apply(user, changes)
    if changed:
        journal.record(verb="accounts.update_profile", actor=actor, target=user, fields=changed)
    return user


@transaction.atomic
def close_person(*, actor, user: User) -> User:
    """Shut the door: the account and its history stay, nobody comes in with it."""
    if not rules.can_update_person(actor, user) or actor == user:
        raise PermissionDenied("accounts.close_person")
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        rules.forget_roles(user)
        journal.record(verb="accounts.close_person", actor=actor, target=user)
    return user


@transaction.atomic
def reopen_person(*, actor, user: User) -> User:
    if not rules.can_update_person(actor, user):
        raise PermissionDenied("accounts.reopen_person")
    if user.anonymised_at:
        raise Refused(_("This person's data has been erased: the account cannot be opened again."))
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        rules.forget_roles(user)
        journal.record(verb="accounts.reopen_person", actor=actor, target=user)
    return user


@transaction.atomic
def issue_one_time_password(*, actor, user: User) -> str:
    """Make and answer a password that works until another is chosen at first entry; kept nowhere in clear."""
    if not rules.can_issue_one_time_password(actor, user):
        raise PermissionDenied("accounts.issue_one_time_password")
    groups = ("".join(secrets.choice(_ONE_TIME_ALPHABET) for _ in range(size)) for size in _ONE_TIME_GROUPS)
    password = "-".join(groups)
    user.set_password(password)
    user.must_change_password = True
    user.one_time_password_until = clock.now() + timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)
    user.save(update_fields=["password", "must_change_password", "one_time_password_until"])
    journal.record(verb="accounts.issue_one_time_password", actor=actor, target=user)
    return password


@transaction.atomic
def choose_password(*, actor, user: User, password: str) -> User:
    """Replace one's password by one's own choice; the one-time password stops working."""
    if actor != user:
        raise PermissionDenied("accounts.choose_password")
    user.set_password(password)
    user.must_change_password = False
    user.one_time_password_until = None
    user.save(update_fields=["password", "must_change_password", "one_time_password_until"])
    journal.record(verb="accounts.choose_password", actor=actor, target=user)
    return user


@transaction.atomic
def grant_role(*, actor, user: User, role: Role) -> RoleGrant:
    """Give an authority-wide role; giving it twice changes nothing."""
    if role not in Role.values:
        raise Refused({"role": _("Choose a role of the list.")})
    if not rules.can_give_role(actor, role):
        raise PermissionDenied("accounts.grant_role")
    grant = user.role_grants.filter(role=role, ended_at__isnull=True).first()
    if grant is None:
        try:
            with transaction.atomic():
                grant = RoleGrant.objects.create(user=user, role=role, granted_by=actor)
        except IntegrityError:  # granted by someone else at the same moment
            return user.role_grants.get(role=role, ended_at__isnull=True)
        journal.record(verb="accounts.grant_role", actor=actor, target=user, role=str(role))
    _role_changed(user, role)
    return grant


@transaction.atomic
def end_role(*, actor, user: User, role: Role) -> None:
    """Take a role back; the row stays with its dates."""
    if not rules.can_give_role(actor, role):
        raise PermissionDenied("accounts.end_role")
    if role == Role.ADMIN and actor is not None and actor == user:
        raise Refused(_("Another administrator takes this role from you: the site must keep one."))
    ended = user.role_grants.filter(role=role, ended_at__isnull=True).update(ended_at=clock.now())
    if ended:
        journal.record(verb="accounts.end_role", actor=actor, target=user, role=str(role))
    _role_changed(user, role)


def free_username(first_name: str, last_name: str) -> str:
    """``prenom.nom``, with a number when it is taken."""
    parts = [slugify(unicodedata.normalize("NFKD", part)).strip("-_") for part in (first_name, last_name)]
    stem = ".".join(part for part in parts if part)[:60] or "personne"
    stem = stem if len(stem) > 1 else f"{stem}.personne"
    taken = set(User.objects.filter(username__istartswith=stem).values_list("username", flat=True))
    if stem not in taken:
        return stem
    return next(f"{stem}{n}" for n in range(2, len(taken) + 3) if f"{stem}{n}" not in taken)


# -- Parts -----------------------------------------------------------------------------------------


def _tidy(person: User) -> None:
    for field in ("first_name", "last_name", "display_name", "phone"):
        setattr(person, field, (getattr(person, field) or "").strip())
    person.username = (person.username or "").strip().lower()
    person.email = User.objects.normalize_email(person.email)


def _natural_channel(person: User) -> str:
    if person.email:
        return PreferredChannel.EMAIL
    return PreferredChannel.SMS if person.phone else PreferredChannel.PAPER


def _apply(user: User, changes: dict) -> list[str]:
    """Set the columns, check everything, save; answers the names of what really changed."""
    before = {name: getattr(user, name) for name in changes}
    for name, value in changes.items():
        setattr(user, name, value)
    _tidy(user)
    user.username = user.username or free_username(user.first_name, user.last_name)
    user.preferred_channel = user.preferred_channel or _natural_channel(user)
    changed = sorted(name for name, value in before.items() if getattr(user, name) != value)
    if not changed:
        return []
    try:
        _save(user)
    except ValidationError:
        for name, value in before.items():
            setattr(user, name, value)
        raise
    if "email" in changed:
        user.emailaddress_set.exclude(email=user.email or "").delete()  # the old address opens nothing more
    return changed


def _save(person: User) -> None:
    _check(person)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:  # the same name or address was given to someone at the same moment
        raise Refused(_("Someone was created with this user name or e-mail just now. Try again.")) from error


def _check(person: User) -> None:
    """Every sentence of what is wrong, by field."""
    errors: dict[str, list] = {}

    def refuse(field, sentence):
        errors.setdefault(field, []).append(sentence)

    for field in ("first_name", "last_name", "display_name", "username", "phone", "email"):
        try:
            validate_plain_text(getattr(person, field) or "")
        except ValidationError as error:
            refuse(field, error)
    for field, sentence in (
        ("first_name", _("Write the first name.")),
        ("last_name", _("Write the last name.")),
    ):
        if not getattr(person, field):
            refuse(field, sentence)
    for field, check in (
        ("username", validate_username),
        ("phone", validate_phone),
        ("email", validate_email),
    ):
        value = getattr(person, field)
        if value and field not in errors:
            try:
                check(value)
            except ValidationError as error:
                refuse(field, error)
    if errors:
        raise Refused(errors)
    others = User.objects.exclude(pk=person.pk)
    if others.filter(username__iexact=person.username).exists():
        refuse("username", _("This user name is taken. Choose another one."))
    if person.email and others.filter(email__iexact=person.email).exists():
        refuse("email", _("Someone already has this e-mail. Look for them in the list of people."))
    if person.preferred_channel == PreferredChannel.EMAIL and not person.email:
        refuse("preferred_channel", _("There is no e-mail to write to. Choose another way."))
    if person.preferred_channel == PreferredChannel.SMS and not person.phone:
        refuse("preferred_channel", _("There is no phone number to write to. Add one or choose another way."))
    if person.line_manager_id and person.line_manager_id == person.pk:
        refuse("line_manager", _("Nobody is their own line manager. Choose someone else."))
    try:
        person.clean_fields(exclude=["password", *errors])
    except ValidationError as error:
        for field, sentences in error.error_dict.items():
            errors.setdefault(field if field in _PERSON_FIELDS else NON_FIELD_ERRORS, []).extend(sentences)
    if errors:
        raise Refused(errors)


def _role_changed(user: User, role: str) -> None:
    rules.forget_roles(user)
    if role == Role.ADMIN:
        sync_admin(user=user)
