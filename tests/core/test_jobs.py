"""The job table: claimed once, tried again with patience, failed in the open, effects once or not at all."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from incubator.core import clock, jobs
from incubator.core.models import Heartbeat, Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(monkeypatch):
    """``handler(kind, **options)`` registers a handler for one test; answers the list of payloads it was given."""
    monkeypatch.setattr(jobs, "_handlers", dict(jobs._handlers))

    def make(kind="test.note", fails=0, does=None, **options):
        seen = []

        @jobs.register(kind, **options)
        def run(payload):
            seen.append(payload)
            if does:
                does(payload)
            if len(seen) <= fails:
                raise RuntimeError(f"attempt {len(seen)} fails")

        return seen

    return make


def test_a_job_is_done_once(handler):
    seen = handler()
    job = jobs.enqueue("test.note", {"id": 1})
    assert jobs.run(job.pk) is True
    assert jobs.run(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until, job.error) == ("done", 1, None, "")
    assert job.finished_at is not None
    assert seen == [{"id": 1}]


def test_an_unknown_kind_is_refused_when_asked_and_kept_when_found():
    with pytest.raises(ValueError, match="no handler for test.nothing"):
        jobs.enqueue("test.nothing")
    job = Job.objects.create(kind="test.nothing", max_attempts=1)
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "no handler for test.nothing" in job.error


def test_two_handlers_for_one_kind_are_a_mistake(handler):
    handler()
    with pytest.raises(ValueError, match="two handlers"):
        handler()


def test_a_job_waits_for_its_hour(handler):
    seen = handler()
    hour = clock.now() + timedelta(hours=2)
    jobs.enqueue("test.note", run_after=hour)
    assert jobs.sweep() == 0
    with clock.at(hour + timedelta(seconds=1)):
        assert jobs.sweep() == 1
    assert len(seen) == 1


def test_a_waiting_job_with_the_same_key_is_moved_not_doubled(handler):
    seen = handler()
    first = jobs.enqueue("test.note", {"hour": 8}, key="call-1")
    later = clock.now() + timedelta(hours=1)
    second = jobs.enqueue("test.note", {"hour": 9}, run_after=later, key="call-1")
    assert first.pk == second.pk
    assert jobs.sweep() == 0
    with clock.at(later):
        jobs.sweep()
    assert seen == [{"hour": 9}]
    third = jobs.enqueue("test.note", {"hour": 10}, key="call-1")  # the first is done: a new one
    assert third.pk != first.pk


def test_a_waiting_job_can_be_cancelled(handler):
    seen = handler()
    jobs.enqueue("test.note", key="call-1")
    assert jobs.cancel("call-1") is True
    assert jobs.cancel("call-1") is False
    assert jobs.sweep() == 0
    assert seen == []


def test_a_failed_attempt_waits_longer_each_time_and_then_stays_failed(handler, settings):
    settings.JOB_RETRY_SECONDS = 10
    handler(fails=9)
    job = jobs.enqueue("test.note", max_attempts=3)
    waits, moment = [], clock.now()
    for _ in range(2):
        with clock.at(moment):
            assert jobs.run(job.pk) is True
            job.refresh_from_db()
            waits.append((job.run_after - moment).total_seconds())
            assert jobs.run(job.pk) is False  # not before its hour
        moment = job.run_after
    with clock.at(moment):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert waits == [10, 20]
    assert (job.state, job.attempts, job.lease_until) == ("failed", 3, None)
    assert "RuntimeError: attempt 3 fails" in job.error
    with clock.at(moment + timedelta(days=1)):
        assert jobs.sweep() == 0


def test_the_wait_never_exceeds_an_hour(handler, settings):
    settings.JOB_RETRY_SECONDS = 3000
    handler(fails=9)
    job = jobs.enqueue("test.note")
    now = clock.now()
    with clock.at(now):
        jobs.run(job.pk)
    with clock.at(now + timedelta(seconds=3000)):
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.run_after - clock.now() == timedelta(hours=1)


def test_what_a_failed_attempt_wrote_is_undone(handler):
    def writes(payload):
        Heartbeat.objects.create(name="effect")

    handler(fails=1, does=writes)
    job = jobs.enqueue("test.note")
    jobs.run(job.pk)
    assert Heartbeat.objects.count() == 0
    with clock.at(clock.now() + timedelta(hours=1)):
        jobs.run(job.pk)
    assert Heartbeat.objects.count() == 1


def test_a_held_job_is_left_alone_until_its_lease_has_run_out(handler, settings):
    settings.JOB_LEASE_SECONDS = 60
    seen = handler()
    now = clock.now()
    job = jobs.enqueue("test.note")
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, lease_until=now + timedelta(seconds=60))
    with clock.at(now + timedelta(seconds=59)):
        assert jobs.sweep() == 0
    with clock.at(now + timedelta(seconds=61)):
        assert jobs.sweep() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert len(seen) == 1


def test_a_worker_that_outlives_its_lease_leaves_no_effect(handler):
    def another_worker_takes_it(payload):
        Heartbeat.objects.create(name="effect of the first")
        Job.objects.update(attempts=2)

    handler(does=another_worker_takes_it)
    job = jobs.enqueue("test.note")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert Heartbeat.objects.count() == 0
    assert job.state == "running"  # as the other worker holds it


def test_a_job_that_kills_its_worker_every_time_ends_as_failed(handler):
    seen = handler()
    job = jobs.enqueue("test.note", max_attempts=2)
    past = clock.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=2, lease_until=past)
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "stopped in the middle of every attempt" in job.error
    assert seen == []


def test_a_retry_gives_way_to_a_newer_job_with_the_same_key(handler):
    def asks_again(payload):
        if payload.get("first"):
            jobs_with_key = Job.objects.filter(key="call-1")
            assert jobs_with_key.count() == 1
            jobs.enqueue("test.note", {"second": True}, key="call-1")

    handler("test.note", fails=1, does=asks_again, atomic=False)
    first = jobs.enqueue("test.note", {"first": True}, key="call-1")
    jobs.run(first.pk)
    first.refresh_from_db()
    assert first.state == "failed"
    assert Job.objects.get(state="queued").payload == {"second": True}


def test_with_a_broker_the_id_is_published_after_commit_and_a_broker_away_loses_nothing(
    handler, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.REDIS_URL = "redis://localhost:1/0"
    published = []
    monkeypatch.setattr(jobs, "publish", published.append)
    handler()
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.enqueue("test.note")
        later = jobs.enqueue("test.note", run_after=clock.now() + timedelta(hours=1))
        assert published == []
    assert published == [job.pk]

    def away(job_id):
        raise ConnectionError("no broker")

    monkeypatch.setattr(jobs, "publish", away)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.enqueue("test.note")
    assert jobs.sweep() == 2
    later.refresh_from_db()
    assert later.state == "queued"


def test_a_sweep_may_hand_the_work_over(handler):
    seen = handler()
    ids = [jobs.enqueue("test.note").pk for _ in range(3)]
    given = []
    assert jobs.sweep(hand_over=given.append) == 3
    assert given == ids
    assert seen == []


def test_jobs_done_long_ago_are_forgotten_and_failed_ones_kept(handler):
    long_ago = clock.now() - timedelta(days=200)
    Job.objects.create(kind="test.note", state="done", finished_at=long_ago)
    Job.objects.create(kind="test.note", state="failed", finished_at=long_ago)
    Job.objects.create(kind="test.note", state="done", finished_at=clock.now())
    assert jobs.forget_done(before=clock.now() - jobs.KEPT) == 1
    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "failed"]


@pytest.mark.django_db(transaction=True)
def test_eight_workers_reach_for_one_job_and_one_gets_it(handler):
    seen = handler()
    job = jobs.enqueue("test.note")
    start = Barrier(8)
    answers = []

    def reach():
        start.wait()
        try:
            answers.append(jobs.run(job.pk))
        finally:
            connection.close()

    threads = [Thread(target=reach) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == [*[False] * 7, True]
    assert len(seen) == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_transaction_undone_does_not_exist(handler):
    handler()
    with transaction.atomic():
        jobs.enqueue("test.note")
        transaction.set_rollback(True)
    assert Job.objects.count() == 0
