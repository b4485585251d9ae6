"""Verbs of a juror: score, give the marks, stand aside."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import queries, rules
from juries.domain import grids
from juries.enums import SCORING_ROLES, RecusalSource, SittingState
from juries.models import Criterion, Evaluation, Hearing, Recusal, Score, ScoreChange, Seat, Sitting

MARKS = frozenset(range(1, 6))


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


def _require_open(hearing: Hearing) -> Sitting:
    """The sitting as it stands after the lock; Refused when marks are no longer taken."""
    sitting = Sitting.objects.only("state", "scores_close_at", "grid_version").get(pk=hearing.sitting_id)
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
            % {"when": date_format(localtime(sitting.scores_close_at), "DATETIME_FORMAT")}
        )
    if hearing.closed_at is not None:
        raise Refused(_("This project has left: there is nothing to score any more."))
    return sitting


def _require_no_link(seat: Seat, hearing: Hearing) -> None:
    if seat.recusals.filter(hearing=hearing).exists():
        raise Refused(_("You stand aside from this project: you give no mark for it."))


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
            mark = 0
        if mark not in MARKS:
            errors[key] = _("For “%(label)s”, choose a mark from 1 to 5.") % {"label": criterion.label}
        else:
            marks[criterion.pk] = mark
    if errors:
        raise Refused(errors)
    return marks


def _store(actor, evaluation: Evaluation, marks: dict[int, int | None]) -> dict[int, int | None]:
    """Write the marks that differ, keep each change, and answer all the marks of the evaluation."""
    known = {score.criterion_id: score for score in evaluation.scores.all()}
    now = clock.now()
    fresh, changed, changes = [], [], []
    for criterion_id, mark in marks.items():
        score = known.get(criterion_id)
        if score is None:
            if mark is not None:
                fresh.append(Score(evaluation=evaluation, criterion_id=criterion_id, value=mark))
        elif score.value != mark:
            changes.append(ScoreChange(score=score, old=score.value, new=mark, actor=actor, created_at=now))
            score.value = mark
            changed.append(score)
    if fresh:
        Score.objects.bulk_create(fresh)
    if changed:
        Score.objects.bulk_update(changed, ["value"])
        ScoreChange.objects.bulk_create(changes)
    return {score.criterion_id: score.value for score in [*known.values(), *fresh]}


@transaction.atomic
def save_scores(*, actor, hearing: Hearing, scores: dict, comment: str | None = None) -> Saved:
    """Keep marks (``{criterion key: 1..5 or None}``) as a draft, or revise marks already given.

    Marks that are not named stay as they are. Each mark that changes leaves a ScoreChange. The first mark
    freezes the grid. Raises PermissionDenied to a stranger, Refused once marks are no longer taken.
    """
    seat = _lock_seat(actor, hearing)
    sitting = _require_open(hearing)
    _require_no_link(seat, hearing)
    criteria = list(Criterion.objects.filter(version=sitting.grid_version_id))
    marks = _check_marks(criteria, scores)
    now = clock.now()
    evaluation, begun = Evaluation.objects.get_or_create(
        hearing=hearing, juror=actor, defaults={"comment": (comment or "").strip(), "saved_at": now}
    )
    if begun:
        journal.record(verb="juries.scoring_begun", actor=actor, target=hearing)
        grids.freeze(sitting.grid_version_id)
    else:
        if evaluation.submitted_at is not None and None in marks.values():
            raise Refused(_("A mark that was given can be changed, not taken back."))
        evaluation.saved_at = now
        if comment is not None:
            evaluation.comment = comment.strip()
        evaluation.save(update_fields=["saved_at", "comment"])
    all_marks = _store(actor, evaluation, marks)
    return Saved(evaluation=evaluation, marks=all_marks, criteria=criteria)


@transaction.atomic
def submit_evaluation(*, actor, hearing: Hearing) -> Evaluation:
    """Give one's marks: they count from now on, and may be revised until the deliberation opens."""
    seat = _lock_seat(actor, hearing)
    sitting = _require_open(hearing)
    _require_no_link(seat, hearing)
    evaluation = Evaluation.objects.filter(hearing=hearing, juror=actor).first()
    given = (
        set(evaluation.scores.filter(value__isnull=False).values_list("criterion_id", flat=True))
        if evaluation
        else set()
    )
    missing = [
        criterion
        for criterion in Criterion.objects.filter(version=sitting.grid_version_id)
        if criterion.pk not in given
    ]
    if missing:
        raise Refused(
            {
                criterion.key: _("Choose a mark for “%(label)s”, or pass this project for now.")
                % {"label": criterion.label}
                for criterion in missing
            }
        )
    if evaluation.submitted_at is None:
        evaluation.submitted_at = clock.now()
        evaluation.save(update_fields=["submitted_at"])
        journal.record(verb="juries.evaluation_given", actor=actor, target=hearing)
    return evaluation


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
def stand_aside_if_linked(*, actor, hearing: Hearing) -> bool:
    """Recuse ``actor`` where a link appeared since the opening (a juror who joined the team, for example)."""
    seat = Seat.objects.filter(sitting=hearing.sitting_id, user=actor).first()
    if seat is None:
        return False
    links = queries.links_of_interest([hearing], [seat])
    for seat, hearing, why in links:  # noqa: B020
        Recusal.objects.get_or_create(
            seat=seat, hearing=hearing, defaults={"source": RecusalSource.FOUND, "reason": why}
        )
    return bool(links)


def can_score_hearing(user, hearing: Hearing) -> bool:
    """For the screens: would ``save_scores`` take a mark now?"""
    sitting = hearing.sitting
    return (
        sitting.state == SittingState.SCORING
        and rules.can_score(user, sitting)
        and hearing.closed_at is None
        and (sitting.scores_close_at is None or clock.now() < sitting.scores_close_at)
        and not rules.is_recused(user, hearing)
    )
