"""``make check``: the gates beside the tests. Each is run even if one before it failed; a table closes."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common
from common import ROOT, Problem, say

PRODUCTION = {
    "SECRET_KEY": "a-secret-that-only-this-check-uses-and-that-is-long-enough-0123456789",
    "SITE_URL": "https://eclosion.region.example",
    "ALLOWED_HOSTS": "eclosion.region.example",
    "HTTPS": "1",
    "DATABASE_URL": "postgres://eclosion@127.0.0.1:5432/eclosion",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://eclosion:secret@smtp.region.example:587",
    "DEFAULT_FROM_EMAIL": "Éclosion <eclosion@region.example>",
    "OPERATIONS_EMAIL": "exploitation@region.example",
}
LADDER = {*PRODUCTION, "DEMO", "DEBUG", "BEHIND_PROXY", "DJANGO_SETTINGS_MODULE"}


def run(*command: str, env: dict[str, str] | None = None) -> str | None:
    """Run a gate in a clean ladder of settings; answer what it printed when it failed, else None."""
    clean = {name: value for name, value in os.environ.items() if name not in LADDER}
    done = subprocess.run(
        [common.python(), *command],
        cwd=ROOT,
        env={**clean, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode else None


def manage(*arguments: str, env: dict[str, str] | None = None) -> str | None:
    with tempfile.TemporaryDirectory() as var:
        return run("manage.py", *arguments, env={"VAR_DIR": var, **(env or {})})


def pinned() -> str | None:
    loose = [
        f"{name}: {line}"
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text().splitlines()
        if line.strip() and not re.match(r"#|-r |[A-Za-z0-9_.-]+(\[[a-z0-9,]+\])?==[0-9][^ ]*$", line)
    ]
    return "\n".join(["Not pinned with ==:", *loose]) if loose else run("-m", "pip", "check")


def templates() -> str | None:
    return run("-m", "djlint", "templates", "--lint", "--quiet") if (ROOT / "templates").exists() else None


def demonstration() -> str | None:
    """The demonstration loads on a fresh database, and a second load changes nothing."""
    with tempfile.TemporaryDirectory() as var:
        env = {"VAR_DIR": var, "DEMO": "1"}
        return (
            run("manage.py", "migrate", "-v0", env=env)
            or run("-W", "error", "manage.py", "load_demo", env=env)
            or run("manage.py", "load_demo", env=env)
        )


def no_trace() -> str | None:
    """No file of the repository names the machine it was written on."""
    words = [str(Path.home()) + "/", str(ROOT) + "/"]
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    found = []
    for name in filter(None, tracked):
        text = (ROOT / name).read_bytes()
        found += [f"{name} names {word}" for word in words if word.encode() in text]
    return "\n".join(found) or None


GATES = (
    ("ruff: style and mistakes", lambda: run("-m", "ruff", "check", ".")),
    ("ruff: format", lambda: run("-m", "ruff", "format", "--check", ".")),
    ("djlint: templates", templates),
    ("requirements are pinned and agree", pinned),
    ("no model without its migration", lambda: manage("makemigrations", "--check", "--dry-run")),
    (
        "check --deploy under production settings",
        lambda: manage("check", "--deploy", "--fail-level", "WARNING", env=PRODUCTION),
    ),
    ("French catalogue regenerated and complete", lambda: run("tools/messages.py", "--check")),
    ("the demonstration loads", demonstration),
    ("no path of this machine", no_trace),
)


def main() -> int:
    try:
        common.ensure_environment(dev=True)
    except Problem as problem:
        return common.fail(str(problem))
    results = []
    for title, gate in GATES:
        begun = time.monotonic()
        trouble = gate()
        results.append((title, trouble is None, time.monotonic() - begun))
        say(f"{'pass' if trouble is None else 'FAIL'}  {title} ({results[-1][2]:.1f} s)")
        if trouble:
            say("\n".join(f"      {line}" for line in trouble.strip().splitlines()[-60:]))
    failed = sum(not passed for _, passed, _ in results)
    say(f"\n{len(results) - failed} gates passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
