"""Every state x every move: what is possible, and where it leads; performed for real, pair by pair."""

import importlib
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from incubator.core.models import Refused
from incubator.core.workflow import Workflow
from tests.architecture.house import PACKAGES
from tests.architecture.workflow_table import SUSPENDABLE, TABLES


def workflows() -> dict[str, Workflow]:
    """Every transition table of the house, by ``package.name``."""
    found = {}
    for package in PACKAGES:
        try:
            module = importlib.import_module(f"{package}.workflow")
        except ModuleNotFoundError:
            continue
        for name, value in vars(module).items():
            if isinstance(value, Workflow) and value.log.__module__.startswith(package):
                found[f"{package.rpartition('.')[2]}.{name}"] = value
    return found


def subject_model(workflow: Workflow):
    return workflow.log._meta.get_field(workflow.subject).related_model


def states(workflow: Workflow) -> list[str]:
    return [str(value) for value, _ in subject_model(workflow)._meta.get_field(workflow.state_field).choices]


def declared(workflow: Workflow) -> dict[str, dict[str, set[str]]]:
    """The code's own table, in the form of ``workflow_table``; a move that stays leads to its own state."""
    table = {}
    for move in workflow.moves.values():
        targets = {str(target) for target in move.possible_targets()}
        table[move.name] = {str(source): targets for source in move.sources}
    return table


class Raises(Exception):
    """Undo what a pair did."""


def another_project() -> dict:
    from tests.factories.projects import make_project

    return {"merged_into": make_project()}


# Columns that the database wants together with a state, and those that a move sets with it.
TOGETHER = {"merged": another_project}
WITH = {"merge": another_project}


def put_in(workflow: Workflow, obj, state: str) -> None:
    """Force a state, as no verb can."""
    columns = {workflow.state_field: state, **TOGETHER.get(state, dict)()}
    type(obj)._base_manager.filter(pk=obj.pk).update(**columns)


def outcome(workflow: Workflow, obj, state: str, name: str) -> str:
    """Perform the move from this state, as the system, without its conditions; answer where it led or "refused"."""
    bare = Workflow(
        state_field=workflow.state_field,
        log=workflow.log,
        subject=workflow.subject,
        moves=[replace(workflow.moves[name], conditions=())],
    )
    answer = "refused"
    try:
        with transaction.atomic():
            put_in(workflow, obj, state)
            try:
                bare.perform(obj, name, actor=None, system=True, sets=WITH.get(name, dict)())
                answer = str(getattr(obj, workflow.state_field))
            except Refused:
                pass
            raise Raises
    except Raises:
        return answer


def pair_faults(workflow: Workflow, obj, table, before=lambda state: None) -> list[str]:
    faults = []
    for state in states(workflow):
        before(state)
        for name in workflow.moves:
            expected = table.get(name, {}).get(state, {"refused"})
            if (led_to := outcome(workflow, obj, state, name)) not in expected:
                faults.append(f"{name} from {state}: {led_to}, expected {' or '.join(sorted(expected))}")
    return faults


def test_every_workflow_has_its_table():
    assert sorted(workflows()) == sorted(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_moves_and_states_are_those_of_the_table(name):
    workflow = workflows()[name]
    assert sorted(workflow.moves) == sorted(TABLES[name])
    for move in workflow.moves.values():
        assert {str(source) for source in move.sources} == set(TABLES[name][move.name]), move.name
    named = {state for row in TABLES[name].values() for pair in row.items() for state in (pair[0], *pair[1])}
    assert named <= set(states(workflow))


def make_project():
    from tests.factories.projects import make_project

    return make_project()


def make_call():
    from tests.factories.calls import make_call

    return make_call(state="draft")


def make_application():
    from tests.factories.calls import make_application
    from tests.factories.projects import make_person

    return make_application(user=make_person())


def make_sitting():
    from tests.factories.juries import World

    return World().sitting


MAKERS = {
    "projects.lifecycle": make_project,
    "calls.call_workflow": make_call,
    "calls.application_workflow": make_application,
    "juries.SITTING": make_sitting,
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_state_and_every_move_performed(name, site):
    workflow, obj = workflows()[name], MAKERS[name]()

    def before(state):
        """A way back needs a past: the log row that led to this state."""
        if name == "projects.lifecycle":
            workflow.log.objects.create(
                project=obj, name="test", source="startup_internal", target=state, effective_on="2020-01-01"
            )

    assert pair_faults(workflow, obj, TABLES[name], before) == []
    assert "startup_internal" in SUSPENDABLE


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_move_asks_who(name, site):
    """A stranger may make no move, from any state in which it exists."""
    from tests.factories.projects import make_person

    workflow, obj, stranger = workflows()[name], MAKERS[name](), make_person()
    for move in workflow.moves.values():
        for state in sorted(move.sources):
            put_in(workflow, obj, state)
            with pytest.raises(PermissionDenied):
                workflow.perform(obj, move.name, actor=stranger)


# -- The gate, seen failing --------------------------------------------------------------------------


def test_pair_gate_fails_on_a_pair_too_many_and_on_a_wrong_target(site):
    call = make_call()
    workflow = workflows()["calls.call_workflow"]
    table = {
        **TABLES["calls.call_workflow"],
        "close": {},
        "open": {"draft": {"closed"}, "scheduled": {"open"}},
    }
    assert pair_faults(workflow, call, table) == [
        "open from draft: open, expected closed",
        "close from open: closed, expected refused",
    ]
