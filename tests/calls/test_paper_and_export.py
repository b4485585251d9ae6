"""The manager enters what came on paper, sees the form as an agent will, sorts and downloads the list."""

import csv
import io

import pytest

from calls.domain import applications as verbs
from calls.domain.forms import write_questions
from calls.enums import Channel
from calls.models import Application
from incubator.core.models import Letter
from tests.factories.calls import GOOD_ANSWERS, QUESTIONS, make_application, make_call
from tests.factories.projects import make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


def paper(call) -> str:
    return f"/appels/{call.code}/papier/"


def list_of(call) -> str:
    return f"/appels/{call.code}/candidatures/"


# -- Paper -----------------------------------------------------------------------------------------


def test_a_paper_application_is_entered_for_people_with_and_without_email(client_for):
    call = make_call()
    lead = make_person(first_name="Yvon", last_name="Kerdal", email=None)
    mate = make_person(first_name="Lina", last_name="Moreau", email="lina@region.example")
    client = client_for(call.created_by)
    page = client.get(paper(call)).content.decode()
    assert "Quel est le problème" in page
    assert 'type="file"' not in page
    response = client.post(
        paper(call),
        {
            "author-0": "kerdal yvon",
            "author-1": "LINA@region.example",
            "title": "Des bidons que l’on peut porter",
            "probleme": "Trop lourds.",
            "qui": ["agents"],
            "depuis": "31/03/2026",
            "deja": "yes",
        },
    )
    application = Application.objects.get()
    assert response["Location"] == f"/candidatures/{application.uuid}/dossier/"
    assert (application.channel, application.title) == (Channel.PAPER, "Des bidons que l’on peut porter")
    assert [person.user for person in application.applicants.order_by("pk")] == [lead, mate]
    kept = {answer.key: answer.value for answer in application.answers.all()}
    assert kept == {
        "title": "Des bidons que l’on peut porter",
        "probleme": "Trop lourds.",
        "qui": ["agents"],
        "depuis": "31/03/2026",
        "deja": "yes",
    }
    assert Letter.objects.filter(recipient=lead).exists()
    assert client_for(lead).get(f"/candidatures/{application.uuid}/").status_code == 200
    again = client.post(paper(call), {"author-0": lead.username, "title": "Une autre", "another": "1"})
    assert again["Location"] == paper(call)


def test_what_cannot_be_read_on_paper_is_said_and_nothing_typed_is_lost(client_for):
    call = make_call()
    person = make_person(last_name="Unique")
    client = client_for(call.created_by)
    typed = {
        "author-0": "Unique",
        "title": "Le badge",
        "probleme": "mot " * 60,
        "combien": "beaucoup",
        "depuis": "hier",
    }
    html = client.post(paper(call), typed).content.decode()
    assert html.count('aria-invalid="true"') == 3
    for text in ("Unique", "Le badge", "mot mot", 'value="beaucoup"', 'value="hier"'):
        assert text in html
    typed = {"author-0": "Unique", "title": "  ", "combien": "12"}
    html = client.post(paper(call), typed).content.decode()
    assert "id_title_error" in html
    assert 'value="12"' in html
    typed = {"author-0": "Personne de connu", "author-1": "Unique", "author-2": person.username, "title": "T"}
    html = client.post(paper(call), typed).content.decode()
    assert "id_author-0_error" in html
    assert "id_author-2_error" in html
    assert client.post(paper(call), {}).status_code == 200
    assert client.post(paper(call), {"author-0": "\x00" * 3, "title": "\x00"}).status_code in (200, 400)
    assert not Application.objects.exists()


def test_people_called_alike_are_offered_to_choose_from(client_for):
    call = make_call()
    one = make_person(first_name="Marie", last_name="Martin")
    two = make_person(first_name="Marie", last_name="Martin")
    client = client_for(call.created_by)
    typed = {"author-0": "Marie Martin", "title": "Un titre", "probleme": "Un texte"}
    html = client.post(paper(call), typed).content.decode()
    assert html.count('name="pick-author-0"') == 2
    assert "Un texte" in html
    client.post(paper(call), {**typed, "pick-author-0": "00000000-0000-4000-8000-000000000000"})
    assert not Application.objects.exists()
    client.post(paper(call), {**typed, "pick-author-0": str(two.uuid)})
    assert Application.objects.get().applicants.get().user == two
    assert one.pk != two.pk


def test_paper_is_for_managers_while_the_call_is_open_or_closed(client_for):
    call = make_call()
    for user in (make_person(), make_manager(make_programme())):
        assert client_for(user).get(paper(call)).status_code == 404
        assert client_for(user).post(paper(call), {"title": "x"}).status_code == 404
    soon = make_call(state="scheduled")
    assert client_for(soon.created_by).get(paper(soon))["Location"] == list_of(soon)


# -- Preview ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "open", "closed"])
def test_the_form_is_seen_as_an_agent_will_and_nothing_is_saved(client_for, state):
    call = make_call(state=state)
    client = client_for(call.created_by)
    address = f"/appels/{call.code}/apercu/"
    for query in ("", "?largeur=telephone", "?largeur=n-importe"):
        html = client.get(address + query).content.decode()
        assert "Quel est le problème" in html
        assert ("ec-preview--phone" in html) == (query == "?largeur=telephone")
        assert "<form" not in html.partition('id="main"')[2].partition("</main>")[0]
    assert "<nav" not in client.get(address + "?largeur=telephone").content.decode()
    assert 'data-phone="?largeur=telephone"' in client.get(address).content.decode()
    assert client.post(address).status_code == 405
    assert client_for(make_person()).get(address).status_code == 404
    assert not Application.objects.exists()
    assert address in client.get(f"/admin/appels/{call.pk}/ou-en-est-il/").content.decode()
    assert address in client.get(f"/admin/appels-questions/edit/{call.form.pk}/").content.decode()


def test_a_call_without_questions_says_so_in_its_preview(client_for):
    call = make_call(state="draft", questions=[])
    assert (
        "Pas encore de question"
        in client_for(call.created_by).get(f"/appels/{call.code}/apercu/").content.decode()
    )


# -- The list --------------------------------------------------------------------------------------


def test_the_list_is_sorted_by_each_column_both_ways(client_for):
    call = make_call()
    for title, name in (("Bravo", "Zola"), ("Alpha", "Yvon"), ("Charlie", "Abel")):
        make_application(
            call=call, user=make_person(last_name=name), answers={**GOOD_ANSWERS, "title": title}
        )
    client = client_for(call.created_by)

    def order(sort):
        html = client.get(list_of(call), {"sort": sort}).content.decode()
        return "".join(
            sorted(
                "ABC", key=lambda letter: html.index({"A": ">Alpha", "B": ">Bravo", "C": ">Charlie"}[letter])
            )
        )

    assert (order(""), order("arrivee"), order("-arrivee")) == ("BAC", "BAC", "CAB")
    assert (order("titre"), order("-titre")) == ("ABC", "CBA")
    assert (order("porteur"), order("-porteur")) == ("CAB", "BAC")
    for sort in ("direction", "-personnes", "etat", "reponse", "password", "-", "project__stage"):
        assert client.get(list_of(call), {"sort": sort}).status_code == 200
    html = client.get(list_of(call), {"sort": "titre", "state": "submitted"}).content.decode()
    assert html.count('aria-sort="ascending"') == 1
    assert "?sort=-titre&amp;state=submitted" in html
    assert '<input type="hidden" name="sort" value="titre"' in html


def rows_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_download_is_the_filtered_list_with_one_column_a_question(client_for):
    call = make_call()
    one = make_application(call=call, user=make_person(first_name="Awa", last_name="Zola"), answers={
        **GOOD_ANSWERS, "probleme": "=1+1\nDeux lignes ; et \"plus\"", "qui": ["agents", "usagers"], "deja": "yes",
        "depuis": "2026-03-31",
    })  # fmt: skip
    # The questions change afterwards: another label, and a question more.
    changed = [{**QUESTIONS[0], "questions": [{**QUESTIONS[0]["questions"][0], "label": "Que voyez-vous ?"}]}]
    changed.append(
        {
            "title": "Plus",
            "key": "plus",
            "questions": [{"kind": "short_text", "key": "lieu", "label": "Où ?"}],
        }
    )
    write_questions(actor=call.created_by, form=call.form, sections=changed)
    call.refresh_from_db()
    two = make_application(
        call=call, user=make_person(), answers={"title": "@SUM", "probleme": "B", "lieu": "Ici"}
    )
    client = client_for(call.created_by)
    response = client.get(list_of(call) + "export.csv")
    assert response.streaming
    assert response["Content-Disposition"].startswith(f'attachment; filename="{call.code}-')
    header, first, second = rows_of(response)
    assert header[0] == "Récépissé"
    assert "Que voyez-vous ?" in header
    assert "Où ?" in header
    cells = dict(zip(header, first, strict=True))
    assert cells["Récépissé"] == one.receipt_number
    assert cells["Que voyez-vous ?"] == '\'=1+1\nDeux lignes ; et "plus"'
    assert cells["Qui est touché ?"] == "Agents, Usagers"
    assert cells["Où ?"] == ""
    assert "Awa Zola" in first
    cells = dict(zip(header, second, strict=True))
    assert (cells["Récépissé"], cells["Où ?"], cells["Qui est touché ?"]) == (two.receipt_number, "Ici", "")
    assert "'@SUM" in second
    found = rows_of(client.get(list_of(call) + "export.csv", {"q": "zola"}))
    assert [row[0] for row in found[1:]] == [one.receipt_number]
    backwards = rows_of(client.get(list_of(call) + "export.csv", {"sort": "-arrivee"}))
    assert [row[0] for row in backwards[1:]] == [two.receipt_number, one.receipt_number]


def test_the_download_is_the_managers_and_holds_no_draft(client_for):
    application = make_application(user=make_person())
    call = application.call
    verbs.begin_application(call=call, user=make_person())
    address = list_of(call) + "export.csv"
    for user in (make_person(), make_manager(make_programme()), application.applicants.get().user):
        assert client_for(user).get(address).status_code == 404
    assert client_for().get(address).status_code == 302
    assert len(rows_of(client_for(call.created_by).get(address))) == 2


def test_the_download_costs_the_same_with_one_or_three(client_for, assert_queries):
    call = make_call()
    client = client_for(call.created_by)
    make_application(call=call, user=make_person())
    rows_of(client.get(list_of(call) + "export.csv"))
    with assert_queries(11):
        rows_of(client.get(list_of(call) + "export.csv"))
    for _number in range(2):
        make_application(call=call, user=make_person())
    with assert_queries(11):
        rows_of(client.get(list_of(call) + "export.csv"))
