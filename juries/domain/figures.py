"""The figures of a sitting: read from the marks, computed once for each change of them, and stored.

They are the same for every reader; who may see which of them is decided in ``juries.domain.results``. A fingerprint
of everything they depend on tells whether the stored ones still hold. It is cheap: counts and last numbers, no mark
is read. Marks are never deleted, each change of a mark leaves a row, and row numbers only grow, so that no two
states of the marks share a fingerprint.
"""

import json
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, Max, Q, Subquery
from django.db.models.functions import JSONObject

from incubator.core import clock
from juries.domain import adjusted, statistics
from juries.domain.adjusted import Adjusted
from juries.domain.statistics import Ballot, Result
from juries.enums import CriterionKind
from juries.models import Evaluation, ResultsSnapshot, ScoreChange, Sitting, TieBreak

SHAPE = 1  # raise it when what is stored, or how it is computed, changes


@dataclass(frozen=True, slots=True)
class Question:
    """A criterion as it was used: ``counts`` unless it is a yes or no, which enters no mean."""

    pk: int
    key: str
    label: str
    weight: int
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """A hearing in the order of passage; ``aside`` are the people who stand aside from it, ``readers`` those it
    was given to, where not everybody reads everything."""

    pk: int
    uuid: UUID
    position: int
    title: str
    closed: bool
    aside: frozenset[int]
    readers: frozenset[int] = frozenset()


@dataclass
class Figures:
    """Everything that is computed from the marks of a sitting.

    ``answers`` counts the yes and the answers by hearing and yes-or-no criterion. ``changing`` is how many jurors
    the list depends on: who they are is kept nowhere, since the answer would point at a person for having
    voted as they did.
    """

    criteria: list[Question] = field(default_factory=list)
    results: dict[int, Result] = field(default_factory=dict)
    opinions: dict[tuple[int, int], float] = field(default_factory=dict)
    answers: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)  # evaluations that count, by juror
    begun: dict[int, int] = field(default_factory=dict)
    adjusted: Adjusted = field(default_factory=lambda: Adjusted(adjusted.Outcome.EMPTY))
    places: int | None = None
    jurors: int = 0
    changing: int = 0
    tie_at_cut: bool = False
    computed_at: datetime | None = None

    @property
    def scales(self) -> list[Question]:
        return [criterion for criterion in self.criteria if criterion.counts]

    @property
    def questions(self) -> list[Question]:
        return [criterion for criterion in self.criteria if not criterion.counts]

    def as_json(self) -> dict[str, Any]:
        return {
            "criteria": [[one.pk, one.key, one.label, one.weight, one.counts] for one in self.criteria],
            "results": [
                [getattr(result, name) for name in RESULT_FIELDS] + [list(result.means.items())]
                for result in self.results.values()
            ],
            "opinions": [[*pair, opinion] for pair, opinion in self.opinions.items()],
            "answers": [
                [hearing, criterion, *counts]
                for hearing, given in self.answers.items()
                for criterion, counts in given.items()
            ],
            "given": list(self.given.items()),
            "begun": list(self.begun.items()),
            "adjusted": [
                self.adjusted.outcome,
                self.adjusted.parts,
                [[pk, mean, self.adjusted.ranks[pk]] for pk, mean in self.adjusted.means.items()],
                list(self.adjusted.effects.items()),
            ],
            "list": [self.places, self.jurors, self.changing, self.tie_at_cut],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], computed_at: datetime) -> "Figures":
        outcome, parts, lines, effects = data["adjusted"]
        places, jurors, changing, tie_at_cut = data["list"]
        answers: dict[int, dict[int, tuple[int, int]]] = {}
        for hearing, criterion, yes, given in data["answers"]:
            answers.setdefault(hearing, {})[criterion] = (yes, given)
        results = [
            Result(**dict(zip(RESULT_FIELDS, values, strict=True)), means=dict(means))
            for *values, means in data["results"]
        ]
        return cls(
            criteria=[Question(*one) for one in data["criteria"]],
            results={result.hearing: result for result in results},
            opinions={(hearing, juror): opinion for hearing, juror, opinion in data["opinions"]},
            answers=answers,
            given=dict(data["given"]),
            begun=dict(data["begun"]),
            adjusted=Adjusted(
                adjusted.Outcome(outcome),
                {pk: mean for pk, mean, _rank in lines},
                {pk: rank for pk, _mean, rank in lines},
                dict(effects),
                parts,
            ),
            places=places,
            jurors=jurors,
            changing=changing,
            tie_at_cut=tie_at_cut,
            computed_at=computed_at,
        )


RESULT_FIELDS = [one.name for one in fields(Result) if one.name != "means"]


@dataclass(frozen=True)
class State:
    """How things stand: the hearings, the fingerprint of the marks and of what is stored, whether some projects
    were compared two by two, and how many marks were said after the deliberation began."""

    hearings: list[Heard]
    fingerprint: str
    stored: str | None
    has_tie_breaks: bool
    late: int = 0


def figures_of(sitting: Sitting, *, blind: bool = False) -> tuple[State, Figures]:
    """The hearings, and the figures for the marks as they stand; with their redacted titles for a ``blind`` reader.

    Two queries when nothing has changed since the last reading; three after a change, one of which stores
    what was computed. Nothing is stored while no mark is given.
    """
    state = state_of(sitting, blind=blind)
    if state.stored == state.fingerprint:
        data, computed_at = ResultsSnapshot.objects.values_list("data", "computed_at").get(pk=sitting.pk)
        return state, Figures.from_json(data, computed_at)
    figures = compute(sitting, state.hearings)
    if figures.opinions:
        _store(sitting, state.fingerprint, figures)
    return state, figures


def figures_without(sitting: Sitting, hearings: list[Heard], hidden: frozenset[int]) -> Figures:
    """The figures for who stands aside from ``hidden``: worked out among the others, as if they were not there.

    A rank that is missing between two others, a line one place too high, a list that depends on one juror more
    would tell where the hidden project stands. Only how many marks it has is known. One query, nothing stored.
    """
    marks = read_marks(sitting, hearings)
    return figures_among([heard for heard in hearings if heard.pk not in hidden], sitting, hearings, marks)


def figures_among(shown: list[Heard], sitting: Sitting, hearings: list[Heard], marks: "Marks") -> Figures:
    """The figures of ``shown`` alone, from marks that have been read for all ``hearings``."""
    pks = {heard.pk for heard in shown}
    kept = replace(marks, ballots=[ballot for ballot in marks.ballots if ballot.hearing in pks])
    figures = figures_from(sitting, shown, kept)
    alive = {heard.pk for heard in hearings if not heard.closed}
    ballots = [ballot for ballot in marks.ballots if ballot.hearing in alive]
    figures.given = dict(Counter(ballot.juror for ballot in ballots))  # how far each juror is, no mark
    for pk, n in Counter(ballot.hearing for ballot in ballots if ballot.hearing not in pks).items():
        figures.results[pk] = Result(pk, n=n)
    return figures


def _store(sitting: Sitting, fingerprint: str, figures: Figures) -> None:
    """Two readers at once write the same row: the last one stays, and is right or recognised as old."""
    ResultsSnapshot.objects.bulk_create(
        [
            ResultsSnapshot(
                sitting=sitting,
                fingerprint=fingerprint,
                computed_at=figures.computed_at,
                data=figures.as_json(),
            )
        ],
        update_conflicts=True,
        unique_fields=["sitting"],
        update_fields=["fingerprint", "computed_at", "data"],
    )


def state_of(sitting: Sitting, *, blind: bool = False) -> State:
    """The hearings, the fingerprint of the marks, and the fingerprint of what is stored; one query.

    The counts stand beside each hearing: the database works them out once for the whole query.
    """
    rows = (
        sitting.hearings.order_by("position", "pk")
        .annotate(
            marks=_marks_state(sitting),
            changes=_changes_state(sitting),
            compared=Exists(TieBreak.objects.filter(sitting=sitting)),
        )
        .values_list(
            "pk", "uuid", "position", "dossier__title" if blind else "project__title", "closed_at", "recusals__seat__user",
            "assignments__seat__user", "marks", "changes", "sitting__results_snapshot__fingerprint",
            "compared",
        )
    )  # fmt: skip
    found: dict[int, tuple] = {}
    aside: dict[int, set[int]] = {}
    readers: dict[int, set[int]] = {}
    state, stored, compared = [], None, False
    for pk, uuid, position, title, closed_at, user, reader, marks, changes, stored, compared in rows:  # noqa: B007
        if pk not in found:
            found[pk] = (uuid, position, title, closed_at is not None)
            aside[pk], readers[pk] = set(), set()
            state = [marks, changes]
        if user is not None:
            aside[pk].add(user)
        if reader is not None:
            readers[pk].add(reader)
    hearings = [
        Heard(pk, *heard, frozenset(aside[pk]), frozenset(readers[pk])) for pk, heard in found.items()
    ]
    parts = [
        SHAPE,
        sitting.grid_version_id,
        sitting.places,
        state,
        [(heard.pk, heard.closed, sorted(heard.aside)) for heard in hearings],
    ]
    fingerprint = sha256(json.dumps(parts, default=str).encode()).hexdigest()
    late = _decoded(state[1])["late"] if state and state[1] else 0
    return State(hearings, fingerprint, stored, compared, late)


def _decoded(value) -> dict:
    """A JSON object as PostgreSQL gives it, or as SQLite writes it."""
    return json.loads(value) if isinstance(value, str) else value


def _marks_state(sitting: Sitting) -> Subquery:
    """How many marks and evaluations there are, how many are given, and the last of each."""
    evaluations = Evaluation.objects.filter(hearing__sitting=sitting).order_by().values("hearing__sitting")
    return Subquery(
        evaluations.annotate(
            state=JSONObject(
                evaluations=Max("pk"),
                given=Count("submitted_at"),
                scores=Count("scores"),
                last=Max("scores"),
                saved_at=Max("saved_at"),
            )
        ).values("state")
    )


def _changes_state(sitting: Sitting) -> Subquery:
    changes = ScoreChange.objects.filter(score__evaluation__hearing__sitting=sitting)
    by_sitting = changes.order_by().values("score__evaluation__hearing__sitting")
    return Subquery(
        by_sitting.annotate(
            state=JSONObject(count=Count("pk"), last=Max("pk"), late=Count("pk", filter=Q(late=True)))
        ).values("state")
    )


# -- From the marks --------------------------------------------------------------------------------------------


@dataclass
class Marks:
    """What was read: the ballots that count, how many evaluations each juror has begun, the criteria."""

    ballots: list[Ballot]
    begun: Counter
    criteria: list[Question]
    given_at: dict[tuple[int, int], datetime]  # by (hearing, juror), when it was asked for

    @property
    def weights(self) -> dict[int, int]:
        return {one.pk: one.weight for one in self.criteria if one.counts}


def read_marks(sitting: Sitting, hearings: list[Heard], *, with_moments: bool = False) -> Marks:
    """All marks given by those who do not stand aside; one query. A criterion without any mark is unknown here.

    ``with_moments``: when each evaluation was given, too; thousands of moments cost more than the marks.
    """
    aside = {(user, heard.pk) for heard in hearings for user in heard.aside}
    given: dict[tuple[int, int], dict[int, int | None]] = {}
    criteria: dict[int, tuple] = {}
    given_at: dict[tuple[int, int], datetime] = {}
    unfinished = set()
    rows = (
        Evaluation.objects.filter(hearing__sitting=sitting)
        .annotate(counts=ExpressionWrapper(Q(submitted_at__isnull=False), BooleanField()))
        .order_by()
        .values_list(
            "hearing", "juror", "counts", "submitted_at" if with_moments else "counts", "scores__criterion", "scores__value",
            "scores__criterion__position", "scores__criterion__key", "scores__criterion__label",
            "scores__criterion__weight", "scores__criterion__kind",
        )
    )  # fmt: skip
    for hearing, juror, counts, submitted_at, criterion, value, *about in rows:
        if criterion is not None and criterion not in criteria:
            criteria[criterion] = tuple(about)
        if (juror, hearing) in aside:
            continue
        if not counts:
            unfinished.add((juror, hearing))
            continue
        given.setdefault((hearing, juror), {})[criterion] = value
        if with_moments:
            given_at[hearing, juror] = submitted_at
    in_order = sorted(criteria.items(), key=lambda one: (one[1][0], one[0]))
    return Marks(
        ballots=[Ballot(hearing, juror, marks) for (hearing, juror), marks in given.items()],
        begun=Counter(juror for juror, _hearing in unfinished),
        criteria=[
            Question(pk, key, label, weight, kind == CriterionKind.SCALE)
            for pk, (_place, key, label, weight, kind) in in_order
        ],
        given_at=given_at,
    )


def compute(sitting: Sitting, hearings: list[Heard]) -> Figures:
    """The figures from the marks themselves; one query."""
    return figures_from(sitting, hearings, read_marks(sitting, hearings))


def figures_from(sitting: Sitting, hearings: list[Heard], marks: Marks) -> Figures:
    """The figures from marks that have been read."""
    alive = {heard.pk for heard in hearings if not heard.closed}
    ballots = [ballot for ballot in marks.ballots if ballot.hearing in alive]
    weights = marks.weights
    results, stability = statistics.compute(weights or {0: 1}, sorted(alive), ballots, sitting.places)
    opinions = statistics.opinions_of(weights, ballots)
    return Figures(
        criteria=marks.criteria,
        results=results,
        opinions=opinions,
        answers=_answers(marks.criteria, ballots),
        given=dict(Counter(ballot.juror for ballot in ballots)),
        begun=dict(marks.begun),
        adjusted=adjusted.adjust(opinions),
        places=sitting.places,
        jurors=stability.jurors,
        changing=len(stability.changing),
        tie_at_cut=stability.tie_at_cut,
        computed_at=clock.now(),
    )


def _answers(criteria: list[Question], ballots: list[Ballot]) -> dict[int, dict[int, tuple[int, int]]]:
    """Of each yes or no: how many said yes, how many answered, by hearing."""
    asked = [one.pk for one in criteria if not one.counts]
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for ballot in ballots:
        for criterion in asked:
            answer = ballot.marks.get(criterion)
            if answer is not None:
                yes, given = found.setdefault(ballot.hearing, {}).get(criterion, (0, 0))
                found[ballot.hearing][criterion] = (yes + answer, given + 1)
    return found
