"""``make test``: set up, then every test: behaviour on SQLite and on PostgreSQL, browser walks on PostgreSQL.

Arguments for pytest go in ARGS: ``make test ARGS="tests/calls -x"``.
"""

import os
import shlex
import subprocess
import sys

import common
from common import Problem, say

PROBE = "import sys; from tests import services; print(services.postgres_url()); sys.exit(not services.postgres_answers())"


def postgres() -> str | None:
    """The PostgreSQL that tests may use, or None."""
    done = subprocess.run(
        [common.python(), "-c", PROBE], cwd=common.ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None


def pytest(title: str, database_url: str, *options: str) -> int:
    say(f"\n── {title} " + "─" * max(0, 90 - len(title)))
    workers = os.environ.get("WORKERS", "2")
    arguments = [
        "-q",
        "-n",
        workers,
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",  # the longest first: tests/order.py
        "-rsfE",
        *options,
        *shlex.split(os.environ.get("ARGS", "")),
    ]
    # Compiled files are kept even where the environment says not to: seven processes would compile everything again.
    env = {"DATABASE_URL": database_url, "PYTHONDONTWRITEBYTECODE": ""}
    code = common.call([common.python(), "-m", "pytest", *arguments], env=env)
    return 0 if code == 5 and os.environ.get("ARGS") else code  # 5: ARGS chose tests of the other pass only


def prepare(database_url: str | None) -> None:
    """Both templates and the static files at the same time: in the passes one process would make each, and the other wait.

    What fails here fails again in the tests, and is said there.
    """
    static = str(common.VAR / "test" / "static")
    whole = {"STATIC_MANIFEST": "1", "STATIC_ROOT": static, "DJANGO_SETTINGS_MODULE": "tests.e2e.settings"}
    made = [(["-m", "tests.prepare"], {"DATABASE_URL": ""})]
    if database_url:
        made += [(["-m", "tests.prepare"], {"DATABASE_URL": database_url}), (["tools/collect.py"], whole)]
    running = [
        subprocess.Popen([common.python(), *what], cwd=common.ROOT, env={**os.environ, **env})
        for what, env in made
    ]
    for one in running:
        one.wait()


def main() -> int:
    try:
        common.ensure_environment(dev=True)
        found = postgres()
        prepare(found)
        strict = os.environ.get("REQUIRE_SERVICES") == "1"
        if found is None and strict:
            raise Problem(
                "REQUIRE_SERVICES=1, but no PostgreSQL answers (DATABASE_URL or POSTGRES_URL name another)."
            )
        if found is None:
            say("No PostgreSQL answers: its tests and the browser walks are reported as skipped.")
            return pytest("Tests on SQLite", "")
        on_sqlite = pytest("Tests on SQLite", "", "-m", "not requires_postgres")
        # What reads sources, starts commands or opens no database says the same whatever the database is.
        once = ("--ignore=tests/tools", "--ignore=tests/architecture", "--only-database")
        on_postgres = pytest("Tests on PostgreSQL, with the browser walks", found, *once)
        return on_sqlite or on_postgres
    except Problem as problem:
        return common.fail(str(problem))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
