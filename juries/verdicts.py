"""What the screens of a deliberation and of what follows it need, joined across models."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incubator.core import clock
from incubator.core.calendar import add_working_days, working_days_between
from incubator.core.models import Letter
from juries.enums import SCORING_ROLES, SittingState
from juries.models import (
    Correction,
    CorrectionDraft,
    Decision,
    DeliberationNote,
    Evaluation,
    Hearing,
    LateLeave,
    Minutes,
    ScoreChange,
    Seat,
    Sitting,
)
from juries.notifications import correction_of, decision_of, demands_in_words, letters_of
from projects.enums import Outcome
from projects.models import Project

# -- In the room -------------------------------------------------------------------------------------------


def notes_of(hearing: Hearing) -> list[DeliberationNote]:
    return list(hearing.notes.select_related("author").order_by("pk"))


@dataclass(frozen=True)
class LateMark:
    """A mark said after the deliberation began; the first one, if any, stays in the mean.

    ``old`` and ``new`` in words, ``first`` and ``value`` as they are stored: ``first`` is the mark that counts.
    """

    juror: Any
    criterion: str
    old: str
    new: str
    at: datetime
    criterion_id: int = 0
    first: int | None = None
    value: int | None = None


def late_marks_of(hearing: Hearing) -> list[LateMark]:
    """In the order they were said; one query."""
    return late_marks_of_sitting(hearing.sitting, hearing).get(hearing.pk, [])


def late_marks_of_sitting(sitting: Sitting, hearing: Hearing | None = None) -> dict[int, list[LateMark]]:
    """The marks said late by hearing, in the order they were said; one query."""
    rows = ScoreChange.objects.filter(score__evaluation__hearing__sitting=sitting, late=True)
    if hearing is not None:
        rows = rows.filter(score__evaluation__hearing=hearing)
    found: dict[int, list[LateMark]] = {}
    for row in rows.select_related("actor", "score__criterion", "score__evaluation").order_by(
        "created_at", "pk"
    ):
        score, evaluation = row.score, row.score.evaluation
        found.setdefault(evaluation.hearing_id, []).append(
            LateMark(
                juror=row.actor,
                criterion=score.criterion.label,
                old=score.criterion.in_words(row.old),
                new=score.criterion.in_words(row.new),
                at=row.created_at,
                criterion_id=score.criterion_id,
                first=score.value if evaluation.submitted_at is not None else None,
                value=row.new,
            )
        )
    return found


def late_marks_by_hearing(sitting: Sitting) -> dict[int, int]:
    """How many marks were said again after the deliberation began, by hearing; one query."""
    rows = (
        ScoreChange.objects.filter(score__evaluation__hearing__sitting=sitting, late=True)
        .order_by()
        .values_list("score__evaluation__hearing")
        .annotate(n=Count("pk"))
    )
    return dict(rows)


def who_may_speak_late(hearing: Hearing, leader) -> list[Seat]:
    """The members whom ``leader`` may let say marks late: those who were asked for some, without a leave yet."""
    seats = (
        Seat.objects.filter(sitting=hearing.sitting_id, role__in=SCORING_ROLES)
        .exclude(user=leader)
        .exclude(recusals__hearing=hearing)
        .exclude(late_leaves__hearing=hearing)
    )
    if hearing.sitting.readers_each is not None:
        given = Evaluation.objects.filter(hearing=hearing, submitted_at__isnull=False).values("juror")
        seats = seats.filter(Q(assignments__hearing=hearing) | Q(user__in=given)).distinct()
    return list(seats.select_related("user").order_by("pk"))


def late_leaves_of(user, sitting: Sitting) -> list[Hearing]:
    """The projects for which the president lets this juror say another mark."""
    if sitting.state != SittingState.DELIBERATING:
        return []
    leaves = LateLeave.objects.filter(seat__user=user, hearing__sitting=sitting).select_related(
        "hearing__project"
    )
    return [leave.hearing for leave in leaves]


# -- Who has been told -------------------------------------------------------------------------------------

_SETTLED = frozenset({Letter.State.SENT, Letter.State.PRINTED, Letter.State.PHONED, Letter.State.DROPPED})


@dataclass
class Answer:
    """One team: what was decided, and corrected since, whether it may be told, and whether it has been."""

    decision: Decision
    letters: list[Letter]
    due_on: date
    correction: Correction | None = None  # the last one

    @property
    def has_feedback(self) -> bool:
        return hasattr(self.decision, "feedback")

    @property
    def is_told(self) -> bool:
        """Every letter has left, or was set aside; a team without a letter was told by hand."""
        return all(letter.state in _SETTLED for letter in self.letters)

    @property
    def decision_waits(self) -> bool:
        """Whether the letter of the decision itself has not left; that of a correction needs no three sentences."""
        return any(letter.state not in _SETTLED for letter in self.letters if decision_of(letter))

    @property
    def waiting(self) -> int:
        return sum(1 for letter in self.letters if letter.state not in _SETTLED)

    @property
    def is_late(self) -> bool:
        return not self.is_told and self.due_on < clock.today()

    @property
    def days(self) -> str:
        return days_in_words(self.due_on)


def days_in_words(due_on: date) -> str:
    """« encore 12 jours ouvrés », « 3 jours ouvrés de retard »."""
    left = working_days_between(clock.today(), due_on)
    if left < 0:
        return ngettext("%(count)d working day late", "%(count)d working days late", -left) % {"count": -left}
    if left == 0:
        return _("today is the last day")
    return ngettext("%(count)d working day left", "%(count)d working days left", left) % {"count": left}


def due_on(sitting: Sitting, pronounced_at: datetime) -> date:
    """So many working days after the body has pronounced (fifteen, unless the programme says otherwise)."""
    day = timezone.localtime(pronounced_at).date()
    return add_working_days(day, sitting.programme.answer_within_working_days)


@dataclass
class Answers:
    rows: list[Answer]
    due_on: date

    @property
    def told(self) -> int:
        return sum(1 for row in self.rows if row.is_told)

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def is_over(self) -> bool:
        return self.told == self.total

    @property
    def first_due_on(self) -> date:
        """The nearest day of those who wait: a correction counts its own days."""
        return min((row.due_on for row in self.rows if not row.is_told), default=self.due_on)

    @property
    def is_late(self) -> bool:
        return not self.is_over and self.first_due_on < clock.today()

    @property
    def days(self) -> str:
        return days_in_words(self.first_due_on)

    @property
    def without_feedback(self) -> int:
        return sum(1 for row in self.rows if not row.has_feedback and row.decision_waits)


def answers_of_sitting(sitting: Sitting) -> Answers:
    """Three queries. Those who wait first, then in the order of passage."""
    decisions = list(
        Decision.objects.filter(hearing__sitting=sitting, pronounced_at__isnull=False)
        .select_related("hearing__project", "feedback")
        .order_by("hearing__position", "pk")
    )
    corrections = list(Correction.objects.filter(decision__in=decisions).order_by("number"))
    corrected = {one.pk: one.decision_id for one in corrections}
    in_force = {one.decision_id: one for one in corrections}
    by_decision: dict[int, list[Letter]] = {}
    for letter in letters_of(decisions, corrections) if decisions else ():
        told = decision_of(letter) or corrected[correction_of(letter)]
        by_decision.setdefault(told, []).append(letter)
    sealed_at = next((one.pronounced_at for one in decisions), clock.now())
    last = due_on(sitting, sealed_at)
    rows = [Answer(one, by_decision.get(one.pk, []), last, in_force.get(one.pk)) for one in decisions]
    for row in rows:
        if row.correction and not row.decision_waits:
            row.due_on = due_on(sitting, row.correction.written_at)
    rows.sort(key=lambda row: row.is_told)
    return Answers(rows, last)


def unanswered_sittings(user) -> list[tuple[Sitting, int, date]]:
    """Pronounced sittings of the programmes one manages in which a team waits: (sitting, teams, due). Four
    queries at most, for any number."""
    open_letters = list(
        Letter.objects.filter(kind__startswith="decision.").exclude(state__in=_SETTLED).only("key")
    )
    told_late = {decision_of(letter) for letter in open_letters} - {None}
    corrected = {correction_of(letter) for letter in open_letters} - {None}
    since = (
        dict(Correction.objects.filter(pk__in=corrected).values_list("decision", "written_at"))
        if corrected
        else {}
    )
    waiting = told_late | set(since)
    if not waiting:
        return []
    rows = (
        Minutes.objects.filter(
            sitting__in=Sitting.objects.managed_by(user), sitting__hearings__decision__in=waiting
        )
        .select_related("sitting__programme", "sitting__cohort")
        .values_list("pk", "sitting__hearings__decision")
        .distinct()
    )
    teams: dict[int, list[datetime | None]] = {}
    for pk, decision in rows:
        teams.setdefault(pk, []).append(None if decision in told_late else since[decision])
    found = Minutes.objects.filter(pk__in=teams).select_related("sitting__programme", "sitting__cohort")
    return sorted(
        (
            (
                one.sitting,
                len(teams[one.pk]),
                min(due_on(one.sitting, moment or one.sealed_at) for moment in teams[one.pk]),
            )
            for one in found
        ),
        key=lambda row: row[2],
    )


# -- What the project page shows ---------------------------------------------------------------------------


@dataclass
class Said:
    """What a body told a team: the three sentences, and the corrections of the decision."""

    outcome: Outcome
    on: datetime
    body: str
    convinced: str
    lacked: str
    what_next: str
    corrections: list[dict]


def said_to_team(project, user) -> list[Said]:
    """After each pronounced decision, newest first, for whoever may see the project; one query."""
    rows = (
        Decision.objects.filter(
            hearing__project__in=Project.objects.visible_to(user).filter(pk=project.pk),
            pronounced_at__isnull=False,
        )
        .filter(Q(feedback__isnull=False) | Q(corrections__isnull=False))
        .order_by("-pronounced_at", "-pk", "corrections__number")
        .values_list(
            "pk", "outcome", "pronounced_at", "hearing__sitting__body", "feedback__convinced", "feedback__lacked",
            "feedback__what_next", "corrections__number", "corrections__written_at", "corrections__why",
            "corrections__outcome", "corrections__reason",
        )
    )  # fmt: skip
    found: dict[int, Said] = {}
    for pk, outcome, at, body, convinced, lacked, what_next, number, on, why, corrected, reason in rows:
        said = found.setdefault(
            pk, Said(Outcome(outcome), at, body, convinced or "", lacked or "", what_next or "", [])
        )
        if number is not None:
            said.corrections.append(
                {"number": number, "on": on, "why": why, "outcome": Outcome(corrected), "reason": reason}
            )
    return list(found.values())


# -- Corrections -------------------------------------------------------------------------------------------


def corrections_of(sitting: Sitting):
    """The corrections written beside the decisions of a sitting, oldest first, and those that wait."""
    written = (
        Correction.objects.filter(decision__hearing__sitting=sitting)
        .select_related("decision__hearing__project", "written_by", "signed_off_by")
        .order_by("written_at", "pk")
    )
    waiting = (
        CorrectionDraft.objects.filter(decision__hearing__sitting=sitting)
        .select_related("decision__hearing__project", "prepared_by")
        .order_by("prepared_at", "pk")
    )
    return list(written), list(waiting)


def compared(corrected, before) -> list[dict]:
    """What a correction records, as ``demands_in_words``; where it differs from ``before``, what stood there.

    A row that differs has ``"changed"``, and ``"before"`` in words; a value taken away is a row without value.
    Under another outcome everything is new and nothing is compared.
    """
    now, then = demands_in_words(corrected), demands_in_words(before)
    if corrected.outcome != before.outcome:
        return now
    old, kept = {row["key"]: row["value"] for row in then}, {row["key"] for row in now}
    rows = [
        {**row, "changed": True, "before": old.get(row["key"], "")}
        if row["value"] != old.get(row["key"], "")
        else row
        for row in now
    ]
    gone = [row for row in then if row["key"] not in kept]
    return rows + [{**row, "value": "", "changed": True, "before": row["value"]} for row in gone]


def corrections_that_wait(sitting: Sitting) -> list[dict]:
    """For the sponsor: each correction to agree to, beside what holds until then."""
    written, waiting = corrections_of(sitting)
    in_force = {one.decision_id: one for one in written}  # the last of each
    return [
        {"one": one, "before": before, "demands": compared(one, before)}
        for one in waiting
        for before in [in_force.get(one.decision_id, one.decision)]
    ]


def corrections_to_agree(user) -> list[CorrectionDraft]:
    """What waits for this sponsor."""
    return list(
        CorrectionDraft.objects.filter(decision__hearing__sitting__in=Sitting.objects.visible_to(user))
        .select_related("decision__hearing__sitting__programme", "decision__hearing__project")
        .order_by("prepared_at", "pk")
    )


# -- Minutes -----------------------------------------------------------------------------------------------


def minutes_as_read(minutes: Minutes) -> dict:
    """What the page and the PDF of the minutes show: the sealed record, and the corrections beside each decision."""
    sitting, content = minutes.sitting, minutes.content
    written, waiting = corrections_of(sitting)
    hearings = dict(sitting.hearings.values_list("project__code", "uuid"))
    beside: dict[Any, list[dict]] = {}
    in_force: dict[int, Any] = {}
    for one in written:
        before = in_force.get(one.decision_id, one.decision)
        in_force[one.decision_id] = one
        beside.setdefault(one.decision.hearing.uuid, []).append(
            {"one": one, "demands": compared(one, before)}
        )
    drafts = {
        one.decision.hearing.uuid: {
            "one": one,
            "demands": compared(one, in_force.get(one.decision_id, one.decision)),
        }
        for one in waiting
    }
    rows = []
    for row in content["decisions"]:
        hearing = hearings.get(row["code"])
        # Minutes sealed before late marks were kept say nothing of them.
        rows.append(
            {
                "row": {"late_marks": 0, **row},
                "hearing": hearing,
                "corrections": beside.get(hearing, []),
                "waiting": drafts.get(hearing),
            }
        )
    counted = Counter(row["outcome"] for row in content["decisions"])
    labels = {row["outcome"]: row["outcome_label"] for row in content["decisions"]}
    members = content["members"]
    return {
        "minutes": minutes,
        "content": content,
        "rows": rows,
        "starts_at": parse_datetime(content["starts_at"]),
        "pronounced_at": parse_datetime(content["pronounced_at"]),
        "parts": [{"count": counted[one], "label": labels[one]} for one in Outcome if counted[one]],
        "sum": " + ".join(str(counted[one]) for one in Outcome if counted[one]),
        "present": sum(1 for member in members if member["present"] and member["role"] in SCORING_ROLES),
        "president": next((member["name"] for member in members if member["role"] == "president"), ""),
    }
