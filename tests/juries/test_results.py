"""The board of results: what is said, to whom, and computed once for each change of the marks."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import translation

from incubator.core.models import JournalEntry
from juries.domain import figures as figures_module
from juries.domain import scoring
from juries.domain.figures import compute, figures_of, state_of
from juries.domain.results import board_of
from juries.enums import CriterionKind
from juries.models import Assignment, ResultsSnapshot
from tests.factories import juries as make

pytestmark = pytest.mark.django_db


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, world):
    return reverse(f"juries:{name}", kwargs={"code": world.sitting.code})


def board(world, reader=None):
    world.sitting.refresh_from_db()
    with translation.override("en"):  # a page that was asked for before may have left its language
        return board_of(world.sitting, reader or world.manager)


def give_all(world, marks):
    """``marks``: a line for each hearing, a mark (or None) for the president and each juror."""
    for hearing, line in zip(world.hearings, marks, strict=True):
        for user, mark in zip(world.everyone, line, strict=True):
            if mark is not None:
                world.give(user, hearing, mark, mark, mark)
    return world


# -- Computed once ---------------------------------------------------------------------------------------------


def test_figures_are_computed_once_for_each_change(monkeypatch):
    computed = []

    def counting(sitting, hearings):
        computed.append(1)
        return compute(sitting, hearings)

    monkeypatch.setattr(figures_module, "compute", counting)
    world = make.World(projects=2, jurors=2).open_scoring()
    board(world)
    assert not ResultsSnapshot.objects.exists()  # nothing to keep yet
    computed.clear()
    world.give(world.jurors[0], world.hearings[0], 4, 4, 4)
    first = board(world)
    again = board(world)
    assert len(computed) == 1
    assert [row.total for row in again.rows] == [row.total for row in first.rows] == ["4.0", "–"]
    acts = [
        lambda: world.give(world.jurors[1], world.hearings[0], 2, 2, 2),  # a new evaluation
        lambda: world.give(world.jurors[1], world.hearings[0], 2, 3, 2),  # a mark changed
        lambda: world.give(world.jurors[1], world.hearings[0], 2, 2, 2),  # and changed back
        lambda: scoring.save_scores(
            actor=world.president, hearing=world.hearings[1], scores={"effet": 1}
        ),  # a draft: the progress changes
        lambda: scoring.recuse(actor=world.jurors[1], hearing=world.hearings[0]),
        lambda: type(world.sitting).objects.filter(pk=world.sitting.pk).update(places=1),
    ]
    for act in acts:
        computed.clear()
        act()
        changed = board(world)
        board(world)
        assert len(computed) == 1
        fresh = compute(world.sitting, state_of(world.sitting).hearings)
        fresh.computed_at = changed.figures.computed_at
        assert changed.figures == fresh
    assert ResultsSnapshot.objects.count() == 1


def test_what_is_stored_is_what_was_computed():
    world = make.World(projects=4, jurors=3, places=2).open_scoring()
    give_all(world, [[5, 4, None, 3], [2, 2, 5, None], [None, 1, 1, 2], [3, 3, 4, 4]])
    state, fresh = figures_of(world.sitting)
    again, stored = figures_of(world.sitting)
    assert (again.hearings, stored) == (state.hearings, fresh)
    assert again.stored == again.fingerprint == state.fingerprint
    assert compute(world.sitting, state.hearings).as_json() == fresh.as_json()


def test_no_name_stands_in_what_the_list_depends_on():
    world = make.World(projects=3, jurors=2, places=1).open_scoring()
    give_all(world, [[5, 5, 1], [4, 4, 4], [1, 1, 1]])
    shown = board(world)
    assert shown.figures.changing == 1
    stored = ResultsSnapshot.objects.get().data
    assert stored["list"] == [1, 3, 1, False]  # places, jurors, how many matter, a tie at the cut


# -- What the page says ----------------------------------------------------------------------------------------


def test_the_cut_line_and_the_zone(client_for, site):
    world = make.World(projects=4, jurors=2, places=2).open_scoring()
    # means 5, 11/3, 10/3, 1: without the second juror the third project passes the second
    give_all(world, [[5, 5, 5], [3, 3, 5], [4, 4, 2], [1, 1, 1]])
    text = page(client_for(world.manager).get(url("results", world)))
    assert (
        "En retirant un membre, la liste change (c'est vrai pour 1 membre sur 3), autour des rangs 2 à 3"
    ) in text
    assert "À discuter d'abord : Projet B, Projet C." in text
    table = re.search(r"<tbody><tr.*?</tbody>", text, re.S)[0]
    rows = re.findall(r"<tr.*?</tr>", table, re.S)
    assert [re.search(r"Projet \w|selon les moyennes", row)[0] for row in rows] == [
        "Projet A", "Projet B", "selon les moyennes", "Projet C", "Projet D",
    ]  # fmt: skip
    assert ['class="jr-zone"' in row for row in rows] == [False, True, False, True, False]
    assert "2 places : selon les moyennes, la liste s'arrête ici." in rows[2]
    assert "cette page ne retient et n'écarte aucun projet" in text


def test_a_tie_at_the_cut_is_said_without_blaming_a_juror():
    world = make.World(projects=3, jurors=1, places=2).open_scoring()
    give_all(world, [[5, 5], [3, 3], [3, 3]])
    shown = board(world)
    assert shown.sentence == (
        "2 projects share rank 2, where the list ends: talk about these projects first."
    )
    assert [row.cut_below for row in shown.rows] == [False, False, False]  # all three are on the list
    assert [row.rank_text for row in shown.rows] == ["1", "2, tied", "2, tied"]


def test_where_the_body_does_not_choose_the_disputed_projects_come_first():
    world = make.World(projects=3, jurors=2).open_scoring()
    give_all(world, [[5, 3, 2], [4, 4, 4], [3, 4, 4]])
    shown = board(world)
    assert shown.sentence == "The jurors are far apart on 1 project: talk about it first."
    assert [row.title for row in shown.zone] == ["Projet A"]


def test_the_adjusted_rank_stands_only_where_readers_differ(client_for, site):
    world = make.World(projects=3, jurors=2).open_scoring()
    # The second juror is two points more severe and read A and B; the first read B and C.
    give_all(world, [[5, None, 3], [4, 4, 2], [4, 4, None]])
    shown = board(world)
    assert [(row.title, row.total, row.rank_text, row.adjusted) for row in shown.rows] == [
        ("Projet A", "4.0", "1, tied", ""),
        ("Projet C", "4.0", "1, tied", "2"),
        ("Projet B", "3.3", "3", "2"),
    ]
    assert shown.rows[1].why_adjusted == "read by more generous jurors: 0.7 point"
    assert shown.adjusted_note.startswith("Not everybody scored every project. If the same jurors")
    text = page(client_for(world.manager).get(url("results", world)))
    assert "À lecteurs comparables, rang 2 : lu par des membres plus généreux : 0,7 point." in text
    world.give(world.jurors[0], world.hearings[0], 5, 5, 5)
    world.give(world.jurors[1], world.hearings[2], 2, 2, 2)
    complete = board(world)
    assert not complete.shows_adjusted
    assert complete.adjusted_note.startswith("One juror marks far from the others. As everybody")
    assert [one.is_atypical for one in complete.progress] == [False, False, True]


def test_groups_that_share_no_project_are_not_compared():
    world = make.World(projects=2, jurors=3).open_scoring()
    give_all(world, [[5, 5, None, None], [None, None, 2, 2]])
    shown = board(world)
    assert shown.adjusted_note.startswith("The jurors form 2 groups that have no project in common")
    assert not shown.shows_adjusted


def test_a_board_where_everybody_stands_aside(client_for, site):
    world = make.World(projects=1, jurors=1).open_scoring()
    for user in world.everyone:
        scoring.recuse(actor=user, hearing=world.hearings[0])
    shown = board(world)
    (row,) = shown.rows
    assert (row.n, row.total, row.rank_text, row.expected) == (0, "–", "–", 0)
    assert shown.sentence == "Too few marks are given to say how firm the list is."
    assert client_for(world.manager).get(url("results", world)).status_code == 200


def test_the_map_of_a_large_sitting_is_read_by_page(client_for, site, assert_queries):
    world = make.World(projects=21, jurors=2, places=20).open_scoring()
    give_all(world, [[4, 4, 4]] * 19 + [[3, 3, 4], [4, 4, 1]])
    scoring.recuse(actor=world.president, hearing=world.hearings[0])
    client = client_for(world.manager)
    assert "Qui a donné quoi" in page(client.get(url("results", world)))
    with assert_queries(9):
        answer = client.get(url("heat", world))
    heat = answer.context["heat"]
    assert len(heat.rows) == 20
    # the two around the cut come first, then the others by rank
    assert [row.title for row in heat.rows[:3]] == ["Projet T", "Projet U", "Projet A"]
    assert [row.in_zone for row in heat.rows[:3]] == [True, True, False]
    assert JournalEntry.objects.filter(verb="juries.results_read", actor=world.manager).count() == 2
    last = client.get(url("heat", world), {"page": "2"}).context["heat"]
    assert len(last.rows) == 1


def test_the_map_stays_shut_until_one_s_own_marks_are_given(client_for, site):
    world = make.World(projects=1, jurors=1).open_scoring()
    answer = client_for(world.president).get(url("heat", world))
    assert (answer.status_code, answer.url) == (302, url("results", world))
    assert not JournalEntry.objects.filter(verb="juries.results_read").exists()


@pytest.mark.parametrize("projects", [1, 3])
def test_the_board_costs_nine_queries_and_one_more_after_a_change(client_for, site, assert_queries, projects):
    world = make.World(projects=projects, jurors=projects, places=1).open_scoring().everyone_scores()
    client = client_for(world.manager)
    with assert_queries(10):
        client.get(url("results", world))
    with assert_queries(9):
        client.get(url("results", world))
    with assert_queries(9):
        client.get(url("heat", world))


def test_in_an_anonymous_reading_the_board_shows_the_redacted_titles():
    world = make.World(projects=1, jurors=1, names_hidden=True).open_scoring().everyone_scores()
    type(world.hearings[0]).objects.update(dossier={"title": "Projet ▮"})
    assert [row.title for row in board(world, world.president).rows] == ["Projet ▮"]
    assert [row.title for row in board(world).rows] == ["Projet A"]  # the manager knows, and judges nothing
    world.deliberate()
    assert [row.title for row in board(world, world.president).rows] == ["Projet A"]


def test_where_each_project_has_its_readers_only_they_are_expected():
    world = make.World(projects=2, jurors=2, readers_each=2).open_scoring()
    seats = {seat.user: seat for seat in world.sitting.seats.select_related("user")}
    Assignment.objects.all().delete()
    for hearing, readers in zip(
        world.hearings, ([world.president, world.jurors[0]], world.jurors), strict=True
    ):
        for user in readers:
            Assignment.objects.create(seat=seats[user], hearing=hearing)
    world.give(world.jurors[0], world.hearings[0], 4, 4, 4)
    shown = board(world)
    assert [(row.n, row.expected) for row in shown.rows] == [(1, 2), (0, 2)]
    assert [(one.given, one.expected) for one in shown.progress] == [(0, 1), (1, 2), (0, 1)]


def test_a_yes_or_no_is_counted_and_enters_no_mean(client_for, site):
    world = make.World(projects=1, jurors=2)
    criterion = world.grid.criteria.get(key="effet")
    criterion.kind = CriterionKind.YES_NO
    criterion.save()
    world.open_scoring()
    for user, marks in zip(world.everyone, ((5, 3, 1), (3, 3, 0), (1, 3, 1)), strict=True):
        world.give(user, world.hearings[0], *marks)
    (row,) = board(world).rows
    assert (row.total, row.means, row.answers) == ("3.0", ["3.0", "3.0"], ["2 yes of 3"])
    text = page(client_for(world.manager).get(url("results", world)))
    assert "2 oui sur 3" in text
    assert "Un oui ou non est compté et n'entre dans aucune moyenne." in text
