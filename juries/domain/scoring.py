"""Verbs of a juror: score, give the marks, stand aside."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists
from django.utils.translation import gettext as _

from incubator.core import clock, journal, words
from incubator.core.models import Refused
from juries import queries
from juries.domain import grids
from juries.enums import SCORING_ROLES, RecusalSource, SittingState
from juries.models import Criterion, Evaluation, Hearing, Recusal, Score, ScoreChange, Seat, Sitting


@dataclass
class Saved:
    """What was kept: the evaluation, its marks by criterion id, and the criteria of the grid."""

    evaluation: Evaluation
    marks: dict[int, int | None]
    criteria: list[Criterion]

    @property
    def is_complete(self) -> bool:
        return all(self.marks.get(criterion.pk) is not None for criterion in self.criteria)


def _lock_seat(actor, hearing: Hearing) -> Seat:
    """Hold this juror's own seat until the transaction ends.

    Two tabs of one juror queue behind each other, jurors never wait for one another, and the opening of the
    deliberation, which locks all seats, waits for the marks that are being saved.
    """
    seat = (
        Seat.objects.select_for_update()
        .filter(sitting=hearing.sitting_id, user=actor, role__in=SCORING_ROLES)
        .first()
    )
    if seat is None:
        raise PermissionDenied("juries.score")
    return seat


def _require_open(hearing: Hearing, seat: Seat) -> Sitting:
    """The sitting as it stands after the lock; Refused when this juror's marks are not taken here."""
    sitting = (
        Sitting.objects.annotate(
            stands_aside=Exists(Recusal.objects.filter(seat=seat, hearing=hearing)),
            hearing_is_open=Exists(Hearing.objects.open().filter(pk=hearing.pk)),
        )
        .only("state", "scores_close_at", "grid_version")
        .get(pk=hearing.sitting_id)
    )
    if sitting.state == SittingState.PREPARING:
        raise Refused(_("The scoring is not open yet."))
    if sitting.state != SittingState.SCORING:
        raise Refused(
            _("The deliberation has begun: marks no longer change. Say what you think in the deliberation.")
        )
    if sitting.scores_close_at is not None and clock.now() >= sitting.scores_close_at:
        raise Refused(
            _(
                "Marks were taken until %(when)s. "
                "Ask the manager of the programme for more time if you need it."
            )
            % {"when": words.in_words(sitting.scores_close_at)}
        )
    if not sitting.hearing_is_open:
        raise Refused(_("This project has left: there is nothing to score any more."))
    if sitting.stands_aside:
        raise Refused(_("You stand aside from this project: you give no mark for it."))
    return sitting


def _check_marks(criteria: list[Criterion], scores: dict) -> dict[int, int | None]:
    """The marks by criterion id; refuses what is not on the grid or not between 1 and 5."""
    by_key = {criterion.key: criterion for criterion in criteria}
    marks: dict[int, int | None] = {}
    errors = {}
    for key, value in scores.items():
        criterion = by_key.get(key)
        if criterion is None:
            raise Refused(
                _("The grid has changed since you opened this page. Reload it: your marks are kept.")
            )
        if value in (None, ""):
            marks[criterion.pk] = None
            continue
        try:
            mark = int(value)
        except (TypeError, ValueError):
            mark = -1
        if mark not in criterion.allowed:
            sentence = (
                _("For “%(label)s”, choose a mark from 1 to 5.")
                if criterion.counts
                else _("For “%(label)s”, choose yes or no.")
            )
            errors[key] = sentence % {"label": criterion.label}
        else:
            marks[criterion.pk] = mark
    if errors:
        raise Refused(errors)
    return marks


def _store(actor, evaluation: Evaluation, known: dict[int, Score], marks: dict[int, int | None]) -> None:
    """Write the marks that differ, and keep each change."""
    fresh, changed, changes = [], [], []
    for criterion_id, mark in marks.items():
        score = known.get(criterion_id)
        if score is None:
            if mark is not None:
                fresh.append(Score(evaluation=evaluation, criterion_id=criterion_id, value=mark))
        elif score.value != mark:
            changes.append(
                ScoreChange(
                    score=score, old=score.value, new=mark, actor=actor, created_at=evaluation.saved_at
                )
            )
            score.value = mark
            changed.append(score)
    if fresh:
        Score.objects.bulk_create(fresh)
    if changed:
        Score.objects.bulk_update(changed, ["value"])
        ScoreChange.objects.bulk_create(changes)


def _missing_sentences(criteria: list[Criterion], marks: dict[int, int | None]) -> dict:
    return {
        criterion.key: _("Choose a mark for “%(label)s”, or pass this project for now.")
        % {"label": criterion.label}
        for criterion in criteria
        if marks.get(criterion.pk) is None
    }


@transaction.atomic
def save_scores(
    *, actor, hearing: Hearing, scores: dict, comment: str | None = None, give: bool = False
) -> Saved:
    """Keep marks (``{criterion key: 1..5 or None}``) as a draft, or revise marks already given.

    Marks that are not named stay as they are. Each mark that changes leaves a ScoreChange; the first mark
    freezes the grid. With ``give`` the marks count from now on: each criterion then needs one.
    Raises PermissionDenied to a stranger, Refused once marks are no longer taken.
    """
    seat = _lock_seat(actor, hearing)
    sitting = _require_open(hearing, seat)
    criteria = list(Criterion.objects.filter(version=sitting.grid_version_id))
    marks = _check_marks(criteria, scores)
    now = clock.now()
    evaluation = Evaluation.objects.filter(hearing=hearing, juror=actor).first()
    known = {} if evaluation is None else {score.criterion_id: score for score in evaluation.scores.all()}
    result = {score.criterion_id: score.value for score in known.values()} | marks
    was_given = evaluation is not None and evaluation.submitted_at is not None
    if give or was_given:
        missing = _missing_sentences(criteria, result)
        if missing and was_given:
            raise Refused(_("A mark that was given can be changed, not taken back."))
        if missing:
            raise Refused(missing)
    begun = evaluation is None
    if begun:
        evaluation = Evaluation(hearing=hearing, juror=actor)
        grids.freeze(sitting.grid_version_id)
    evaluation.saved_at = now
    if comment is not None:
        evaluation.comment = comment.strip()
    if give and not was_given:
        evaluation.submitted_at = now
    evaluation.save()
    _store(actor, evaluation, known, marks)
    if give and not was_given:
        journal.record(verb="juries.evaluation_given", actor=actor, target=hearing)
    elif begun:
        journal.record(verb="juries.scoring_begun", actor=actor, target=hearing)
    return Saved(evaluation=evaluation, marks=result, criteria=criteria)


@transaction.atomic
def submit_evaluation(*, actor, hearing: Hearing) -> Evaluation:
    """Give the marks that were saved: they count from now on, and may be revised until the deliberation."""
    return save_scores(actor=actor, hearing=hearing, scores={}, give=True).evaluation


@transaction.atomic
def recuse(*, actor, hearing: Hearing, reason: str = "") -> Recusal:
    """Stand aside from one project, at any time before the deliberation.

    Marks already given are kept in the file and no longer count: recused means missing, never zero.
    """
    seat = _lock_seat(actor, hearing)
    state = Sitting.objects.values_list("state", flat=True).get(pk=hearing.sitting_id)
    if state not in {SittingState.PREPARING, SittingState.SCORING}:
        raise Refused(_("The deliberation has begun: tell the president, who writes it in the minutes."))
    recusal, new = Recusal.objects.get_or_create(
        seat=seat,
        hearing=hearing,
        defaults={"source": RecusalSource.DECLARED, "reason": (reason or "").strip()[:200]},
    )
    if new:
        journal.record(verb="juries.recused", actor=actor, target=hearing)
    return recusal


@transaction.atomic
def stand_aside_if_linked(*, hearings, seats) -> int:
    """Recuse whoever has a link the site can know of. Answers how many were found anew."""
    known = set(Recusal.objects.filter(hearing__in=hearings).values_list("seat", "hearing"))
    found = [
        Recusal(seat=seat, hearing=hearing, source=RecusalSource.FOUND, reason=why)
        for seat, hearing, why in queries.links_of_interest(hearings, seats)
        if (seat.pk, hearing.pk) not in known
    ]
    Recusal.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)
