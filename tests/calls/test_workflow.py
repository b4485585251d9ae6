"""Every state of calls and applications against every move; the logs that nobody changes; the race to submit."""

import threading
from copy import deepcopy

import pytest
from django.db import DatabaseError, connection, transaction

from calls.domain import applications
from calls.enums import ApplicantRole, ApplicationState, CallState, Channel, QuestionKind
from calls.models import (
    AnswerRevision,
    Application,
    ApplicationTransition,
    Call,
    CallFormVersion,
    CallTransition,
)
from calls.workflow import application_workflow, call_workflow
from incubator.core import badges
from incubator.core.models import Letter, Refused
from incubator.core.models.base import AppendOnlyError
from projects.models import Project
from tests.factories.calls import make_application, make_call, make_draft
from tests.factories.projects import make_person

CALL_MOVES = {
    (CallState.DRAFT, "schedule"): CallState.SCHEDULED,
    (CallState.DRAFT, "open"): CallState.OPEN,
    (CallState.SCHEDULED, "unschedule"): CallState.DRAFT,
    (CallState.SCHEDULED, "open"): CallState.OPEN,
    (CallState.OPEN, "close"): CallState.CLOSED,
    (CallState.CLOSED, "reopen"): CallState.OPEN,
    (CallState.CLOSED, "archive"): CallState.ARCHIVED,
}
APPLICATION_MOVES = {
    (ApplicationState.DRAFT, "submit"): ApplicationState.SUBMITTED,
    (ApplicationState.DRAFT, "enter_paper"): ApplicationState.SUBMITTED,
    (ApplicationState.SUBMITTED, "ask_completion"): ApplicationState.TO_COMPLETE,
    (ApplicationState.TO_COMPLETE, "complete"): ApplicationState.SUBMITTED,
    (ApplicationState.TO_COMPLETE, "close_completion"): ApplicationState.SUBMITTED,
    (ApplicationState.SUBMITTED, "declare_eligible"): ApplicationState.ELIGIBLE,
    (ApplicationState.ELIGIBLE, "undo_eligible"): ApplicationState.SUBMITTED,
    (ApplicationState.SUBMITTED, "join"): ApplicationState.JOINED,
    (ApplicationState.TO_COMPLETE, "join"): ApplicationState.JOINED,
    (ApplicationState.ELIGIBLE, "join"): ApplicationState.JOINED,
}


@pytest.fixture(scope="class")
def made(written_once):
    """A call that nobody answered, and an application to another one."""
    with written_once(lambda: (make_call(), make_application(user=make_person()))) as both:
        yield both


@pytest.fixture
def call(made, db):
    return deepcopy(made[0])


@pytest.fixture
def application(made, db):
    return deepcopy(made[1])


@pytest.mark.django_db
class TestMoves:
    @pytest.mark.parametrize("state", CallState)
    @pytest.mark.parametrize("move", sorted(call_workflow.moves))
    def test_every_move_of_a_call_from_every_state(self, call, state, move):
        Call.objects.filter(pk=call.pk).update(state=state)
        expected = CALL_MOVES.get((state, move))
        if expected is None:
            with pytest.raises(Refused):
                call_workflow.perform(call, move, actor=call.created_by)
        else:
            row = call_workflow.perform(call, move, actor=call.created_by)
            assert (row.source, row.target, call.state) == (state, expected, expected)

    @pytest.mark.parametrize("state", ApplicationState)
    @pytest.mark.parametrize("move", sorted(application_workflow.moves))
    def test_every_move_of_an_application_from_every_state(self, application, state, move):
        Application.objects.filter(pk=application.pk).update(state=state)
        agent = application.applicants.get().user
        actor = agent if move in ("submit", "complete") else application.call.created_by
        expected = APPLICATION_MOVES.get((state, move))
        if expected is None:
            with pytest.raises(Refused):
                application_workflow.perform(application, move, actor=actor)
        else:
            row = application_workflow.perform(application, move, actor=actor)
            assert (row.source, row.target, application.state) == (state, expected, expected)


@pytest.mark.parametrize("member", [*CallState, *ApplicationState, *Channel])
def test_every_state_has_a_word_and_a_badge(member):
    assert str(member.label)
    assert badges.is_registered(member)


@pytest.mark.parametrize("member", [*QuestionKind, *ApplicantRole])
def test_every_kind_has_a_word(member):
    assert str(member.label)


@pytest.mark.parametrize("state", ApplicationState)
def test_every_state_has_a_word_for_agents(state):
    assert str(state.label_for("agent"))


@pytest.mark.django_db
def test_logs_and_frozen_questions_are_never_changed():
    agent = make_person()
    draft = make_draft(user=agent, answers={"probleme": "Une longue histoire. " * 10})
    applications.save_answers(actor=agent, application=draft, values={"probleme": ""})
    for model in (CallTransition, CallFormVersion, AnswerRevision):
        row = model.objects.first()
        with pytest.raises(AppendOnlyError):
            row.save()
        with pytest.raises(AppendOnlyError):
            model.objects.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET id = id")  # noqa: S608 - our own table name
    assert not ApplicationTransition.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_six_clicks_at_once_make_one_project_and_one_receipt():
    agent = make_person(email="agent@region.example")
    draft = make_draft(user=agent)
    numbers, errors, start = [], [], threading.Barrier(6)

    def click():
        try:
            start.wait()
            mine = Application.objects.get(pk=draft.pk)
            numbers.append(applications.submit_application(actor=agent, application=mine).receipt_number)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(numbers) == 6
    assert len(set(numbers)) == 1
    assert (Project.objects.count(), Letter.objects.count()) == (1, 1)
    assert ApplicationTransition.objects.count() == 1
