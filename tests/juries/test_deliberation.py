"""In the room: one project at a time, its clock, the notes of the body, marks said late with leave."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from incubator.core import clock
from incubator.core.models import JournalEntry, Refused
from juries.domain import decisions, deliberation, results, scoring, sittings
from juries.enums import SeatRole
from juries.models import Decision, DeliberationNote, HearingClock, LateLeave, Score, ScoreChange
from tests.factories import juries as make
from tests.juries.screens import page, url

pytestmark = pytest.mark.django_db

START = make.at(2026, 3, 5, 9)


def make_world() -> make.World:
    with clock.at(START - timedelta(days=2)):
        world = make.World(projects=3, jurors=2, starts_at=START)
        secretary = make.person("Secrétaire")
        sittings.add_seat(actor=world.manager, sitting=world.sitting, user=secretary, role=SeatRole.SECRETARY)
        world.secretary = secretary
        order = [hearing.pk for hearing in world.hearings]
        hours = {pk: START + timedelta(minutes=20 * place) for place, pk in enumerate(order)}
        sittings.reorder_hearings(actor=world.manager, sitting=world.sitting, order=order, hours=hours)
        world.open_scoring().everyone_scores()
    with clock.at(START):
        return world.deliberate()


@pytest.fixture(scope="module")
def made(written_once):
    with written_once(make_world) as world:
        yield world


@pytest.fixture
def world(made, db):
    with clock.at(START):
        yield deepcopy(made)


def test_the_room_leads_from_project_to_project(client_for, site, world):
    client = client_for(world.president)
    first, second, third = world.hearings
    assert client.get(url("enter", world)).url == url("room", world, first)
    text = page(client.get(url("room", world, second)))
    assert "2 sur 3" in text
    assert "prévu à 9 h 20" in text
    assert url("room", world, first) in text
    assert url("room", world, third) in text
    assert "moyenne 4,0" in text
    assert "3 avec une voix, le quorum est de 2." in text
    world.decide(first)
    assert client.get(url("enter", world)).url == url("room", world, second)
    for someone in (world.jurors[0], world.sponsor, world.projects[0].memberships.get().user):
        assert client_for(someone).get(url("room", world, first)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_room_costs_the_same_whatever_the_agenda(client_for, site, assert_queries, count):
    world = (
        make.World(projects=count, jurors=2, starts_at=START).open_scoring().everyone_scores().deliberate()
    )
    client = client_for(world.president)
    with assert_queries(ROOM_QUERIES):
        assert client.get(url("room", world, world.hearings[0])).status_code == 200


ROOM_QUERIES = 17


class TestClock:
    def test_it_runs_stops_goes_on_and_is_extended(self, client_for, site, world):
        client, hearing = client_for(world.secretary), world.hearings[0]
        text = page(client.get(url("room", world, hearing)))
        assert "20 minutes prévues" in text
        running = client.post(url("timer", world, hearing), {"act": "start", "minutes": "20"}, follow=True)
        assert "Jusqu'à 9 h 20" in page(running)
        assert 'data-left="1200"' in page(running)
        with clock.at(START + timedelta(minutes=5)):
            stopped = client.post(url("timer", world, hearing), {"act": "stop"}, follow=True)
            assert "Arrêté, il reste 15 min 00 s" in page(stopped)
        with clock.at(START + timedelta(minutes=30)):
            client.post(url("timer", world, hearing), {"act": "resume"})
            client.post(url("timer", world, hearing), {"act": "extend", "minutes": "5"})
            assert HearingClock.objects.get().seconds_left == 20 * 60
            assert "Jusqu'à 9 h 50" in page(client.get(url("room", world, hearing)))
        with clock.at(START + timedelta(hours=2)):
            over = page(client.get(url("room", world, hearing)))
            assert "Le temps est écoulé. Vous pouvez en ajouter." in over
            client.post(url("timer", world, hearing), {"act": "extend", "minutes": "3"})
            assert HearingClock.objects.get().seconds_left == 180

    def test_one_clock_at_a_time(self, world):
        first, second, _third = world.hearings
        deliberation.start_clock(actor=world.president, hearing=first, minutes=10)
        with clock.at(START + timedelta(minutes=4)):
            deliberation.start_clock(actor=world.president, hearing=second, minutes=10)
        assert HearingClock.objects.get(hearing=first).left_seconds == 360
        assert HearingClock.objects.get(hearing=second).is_running

    @pytest.mark.parametrize("minutes", ["", "0", "-3", "181", "dix", "1e3", None])
    def test_nonsense_is_refused_with_a_sentence(self, world, minutes):
        with pytest.raises(Refused) as refused:
            deliberation.start_clock(actor=world.president, hearing=world.hearings[0], minutes=minutes)
        assert refused.value.message_dict == {"minutes": ["Donnez un nombre entier de minutes, de 1 à 180."]}

    def test_a_clock_that_was_never_started_says_so(self, client_for, site, world):
        client = client_for(world.president)
        for act in ("stop", "resume", "extend"):
            answer = client.post(
                url("timer", world, world.hearings[0]), {"act": act, "minutes": "5"}, follow=True
            )
            assert "Le minuteur n'est pas lancé." in page(answer)
        assert client.post(url("timer", world, world.hearings[0]), {"act": "explose"}).status_code == 404

    def test_a_juror_does_not_hold_the_clock(self, world):
        with pytest.raises(PermissionDenied):
            deliberation.start_clock(actor=world.jurors[0], hearing=world.hearings[0], minutes=5)


class TestNotes:
    def test_they_are_kept_as_one_types_and_read_by_the_body_alone(self, client_for, site, world):
        hearing = world.hearings[0]
        kept = client_for(world.secretary).post(
            url("note", world, hearing), {"text": "La question du coût revient.", "seen_at": ""},
            headers={"hx-request": "true"},
        )  # fmt: skip
        assert "Enregistré à 9 h" in page(kept)
        note = DeliberationNote.objects.get()
        assert (note.author, note.text) == (world.secretary, "La question du coût revient.")
        assert "La question du coût revient." in page(
            client_for(world.president).get(url("room", world, hearing))
        )
        manager = page(client_for(world.manager).get(url("room", world, hearing)))
        assert "La question du coût revient." not in manager
        assert "Notes de délibération" not in manager
        with pytest.raises(PermissionDenied):
            deliberation.keep_note(actor=world.manager, hearing=hearing, text="Moi aussi.")
        world.decide_all().pronounce()
        sealed = page(client_for(world.president).get(url("minutes", world)))
        assert "La question du coût revient." not in sealed

    def test_two_windows_never_overwrite_each_other(self, client_for, site, world):
        client, hearing = client_for(world.president), world.hearings[0]
        client.post(url("note", world, hearing), {"text": "Première.", "seen_at": ""})
        seen = DeliberationNote.objects.get().saved_at
        with clock.at(START + timedelta(minutes=1)):
            client.post(url("note", world, hearing), {"text": "Deuxième.", "seen_at": seen.isoformat()})
        with clock.at(START + timedelta(minutes=2)):
            stale = client.post(
                url("note", world, hearing), {"text": "Troisième.", "seen_at": seen.isoformat()}
            )
        text = page(stale)
        assert "Vous avez écrit depuis dans une autre fenêtre : « Deuxième. »" in text
        assert "Troisième.</textarea>" in text
        assert DeliberationNote.objects.get().text == "Deuxième."

    def test_saving_often_does_not_fill_the_journal(self, world):
        for number in range(4):
            with clock.at(START + timedelta(seconds=number)):
                deliberation.keep_note(actor=world.president, hearing=world.hearings[0], text=f"Mot {number}")
        assert JournalEntry.objects.filter(verb="juries.note_kept").count() == 1

    def test_a_note_that_is_too_long_or_after_the_end_is_refused(self, world):
        with pytest.raises(Refused, match="Trop long"):
            deliberation.keep_note(actor=world.president, hearing=world.hearings[0], text="x" * 10_001)
        world.decide_all().pronounce()
        with pytest.raises(Refused, match="la délibération est finie"):
            deliberation.keep_note(actor=world.president, hearing=world.hearings[0], text="Encore.")


class TestPresence:
    def test_without_the_quorum_nothing_is_pronounced(self, client_for, site, world):
        client = client_for(world.president)
        world.decide_all()
        president = world.sitting.seats.get(user=world.president)
        client.post(url("presence", world), {"present": [str(president.pk)]})
        assert [seat.user for seat in world.sitting.seats.filter(present=True)] == [world.president]
        with pytest.raises(Refused, match="Le quorum est de 2 membres et 1 sont présents"):
            world.pronounce()
        jurors = world.sitting.seats.filter(user__in=[*world.jurors, world.president])
        client.post(url("presence", world), {"present": [str(seat.pk) for seat in jurors]})
        assert world.pronounce().number

    def test_the_president_who_left_cannot_pronounce(self, world):
        world.decide_all()
        deliberation.note_presence(actor=world.secretary, sitting=world.sitting, present=world.jurors)
        with pytest.raises(Refused, match="La présidence n’est pas notée présente"):
            world.pronounce()


class TestLateMarks:
    def test_only_with_leave_and_never_in_the_mean(self, client_for, site, world):
        hearing, juror = world.hearings[0], world.jurors[0]
        client = client_for(juror)
        assert client.get(url("late_marks", world, hearing)).status_code == 404
        with pytest.raises(Refused, match="Demandez à la présidence"):
            deliberation.change_marks_late(actor=juror, hearing=hearing, scores={"effet": 1})
        seat = world.sitting.seats.get(user=juror)
        president = client_for(world.president)
        let = president.post(url("let_late", world, hearing), {"seat": seat.pk}, follow=True)
        assert f"{juror} peut maintenant dire ses notes" in page(let)
        assert url("late_marks", world, hearing) in page(client.get(url("detail", world)))

        def figures():
            return [
                (row.total, row.median, row.rank_text)
                for row in results.board_of(world.sitting, world.president).rows
            ]

        before = figures()
        said = client.post(
            url("late_marks", world, hearing), {"probleme": "4", "equipe": "4", "effet": "1"}, follow=True
        )
        assert "comme notes après délibération" in page(said)
        assert figures() == before
        assert (
            Score.objects.get(
                evaluation__juror=juror, evaluation__hearing=hearing, criterion__key="effet"
            ).value
            == 4
        )
        change = ScoreChange.objects.get(late=True)
        assert (change.old, change.new, change.actor) == (4, 1, juror)
        room = page(president.get(url("room", world, hearing)))
        assert "Notes après délibération" in room
        assert f"{juror}, L'effet attendu : 4 puis 1, à 9 h" in room
        # Once more: from what was said last; the same mark leaves no trace.
        deliberation.change_marks_late(actor=juror, hearing=hearing, scores={"effet": 2, "equipe": 4})
        deliberation.change_marks_late(actor=juror, hearing=hearing, scores={"effet": 2})
        late = ScoreChange.objects.filter(late=True).order_by("pk").values_list("old", "new")
        assert list(late) == [(4, 1), (1, 2)]
        world.decide_all().pronounce()
        sealed = page(president.get(url("minutes", world)))
        assert "2 notes après délibération. Elles n'entrent pas dans la moyenne." in sealed
        assert str(juror) not in sealed.partition("Décisions</h2>")[2]
        with pytest.raises(Refused, match="la délibération est finie"):
            deliberation.change_marks_late(actor=juror, hearing=hearing, scores={"effet": 5})

    def test_bad_marks_are_refused_with_their_sentence(self, world):
        hearing, juror = world.hearings[0], world.jurors[0]
        deliberation.let_change_late(
            actor=world.president, hearing=hearing, seat=world.sitting.seats.get(user=juror)
        )
        for mark in ("0", "6", "", "cinq"):
            with pytest.raises(Refused) as refused:
                deliberation.change_marks_late(actor=juror, hearing=hearing, scores={"effet": mark})
            assert "choisissez une des notes proposées" in refused.value.message_dict["effet"][0]
        with pytest.raises(Refused, match="La grille a changé"):
            deliberation.change_marks_late(actor=juror, hearing=hearing, scores={"inconnu": 3})
        assert not ScoreChange.objects.filter(late=True).exists()

    def test_leave_is_given_by_who_leads_to_a_juror_with_a_voice(self, client_for, site, world):
        hearing = world.hearings[0]
        seat = world.sitting.seats.get(user=world.jurors[0])
        for someone in (world.sponsor, world.manager, world.jurors[0]):
            with pytest.raises(PermissionDenied):
                deliberation.let_change_late(actor=someone, hearing=hearing, seat=seat)
        secretary = world.sitting.seats.get(user=world.secretary)
        with pytest.raises(Refused, match="qui a une voix"):
            deliberation.let_change_late(actor=world.president, hearing=hearing, seat=secretary)
        with pytest.raises(Refused, match="Personne ne se donne"):
            deliberation.let_change_late(
                actor=world.president,
                hearing=hearing,
                seat=world.sitting.seats.get(user=world.president),
            )
        client = client_for(world.president)
        for nonsense in ("", "abc", "999999", "²"):
            answer = client.post(url("let_late", world, hearing), {"seat": nonsense}, follow=True)
            assert "Choisissez un membre de ce jury" in page(answer)
        assert not LateLeave.objects.exists()


def test_who_stands_aside_reads_nothing_of_that_project(client_for, site):
    with clock.at(START):
        world = make.World(projects=2, jurors=2, starts_at=START).open_scoring()
        scoring.recuse(actor=world.president, hearing=world.hearings[0])
        for hearing in world.hearings:
            for juror in world.jurors:
                world.give(juror, hearing, 5, 5, 5)
        world.deliberate()
        text = page(client_for(world.president).get(url("room", world, world.hearings[0])))
        assert "Vous êtes en déport sur ce projet" in text
        assert "5,0" not in text
        assert "Lancer le minuteur" not in text
        with pytest.raises(PermissionDenied):
            deliberation.start_clock(actor=world.president, hearing=world.hearings[0], minutes=5)
        with pytest.raises(PermissionDenied):
            decisions.prepare_decision(
                actor=world.president, hearing=world.hearings[0], outcome="retain", reason="Parce que oui."
            )
        assert not Decision.objects.exists()
