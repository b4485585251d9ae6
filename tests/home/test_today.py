"""« Aujourd'hui »: what waits for whom."""

from datetime import timedelta

import pytest

from calls.domain import applications, completion
from calls.domain.line_manager import answer_about_manager
from home.queries.agenda import agenda_of
from home.queries.waiting import waiting_for
from incubator.core import clock
from juries.domain.sittings import prepare_sitting
from projects.enums import Gate, Stage
from tests.factories.calls import make_application, make_call, make_draft
from tests.factories.projects import (
    decide,
    make_manager,
    make_milestone,
    make_person,
    make_programme,
    make_project,
)


def titles(user):
    return [task.title for task in waiting_for(user)]


def test_visitors_are_sent_to_the_sign_in_page(client_for, db):
    assert client_for().get("/aujourdhui/").status_code == 302


def test_someone_for_whom_nothing_waits_reads_what_will_stand_there(client_for, db):
    html = client_for(make_person()).get("/aujourdhui/").content.decode()
    assert "Rien ne vous attend" in html


def test_a_draft_waits_until_its_call_closes(db):
    agent, call = make_person(), make_call()
    make_draft(call=call, user=agent)
    (task,) = waiting_for(agent)
    assert task.title.startswith("Finir votre candidature")
    assert task.due == call.closes_at
    assert [coming.on for coming in agenda_of(agent)] == [call.closes_at]


def test_a_completion_waits_for_those_who_apply_until_its_day(client_for, db):
    agent = make_person()
    application = make_application(user=agent)
    manager, due_on = application.call.created_by, clock.today() + timedelta(days=7)
    asked = {"keys": ["probleme", "combien"], "message": "Dites où.", "due_on": due_on}
    completion.ask_completion(actor=manager, application=application, **asked)
    (task,) = waiting_for(agent)
    assert (task.title, task.due) == ("Compléter votre candidature «\u00a0La Belette\u00a0»", due_on)
    assert task.note.startswith("2 questions")
    assert client_for(agent).get(task.url).status_code == 200
    with clock.at(clock.now() + timedelta(days=9)):
        assert waiting_for(agent)[0].is_late
    assert titles(make_person()) == []
    assert "Compléter" not in " ".join(titles(manager))
    completion.complete(actor=agent, application=application)
    assert titles(agent) == []


def test_a_completion_waits_no_more_when_its_team_has_left(db):
    agent = make_person()
    application = make_application(user=agent)
    asked = {"keys": ["probleme"], "message": "Dites où.", "due_on": clock.today()}
    completion.ask_completion(actor=application.call.created_by, application=application, **asked)
    applications.withdraw_application(actor=agent, application=application)
    assert titles(agent) == []


def test_whether_a_line_manager_may_be_told_is_asked_once_it_is_a_question(client_for, db):
    """After preselection, while it has no answer, of someone whose line manager is known."""
    boss = make_person()
    agent, alone = make_person(line_manager=boss), make_person()
    mine, other = (make_application(user=person) for person in (agent, alone))
    assert titles(agent) == []
    for application in (mine, other):
        decide(application.project, "preselection", "retain")
    said = [task for task in waiting_for(agent) if "hiérarchi" in task.title]
    assert [(task.url, task.since) for task in said] == [
        (f"/candidatures/{mine.uuid}/#hierarchie", clock.today())
    ]
    assert 'id="hierarchie"' in client_for(agent).get(said[0].url).content.decode()
    for person in (alone, boss):
        assert not [title for title in titles(person) if "hiérarchi" in title]
    answer_about_manager(actor=agent, application=mine, agree=False)
    assert not [title for title in titles(agent) if "hiérarchi" in title]


def test_a_submitted_application_waits_for_an_answer_not_for_its_author(db):
    agent, call = make_person(), make_call()
    application = make_application(call=call, user=agent)
    assert titles(agent) == []
    assert application.answer_due_on in [coming.on for coming in agenda_of(agent)]


def test_new_applications_wait_for_the_manager_of_that_programme_only(db):
    programme = make_programme()
    manager, other = make_manager(programme), make_manager(make_programme())
    call = make_call(programme=programme, manager=manager)
    make_application(call=call, user=make_person())
    assert "Lire 1 nouvelle candidature" in titles(manager)
    assert titles(other) == titles(make_manager(make_programme()))
    assert "Lire 1 nouvelle candidature" not in titles(other)


def test_late_things_come_first(db):
    lead = make_person()
    project = make_project(Stage.PREINCUBATION, lead=lead)
    make_milestone(project, title="Bientôt", due_on=clock.today() + timedelta(days=3))
    make_milestone(project, title="En retard", due_on=clock.today() - timedelta(days=1))
    make_milestone(project, title="Bien plus tard", due_on=clock.today() + timedelta(days=90))
    assert titles(lead) == ["En retard", "Bientôt"]


def test_what_has_more_than_a_month_comes_after_what_is_new(db):
    """A jury of the spring, prepared long ago, does not hide the ideas that arrived today."""
    programme = make_programme()
    manager = make_manager(programme)
    call = make_call(programme=programme, manager=manager)
    for days, body in ((90, "Jury du printemps"), (20, "Jury du mois")):
        prepare_sitting(
            actor=manager,
            programme=programme,
            cohort=call.cohort,
            gate=Gate.PREINCUBATION_END,
            body=body,
            starts_at=clock.now() + timedelta(days=days),
        )
    with clock.at(clock.now() + timedelta(hours=2)):
        make_application(call=call, user=make_person())
        found = [title.replace("\u00a0", " ").partition(" :")[0] for title in titles(manager)]
    assert found == [
        "Préparer « Jury du mois »",
        "1 lettre vous attend",
        "Lire 1 nouvelle candidature",
        "Préparer « Jury du printemps »",
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_whatever_waits(client_for, assert_queries, rows, db):
    programme = make_programme()
    manager = make_manager(programme)
    call = make_call(programme=programme, manager=manager)
    for _number in range(rows):
        make_application(call=call, user=make_person())
        make_project(Stage.PREINCUBATION, cohort=call.cohort)
    client = client_for(manager)
    with assert_queries(27):
        assert client.get("/aujourdhui/").status_code == 200
