"""Everything asks ``core.clock`` for the present, so that the past can be replayed."""

import ast

import pytest

from tests.architecture.house import ROOT, modules

REFUSED = {
    ("timezone", "now"),
    ("timezone", "localtime"),
    ("timezone", "localdate"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}
REFUSED_OPTIONS = {"auto_now", "auto_now_add"}
REFUSED_IMPORTS = {"django.utils.timezone.now", "django.db.models.functions.Now"}
THE_CLOCK = "incubator.core.clock"


def clock_faults(root=ROOT) -> list[str]:
    from tests.architecture.house import imports

    faults = []
    for module in modules(root):
        if module.name == THE_CLOCK or ".migrations" in module.name:
            continue
        for node in ast.walk(module.tree()):
            where = f"{module.path.relative_to(root)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                # localtime(value) and localdate(value) only convert: they ask the clock when given nothing
                if (owner, node.attr) in REFUSED and not _converts(module, node):
                    faults.append(f"{where}: {owner}.{node.attr}, ask core.clock")
            elif isinstance(node, ast.keyword) and node.arg in REFUSED_OPTIONS:
                faults.append(f"{where}: {node.arg}, set the date in the verb")
        for line, name in imports(module):
            if name in REFUSED_IMPORTS:
                faults.append(f"{module.path.relative_to(root)}:{line}: {name}, ask core.clock")
    return faults


def _converts(module, attribute) -> bool:
    if attribute.attr not in {"localtime", "localdate"}:
        return False
    return any(
        isinstance(node, ast.Call) and node.args and node.func.__class__ is ast.Attribute
        and (node.func.lineno, node.func.col_offset) == (attribute.lineno, attribute.col_offset)
        for node in ast.walk(module.tree())
    )  # fmt: skip


def test_only_the_clock_reads_the_machine_s_clock():
    assert clock_faults() == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils import timezone\nwhen = timezone.now()\n",
        "from django.utils import timezone\nwhen = timezone.localdate()\n",
        "import datetime\nwhen = datetime.datetime.now()\n",
        "from datetime import date\nwhen = date.today()\n",
        "from django.db import models\nfield = models.DateTimeField(auto_now_add=True)\n",
        "from django.utils.timezone import now\n",
    ],
)
def test_clock_gate_fails_on(tmp_path, source):
    file = tmp_path / "projects" / "domain" / "work.py"
    file.parent.mkdir(parents=True)
    file.write_text(source)
    assert len(clock_faults(tmp_path)) == 1


def test_clock_gate_lets_a_conversion_pass(tmp_path):
    file = tmp_path / "projects" / "queries.py"
    file.parent.mkdir(parents=True)
    file.write_text("from django.utils import timezone\nday = timezone.localdate(moment)\n")
    assert clock_faults(tmp_path) == []
