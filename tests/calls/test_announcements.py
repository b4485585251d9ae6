"""What everybody reads beside a call's page: its diary, its form on paper, the feed of calls."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from wagtail.models import PageViewRestriction

from calls.domain import calls as verbs
from incubator.core import clock
from tests.factories.calls import make_call
from tests.factories.projects import make_programme

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


def diary_of(client, call) -> dict:
    response = client.get(f"/appels/{call.code}/calendrier.ics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "public, no-cache"
    return {str(event["uid"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}


def test_the_diary_holds_the_dates_of_the_call_and_a_moved_date_keeps_its_name(client_for):
    opens = datetime(2031, 1, 10, 7, tzinfo=UTC)
    with clock.at(opens):
        call = make_call(
            opens_at=opens,
            closes_at=opens + timedelta(days=20),
            preselection_on=date(2031, 2, 14),
            jury_on=date(2031, 7, 7),
            title="Appel; à tous, « essai »",
        )
        before = diary_of(client_for(), call)
        verbs.update_call(actor=call.created_by, call=call, jury_on=date(2031, 7, 8))
        after = diary_of(client_for(), call)
    name = f"{call.programme.code}.{call.code}"
    assert list(before) == [
        f"{name}.{key}@eclosion" for key in ("opening", "closing", "preselection", "jury")
    ]
    assert list(after) == list(before)
    closing, jury = after[f"{name}.closing@eclosion"], after[f"{name}.jury@eclosion"]
    assert closing["dtstart"].dt == opens + timedelta(days=20)
    assert str(closing["summary"]) == "Dernière heure pour candidater\u00a0: Appel; à tous, « essai »"
    assert (before[f"{name}.jury@eclosion"]["dtstart"].dt, jury["dtstart"].dt) == (
        date(2031, 7, 7),
        date(2031, 7, 8),
    )


def test_a_diary_that_is_kept_asks_whether_it_is_still_right_and_learns_of_an_extension_at_once(client_for):
    call, visitor = make_call(), client_for()
    address = f"/appels/{call.code}/calendrier.ics"
    etag = visitor.get(address)["ETag"]
    with clock.at(clock.now() + timedelta(minutes=5)):
        same = visitor.get(address, headers={"If-None-Match": etag})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
        later = call.closes_at + timedelta(days=2)
        verbs.extend_call(actor=call.created_by, call=call, closes_at=later, reason="Panne du réseau.")
        changed = visitor.get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    closing = [
        event for event in Calendar.from_ical(changed.content).walk("VEVENT") if "closing" in event["uid"]
    ]
    assert [event["dtstart"].dt for event in closing] == [later.replace(microsecond=0)]


def test_a_programme_without_hackathon_has_none_in_its_diary(client_for):
    programme = make_programme(uses_hackathon=False, uses_preselection=False)
    day = clock.today() + timedelta(days=60)
    call = make_call(programme=programme, hackathon_on=day, preincubation_from=day)
    keys = [uid.rpartition(".")[2] for uid in diary_of(client_for(), call)]
    assert keys == ["opening@eclosion", "closing@eclosion", "preincubation@eclosion"]


def test_what_is_not_published_has_neither_diary_nor_paper_nor_line_in_the_feed(client_for):
    draft, hidden = make_call(state="draft", title="Caché"), make_call(title="Réservé")
    PageViewRestriction.objects.create(page=hidden.page, restriction_type=PageViewRestriction.LOGIN)
    visitor = client_for()
    for call in (draft, hidden):
        for name in ("calendrier.ics", "formulaire/"):
            assert visitor.get(f"/appels/{call.code}/{name}").status_code == 404
    assert visitor.get("/appels/nulle-part/calendrier.ics").status_code == 404
    assert ElementTree.fromstring(visitor.get("/appels/flux.atom").content).findall(f"{ATOM}entry") == []  # noqa: S314


def test_the_feed_lists_published_calls_at_a_constant_cost(client_for, assert_queries):
    visitor = client_for()
    first = make_call(title="Premier & dernier")
    visitor.get("/appels/flux.atom")
    with assert_queries(1):
        response = visitor.get("/appels/flux.atom")
    assert response["Cache-Control"] == "public, max-age=900"
    assert response["Content-Type"].startswith("application/atom+xml")
    make_call(title="Bientôt", state="scheduled")
    make_call(title="Fini", state="closed")
    with assert_queries(1):
        feed = ElementTree.fromstring(visitor.get("/appels/flux.atom").content)  # noqa: S314 - our own
    entries = feed.findall(f"{ATOM}entry")
    assert {entry.findtext(f"{ATOM}title") for entry in entries} == {"Premier & dernier", "Bientôt", "Fini"}
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 3
    assert any(name.endswith(f":{first.programme.code}/{first.code}") for name in ids)


def test_the_pages_lead_to_the_diary_the_paper_and_the_feed(client_for):
    call = make_call()
    visitor = client_for()
    html = visitor.get(f"/appels/{call.code}/").content.decode()
    for address in (f"/appels/{call.code}/calendrier.ics", f"/appels/{call.code}/formulaire/"):
        assert f'href="{address}"' in html
    assert 'type="application/atom+xml" href="/appels/flux.atom"' in html
    assert 'href="/appels/flux.atom"' in visitor.get("/appels/").content.decode()
    verbs.close_call(actor=call.created_by, call=call)
    html = visitor.get(f"/appels/{call.code}/").content.decode()
    for name in ("calendrier.ics", "formulaire/"):
        assert f'href="/appels/{call.code}/{name}"' not in html


def test_the_paper_form_asks_the_same_questions_with_room_to_write(client_for, assert_queries):
    call = make_call(max_team_size=2)
    visitor = client_for()
    visitor.get(f"/appels/{call.code}/formulaire/")
    with assert_queries(3):
        html = visitor.get(f"/appels/{call.code}/formulaire/").content.decode()
    for words in (
        "Quel est le problème",
        "Il revient souvent",
        "Chaque semaine",
        "Combien de personnes",
        "Une photo",
    ):
        assert words in html
    # A title on one line, fifty words on five.
    assert html.count("<span>&nbsp;</span>") == 6
    assert html.count("Prénom et nom") == 2
    assert "<form" not in html.partition('id="main"')[2].partition("</main>")[0]
