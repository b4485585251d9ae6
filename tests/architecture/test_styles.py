"""No rule of ours lies unused: each class that a style sheet names is put on something by a template, a form or a script."""

import re
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.house import PACKAGES, ROOT
from tests.architecture.test_templates import template_files

STYLES = ROOT / "incubator" / "static" / "eclosion" / "css"
SCRIPTS = ROOT / "incubator" / "static" / "eclosion" / "js"
OURS = re.compile(r"\.((?:ec|jr|dk)-[\w-]+)")  # the others are Bootstrap's, Wagtail's, Django's or htmx's
COMMENT = re.compile(r"/\*.*?\*/", re.S)
NAME = re.compile(r"[\w-]+")
# ``ec-badge--{{ tint }}``: its end is worked out.
WORKED_OUT = re.compile(r"((?:ec|jr|dk)-[\w-]*--)(?=\{)")


def unused(styles: str, sources: Iterable[str]) -> list[str]:
    """The classes of ours that ``styles`` names and none of the sources does.

    One whose end is worked out is used when its end is a word of the sources, or a figure.
    """
    names: set[str] = set()
    stems: set[str] = set()
    for source in sources:
        names.update(NAME.findall(source))
        stems.update(WORKED_OUT.findall(source))

    def is_used(name: str) -> bool:
        stem, dashes, end = name.rpartition("--")
        return name in names or (stem + dashes in stems and (end in names or end.isdigit()))

    return sorted({name for name in OURS.findall(COMMENT.sub("", styles)) if not is_used(name)})


def sources() -> list[str]:
    files: list[Path] = [path for _name, path in template_files(ROOT)]
    for package in PACKAGES:
        folder = ROOT.joinpath(*package.split("."))
        files += [path for path in folder.rglob("*.py") if "migrations" not in path.parts]
    files += SCRIPTS.glob("*.js")
    return [path.read_text() for path in files]


def test_every_class_of_the_style_sheets_is_used():
    styles = "\n".join(path.read_text() for path in sorted(STYLES.glob("*.css")))
    assert unused(styles, sources()) == []


# -- The gate, seen failing --------------------------------------------------------------------------


def test_the_gate_fails_on_a_class_that_nothing_bears():
    styles = """
        .ec-list > .ec-list__row, .ec-gone:hover { color: red; } /* .ec-spoken-of */
        .jr-cell--5, .ec-badge--good, .ec-badge--bad { color: green; }
        .form-label, .mb-3 { margin: 0; }
    """
    html = '<ul class="ec-list"><li class="ec-list__row ec-badge--{{ badge.tint }} jr-cell--{{ mark }}">'
    assert unused(styles, [html, 'GOOD = "good"']) == ["ec-badge--bad", "ec-gone"]
