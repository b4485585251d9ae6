"""What Celery runs. Tasks take ids and only call the engine; the handlers of core's own jobs stand below."""

from celery import shared_task
from django.conf import settings
from django.core.management import call_command

from incubator.core import clock, health, jobs, letters, scan


@shared_task(name="core.run_job")
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task(name="core.sweep")
def sweep() -> None:
    """Find the work that is due: with a broker hand the ids to all the workers, without one do it here."""
    health.beat()
    letters.settle_silent()
    jobs.sweep(hand_over=jobs.publish if settings.REDIS_URL else None)


@shared_task(name="core.publish_scheduled")
def publish_scheduled() -> None:
    """Wagtail's pages whose hour has come."""
    call_command("publish_scheduled", verbosity=0)


@shared_task(name="core.clean_up")
def clean_up() -> None:
    """Sessions that have ended, and jobs done long ago."""
    call_command("clearsessions")
    jobs.forget_done(before=clock.now() - jobs.KEPT)


@shared_task(name="core.update_search")
def update_search() -> None:
    """The search index, for what was written in bulk and therefore not indexed at once."""
    call_command("rebuild_modelsearch_index", verbosity=0)


@jobs.register("core.deliver_letter", atomic=False)
def deliver_letter(payload: dict) -> None:
    letters.deliver(payload["letter"])


@jobs.register("core.scan_file", atomic=False)
def scan_file(payload: dict) -> None:
    scan.check(payload["file"])
