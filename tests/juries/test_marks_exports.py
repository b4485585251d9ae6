"""The exports of marks: each recomputes the published rank exactly, with the standard library alone."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.core.models import JournalEntry
from juries.domain import scoring
from juries.domain.results import board_of
from juries.enums import CriterionKind
from tests.factories import juries as make

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import recompute_rank  # noqa: E402

pytestmark = pytest.mark.django_db
FORMS = ("csv", "xlsx", "json")


def export(client, world, form) -> bytes:
    answer = client.get(reverse(f"juries:scores_{form}", args=[world.sitting.code]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="notes-{world.sitting.code}.{form}"'
    return b"".join(answer.streaming_content)


def full_world():
    """Ties, missing marks, a recusal after marks were given, a project that has left, one without a mark, a yes or no,
    two projects of the same name."""
    world = make.World(projects=7, jurors=3, places=3)
    criterion = world.grid.criteria.get(key="effet")
    criterion.kind = CriterionKind.YES_NO
    criterion.save()
    type(world.projects[1]).objects.filter(pk__in=[world.projects[1].pk, world.projects[2].pk]).update(
        title='=HYPERLINK("x")'
    )
    world.open_scoring()
    lines = [
        [(5, 4, 1), (4, 4, 0), None, (3, 5, 1)],
        [(2, 2, 1), (5, 1, 1), (3, 3, 0), (4, 4, 1)],
        [(2, 2, 0), (5, 1, 0), (3, 3, 0), (4, 4, 1)],  # tied with the one above
        [None, (1, 1, 1), (5, 5, 1), None],
        [(3, 4, 1), None, None, (4, 2, 0)],
        [(5, 5, 1), (5, 5, 1), (5, 5, 1), (5, 5, 1)],  # will leave
    ]
    for hearing, line in zip(world.hearings, lines, strict=False):
        for user, marks in zip(world.everyone, line, strict=True):
            if marks:
                world.give(user, hearing, *marks)
    scoring.recuse(actor=world.jurors[1], hearing=world.hearings[3])
    gone = world.hearings[5]
    gone.closed_at = gone.frozen_at
    gone.save()
    return world


@pytest.mark.parametrize("form", FORMS)
def test_each_export_recomputes_the_rank_of_the_board(client_for, site, form, tmp_path):
    world = full_world()
    content = export(client_for(world.manager), world, form)
    computed, published, titles = recompute_rank.READERS[f".{form}"](content)
    board = board_of(world.sitting, world.manager)
    numbers = {hearing.pk: number for number, hearing in enumerate(world.hearings, start=1)}
    assert published == {numbers[row.pk]: row.rank for row in board.rows}
    assert computed == {numbers[row.pk]: row.rank for row in board.rows if not row.closed}
    assert sorted(rank for rank in computed.values() if rank) == [1, 2, 3, 3, 5]
    assert [computed[7], 6 in computed] == [None, False]
    assert titles[1] == "Projet A"
    path = tmp_path / f"notes.{form}"
    path.write_bytes(content)
    ran = subprocess.run(
        [sys.executable, "-I", str(ROOT / "tools" / "recompute_rank.py"), str(path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stderr
    assert "The ranks computed from the marks are those that the file publishes." in ran.stdout


@pytest.mark.parametrize("form", FORMS)
def test_a_falsified_rank_is_seen(client_for, site, form):
    world = full_world()
    reader = client_for(world.manager)
    content = export(reader, world, form)
    if form == "json":
        file = json.loads(content)
        file["evaluations"][0]["marks"]["probleme"] = 1
        content = json.dumps(file).encode()
        computed, published, _titles = recompute_rank.from_json(content)
        assert {p: published[p] for p in computed} != computed
    else:
        world.give(world.president, world.hearings[0], 1, 1, 1)
        world.give(world.jurors[0], world.hearings[0], 1, 1, 1)
        computed, _p, _t = recompute_rank.READERS[f".{form}"](export(reader, world, form))
        _c, published, _t = recompute_rank.READERS[f".{form}"](content)
        assert {p: published[p] for p in computed} != computed


def test_the_json_says_the_whole_story(client_for, site):
    world = full_world()
    file = json.loads(export(client_for(world.manager), world, "json"))
    assert (file["format"], file["version"], file["left_out"]) == ("eclosion-marks", 1, 0)
    assert file["sitting"]["places"] == 3
    assert [(one["key"], one["weight"], one["kind"]) for one in file["criteria"]] == [
        ("probleme", 2, "scale"),
        ("equipe", 1, "scale"),
        ("effet", 1, "yes_no"),
    ]
    assert file["recusals"] == [{"project": 4, "juror": 3}]
    assert [one["name"] for one in file["jurors"]] == [str(user) for user in world.everyone]
    assert not [one for one in file["evaluations"] if (one["project"], one["juror"]) == (4, 3)]
    result = {one["project"]: one for one in file["result"]}
    # (2*5 + 4)/3, (2*4 + 4)/3, (2*3 + 5)/3: criterion means 4 and 13/3, weights 2 and 1
    assert result[1]["mean"] == pytest.approx((2 * 4 + 13 / 3) / 3)
    assert (result[1]["rank"], result[1]["marks"], result[1]["kept_by_the_means"]) == (1, 3, True)
    assert len(file["rule"]) == 4


def test_no_cell_is_a_formula(client_for, site):
    world = full_world()
    reader = client_for(world.manager)
    rows = list(csv.reader(io.StringIO(export(reader, world, "csv").decode("utf-8-sig")), delimiter=";"))
    assert {row[0] for row in rows if "HYPERLINK" in row[0]} == {'\'=HYPERLINK("x")'}
    import zipfile

    with zipfile.ZipFile(io.BytesIO(export(reader, world, "xlsx"))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert any("HYPERLINK" in sheet for sheet in sheets)
    assert not any("<f>" in sheet for sheet in sheets)


@pytest.mark.parametrize("form", FORMS)
def test_who_reads_and_what_the_journal_keeps(client_for, site, form):
    world = full_world()
    address = reverse(f"juries:scores_{form}", args=[world.sitting.code])
    for stranger in (world.jurors[0], world.sponsor):
        assert client_for(stranger).get(address).status_code == 404
    assert client_for(world.president).get(address).status_code == 302  # own marks first
    export(client_for(world.manager), world, form)
    (entry,) = JournalEntry.objects.filter(verb="juries.scores_exported")
    assert (entry.actor, entry.data) == (world.manager, {"form": form})


@pytest.mark.parametrize("form", FORMS)
def test_who_stands_aside_does_not_take_those_marks_away(client_for, site, form):
    world = make.World(projects=2, jurors=1).open_scoring()
    scoring.recuse(actor=world.president, hearing=world.hearings[0])
    world.give(world.jurors[0], world.hearings[0], 5, 5, 5)
    for user in world.everyone:
        world.give(user, world.hearings[1], 2, 2, 2)
    content = export(client_for(world.president), world, form)
    computed, published, titles = recompute_rank.READERS[f".{form}"](content)
    assert titles == {2: "Projet B"}
    assert computed == published == {2: 1}  # among the others: a second place would tell who is first
    if form == "json":
        assert json.loads(content)["left_out"] == 1
        assert "absents de ce fichier\u00a0: 1" in json.loads(content)["rule"][-1]


@pytest.mark.parametrize("form", FORMS)
def test_an_anonymous_reading_exports_the_redacted_titles(client_for, site, form):
    world = make.World(projects=1, jurors=1, names_hidden=True).open_scoring().everyone_scores()
    type(world.hearings[0]).objects.update(dossier={"title": "Projet ▮"})
    _c, _p, titles = recompute_rank.READERS[f".{form}"](export(client_for(world.president), world, form))
    assert titles == {1: "Projet ▮"}
    _c, _p, titles = recompute_rank.READERS[f".{form}"](export(client_for(world.manager), world, form))
    assert titles == {1: "Projet A"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [1, 3])
def test_exports_cost_a_constant_number_of_queries(client_for, site, assert_queries, form, count):
    world = make.World(projects=count, jurors=count).open_scoring().everyone_scores()
    client = client_for(world.manager)
    with assert_queries(9):
        export(client, world, form)


marks = st.one_of(st.none(), st.integers(1, 5))


@given(
    st.dictionaries(st.integers(1, 3), st.integers(1, 5), min_size=1),
    st.lists(st.tuples(st.integers(1, 4), st.dictionaries(st.integers(1, 3), marks)), max_size=20),
)
@settings(max_examples=150, deadline=None)
def test_the_script_and_the_site_rank_alike(weights, evaluations):
    from juries.domain.statistics import Ballot, compute

    projects = [1, 2, 3, 4]
    ballots = [Ballot(project, juror, given) for juror, (project, given) in enumerate(evaluations)]
    results, _stability = compute(weights, projects, ballots)
    assert recompute_rank.ranks_of(weights, projects, evaluations) == {
        project: results[project].rank for project in projects
    }
