"""Templates go one way too, carry no script or style of their own, and none lies unused."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGES, RANK, ROOT, SHORT, modules

URL = re.compile(r"""\{%-?\s*(?:url|action_url)\s+['"](\w+):""")
LOAD = re.compile(r"\{%-?\s*load\s+([^%]*?)\s*-?%\}")
USED_TEMPLATE = re.compile(r"""\{%-?\s*(?:include|extends|includeblock)\s+['"]([^'"]+)['"]""")
ANY_TEMPLATE = re.compile(r"""['"]([\w/.-]+\.(?:html|txt|svg|xml|json))['"]""")
INLINE = (
    (re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I), "inline script"),
    (re.compile(r"<style\b", re.I), "inline style sheet"),
    (re.compile(r"""\sstyle\s*=\s*["']""", re.I), "style attribute"),
    (re.compile(r"""\son[a-z]+\s*=\s*["']""", re.I), "event handler attribute"),
    (re.compile(r"javascript:", re.I), "javascript: address"),
    (
        re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//(?!.*\bexample\b)""", re.I),
        "address of another site",
    ),
)
RAW = ((re.compile(r"\|\s*safe\b"), "|safe"), (re.compile(r"\{%-?\s*autoescape\s+off"), "autoescape off"))
TAG = re.compile(r"\{%.*?%\}", re.S)  # an argument of a tag may be called style
# Data for our own modules, read by them and never run.
ALLOWED_SCRIPT = re.compile(r"""<script[^>]*type=["']application/(?:ld\+)?json["'][^>]*>""", re.I)
NOT_OURS = {
    "account": "accounts",
    "mfa": "accounts",
    "allauth": "accounts",
    "wagtailadmin": "core",
    "registration": "accounts",
}
STRIP = re.compile(r"\{#.*?#\}|\{%-?\s*comment.*?endcomment\s*-?%\}", re.S)


def template_files(root: Path) -> list[tuple[str, Path]]:
    """(name, path) of every template of ours."""
    folders = [
        root / "templates",
        *sorted(root.glob("*/templates")),
        *sorted(root.glob("incubator/*/templates")),
    ]
    return [
        (str(path.relative_to(folder)), path)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def owner(name: str) -> str:
    """The package a template belongs to: its folder's; letters say theirs by the kind's first word."""
    folder, _, rest = name.partition("/")
    if folder == "letters":
        folder = rest.partition(".")[0]
    folder = NOT_OURS.get(folder, folder)
    return folder if folder in RANK else "core"


def tag_libraries(root: Path) -> dict[str, str]:
    return {
        path.stem: SHORT[package]
        for package in PACKAGES
        for path in (root / package.replace(".", "/") / "templatetags").glob("*.py")
        if path.stem != "__init__"
    }


def direction_faults(root=ROOT) -> list[str]:
    """URL names, tag libraries and includes of a package to the right."""
    faults = []
    libraries = tag_libraries(root)
    for name, path in template_files(root):
        rank = RANK[owner(name)]
        text = STRIP.sub("", path.read_text())
        for space in URL.findall(text):
            if RANK.get(space, -1) > rank:
                faults.append(f"{name} links to {space}:")
        for names in LOAD.findall(text):
            for library in names.partition(" from ")[2].split() or names.split():
                if RANK.get(libraries.get(library, ""), -1) > rank:
                    faults.append(f"{name} loads {library} of {libraries[library]}")
        for used in USED_TEMPLATE.findall(text):
            if RANK[owner(used)] > rank:
                faults.append(f"{name} uses {used}")
    for module in modules(root):
        if not module.package or ".migrations" in module.name:
            continue
        rank = RANK[SHORT[module.package]]
        for node in ast.walk(module.tree()):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            space, colon, rest = node.value.partition(":")
            if colon and re.fullmatch(r"[a-z_]+", rest) and RANK.get(space, -1) > rank:
                faults.append(f"{module.path.relative_to(root)}:{node.lineno} names the address {node.value}")
            folder, slash, rest = node.value.partition("/")
            if slash and rest.endswith((".html", ".txt")) and RANK.get(folder, -1) > rank:
                faults.append(f"{module.path.relative_to(root)}:{node.lineno} uses the template {node.value}")
    return faults


def inline_faults(root=ROOT) -> list[str]:
    """What a strict content security policy would refuse, and what would let raw HTML through."""
    faults = []
    for name, path in template_files(root):
        if path.suffix not in {".html", ".svg"}:
            continue
        text = ALLOWED_SCRIPT.sub("", STRIP.sub("", path.read_text()))
        faults += [f"{name}: {what}" for pattern, what in RAW if pattern.search(text)]
        faults += [f"{name}: {what}" for pattern, what in INLINE if pattern.search(TAG.sub("", text))]
    return faults


def unused(root=ROOT, *, implicit: frozenset[str] = frozenset()) -> list[str]:
    """Templates that no template and no module names; ``implicit`` are found by a framework's own rule."""
    named, patterns = set(implicit), []
    for _, path in template_files(root):
        named.update(ANY_TEMPLATE.findall(path.read_text()))
    for module in modules(root):
        for node in ast.walk(module.tree()):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.-]+"
                    for part in node.values
                ]
                pattern = "".join(parts)
                if "/" in pattern and re.search(r"\w", pattern.replace(r"[\w.-]+", "")):
                    patterns.append(re.compile(pattern))
    return [
        name
        for name, _ in template_files(root)
        if name not in named and not any(pattern.fullmatch(name) for pattern in patterns)
    ]


def found_by_frameworks() -> frozenset[str]:
    """Error pages, Wagtail's pages by their model's name, and what replaces a package's own template."""
    from django.template.loader import get_template
    from wagtail.models import get_page_models

    names = {f"{code}.html" for code in (400, 403, 404, 429, 500)} | {"403_csrf.html", "robots.txt"}
    names |= {model.template for model in get_page_models()}
    for name, path in template_files(ROOT):
        candidates = get_template(name).template.engine.template_loaders
        for loader in candidates:
            for inner in getattr(loader, "loaders", [loader]):
                if any(
                    Path(origin.name) != path and Path(origin.name).exists()
                    for origin in inner.get_template_sources(name)
                ):
                    names.add(name)
    return frozenset(names)


def test_templates_know_only_what_stands_to_their_left():
    assert direction_faults() == []


def test_no_template_carries_script_or_style():
    assert inline_faults() == []


def test_no_template_lies_unused():
    assert unused(implicit=found_by_frameworks()) == []


# -- The gates, seen failing -------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    def write(path, text):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    write("calls/templatetags/calls_tags.py", "")
    write("templates/projects/_row.html", "<p>row</p>")
    write("templates/projects/detail.html", '{% include "projects/_row.html" %}')
    write("projects/views/detail.py", 'TEMPLATE = "projects/detail.html"\n')
    return tmp_path, write


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("templates/projects/a.html", "{% url 'calls:apply' %}"),
        ("templates/projects/a.html", "{% load i18n calls_tags %}"),
        ("templates/projects/a.html", "{% load answer from calls_tags %}"),
        ("templates/projects/a.html", '{% include "juries/_scores.html" %}'),
        ("templates/letters/projects.outcome.fr.txt", "{% url 'juries:detail' %}"),
        ("projects/views/b.py", 'reverse("calls:apply")\n'),
        ("incubator/core/letters.py", 'TEMPLATE = "projects/letter.txt"\n'),
    ],
)
def test_direction_gate_fails_on(tree, path, text):
    root, write = tree
    assert direction_faults(root) == []
    write(path, text)
    assert len(direction_faults(root)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        '<p style="color: red">',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        '<script src="https://cdn.invalid/x.js"></script>',
        "{{ text|safe }}",
    ],
)
def test_inline_gate_fails_on(tree, text):
    root, write = tree
    assert inline_faults(root) == []
    write("templates/projects/a.html", text)
    assert len(inline_faults(root)) == 1


def test_unused_gate_fails_on_a_forgotten_template(tree):
    root, write = tree
    assert unused(root) == []
    write("templates/projects/old.html", "")
    assert unused(root) == ["projects/old.html"]
