"""Verbs of the decision: prepared silently, agreed by the sponsor where it engages, pronounced together."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from juries import rules
from juries.domain import bookings
from juries.domain import minutes as records
from juries.domain.sittings import lock
from juries.enums import SittingState
from juries.models import Decision, Hearing, Minutes, Sitting
from juries.notifications import write_decision_letters
from juries.workflow import SITTING
from projects import outcomes
from projects.domain.decisions import apply_outcome
from projects.enums import ENGAGING_OUTCOMES, Outcome


def _require_deliberating(sitting: Sitting) -> None:
    lock(sitting)
    if sitting.state == SittingState.PRONOUNCED:
        raise Refused(_("The decisions are pronounced: they no longer change. Read them in the minutes."))
    if sitting.state != SittingState.DELIBERATING:
        raise Refused(_("Begin the deliberation first: the scores are still open."))


@transaction.atomic
def prepare_decision(
    *,
    actor,
    hearing: Hearing,
    outcome: str,
    reason: str,
    demands: dict | None = None,
    seen_at=None,
    is_new: bool = False,
) -> Decision:
    """Write down what is decided for one project; nobody outside the deliberation sees it.

    ``demands`` is plain JSON as ``projects.outcomes`` describes it. ``seen_at`` is the hour of the version
    the writer had before their eyes, ``is_new`` says that they saw none: when someone has written since,
    the verb refuses and says so. A change takes the sponsor's agreement away.
    """
    if not rules.can_prepare_decision(actor, hearing):
        raise PermissionDenied("juries.prepare_decision")
    sitting = hearing.sitting
    _require_deliberating(sitting)
    if hearing.closed_at is not None:
        raise Refused(_("This project has left: there is nothing to decide any more."))
    demands = dict(demands or {})
    if outcome not in Outcome.values:
        raise Refused({"outcome": _("Choose what is decided.")})
    if errors := outcomes.check(
        gate=sitting.gate, outcome=outcome, reason=reason, demands=demands, project=hearing.project
    ):
        raise Refused(errors)
    decision = Decision.objects.filter(hearing=hearing).first()
    stale = (seen_at is not None and decision is not None and decision.prepared_at != seen_at) or (
        is_new and decision is not None
    )
    if stale:
        raise Refused(
            _(
                "%(name)s has written this decision since you opened the page. Your text is kept below: "
                "compare, then save again."
            )
            % {"name": decision.prepared_by}
        )
    decision = decision or Decision(hearing=hearing)
    decision.outcome = outcome
    decision.reason = reason.strip()
    decision.demands = outcomes.to_json(outcomes.read(outcome, demands))
    decision.prepared_by = actor
    decision.prepared_at = clock.now()
    decision.signed_off_by = None
    decision.signed_off_at = None
    decision.save()
    journal.record(verb="juries.decision_prepared", actor=actor, target=hearing)
    return decision


@transaction.atomic
def sign_off(*, actor, decision: Decision, seen_at=None) -> Decision:
    """The sponsor agrees to what was prepared. ``seen_at``: the version they read."""
    sitting = decision.hearing.sitting
    if not rules.can_sign_off(actor, sitting):
        raise PermissionDenied("juries.sign_off")
    _require_deliberating(sitting)
    decision.refresh_from_db()
    if decision.outcome not in ENGAGING_OUTCOMES:
        raise Refused(_("This decision does not need your agreement."))
    if seen_at is not None and decision.prepared_at != seen_at:
        raise Refused(_("The decision has changed since you opened this page: read it again, then agree."))
    if decision.signed_off_at is None:
        decision.signed_off_by = actor
        decision.signed_off_at = clock.now()
        decision.save(update_fields=["signed_off_by", "signed_off_at"])
        journal.record(verb="juries.decision_signed_off", actor=actor, target=decision.hearing)
    return decision


@transaction.atomic
def pronounce(*, actor, sitting: Sitting) -> Minutes:
    """All decisions at once: stages move, letters are written and held, the minutes are sealed.

    One transaction: either everything is pronounced or nothing. The workflow's compare-and-swap comes first,
    so that two presidents clicking together make one; the other reads that it is done.
    """
    lock(sitting)
    sees = rules.sees_names(actor, sitting)
    SITTING.perform(sitting, "pronounce", actor=actor)
    now = clock.now()
    decisions = list(
        Decision.objects.filter(hearing__sitting=sitting, hearing__closed_at__isnull=True)
        .select_related("hearing__project", "signed_off_by", "feedback")
        .order_by("hearing__position", "hearing__pk")
    )
    for decision in decisions:
        try:
            decision.transition = apply_outcome(
                actor=actor,
                project=decision.hearing.project,
                gate=sitting.gate,
                outcome=decision.outcome,
                reason=decision.reason,
                demands=decision.demands,
                deciding_body=sitting.body,
                system=True,  # the right to pronounce was asked of the workflow above
            )
        except Refused as error:
            raise Refused(
                _("“%(title)s”: %(why)s")
                % {
                    "title": decision.hearing.project.title if sees else decision.hearing.dossier["title"],
                    "why": " ".join(error.messages),
                }
            ) from error
        decision.pronounced_at = now
        decision.save(update_fields=["transition", "pronounced_at"])
        bookings.book_extension(
            actor=actor,
            sitting=sitting,
            project=decision.hearing.project,
            outcome=decision.outcome,
            demands=decision.demands,
        )
    record = _seal(actor, sitting, decisions)
    for decision in decisions:
        write_decision_letters(actor=actor, sitting=sitting, decision=decision)
    journal.record(
        verb="juries.pronounced", actor=actor, target=sitting, decisions=len(decisions), minutes=record.number
    )
    return record


def _seal(actor, sitting: Sitting, decisions: list[Decision]) -> Minutes:
    """Number and freeze the minutes, in the language of the authority."""
    with translation.override(settings.LANGUAGE_CODE):
        content = records.write(sitting, decisions)
    year = clock.today().year
    for _attempt in range(10):
        number = records.next_number(year)
        try:
            with transaction.atomic():
                return Minutes.objects.create(
                    sitting=sitting, number=number, content=content, sealed_at=clock.now(), sealed_by=actor
                )
        except IntegrityError:  # another sitting took this number at the same moment
            continue
    raise Refused(_("The minutes could not be numbered. Try again in a moment."))
