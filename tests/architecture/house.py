"""The plan of the house, as docs/architecture.md shows it, and how its files are read."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# One way: a package knows itself and what stands to its left.
PACKAGES = ("incubator.core", "incubator.accounts", "projects", "calls", "juries", "home")
SHORT = {package: package.rpartition(".")[2] for package in PACKAGES}
RANK = {short: rank for rank, short in enumerate(SHORT.values())}

# Inside a package: a layer knows itself and what stands above it in this list.
LAYERS = (
    {"enums", "rules", "validators", "blocks", "fields"},
    {"models"},
    {"workflow", "queries", "notifications"},
    {"domain"},
    {"tasks", "forms", "filters"},
    {"views", "viewsets", "wagtail_hooks", "templatetags"},
    {"urls"},
)
LAYER = {name: level for level, names in enumerate(LAYERS) for name in names}

# Modules of a package's own, beside the usual names, and the layer whose rights they have.
OWN_MODULES = {
    "accounts.adapter": "forms",
    "accounts.middleware": "views",
    "accounts.registrations": "urls",
    "calls.acts": "enums",
    "projects.acts": "enums",
    "projects.counts": "enums",
    "projects.dates": "enums",
    "projects.readings": "enums",
    "calls.announcements": "queries",
    "calls.counts": "queries",
    "calls.exports": "queries",
    "calls.desk_forms": "forms",
    "calls.dossier": "queries",
    "calls.folding": "enums",
    "calls.listing": "queries",
    "calls.similar": "queries",
    "calls.histories": "queries",
    "calls.page_facts": "queries",
    "calls.share": "queries",
    "calls.panels": "views",
    "calls.questions": "forms",
    "juries.panels": "views",
    "juries.score_columns": "views",
    "juries.verdicts": "queries",
    "juries.verdict_forms": "forms",
    "projects.exit_forms": "forms",
    "projects.panels": "views",
    "home.panels": "views",
    "projects.outcomes": "queries",
    "calls.conditions": "enums",
    "calls.kinds": "enums",
    "calls.schema": "enums",
    "home.demo": "views",
    "home.management": "urls",
}
# The assembly of the site may import everything and is imported by nobody.
ASSEMBLY = {"incubator.settings", "incubator.urls", "incubator.celery", "incubator.wsgi", "incubator.asgi"}
# An application's configuration runs before all layers and ties them together.
FREE = {"apps", "migrations", "management", "__init__"}


@dataclass(frozen=True)
class Module:
    """A source file: its dotted name, its package and the layer it belongs to."""

    path: Path
    name: str

    @property
    def package(self) -> str | None:
        return package_of(self.name)

    @property
    def part(self) -> str:
        """The first name inside the package: ``domain`` for ``projects.domain.work``."""
        package = self.package
        rest = self.name[len(package) + 1 :] if package else ""
        return rest.partition(".")[0] or "__init__"

    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(), str(self.path))


def package_of(dotted: str) -> str | None:
    return next((p for p in PACKAGES if dotted == p or dotted.startswith(f"{p}.")), None)


def modules(root: Path = ROOT) -> Iterator[Module]:
    """Every module of the six packages and of the assembly."""
    for top in ("incubator", "projects", "calls", "juries", "home"):
        for path in sorted((root / top).rglob("*.py")):
            dotted = ".".join(path.relative_to(root).with_suffix("").parts)
            yield Module(path, dotted.removesuffix(".__init__"))


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Every imported dotted name with its line, those inside functions too."""
    for node in ast.walk(module.tree()):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = module.name.split(".")
                if module.path.name != "__init__.py":
                    up = up[:-1]
                up = up[: len(up) - node.level + 1]
                base = ".".join([*up, base]).rstrip(".")
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def layer_of(package: str, dotted: str) -> str | None:
    """The layer of a name inside its package; None when it is free or the package itself."""
    part = dotted[len(package) + 1 :].partition(".")[0]
    if not part or part in FREE:
        return None
    return OWN_MODULES.get(f"{SHORT[package]}.{part}", part)
