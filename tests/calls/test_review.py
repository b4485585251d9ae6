"""Reading everything over before submitting: each part is changed where it stands, and one comes back to it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from calls.domain.invitations import accept_invitation, code_of, invite
from calls.enums import ApplicantRole
from incubator.core import clock
from tests.calls.test_apply_screens import PNG, fields_of, url
from tests.factories.calls import make_draft
from tests.factories.projects import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_person("Awa", "Diallo", email="awa@region.example")


@pytest.fixture
def draft(agent):
    return make_draft(user=agent)


@pytest.fixture
def client(client_for, agent) -> Client:
    return client_for(agent)


def in_place(client, draft, part, **query):
    return client.get(url(draft, "relecture"), {"modifier": part, **query})


def test_a_part_is_changed_where_it_stands_and_saving_comes_back_to_it(client, draft):
    closed = client.get(url(draft, "relecture")).content.decode()
    assert 'href="?modifier=pour-qui#partie-pour-qui"' in closed
    page = in_place(client, draft, "pour-qui")
    html = page.content.decode()
    # The part that is open is a form; the others are still read; submitting waits for its button.
    assert f'action="{url(draft, "pour-qui")}?relire=1"' in html
    assert 'name="combien"' in html
    assert 'name="probleme"' not in html
    assert "On appelle pour rien." in html
    assert "/deposer/" not in html
    assert "/deposer/" in closed
    saved = client.post(url(draft, "pour-qui") + "?relire=1", {**fields_of(page), "combien": "7"})
    assert saved["Location"] == url(draft, "relecture") + "#partie-pour-qui"
    assert draft.answers.get(key="combien").value == "7"
    assert 'id="partie-pour-qui"' in client.get(url(draft, "relecture")).content.decode()
    # From the step itself one goes on to the next step, as before.
    page = client.get(url(draft, "pour-qui"))
    ahead = client.post(url(draft, "pour-qui"), {**fields_of(page), "combien": "8"})
    assert ahead["Location"] == url(draft, "equipe")


def test_it_is_saved_while_one_types_there_too(client, draft):
    page = in_place(client, draft, "probleme")
    saved = client.post(
        url(draft, "probleme"),
        {**fields_of(page), "probleme": "Tapé parmi les réponses"},
        headers={"HX-Request": "true"},
    )
    assert saved.status_code == 200
    assert f'hx-post="{url(draft, "probleme")}"' in page.content.decode()
    assert draft.answers.get(key="probleme").value == "Tapé parmi les réponses"


def test_what_is_wrong_is_kept_said_and_leads_back_once_it_is_right(client, draft):
    page = in_place(client, draft, "pour-qui")
    here = url(draft, "pour-qui") + "?relire=1"
    wrong = client.post(here, {**fields_of(page), "combien": "beaucoup"})
    assert wrong.status_code == 200
    assert "Enregistrer cette partie" in wrong.content.decode()
    assert draft.answers.get(key="combien").value == "beaucoup"
    right = client.post(here, {**fields_of(wrong), "combien": "12"})
    assert right["Location"] == url(draft, "relecture") + "#partie-pour-qui"


def test_what_is_missing_leads_to_its_question_with_the_sentence_beside_it(client, draft, agent):
    page = in_place(client, draft, "pour-qui")
    client.post(url(draft, "pour-qui"), {**fields_of(page), "combien": ""})
    review = client.get(url(draft, "relecture")).content.decode()
    assert 'href="' + url(draft, "relecture") + '?modifier=pour-qui&amp;corriger=1#div_id_combien"' in review
    mending = in_place(client, draft, "pour-qui", corriger="1").content.decode()
    assert 'id="div_id_combien"' in mending
    assert 'aria-invalid="true"' in mending


def test_nothing_opens_for_a_reader_nor_after_the_hour_nor_for_an_unknown_part(
    client, client_for, draft, agent
):
    assert 'id="step"' not in in_place(client, draft, "ailleurs").content.decode()
    reader = make_person()
    invitation = invite(actor=agent, application=draft, role=ApplicantRole.READER)
    accept_invitation(actor=reader, invitation=invitation, code=code_of(invitation))
    assert 'id="step"' not in in_place(client_for(reader), draft, "probleme").content.decode()
    with clock.at(draft.call.closes_at + timedelta(days=1)):
        late = in_place(client, draft, "probleme").content.decode()
    assert 'id="step"' not in late
    assert "On appelle pour rien." in late


def test_a_file_stands_by_its_own_question_and_on_no_other_part(client, draft):
    page = in_place(client, draft, "pour-qui")
    file = SimpleUploadedFile("plan.png", PNG)
    client.post(url(draft, "pour-qui") + "?relire=1", {**fields_of(page), "combien": "7", "photo": file})
    here = client.get(url(draft, "pour-qui")).content.decode()
    assert here.count('name="remove-photo"') == 1
    assert (
        here.index('id="div_id_photo"') < here.index('name="remove-photo"') < here.index('id="save-status"')
    )
    assert "plan.png" not in client.get(url(draft, "probleme")).content.decode()
    assert 'name="remove-photo"' in in_place(client, draft, "pour-qui").content.decode()
    assert 'name="remove-photo"' not in in_place(client, draft, "probleme").content.decode()
