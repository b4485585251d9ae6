"""The page of a call: what each audience reads, the button, the share card, the public clock, one page for all visitors."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from calls.domain import applications, calls
from calls.models import Application, CallPage
from calls.page_facts import answers_of_call
from incubator.core import clock, letters
from tests.factories.calls import answer, make_application, make_call, make_draft, write_answer
from tests.factories.projects import decide, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


def read(client, call) -> str:
    return client.get(f"/appels/{call.code}/").content.decode().replace("\xa0", " ")


# -- What each audience reads ------------------------------------------------------------------------


def test_the_button_says_what_happens_and_how_long_it_takes(client_for):
    call = make_call(minutes_to_apply=25)
    html = read(client_for(), call)
    (button,) = re.findall(r'<form[^>]*candidater/">.*?</form>', html, re.S)[:1]
    assert "Commencer ma candidature : environ 25 minutes" in button


def test_one_reads_only_what_is_true_now(client_for):
    opens = datetime(2031, 3, 3, 7, tzinfo=UTC)
    closes = datetime(2031, 3, 28, 17, tzinfo=UTC)
    visitor, agent = client_for(), make_person()
    with clock.at(opens - timedelta(days=4)):
        call = make_call(state="scheduled", opens_at=opens, closes_at=closes, grace_minutes=60, title="Appel")
        html = read(visitor, call)
        assert "Pas encore ouvert" in html
        assert "lundi 3 mars 2031 à 8 h" in html
        assert "candidater/" not in html
    with clock.at(opens):
        calls.open_call(actor=None, call=call)
        draft = make_draft(call=call, user=agent)
        assert "Ouvert, encore 25 jours" in read(visitor, call)
        assert "Reprendre" in read(client_for(agent), call)
        assert "La Belette" not in read(visitor, call)
    with clock.at(closes + timedelta(minutes=10)):
        html = read(visitor, call)
        assert "Vous pouvez encore déposer jusqu’au vendredi 28 mars 2031 à 19 h" in html
        assert "candidater/" not in html
        assert f"/candidatures/{draft.uuid}/" in read(client_for(agent), call)
    with clock.at(closes + timedelta(hours=2)):
        html = read(visitor, call)
        assert "L’appel s’est terminé le vendredi 28 mars 2031 à 18 h" in html
        assert "encore déposer" not in html
        calls.close_call(actor=None, call=call)
        calls.archive_call(actor=call.created_by, call=call)
        assert "Cet appel est terminé" in read(visitor, call)


def test_more_time_shows_both_dates_and_why(client_for):
    call = make_call(closes_at=datetime(2031, 3, 28, 17, tzinfo=UTC))
    later = datetime(2031, 4, 4, 16, tzinfo=UTC)
    calls.extend_call(
        actor=call.created_by, call=call, closes_at=later, reason="Panne du réseau <b>mardi</b>."
    )
    html = read(client_for(), call)
    assert "jusqu’au vendredi 4 avril 2031 à 18 h" in html
    assert "L’appel devait fermer le vendredi 28 mars 2031 à 18 h." in html
    assert "Panne du réseau &lt;b&gt;mardi&lt;/b&gt;." in html


def test_the_parts_of_the_page_are_listed_once_each_and_lead_to_themselves(client_for):
    part = {"type": "text", "value": {"heading": "Pour qui ?", "text": "<p>Tous.</p>"}}
    quote = {"type": "quote", "value": {"quote": "Oui.", "who": ""}}
    call = make_call(page_content={"lead": "Dites.", "body": [part, quote, part]})
    html = read(client_for(), call)
    contents = html.partition('id="contents"')[2].partition("</nav>")[0]
    assert re.findall(r'href="#([^"]+)"', contents) == ["pour-qui", "pour-qui-3", "questions"]
    for anchor in ("pour-qui", "partie-2", "pour-qui-3", "questions"):
        assert html.count(f'id="{anchor}"') == 1


# -- The share card ----------------------------------------------------------------------------------


def test_the_page_says_what_to_show_where_it_is_shared_and_asks_no_other_site(client_for):
    call = make_call(title='Appel « à "tous" »', page_content={"lead": "Vingt minutes.", "body": []})
    html = client_for().get(f"/appels/{call.code}/").content.decode()
    card = dict(re.findall(r'<meta property="(og:[a-z:]+)" content="([^"]*)">', html))
    assert card["og:title"] == "Appel « à &quot;tous&quot; »"
    assert card["og:description"] == "Vingt minutes."
    assert card["og:url"] == f"http://testserver/appels/{call.code}/"
    assert card["og:image"].startswith(f"http://testserver/appels/{call.code}/carte.png?v=")
    assert 'name="description" content="Vingt minutes."' in html


@pytest.mark.parametrize("title", ["Appel", "Un très long titre d’appel, " * 5 + "œuvre à venir", "é" * 150])
def test_the_card_is_a_picture_of_the_announced_size(client_for, title):
    call = make_call(title=title[:150])
    response = client_for().get(f"/appels/{call.code}/carte.png")
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    picture = Image.open(BytesIO(response.content))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(response.content) < 60_000


def test_there_is_no_card_of_a_call_that_is_not_announced(client_for):
    call = make_call(state="draft")
    assert client_for().get(f"/appels/{call.code}/carte.png").status_code == 404


def test_the_address_of_the_card_changes_with_what_it_says(client_for):
    call = make_call()
    visitor = client_for()

    def address():
        return re.search(r'og:image" content="([^"]+)"', read(visitor, call)).group(1)

    before = address()
    assert address() == before
    later = call.closes_at + timedelta(days=2)
    calls.extend_call(actor=call.created_by, call=call, closes_at=later, reason="Panne.")
    assert address() != before


# -- The public clock --------------------------------------------------------------------------------


def applied(call, *delays, waiting=0):
    """Applications submitted now, each answered so many days later; ``waiting`` more that nobody has answered."""
    start = clock.now()
    made = [make_application(call=call, user=make_person()) for _one in range(len(delays) + waiting)]
    for application, days in zip(made, delays, strict=False):
        with clock.at(start + timedelta(days=days)):
            answer(application)
    return made


def test_the_median_is_computed_by_hand():
    call = make_call()
    applied(call, 2, 30, 4, 5, 13, 8)  # 2 4 5 8 13 30: between 5 and 8, six and a half, said seven
    answers = answers_of_call(call)
    assert (answers.answered, answers.waiting, answers.days, answers.share) == (6, 0, 7, 100)
    assert answers.everyone
    assert answers.is_told


def test_a_share_is_rounded_down_and_who_withdrew_unanswered_is_not_counted():
    call = make_call()
    made = applied(call, 1, 1, 3, 1, 1, waiting=3)
    applications.withdraw_application(actor=made[-1].applicants.get().user, application=made[-1])
    answers = answers_of_call(call)
    assert (answers.answered, answers.waiting, answers.days, answers.share) == (5, 2, 1, 71)
    assert not answers.everyone


def test_a_decision_that_nobody_was_told_is_no_answer():
    call = make_call()
    (application,) = applied(call, waiting=1)
    decide(application.project, "preselection", "retain")
    (letter,) = write_answer(application, "retain")
    assert answers_of_call(call).answered == 0
    letters.mark_printed(actor=call.created_by, letter=letter)
    assert answers_of_call(call).answered == 1


def test_the_clock_is_public_once_the_call_is_over_and_not_before(client_for):
    call = make_call()
    applied(call, 12, 12, 12, 12, 12)
    visitor = client_for()
    assert "sans réponse" not in read(visitor, call)
    calls.close_call(actor=call.created_by, call=call)
    html = read(visitor, call)
    assert "100 %" in html
    assert "12 jours" in html


def test_fewer_than_five_answers_give_no_figure(client_for):
    call = make_call()
    applied(call, 3, 3, 3, 3)
    calls.close_call(actor=call.created_by, call=call)
    html = read(client_for(), call)
    assert "Toutes les personnes qui ont candidaté ont reçu une réponse" in html
    assert "100 %" not in html
    assert "3 jours" not in html


def test_the_page_of_a_closed_call_costs_the_same_for_one_and_for_three_answers(client_for, assert_queries):
    visitor = client_for()
    for delays in ((1,), (1, 2, 3)):
        call = make_call()
        applied(call, *delays)
        calls.close_call(actor=call.created_by, call=call)
        visitor.get(f"/appels/{call.code}/?a=1")
        with assert_queries(7):  # one more, the public version, where the page is then kept
            visitor.get(f"/appels/{call.code}/?a=1")


# -- One page for all visitors -----------------------------------------------------------------------


def test_a_visitor_begins_without_a_token_and_a_signed_in_person_with_theirs():
    call = make_call()
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(f"/appels/{call.code}/")
    assert "csrfmiddlewaretoken" not in page.content.decode()
    assert not page.cookies
    begin = f"/appels/{call.code}/candidater/"
    for stranger in (
        {"Origin": "https://ailleurs.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert visitor.post(begin, headers=stranger).status_code == 403
    assert Application.objects.count() == 0
    assert visitor.post(begin, headers={"Origin": "http://testserver"}).status_code == 302
    assert Application.objects.count() == 1

    agent = Client(enforce_csrf_checks=True)
    agent.force_login(make_person(), backend="django.contrib.auth.backends.ModelBackend")
    assert agent.post(begin, headers={"Origin": "http://testserver"}).status_code == 403
    html = agent.get(f"/appels/{call.code}/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html).group(1)
    assert agent.post(begin, {"csrfmiddlewaretoken": token}).status_code == 302


def test_the_call_page_is_kept_for_visitors_and_right_at_once_after_each_change(client_for, assert_queries):
    opens = datetime(2031, 3, 3, 7, tzinfo=UTC)
    closes = datetime(2031, 3, 28, 17, 0, 30, tzinfo=UTC)
    visitor = client_for()
    with clock.at(opens):
        call = make_call(opens_at=opens, closes_at=closes, title="Avant", grace_minutes=5)
        manager = call.created_by
        first = read(visitor, call)
        with assert_queries(1):
            assert read(visitor, call) == first
        # Published again by its editor.
        page = CallPage.objects.get(call=call)
        page.title = "Après"
        page.save_revision(user=manager)
        assert "<h1>Avant</h1>" in read(visitor, call)
        calls.publish_call_page(actor=manager, call=call)
        assert "<h1>Après</h1>" in read(visitor, call)
        # Taken off by its editor.
        page.refresh_from_db()
        page.unpublish(user=manager)
        assert visitor.get(f"/appels/{call.code}/").status_code == 404
        calls.publish_call_page(actor=manager, call=call)
        # A change of the call itself.
        read(visitor, call)
        calls.update_call(actor=manager, call=call, minutes_to_apply=40)
        assert "environ 40 minutes" in read(visitor, call)
    # The hour passes, to the second, before any worker has closed the call.
    with clock.at(closes - timedelta(seconds=20)):
        assert "Commencer ma candidature" in read(visitor, call)
    with clock.at(closes - timedelta(seconds=1)), assert_queries(1):
        assert "Commencer ma candidature" in read(visitor, call)
    with clock.at(closes):
        assert "Commencer ma candidature" not in read(visitor, call)
        assert "encore déposer" in read(visitor, call)
    with clock.at(closes + timedelta(minutes=5)):
        assert "encore déposer" not in read(visitor, call)
