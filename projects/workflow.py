"""The life of a project: the table of its moves. ``lifecycle.perform`` is the only writer of its stage.

Decisions of a body are moves named ``gate:outcome`` (:func:`decision_move`); beside them stand the moves
that no body decides: start, withdraw, suspend, resume, wake, redirect, merge.
"""

from django.utils.translation import gettext_lazy as _

from incubator.core.workflow import Move, Workflow
from projects import rules
from projects.enums import (
    ENGAGING_OUTCOMES,
    OUTCOMES_BY_GATE,
    STARTUP_STAGES,
    Gate,
    Maturity,
    Outcome,
    PhaseKind,
    Stage,
)
from projects.models import Transition

ACTIVE_STAGES = frozenset(
    {Stage.APPLIED, Stage.PRESELECTED, Stage.SELECTED, Stage.PREINCUBATION, *STARTUP_STAGES}
)
SUSPENDABLE_STAGES = frozenset({Stage.SELECTED, Stage.PREINCUBATION, *STARTUP_STAGES})

SOURCES_BY_GATE: dict[Gate, frozenset[Stage]] = {
    Gate.PRESELECTION: frozenset({Stage.APPLIED}),
    Gate.HACKATHON: frozenset({Stage.APPLIED, Stage.PRESELECTED}),
    Gate.PREINCUBATION_END: frozenset({Stage.PREINCUBATION}),
    Gate.EXTENSION_END: frozenset({Stage.PREINCUBATION}),
    Gate.COMMITTEE: STARTUP_STAGES,
    Gate.FAST_TRACK: frozenset({Stage.SELECTED, Stage.PREINCUBATION, *STARTUP_STAGES}),
}
# Where a decision of a body may have led, and from where: a correction goes back before it applies another.
DECIDED_STAGES = frozenset(
    {
        Stage.PRESELECTED,
        Stage.SELECTED,
        Stage.PREINCUBATION,
        *STARTUP_STAGES,
        Stage.NOT_SELECTED,
        Stage.REDIRECTED,
        Stage.HANDED_OVER,
        Stage.STOPPED,
        Stage.DORMANT,
        Stage.SUSTAINED,
    }
)
STAGES_BEFORE_A_DECISION = frozenset({Stage.APPLIED, Stage.PRESELECTED, Stage.PREINCUBATION, *STARTUP_STAGES})


def decision_move(gate: str, outcome: str) -> str:
    """The name of the move that a decision makes."""
    return f"{Gate(gate).value}:{Outcome(outcome).value}"


# -- Targets that depend on the project ------------------------------------------------------------


def _after_preselection(project) -> str:
    """Without a hackathon, preselection is the selection."""
    return Stage.PRESELECTED if project.programme.uses_hackathon else Stage.SELECTED


def _where_it_stands(project) -> str:
    return project.stage


def _stage_before(project) -> str:
    """Where the project stood before it was last suspended or made dormant, read from the log."""
    return (
        project.transitions.filter(target=project.stage)
        .exclude(source=project.stage)
        .order_by("pk")
        .values_list("source", flat=True)
        .last()
    )


def _before_the_last_move(project) -> str:
    return project.transitions.order_by("pk").values_list("source", flat=True).last()


def _target_of(gate: Gate, outcome: Outcome):
    """The target and, when it depends on the project, every possible answer."""
    if outcome == Outcome.RETAIN:
        if gate == Gate.PRESELECTION:
            return _after_preselection, frozenset({Stage.PRESELECTED, Stage.SELECTED})
        return Stage.SELECTED, frozenset()
    if gate == Gate.COMMITTEE and outcome in {Outcome.CONTINUE, Outcome.NEXT_MATURITY, Outcome.PROVISIONAL}:
        return _where_it_stands, STARTUP_STAGES
    if gate == Gate.FAST_TRACK:
        return _where_it_stands, SOURCES_BY_GATE[Gate.FAST_TRACK]
    fixed = {
        Outcome.NOT_THIS_TIME: Stage.NOT_SELECTED,
        Outcome.REDIRECT: Stage.REDIRECTED,
        Outcome.STARTUP_TERRITORY: Stage.STARTUP_TERRITORY,
        Outcome.STARTUP_INTERNAL: Stage.STARTUP_INTERNAL,
        Outcome.STARTUP_INCUBATOR: Stage.STARTUP_INCUBATOR,
        Outcome.EXTEND: Stage.PREINCUBATION,
        Outcome.ADJOURN: Stage.PREINCUBATION,
        Outcome.HAND_OVER: Stage.HANDED_OVER,
        Outcome.STOP: Stage.STOPPED,
        Outcome.DORMANT: Stage.DORMANT,
        Outcome.SUSTAIN: Stage.SUSTAINED,
    }
    return fixed[outcome], frozenset()


# -- Conditions: a sentence when they refuse -------------------------------------------------------


def extensions_of(project) -> int:
    """How many were given; one that a correction took back was not."""
    taken_back = {"actual_start__isnull": True, "closed_by__name": "correct"}
    return project.phases.filter(kind=PhaseKind.EXTENSION).exclude(**taken_back).count()


def _preselected_first(project, facts) -> str | None:
    if project.stage == Stage.APPLIED and project.programme.uses_preselection:
        return _("This project has not been preselected yet: the hackathon comes after the preselection.")
    return None


def _not_extended_yet(project, facts) -> str | None:
    if extensions_of(project):
        return _("This pre-incubation was extended: the decision belongs to the end of the extension.")
    return None


def _extended(project, facts) -> str | None:
    if not extensions_of(project):
        return _("This pre-incubation was not extended: the decision belongs to the end of pre-incubation.")
    return None


def _extension_left(project, facts) -> str | None:
    if extensions_of(project) >= project.programme.max_extensions:
        return _(
            "The programme allows no further extension. Choose another outcome, or postpone the decision."
        )
    return None


def _step_left(project, facts) -> str | None:
    if project.maturity == Maturity.CONSOLIDATION:
        return _("Consolidation is the last step of startup mode: choose “sustained”, or continue.")
    return None


def _nothing_came_after(project, facts) -> str | None:
    if project.transitions.order_by("pk").values_list("pk", flat=True).last() != facts.get("corrects"):
        return _(
            "Something has happened in this project since that decision: what it changed can no longer be taken "
            "back. Correct the words only, or have a body decide again."
        )
    return None


def _commitment_signed(project, facts) -> str | None:
    if not project.commitments.exists():
        return _("Nobody has signed a letter of commitment yet: pre-incubation starts once one is signed.")
    return None


CONDITIONS_BY_GATE = {
    Gate.HACKATHON: (_preselected_first,),
    Gate.PREINCUBATION_END: (_not_extended_yet,),
    Gate.EXTENSION_END: (_extended,),
}
CONDITIONS_BY_OUTCOME = {
    Outcome.EXTEND: (_extension_left,),
    Outcome.NEXT_MATURITY: (_step_left,),
}


def _who_decides(gate: Gate, outcome: Outcome):
    if gate == Gate.FAST_TRACK:
        return rules.can_answer_fast_track
    return rules.can_decide_and_engage if outcome in ENGAGING_OUTCOMES else rules.can_decide


def _decision(gate: Gate, outcome: Outcome) -> Move:
    target, targets = _target_of(gate, outcome)
    return Move(
        name=decision_move(gate, outcome),
        label=outcome.label,
        sources=SOURCES_BY_GATE[gate],
        target=target,
        targets=targets,
        allowed=_who_decides(gate, outcome),
        conditions=(*CONDITIONS_BY_GATE.get(gate, ()), *CONDITIONS_BY_OUTCOME.get(outcome, ())),
        sets={"maturity": Maturity.CONSTRUCTION} if outcome in ENGAGING_OUTCOMES else {},
    )


def _decisions() -> list[Move]:
    moves = [_decision(gate, outcome) for gate, outcomes in OUTCOMES_BY_GATE.items() for outcome in outcomes]
    # A programme that allows several extensions may extend again at the end of one.
    moves.append(_decision(Gate.EXTENSION_END, Outcome.EXTEND))
    return moves


lifecycle = Workflow(
    state_field="stage",
    log=Transition,
    subject="project",
    moves=[
        *_decisions(),
        Move(
            name="correct",
            label=_("Take a decision back to correct it"),
            sources=DECIDED_STAGES,
            target=_before_the_last_move,
            targets=STAGES_BEFORE_A_DECISION,
            allowed=rules.can_correct_decision,
            conditions=(_nothing_came_after,),
        ),
        Move(
            name="redirect",
            label=_("Redirect"),
            sources=frozenset({Stage.APPLIED, Stage.NOT_SELECTED}),
            target=Stage.REDIRECTED,
            allowed=rules.can_redirect,
        ),
        Move(
            name="merge",
            label=_("Join with another project"),
            sources=frozenset({Stage.APPLIED, Stage.PRESELECTED}),
            target=Stage.MERGED,
            allowed=rules.can_merge,
        ),
        Move(
            name="start",
            label=_("Start pre-incubation"),
            sources=frozenset({Stage.SELECTED}),
            target=Stage.PREINCUBATION,
            allowed=rules.can_start,
            conditions=(_commitment_signed,),
        ),
        Move(
            name="start_phase",
            label=_("Start the planned phase"),
            sources=frozenset({Stage.PREINCUBATION, *STARTUP_STAGES}),
            target=_where_it_stands,
            targets=frozenset({Stage.PREINCUBATION, *STARTUP_STAGES}),
            allowed=rules.can_start,
        ),
        Move(
            name="withdraw",
            label=_("Withdraw the project"),
            sources=frozenset({*ACTIVE_STAGES, Stage.SUSPENDED, Stage.DORMANT}),
            target=Stage.WITHDRAWN,
            allowed=rules.can_withdraw,
        ),
        Move(
            name="suspend",
            label=_("Suspend"),
            sources=SUSPENDABLE_STAGES,
            target=Stage.SUSPENDED,
            allowed=rules.can_suspend,
        ),
        Move(
            name="resume",
            label=_("Resume"),
            sources=frozenset({Stage.SUSPENDED}),
            target=_stage_before,
            targets=SUSPENDABLE_STAGES,
            allowed=rules.can_suspend,
        ),
        Move(
            name="wake",
            label=_("Wake from dormancy"),
            sources=frozenset({Stage.DORMANT}),
            target=_stage_before,
            targets=STARTUP_STAGES,
            allowed=rules.can_wake,
        ),
    ],
)
