"""Verbs look alike: keyword-only, an actor, one transaction, and a trace of what was done."""

import ast
from dataclasses import dataclass

import pytest

from tests.architecture.house import ROOT, SHORT, modules

# Public functions of domain/ that are no verbs, and why.
NOT_VERBS: dict[str, str] = {}
# Verbs without an actor of their own, and why.
WITHOUT_ACTOR: dict[str, str] = {}


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


def verb_faults(root=ROOT, *, not_verbs=NOT_VERBS, without_actor=WITHOUT_ACTOR) -> list[str]:
    found = functions(root)
    tracing = leaves_a_trace(found)
    faults = []
    for function in found:
        if function.node.name.startswith("_") or ".domain._" in function.name or function.name in not_verbs:
            continue
        if function.positional:
            faults.append(
                f"{function.where} {function.name}: {', '.join(function.positional)} must be keyword-only"
            )
        if function.name not in without_actor and function.keywords[:1] != ["actor"]:
            faults.append(f"{function.where} {function.name}: the first argument must be actor")
        if not function.decorated("atomic"):
            faults.append(f"{function.where} {function.name}: must be @transaction.atomic")
        if function.name not in tracing:
            faults.append(f"{function.where} {function.name}: neither journals nor makes a transition")
        if "request" in function.keywords:
            faults.append(f"{function.where} {function.name}: a verb knows no request")
    return faults


def test_every_verb_is_keyword_only_atomic_and_leaves_a_trace():
    assert verb_faults() == []


def test_exceptions_still_exist():
    """A line of the lists above goes away with its function."""
    names = {function.name for function in functions()}
    assert sorted({*NOT_VERBS, *WITHOUT_ACTOR} - names) == []


def test_only_the_workflow_writes_a_state():
    """No verb, view or task assigns a state column or updates it."""
    from tests.architecture.test_workflows import workflows

    columns = {workflow.state_field for workflow in workflows().values()}
    assert state_faults(columns) == []


def state_faults(columns: set[str], root=ROOT) -> list[str]:
    faults = []
    for module in modules(root):
        inner = module.package and SHORT[module.package] not in {"core"} and ".migrations" not in module.name
        if not inner:
            continue
        for node in ast.walk(module.tree()):
            where = f"{module.path.relative_to(root)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Attribute) and target.attr in columns:
                        faults.append(f"{where}: assigns .{target.attr}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "update"
            ):
                faults += [f"{where}: updates {k.arg}" for k in node.keywords if k.arg in columns]
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
    assert len(state_faults({"stage"}, tmp_path)) == 1
