"""The page of one application for those who run its call: acts, notes, letters, words to the team, redirections."""

from datetime import timedelta

import pytest

from calls.domain.redirections import answer_redirection
from calls.models import ApplicationNote
from calls.rules import answer_key
from incubator.core import clock, jobs, letters
from incubator.core.models import Letter
from incubator.core.models.base import AppendOnlyError
from tests.calls.test_redirections import hand_over
from tests.factories.accounts import make_directorate
from tests.factories.calls import make_application, make_call, write_answer
from tests.factories.projects import decide, make_manager, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


@pytest.fixture
def application():
    author = make_person(first_name="Lina", last_name="Moreau", email="lina@region.example")
    return make_application(call=make_call(), user=author)


@pytest.fixture
def client(application, client_for):
    return client_for(application.call.created_by)


@pytest.fixture
def as_days_pass(application):
    return lambda days: clock.at(application.submitted_at + timedelta(days=days))


def page_of(application) -> str:
    return f"/candidatures/{application.uuid}/"


def test_the_acts_offered_are_those_that_the_workflow_allows(application, client):
    html = client.get(page_of(application) + "dossier/").content.decode()
    for said in (
        "Déclarer recevable",
        "Écrire à l’équipe",
        "Transmettre à une direction",
        "Réunir à une autre",
    ):
        assert said in html
    hand_over(application)
    html = client.get(page_of(application) + "dossier/").content.decode()
    for gone in ("Déclarer recevable", "Transmettre à une direction", "Réunir à une autre"):
        assert gone not in html
    assert "Gaëlle Arnoux" in html
    assert "Noter sa réponse" in html


def test_the_page_begins_with_the_clock_until_the_team_is_told(application, client, client_for, as_days_pass):
    """How long the team has waited, then which written answer has not reached it, then nothing more."""
    page = page_of(application) + "dossier/"
    with as_days_pass(3):
        html = client.get(page).content.decode()
    assert "attend depuis 3 jours" in html
    assert "jours ouvrés" in html
    author = client_for(application.applicants.get().user)
    assert "attend depuis" not in author.get(page).content.decode()
    decide(application.project, "preselection", "not_this_time")
    write_answer(application)
    html = client.get(page).content.decode()
    assert "attend depuis" not in html
    (letter,) = Letter.objects.filter(kind__in=letters.kinds_that_answer())
    assert "1 réponse est écrite et n’est pas encore arrivée à l’équipe" in html
    assert f'<a href="/lettres/{letter.uuid}/">Lina Moreau</a>' in html
    letters.mark_phoned(actor=application.call.created_by, letter=letter)
    assert "n’est pas encore arrivée" not in client.get(page).content.decode()


def test_who_wrote_each_answer_is_said_only_when_several_did(application, client):
    page = page_of(application) + "dossier/"
    once = client.get(page).content.decode().count("Lina Moreau, ")
    assert once == 0
    application.answers.filter(key="probleme").update(saved_by=application.call.created_by)
    html = client.get(page).content.decode()
    assert html.count("Lina Moreau, ") == application.answers.count() - 1


def test_notes_are_added_by_managers_and_read_by_them_alone(application, client, client_for):
    address = page_of(application) + "notes/"
    client.post(address, {"text": "À voir avec la direction des routes."})
    client.post(address, {"text": "À voir avec la direction des routes."})  # a double click
    note = ApplicationNote.objects.get()
    assert "À voir avec" in client.get(page_of(application) + "dossier/").content.decode()
    second = client_for(make_manager(application.call.programme))
    assert "À voir avec" in second.get(page_of(application) + "dossier/").content.decode()
    author = client_for(application.applicants.get().user)
    for path in ("", "dossier/", "recepisse/"):
        assert "À voir avec" not in author.get(page_of(application) + path).content.decode()
    assert author.post(address, {"text": "Moi aussi"}).status_code == 404
    assert client.post(address, {"text": " \x00 "}).status_code in (400, 422)
    long = client.post(address, {"text": "a" * 5000})
    assert long.status_code == 422
    assert "a" * 5000 in long.content.decode()
    with pytest.raises(AppendOnlyError):
        note.save()
    assert ApplicationNote.objects.count() == 1


def test_words_to_the_team_wait_in_the_outbox_and_their_delivery_is_seen_here(application, client):
    address = page_of(application) + "ecrire/"
    empty = client.post(address, {"subject": "Jeudi", "text": ""})
    assert empty.status_code == 422
    assert 'value="Jeudi"' in empty.content.decode()
    assert client.post(address, {"subject": "Jeudi", "text": "Venez jeudi à 9 h."}).status_code == 302
    letter = Letter.objects.get(kind="calls.message")
    assert (letter.state, letter.recipient) == ("held", application.applicants.get().user)
    assert "Venez jeudi à 9 h." in letter.body
    html = client.get(page_of(application) + "dossier/").content.decode()
    assert f"/lettres/{letter.uuid}/" in html
    assert "À relire" in html
    letters.mark_phoned(actor=application.call.created_by, letter=letter)
    html = client.get(page_of(application) + "dossier/").content.decode()
    assert "Dite au téléphone" in html or "téléphone" in html


def test_a_letter_is_in_the_language_of_its_reader(application, client):
    author = application.applicants.get().user
    author.language = "en"
    author.save()
    client.post(page_of(application) + "ecrire/", {"subject": "Jeudi", "text": "Venez jeudi."})
    assert Letter.objects.get(kind="calls.message").body.startswith("Hello Lina Moreau")


def test_the_page_costs_the_same_with_one_and_three_of_everything(application, client, assert_queries):
    def fill(times):
        for number in range(times):
            client.post(page_of(application) + "notes/", {"text": f"Note {number} {times}"})
            client.post(
                page_of(application) + "ecrire/", {"subject": f"Objet {number} {times}", "text": "Texte."}
            )

    jobs.sweep()
    fill(1)
    client.get(page_of(application) + "dossier/")
    with assert_queries(15):
        client.get(page_of(application) + "dossier/")
    fill(3)
    with assert_queries(15):
        client.get(page_of(application) + "dossier/")


# -- Handing it over, on the screens --------------------------------------------------------------


def typed(**fields):
    return {
        "directorate": make_directorate("Direction des routes").pk,
        "recipient": "Gaëlle Arnoux",
        "address": "gaelle@region.example",
        "due_on": "2199-01-01",
        "reason": "Vous entretenez ces portes.",
        **fields,
    }


def test_the_form_of_a_redirection_says_what_is_missing_and_keeps_what_is_typed(application, client):
    address = page_of(application) + "reorienter/"
    assert client.get(address).status_code == 200
    html = client.post(address, typed(directorate="", due_on="hier"))
    assert html.status_code == 422
    for kept in ("Gaëlle Arnoux", "gaelle@region.example", "Vous entretenez ces portes."):
        assert kept in html.content.decode()
    assert client.post(address, typed(address="")).status_code == 422
    assert client.post(address, typed()).status_code == 422  # in more than a year
    assert not application.redirections.exists()


def test_people_called_alike_are_offered_and_one_is_chosen(application, client):
    one = make_person(first_name="Gaëlle", last_name="Arnoux")
    make_person(first_name="Gaëlle", last_name="Arnoux")
    address = page_of(application) + "reorienter/"
    day = (clock.today() + timedelta(days=20)).isoformat()
    html = client.post(address, typed(address="", due_on=day)).content.decode()
    assert html.count('name="pick"') == 3
    client.post(address, typed(address="", due_on=day, pick=str(one.uuid)))
    assert application.redirections.get().recipient == one


def test_the_link_of_the_letter_opens_the_idea_without_an_account_and_without_names(application, client_for):
    redirection = hand_over(application)
    visitor = client_for(None)
    address = f"/reorientations/{redirection.uuid}/"
    assert (
        visitor.get(address)["Location"].startswith("/compte/") or "login" in visitor.get(address)["Location"]
    )
    assert visitor.get(f"{address}?cle=faux").status_code == 404
    link = f"{address}?cle={answer_key(redirection)}"
    page = visitor.get(link)
    html = page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]
    assert "On appelle pour rien." in html
    assert "Moreau" not in html
    redirection.refresh_from_db()
    assert redirection.state == "waiting"  # opening the page answers nothing
    empty = visitor.post(address, {"cle": answer_key(redirection), "kind": "", "answer": "Je réponds."})
    assert empty.status_code == 422
    assert "Je réponds." in empty.content.decode()
    sent = {"cle": answer_key(redirection), "kind": "exists", "answer": "Le 36 12 répond déjà."}
    done = visitor.post(address, sent, follow=True)
    assert "Merci" in done.content.decode()
    again = visitor.post(address, {**sent, "answer": "Autre chose."})
    assert again.status_code == 422
    redirection.refresh_from_db()
    assert redirection.answer == "Le 36 12 répond déjà."


def test_the_author_follows_each_step(application, client_for):
    author = client_for(application.applicants.get().user)
    redirection = hand_over(application)
    html = author.get(page_of(application)).content.decode()
    assert "Votre idée a été transmise à Gaëlle Arnoux" in html
    assert "qui répondra au plus tard le" in html
    answer_redirection(
        actor=application.call.created_by,
        redirection=redirection,
        kind="will_do",
        answer="Nous changeons la porte.",
    )
    html = author.get(page_of(application)).content.decode()
    assert "Nous changeons la porte." in html
    assert "qui répondra au plus tard le" not in html


def test_the_manager_takes_it_back(application, client):
    redirection = hand_over(application)
    client.post(f"/reorientations/{redirection.uuid}/reprendre/")
    redirection.refresh_from_db()
    assert redirection.state == "cancelled"
    assert client.post(f"/reorientations/{redirection.uuid}/reprendre/").status_code == 302
    html = client.get(page_of(application) + "dossier/").content.decode()
    assert "Transmettre à une direction" in html
