"""The results, their map and their exports, through HTTP, in a constant number of queries."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.core import clock
from incubator.core.models import JournalEntry
from juries.domain import scoring, sittings
from juries.models import Hearing
from projects.enums import Gate
from projects.models import Project
from tests.factories import juries as make

pytestmark = pytest.mark.django_db


def page(answer) -> str:
    return html.unescape(answer.content.decode()).replace("\u00a0", " ").replace("’", "'")


def url(name, world, **kwargs):
    return reverse(f"juries:{name}", kwargs={"code": world.sitting.code, **kwargs})


# -- Results -----------------------------------------------------------------------------------------------


def test_the_results_say_mean_spread_coverage_and_recusals(client_for, site):
    world = make.World(projects=2, jurors=2).open_scoring()
    first, second = world.hearings
    world.give(world.president, first, 5, 5, 5)
    world.give(world.jurors[0], first, 3, 4, 4)
    scoring.recuse(actor=world.jurors[1], hearing=first)
    world.give(world.jurors[0], second, 2, 2, 2)
    text = page(client_for(world.manager).get(url("results", world)))
    row = re.search(r"<tr><td[^>]*>1</td>.*?</tr>", text, re.S)[0]
    # totals 5 and (2*3 + 4 + 4) / 4 = 3.5: mean 4.25, sample standard deviation 1.06
    assert re.findall(r">([\d,–]+)<", row) == ["1", "4,3", "4,3", "–"]  # two marks have no spread yet
    by_criterion = re.search(r"Moyennes par critère.*?<tbody>.*?</tr>", text, re.S)[0]
    assert re.findall(r">([\d,]+)<", by_criterion) == ["4,0", "4,5", "4,5", "4,3"]
    assert "2 sur 2" in row
    assert "(1 en déport)" in row
    assert "Les notes aident, le jury décide." in text


def test_a_president_sees_no_result_before_giving_their_own_marks(client_for, site):
    world = make.World(projects=2, jurors=1).open_scoring()
    for hearing in world.hearings:
        world.give(world.jurors[0], hearing, 5, 5, 5)
    client = client_for(world.president)
    text = page(client.get(url("results", world)))
    assert "Donnez d'abord vos notes : il reste 2 projets" in text
    assert "5,0" not in text
    assert client.get(url("scores_csv", world)).status_code == 302
    assert not JournalEntry.objects.filter(verb="juries.results_read").exists()
    for hearing in world.hearings:
        world.give(world.president, hearing, 4, 4, 4)
    assert "4,5" in page(client.get(url("results", world)))
    assert JournalEntry.objects.filter(verb="juries.results_read", actor=world.president).count() == 1


def test_the_map_says_who_gave_what_to_those_who_may_know(client_for, site):
    world = make.World(projects=3, jurors=2).open_scoring()
    severe, generous = world.jurors
    for hearing in world.hearings:
        world.give(severe, hearing, 2, 2, 2)
    for hearing in world.hearings[1:]:
        world.give(world.president, hearing, 3, 3, 3)
    for hearing in world.hearings[:2]:
        world.give(generous, hearing, 4, 4, 4)
    scoring.recuse(actor=world.president, hearing=world.hearings[0])
    answer = client_for(world.manager).get(url("results", world))
    heat = answer.context["board"].heat
    assert heat.people == [world.president, severe, generous]
    cells = {row.title: [(cell.state, cell.text, cell.tint) for cell in row.cells] for row in heat.rows}
    assert cells == {
        "Projet A": [("recused", "", 0), ("given", "2,0", 2), ("given", "4,0", 4)],
        "Projet B": [("given", "3,0", 3), ("given", "2,0", 2), ("given", "4,0", 4)],
        "Projet C": [("given", "3,0", 3), ("given", "2,0", 2), ("missing", "", 0)],
    }
    # Severe: -2 on A, 2 - 3.5 = -1.5 on B, -1 on C; the others have two projects in common: nothing is said.
    progress = {one.seat.user: one.severity for one in answer.context["board"].progress}
    assert progress == {world.president: "–", severe: "1,5 plus sévère", generous: "–"}
    text = page(answer)
    assert "Qui a donné quoi" in text
    assert re.search(r'jr-heat__cell--missing">manquante</td>', text)
    assert re.search(r'jr-heat__cell--aside">en déport</td>', text)
    assert "Moyenne 3,0, médiane 3,0, 2 notes sur 2." in text
    assert JournalEntry.objects.filter(verb="juries.results_read", actor=world.manager).count() == 1
    for user in (severe, world.sponsor, world.projects[0].memberships.get().user):
        assert client_for(user).get(url("results", world)).status_code == 404
    # The president still hears nothing of the project they stand aside from.
    aside = client_for(world.president).get(url("results", world)).context["board"]
    closed = {row.title: row.cells for row in aside.heat.rows if row.hidden}
    assert closed == {"Projet A": []}


def test_a_large_sitting_has_its_map_on_a_page_of_its_own(client_for, site):
    world = make.World(projects=21, jurors=1).open_scoring()
    world.give(world.jurors[0], world.hearings[0], 2, 2, 2)
    answer = client_for(world.manager).get(url("results", world))
    assert answer.context["board"].heat is None
    assert url("heat", world) in page(answer)


def test_who_stands_aside_does_not_see_those_marks(client_for, site):
    world = make.World(projects=2, jurors=1).open_scoring()
    world.give(world.jurors[0], world.hearings[0], 5, 5, 5)
    world.give(world.jurors[0], world.hearings[1], 2, 2, 2)
    scoring.recuse(actor=world.president, hearing=world.hearings[0])
    world.give(world.president, world.hearings[1], 2, 2, 2)
    client = client_for(world.president)
    text = page(client.get(url("results", world)))
    assert "5,0" not in text
    assert "2,0" in text
    rows = read_csv(client.get(url("scores_csv", world)))
    assert {row[0] for row in rows[1:]} == {"Projet B"}


def read_csv(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_export_holds_every_mark_and_no_formula(client_for, site):
    world = make.World(projects=1, jurors=2)
    type(world.projects[0]).objects.update(title="=HYPERLINK(1)")
    world.open_scoring()
    world.give(world.jurors[0], world.hearings[0], 5, 3, 4)
    scoring.recuse(actor=world.jurors[1], hearing=world.hearings[0])
    scoring.save_scores(actor=world.president, hearing=world.hearings[0], scores={"effet": 1})
    answer = client_for(world.manager).get(url("scores_csv", world))
    rows = read_csv(answer)
    assert [row[0] for row in rows[1:]] == ["'=HYPERLINK(1)"] * 4
    assert [(row[2], row[3], row[4]) for row in rows[1:4]] == [
        ("Le problème", "2", "5"),
        ("L'équipe", "1", "3"),
        ("L'effet attendu", "1", "4"),
    ]
    assert rows[4][1:7] == [str(world.jurors[1]), "", "", "", "", "1"]
    assert JournalEntry.objects.filter(verb="juries.scores_exported", actor=world.manager).count() == 1


RESULTS_QUERIES, CSV_QUERIES, LIST_QUERIES, DETAIL_QUERIES, BOARD_QUERIES = 10, 9, 9, 8, 10


@pytest.mark.parametrize("projects", [1, 3])
def test_boards_and_exports_cost_a_constant_number_of_queries(client_for, site, assert_queries, projects):
    world = make.World(projects=projects, jurors=projects).open_scoring().everyone_scores()
    client = client_for(world.manager)
    with assert_queries(RESULTS_QUERIES):
        client.get(url("results", world))
    with assert_queries(CSV_QUERIES):
        read_csv(client.get(url("scores_csv", world)))
    with assert_queries(DETAIL_QUERIES):
        client.get(url("detail", world))
    world.deliberate().decide_all()
    client = client_for(world.president)
    with assert_queries(BOARD_QUERIES):
        client.get(url("decisions", world))


def test_a_sitting_with_five_hundred_projects_stays_light(client_for, site, assert_queries):
    world = make.World(projects=1, jurors=1)
    many = [
        Project(
            code=f"p-{n}",
            programme=world.programme,
            cohort=world.cohort,
            title=f"Sujet {n}",
            problem="Long. " * 400,
        )
        for n in range(2, 501)
    ]
    Project.objects.bulk_create(many)
    Hearing.objects.bulk_create(
        Hearing(sitting=world.sitting, project=project, position=place)
        for place, project in enumerate(Project.objects.filter(code__startswith="p-").order_by("pk"), 2)
    )
    world.open_scoring().deliberate()
    client = client_for(world.president)
    # The president’s own reading list, what they may compare or say late, the calibration file.
    with assert_queries(DETAIL_QUERIES + 5):
        answer = client.get(url("detail", world))
    assert len(answer.content) < 60_000
    assert "Page 1 sur 10" in page(answer)
    with assert_queries(BOARD_QUERIES):
        answer = client.get(url("decisions", world))
    assert len(answer.content) < 60_000
    text = page(answer)
    assert "Décisions préparées : 0 sur 500" in text
    assert "Projet A, Sujet 2, Sujet 3" in text
    assert "Sujet 12 et 488 autres projets" in text
    assert "Sujet 25" in text
    assert "Sujet 26" not in text
    last = page(client.get(url("decisions", world), {"page": "20"}))
    assert "Sujet 500" in last
    assert '<ol class="ec-list jr-board" start="476">' in last


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_sittings_costs_a_constant_number_of_queries(client_for, site, assert_queries, count):
    world = make.World(projects=1)
    for _one in range(count - 1):
        sitting = sittings.prepare_sitting(
            actor=world.manager,
            programme=world.programme,
            cohort=world.cohort,
            gate=Gate.PRESELECTION,
            body="Autre jury",
            starts_at=clock.now(),
        )
        sittings.add_seat(actor=world.manager, sitting=sitting, user=world.jurors[0])
    client = client_for(world.jurors[0])
    with assert_queries(LIST_QUERIES):
        answer = client.get(reverse("juries:list"))
    assert page(answer).count("votre siège") == count


def test_what_is_still_to_be_held_comes_first_the_soonest_on_top(client_for, site):
    world = make.World(projects=1)
    for days, body in ((30, "Jury lointain"), (2, "Jury proche"), (1, "Jury annulé")):
        sitting = sittings.prepare_sitting(
            actor=world.manager,
            programme=world.programme,
            cohort=world.cohort,
            gate=Gate.PRESELECTION,
            body=body,
            starts_at=clock.now() + timedelta(days=days),
        )
    sittings.cancel_sitting(actor=world.manager, sitting=sitting, reason="La salle est prise.")
    text = page(client_for(world.manager).get(reverse("juries:list")))
    order = ["À venir ou en cours", "Jury proche", "Jury lointain", "Séances passées", "Jury annulé"]
    assert sorted(order, key=text.index) == order
