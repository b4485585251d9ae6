"""How a call is announced beyond its page: dates for a diary, lines for a feed, questions on paper."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from calls import conditions
from calls.enums import CallState, QuestionKind
from calls.models import Call
from incubator.core import clock, words

PRODUCT = "-//Eclosion//Calls//FR"
WORDS_A_LINE = 12  # what a hand writes on one line of paper
LINES_AT_MOST = 18
DEFAULT_LINES = 8


def stable_id(call: Call) -> str:
    """Names a call for good, whatever address the site has (RFC 4151)."""
    return f"tag:eclosion,{call.created_at:%Y-%m-%d}:{call.programme.code}/{call.code}"


def announced_calls():
    """Published calls that are no drafts, the latest first. One query."""
    return (
        Call.objects.filter(page__live=True, page__view_restrictions__isnull=True)
        .exclude(state=CallState.DRAFT)
        .select_related("programme", "page")
        .order_by("-opens_at", "-pk")
    )


def announcement_of(call: Call) -> str:
    """What it is and until when, in two sentences."""
    when = _("Apply from %(opens)s until %(closes)s.") % {
        "opens": words.in_words(call.opens_at.astimezone(call.zone)),
        "closes": words.in_words(call.closes_at.astimezone(call.zone)),
    }
    return " ".join(filter(None, [call.page.lead, when]))


def when_to_apply(call: Call) -> str:
    """From when to when, on one short line; it stays true as days go by."""
    return _("From %(opens)s to %(closes)s") % {
        "opens": words.day(call.opens_at.astimezone(call.zone)),
        "closes": words.in_words(call.closes_at.astimezone(call.zone)),
    }


# -- The diary ---------------------------------------------------------------------------------------


def calendar_of(call: Call, address: str) -> bytes:
    """The dates of a call as iCalendar (RFC 5545). An event keeps its UID when its date moves.

    Hours are given in UTC, which every diary shows in its own zone; days have no zone.
    """
    diary = Calendar()
    diary.add("prodid", PRODUCT)
    diary.add("version", "2.0")
    diary.add("method", "PUBLISH")
    diary.add("x-wr-calname", call.title)
    programme = call.programme
    _add(diary, call, address, "opening", _("Opening: %(call)s"), call.opens_at)
    _add(diary, call, address, "closing", _("Last hour to apply: %(call)s"), call.closes_at)
    if programme.uses_preselection:
        _add(diary, call, address, "preselection", _("Preselection: %(call)s"), call.preselection_on)
    if programme.uses_hackathon:
        _add(diary, call, address, "hackathon", _("Hackathon: %(call)s"), call.hackathon_on)
    _add(diary, call, address, "preincubation", _("Pre-incubation begins: %(call)s"), call.preincubation_from)
    _add(diary, call, address, "jury", _("Jury: %(call)s"), call.jury_on)
    return diary.to_ical()


def _add(diary: Calendar, call: Call, address: str, key: str, summary: str, when) -> None:
    if when is None:
        return
    event = Event()
    event.add("uid", f"{call.programme.code}.{call.code}.{key}@eclosion")
    event.add("dtstamp", clock.now())
    event.add("summary", summary % {"call": call.title})
    event.add("url", address)
    if isinstance(when, datetime):
        event.add("dtstart", _utc(when))
        event.add("dtend", _utc(when + timedelta(minutes=15)))
    else:
        event.add("dtstart", when)
        event.add("dtend", when + timedelta(days=1))
    # A date to know of, not an hour at which one is busy.
    event.add("transp", "TRANSPARENT")
    diary.add_component(event)


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


# -- Paper -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperQuestion:
    """One question and the room it needs on paper."""

    label: str
    help: str
    required: bool
    kind: str
    choices: list[str]
    lines: range
    max_words: int | None = None
    unit: str = ""
    range: bool = False
    only_if: str = ""


def sections_on_paper(sections: list[dict]) -> list[dict]:
    """The questions that an agent would be asked on screen, each with lines or boxes to fill in by hand."""
    return [
        {
            "title": section["title"],
            "intro": section["intro"],
            "questions": [_on_paper(question, sections) for question in section["questions"]],
        }
        for section in sections
    ]


def _on_paper(question: dict, sections: list[dict]) -> PaperQuestion:
    kind, most = question["kind"], question.get("max_words")
    lines = 0
    if kind in (QuestionKind.SHORT_TEXT, QuestionKind.LINK, QuestionKind.SITE):
        lines = 1
    elif kind == QuestionKind.LONG_TEXT:
        lines = min(LINES_AT_MOST, -(-most // WORDS_A_LINE)) if most else DEFAULT_LINES
    choices = [choice["label"] for choice in question.get("choices", ())]
    if kind == QuestionKind.YES_NO:
        choices = [_("Yes"), _("No")]
    return PaperQuestion(
        label=question["label"],
        help=question.get("help", ""),
        required=question["required"],
        kind=kind,
        choices=choices,
        lines=range(lines),
        max_words=most,
        unit=question.get("unit", ""),
        range=question.get("range", False),
        only_if=conditions.sentence(question, sections),
    )
