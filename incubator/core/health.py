"""Is the site well? What ``/sante/`` answers, and what a supervisor asks."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from incubator.core import clock, jobs
from incubator.core.models import Heartbeat, Job

# A job that has waited longer than this says that the workers do not keep up.
LONGEST_QUEUE = timedelta(minutes=15)
_migrations_applied = False


@dataclass(frozen=True)
class Check:
    name: str
    label: object
    ok: bool
    value: object = None


def checks() -> list[Check]:
    """Database, migrations, worker and queue; when the database is away the others are not asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return [Check("database", _("Database"), False)]
    applied = Check("migrations", _("Database changes applied"), _are_migrations_applied())
    if not applied.ok:
        return [Check("database", _("Database"), True, connection.vendor), applied]
    return [Check("database", _("Database"), True, connection.vendor), applied, _worker(), _queue()]


def beat(name: str = "worker") -> None:
    """Say that a worker is alive; written at most every ten seconds."""
    now = clock.now()
    row, created = Heartbeat.objects.get_or_create(name=name, defaults={"beat_at": now})
    if not created and row.beat_at < now - timedelta(seconds=10):
        Heartbeat.objects.filter(pk=row.pk).update(beat_at=now)


def _are_migrations_applied() -> bool:
    """Asked until it is true, then remembered: a running process cannot lose migrations."""
    global _migrations_applied
    if not _migrations_applied:
        executor = MigrationExecutor(connection)
        _migrations_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrations_applied


def _worker() -> Check:
    last = Heartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()
    silence = (clock.now() - last).total_seconds() if last else None
    patience = max(60, 4 * settings.JOB_SWEEP_SECONDS)
    return Check(
        "worker",
        _("Background worker, seconds since its last sign of life"),
        silence is not None and silence < patience,
        None if silence is None else round(silence),
    )


def _queue() -> Check:
    now = clock.now()
    oldest = (
        jobs.due(now)
        .filter(state=Job.State.QUEUED)
        .order_by("run_after")
        .values_list("run_after", flat=True)
        .first()
    )
    age = (now - oldest).total_seconds() if oldest else 0
    return Check(
        "queue", _("Oldest waiting job, in seconds"), age < LONGEST_QUEUE.total_seconds(), round(age)
    )
