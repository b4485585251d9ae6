"""``manage.py worker``: the background worker and its clock in one process, with or without a broker.

Without ``REDIS_URL`` Celery's messages live in this process's memory and only wake it; the work itself is
found by sweeping the job table. A second such process on the same database is harmless.
"""

from celery.beat import EmbeddedService, Scheduler
from django.conf import settings
from django.core.management.base import BaseCommand

from incubator.celery import app


class Command(BaseCommand):
    help = "Run the background worker: jobs, letters, scheduled publication, nightly cleaning."
    requires_migrations_checks = True

    def add_arguments(self, parser):
        parser.add_argument("--concurrency", type=int, default=2, help="how many jobs at a time (default 2)")

    def handle(self, *args, concurrency, **options):
        # The schedule is kept in memory: every entry may run again after a restart without harm.
        beat = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)
        worker = app.Worker(
            pool="threads",
            concurrency=concurrency,
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self.stdout.write(
            f"Worker ready: sweeping every {settings.JOB_SWEEP_SECONDS:g} s, "
            f"broker {'Redis' if settings.REDIS_URL else 'none'}."
        )
        self.stdout.flush()
        beat.start()
        try:
            worker.start()  # returns when SIGTERM or SIGINT has let the running jobs finish
        finally:
            beat.stop()
        raise SystemExit(worker.exitcode or 0)
