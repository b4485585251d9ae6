"""One way between the packages, one order inside each (docs/architecture.md)."""

import pytest

from tests.architecture.house import (
    ASSEMBLY,
    LAYER,
    PACKAGES,
    ROOT,
    SHORT,
    imports,
    layer_of,
    modules,
    package_of,
)


def package_faults(root=ROOT) -> list[str]:
    """Imports that go against ``core <- accounts <- projects <- calls <- juries <- home``."""
    faults = []
    for module in modules(root):
        for line, name in imports(module):
            where = f"{module.path.relative_to(root)}:{line}"
            # A management command is a way in, as the assembly is: the worker's starts Celery's application.
            inner = module.package and module.part != "management"
            if inner and any(name == part or name.startswith(f"{part}.") for part in ASSEMBLY):
                faults.append(f"{where}: {module.name} imports the assembly ({name})")
            if name.partition(".")[0] in {"tests", "tools"} and module.name != "incubator.settings.test":
                faults.append(f"{where}: the product imports {name}")
            target = package_of(name)
            if module.package and target and PACKAGES.index(target) > PACKAGES.index(module.package):
                faults.append(f"{where}: {SHORT[module.package]} may not know {name}")
    return faults


def layer_faults(root=ROOT) -> list[str]:
    """Imports inside a package from a layer that stands later; modules that have no place."""
    faults = []
    for module in modules(root):
        package = module.package
        if package is None or package == "incubator.core":  # the engine room has no verbs: see below
            continue
        own = layer_of(package, module.name)
        if own is None:
            continue
        if own not in LAYER:
            faults.append(f"{module.name}: say in house.OWN_MODULES which layer it belongs to")
            continue
        for line, name in imports(module):
            if package_of(name) != package:
                continue
            other = layer_of(package, name)
            if other in LAYER and LAYER[other] > LAYER[own]:
                where = f"{module.path.relative_to(root)}:{line}"
                faults.append(f"{where}: {own} may not import {other} ({name})")
    return faults


SCREENS_OF_CORE = {"views", "templatetags", "urls", "viewsets", "wagtail_hooks"}
MAY_SHOW = SCREENS_OF_CORE | {"apps", "context_processors", "limits", "middleware"}


def core_faults(root=ROOT) -> list[str]:
    """In core only screens, and what wraps requests, import screens."""
    return [
        f"{module.path.relative_to(root)}:{line}: {module.name} imports a screen ({name})"
        for module in modules(root)
        if module.package == "incubator.core" and module.part not in MAY_SHOW
        for line, name in imports(module)
        if package_of(name) == "incubator.core" and SCREENS_OF_CORE & set(name.split(".")[2:3])
    ]


def test_packages_know_only_what_stands_to_their_left():
    assert package_faults() == []


def test_layers_know_only_what_stands_before_them():
    assert layer_faults() == []


def test_the_engine_knows_no_screen():
    assert core_faults() == []


def test_files_stay_readable():
    """A file is split into a package at about 400 lines (what the demonstration tells is one long text)."""
    long = [
        f"{module.path.relative_to(ROOT)}: {lines} lines"
        for module in modules()
        if not {"migrations", "demo"} & set(module.name.split("."))
        and (lines := len(module.path.read_text().splitlines())) > 450
    ]
    assert long == []


# -- The gates, seen failing -------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    def write(path, text):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    write("projects/models/project.py", "from django.db import models\n")
    return tmp_path, write


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("projects/views/detail.py", "from calls.models import Call\n"),
        ("projects/views/detail.py", "def show():\n    import juries.queries\n"),
        ("incubator/core/journal.py", "from incubator.accounts.models import User\n"),
        ("projects/views/detail.py", "from incubator import urls\n"),
        ("home/views/today.py", "from tests.factories import projects\n"),
    ],
)
def test_package_gate_fails_on_a_wrong_way_import(tree, path, text):
    root, write = tree
    assert package_faults(root) == []
    write(path, text)
    assert len(package_faults(root)) == 1


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("projects/models/project.py", "from projects.domain import work\n", "models may not import domain"),
        ("projects/domain/work.py", "from ..views import detail\n", "domain may not import views"),
        (
            "projects/enums.py",
            "def late():\n    from projects.models import Project\n",
            "enums may not import models",
        ),
        ("projects/helpers.py", "x = 1\n", "say in house.OWN_MODULES"),
    ],
)
def test_layer_gate_fails_on_a_wrong_way_import(tree, path, text, message):
    root, write = tree
    assert layer_faults(root) == []
    write(path, text)
    (fault,) = layer_faults(root)
    assert message in fault


def test_core_gate_fails_when_the_engine_imports_a_screen(tree):
    root, write = tree
    write("incubator/core/jobs.py", "from incubator.core.views import health\n")
    assert len(core_faults(root)) == 1
