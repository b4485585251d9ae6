"""Every act that a verb writes into the journal has words that people read."""

import re

from django.conf import settings

from incubator.core import journal

PACKAGES = ("incubator", "projects", "calls", "juries", "home")
VERB = re.compile(r'verb=f?"((?:core|accounts|projects|calls|juries|home)\.[a-z_{}]+)"')


def acts_without_words(root) -> list[str]:
    missing = set()
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            for verb in VERB.findall(path.read_text()):
                pattern = re.sub(r"\\\{[a-z_]+\\\}", "[a-z_]+", re.escape(verb))
                if not any(re.fullmatch(pattern, known) for known in journal.labels()):
                    missing.add(verb)
    return sorted(missing)


def test_every_act_has_words():
    assert acts_without_words(settings.BASE_DIR) == []


def test_an_act_without_words_is_found(tmp_path):
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "verbs.py").write_text('journal.record(verb="projects.explode", actor=a)')
    assert acts_without_words(tmp_path) == ["projects.explode"]
