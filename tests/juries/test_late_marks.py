"""Marks after the deliberation began: with leave, beside the others, shown as late on the board and in the exports."""

import csv
import html
import io
import json
from copy import deepcopy

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from incubator.core.models import Refused
from juries.domain import deliberation, results, scoring, sittings
from juries.enums import SeatRole
from juries.models import Evaluation, Score, ScoreChange
from tests.factories import juries as make
from tools import recompute_rank

pytestmark = pytest.mark.django_db

FIRST = {"probleme": "5", "equipe": "4", "effet": "5"}


def make_world() -> make.World:
    """Two projects, a president, a secretary and two jurors; the second gives no mark on the first project."""
    world = make.World(projects=2, jurors=2)
    world.secretary = make.person("Secrétaire")
    sittings.add_seat(
        actor=world.manager, sitting=world.sitting, user=world.secretary, role=SeatRole.SECRETARY
    )
    world.open_scoring()
    for hearing in world.hearings:
        for user in world.everyone:
            if (user, hearing) != (world.jurors[1], world.hearings[0]):
                world.give(user, hearing, 3, 3, 3)
    scoring.save_scores(actor=world.jurors[1], hearing=world.hearings[0], scores={"probleme": 1})
    return world.deliberate()


@pytest.fixture(scope="module")
def made(written_once):
    with written_once(make_world) as world:
        yield world


@pytest.fixture
def world(made, db):
    return deepcopy(made)


def let(world, user, by=None, hearing=None):
    seat = world.sitting.seats.get(user=user)
    return deliberation.let_change_late(
        actor=by or world.president, hearing=hearing or world.hearings[0], seat=seat
    )


def say(world, user, scores):
    return deliberation.change_marks_late(actor=user, hearing=world.hearings[0], scores=scores)


def text_of(client, name, world, *hearing) -> str:
    answer = client.get(reverse(f"juries:{name}", args=[world.sitting.code, *(one.uuid for one in hearing)]))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode()).replace("\u00a0", " ")


def test_a_first_mark_is_said_late_for_each_criterion_and_enters_no_mean(world):
    silent = world.jurors[1]
    before = results.board_of(world.sitting, world.manager)
    with pytest.raises(Refused):
        say(world, silent, FIRST)
    let(world, silent)
    with pytest.raises(Refused) as refused:
        say(world, silent, {"probleme": "5"})
    assert set(refused.value.message_dict) == {"equipe", "effet"}
    assert not ScoreChange.objects.exists()
    changes = say(world, silent, FIRST)
    # The draft was never said: there is no mark before the late one.
    assert sorted((one.score.criterion.key, one.old, one.new, one.late) for one in changes) == [
        ("effet", None, 5, True),
        ("equipe", None, 4, True),
        ("probleme", None, 5, True),
    ]
    assert Evaluation.objects.get(hearing=world.hearings[0], juror=silent).submitted_at is None
    assert sorted(
        Score.objects.filter(evaluation__juror=silent, evaluation__hearing=world.hearings[0]).values_list(
            "criterion__key", "value"
        ),
        key=str,
    ) == [("effet", None), ("equipe", None), ("probleme", 1)]
    board = results.board_of(world.sitting, world.manager)
    for pk, result in before.results.items():
        assert (board.results[pk].n, board.results[pk].total) == (result.n, result.total)
    progress = next(one for one in board.progress if one.seat.user == silent)
    assert (progress.given, progress.begun, progress.late) == (1, 0, 1)
    (again,) = say(world, silent, {"effet": "2"})
    assert (again.old, again.new) == (5, 2)
    assert say(world, silent, {"effet": "2"}) == []


def test_president_and_secretary_let_and_nobody_lets_themselves(world):
    let(world, world.jurors[1], by=world.secretary)
    let(world, world.president, by=world.secretary)
    with pytest.raises(Refused):
        let(world, world.president)
    for stranger in (world.jurors[0], world.manager, world.sponsor):
        with pytest.raises(PermissionDenied):
            let(world, world.jurors[1], by=stranger)


def test_a_dossier_given_to_other_readers_gets_no_late_mark():
    world = make.World(projects=2, jurors=2, readers_each=1, min_readers=1).open_scoring()
    hearing = world.hearings[0]
    reader = hearing.assignments.get().seat.user
    other = next(user for user in world.jurors if user != reader)
    world.deliberate()
    leader = world.president
    if reader != leader:
        let(world, reader, hearing=hearing)
    with pytest.raises(Refused) as refused:
        let(world, other, hearing=hearing)
    assert "a été confié à d’autres" in refused.value.message_dict["seat"][0]


def test_the_juror_says_them_on_a_page_and_then_reads_those_of_the_others(client_for, site, world):
    silent, hearing = world.jurors[1], world.hearings[0]
    let(world, silent)
    client = client_for(silent)
    address = reverse("juries:late_marks", args=[world.sitting.code, hearing.uuid])
    assert address in text_of(client, "detail", world)
    assert "Vous pouvez encore donner vos notes" in text_of(client, "late_marks", world, hearing)
    assert str(world.president) not in text_of(client, "score", world, hearing)
    answer = client.post(address, {**FIRST, "equipe": ""})
    assert answer.status_code == 200
    assert not ScoreChange.objects.exists()
    assert client.post(address, FIRST).status_code == 302
    assert ScoreChange.objects.filter(late=True).count() == 3
    assert f'<th scope="row">{world.president}</th>' in text_of(client, "score", world, hearing)
    seen_by_others = text_of(client_for(world.jurors[0]), "score", world, hearing)
    assert "(après délibération : 5)" in seen_by_others


def test_the_board_shows_them_as_late_with_one_query_more(client_for, site, world, assert_queries):
    let(world, world.jurors[1])
    let(world, world.jurors[0])
    say(world, world.jurors[1], FIRST)
    say(world, world.jurors[0], {"effet": "1"})
    client = client_for(world.manager)
    text = text_of(client, "results", world)
    assert "4 après délibération, hors de la moyenne" in text
    assert f"{world.jurors[1]}, Le problème : 5, première note, à" in text
    assert f"{world.jurors[0]}, L'effet attendu : 3 puis 1, à" in text
    assert "et 1 après délibération" in text
    with assert_queries(10):
        text_of(client, "results", world)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_exports_hold_them_apart_and_the_rank_is_still_computed_again(client_for, site, world, form):
    let(world, world.jurors[1])
    say(world, world.jurors[1], FIRST)
    answer = client_for(world.manager).get(reverse(f"juries:scores_{form}", args=[world.sitting.code]))
    content = b"".join(answer.streaming_content)
    computed, published, _titles = recompute_rank.READERS[f".{form}"](content)
    assert computed == published == {1: 1, 2: 1}
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        late = [row for row in rows[1:] if row[-2]]
        assert sorted((row[1], row[2], row[4], row[-2]) for row in late) == sorted(
            (str(world.jurors[1]), one["label"], "", FIRST[one["key"]]) for one in make.CRITERIA
        )
    if form == "json":
        late = json.loads(content)["late_marks"]
        assert sorted((one["project"], one["juror"], one["first"], one["mark"]) for one in late) == [
            (1, 3, None, 4), (1, 3, None, 5), (1, 3, None, 5),
        ]  # fmt: skip
