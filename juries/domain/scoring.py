"""Verbs of a juror: score, pass, give the marks, stand aside."""

from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils.translation import gettext as _

from incubator.core import clock, journal, words
from incubator.core.models import Refused
from juries import queries
from juries.domain import grids
from juries.enums import SCORING_ROLES, MarkChannel, RecusalSource, SittingState
from juries.models import (
    Assignment,
    CalibrationFile,
    Criterion,
    Evaluation,
    Hearing,
    Recusal,
    Score,
    ScoreChange,
    Seat,
    Sitting,
)

COMMENT_LIMIT = 2000
OWN = [column.attname for column in Evaluation._meta.concrete_fields]


@dataclass(frozen=True)
class Address:
    """A hearing by its address in the site, for who has not fetched it: the code of the sitting, its uuid."""

    code: str
    uuid: UUID


@dataclass(frozen=True)
class Conflict:
    """A page that was older than the last mark wanted another: ``kept`` stays until the juror chooses again."""

    key: str
    label: str
    kept: str  # in words: « 4 », « oui », « aucune note »
    wanted: str

    def __str__(self) -> str:
        said = {"label": self.label, "kept": self.kept, "wanted": self.wanted}
        return (
            _(
                "“%(label)s”: you had chosen %(kept)s elsewhere since this page was opened, and it is kept. "
                "This page said %(wanted)s: choose again the one that counts."
            )
            % said
        )


@dataclass
class Saved:
    """What was kept: the evaluation, its marks by criterion id, the criteria of the grid, and what was not."""

    hearing: Hearing
    evaluation: Evaluation
    marks: dict[int, int | None]
    criteria: list[Criterion]
    conflicts: list[Conflict] = field(default_factory=list)
    comment_conflict: bool = False

    @property
    def is_complete(self) -> bool:
        return all(self.marks.get(criterion.pk) is not None for criterion in self.criteria)

    @property
    def is_settled(self) -> bool:
        """Whether everything that the page sent is kept."""
        return not self.conflicts and not self.comment_conflict


def digest(comment: str) -> str:
    """A short name for a sentence, by which a page says which one it has seen; empty for none."""
    return sha256(comment.encode()).hexdigest()[:12] if comment else ""


def clean_comment(comment: str) -> str:
    """The sentence as it is kept."""
    return comment.replace("\x00", "").replace("\r\n", "\n")[:COMMENT_LIMIT].strip()


def _lock_seat(actor, hearing: Hearing | Address) -> int:
    """Hold this juror's own seat until the transaction ends; answers the id of the hearing.

    Two tabs of one juror queue behind each other, jurors never wait for one another, and the opening of the
    deliberation, which locks all seats, waits for the marks that are being saved.
    """
    if isinstance(hearing, Address):
        where = Q(sitting__code=hearing.code, sitting__hearings__uuid=hearing.uuid)
    else:
        where = Q(sitting__hearings=hearing)
    found = (
        Seat.objects.select_for_update(of=("self",))
        .filter(where, user=actor, role__in=SCORING_ROLES)
        .order_by()
        .values_list("sitting__hearings", flat=True)
        .first()
    )
    if found is None:
        raise PermissionDenied("juries.score")
    return found


def _hearing_with_own_evaluation(actor, pk: int) -> tuple[Hearing, Evaluation | None]:
    """The hearing and its sitting as they stand after the lock, and what this juror has written; one query."""
    hearing = (
        Hearing.objects.select_related("sitting__grid_version")
        .annotate(
            own=FilteredRelation("evaluations", condition=Q(evaluations__juror=actor)),
            stands_aside=Exists(Recusal.objects.filter(seat__user=actor, hearing=OuterRef("pk"))),
            is_given=Exists(Assignment.objects.filter(seat__user=actor, hearing=OuterRef("pk"))),
            has_file_to_score=Exists(
                CalibrationFile.objects.filter(
                    sitting=OuterRef("sitting"), opened_at__isnull=False, discussed_at__isnull=True
                ).exclude(ballots__seat__user=actor)
            ),
            links_are_declared=Exists(
                Seat.objects.filter(sitting=OuterRef("sitting"), user=actor, declared_at__isnull=False)
            ),
            **{f"own_{name}": F(f"own__{name}") for name in OWN},
        )
        .get(pk=pk)
    )
    if hearing.own_id is None:
        return hearing, None
    return hearing, Evaluation.from_db("default", OWN, [getattr(hearing, f"own_{name}") for name in OWN])


def _require_open(hearing: Hearing, *, on_paper: bool = False) -> None:
    """Refused when this juror's marks are not taken for this hearing, with what to do instead.

    A paper grid, which asks by itself whether one stands aside, may be entered after the deadline, until the
    deliberation begins.
    """
    sitting = hearing.sitting
    if sitting.state == SittingState.PREPARING:
        raise Refused(_("The scoring is not open yet."))
    if sitting.state != SittingState.SCORING:
        raise Refused(
            _("The deliberation has begun: marks no longer change. Say what you think in the deliberation.")
        )
    if not on_paper and sitting.scores_close_at is not None and clock.now() >= sitting.scores_close_at:
        raise Refused(
            _(
                "Marks were taken until %(when)s. "
                "Ask the manager of the programme for more time if you need it."
            )
            % {"when": words.in_words(sitting.scores_close_at)}
        )
    if not sitting.reading_is_open:
        raise Refused(
            _("Dossiers can be read and scored from %(when)s.")
            % {"when": words.in_words(sitting.reading_opens_at)}
        )
    if hearing.closed_at is not None:
        raise Refused(_("This project has left: there is nothing to score any more."))
    if hearing.stands_aside:
        raise Refused(_("You stand aside from this project: you give no mark for it."))
    if not on_paper and not hearing.links_are_declared:
        raise Refused(_("Say first whether you have a link with one of the projects, then score."))
    if hearing.has_file_to_score:
        raise Refused(_("Score the calibration file first: everyone does, before the dossiers."))
    if sitting.readers_each is not None and not hearing.is_given:
        raise Refused(_("This dossier was given to other readers: you give no mark for it."))


def _check_marks(criteria: list[Criterion], scores: dict) -> dict[int, int | None]:
    """The marks by criterion id; refuses what is not on the grid or not between 1 and 5."""
    by_key = {criterion.key: criterion for criterion in criteria}
    marks: dict[int, int | None] = {}
    errors = {}
    for key, value in scores.items():
        criterion = by_key.get(key)
        if criterion is None:
            raise _stale_grid()
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


def _stale_grid() -> Refused:
    return Refused(_("The grid has changed since you opened this page. Reload it: your marks are kept."))


def _merge(criteria, marks: dict[int, int | None], seen: dict | None) -> tuple[dict, list[Conflict]]:
    """The marks to write, and those that a newer one stands against.

    ``seen`` says which mark the page showed when it was opened. A mark that the page did not change says
    nothing; one that it changed is written unless another page has written a third one meanwhile.
    """
    if seen is None:
        return marks, []
    wanted, conflicts = {}, []
    for criterion in criteria:
        if criterion.pk not in marks:
            continue
        mark, base = marks[criterion.pk], seen.get(criterion.key)
        if mark == base:
            continue
        if criterion.given in (base, mark):
            wanted[criterion.pk] = mark
        else:
            said = (criterion.in_words(one) or _("no mark") for one in (criterion.given, mark))
            conflicts.append(Conflict(criterion.key, criterion.label, *said))
    return wanted, conflicts


def _store(actor, evaluation: Evaluation, criteria, marks: dict[int, int | None]) -> None:
    """Write the marks that differ, and keep each change; a first mark written for someone else is one too."""
    fresh, changed, changes = [], [], []
    now = evaluation.saved_at
    for criterion in criteria:
        if criterion.pk not in marks or marks[criterion.pk] == criterion.given:
            continue
        mark = marks[criterion.pk]
        if criterion.score_id is None:
            fresh.append(Score(evaluation=evaluation, criterion=criterion, value=mark, created_at=now))
            continue
        score = Score(pk=criterion.score_id, evaluation=evaluation, criterion=criterion, value=mark)
        changed.append(score)
        changes.append(ScoreChange(score=score, old=criterion.given, new=mark, actor=actor, created_at=now))
    if fresh:
        Score.objects.bulk_create(fresh)
    if changed:
        Score.objects.bulk_update(changed, ["value"])
    if fresh and actor.pk != evaluation.juror_id:
        changes += [ScoreChange(score=one, new=one.value, actor=actor, created_at=now) for one in fresh]
    if changes:
        ScoreChange.objects.bulk_create(changes)


def _missing_sentences(criteria: list[Criterion], marks: dict[int, int | None]) -> dict:
    return {
        criterion.key: _("Choose a mark for “%(label)s”, or pass this project for now.")
        % {"label": criterion.label}
        for criterion in criteria
        if marks.get(criterion.pk) is None
    }


def _write_comment(evaluation: Evaluation, comment: str | None, seen: str | None) -> bool:
    """Put the sentence into the evaluation; False when a newer one, that the page has not seen, stands there."""
    if comment is None:
        return True
    comment = clean_comment(comment)
    if seen is not None and comment != evaluation.comment and digest(evaluation.comment) != seen:
        return digest(comment) == seen  # the page has not touched it: what stands there stays
    evaluation.comment = comment
    return True


@transaction.atomic
def save_scores(
    *,
    actor,
    hearing: Hearing | Address,
    scores: dict,
    comment: str | None = None,
    give: bool = False,
    skip: bool = False,
    seen: dict | None = None,
    seen_comment: str | None = None,
    grid: int | None = None,
) -> Saved:
    """Keep marks (``{criterion key: 1..5 or None}``) as a draft, or revise marks already given.

    Marks that are not named stay as they are. Each mark that changes leaves a ScoreChange; the first mark
    freezes the grid. With ``give`` the marks count from now on: each criterion then needs one. With ``skip``
    the project is passed for now: its marks are missing, never zero, and it is shown as to take up again.

    ``seen`` (marks by key) and ``seen_comment`` (its digest) are what the page showed, ``grid`` the id of the
    version it was drawn from: a page that is older than the last mark overwrites nothing, it gets conflicts
    back, and nothing is given as long as there is one.

    Six statements for one mark that changes. Raises PermissionDenied to a stranger, Refused once marks are no
    longer taken.
    """
    hearing, evaluation = _hearing_with_own_evaluation(actor, _lock_seat(actor, hearing))
    _require_open(hearing)
    version = hearing.sitting.grid_version
    if grid is not None and grid != version.pk:
        raise _stale_grid()
    criteria = queries.criteria_with_marks(version.pk, evaluation)
    marks, conflicts = _merge(criteria, _check_marks(criteria, scores), seen)
    result = {criterion.pk: criterion.given for criterion in criteria} | marks
    was_given = evaluation is not None and evaluation.submitted_at is not None
    give = give and not conflicts
    if skip and was_given:
        raise Refused(_("You have given your marks for this project: change them rather than pass it."))
    if give or was_given:
        missing = _missing_sentences(criteria, result)
        if missing and was_given:
            raise Refused(_("A mark that was given can be changed, not taken back."))
        if missing:
            raise Refused(missing)
    begun = evaluation is None
    if begun:
        evaluation = Evaluation(hearing=hearing, juror=actor)
    if version.frozen_at is None and any(mark is not None for mark in marks.values()):
        grids.freeze(version.pk)
    before = (evaluation.comment, evaluation.submitted_at, evaluation.skipped_at)
    is_settled = _write_comment(evaluation, comment, seen_comment)
    now = clock.now()
    if give and is_settled and not was_given:
        evaluation.submitted_at = now
    evaluation.skipped_at = now if skip else None if marks or give else evaluation.skipped_at
    if marks:  # on the screen from now on: paper entered later does not overwrite it unasked
        evaluation.channel, evaluation.entered_by = MarkChannel.SCREEN, None
    saved = Saved(hearing, evaluation, result, criteria, conflicts, not is_settled)
    dirty = before != (evaluation.comment, evaluation.submitted_at, evaluation.skipped_at)
    if begun or dirty or any(marks.get(one.pk, one.given) != one.given for one in criteria):
        evaluation.saved_at = now
        evaluation.save()
        _store(actor, evaluation, criteria, marks)
        _journal(actor, hearing, given=evaluation.submitted_at == now, skipped=skip, begun=begun)
    return saved


def _journal(actor, hearing, *, given: bool, skipped: bool, begun: bool) -> None:
    """One entry an act that matters; the marks themselves are kept by their changes."""
    for happened, verb in (
        (given, "juries.evaluation_given"),
        (skipped, "juries.hearing_passed"),
        (begun, "juries.scoring_begun"),
    ):
        if happened:
            journal.record(verb=verb, actor=actor, target=hearing)
            return


@transaction.atomic
def pass_for_now(*, actor, hearing: Hearing | Address) -> Evaluation:
    """Leave a project for later: its marks are missing, never zero, and the juror is told to take it up."""
    return save_scores(actor=actor, hearing=hearing, scores={}, skip=True).evaluation


@transaction.atomic
def submit_evaluation(*, actor, hearing: Hearing) -> Evaluation:
    """Give the marks that were saved: they count from now on, and may be revised until the deliberation."""
    return save_scores(actor=actor, hearing=hearing, scores={}, give=True).evaluation


def _seat_of(actor, hearing: Hearing) -> Seat:
    """This juror's seat, held until the transaction ends."""
    _lock_seat(actor, hearing)
    return Seat.objects.get(sitting=hearing.sitting_id, user=actor)


@transaction.atomic
def recuse(*, actor, hearing: Hearing, reason: str = "") -> Recusal:
    """Stand aside from one project, at any time before the deliberation.

    Marks already given are kept in the file and no longer count: recused means missing, never zero.
    """
    seat = _seat_of(actor, hearing)
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
