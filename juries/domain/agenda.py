"""The agenda of a sitting: hours of passage made from the order, minutes each and breaks; and the members' diary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import rules
from juries.domain.locks import lock
from juries.domain.sittings import MOST_MINUTES
from juries.enums import SittingState
from juries.models import Hearing, Sitting

PRODUCT = "-//Eclosion//Juries//FR"
MOST_BREAKS = 6
LONGEST_LABEL = 60
DEFAULT_LENGTH = timedelta(hours=2)  # of a sitting whose hours are not made yet


@dataclass
class Line:
    """A line of the agenda: a project, or a break (``hearing`` is then None)."""

    starts_at: datetime | None
    hearing: Hearing | None = None
    label: str = ""
    minutes: int | None = None


def hours(starts_at: datetime, count: int, minutes_each: int, breaks: Sequence[dict]) -> list[datetime]:
    """When each of ``count`` projects passes; ``breaks`` are ``{"after": projects heard, "minutes": length}``."""
    passing, found = starts_at, []
    for number in range(count):
        passing += timedelta(
            minutes=sum(one["minutes"] for one in breaks if one["after"] == number and number)
        )
        found.append(passing)
        passing += timedelta(minutes=minutes_each)
    return found


def _checked(breaks: Sequence[dict], count: int) -> list[dict]:
    if len(breaks) > MOST_BREAKS:
        raise Refused({"breaks": _("At most %(count)d breaks.") % {"count": MOST_BREAKS}})
    kept = []
    for one in breaks:
        after, minutes = one.get("after"), one.get("minutes")
        if not isinstance(after, int) or not 1 <= after < max(count, 2):
            raise Refused(
                {
                    "breaks": _(
                        "A break comes after the first project and before the last: say after how many."
                    )
                }
            )
        if not isinstance(minutes, int) or not 1 <= minutes <= MOST_MINUTES:
            raise Refused(
                {"breaks": _("A break lasts between 1 and %(max)d minutes.") % {"max": MOST_MINUTES}}
            )
        label = " ".join(str(one.get("label") or "").split())[:LONGEST_LABEL]
        kept.append({"after": after, "minutes": minutes, "label": label})
    return sorted(kept, key=lambda one: one["after"])


@transaction.atomic
def make_hours(
    *, actor, sitting: Sitting, minutes_each: int | None, breaks: Sequence[dict] = ()
) -> list[Hearing]:
    """Give each project its hour, in the order of passage, from the beginning of the sitting.

    Hours can still be changed one by one (``sittings.reorder_hearings``) until the deliberation.
    """
    if not rules.can_organise(actor, sitting):
        raise PermissionDenied("juries.make_hours")
    lock(sitting)
    if sitting.state not in {SittingState.PREPARING, SittingState.SCORING}:
        raise Refused(_("The deliberation has begun: the order of passage no longer changes."))
    if minutes_each is None or not 1 <= minutes_each <= MOST_MINUTES:
        raise Refused(
            {"minutes_each": _("Give between 1 and %(max)d minutes to each project.") % {"max": MOST_MINUTES}}
        )
    hearings = list(sitting.hearings.open().order_by("position", "pk"))
    if not hearings:
        raise Refused(_("There is no project to hear: add at least one."))
    sitting.minutes_each, sitting.breaks = minutes_each, _checked(breaks, len(hearings))
    for hearing, moment in zip(
        hearings, hours(sitting.starts_at, len(hearings), minutes_each, sitting.breaks), strict=True
    ):
        hearing.starts_at = moment
    Hearing.objects.bulk_update(hearings, ["starts_at"])
    sitting.save(update_fields=["minutes_each", "breaks"])
    journal.record(verb="juries.hours_made", actor=actor, target=sitting, minutes=minutes_each)
    return hearings


def lines_of(sitting: Sitting, hearings: Sequence[Hearing], before: int = 0) -> list[Line]:
    """The agenda as it is read: projects and breaks; ``before`` is how many projects earlier pages hold."""
    lines = []
    for number, hearing in enumerate(hearings, start=before):
        for one in sitting.breaks:
            if one["after"] == number and number > before:
                start = hearing.starts_at - timedelta(minutes=one["minutes"]) if hearing.starts_at else None
                lines.append(Line(start, label=one["label"] or _("Break"), minutes=one["minutes"]))
        lines.append(Line(hearing.starts_at, hearing=hearing))
    return lines


def ends_at(sitting: Sitting, hearings: Sequence[Hearing]) -> datetime:
    """When the last project has been heard; two hours after the beginning where there are no hours yet."""
    last = max((hearing.starts_at for hearing in hearings if hearing.starts_at), default=None)
    if last is None or sitting.minutes_each is None:
        return sitting.starts_at + DEFAULT_LENGTH
    return last + timedelta(minutes=sitting.minutes_each)


def diary_of(sitting: Sitting, hearings: Sequence[Hearing], address: str) -> bytes:
    """A member's dates as iCalendar (RFC 5545), in UTC; an event keeps its UID when its date moves.

    ``hearings`` are those that this member may see: their titles as the jurors read them.
    """
    diary = Calendar()
    diary.add("prodid", PRODUCT)
    diary.add("version", "2.0")
    diary.add("method", "PUBLISH")
    diary.add("x-wr-calname", sitting.body)
    meeting = _event(sitting, "sitting", sitting.body, sitting.starts_at, ends_at(sitting, hearings), address)
    where = ", ".join(filter(None, [sitting.place, sitting.link]))
    if where:
        meeting.add("location", where)
    if sitting.state == SittingState.CANCELLED:
        meeting.add("status", "CANCELLED")
    if hearings:
        meeting.add("description", "\n".join(_in_words(line) for line in lines_of(sitting, hearings)))
    diary.add_component(meeting)
    for key, moment, words in (
        ("reading", sitting.reading_opens_at, _("Dossiers can be read: %(body)s")),
        ("marks", sitting.scores_close_at, _("Last hour to give marks: %(body)s")),
    ):
        if moment is not None:
            event = _event(sitting, key, words % {"body": sitting.body}, moment, None, address)
            event.add("transp", "TRANSPARENT")
            diary.add_component(event)
    return diary.to_ical()


def _event(sitting, key: str, summary: str, start: datetime, end: datetime | None, address: str) -> Event:
    event = Event()
    event.add("uid", f"{sitting.code}.{key}@eclosion")
    event.add("dtstamp", clock.now())
    event.add("summary", summary)
    event.add("url", address)
    event.add("dtstart", start.astimezone(UTC))
    event.add("dtend", (end or start + timedelta(minutes=15)).astimezone(UTC))
    return event


def _in_words(line: Line) -> str:
    title = line.label if line.hearing is None else line.hearing.dossier.get("title", "")
    if line.starts_at is None:
        return title
    return f"{timezone.localtime(line.starts_at):%H:%M} {title}"
