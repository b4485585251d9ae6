"""Who belongs to the team that runs a programme: packages to the right say so, core and accounts only ask."""

from collections.abc import Callable

from django.db.models import CharField, Q
from django.db.models.functions import Cast

_staff_tests: list[Callable] = []


def register_staff_test(test: Callable) -> Callable:
    """Let ``test(user) -> bool`` (cheap, cached) say that someone runs a programme; call in ``ready()``."""
    if test not in _staff_tests:
        _staff_tests.append(test)
    return test


def is_staff_member(user) -> bool:
    """Whether this person runs a programme, or administers the site."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    return user.is_superuser or any(test(user) for test in _staff_tests)


# Whose business a thing is: a model's label ("projects.project") -> the rows of it that this person runs,
# or None where every member of staff may read what is written about any row.
_scopes: dict[str, Callable | None] = {}


def register_scope(label: str, scope: Callable | None = None) -> None:
    """Say who may read the letters and the journal about the rows of a model; call in ``ready()``.

    ``scope(user)`` answers a queryset of the rows that this person runs; without it the rows are the
    whole authority's. What no package has spoken for is read by administrators only.
    """
    _scopes[label.lower()] = scope


def has_scope(label: str) -> bool:
    """Whether a package has said whose business the rows of this model are."""
    return label.lower() in _scopes


def within_scope(user, prefix: str, *, but_not: str = "") -> Q:
    """Rows about what this person runs; ``prefix``_type and ``prefix``_pk are the columns that say about what.

    ``but_not`` is the label of a model that the rows are never about: its own scope is not asked.
    """
    if user.is_superuser:
        return ~Q(pk__in=[])  # everything; an empty Q would vanish from an OR
    found = Q(pk__in=[])
    for label, scope in _scopes.items():
        if label == but_not:
            continue
        app_label, model = label.split(".")
        about = Q(**{f"{prefix}_type__app_label": app_label, f"{prefix}_type__model": model})
        if scope is not None:
            keys = scope(user).order_by().annotate(_key=Cast("pk", CharField())).values("_key")
            about &= Q(**{f"{prefix}_pk__in": keys})
        found |= about
    return found


_admin_tests: list[Callable] = []


def register_admin_test(test: Callable) -> Callable:
    """Let ``test(user) -> bool`` (cheap, cached) say who looks after the site itself; call in ``ready()``."""
    if test not in _admin_tests:
        _admin_tests.append(test)
    return test


def can_run_jobs(user) -> bool:
    """See the work that failed in the background, try it again, or put it aside."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    return user.is_superuser or any(test(user) for test in _admin_tests)


def can_run_outbox(user) -> bool:
    """Read, correct, approve, print and drop letters."""
    return is_staff_member(user)


def can_read_journal(user) -> bool:
    """Read who did what, and who read named scores."""
    return is_staff_member(user)
