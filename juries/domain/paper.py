"""Marks written on paper and entered afterwards for a juror, by the secretary or the manager."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import queries, rules
from juries.domain import grids, scoring
from juries.domain.scoring import Saved
from juries.enums import MarkChannel
from juries.models import Evaluation, Hearing, Seat


def _differing(criteria, marks: dict[int, int | None]) -> list[str]:
    """« L'équipe : 4 à l'écran, 3 sur le papier » for each mark that the paper would change."""
    return [
        _("%(label)s: %(screen)s on the screen, %(paper)s on paper")
        % {
            "label": one.label,
            "screen": one.in_words(one.given),
            "paper": one.in_words(marks[one.pk]),
        }
        for one in criteria
        if one.given is not None and marks.get(one.pk) not in (None, one.given)
    ]


def has_own_marks(evaluation: Evaluation | None, criteria) -> bool:
    """Whether the juror has marked on the screen themselves, last."""
    return (
        evaluation is not None
        and evaluation.channel == MarkChannel.SCREEN
        and any(one.given is not None for one in criteria)
    )


@transaction.atomic
def enter_paper_marks(
    *, actor, seat: Seat, hearing: Hearing, scores: dict, comment: str = "", replace: bool = False
) -> Saved:
    """Give the marks of a paper grid (``{criterion key: mark}``, all of them) in the name of the juror of ``seat``.

    Until the deliberation begins, also after the jurors' own deadline. The evaluation says who entered it, and
    each mark is kept as a change by them. Marks that the juror has given on the screen stay, unless ``replace``
    says that the juror was asked. Refused for a project they stand aside from.
    """
    if not rules.can_enter_paper(actor, seat.sitting) or rules.is_recused(actor, hearing):
        raise PermissionDenied("juries.enter_paper_marks")
    juror = seat.user
    scoring._lock_seat(juror, hearing)
    hearing, evaluation = scoring._hearing_with_own_evaluation(juror, hearing.pk)
    if hearing.stands_aside:
        raise Refused(
            _("%(name)s stands aside from this project: their paper does not count.") % {"name": juror}
        )
    scoring._require_open(hearing, on_paper=True)
    version = hearing.sitting.grid_version
    criteria = queries.criteria_with_marks(version.pk, evaluation)
    marks = scoring._check_marks(criteria, scores)
    if missing := scoring._missing_sentences(criteria, marks):
        raise Refused(missing)
    if has_own_marks(evaluation, criteria) and not replace and (differing := _differing(criteria, marks)):
        raise Refused(
            _(
                "%(name)s has marked on the screen since: %(marks)s. Ask them which one counts; if it is the "
                "paper, tick the box that says so."
            )
            % {"name": juror, "marks": " · ".join(differing)}
        )
    if version.frozen_at is None:
        grids.freeze(version.pk)
    evaluation = evaluation or Evaluation(hearing=hearing, juror=juror)
    now = clock.now()
    evaluation.channel, evaluation.entered_by, evaluation.skipped_at = MarkChannel.PAPER, actor, None
    evaluation.saved_at, evaluation.submitted_at = now, evaluation.submitted_at or now
    evaluation.comment = scoring.clean_comment(comment) or evaluation.comment
    evaluation.save()
    scoring._store(actor, evaluation, criteria, marks)
    journal.record(verb="juries.paper_entered", actor=actor, target=hearing, juror=str(juror.uuid))
    return Saved(hearing, evaluation, marks, criteria)
