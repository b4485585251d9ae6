"""The one clock. Everything that needs the present asks here, so that the past can be replayed.

``timezone.now()`` and ``auto_now`` are refused elsewhere by ``tests/architecture``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC; or the moment set by :func:`at`."""
    return _set_to.get() or timezone.now()


def today() -> date:
    """The present day in the current time zone."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Make ``now()`` answer ``moment`` (aware) within the block, in this thread or task only."""
    if timezone.is_naive(moment):
        raise ValueError("clock.at() needs an aware datetime")
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
