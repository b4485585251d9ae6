"""Verbs of a correction (*rectificatif*): a new act beside the decision, which stays as it was pronounced."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import rules
from juries.domain import bookings
from juries.domain.sittings import lock
from juries.enums import SittingState
from juries.models import Correction, CorrectionDraft, Decision
from juries.notifications import write_correction_letters
from projects import outcomes
from projects.domain.decisions import correct_decision
from projects.enums import ENGAGING_OUTCOMES, Outcome


def in_force(decision: Decision):
    """What is read today: the last correction, else the decision itself."""
    return decision.corrections.order_by("number").last() or decision


def _needs_sponsor(decision: Decision, outcome: str, demands: dict) -> bool:
    """The sponsor agrees to a correction that engages money or staff otherwise than they agreed to."""
    now = in_force(decision)
    if outcome in ENGAGING_OUTCOMES:
        return (now.outcome, now.demands) != (outcome, demands)
    return now.outcome in ENGAGING_OUTCOMES  # what they agreed to is taken back


@transaction.atomic
def correct(
    *, actor, decision: Decision, outcome: str, reason: str, demands: dict | None = None, why: str
) -> Correction | CorrectionDraft:
    """Write a correction. It takes effect at once, or waits for the sponsor where money or staff are engaged.

    ``why`` says what was wrong; team, minutes and history show it. Refused when nothing differs, when the
    outcome is not one of this gate, or when the project has gone on and its effects can no longer be taken back.
    """
    sitting = decision.hearing.sitting
    if not rules.can_correct(actor, sitting):
        raise PermissionDenied("juries.correct")
    lock(sitting)
    if sitting.state != SittingState.PRONOUNCED:
        raise Refused(_("The decision is not pronounced yet: change it on the board."))
    demands = dict(demands or {})
    if outcome not in Outcome.values:
        raise Refused({"outcome": _("Choose what is decided.")})
    project, on = decision.hearing.project, decision.transition.effective_on
    errors = outcomes.check(
        gate=sitting.gate, outcome=outcome, reason=reason, demands=demands, project=project, on=on
    )
    if len((why or "").split()) < 3:
        errors["why"] = _("Say in one sentence why the decision is corrected: the team will read it.")
    if errors:
        raise Refused(errors)
    values = {
        "outcome": outcome,
        "reason": reason.strip(),
        "demands": outcomes.to_json(outcomes.read(outcome, demands)),
        "why": why.strip(),
    }
    now = in_force(decision)
    if (now.outcome, now.reason, now.demands) == (values["outcome"], values["reason"], values["demands"]):
        raise Refused(_("Nothing differs from what was decided: there is nothing to correct."))
    if CorrectionDraft.objects.filter(decision=decision).exists():
        raise Refused(_("A correction already waits for the sponsor's agreement. Give it up first."))
    if _needs_sponsor(decision, outcome, values["demands"]):
        draft = CorrectionDraft.objects.create(
            decision=decision, prepared_by=actor, prepared_at=clock.now(), **values
        )
        journal.record(verb="juries.correction_prepared", actor=actor, target=decision.hearing)
        return draft
    return _apply(actor, decision, values, written_by=actor, signed_off_by=None)


@transaction.atomic
def agree_to_correction(*, actor, draft: CorrectionDraft, seen_at=None) -> Correction:
    """The sponsor agrees: the correction takes effect. ``seen_at``: the version they read."""
    sitting = draft.decision.hearing.sitting
    if not rules.can_sign_off(actor, sitting):
        raise PermissionDenied("juries.agree_to_correction")
    lock(sitting)
    waiting = CorrectionDraft.objects.filter(pk=draft.pk).first()
    if waiting is None:
        raise Refused(_("This correction no longer waits: it was agreed to or given up."))
    if seen_at is not None and waiting.prepared_at != seen_at:
        raise Refused(_("The correction has changed since you opened this page: read it again, then agree."))
    values = {key: getattr(waiting, key) for key in ("outcome", "reason", "demands", "why")}
    written_by = waiting.prepared_by
    waiting.delete()
    return _apply(actor, draft.decision, values, written_by=written_by, signed_off_by=actor)


@transaction.atomic
def give_up_correction(*, actor, draft: CorrectionDraft) -> None:
    """The manager no longer wants it, or the sponsor does not agree: the decision stands as it is."""
    sitting = draft.decision.hearing.sitting
    if not (rules.can_correct(actor, sitting) or rules.can_sign_off(actor, sitting)):
        raise PermissionDenied("juries.give_up_correction")
    lock(sitting)
    deleted, _rows = CorrectionDraft.objects.filter(pk=draft.pk).delete()
    if not deleted:
        raise Refused(_("This correction no longer waits: it was agreed to or given up."))
    journal.record(verb="juries.correction_given_up", actor=actor, target=draft.decision.hearing)


def _apply(actor, decision: Decision, values: dict, *, written_by, signed_off_by) -> Correction:
    now = in_force(decision)
    changes_more_than_words = (now.outcome, now.demands) != (values["outcome"], values["demands"])
    transition = _move(actor, decision, now, values) if changes_more_than_words else None
    correction = Correction.objects.create(
        decision=decision,
        number=decision.corrections.count() + 1,
        written_by=written_by,
        written_at=clock.now(),
        signed_off_by=signed_off_by,
        transition=transition,
        **values,
    )
    write_correction_letters(actor=actor, correction=correction, before=now)
    journal.record(
        verb="juries.decision_corrected",
        actor=actor,
        target=decision.hearing,
        number=correction.number,
        outcome=correction.outcome,
    )
    return correction


def _move(actor, decision: Decision, now, values: dict):
    """Take back what the project did with the decision, and apply the corrected one on the same day."""
    sitting = decision.hearing.sitting
    last = (decision.corrections.exclude(transition=None).order_by("number").last() or decision).transition
    if now.outcome == Outcome.EXTEND:
        bookings.unbook(actor=actor, project=decision.hearing.project)
    transition = correct_decision(
        actor=actor,
        project=decision.hearing.project,
        decided=last,
        gate=sitting.gate,
        outcome=values["outcome"],
        reason=values["reason"],
        demands=values["demands"],
        deciding_body=sitting.body,
        why=values["why"],
        system=True,  # the right to correct, and the sponsor's agreement, were asked above
    )
    bookings.book_extension(
        actor=actor,
        sitting=sitting,
        project=decision.hearing.project,
        outcome=values["outcome"],
        demands=values["demands"],
    )
    return transition
