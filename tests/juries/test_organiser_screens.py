"""For whoever runs a sitting: how far each juror is, dossiers and grids on paper, how marks have changed."""

import html
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from incubator.core import clock
from incubator.core.models import JournalEntry, Refused
from juries import queries
from juries.domain import grids, paper, progress, results, scoring, sittings
from juries.enums import MarkChannel, SeatRole
from juries.models import Evaluation, ScoreChange
from tests.factories import juries as make

pytestmark = pytest.mark.django_db

MONDAY = make.at(2026, 3, 2)
FOLLOW_QUERIES, PACK_QUERIES, HISTORY_QUERIES = 9, 11, 10
PAPER = {"probleme": "5", "equipe": "4", "effet": "3"}


def text_of(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, world, *args) -> str:
    return reverse(f"juries:{name}", args=[world.sitting.code, *args])


def seat_of(world, user):
    return world.sitting.seats.get(user=user)


def with_secretary(world):
    world.secretary = make.person("Secrétaire")
    sittings.add_seat(
        actor=world.manager, sitting=world.sitting, user=world.secretary, role=SeatRole.SECRETARY
    )
    return world


# -- How far each juror is ---------------------------------------------------------------------------------


def test_each_juror_s_dossiers_are_counted_once(client_for, site):
    with clock.at(MONDAY):
        world = make.World(projects=4, jurors=2).open_scoring()
        busy, late = world.jurors
        first, second, third, fourth = world.hearings
        world.give(busy, first, 4, 4, 4)
        scoring.pass_for_now(actor=busy, hearing=second)
        scoring.save_scores(actor=busy, hearing=third, scores={"effet": 2})
        scoring.recuse(actor=busy, hearing=fourth)
        rows = {
            row.seat.user: row for row in progress.progress_of(world.sitting, list(world.sitting.seats.all()))
        }
    row = rows[busy]
    assert (row.expected, row.given, row.passed, row.begun, row.recused, row.left) == (3, 1, 1, 1, 1, 2)
    assert row.minutes_left == 2  # 2 × (8 words ÷ 230 × 60 s + 30 s) = 64 s
    assert row.last_act == MONDAY
    assert (rows[late].left, rows[late].last_act) == (4, None)
    text = text_of(client_for(world.manager).get(url("follow", world)))
    assert "Évaluations données : 1 sur 11" in text
    assert "2 dossiers, environ 2 min" in text
    assert "lundi 2 mars 2026 à 9 h" in text
    assert "Relancer ceux qui n'ont pas fini" in text


@pytest.mark.parametrize("projects", [1, 3])
def test_following_costs_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects, jurors=projects).open_scoring().everyone_scores()
    client = client_for(world.manager)
    address = url("follow", world)
    with assert_queries(FOLLOW_QUERIES):
        assert client.get(address).status_code == 200


# -- The pack ----------------------------------------------------------------------------------------------


def test_the_pack_holds_the_juror_s_dossiers_in_their_order_with_a_grid_each(client_for, site):
    world = make.World(projects=3, jurors=1).open_scoring()
    juror = world.jurors[0]
    scoring.recuse(actor=juror, hearing=world.hearings[1])
    order = queries.reading_list(world.sitting, juror)
    text = text_of(client_for(juror).get(url("pack", world, seat_of(world, juror).pk)))
    titles = list(order.titles.values())
    assert len(titles) == 2
    assert world.projects[1].title not in text
    places = [text.index(f"<h2>{title}</h2>") for title in titles]
    assert places == sorted(places)
    assert text.count("jr-pack__criterion") == 2 * len(make.CRITERIA)
    assert "Un problème qui se répète chaque semaine." in text
    assert "2 dossiers, dans votre ordre de lecture" in text


def test_only_the_juror_and_who_hands_them_out_print_a_pack(client_for, site):
    world = with_secretary(make.World(projects=1, jurors=2))
    one, other = world.jurors
    address = url("pack", world, seat_of(world, one).pk)
    answer = client_for(world.manager).get(address, follow=True)
    assert "Les dossiers sont figés à l'ouverture de la notation" in text_of(answer)
    world.open_scoring()
    for user, status in (
        (one, 200), (world.manager, 200), (world.secretary, 200), (other, 404), (world.president, 404),
        (make.person(), 404),
    ):  # fmt: skip
        assert client_for(user).get(address).status_code == status, user
    secretary = url("pack", world, seat_of(world, world.secretary).pk)
    assert client_for(world.manager).get(secretary).status_code == 404  # no voice, no dossier to score


@pytest.mark.parametrize("projects", [1, 3])
def test_a_pack_costs_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects, jurors=1).open_scoring()
    address = url("pack", world, seat_of(world, world.jurors[0]).pk)
    client = client_for(world.jurors[0])
    with assert_queries(PACK_QUERIES):
        assert client.get(address).status_code == 200


# -- Paper grids entered afterwards ------------------------------------------------------------------------


def test_a_paper_grid_counts_in_the_juror_s_name_and_says_who_entered_it(client_for, site):
    world = with_secretary(make.World(projects=1, jurors=1)).open_scoring()
    juror, hearing = world.jurors[0], world.hearings[0]
    seat = seat_of(world, juror)
    client = client_for(world.secretary)
    assert "aucune note pour l'instant" in text_of(client.get(url("paper_list", world, seat.pk)))
    answer = client.post(
        url("paper_grid", world, seat.pk, hearing.uuid), {**PAPER, "comment": "Au crayon."}, follow=True
    )
    assert "est saisie" in text_of(answer)
    assert "saisi d'après papier" in text_of(answer)
    evaluation = Evaluation.objects.get()
    assert (evaluation.juror, evaluation.entered_by, evaluation.channel) == (
        juror,
        world.secretary,
        MarkChannel.PAPER,
    )
    assert evaluation.submitted_at is not None
    assert evaluation.comment == "Au crayon."
    changes = ScoreChange.objects.order_by("score__criterion__position")
    assert list(changes.values_list("actor", "old", "new")) == [
        (world.secretary.pk, None, mark) for mark in (5, 4, 3)
    ]
    assert JournalEntry.objects.filter(verb="juries.paper_entered", actor=world.secretary).count() == 1
    board = results.board_of(world.sitting, world.manager)
    assert board.given == 1
    row = next(
        row
        for row in progress.progress_of(world.sitting, list(world.sitting.seats.all()))
        if row.seat.user == juror
    )
    assert row.from_paper == 1
    # the juror reads that it was entered for them, and by whom
    score = reverse("juries:score", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    assert "Notes saisies d'après papier par Secrétaire" in text_of(client_for(juror).get(score))
    own = reverse("juries:own_history", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    assert text_of(client_for(juror).get(own)).count("saisi d'après papier par Secrétaire") == 3


def test_paper_never_goes_over_the_juror_s_own_later_mark_unasked(client_for, site):
    world = with_secretary(make.World(projects=1, jurors=1)).open_scoring()
    juror, hearing = world.jurors[0], world.hearings[0]
    seat = seat_of(world, juror)
    address = url("paper_grid", world, seat.pk, hearing.uuid)
    client = client_for(world.secretary)
    client.post(address, PAPER)
    client.post(address, {**PAPER, "effet": "2"})  # misread: corrected without a question
    world.give(juror, hearing, 1, 4, 2)  # then the juror changes one on the screen
    assert Evaluation.objects.get().channel == MarkChannel.SCREEN
    text = text_of(client.post(address, PAPER))
    assert (
        "a noté à l'écran depuis : Le problème : 1 à l'écran, 5 sur le papier · L'effet attendu : 2 à l'écran, 3"
        in text
    )
    assert "c'est le papier qui compte" in text
    kept = Evaluation.objects.get().scores.order_by("criterion__position").values_list("value", flat=True)
    assert list(kept) == [1, 4, 2]
    client.post(address, {**PAPER, "replace": "on"})
    assert list(kept.all()) == [5, 4, 3]
    last = ScoreChange.objects.order_by("-pk").first()
    assert (last.actor, last.new) == (world.secretary, 3)


def test_the_marks_of_a_paper_grid_are_checked_like_the_others(client_for, site):
    world = with_secretary(make.World(projects=2, jurors=1)).open_scoring()
    juror = world.jurors[0]
    seat = seat_of(world, juror)
    address = url("paper_grid", world, seat.pk, world.hearings[0].uuid)
    client = client_for(world.secretary)
    text = text_of(client.post(address, {**PAPER, "effet": "7"}))
    assert "choisissez une note de 1 à 5" in text
    assert 'value="4" id="equipe-4" checked' in text
    assert "Choisissez une note pour « L'effet attendu »" in text_of(
        client.post(address, {"probleme": "4", "equipe": "3"})
    )
    scoring.recuse(actor=juror, hearing=world.hearings[1])
    with pytest.raises(Refused, match="son papier ne compte pas"):
        paper.enter_paper_marks(actor=world.manager, seat=seat, hearing=world.hearings[1], scores=PAPER)
    for stranger in (juror, world.president, make.person()):
        with pytest.raises(PermissionDenied):
            paper.enter_paper_marks(actor=stranger, seat=seat, hearing=world.hearings[0], scores=PAPER)
        assert client_for(stranger).post(address, PAPER).status_code == 404
    assert not Evaluation.objects.exists()


def test_paper_is_taken_after_the_deadline_and_not_after_the_deliberation_has_begun(site):
    close = clock.now() + timedelta(hours=1)
    world = make.World(projects=1, jurors=2, scores_close_at=close).open_scoring()
    seats = [seat_of(world, juror) for juror in world.jurors]
    with clock.at(close + timedelta(hours=1)):
        with pytest.raises(Refused, match="ouvertes jusqu"):
            world.give(world.jurors[0], world.hearings[0], 3, 3, 3)
        paper.enter_paper_marks(actor=world.manager, seat=seats[0], hearing=world.hearings[0], scores=PAPER)
        world.deliberate()
        with pytest.raises(Refused, match="délibération a commencé"):
            paper.enter_paper_marks(
                actor=world.manager, seat=seats[1], hearing=world.hearings[0], scores=PAPER
            )
    assert Evaluation.objects.count() == 1


def test_a_yes_or_no_is_asked_as_such_on_the_screen_and_on_paper(client_for, site):
    world = make.World(projects=1, jurors=1)
    criteria = [*make.CRITERIA, {"key": "temps", "label": "Le temps est accordé", "kind": "yes_no"}]
    grids.revise_grid(actor=world.manager, grid=world.grid.grid, criteria=criteria)
    world.sitting.refresh_from_db()
    world.open_scoring()
    juror, hearing = world.jurors[0], world.hearings[0]
    address = reverse("juries:score", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    client = client_for(juror)
    text = text_of(client.get(address))
    assert 'value="1" id="temps-1"' in text
    assert 'value="0" id="temps-0"' in text
    assert '<span class="jr-mark__value">Oui</span>' in text
    assert 'id="temps-5"' not in text
    refused = client.post(address, {"temps": "5"}, headers={"Accept": "application/json"})
    assert "choisissez oui ou non" in refused.json()["refused"][0]
    client.post(address, {**PAPER, "temps": "0", "give": "1"})
    assert Evaluation.objects.get().submitted_at is not None
    assert 'value="0" id="temps-0" checked' in text_of(client.get(address))
    own = reverse("juries:own_history", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    assert "Le temps est accordé · note donnée : non" in text_of(client.get(own))
    pack = text_of(client.get(url("pack", world, seat_of(world, juror).pk)))
    assert "<strong>Non</strong>" in pack


# -- How marks have changed --------------------------------------------------------------------------------


def test_a_juror_reads_what_they_have_marked_and_nobody_else_does(client_for, site):
    world = make.World(projects=1, jurors=2).open_scoring()
    juror, hearing = world.jurors[0], world.hearings[0]
    own = reverse("juries:own_history", kwargs={"code": world.sitting.code, "hearing": hearing.uuid})
    assert client_for(juror).get(own).status_code == 404
    with clock.at(MONDAY):
        world.give(juror, hearing, 4, 4, 4)
    with clock.at(MONDAY + timedelta(minutes=20)):
        world.give(juror, hearing, 4, 2, 4)
    text = text_of(client_for(juror).get(own))
    assert "L'équipe · note donnée : 4" in text
    assert "L'équipe · de 4 à 2" in text
    assert text.index("note donnée : 4") < text.index("de 4 à 2")
    assert "lundi 2 mars 2026 à 9 h 20" in text
    for other in (world.jurors[1], world.president, world.manager):
        assert client_for(other).get(own).status_code == 404


def test_staff_read_the_changes_once_marks_are_sealed_and_each_reading_is_journaled(client_for, site):
    world = make.World(projects=2, jurors=1).open_scoring().everyone_scores()
    juror = world.jurors[0]
    for hearing in world.hearings:
        world.give(juror, hearing, 4, 4, 1)
    address = url("history", world)
    assert client_for(world.president).get(address).status_code == 404
    scoring.recuse(actor=world.president, hearing=world.hearings[1])
    world.deliberate()
    text = text_of(client_for(world.president).get(address))
    assert "de 4 à 1" in text
    assert "Projet A" in text
    assert "Projet B" not in text  # the president stands aside from it
    assert "Projet B" in text_of(client_for(world.manager).get(address))
    assert JournalEntry.objects.filter(verb="juries.history_read").count() == 2
    for stranger in (juror, world.sponsor, make.person()):
        assert client_for(stranger).get(address).status_code == 404


@pytest.mark.parametrize("projects", [1, 3])
def test_the_history_costs_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects, jurors=1).open_scoring().everyone_scores()
    for hearing in world.hearings:
        world.give(world.jurors[0], hearing, 1, 1, 1)
    world.deliberate()
    client = client_for(world.president)
    address = url("history", world)
    with assert_queries(HISTORY_QUERIES):
        assert client.get(address).status_code == 200
