"""What a call's page says besides its editor's words, and the public clock: how many had an answer, how fast."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.text import slugify

from calls import queries, schema
from calls.models import Application, Call, CallPage
from incubator.core.path import Path
from projects.models import ImpactPage

PAST_PROJECTS = 3
# Below, a median says nothing, and a share would speak of people whom their colleagues could name.
FEWEST_ANSWERS = 5


@dataclass(frozen=True)
class Answers:
    """How those who applied were answered: shares and days of applications, never of persons."""

    answered: int
    waiting: int
    days: int | None

    @property
    def is_told(self) -> bool:
        """Whether there are enough answers to give figures."""
        return self.answered >= FEWEST_ANSWERS

    @property
    def everyone(self) -> bool:
        return self.answered > 0 and self.waiting == 0

    @property
    def share(self) -> int:
        """Percent answered, rounded down: 100 is said only when nobody waits."""
        return 100 * self.answered // (self.answered + self.waiting)


def answers_of_call(call: Call) -> Answers:
    """Who of a call was answered (``Application.objects.answered``), and the median of whole days that it took.

    Days run from the day of submission to the day when the first letter reached the team, in the programme's
    zone; a half day of the median counts as one. Who withdrew before any answer is not counted. One query.
    """
    waits = Exists(Application.objects.unanswered().filter(pk=OuterRef("pk")))
    rows = call.applications.sent().with_answered_at().annotate(waits=waits)
    waiting, delays = 0, []
    for submitted_at, answered_at, still_waits in rows.values_list("submitted_at", "answered_at", "waits"):
        if still_waits:
            waiting += 1
        elif answered_at is not None:
            delays.append(_days_between(submitted_at, answered_at, call))
    return Answers(len(delays), waiting, math.ceil(median(delays)) if delays else None)


def _days_between(start: datetime, end: datetime, call: Call) -> int:
    return max(0, (end.astimezone(call.zone).date() - start.astimezone(call.zone).date()).days)


@dataclass(frozen=True)
class Part:
    """One block of the page, with the name by which the list of contents leads to it."""

    anchor: str
    heading: str
    block: Any


@dataclass(frozen=True)
class CallFacts:
    """What a call's page says besides its editor's words."""

    call: Call
    moment: str
    path: Path
    sections: list[dict]
    time_left: str
    duration: str
    drafts: list[Application]
    parts: list[Part] = field(default_factory=list)
    past: list[ImpactPage] = field(default_factory=list)
    answers: Answers | None = None


def call_page_facts(page: CallPage, user) -> CallFacts:
    """One query for a visitor when the page came with its call, for past projects; one more once the call is over,
    for the public clock; one for someone's own drafts."""
    call = page.call
    moment = queries.moment_of(call)
    return CallFacts(
        call=call,
        moment=moment,
        path=queries.path_of_call(call),
        sections=questions_asked(call),
        time_left=queries.time_left(call),
        duration=queries.duration_in_words(call),
        drafts=_drafts_of(user, call),
        parts=parts_of(page),
        past=_past_projects(call),
        answers=answers_of_call(call) if moment in ("closed", "archived") else None,
    )


def questions_asked(call: Call) -> list[dict]:
    """The questions of new applications: those that are frozen, else those that are being written."""
    if call.current_version_id:
        return call.current_version.schema
    form = getattr(call, "form", None)
    return schema.with_title(schema.from_stream(form.sections)) if form else []


def _drafts_of(user, call: Call) -> list[Application]:
    if user is None or not user.is_authenticated:
        return []
    return list(Application.objects.drafts().of_person(user).filter(call=call))


def parts_of(page: CallPage) -> list[Part]:
    """The blocks of the page, each with an anchor of its own."""
    parts: list[Part] = []
    taken: set[str] = set()
    for number, block in enumerate(page.body, start=1):
        heading = block.value.get("heading") or "" if hasattr(block.value, "get") else ""
        anchor = slugify(heading)[:60] or f"partie-{number}"
        if anchor in taken:
            anchor = f"{anchor}-{number}"
        taken.add(anchor)
        parts.append(Part(anchor, heading, block))
    return parts


def _past_projects(call: Call) -> list[ImpactPage]:
    """What projects of the same programme have changed, the latest figures first. Each of these pages is public."""
    pages = ImpactPage.objects.live().filter(project__programme=call.programme_id)
    return list(pages.order_by("-first_published_at", "-pk")[:PAST_PROJECTS])


def card_version(page: CallPage, *more: str) -> str:
    """Changes when what the share card says does: its address may be kept for long."""
    call = page.call
    said = "|".join([page.title, str(call.opens_at), str(call.closes_at), *more])
    return sha256(said.encode()).hexdigest()[:12]
