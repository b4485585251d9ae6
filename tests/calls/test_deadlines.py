"""The hours of a call: grace for what was begun, more time that is told, opening and closing exactly once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from calls.domain import applications, calls
from calls.enums import ApplicationState, CallState
from calls.tasks import close_due_call, open_due_call
from incubator.core import clock, jobs
from incubator.core.models import Job, JournalEntry, Letter, Refused
from tests.factories.calls import GOOD_ANSWERS, make_call, make_draft
from tests.factories.projects import make_person, make_programme

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def _site(site):
    """Pages are served below the default site."""


# -- Grace -------------------------------------------------------------------------------------------


def test_in_the_grace_a_draft_is_submitted_and_nobody_begins():
    agent = make_person()
    call = make_call(grace_minutes=60)
    draft = make_draft(call=call, user=agent)
    with clock.at(call.closes_at + timedelta(minutes=59)):
        jobs.sweep()
        call.refresh_from_db()
        assert (call.state, call.in_grace, call.takes_applications) == (CallState.CLOSED, True, False)
        with pytest.raises(Refused):
            applications.begin_application(call=call, user=make_person())
        applications.save_answers(actor=agent, application=draft, values={"combien": "130"})
        assert (
            applications.submit_application(actor=agent, application=draft).state
            == ApplicationState.SUBMITTED
        )


@pytest.mark.parametrize("minutes", [0, 60])
def test_after_the_grace_nothing_is_submitted_and_the_words_are_kept(minutes):
    agent = make_person()
    call = make_call(grace_minutes=minutes)
    draft = make_draft(call=call, user=agent)
    with clock.at(call.closes_at + timedelta(minutes=minutes)), pytest.raises(Refused) as refused:
        applications.submit_application(actor=agent, application=draft)
    assert refused.value.code == "closed"
    assert draft.answers.get(key="probleme").value == GOOD_ANSWERS["probleme"]


def test_a_call_closed_early_gives_its_grace_too():
    agent = make_person()
    call = make_call(grace_minutes=30)
    draft = make_draft(call=call, user=agent)
    calls.close_call(actor=call.created_by, call=call)
    assert call.in_grace
    applications.submit_application(actor=agent, application=draft)


def test_a_call_is_not_archived_during_its_grace():
    call = make_call(grace_minutes=60)
    calls.close_call(actor=call.created_by, call=call)
    with pytest.raises(Refused):
        calls.archive_call(actor=call.created_by, call=call)
    with clock.at(call.grace_ends_at):
        calls.archive_call(actor=call.created_by, call=call)
    assert call.state == CallState.ARCHIVED
    assert not call.in_grace


def test_the_screens_of_a_draft_say_the_grace_in_words(client_for):
    agent = make_person()
    call = make_call(grace_minutes=90)
    draft = make_draft(call=call, user=agent)
    browser = client_for(agent)
    with clock.at(call.closes_at + timedelta(minutes=5)):
        review = browser.get(f"/candidatures/{draft.uuid}/relecture/").content.decode()
        assert "vous pouvez encore la déposer" in review
        assert f'action="/candidatures/{draft.uuid}/deposer/"' in review
        assert "déposez-la avant" in browser.get("/candidatures/").content.decode()
    with clock.at(call.grace_ends_at):
        review = browser.get(f"/candidatures/{draft.uuid}/relecture/").content.decode()
        assert "ne peut plus être déposé" in review
        assert f'action="/candidatures/{draft.uuid}/deposer/"' not in review


# -- More time ---------------------------------------------------------------------------------------


def test_more_time_is_told_to_each_person_who_has_begun_on_their_own_channel():
    call = make_call()
    before = call.closes_at
    by_mail, by_phone = (
        make_person(email="a@region.example"),
        make_person(phone="06 00 00 00 01", preferred_channel="sms"),
    )
    english = make_person(email="b@region.example", language="en")
    for agent in (by_mail, by_phone, english):
        make_draft(call=call, user=agent)
    make_draft(call=call, user=by_mail, answers={"title": "Un autre"})
    given_up = make_draft(call=call, user=make_person(email="c@region.example"))
    applications.discard_draft(actor=given_up.applicants.get().user, application=given_up)
    anonymous, token = applications.begin_application(call=call)
    applications.name_team(
        actor=None,
        application=anonymous,
        people=[{"first_name": "Zoé", "last_name": "Sans", "email": "zoe@ailleurs.example"}],
        token=token,
    )
    make_draft(call=make_call(), user=make_person(email="d@region.example"))
    after = before + timedelta(days=4)
    written = calls.extend_call(
        actor=call.created_by, call=call, closes_at=after, reason="  Panne du\nréseau. "
    )
    assert Letter.objects.filter(kind="calls.extension").count() == len(written) == 4
    assert {(letter.to_address, letter.channel, letter.language) for letter in written} == {
        ("a@region.example", "email", "fr"),
        ("06 00 00 00 01", "sms", "fr"),
        ("b@region.example", "email", "en"),
        ("zoe@ailleurs.example", "email", "fr"),
    }
    assert {letter.state for letter in written} == {Letter.State.HELD}
    first = next(letter for letter in written if letter.to_address == "a@region.example")
    assert "Panne du réseau." in first.body
    assert "La Belette" not in first.body  # what a draft is called is its authors' business
    entry = JournalEntry.objects.get(verb="calls.extend_call")
    assert (entry.data["before"], entry.data["after"]) == (before.isoformat(), after.isoformat())


def test_the_page_and_the_job_follow_and_the_old_hour_does_nothing(client_for):
    call = make_call()
    before = call.closes_at
    first, second = before + timedelta(days=2), before + timedelta(days=5)
    for after in (first, second):
        calls.extend_call(actor=call.created_by, call=call, closes_at=after, reason="Panne du réseau.")
    call.refresh_from_db()
    assert (call.extended_from, call.closes_at) == (before, second)
    assert Job.objects.filter(kind="calls.close_call").count() == 1
    for hour in (before, first):
        with clock.at(hour):
            close_due_call({"call": call.pk})  # a message that was late
            jobs.sweep()
            call.refresh_from_db()
            assert call.state == CallState.OPEN
    with clock.at(second):
        jobs.sweep()
        jobs.sweep()
    call.refresh_from_db()
    assert [row.name for row in call.transitions.order_by("pk")] == ["open", "close"]


def test_more_time_is_refused_without_a_reason_backwards_or_by_a_stranger():
    call = make_call()
    manager, later = call.created_by, call.closes_at + timedelta(days=1)
    with pytest.raises(PermissionDenied):
        calls.extend_call(actor=make_person(), call=call, closes_at=later, reason="Oui.")
    for closes_at, reason, field in (
        (later, "  ", "reason"),
        (later, "x" * 301, "reason"),
        (call.closes_at, "Oui.", "closes_at"),
        (call.closes_at - timedelta(hours=1), "Oui.", "closes_at"),
    ):
        with pytest.raises(Refused) as refused:
            calls.extend_call(actor=manager, call=call, closes_at=closes_at, reason=reason)
        assert set(refused.value.message_dict) == {field}
    soon = make_call(state="scheduled")
    with pytest.raises(Refused):
        calls.extend_call(
            actor=soon.created_by, call=soon, closes_at=soon.closes_at + timedelta(days=1), reason="Oui."
        )
    calls.close_call(actor=manager, call=call)
    with pytest.raises(Refused):
        calls.extend_call(actor=manager, call=call, closes_at=later, reason="Oui.")
    assert not Letter.objects.filter(kind="calls.extension").exists()


def test_opening_again_tells_those_who_had_begun():
    call = make_call()
    make_draft(call=call, user=make_person(email="a@region.example"))
    calls.close_call(actor=call.created_by, call=call)
    closed = call.closes_at
    calls.reopen_call(
        actor=call.created_by, call=call, closes_at=clock.now() + timedelta(days=3), reason="Panne."
    )
    assert call.extended_from == closed
    assert Letter.objects.filter(kind="calls.extension").count() == 1


def test_the_manager_gives_more_time_on_the_admin_page(client_for):
    call = make_call()
    make_draft(call=call, user=make_person(email="a@region.example"))
    browser = client_for(call.created_by)
    address = f"/admin/appels/{call.pk}/ou-en-est-il/"
    later = (call.closes_at + timedelta(days=2)).astimezone(PARIS)
    wrong = browser.post(address, {"act": "extend", "closes_at": "2020-01-01T10:00", "reason": "Panne."})
    html = wrong.content.decode()
    assert "Choisissez une heure" in html
    assert 'value="Panne."' in html
    done = browser.post(
        address, {"act": "extend", "closes_at": f"{later:%Y-%m-%dT%H:%M}", "reason": "Panne."}, follow=True
    )
    assert "1 lettre" in done.content.decode()
    call.refresh_from_db()
    assert f"{call.closes_at.astimezone(PARIS):%Y-%m-%dT%H:%M}" == f"{later:%Y-%m-%dT%H:%M}"


# -- Nights when clocks change -------------------------------------------------------------------------

# Paris, 25 October 2026: at 3:00 it is 2:00 again. 28 March 2027: 2:00 is 3:00 at once.
NIGHTS = {
    "winter": (datetime(2026, 10, 25, 3, 0, tzinfo=PARIS), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    "summer": (datetime(2027, 3, 28, 3, 0, tzinfo=PARIS), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
}


@pytest.mark.parametrize("night", NIGHTS)
def test_a_call_opens_and_closes_once_at_the_right_moment_in_the_night_when_clocks_change(night):
    closes, same_in_utc = NIGHTS[night]
    opens = same_in_utc - timedelta(hours=3)
    with clock.at(opens - timedelta(days=2)):
        call = make_call(state="scheduled", opens_at=opens, closes_at=closes)
    for before, state in (
        (timedelta(hours=3, seconds=1), "scheduled"),
        (timedelta(hours=3), "open"),
        (timedelta(hours=1, minutes=30), "open"),
        (timedelta(minutes=30), "open"),
        (timedelta(seconds=1), "open"),
        (timedelta(0), "closed"),
    ):
        with clock.at(same_in_utc - before):
            jobs.sweep()
            jobs.sweep()
        call.refresh_from_db()
        assert call.state == state
    assert [row.name for row in call.transitions.order_by("pk")] == ["schedule", "open", "close"]


@pytest.mark.parametrize("night", NIGHTS)
def test_grace_is_counted_in_real_minutes_in_the_night_when_clocks_change(night):
    _three_o_clock, same_in_utc = NIGHTS[night]
    closes = (same_in_utc - timedelta(hours=2)).astimezone(PARIS)  # a wall clock would count an hour wrong
    agent = make_person()
    with clock.at(same_in_utc - timedelta(days=3)):
        call = make_call(closes_at=closes, grace_minutes=150)
        draft = make_draft(call=call, user=agent)
    assert call.grace_ends_at == same_in_utc + timedelta(minutes=30)
    with clock.at(call.grace_ends_at), pytest.raises(Refused):
        applications.submit_application(actor=agent, application=draft)
    with clock.at(call.grace_ends_at - timedelta(seconds=1)):
        applications.submit_application(actor=agent, application=draft)


@pytest.mark.parametrize(
    "hour", [datetime(2026, 10, 25, 2, 30, tzinfo=UTC), datetime(2027, 3, 28, 2, 30, tzinfo=UTC)]
)
def test_an_hour_that_does_not_exist_or_comes_twice_is_refused(hour, settings):
    settings.TIME_ZONE = "UTC"
    programme = make_programme(time_zone="Europe/Paris")
    with pytest.raises(Refused):
        calls.in_zone(hour, programme)
    good = calls.in_zone(hour.replace(hour=4), programme)
    assert (good.hour, good.tzinfo) == (4, PARIS)


def test_a_job_that_comes_too_early_or_for_a_call_taken_back_opens_nothing():
    call = make_call(state="scheduled")
    open_due_call({"call": call.pk})
    call.refresh_from_db()
    assert call.state == CallState.SCHEDULED
    calls.unschedule_call(actor=call.created_by, call=call)
    with clock.at(call.opens_at + timedelta(minutes=1)):
        jobs.sweep()
    call.refresh_from_db()
    assert call.state == CallState.DRAFT
