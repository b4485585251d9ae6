"""What a juror reads of the marks of the others on one project, when the rule of the sitting lets them.

By name, as a body that deliberates speaks; the sentences that jurors wrote stay with whoever runs the sitting. Who
gave no mark and who stands aside are not in the list, and nothing counts them: their silence looks the same.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from juries import rules
from juries.enums import MarksShown, SittingState
from juries.models import Evaluation, Hearing, Recusal, Score, ScoreChange, Sitting


@dataclass(frozen=True)
class Mark:
    """In words; ``late`` is the one said after the deliberation began, beside the first one or alone."""

    label: str
    first: str
    late: str


@dataclass(frozen=True)
class Line:
    """One juror, with a mark for each criterion that somebody has marked."""

    juror: Any
    marks: list[Mark]


@dataclass
class OthersMarks:
    """``is_shown``, or not yet: ``waits_for`` says for what, one's ``own`` marks or the ``deliberation``."""

    is_shown: bool
    waits_for: str = ""
    lines: list[Line] = field(default_factory=list)


def read_by(
    reader, hearing: Hearing, *, sitting: Sitting, own: Evaluation | None, asked: bool
) -> OthersMarks | None:
    """The marks of the others on ``hearing`` for a member with a voice who does not stand aside from it.

    ``own`` is what the reader has written there, ``asked`` whether it was theirs to mark. None when the rule
    says never. One query where marks are shown, two for whoever may have given theirs late.
    """
    if sitting.marks_shown == MarksShown.NEVER:
        return None
    given = own is not None and (own.submitted_at is not None or _given_late(sitting, own))
    if not rules.marks_of_others_are_shown(sitting, own_given=given, asked=asked):
        early = sitting.state == SittingState.SCORING and sitting.marks_shown == MarksShown.DELIBERATION
        return OthersMarks(False, waits_for="deliberation" if early else "own")
    return OthersMarks(True, lines=lines_of(hearing, without=reader))


def _given_late(sitting: Sitting, own: Evaluation) -> bool:
    if sitting.state == SittingState.SCORING:
        return False
    return ScoreChange.objects.filter(score__evaluation=own, late=True).exists()


def lines_of(hearing: Hearing, without=None) -> list[Line]:
    """Who gave marks that count, or said some late, in the order of their names; one query."""
    late = ScoreChange.objects.filter(score=OuterRef("pk"), late=True).order_by("-created_at", "-pk")
    aside = Recusal.objects.filter(hearing=hearing, seat__user=OuterRef("evaluation__juror"))
    scores = (
        Score.objects.filter(evaluation__hearing=hearing)
        .exclude(Exists(aside))
        .annotate(said_late=Subquery(late.values("new")[:1]))
        .select_related("criterion", "evaluation__juror")
        .order_by("criterion__position", "criterion")
    )
    if without is not None:
        scores = scores.exclude(evaluation__juror=without)
    criteria, found = {}, {}
    for score in scores:
        first = score.value if score.evaluation.submitted_at is not None else None
        if first is None and score.said_late is None:
            continue  # a draft is nobody's to read
        criteria[score.criterion_id] = score.criterion
        found.setdefault(score.evaluation.juror, {})[score.criterion_id] = (first, score.said_late)
    return [
        Line(juror, [_mark(one, *marks.get(one.pk, (None, None))) for one in criteria.values()])
        for juror, marks in sorted(found.items(), key=lambda one: (str(one[0]).casefold(), one[0].pk))
    ]


def _mark(criterion, first: int | None, late: int | None) -> Mark:
    return Mark(criterion.label, criterion.in_words(first), criterion.in_words(late))
