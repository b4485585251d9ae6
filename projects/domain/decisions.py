"""The verb that applies what a body decided: stage, phases, and what the outcome records."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from projects import outcomes
from projects.dates import months_after
from projects.domain import _follow_ups, _phases
from projects.domain._common import not_blank, not_in_the_future
from projects.enums import (
    ENGAGING_OUTCOMES,
    BudgetKind,
    Gate,
    Maturity,
    Outcome,
    PhaseKind,
    Stage,
)
from projects.models import BudgetLine, Project, Transition
from projects.workflow import decision_move, lifecycle

NEXT_STEP = {
    Maturity.CONSTRUCTION: Maturity.ACCELERATION,
    Maturity.ACCELERATION: Maturity.CONSOLIDATION,
}
FIRST_STEP_MONTHS = 6
_KEEPS_THE_PHASE = frozenset({Outcome.ADJOURN, Outcome.CONTINUE, Outcome.PROVISIONAL})
_ANSWERS = frozenset({Outcome.GRANTED, Outcome.REFUSED})


@transaction.atomic
def apply_outcome(
    *,
    actor,
    project: Project,
    gate: str,
    outcome: str,
    reason: str,
    demands: Mapping[str, Any],
    deciding_body: str,
    effective_on: date | None = None,
    system: bool = False,
) -> Transition:
    """Apply the outcome that ``deciding_body`` gave at ``gate`` on ``effective_on`` (today when not given).

    Changes the stage, closes the running phase, plans the next one, and writes what the outcome records.
    ``system`` is for decisions pronounced by a sitting, which has checked quorum, president and sponsor.
    Raises Refused with sentences by field, PermissionDenied when the actor may not decide.
    """
    gate, outcome = Gate(gate), Outcome(outcome)
    on = effective_on or clock.today()
    not_in_the_future(on, "effective_on")
    _phases.after_last_date(project, on, "effective_on")
    body = not_blank(deciding_body, "deciding_body", _("Write which body decided."))
    if errors := outcomes.check(
        gate=gate, outcome=outcome, reason=reason, demands=demands, project=project, on=on
    ):
        raise Refused(errors)
    values = outcomes.read(outcome, demands)
    sets = {}
    if outcome == Outcome.NEXT_MATURITY:
        project.refresh_from_db(fields=["maturity"])
        sets = {"maturity": NEXT_STEP.get(project.maturity, project.maturity)}
    transition = lifecycle.perform(
        project,
        decision_move(gate, outcome),
        actor=actor,
        effective_on=on,
        public_reason=reason.strip(),
        facts={"gate": gate.value, **outcomes.to_json(values)},
        sets=sets,
        system=system,
        outcome=outcome.value,
        deciding_body=body,
    )
    _write_effects(project, transition, outcome, values)
    journal.record(
        verb="projects.apply_outcome",
        actor=actor,
        target=project,
        gate=gate.value,
        outcome=outcome.value,
        on=on.isoformat(),
        transition=transition.pk,
    )
    return transition


@transaction.atomic
def correct_decision(
    *,
    actor,
    project: Project,
    decided: Transition,
    gate: str,
    outcome: str,
    reason: str,
    demands: Mapping[str, Any],
    deciding_body: str,
    why: str,
    system: bool = False,
) -> Transition:
    """Take ``decided`` back and apply another outcome on the day of the first: two new acts, nothing rewritten.

    Only while nothing has happened since. ``why`` is read by the team. Answers the transition of the new
    outcome. ``system``: who may correct, and the sponsor's agreement, were asked by the caller.
    """
    why = not_blank(
        why, "why", _("Say in one sentence why the decision is corrected: the team will read it.")
    )
    taken_back = lifecycle.perform(
        project,
        "correct",
        actor=actor,
        effective_on=decided.effective_on,
        public_reason=why,
        facts={"corrects": decided.pk},
        sets={"maturity": _maturity_before(project, decided)},
        system=system,
        deciding_body=deciding_body,
    )
    _take_effects_back(project, decided, taken_back)
    journal.record(
        verb="projects.correct_decision",
        actor=actor,
        target=project,
        corrects=decided.pk,
        transition=taken_back.pk,
    )
    return apply_outcome(
        actor=actor,
        project=project,
        gate=gate,
        outcome=outcome,
        reason=reason,
        demands=demands,
        deciding_body=deciding_body,
        effective_on=decided.effective_on,
        system=system,
    )


def _maturity_before(project: Project, decided: Transition) -> str:
    if decided.outcome in ENGAGING_OUTCOMES:
        return Maturity.NONE
    if decided.outcome == Outcome.NEXT_MATURITY:
        return next(
            (step for step, after in NEXT_STEP.items() if after == project.maturity), project.maturity
        )
    return project.maturity


def _take_effects_back(project: Project, decided: Transition, taken_back: Transition) -> None:
    """What the decision planned is given up, what it closed runs again; the log keeps both."""
    project.phases.filter(opened_by=decided, actual_start__isnull=True).update(closed_by=taken_back)
    project.phases.filter(closed_by=decided).update(actual_end=None, closed_by=None)
    BudgetLine.objects.filter(set_by=decided).delete()
    _follow_ups.give_up(project, decided)
    if decided.outcome == Outcome.NOT_THIS_TIME:
        project.keep_for_next_call = False
        project.save(update_fields=["keep_for_next_call"])


def _write_effects(project: Project, transition: Transition, outcome: Outcome, values: dict) -> None:
    if outcome in _ANSWERS:
        _write_what_is_granted(project, transition, values)
        return
    if project.stage == Stage.PREINCUBATION and outcome == Outcome.ADJOURN:
        _next(project, values["next_decision_on"], gettext("Decision postponed"))
        return
    if outcome not in _KEEPS_THE_PHASE:
        _phases.close_all(project, transition)
    if outcome == Outcome.RETAIN:
        _after_retained(project, transition, values)
    elif outcome in ENGAGING_OUTCOMES or outcome == Outcome.NEXT_MATURITY:
        _plan_step(project, transition, values)
    elif outcome == Outcome.EXTEND:
        _phases.plan(
            project,
            transition,
            kind=PhaseKind.EXTENSION,
            starts_on=transition.effective_on,
            ends_on=values["ends_on"],
        )
        _next(project, values["ends_on"], gettext("Decision at the end of the extension"))
    elif outcome in {Outcome.CONTINUE, Outcome.PROVISIONAL}:
        _next(project, values["next_committee_on"], str(_phases.COMMITTEE))
    else:
        _leave(project, transition, outcome, values)


def _after_retained(project: Project, transition: Transition, values: dict) -> None:
    if project.stage == Stage.PRESELECTED:
        _next(project, None, "")
        return
    programme = project.programme
    starts_on = values.get("starts_on") or project.cohort.preincubation_starts_on or transition.effective_on
    starts_on = max(starts_on, transition.effective_on)
    ends_on = values.get("ends_on") or months_after(starts_on, programme.preincubation_months)
    _phases.plan(project, transition, kind=PhaseKind.PREINCUBATION, starts_on=starts_on, ends_on=ends_on)
    _next(project, ends_on, gettext("Decision at the end of pre-incubation"))


def _plan_step(project: Project, transition: Transition, values: dict) -> None:
    ends_on = values.get("ends_on") or months_after(values["starts_on"], FIRST_STEP_MONTHS)
    _phases.plan(project, transition, kind=project.maturity, starts_on=values["starts_on"], ends_on=ends_on)
    _next(project, values["next_committee_on"], str(_phases.COMMITTEE))
    if "amount_min" in values:
        highest: Decimal | None = values.get("amount_max")
        BudgetLine.objects.create(
            project=project,
            kind=BudgetKind.PLANNED,
            label=gettext("Startup mode, with %(partner)s") % {"partner": values["partner"]},
            amount_min=values["amount_min"],
            amount_max=highest,
            months=values["months"],
            set_by=transition,
        )
    elif "share_of_time" in values:
        # Agents' time is not valued in euros: the amount stays empty, which is not zero.
        BudgetLine.objects.create(
            project=project,
            kind=BudgetKind.PLANNED,
            label=gettext("Agents' time: %(share)s%% of the team") % {"share": values["share_of_time"]},
            set_by=transition,
        )


def _leave(project: Project, transition: Transition, outcome: Outcome, values: dict) -> None:
    """What an exit leaves behind: dates to come back, or what is owed."""
    _next(project, None, "")
    if outcome == Outcome.NOT_THIS_TIME:
        project.keep_for_next_call = values.get("keep_for_next_call") == "yes"
        project.save(update_fields=["keep_for_next_call"])
    _follow_ups.plan(project, transition)


def _write_what_is_granted(project: Project, transition: Transition, values: dict) -> None:
    if "amount" in values:
        BudgetLine.objects.create(
            project=project,
            kind=BudgetKind.PLANNED,
            label=gettext("Fast track: %(granted)s") % {"granted": values["granted"][:100]},
            amount_min=values["amount"],
            set_by=transition,
        )


def _next(project: Project, day: date | None, label: str) -> None:
    """Write the date of the next decision, and what it is."""
    project.next_decision_on, project.next_decision_label = day, label
    project.save(update_fields=["next_decision_on", "next_decision_label"])
