"""The path says where a project is, with what was planned beside what happened."""

from datetime import UTC, date, datetime

import pytest

from incubator.core import clock
from projects.domain import projects as verbs
from projects.enums import Gate, Outcome, Stage
from projects.models import Project
from projects.queries import path_of, paths_of
from tests.factories.projects import (
    decide,
    make_cohort,
    make_programme,
    make_project,
    manager_of,
    sign_commitment,
)

pytestmark = pytest.mark.django_db


def at(year, month, day):
    return clock.at(datetime(year, month, day, 10, tzinfo=UTC))


def words_of(path):
    return [(stop.label, str(stop.state), str(stop.when), str(stop.note)) for stop in path.stops]


@pytest.fixture
def cohort():
    return make_cohort(preincubation_starts_on=date(2020, 4, 1))


def walk_to_the_jury(cohort):
    with at(2020, 1, 20):
        project = make_project(cohort=cohort, title="Shareloc")
    with at(2020, 2, 12):
        decide(project, Gate.PRESELECTION, Outcome.RETAIN)
    with at(2020, 3, 5):
        decide(project, Gate.HACKATHON, Outcome.RETAIN)
    with at(2020, 3, 20):
        sign_commitment(project, starts_on=date(2020, 4, 1))
    with at(2020, 4, 1):
        verbs.start_preincubation(actor=manager_of(project.programme), project=project)
    return project


def test_an_application_waits_for_the_preselection(cohort):
    with at(2020, 1, 20):
        path = path_of(make_project(cohort=cohort))
    assert words_of(path)[:2] == [
        ("Candidature", "now", "20 janvier 2020", ""),
        ("Présélection", "next", "", ""),
    ]
    assert {stop.state for stop in path.stops[2:]} == {"planned"}


def test_pre_incubation_shows_planned_beside_actual(cohort):
    project = walk_to_the_jury(cohort)
    with at(2020, 5, 2):
        path = path_of(project)
    assert path.now.label == "Préincubation"
    assert path.now.when == "depuis le 1er avril 2020"
    assert path.now.note == "prévu jusqu’au 1er juillet 2020"
    assert path.next.when == "prévu le 1er juillet 2020"


def test_ninety_seven_days_instead_of_ninety_one(cohort):
    project = walk_to_the_jury(cohort)
    with at(2020, 7, 7):
        decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_TERRITORY)
        path = path_of(project)
    investigation = next(stop for stop in path.stops if stop.label == "Préincubation")
    assert investigation.state == "done"
    assert investigation.when == "du 1er avril 2020 au 7 juillet 2020"
    assert investigation.note == "97 jours au lieu de 91"
    assert path.now.label == "Mode startup"


def test_an_extension_keeps_the_first_jury_readable(cohort):
    project = walk_to_the_jury(cohort)
    with at(2020, 7, 7):
        decide(project, Gate.PREINCUBATION_END, Outcome.EXTEND, ends_on="2020-10-07")
        path = path_of(project)
    assert path.now.label == "Préincubation"
    assert "7 octobre 2020" in path.now.note
    assert path.next.when == "prévu le 7 octobre 2020"
    assert path.next.note == "Trois mois de plus le 7 juillet 2020"


@pytest.mark.parametrize(
    ("stage", "icon"),
    [
        (Stage.STOPPED, "end"),
        (Stage.NOT_SELECTED, "end"),
        (Stage.WITHDRAWN, "end"),
        (Stage.HANDED_OVER, "handover"),
        (Stage.REDIRECTED, "handover"),
        (Stage.SUSTAINED, "bloom"),
        (Stage.SUSPENDED, "pause"),
        (Stage.DORMANT, "pause"),
    ],
)
def test_an_end_is_a_stop_with_its_own_mark(stage, icon):
    path = path_of(make_project(stage))
    assert path.now.icon == icon
    assert [stop for stop in path.stops if stop.state == "now"] == [path.now]


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_one_place_on_the_path(stage):
    path = path_of(make_project(stage))
    assert sum(stop.state == "now" for stop in path.stops) == 1


def test_what_was_never_reached_is_skipped():
    path = path_of(make_project(Stage.NOT_SELECTED))
    assert [str(stop.state) for stop in path.stops] == [
        "done",
        "done",
        "skipped",
        "skipped",
        "skipped",
        "skipped",
        "now",
    ]


def test_a_programme_without_hackathon_has_no_such_stop():
    programme = make_programme(uses_hackathon=False, preincubation_months=7)
    project = make_project(cohort=make_cohort(programme))
    decide(project, Gate.PRESELECTION, Outcome.RETAIN)
    path = path_of(project)
    assert project.stage == Stage.SELECTED
    assert "Hackathon" not in [stop.label for stop in path.stops]
    assert path.now.label == "Présélection"
    assert path.next.label == "Préincubation"


@pytest.mark.parametrize("rows", [1, 3])
def test_paths_cost_three_queries(rows, assert_queries, monkeypatch, cohort):
    monkeypatch.setattr("projects.queries.paths._planned_dates", [])
    for _row in range(rows):
        make_project(Stage.STARTUP_TERRITORY, cohort=cohort)
    projects = list(Project.objects.all())
    with assert_queries(3):
        paths_of(projects)


def test_no_project_costs_nothing(assert_queries):
    with assert_queries(0):
        assert paths_of([]) == {}


def test_while_the_jury_may_choose_the_six_futures_stand_for_what_follows(cohort):
    project = walk_to_the_jury(cohort)
    with at(2020, 5, 1):
        path = path_of(project, with_futures=True)
    assert [stop.label for stop in path.stops][-2:] == ["Préincubation", "Jury"]
    assert [(future.state, future.icon) for future in path.branch.futures] == [
        ("planned", "bloom"),
        ("planned", "bloom"),
        ("planned", "bloom"),
        ("planned", "pause"),
        ("planned", "handover"),
        ("planned", "end"),
    ]


def test_once_the_jury_has_chosen_no_branch_is_left(cohort):
    project = walk_to_the_jury(cohort)
    with at(2020, 7, 7):
        decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_TERRITORY)
        path = path_of(project, with_futures=True)
    assert path.branch is None
    assert len(path.stops) == 7
