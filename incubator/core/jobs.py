"""Work to do later. The row in the database is the truth; a Celery message only carries its id.

A job is written in the same transaction as the fact that calls for it, claimed by a conditional
UPDATE (so that two workers never hold it together), and marked done in the same transaction as its
effects. A worker that dies leaves a lease that runs out; the next sweep gives the job to another.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from incubator.core import clock, journal, rules
from incubator.core.models import Job, Refused

log = logging.getLogger(__name__)

# How long a failed attempt waits before the next: 10 s, 20 s, 40 s … at most an hour.
LONGEST_WAIT = timedelta(hours=1)
# How long a finished job stays readable.
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Handler:
    fn: Callable[[dict], None]
    atomic: bool
    lease: timedelta | None


class LostLease(Exception):
    """The lease ran out during the work and another worker may hold the job: this one's effects are undone."""


_handlers: dict[str, Handler] = {}


def register(kind: str, *, atomic: bool = True, lease: timedelta | None = None):
    """Make ``fn(payload)`` the handler of ``kind`` (``"package.what_to_do"``).

    An ``atomic`` handler's effects and the job's "done" are one transaction: they happen once or not
    at all. A handler that talks to the outside world passes ``atomic=False`` and must itself be
    harmless when run twice. ``lease``: how long a worker may hold the job (default
    ``settings.JOB_LEASE_SECONDS``); it must exceed the longest run.
    """

    def decorate(fn):
        known = _handlers.get(kind)
        if known is not None and known.fn is not fn:
            raise ValueError(f"two handlers for {kind}")
        _handlers[kind] = Handler(fn, atomic, lease)
        return fn

    return decorate


def enqueue(
    kind: str,
    payload: dict | None = None,
    *,
    run_after: datetime | None = None,
    key: str | None = None,
    max_attempts: int = 5,
) -> Job:
    """Ask for ``kind`` to be run with ``payload`` (plain JSON), not before ``run_after`` (default: now).

    ``key``: a waiting job with the same key is moved to the new hour and payload instead of doubled;
    one that is running or finished is left alone and a new one is written.
    """
    if kind not in _handlers:
        raise ValueError(f"no handler for {kind}")
    fields = {"payload": payload or {}, "run_after": run_after or clock.now()}
    job = _move_queued(key, kind, fields) if key else None
    if job is None:
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, key=key, max_attempts=max_attempts, **fields)
        except IntegrityError:
            job = _move_queued(key, kind, fields) if key else None
            if job is None:
                raise
    if settings.REDIS_URL and job.run_after <= clock.now():
        # Robust: the row is committed, and if the broker is away the next sweep finds it.
        transaction.on_commit(lambda: publish(job.pk), robust=True)
    return job


def _move_queued(key: str, kind: str, fields: dict) -> Job | None:
    queued = Job.objects.filter(key=key, kind=kind, state=Job.State.QUEUED)
    return queued.first() if queued.update(attempts=0, error="", **fields) else None


def publish(job_id: int) -> None:
    """Tell the workers on the broker about a job; losing this message loses nothing."""
    current_app.send_task("core.run_job", args=[job_id], retry=False)


def cancel(key: str) -> bool:
    """Forget the waiting job of this key; one that has begun is not stopped. Answers whether there was one."""
    deleted, _ = Job.objects.filter(key=key, state=Job.State.QUEUED).delete()
    return bool(deleted)


@transaction.atomic
def retry(*, actor, job: Job) -> Job:
    """Ask again for work that failed after its last attempt, from its first attempt, now."""
    _need_admin(actor)
    again = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
    try:
        with transaction.atomic():
            moved = again.update(
                state=Job.State.QUEUED, attempts=0, run_after=clock.now(), finished_at=None, lease_until=None
            )
    except IntegrityError:
        raise Refused(
            _("The same work already waits: it will be done without this one. Put this one aside.")
        ) from None
    if not moved:
        raise Refused(_("Someone else has just taken care of it. Reload the page."))
    job.refresh_from_db()
    journal.record(verb="core.job_retried", actor=actor, target=job)
    if settings.REDIS_URL:
        transaction.on_commit(lambda: publish(job.pk), robust=True)
    return job


@transaction.atomic
def put_aside(*, actor, job: Job) -> None:
    """Decide that work that failed will not be done; the journal keeps that it was."""
    _need_admin(actor)
    journal.record(verb="core.job_dropped", actor=actor, target=job, kind=job.kind, error=job.error[-500:])
    if not Job.objects.filter(pk=job.pk, state=Job.State.FAILED).delete()[0]:
        raise Refused(_("Someone else has just taken care of it. Reload the page."))


def _need_admin(actor) -> None:
    if not rules.can_run_jobs(actor):
        raise PermissionDenied("core.jobs")


def forget_done(*, before: datetime) -> int:
    """Delete jobs done before this moment; failed ones stay until a person has looked. Answers how many."""
    deleted, _ = Job.objects.filter(state=Job.State.DONE, finished_at__lt=before).delete()
    return deleted


def due(now: datetime | None = None):
    """Jobs whose hour has come, and those whose worker has been silent longer than its lease."""
    now = now or clock.now()
    return Job.objects.filter(
        Q(state=Job.State.QUEUED, run_after__lte=now) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    )


def run(job_id: int) -> bool:
    """Claim one job and do it. Answers False when it is not due, or held or finished by someone else.

    An error of the handler is kept in the row, never raised: the job waits and is tried again, and
    after ``max_attempts`` stays *failed* for a person to see.
    """
    job = _claim(job_id)
    if job is None:
        return False
    handler = _handlers.get(job.kind)
    try:
        if handler is None:
            raise LookupError(f"no handler for {job.kind}")
        if handler.atomic:
            with transaction.atomic():
                handler.fn(job.payload)
                _finish(job)
        else:
            handler.fn(job.payload)
            _finish(job)
    except LostLease:
        log.warning("job %s (%s) outlived its lease; its effects were undone", job.pk, job.kind)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises belongs into the row, not into the worker
        _fail(job, error)
    return True


def sweep(hand_over: Callable[[int], None] | None = None, *, limit: int = 200) -> int:
    """Run every job that is due, oldest first, in this process; or ``hand_over`` their ids. Answers how many.

    Called every second or two by the embedded worker, and by tests and the demo.
    """
    count = 0
    seen: set[int] = set()
    while count < limit:
        ids = [pk for pk in due().values_list("pk", flat=True)[:limit] if pk not in seen]
        if not ids:
            break
        for pk in ids:
            seen.add(pk)
            count += bool(run(pk)) if hand_over is None else (hand_over(pk), 1)[1]
    return count


def _claim(job_id: int) -> Job | None:
    now = clock.now()
    job = due(now).filter(pk=job_id).first()
    if job is None:
        return None
    if job.state == Job.State.RUNNING and job.attempts >= job.max_attempts:
        _held(job).update(
            state=Job.State.FAILED,
            lease_until=None,
            finished_at=now,
            error="The worker stopped in the middle of every attempt.",
        )
        return None
    handler = _handlers.get(job.kind)
    lease = (handler and handler.lease) or timedelta(seconds=settings.JOB_LEASE_SECONDS)
    claimed = (
        due(now)
        .filter(pk=job.pk, state=job.state, attempts=job.attempts)
        .update(state=Job.State.RUNNING, lease_until=now + lease, attempts=F("attempts") + 1)
    )
    if not claimed:
        return None
    job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
    return job


def _held(job: Job):
    """The row, as long as this very attempt holds it: the number of attempts is the fence."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def _finish(job: Job) -> None:
    done = _held(job).update(state=Job.State.DONE, lease_until=None, finished_at=clock.now(), error="")
    if not done:
        raise LostLease(job.pk)


def _fail(job: Job, error: Exception) -> None:
    text = "".join(traceback.format_exception(error))[-4000:]
    log.error("job %s (%s), attempt %s: %s", job.pk, job.kind, job.attempts, type(error).__name__)
    if job.attempts >= job.max_attempts:
        _held(job).update(state=Job.State.FAILED, lease_until=None, finished_at=clock.now(), error=text)
        return
    wait = min(timedelta(seconds=settings.JOB_RETRY_SECONDS) * 2 ** (job.attempts - 1), LONGEST_WAIT)
    try:
        with transaction.atomic():
            _held(job).update(
                state=Job.State.QUEUED, lease_until=None, run_after=clock.now() + wait, error=text
            )
    except IntegrityError:
        # A newer job with the same key is already waiting: it will do the work.
        _held(job).update(state=Job.State.FAILED, lease_until=None, finished_at=clock.now(), error=text)
