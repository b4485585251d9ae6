"""Verbs look alike: keyword-only, an actor, one transaction, and a trace of what was done."""

import ast
from dataclasses import dataclass

import pytest

from tests.architecture.house import ROOT, SHORT, modules

# Functions that write without an entry of their own, and why.
WITHOUT_TRACE = {
    "incubator.accounts.domain.access.ensure_manager_group": "set-up of the Wagtail group, after migrate",
    "incubator.accounts.domain.access.refresh_manager_group": "set-up of the Wagtail group, after migrate",
    "incubator.accounts.domain.access.sync_manager_group": "part of granting and ending a role",
    "incubator.accounts.domain.access.sync_admin": "part of granting and ending a role",
    "incubator.accounts.domain.entrance.confirm_address": "part of opening an account; allauth keeps the address",
    "projects.domain.projects.open_phase": "part of pronouncing a decision",
    "calls.domain.answers.save_answers": "each change of an answer is an AnswerRevision",
    "calls.domain.saved_views.save_view": "a manager's own shortcut: it changes nothing for anyone",
    "calls.domain.saved_views.forget_view": "a manager's own shortcut: it changes nothing for anyone",
    "calls.domain.texts.read_text": "the words as the search reads them: part of submitting",
    "calls.domain.forms.freeze_form": "part of opening a call",
    "juries.domain.dossiers.freeze": "part of opening the scoring",
    "juries.domain.grids.freeze": "part of opening the scoring",
    "juries.domain.minutes.write": "part of pronouncing",
    "juries.domain.sittings.mark_present": "part of beginning the deliberation and of noting who has come or left",
    "juries.domain.scoring.stand_aside_if_linked": "part of adding a seat or a hearing",
    "projects.domain.fast_track.close_questions_when_a_project_leaves": "listens to the project's own transition",
    "juries.domain.sittings.close_hearings_when_a_project_leaves": "listens to the project's own transition",
}
# Verbs whose actor has another name or is nobody, and why.
WITHOUT_ACTOR = {
    "incubator.accounts.domain.entrance.open_account": "someone who opens an account for themselves",
    "calls.domain.applications.begin_application": "a visitor may begin: user may be None",
    "calls.domain.applications.claim_application": "the user who signs in with the token",
}
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}


@dataclass
class Function:
    module: str
    where: str
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        return f"{self.module}.{self.node.name}"

    @property
    def keywords(self) -> list[str]:
        return [argument.arg for argument in self.node.args.kwonlyargs]

    @property
    def positional(self) -> list[str]:
        return [argument.arg for argument in [*self.node.args.posonlyargs, *self.node.args.args]]

    def decorated(self, name: str) -> bool:
        return any(name in ast.unparse(decorator) for decorator in self.node.decorator_list)

    def returns_nothing_but_checks(self) -> bool:
        """A part that only refuses: it raises and writes nothing."""
        return (
            any(isinstance(node, ast.Raise) for node in ast.walk(self.node))
            and not self.calls() & (WRITES | {"journal.record", "perform"})
            and self.node.name.startswith(("need", "check", "require"))
        )

    def calls(self) -> set[str]:
        """Names called in the body, as written, and their last part."""
        found = set()
        for node in ast.walk(self.node):
            if isinstance(node, ast.Call):
                written = ast.unparse(node.func)
                found |= {written, written.rpartition(".")[2]}
        return found


def functions(root=ROOT) -> list[Function]:
    return [
        Function(module.name, f"{module.path.relative_to(root)}:{node.lineno}", node)
        for module in modules(root)
        if module.package and ".domain" in module.name and SHORT[module.package] != "core"
        for node in module.tree().body
        if isinstance(node, ast.FunctionDef)
    ]


def leaves_a_trace(found: list[Function]) -> set[str]:
    """The functions that journal or make a transition, by themselves or through another of these."""
    by_name: dict[str, list[Function]] = {}
    for function in found:
        by_name.setdefault(function.node.name, []).append(function)
    tracing = {f.name for f in found if f.calls() & {"journal.record", "record", "perform"}}
    while True:
        more = {
            function.name
            for function in found
            if function.name not in tracing
            and any(other.name in tracing for called in function.calls() for other in by_name.get(called, ()))
        }
        if not more:
            return tracing
        tracing |= more


def verb_faults(root=ROOT) -> list[str]:
    """A function of domain/ that takes an actor, or that writes, is a verb; others are parts of one."""
    found = functions(root)
    tracing = leaves_a_trace(found)
    faults = []
    for function in found:
        if function.node.name.startswith("_") or ".domain._" in function.name:
            continue
        takes_actor = "actor" in [*function.positional, *function.keywords]
        traces_itself = bool(function.calls() & {"journal.record", "perform"})
        if takes_actor and function.returns_nothing_but_checks():
            continue
        if (takes_actor or traces_itself) and function.name not in WITHOUT_TRACE:
            if function.positional:
                faults.append(f"{function.where} {function.name}: must be keyword-only")
            if function.name not in WITHOUT_ACTOR and function.keywords[:1] != ["actor"]:
                faults.append(f"{function.where} {function.name}: the first argument must be actor")
            if not function.decorated("atomic"):
                faults.append(f"{function.where} {function.name}: must be @transaction.atomic")
            if "request" in function.keywords:
                faults.append(f"{function.where} {function.name}: a verb knows no request")
        writes = takes_actor or any(called in WRITES for called in function.calls())
        if writes and function.name not in tracing and function.name not in WITHOUT_TRACE:
            faults.append(f"{function.where} {function.name}: neither journals nor makes a transition")
    return faults


def test_every_verb_is_keyword_only_atomic_and_leaves_a_trace():
    assert verb_faults() == []


def test_exceptions_still_exist():
    """A line of the lists above goes away with its function."""
    names = {function.name for function in functions()}
    assert sorted({*WITHOUT_TRACE, *WITHOUT_ACTOR} - names) == []


def test_only_the_workflow_writes_a_state():
    """No verb, view or task gives a state column a value of its own, nor updates it in the database."""
    from tests.architecture.test_workflows import workflows

    states = {
        workflow.log._meta.get_field(workflow.subject).related_model.__name__: workflow.state_field
        for workflow in workflows().values()
    }
    assert state_faults(states) == []


def state_faults(states: dict[str, str], root=ROOT) -> list[str]:
    faults = []
    for module in modules(root):
        if not module.package or ".migrations" in module.name:
            continue
        for node in ast.walk(module.tree()):
            where = f"{module.path.relative_to(root)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Attribute):
                value = ast.unparse(node.value)
                for target in node.targets:
                    if (
                        isinstance(target, ast.Attribute)
                        and target.attr in states.values()
                        and (isinstance(node.value, ast.Constant) or value.rpartition(".")[2].isupper())
                    ):
                        faults.append(f"{where}: assigns .{target.attr}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "update"
            ):
                model = ast.unparse(node.func).partition(".")[0]
                faults += [
                    f"{where}: updates {k.arg}" for k in node.keywords if k.arg and states.get(model) == k.arg
                ]
    return faults


# -- The gates, seen failing -------------------------------------------------------------------------

SOUND = """
@transaction.atomic
def plan(*, actor, project, title):
    _write(actor, project)

def _write(actor, project):
    journal.record(verb="projects.plan", actor=actor, target=project)
"""


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("def plan(*, actor", "def plan(actor, *", "must be keyword-only"),
        ("*, actor, project", "*, project, actor", "the first argument must be actor"),
        ("@transaction.atomic\n", "", "must be @transaction.atomic"),
        ("journal.record(", "print(", "neither journals"),
        ("project, title", "project, request", "knows no request"),
    ],
)
def test_verb_gate_fails_on(tmp_path, before, after, fault):
    file = tmp_path / "projects" / "domain" / "work.py"
    file.parent.mkdir(parents=True)
    file.write_text(SOUND)
    assert verb_faults(tmp_path) == []
    file.write_text(SOUND.replace(before, after))
    assert any(fault in found for found in verb_faults(tmp_path))


@pytest.mark.parametrize(
    "source", ["project.stage = 'stopped'\n", "Project.objects.filter(pk=1).update(stage='stopped')\n"]
)
def test_state_gate_fails_on(tmp_path, source):
    file = tmp_path / "projects" / "domain" / "work.py"
    file.parent.mkdir(parents=True)
    file.write_text(source)
    assert len(state_faults({"Project": "stage"}, tmp_path)) == 1
