"""Persons, applications and projects are never one percentage."""

import pytest

from projects import counts
from projects.counts import Count, CountUnit, MixedUnitsError
from projects.domain import decisions, projects
from projects.enums import Gate, Outcome, Stage, TeamRole
from projects.models import Project
from projects.queries import funnel
from tests.factories.projects import (
    BODY,
    REASON,
    bring_to,
    decide,
    demands_for,
    make_cohort,
    make_person,
    make_project,
    manager_of,
)

PERSONS, APPLICATIONS, PROJECTS = CountUnit.PERSONS, CountUnit.APPLICATIONS, CountUnit.PROJECTS


def test_six_of_nine_projects_is_two_thirds():
    assert (Count(PROJECTS, 6) / Count(PROJECTS, 9)).percent.as_tuple().digits == (6, 6, 7)
    assert str(Count(PROJECTS, 6) / Count(PROJECTS, 9)) == "66,7\u00a0%"


@pytest.mark.parametrize("other", [Count(PERSONS, 19), Count(APPLICATIONS, 13), 19, None])
def test_two_units_are_never_divided_nor_added(other):
    with pytest.raises(MixedUnitsError):
        Count(PROJECTS, 9) / other
    with pytest.raises(MixedUnitsError):
        Count(PROJECTS, 9) + other


def test_nothing_divided_by_nothing_is_no_rate():
    assert Count(PROJECTS, 0) / Count(PROJECTS, 0) is None


@pytest.mark.parametrize(("n", "secret"), [(0, False), (1, True), (10, True), (11, False)])
def test_fewer_than_eleven_are_masked(n, secret):
    count = Count(PERSONS, n)
    assert count.is_secret is secret
    assert ("11" in count.masked and str(n) != count.masked) is (secret or n == 11 and False)


@pytest.fixture
def cohort(db):
    """Thirteen applications by nineteen persons, nine projects preselected, six selected (S1)."""
    cohort = make_cohort()
    for number in range(13):
        team = [(make_person(), TeamRole.LEAD)]
        if number < 6:
            team.append((make_person(), TeamRole.MEMBER))
        project = make_project(cohort=cohort, team=team)
        if number < 9:
            decide(project, Gate.PRESELECTION, Outcome.RETAIN)
        if number < 6:
            decide(project, Gate.HACKATHON, Outcome.RETAIN)
    return cohort


@pytest.fixture
def one_application_each(monkeypatch):
    monkeypatch.setitem(
        counts._providers,
        APPLICATIONS,
        lambda cohort: dict.fromkeys(cohort.projects.values_list("pk", flat=True), 1),
    )


def test_the_funnel_keeps_three_series(cohort, one_application_each):
    found = funnel(cohort)
    assert [count.n for count in found.persons] == [19, 15, 12, 0, 0]
    assert [count.n for count in found.applications] == [13, 9, 6, 0, 0]
    assert [count.n for count in found.projects] == [13, 9, 6, 0, 0]
    assert str(found.rate(PROJECTS, "selected", "preselected")) == "66,7\u00a0%"


def test_no_percentage_of_the_funnel_mixes_units(cohort, one_application_each):
    found = funnel(cohort)
    printed = found.finding + " ".join(str(row) for row in found.chart().table.rows)
    assert "66,7" in printed
    assert "47,4" not in printed  # 9 projects of 19 persons
    assert "31,6" not in printed  # 6 projects of 19 persons


def test_without_a_package_that_counts_applications_the_series_is_missing(cohort, monkeypatch):
    monkeypatch.delitem(counts._providers, APPLICATIONS, raising=False)
    found = funnel(cohort)
    assert found.applications is None
    assert [series[0].unit for series in found.series] == [PERSONS, PROJECTS]


def test_a_joined_project_leaves_the_count_but_its_people_stay(db):
    cohort = make_cohort()
    project = make_project(cohort=cohort)
    bring_to(project, Stage.MERGED)  # joins it with a second project of the cohort
    found = funnel(cohort)
    assert found.projects[0].n == 1
    assert found.persons[0].n == 2


def test_a_project_that_joins_another_after_its_preselection_leaves_the_portfolio(db):
    """It has been named before; from then on the one that it has joined stands there alone."""
    cohort = make_cohort()
    gone, stays = (
        make_project(Stage.PRESELECTED, cohort=cohort),
        make_project(Stage.PRESELECTED, cohort=cohort),
    )
    assert set(Project.objects.named()) == {gone, stays}
    projects.merge(actor=manager_of(cohort.programme), project=gone, into=stays, reason="Même problème.")
    assert set(Project.objects.named()) == {stays}


def test_small_counts_of_persons_are_left_out_of_a_masked_chart(db):
    cohort = make_cohort()
    make_project(Stage.PRESELECTED, cohort=cohort)
    chart = funnel(cohort).chart(masked=True)
    assert chart.series[0].values[0] is None
    assert chart.series[-1].values[0] == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_funnel_costs_one_query(db, rows, assert_queries, monkeypatch):
    monkeypatch.delitem(counts._providers, APPLICATIONS, raising=False)
    cohort = make_cohort()
    for _row in range(rows):
        make_project(Stage.PRESELECTED, cohort=cohort)
    with assert_queries(1):
        funnel(cohort)


def correct_the_last(project, outcome):
    """Take the last decision back, as its jury's correction does, and decide otherwise."""
    decided = project.transitions.order_by("pk").last()
    decisions.correct_decision(
        actor=None,
        project=project,
        decided=decided,
        gate=decided.data["gate"],
        outcome=outcome,
        reason=REASON,
        demands=demands_for(outcome, decided.effective_on),
        deciding_body=BODY,
        why="Le nom d'un autre projet avait été lu.",
        system=True,
    )
    project.refresh_from_db()


def test_a_step_reached_by_a_decision_that_was_corrected_is_not_counted(db):
    cohort = make_cohort()
    kept, mistaken = (make_project(cohort=cohort) for _number in range(2))
    for project in (kept, mistaken):
        decide(project, Gate.PRESELECTION, Outcome.RETAIN)
        decide(project, Gate.HACKATHON, Outcome.RETAIN)
    assert [count.n for count in funnel(cohort).projects] == [2, 2, 2, 0, 0]
    correct_the_last(mistaken, Outcome.NOT_THIS_TIME)
    found = funnel(cohort)
    assert [count.n for count in found.projects] == [2, 2, 1, 0, 0]
    assert [count.n for count in found.persons] == [2, 2, 1, 0, 0]
    assert found.finding.startswith("1 ")
    # Corrected once more, the other way: what holds today is counted.
    correct_the_last(mistaken, Outcome.RETAIN)
    assert [count.n for count in funnel(cohort).projects] == [2, 2, 2, 0, 0]


def test_a_step_reached_stays_reached_when_the_project_stops_or_pauses(db):
    cohort = make_cohort()
    for stage in (Stage.STOPPED, Stage.SUSPENDED, Stage.WITHDRAWN, Stage.DORMANT):
        make_project(stage, cohort=cohort)
    assert [count.n for count in funnel(cohort).projects] == [4, 3, 3, 3, 1]
