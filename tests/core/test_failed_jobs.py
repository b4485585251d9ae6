"""Work that failed waits on a screen until someone has looked: tried again, or put aside."""

import pytest
from django.core.exceptions import PermissionDenied

from incubator.core import jobs
from incubator.core.models import Job, JournalEntry, Refused
from tests.factories.accounts import make_admin, make_person
from tests.factories.projects import make_manager, make_programme

pytestmark = pytest.mark.django_db

done = []


@jobs.register("tests.sometimes")
def _sometimes(payload):
    if payload.get("breaks") and not done:
        raise RuntimeError("la route est barrée")
    done.append(payload)


@pytest.fixture
def job():
    done.clear()
    job = jobs.enqueue("tests.sometimes", {"breaks": True}, max_attempts=1, key="tests.once")
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    return job


def test_the_screen_says_what_failed_and_why_and_tries_again(job, client_for):
    client = client_for(make_admin())
    html = client.get("/travaux/").content.decode()
    assert "tests.sometimes" in html
    assert "la route est barrée" in html
    done.append("repaired")
    client.post(f"/travaux/{job.uuid}/relancer/")
    assert "Aucune tâche en erreur" in client.get("/travaux/").content.decode()
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert JournalEntry.objects.filter(verb="core.job_retried").count() == 1


def test_it_can_be_put_aside_and_the_journal_keeps_it(job, client_for):
    client = client_for(make_admin())
    client.post(f"/travaux/{job.uuid}/ecarter/")
    assert not Job.objects.filter(pk=job.pk).exists()
    assert JournalEntry.objects.get(verb="core.job_dropped").data["kind"] == "tests.sometimes"
    assert client.post(f"/travaux/{job.uuid}/ecarter/").status_code == 404


def test_what_already_waits_again_is_not_asked_twice(job):
    jobs.enqueue("tests.sometimes", {}, key="tests.once")
    with pytest.raises(Refused):
        jobs.retry(actor=make_admin(), job=job)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED


def test_only_work_that_failed_is_tried_again(job):
    jobs.retry(actor=make_admin(), job=job)
    for act in (jobs.retry, jobs.put_aside):
        with pytest.raises(Refused):
            act(actor=make_admin(), job=job)
    assert Job.objects.filter(pk=job.pk).exists()


def test_those_who_run_a_programme_do_not_run_the_machine(job, client_for):
    for user in (make_person(), make_manager(make_programme())):
        assert client_for(user).get("/travaux/").status_code == 404
        assert client_for(user).post(f"/travaux/{job.uuid}/relancer/").status_code == 404
        for act in (jobs.retry, jobs.put_aside):
            with pytest.raises(PermissionDenied):
                act(actor=user, job=job)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client_for, assert_queries, count):
    done.clear()
    for _n in range(count):
        jobs.enqueue("tests.sometimes", {"breaks": True}, max_attempts=1)
    jobs.sweep()
    client = client_for(make_admin())
    client.get("/travaux/")
    with assert_queries(9):
        html = client.get("/travaux/").content.decode()
    assert html.count("/relancer/") == count
