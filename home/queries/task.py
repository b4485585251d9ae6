"""One thing to do, as « Aujourd'hui » shows it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from incubator.core import clock


def day_of(moment: datetime | date) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


@dataclass(frozen=True)
class Task:
    """One thing to do: what, where, since when it waits, until when."""

    title: str
    url: str
    action: str
    since: date
    due: date | datetime | None = None
    note: str = ""
    others_wait: bool = False  # a body or a sponsor cannot go on without it

    @property
    def due_on(self) -> date | None:
        return day_of(self.due) if self.due else None

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()
