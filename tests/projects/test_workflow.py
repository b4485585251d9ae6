"""The table of moves: each stage, each move, and where it leads."""

import pytest

from incubator.core.models import Refused
from projects.enums import OUTCOMES_BY_GATE, STARTUP_STAGES, Gate, Outcome, Stage
from projects.models import Transition
from projects.workflow import lifecycle
from tests.factories.projects import make_project, sign_commitment

pytestmark = pytest.mark.django_db

A, P, S, I = Stage.APPLIED, Stage.PRESELECTED, Stage.SELECTED, Stage.PREINCUBATION  # noqa: E741
TERRITORY, INTERNAL, INCUBATOR = (
    Stage.STARTUP_TERRITORY,
    Stage.STARTUP_INTERNAL,
    Stage.STARTUP_INCUBATOR,
)

# The whole table again, by hand: a change of the workflow must be meant twice.
EXPECTED = {
    "preselection:retain": {A},
    "preselection:not_this_time": {A},
    "preselection:redirect": {A},
    "hackathon:retain": {A, P},
    "hackathon:not_this_time": {A, P},
    "hackathon:redirect": {A, P},
    **{
        f"preincubation_end:{outcome}": {I}
        for outcome in (
            "startup_territory",
            "startup_internal",
            "startup_incubator",
            "extend",
            "hand_over",
            "stop",
            "adjourn",
        )
    },
    **{
        f"extension_end:{outcome}": {I}
        for outcome in (
            "startup_territory",
            "startup_internal",
            "startup_incubator",
            "extend",
            "hand_over",
            "stop",
            "adjourn",
        )
    },
    **{
        f"committee:{outcome}": {TERRITORY, INTERNAL, INCUBATOR}
        for outcome in (
            "continue",
            "next_maturity",
            "provisional",
            "hand_over",
            "stop",
            "dormant",
            "sustain",
        )
    },
    "fast_track:granted": {S, I, TERRITORY, INTERNAL, INCUBATOR},
    "fast_track:refused": {S, I, TERRITORY, INTERNAL, INCUBATOR},
    "correct": {
        P,
        S,
        I,
        TERRITORY,
        INTERNAL,
        INCUBATOR,
        Stage.NOT_SELECTED,
        Stage.REDIRECTED,
        Stage.HANDED_OVER,
        Stage.STOPPED,
        Stage.DORMANT,
        Stage.SUSTAINED,
    },
    "redirect": {A, Stage.NOT_SELECTED},
    "merge": {A, P},
    "start": {S},
    "start_phase": {I, TERRITORY, INTERNAL, INCUBATOR},
    "withdraw": {A, P, S, I, TERRITORY, INTERNAL, INCUBATOR, Stage.SUSPENDED, Stage.DORMANT},
    "suspend": {S, I, TERRITORY, INTERNAL, INCUBATOR},
    "resume": {Stage.SUSPENDED},
    "wake": {Stage.DORMANT},
}


def test_the_table_is_the_one_that_was_meant():
    assert {name: set(move.sources) for name, move in lifecycle.moves.items()} == EXPECTED


def test_every_outcome_of_every_gate_has_a_move():
    for gate, outcomes in OUTCOMES_BY_GATE.items():
        for outcome in outcomes:
            assert f"{gate.value}:{outcome.value}" in lifecycle.moves


def test_every_target_is_a_stage_and_every_stage_can_be_reached():
    reached = set().union(*(move.possible_targets() for move in lifecycle.moves.values()))
    assert reached <= set(Stage)
    assert set(Stage) - reached == set()  # back to the application: a correction of the preselection


@pytest.mark.parametrize("stage", list(Stage))
def test_a_move_is_refused_from_every_other_stage(stage):
    """Every pair stage × move that the table does not name is refused with a sentence, and logs nothing."""
    project = make_project(stage)
    before = Transition.objects.filter(project=project).count()
    for name, sources in EXPECTED.items():
        if stage in sources:
            continue
        with pytest.raises(Refused) as refused:
            lifecycle.perform(project, name, actor=None, system=True)
        assert refused.value.messages[0].strip()
    project.refresh_from_db()
    assert project.stage == stage
    assert Transition.objects.filter(project=project).count() == before


def _is_too_early(stage, name):
    """The stage is right, but this project was not preselected, not extended, or no decision is named to correct."""
    return (
        (stage == A and name.startswith("hackathon:"))
        or name.startswith("extension_end:")
        or name == "correct"
    )


@pytest.mark.parametrize("stage", list(Stage))
def test_a_move_leads_where_the_table_says(stage):
    """Every pair that the table names leads to one of the move's targets, or a condition says why not."""
    for name, sources in EXPECTED.items():
        if stage not in sources:
            continue
        project = make_project(stage)
        move = lifecycle.moves[name]
        sets = {"merged_into": make_project(cohort=project.cohort)} if name == "merge" else {}
        if _is_too_early(stage, name):
            with pytest.raises(Refused):
                lifecycle.perform(project, name, actor=None, system=True)
            continue
        if name == "start":
            with pytest.raises(Refused):
                lifecycle.perform(project, name, actor=None, system=True)
            sign_commitment(project)
        transition = lifecycle.perform(project, name, actor=None, system=True, sets=sets)
        assert transition.target in move.possible_targets()
        assert transition.source == stage
        project.refresh_from_db()
        assert project.stage == transition.target


def test_startup_stages_are_left_by_the_committee_only_to_the_stages_meant():
    targets = {
        Outcome.HAND_OVER: Stage.HANDED_OVER,
        Outcome.STOP: Stage.STOPPED,
        Outcome.DORMANT: Stage.DORMANT,
        Outcome.SUSTAIN: Stage.SUSTAINED,
    }
    for outcome in OUTCOMES_BY_GATE[Gate.COMMITTEE]:
        move = lifecycle.moves[f"committee:{outcome.value}"]
        expected = {targets[outcome]} if outcome in targets else set(STARTUP_STAGES)
        assert move.possible_targets() == expected
