"""What Celery runs. Tasks take ids and only call the engine; job handlers of core stand below them."""

from celery import shared_task

from incubator.core import jobs, letters


@shared_task(name="core.run_job")
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@jobs.register("core.deliver_letter", atomic=False)
def deliver_letter(payload: dict) -> None:
    letters.deliver(payload["letter"])
