"""``make messages``: regenerate the French catalogue and list what has no French.

With ``--check`` nothing is changed: fails if the committed catalogue is not what the sources give (dates
aside), if a message has no French or an uncertain one, or if the compiled file is not up to date.
Needs GNU gettext, on a developer's machine only: the compiled catalogue is committed.
"""

import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import common
from common import ROOT, Problem, say

CATALOGUE = ROOT / "incubator" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
IGNORED = ("tests/*", "tools/*", "var/*", ".venv/*", "docs/*")
DATES = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|X-Generator|Project-Id-Version): .*\n', re.MULTILINE
)


def tool(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"{command[0]} refuses the catalogue:\n{done.stderr}")
    return done.stdout


def regenerate() -> None:
    ignored = [part for pattern in IGNORED for part in ("-i", pattern)]
    tool(
        common.python(), "manage.py", "makemessages", "-l", "fr",
        "--no-location", "--no-obsolete", "--no-wrap", *ignored,
    )  # fmt: skip
    tool("msgcat", "--no-location", "--no-wrap", "--sort-output", str(CATALOGUE), "-o", str(CATALOGUE))


def compile_into(target: Path) -> None:
    tool("msgfmt", "--check-format", "-o", str(target), str(CATALOGUE))


def messages(*options: str) -> list[str]:
    return re.findall(
        r'^msgid (".*"(?:\n".*")*)',
        tool("msgattrib", "--no-obsolete", "--no-wrap", *options, str(CATALOGUE)),
        re.M,
    )


def without_french() -> list[str]:
    untranslated = [message for message in messages("--untranslated") if message != '""']
    return untranslated + [
        f"(uncertain) {message}" for message in messages("--only-fuzzy") if message != '""'
    ]


def check() -> int:
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "django.po"
        shutil.copy2(CATALOGUE, kept)
        compiled = CATALOGUE.with_suffix(".mo")
        troubles = []
        try:
            regenerate()
            if DATES.sub("", kept.read_text()) != DATES.sub("", CATALOGUE.read_text()):
                difference = subprocess.run(
                    ["diff", "-u", str(kept), str(CATALOGUE)], capture_output=True, text=True, check=False
                ).stdout
                lines = [line for line in difference.splitlines() if line.startswith(("+", "-"))]
                troubles.append(
                    "The catalogue is not what the sources give: run “make messages”.\n"
                    + "\n".join(lines[:30])
                )
        finally:
            shutil.copy2(kept, CATALOGUE)
        if missing := without_french():
            troubles.append(f"{len(missing)} messages have no French:\n" + "\n".join(missing[:40]))
        fresh = Path(folder) / "django.mo"
        compile_into(fresh)
        if not compiled.exists() or not filecmp.cmp(fresh, compiled, shallow=False):
            troubles.append("The compiled catalogue is not up to date: run “make messages”.")
    for trouble in troubles:
        say(trouble)
    return 1 if troubles else 0


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "incubator.settings.base"
    try:
        if shutil.which("msgfmt") is None:
            raise Problem("GNU gettext is not installed: on Debian and Ubuntu, apt install gettext.")
        if "--check" in sys.argv:
            return check()
        common.ensure_environment(dev=True)
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        regenerate()
        compile_into(CATALOGUE.with_suffix(".mo"))
        missing = without_french()
        for message in missing:
            say(message)
        say(f"{len(messages('--translated')) - 1} messages in French, {len(missing)} without.")
        return 0
    except Problem as problem:
        return common.fail(str(problem))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
