"""The real worker, in a process of its own, killed with SIGKILL in the middle of its work and started again.

Nothing in the database may be lost or done twice; a letter caught in *sending* waits for a person.
Leases are two seconds here, five minutes on a real site.
"""

import os
import signal
import subprocess
import sys
import time
import uuid

import pytest
from django.conf import settings
from django.db import connection

from incubator.core import jobs, letters
from incubator.core.models import Heartbeat, Job, Letter

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 2
PATIENCE = 45  # seconds: the machine of the tests may be busy


def database_url() -> str:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    password = f":{facts['PASSWORD']}" if facts["PASSWORD"] else ""
    return f"postgres://{facts['USER']}{password}@{facts['HOST']}:{facts['PORT'] or 5432}/{facts['NAME']}"


def until(what, *, seconds=PATIENCE):
    """Wait for ``what()`` to be true; what it answered last is answered."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.1)
    return what()


class Workers:
    """Starts workers on the test database, and leaves none behind."""

    def __init__(self, folder, redis_url=""):
        self.folder = folder
        self.running = []
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.core.crash.settings",
            "DATABASE_URL": database_url(),
            "CRASH_FOLDER": str(folder),
            "CRASH_REDIS_URL": redis_url,
            "CRASH_QUEUE": f"test-{uuid.uuid4().hex}",
            "JOB_LEASE_SECONDS": str(LEASE),
            "JOB_RETRY_SECONDS": "0.5",
            "JOB_SWEEP_SECONDS": "0.5",
        }

    def start(self) -> subprocess.Popen:
        with (self.folder / f"stderr-{len(self.running)}").open("w") as stderr:
            process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "manage.py", "worker"],
                cwd=settings.BASE_DIR,
                env=self.environment,
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        self.running.append(process)
        return process

    def kill(self, process) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def stop_all(self) -> None:
        for process in self.running:
            if process.poll() is None:
                self.kill(process)

    def began(self, name) -> int:
        return len(list(self.folder.glob(f"{name}-*")))

    def go_on(self) -> None:
        (self.folder / "go").touch()

    def said(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("stderr-*")))[-3000:]


@pytest.fixture
def workers(tmp_path, monkeypatch):
    from incubator.core.jobs import Handler

    monkeypatch.setitem(jobs._handlers, "crash.note", Handler(lambda payload: None, True, None))
    made = []

    def make(**options):
        made.append(Workers(tmp_path, **options))
        return made[-1]

    yield make
    for group in made:
        group.stop_all()


def is_state(row, state) -> bool:
    row.refresh_from_db()
    return row.state == state


def kill_in_mid_job(group):
    """A job is killed in the middle, a second worker takes it over: done, once, at the second attempt."""
    job = jobs.enqueue("crash.note", {"number": 1})
    first = group.start()
    assert until(lambda: group.began("job")) == 1, group.said()
    group.kill(first)
    assert Heartbeat.objects.filter(name__startswith="effect").count() == 0
    assert is_state(job, "running")

    waiting = jobs.enqueue("crash.note", {"number": 2})
    group.go_on()
    group.start()
    assert until(lambda: is_state(job, "done")), group.said()
    assert until(lambda: is_state(waiting, "done")), group.said()
    assert (job.attempts, waiting.attempts) == (2, 1)
    effects = Heartbeat.objects.filter(name__startswith="effect").values_list("name", flat=True)
    assert sorted(name.split()[1] for name in effects) == ["1", "2"]
    assert Job.objects.exclude(state="done").count() == 0


def test_a_job_killed_in_the_middle_is_done_once(workers):
    kill_in_mid_job(workers())


@pytest.mark.requires_redis
def test_a_job_killed_in_the_middle_is_done_once_with_redis(workers, redis_url):
    kill_in_mid_job(workers(redis_url=redis_url))


@pytest.mark.usefixtures("kinds")
def test_a_letter_killed_in_sending_waits_as_uncertain_for_a_person(workers, agent, manager):
    letter = letters.write(kind="test.receipt", key="r", recipient=agent, context={"number": "ECL-7"})
    group = workers()
    first = group.start()
    assert until(lambda: group.began("mail")) == 1, group.said()
    group.kill(first)
    assert is_state(letter, "sending")

    group.go_on()
    group.start()
    assert until(lambda: is_state(letter, "uncertain")), group.said()
    assert until(lambda: Job.objects.get().state == "done"), group.said()  # its job found nothing left to do
    assert group.began("mail") == 1  # the transport was not called a second time

    letters.settle_uncertain(actor=manager, letter=letter, sent=False)
    assert until(lambda: is_state(letter, "sent")), group.said()
    assert group.began("mail") == 2
    assert Letter.objects.count() == 1


def test_a_polite_stop_lets_the_running_job_finish(workers):
    group = workers()
    job = jobs.enqueue("crash.note", {"number": 1})
    process = group.start()
    assert until(lambda: group.began("job")) == 1, group.said()
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert process.poll() is None
    group.go_on()
    assert process.wait(timeout=PATIENCE) == 0, group.said()
    assert is_state(job, "done")
    assert job.attempts == 1
