"""Each attempt says in ``CRASH_FOLDER`` that it began, then waits for the file ``go`` (half a minute at most)."""

import os
import time
import uuid
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend

from incubator.core import jobs
from incubator.core.models import Heartbeat

FOLDER = Path(os.environ["CRASH_FOLDER"])


def stop_in_the_middle(name: str) -> None:
    (FOLDER / f"{name}-{uuid.uuid4().hex}").touch()
    until = time.monotonic() + 30
    while not (FOLDER / "go").exists() and time.monotonic() < until:
        time.sleep(0.05)


@jobs.register("crash.note")
def note(payload):
    """Every attempt that is committed leaves one row of its own."""
    Heartbeat.objects.create(name=f"effect {payload['number']} {uuid.uuid4().hex}")
    stop_in_the_middle("job")


class SlowMail(BaseEmailBackend):
    """Each call of the transport leaves a file; nobody can know afterwards whether the letter left."""

    def send_messages(self, messages):
        stop_in_the_middle("mail")
        return len(messages)
