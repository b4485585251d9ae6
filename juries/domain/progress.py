"""How far each juror is, for whoever runs the sitting; and how marks have changed, once they are sealed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from juries.enums import SCORING_ROLES, MarkChannel, SittingState
from juries.models import Assignment, Evaluation, Recusal, Score, ScoreChange, Seat, Sitting
from juries.queries import WORDS_SHOWN, minutes_to_score


@dataclass
class JurorProgress:
    """One juror: counts of dossiers, the minutes that the rest takes, and when they last did something."""

    seat: Seat
    expected: int
    given: int
    passed: int
    begun: int
    recused: int
    from_paper: int
    minutes_left: int
    last_act: datetime | None

    @property
    def left(self) -> int:
        """Without marks given, those that were passed included: they are missing, never zero."""
        return self.expected - self.given


def progress_of(sitting: Sitting, seats: list[Seat]) -> list[JurorProgress]:
    """One line a juror, in the order of the seats; three queries, four where dossiers are shared out."""
    voices = [seat for seat in seats if seat.role in SCORING_ROLES]
    words = {
        pk: WORDS_SHOWN if count is None else count
        for pk, count in sitting.hearings.open().values_list("pk", "dossier__words")
    }
    aside = set(Recusal.objects.filter(seat__sitting=sitting).values_list("seat__user", "hearing"))
    evaluations = defaultdict(dict)
    for evaluation in Evaluation.objects.filter(hearing__sitting=sitting, hearing__closed_at=None).only(
        "hearing", "juror", "submitted_at", "skipped_at", "saved_at", "channel"
    ):
        evaluations[evaluation.juror_id][evaluation.hearing_id] = evaluation
    shared = None
    if sitting.readers_each:
        shared = set(Assignment.objects.filter(seat__sitting=sitting).values_list("seat__user", "hearing"))
    return [_of_one(seat, words, aside, shared, evaluations[seat.user_id]) for seat in voices]


def _of_one(seat, words, aside, shared, evaluations) -> JurorProgress:
    juror = seat.user_id
    to_score = [pk for pk in words if (juror, pk) not in aside and (shared is None or (juror, pk) in shared)]
    own = [evaluations[pk] for pk in to_score if pk in evaluations]
    given = {one.hearing_id for one in own if one.submitted_at is not None}
    passed = sum(1 for one in own if one.skipped_at is not None)
    return JurorProgress(
        seat=seat,
        expected=len(to_score),
        given=len(given),
        passed=passed,
        begun=len(own) - len(given) - passed,
        recused=sum(1 for user, pk in aside if user == juror and pk in words),
        from_paper=sum(1 for one in own if one.channel == MarkChannel.PAPER),
        minutes_left=minutes_to_score([words[pk] for pk in to_score if pk not in given]),
        last_act=max((one.saved_at for one in own), default=None),
    )


@dataclass(frozen=True)
class MarkEvent:
    """A mark given or changed: when, by whom where it is not the juror, from and to in words."""

    at: datetime
    label: str
    old: str
    new: str
    entered_by: object | None = None
    late: bool = False  # after the deliberation began: beside the first mark, never in the mean


def own_history(evaluation: Evaluation) -> list[MarkEvent]:
    """What one juror has marked on one project, in the order it happened; two queries."""
    scores = list(Score.objects.filter(evaluation=evaluation).select_related("criterion"))
    changes = defaultdict(list)
    for change in (
        ScoreChange.objects.filter(score__evaluation=evaluation)
        .select_related("actor")
        .order_by("created_at", "pk")
    ):
        changes[change.score_id].append(change)
    events = []
    for score in scores:
        criterion, known = score.criterion, changes[score.pk]
        first = known[0].old if known else score.value
        if first is not None:
            events.append(MarkEvent(score.created_at, criterion.label, "", criterion.in_words(first)))
        events += [
            MarkEvent(
                change.created_at,
                criterion.label,
                criterion.in_words(change.old),
                criterion.in_words(change.new),
                change.actor if change.actor_id != evaluation.juror_id else None,
                change.late,
            )
            for change in known
        ]
    return sorted(events, key=lambda event: event.at)


def changes_of(sitting: Sitting, reader):
    """Every change of a mark in a sitting, the last first, for a page or a list; one query.

    Projects from which the reader stands aside stay out until the decisions are pronounced.
    """
    changes = (
        ScoreChange.objects.filter(score__evaluation__hearing__sitting=sitting)
        .select_related("actor", "score__criterion", "score__evaluation__juror")
        .annotate(title=F("score__evaluation__hearing__dossier__title"))
        .order_by("-created_at", "-pk")
    )
    if sitting.state == SittingState.PRONOUNCED:
        return changes
    return changes.exclude(score__evaluation__hearing__recusals__seat__user=reader)
