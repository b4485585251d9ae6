"""Who belongs to the team that runs a programme: packages to the right say so, core and accounts only ask."""

from collections.abc import Callable

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


def can_run_outbox(user) -> bool:
    """Read, correct, approve, print and drop letters."""
    return is_staff_member(user)


def can_read_journal(user) -> bool:
    """Read who did what, and who read named scores."""
    return is_staff_member(user)
