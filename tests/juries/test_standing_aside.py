"""Whoever stands aside from a project learns nothing of where it stands: not by a gap, a line, a zone or a file."""

import html
import json

import pytest
from django.urls import reverse

from juries import score_columns
from juries.domain import results, scoring
from tests.factories import juries as make
from tools import recompute_rank

pytestmark = pytest.mark.django_db


def world_where_the_hidden_project_has(mark: int):
    """Four projects for two places; the president stands aside from the second, which the jurors mark ``mark``."""
    world = make.World(projects=4, jurors=3, places=2).open_scoring()
    scoring.recuse(actor=world.president, hearing=world.hearings[1])
    for hearing, given in zip(world.hearings, (5, mark, 3, 2), strict=True):
        for number, user in enumerate(world.everyone):
            if (user, hearing) != (world.president, world.hearings[1]):
                shift = 1 if number == 1 and hearing == world.hearings[2] else 0
                world.give(user, hearing, given, min(5, given + shift), given)
    return world


def what_is_read(board) -> tuple:
    rows = [
        (
            row.title,
            row.rank,
            row.moves,
            row.in_list,
            row.in_zone,
            row.cut_below,
            row.total,
            row.adjusted,
            row.hidden,
        )
        for row in board.rows
    ]
    severities = [(one.severity, one.given, one.expected) for one in board.progress]
    return rows, severities, board.sentence, board.adjusted_note, board.zone_titles


def test_the_board_is_the_same_wherever_the_hidden_project_stands():
    boards = [
        results.board_of(world.sitting, world.president)
        for world in map(world_where_the_hidden_project_has, (1, 3, 4, 5))
    ]
    assert len({str(what_is_read(board)) for board in boards}) == 1
    rows = {row.title: row for row in boards[0].rows}
    assert [rows[f"Projet {letter}"].rank for letter in "ACD"] == [1, 2, 3]
    assert rows["Projet C"].cut_below
    hidden = rows["Projet B"]
    assert (hidden.rank, hidden.total, hidden.n, hidden.marks) == (None, "·", 3, "3 sur 3")


def test_who_does_not_stand_aside_reads_the_whole_list_and_so_does_everyone_afterwards():
    world = world_where_the_hidden_project_has(4)
    ranks = {row.title: row.rank for row in results.board_of(world.sitting, world.manager).rows}
    assert ranks == {"Projet A": 1, "Projet B": 2, "Projet C": 3, "Projet D": 4}
    world.deliberate()
    for hearing in world.hearings:
        type(hearing).objects.filter(pk=hearing.pk).update(closed_at=None)
    world.sitting.state = "pronounced"
    assert {row.title: row.rank for row in results.board_of(world.sitting, world.president).rows} == ranks


def test_the_page_says_so_and_the_room_gives_the_same_rank(client_for, site):
    world = world_where_the_hidden_project_has(5)
    client = client_for(world.president)
    page = html.unescape(client.get(reverse("juries:results", args=[world.sitting.code])).content.decode())
    assert "entre les autres" in page
    world.deliberate()
    room = client.get(reverse("juries:room", args=[world.sitting.code, world.hearings[2].uuid]))
    assert room.context["figures"].rank_text == "2"
    assert (
        client.get(reverse("juries:room", args=[world.sitting.code, world.hearings[1].uuid])).context[
            "figures"
        ]
        is None
    )
    board = client.get(reverse("juries:decisions", args=[world.sitting.code]))
    ranks = {row["hearing"].dossier["title"]: row["figures"].rank for row in board.context["rows"]}
    assert ranks == {"Projet A": 1, "Projet B": None, "Projet C": 2, "Projet D": 3}


def test_the_files_hold_the_ranks_of_the_others_among_themselves(client_for, site):
    files = []
    for mark in (1, 5):
        world = world_where_the_hidden_project_has(mark)
        answer = client_for(world.president).get(reverse("juries:scores_json", args=[world.sitting.code]))
        content = b"".join(answer.streaming_content)
        computed, published, _titles = recompute_rank.READERS[".json"](content)
        assert computed == published == {1: 1, 3: 2, 4: 3}
        files.append(
            [(one["rank"], one["mean"], one["kept_by_the_means"]) for one in json.loads(content)["result"]]
        )
    assert files[0] == files[1]


def test_the_columns_of_the_applications_follow(monkeypatch):
    world = world_where_the_hidden_project_has(5).deliberate()
    call = type("Call", (), {"cohort_id": world.cohort.pk})
    columns = score_columns.score_columns(world.president, call)
    ranks = [
        columns.values(type("Application", (), {"project_id": project.pk}))[1] for project in world.projects
    ]
    assert ranks == [1, None, 2, 3]
