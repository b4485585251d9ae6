"""Nobody unanswered: who counts as answered, who still waits, and since when."""

from datetime import timedelta

import pytest

from calls.domain import applications
from calls.models import Application
from incubator.core import clock, letters
from incubator.core.models import Letter
from projects.domain import projects
from projects.models import Project
from tests.factories.calls import answer, make_application, make_call, make_draft, write_answer
from tests.factories.projects import decide, make_person

pytestmark = pytest.mark.django_db


def waits(application) -> bool:
    """In ``unanswered()``; checked against ``answered()``, of which it is the contrary unless withdrawn."""
    found = Application.objects.filter(pk=application.pk)
    unanswered, answered = found.unanswered().exists(), found.answered().exists()
    assert not (unanswered and answered)
    return unanswered


def test_a_draft_waits_for_nobody():
    draft = make_draft(user=make_person())
    assert not waits(draft)
    applications.discard_draft(actor=draft.applicants.get().user, application=draft)
    assert not waits(draft)


def test_a_receipt_is_no_answer():
    application = make_application(user=make_person())
    assert Letter.objects.get().kind == "calls.receipt"
    letters.mark_phoned(actor=application.call.created_by, letter=Letter.objects.get())
    assert waits(application)


def test_a_decision_answers_once_it_is_told():
    application = make_application(user=make_person())
    manager = application.call.created_by
    decide(application.project, "preselection", "retain")
    assert waits(application)
    (letter,) = write_answer(application, "retain")
    assert waits(application)
    letters.approve(actor=manager, letter=letter)
    assert waits(application)
    letters.mark_printed(actor=manager, letter=letter)
    assert not waits(application)


def test_a_letter_without_a_decision_is_no_answer():
    application = make_application(user=make_person())
    (letter,) = write_answer(application)
    letters.mark_phoned(actor=application.call.created_by, letter=letter)
    assert waits(application)


@pytest.mark.parametrize("state", Letter.State)
def test_only_what_was_sent_printed_or_phoned_answers(state):
    application = make_application(user=make_person())
    decide(application.project, "preselection", "not_this_time")
    (letter,) = write_answer(application)
    lease = clock.now() if state == "sending" else None
    Letter.objects.filter(pk=letter.pk).update(state=state, lease_until=lease)
    assert waits(application) is (state not in ("sent", "printed", "phoned"))


def test_a_letter_put_aside_can_still_be_said_by_phone():
    application = make_application(user=make_person())
    decide(application.project, "preselection", "not_this_time")
    (letter,) = write_answer(application)
    letters.drop(actor=application.call.created_by, letter=letter)
    assert waits(application)
    letters.mark_phoned(actor=application.call.created_by, letter=letter)
    assert not waits(application)


def test_each_person_of_the_team_is_told():
    lead, mate = make_person(), make_person()
    draft = make_draft(user=lead)
    applications.name_team(
        actor=lead,
        application=draft,
        people=[
            {"first_name": "Ana", "last_name": "Un"},
            {"user": mate, "first_name": "Bo", "last_name": "Deux"},
        ],
    )
    application = applications.submit_application(actor=lead, application=draft)
    manager = application.call.created_by
    decide(application.project, "preselection", "not_this_time")
    first, second = write_answer(application)
    letters.mark_phoned(actor=manager, letter=first)
    assert waits(application)
    letters.mark_phoned(actor=manager, letter=second)
    assert not waits(application)


def test_the_letter_of_a_later_gate_makes_nobody_unanswered_again():
    application = make_application(user=make_person())
    answer(application, "retain")
    decide(application.project, "hackathon", "not_this_time")
    write_answer(application, "not_this_time")
    assert not waits(application)


def test_who_withdraws_waits_for_nobody():
    agent = make_person()
    application = make_application(user=agent)
    applications.withdraw_application(actor=agent, application=application)
    assert not waits(application)
    assert not Application.objects.answered().exists()


def test_a_redirection_and_a_join_answer_once_told():
    call = make_call()
    manager = call.created_by
    redirected, joined, kept = (make_application(call=call, user=make_person()) for _number in range(3))
    projects.redirect(actor=manager, project=redirected.project, department="Le patrimoine", reason="À eux.")
    projects.merge(actor=manager, project=joined.project, into=kept.project, reason="Même problème.")
    for application in (redirected, joined):
        assert waits(application)
        # A letter may be about the application as well as about its project.
        Letter.objects.filter(pk__in=[letter.pk for letter in write_answer(application)]).update(
            about_type=letters.ContentType.objects.get_for_model(Application), about_pk=str(application.pk)
        )
        assert waits(application)
        for letter in Letter.objects.filter(kind="decision.not_this_time", state="held"):
            letters.mark_phoned(actor=manager, letter=letter)
        assert not waits(application)
    assert waits(kept)


def test_the_letters_of_another_application_answer_nobody():
    call = make_call()
    one, other = (make_application(call=call, user=make_person()) for _number in range(2))
    answer(one)
    decide(other.project, "preselection", "not_this_time")
    assert list(call.applications.unanswered()) == [other]
    assert list(call.applications.answered()) == [one]


def test_the_hour_of_the_answer_is_that_of_the_first_letter_delivered():
    application = make_application(user=make_person())
    assert Application.objects.with_answered_at().get().answered_at is None
    told = clock.now() + timedelta(days=3)
    with clock.at(told):
        answer(application, "retain")
    with clock.at(told + timedelta(days=40)):
        decide(application.project, "hackathon", "not_this_time")
        for letter in write_answer(application, "not_this_time"):
            letters.mark_phoned(actor=application.call.created_by, letter=letter)
    assert Application.objects.with_answered_at().get().answered_at == told


def test_asking_who_is_unanswered_is_one_query(django_assert_num_queries):
    call = make_call()
    for _number in range(3):
        make_application(call=call, user=make_person())
    Application.objects.unanswered().count()
    with django_assert_num_queries(1):
        assert Application.objects.unanswered().count() == 3
    assert Project.objects.count() == 3
