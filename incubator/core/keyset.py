"""Pages of a list by the place where the last one ended, not by a number of rows to skip.

What comes in or goes out meanwhile moves nothing: no row is shown twice nor lost, and the hundredth page
costs what the first does.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

AFTER, BEFORE = "apres", "avant"
_READ = {"text": str, "number": int, "day": date.fromisoformat, "moment": datetime.fromisoformat}


@dataclass(frozen=True)
class KeysetPage:
    """The rows of one page, and the cursors of the pages around it (empty where there is none)."""

    rows: list = field(default_factory=list)
    previous: str = ""
    next: str = ""

    def __iter__(self):
        return iter(self.rows)


def page_of(
    queryset: QuerySet, query, *, key: str, kind: str, backwards: bool = False, size: int = 50
) -> KeysetPage:
    """The page that ``query`` (``?apres=`` or ``?avant=``) asks for. One query; two when its place is gone.

    ``key`` names a column or annotation that is never NULL, ``kind`` what it holds (``text``, ``number``, ``day``,
    ``moment``); rows that are equal stand by their number. A cursor that cannot be read is the first page.
    """
    after, before = _read(query.get(AFTER), kind), _read(query.get(BEFORE), kind)
    towards_start = after is None and before is not None
    place = before if towards_start else after
    descending = backwards != towards_start
    sign = "-" if descending else ""
    ordered = queryset.order_by(f"{sign}{key}", f"{sign}pk")
    if place is not None:
        ordered = ordered.filter(_beyond(key, place, descending))
    rows = list(ordered[: size + 1])
    if not rows and place is not None:
        return page_of(queryset, {}, key=key, kind=kind, backwards=backwards, size=size)
    more, rows = len(rows) > size, rows[:size]
    if towards_start:
        rows.reverse()
    has_previous, has_next = (more, True) if towards_start else (place is not None, more)
    return KeysetPage(
        rows,
        previous=_written(rows[0], key) if has_previous and rows else "",
        next=_written(rows[-1], key) if has_next and rows else "",
    )


def _beyond(key: str, place: tuple[Any, int], descending: bool) -> Q:
    value, pk = place
    side = "lt" if descending else "gt"
    # The first half lets an index jump to the place; the second tells equal rows apart.
    return Q(**{f"{key}__{side}e": value}) & (Q(**{f"{key}__{side}": value}) | Q(**{f"pk__{side}": pk}))


def _written(row, key: str) -> str:
    value = getattr(row, key)
    plain = value.isoformat() if isinstance(value, date) else value
    return base64.urlsafe_b64encode(json.dumps([plain, row.pk]).encode()).decode().rstrip("=")


def _read(cursor: str | None, kind: str) -> tuple[Any, int] | None:
    if not cursor or len(cursor) > 2000:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(value, str) and "\x00" in value or not 0 <= int(pk) < 2**63:
            return None
        value = _READ[kind](value)
        if kind == "number" and abs(value) >= 2**31:
            return None
        if kind == "moment" and value.tzinfo is None:
            return None
        return value, int(pk)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
