"""Bring the database up to date and fill an empty one with the demonstration (run inside the environment).

Called with a path: writes there, as JSON, what ``make run`` tells people. With ``--reset``: starts the
demonstration again.
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import common  # noqa: E402


def migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with common.step("Preparing the database"):
            call_command("migrate", interactive=False, verbosity=0)


def load(*, reset: bool) -> None:
    from django.core.management import call_command

    from home.demo import replay

    if reset:
        with common.step("Starting the demonstration again"), Path(os.devnull).open("w") as quiet:
            call_command("load_demo", reset=True, stdout=quiet)
    elif not replay.is_loaded() and not replay.has_real_data():
        with common.step("Replaying the demonstration"), Path(os.devnull).open("w") as quiet:
            call_command("load_demo", stdout=quiet)


def facts() -> dict:
    from home.demo.personas import PERSONAS

    return {
        "personas": [
            {"code": persona.code, "label": str(persona.label), "sentence": str(persona.sentence)}
            for persona in PERSONAS.values()
        ],
        "open_call": open_call(),
    }


def open_call() -> str:
    """A sentence about the call that a newcomer can answer, or that it has passed."""
    from calls.enums import CallState
    from calls.models import Call
    from incubator.core import clock

    call = Call.objects.filter(state=CallState.OPEN, closes_at__gt=clock.now()).order_by("-closes_at").first()
    if call:
        return f"One call is open until {call.closes_at:%-d %B %Y}: /appels/{call.code}/"
    last = Call.objects.order_by("-closes_at").first()
    if last is None:
        return ""
    return f"The demonstration's open call closed on {last.closes_at:%-d %B %Y}: “make demo” opens a new one."


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.base")
    import django
    from django.core.management.base import CommandError
    from django.db.utils import OperationalError
    from django.utils import translation

    django.setup()
    try:
        migrate()
        load(reset="--reset" in arguments)
    except CommandError as error:
        return common.fail(str(error))
    except OperationalError as error:
        return common.fail(f"The database does not answer as it should: {error}")
    outcome = [argument for argument in arguments if not argument.startswith("--")]
    if outcome:
        with translation.override("en"):
            Path(outcome[0]).write_text(json.dumps(facts()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
