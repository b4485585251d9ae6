"""The manager's list: who waits first, filters and words, columns, kept views, pages that lose nothing."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from calls.domain import applications as verbs
from calls.models import Application, ApplicationText, SavedView
from incubator.core import clock, jobs
from tests.factories.accounts import make_directorate
from tests.factories.calls import answer, make_application, make_call
from tests.factories.projects import make_manager, make_person, make_programme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


@pytest.fixture
def call():
    return make_call()


@pytest.fixture
def client(call, client_for):
    return client_for(call.created_by)


def list_of(call) -> str:
    return f"/appels/{call.code}/candidatures/"


def submitted(call, title="La Belette", text="On appelle pour rien.", **person):
    return make_application(
        call=call, user=make_person(**person), answers={"title": title, "probleme": text, "combien": "12"}
    )


def shown(client, call, query="") -> list[str]:
    html = client.get(list_of(call) + query).content.decode()
    return re.findall(r"<span class=\"ec-note\">(C\d{4}-\d+)</span></th>", html)


def test_who_waits_stands_first_and_who_is_answered_does_not(client, call):
    with clock.at(clock.now() + timedelta(minutes=1)):
        old = submitted(call)
    with clock.at(clock.now() + timedelta(minutes=2)):
        done = submitted(call)
        new = submitted(call)
    answer(done)
    assert shown(client, call) == [old.receipt_number, new.receipt_number]
    assert shown(client, call, "?answer=donnee") == [done.receipt_number]
    assert shown(client, call, "?answer=&sort=-arrivee") == [one.receipt_number for one in (new, done, old)]


def test_the_clock_of_each_is_said_in_working_days(client, call):
    application = submitted(call)
    Application.objects.filter(pk=application.pk).update(
        submitted_at=clock.now() - timedelta(days=12), answer_due_on=clock.today() - timedelta(days=7)
    )
    html = client.get(list_of(call)).content.decode()
    assert "attend depuis 12 jours" in html
    assert re.search(r"en retard de [45] jours ouvrés", html)
    assert shown(client, call, "?answer=retard") == [application.receipt_number]


def test_when_everyone_has_an_answer_the_page_says_so(client, call):
    answer(submitted(call))
    html = client.get(list_of(call)).content.decode()
    assert "Tout le monde a reçu une réponse" in html
    assert 'href="?answer="' in html


def test_filters_narrow_and_stand_together(client, call):
    directorate = make_directorate("Direction des routes")
    here = submitted(call, directorate=directorate)
    there = submitted(call)
    verbs.declare_eligible(actor=call.created_by, application=here)
    assert shown(client, call, "?state=eligible") == [here.receipt_number]
    assert shown(client, call, f"?directorate={directorate.pk}") == [here.receipt_number]
    assert shown(client, call, f"?state=submitted&directorate={directorate.pk}") == []
    assert shown(client, call, "?team=1") == [here.receipt_number, there.receipt_number]
    assert shown(client, call, "?team=4-") == []
    day = clock.today().isoformat()
    assert len(shown(client, call, f"?since={day}&until={day}")) == 2
    assert shown(client, call, f"?until={(clock.today() - timedelta(days=2)).isoformat()}") == []
    assert shown(client, call, "?stage=redirected") == []


@pytest.mark.parametrize(
    "said", ["facture", "factures", "FACTURES", "energie", "énergies", "fact", "guichet"]
)
def test_words_are_found_in_titles_and_answers(client, call, said):
    """Whatever the plural, the accents and the case, on both databases; the beginning of a word is enough."""
    here = submitted(call, "Les factures d’énergie", "Chaque guichet ressaisit la même fiche.")
    submitted(call, "Les portes automatiques", "Elles restent ouvertes.")
    jobs.sweep()
    assert shown(client, call, f"?q={said}") == [here.receipt_number]


def test_every_word_must_be_there_and_names_and_numbers_are_found_too(client, call):
    here = submitted(call, "Les factures d’énergie", last_name="Zola")
    jobs.sweep()
    assert shown(client, call, "?q=factures+portes") == []
    assert shown(client, call, "?q=zola") == [here.receipt_number]
    assert shown(client, call, f"?q={here.receipt_number}") == [here.receipt_number]
    for odd in ("%22%27%28", "AND+OR+NOT", "*", "%F0%9F%90%A3", "a" * 300):
        assert client.get(f"{list_of(call)}?q={odd}").status_code == 200


def test_the_words_of_a_draft_are_not_read(client, call):
    from tests.factories.calls import make_draft

    make_draft(call=call, user=make_person())
    jobs.sweep()
    assert not ApplicationText.objects.exists()


def test_columns_are_chosen_in_the_address(client, call):
    submitted(call)
    html = client.get(list_of(call) + "?col=lieu&col=canal").content.decode()
    heads = re.findall(r'class="ec-sort" href="[^"]+">([^<]+)</a>', html)
    assert heads == ["Candidature", "Lieu de travail", "Moyen"]
    html = client.get(list_of(call) + "?col=nimporte").content.decode()
    assert "Portée par" in html


@pytest.mark.parametrize(
    "sort", ["arrivee", "titre", "porteur", "direction", "personnes", "etat", "reponse", "-titre"]
)
def test_pages_go_on_where_the_last_one_ended_whatever_comes_in(client, call, sort, monkeypatch):
    monkeypatch.setattr("calls.views.manage.lists.PER_PAGE", 2)
    numbers = [submitted(call, f"Idée {n % 3}").receipt_number for n in range(5)]
    seen, query = [], f"?sort={sort}"
    for turn in range(3):
        html = client.get(list_of(call) + query).content.decode()
        seen += re.findall(r"<span class=\"ec-note\">(C\d{4}-\d+)</span></th>", html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        assert bool(following) == (turn < 2)
        if following:
            query = following[1].replace("&amp;", "&")
    assert sorted(seen) == sorted(numbers)
    back = re.search(r'rel="prev" href="([^"]+)"', html)[1].replace("&amp;", "&")
    assert shown(client, call, back) == seen[2:4]


def test_an_arrival_between_two_pages_neither_doubles_nor_hides_a_row(client, call, monkeypatch):
    monkeypatch.setattr("calls.views.manage.lists.PER_PAGE", 2)
    old = [submitted(call).receipt_number for _n in range(3)]
    html = client.get(list_of(call) + "?sort=-arrivee").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', html)[1].replace("&amp;", "&")
    submitted(call)  # comes first, and would have pushed a row to the next page
    assert shown(client, call, following) == [old[0]]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJcdTAwMDAiLCAxXQ", "WzEsIDJd", "a" * 3000])
def test_a_cursor_that_means_nothing_is_the_first_page(client, call, cursor):
    number = submitted(call).receipt_number
    for name in ("apres", "avant"):
        assert shown(client, call, f"?{name}={cursor}") == [number]


def test_a_view_is_kept_shared_and_forgotten(client, call, client_for):
    submitted(call)
    keep = f"{list_of(call)}vues/"
    response = client.post(
        keep, {"name": " Mes  recevables ", "query": "state=eligible&sort=-titre&apres=abc&q="}
    )
    assert unquote(response["Location"]) == f"{list_of(call)}?state=eligible&sort=-titre"
    view = SavedView.objects.get()
    assert (view.name, view.query, view.owner) == (
        "Mes recevables",
        "state=eligible&sort=-titre",
        call.created_by,
    )
    assert "Mes recevables" in client.get(list_of(call)).content.decode()
    client.post(keep, {"name": "Mes recevables", "query": "state=submitted"})
    assert SavedView.objects.get().query == "state=submitted"
    other = client_for(make_manager(call.programme))
    assert "Mes recevables" not in other.get(list_of(call)).content.decode()
    assert other.post(keep, {"forget": view.pk}).status_code == 404
    assert client.post(keep, {"name": "  ", "query": ""}).status_code == 302
    client.post(keep, {"forget": view.pk})
    assert not SavedView.objects.exists()
    assert client_for(make_manager(make_programme())).post(keep, {"name": "x"}).status_code == 404


def test_an_address_with_more_fields_than_any_form_is_read_like_another(client, call):
    """Written by hand or by a robot: the filters that mean something count, the rest is let go."""
    number = submitted(call).receipt_number
    many = "&".join(f"f{n}={n}" for n in range(300))
    assert shown(client, call, f"?state=submitted&{many}") == [number]
    for end in ("exporter/", "export.csv"):
        assert client.get(f"{list_of(call)}{end}?{many}").status_code == 200
    posted = {"act": "eligible", "scope": "list", "query": f"state=submitted&{many}"}
    assert number in client.post(f"{list_of(call)}ensemble/", posted).content.decode()
    kept = client.post(f"{list_of(call)}vues/", {"name": "Robot", "query": many})
    assert kept.status_code == 302
    assert not SavedView.objects.exists()


def test_the_list_costs_the_same_with_one_and_three_rows(client, call, assert_queries):
    submitted(call)
    client.get(list_of(call))
    with assert_queries(10):
        client.get(list_of(call))
    submitted(call)
    submitted(call)
    with assert_queries(10):
        html = client.get(list_of(call)).content.decode()
    assert html.count('scope="row"') == 3


def test_with_pages_and_every_filter_it_stays_within_its_budget(client, call, assert_queries, monkeypatch):
    monkeypatch.setattr("calls.views.manage.lists.PER_PAGE", 2)
    directorate = make_directorate()
    for _n in range(3):
        submitted(call, directorate=directorate)
    jobs.sweep()
    address = f"{list_of(call)}?q=belette&answer=attendue&directorate={directorate.pk}&sort=porteur&team=1"
    client.get(address)
    with assert_queries(11):
        html = client.get(address).content.decode()
    assert html.count('scope="row"') == 2
    assert 'rel="next"' in html


def test_calls_received_say_how_many_truly_wait(client, call):
    answer(submitted(call))
    submitted(call)
    html = client.get("/candidatures/recues/").content.decode()
    assert "2 candidatures" in html
    assert "1 sans réponse" in html
