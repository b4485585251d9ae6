"""The line manager learns nothing before preselection, and then only of whoever has said yes."""

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import applications
from calls.domain.line_manager import answer_about_manager
from incubator.core.models import JournalEntry, Letter, Refused
from tests.calls.test_apply_screens import url
from tests.factories.calls import make_application, make_draft
from tests.factories.projects import decide, make_person

pytestmark = pytest.mark.django_db

SENTENCE = "Votre hiérarchie ne sait rien avant la présélection"


@pytest.fixture
def chief():
    return make_person("Ève", "Chef", email="chef@region.example")


@pytest.fixture
def agent(chief):
    return make_person("Awa", "Diallo", email="awa@region.example", line_manager=chief)


def post(client, application, **answer):
    return client.post(f"/candidatures/{application.uuid}/hierarchie/", answer)


def test_the_promise_stands_on_each_step_of_the_form(client_for, agent):
    draft = make_draft(user=agent)
    client = client_for(agent)
    for step in ("probleme", "pour-qui", "equipe", "relecture"):
        assert "hiérarchie" in client.get(url(draft, step)).content.decode(), step
    # Nothing asks for an agreement in the form itself.
    for step in ("probleme", "pour-qui", "equipe", "relecture"):
        assert "hierarchie/" not in client.get(url(draft, step)).content.decode()


def test_nobody_writes_to_a_line_manager_before_the_preselection_and_without_a_yes(client_for, agent, chief):
    application = make_application(user=agent)
    client = client_for(agent)
    assert "hierarchie/" not in client.get(f"/candidatures/{application.uuid}/").content.decode()
    with pytest.raises(Refused, match="après la présélection"):
        answer_about_manager(actor=agent, application=application, agree=True)
    post(client, application, yes="1")
    manager = application.call.created_by
    applications.declare_eligible(actor=manager, application=application)
    assert not Letter.objects.filter(recipient=chief).exists()
    decide(application.project, "preselection", "retain")
    assert not Letter.objects.filter(recipient=chief).exists()
    page = client.get(f"/candidatures/{application.uuid}/").content.decode()
    assert "hierarchie/" in page
    assert application.applicants.get().may_tell_manager is None
    post(client, application)  # neither yes nor no
    post(client, application, no="1")
    assert application.applicants.get().may_tell_manager is False
    assert not Letter.objects.filter(recipient=chief).exists()


def test_a_yes_writes_one_letter_that_a_person_reads_first_and_a_no_takes_it_back(client_for, agent, chief):
    application = make_application(user=agent)
    decide(application.project, "preselection", "retain")
    client = client_for(agent)
    post(client, application, yes="1")
    post(client, application, yes="1")
    letter = Letter.objects.get(recipient=chief)
    assert (letter.kind, letter.state) == ("calls.line_manager", Letter.State.HELD)
    assert "Awa Diallo" in letter.body
    assert "On appelle pour rien" not in letter.body
    post(client, application, no="1")
    letter.refresh_from_db()
    assert letter.state == Letter.State.DROPPED
    dossier = client_for(application.call.created_by).get(url(application, "dossier")).content.decode()
    assert "Ne souhaite pas que sa hiérarchie soit informée" in dossier
    post(client, application, yes="1")
    assert Letter.objects.filter(recipient=chief, state=Letter.State.HELD).count() == 1
    acts = JournalEntry.objects.filter(verb="calls.answer_about_manager").order_by("pk")
    assert [entry.data["agreed"] for entry in acts] == [True, False, True]


def test_each_answers_for_themselves(client_for, agent):
    application = make_application(user=agent)
    decide(application.project, "preselection", "retain")
    manager = application.call.created_by
    for someone in (make_person(), manager):
        with pytest.raises(PermissionDenied):
            answer_about_manager(actor=someone, application=application, agree=True)
        assert post(client_for(someone), application, yes="1").status_code == 404


def test_a_project_that_goes_no_further_asks_nothing(client_for, agent, chief):
    application = make_application(user=agent)
    decide(application.project, "preselection", "not_this_time")
    assert "hierarchie/" not in client_for(agent).get(f"/candidatures/{application.uuid}/").content.decode()
    post(client_for(agent), application, yes="1")
    assert application.applicants.get().may_tell_manager is None
    assert not Letter.objects.filter(recipient=chief).exists()


def test_nobody_recorded_as_line_manager_is_no_error(client_for):
    alone = make_person()
    application = make_application(user=alone)
    decide(application.project, "preselection", "retain")
    post(client_for(alone), application, yes="1")
    assert application.applicants.get().may_tell_manager is True
    assert not Letter.objects.filter(kind="calls.line_manager").exists()
