"""Pages that the form has left behind, numbers of somebody else: a clear answer, nothing lost, nothing learnt."""

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from calls import urls
from calls.domain.forms import write_questions
from calls.enums import ApplicationState
from tests.calls.test_apply_screens import fields_of, fill, url
from tests.factories.calls import GOOD_ANSWERS, QUESTIONS, make_application, make_draft
from tests.factories.projects import make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


@pytest.fixture
def shortened():
    """A draft whose call no longer asks one of its questions, nor one of its steps."""
    agent = make_person()
    draft = make_draft(user=agent, answers={"title": "Le badge", "probleme": "Avant"})
    call = draft.call
    step, others = QUESTIONS
    left = [{**step, "questions": [{**step["questions"][0], "key": "autre", "label": "Quel souci ?"}]}]
    write_questions(actor=call.created_by, form=call.form, sections=left)
    call.refresh_from_db()
    assert call.current_version_id != draft.form_version_id
    return agent, draft


def test_a_question_taken_out_of_the_form_takes_nothing_from_a_draft_begun_before(client_for, shortened):
    """Whoever has begun goes on with the words that they were asked: by an old page, by a new one, to the end."""
    agent, draft = shortened
    client = client_for(agent)
    old = fields_of(client.get(url(draft, "probleme")))
    typed = {"title": "Le badge", "probleme": "Après"}
    saved = client.post(url(draft, "probleme"), {**old, **typed}, headers={"HX-Request": "true"})
    assert saved.status_code == 200
    assert fill(client, draft, "pour-qui", combien="12").status_code == 302
    fill(client, draft, "equipe", people="1", **{"p0-first_name": "Awa", "p0-last_name": "Diallo"})
    assert client.post(url(draft, "deposer"))["Location"] == url(draft, "recepisse")
    kept = {answer.key: answer.value for answer in draft.answers.all()}
    assert kept == {"title": "Le badge", "probleme": "Après", "combien": "12"}
    dossier = client_for(draft.call.created_by).get(url(draft, "dossier")).content.decode()
    assert "Quel est le problème" in dossier
    assert "Quel souci" not in dossier


def test_an_old_page_posted_to_a_form_that_no_longer_asks_it_keeps_what_is_asked(client_for, shortened):
    """A tab of an earlier draft, or a bookmark, sent to a draft of the new form: no such step, no such question."""
    _agent, draft = shortened
    newcomer = make_person()
    fresh = make_draft(call=draft.call, user=newcomer, answers={"title": "Neuf", "autre": "Un souci"})
    client = client_for(newcomer)
    assert client.get(url(fresh, "pour-qui")).status_code == 404
    assert client.post(url(fresh, "pour-qui"), {"combien": "12"}).status_code == 404
    sent = fill(
        client, fresh, "probleme", title="Neuf", autre="Un autre souci", probleme="Vieux", combien="3"
    )
    assert sent.status_code == 302
    kept = {answer.key: answer.value for answer in fresh.answers.all()}
    assert kept == {"title": "Neuf", "autre": "Un autre souci"}
    for key in ("probleme", "photo"):
        assert client.get(f"/candidatures/{fresh.uuid}/fichiers/{key}/").status_code == 404
        taken = fill(client, fresh, "probleme", prendre=f"{key}:1", title="Neuf", autre="Un autre souci")
        assert taken.status_code == 404  # a text of another page: there is none to take
    assert fresh.answers.get(key="autre").value == "Un autre souci"


# -- Other people's numbers ------------------------------------------------------------------------


def addresses_of_one() -> list[str]:
    """Every address of this package below one application."""
    return sorted(
        pattern.name
        for pattern in urls.urlpatterns
        if "<uuid:uuid>" in str(pattern.pattern) and str(pattern.pattern).startswith("candidatures/<")
    )


@pytest.mark.parametrize("name", addresses_of_one())
def test_the_number_of_someone_else_s_application_opens_nothing_at_any_address(client_for, name):
    """Its address, or the number of its receipt typed in its place: not there, for a stranger and for a manager of
    another programme; a visitor is asked to sign in."""
    theirs = make_application(user=make_person(), answers={**GOOD_ANSWERS, "title": "Le secret"})
    outsider = make_manager(make_programme())
    mine = make_application(user=outsider)
    more = {"step": {"step": "probleme"}, "attachment": {"key": "photo"}, "join_with": {"other": mine.uuid}}
    address = reverse(f"calls:{name}", kwargs={"uuid": theirs.uuid, **more.get(name, {})})
    by_receipt = address.replace(str(theirs.uuid), theirs.receipt_number)
    for user in (make_person(), outsider):
        client = client_for(user)
        for act in (client.get, client.post):
            assert act(address).status_code in (404, 405)
            assert act(by_receipt).status_code == 404
    for act in (client_for().get, client_for().post):
        answer = act(address)
        assert answer.status_code == 405 or "/compte/" in answer["Location"]
    theirs.refresh_from_db()
    assert theirs.state == ApplicationState.SUBMITTED


def test_a_foreign_receipt_number_is_found_by_no_search(client_for):
    """The list, its exports, its acts on several, the search of the one to join with: as if it did not exist."""
    theirs = make_application(user=make_person())
    mine = make_application(user=make_person())
    manager, list_of = client_for(mine.call.created_by), f"/appels/{mine.call.code}/candidatures/"
    for number in (theirs.receipt_number, theirs.receipt_number.lower(), "C2026-999999999999"):
        query = urlencode({"q": number, "answer": ""})
        for address in (
            f"{list_of}?{query}",
            f"{list_of}exporter/?{query}",
            f"{url(mine, 'joindre')}?{query}",
        ):
            answer = manager.get(address)
            assert answer.status_code == 200
            assert str(theirs.uuid) not in answer.content.decode()
        rows = b"".join(manager.get(f"{list_of}export.csv?{query}").streaming_content).decode()
        assert rows.count("\n") == 1  # the head alone
        acted = manager.post(f"{list_of}ensemble/", {"act": "eligible", "scope": "list", "query": query})
        assert acted.status_code == 302
    acted = manager.post(
        f"{list_of}ensemble/", {"act": "eligible", "application": [str(theirs.uuid), "C2026-1"]}
    )
    assert acted.status_code == 302
    theirs.refresh_from_db()
    assert theirs.state == ApplicationState.SUBMITTED
    agent = client_for(make_person())
    typed = agent.post("/candidatures/code/", {"code": theirs.receipt_number})
    assert typed.status_code in (200, 302, 404, 422)
    assert not theirs.applicants.filter(user__isnull=False).exclude(
        user=theirs.applicants.order_by("pk").first().user
    )
