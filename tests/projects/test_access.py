"""Who sees a project, and what of it: by list, by page and by each screen that acts."""

from copy import deepcopy
from datetime import date

import pytest
from django.urls import reverse

from projects import rules
from projects.domain import projects as verbs
from projects.domain.exits import plan_follow_up
from projects.domain.impact import set_target
from projects.domain.money import add_budget_line
from projects.enums import AccompanimentKind, Gate, Outcome, Stage, TeamRole
from projects.models import Project
from projects.queries import portfolio
from projects.queries.people import people_of, viewer_of
from tests.factories.projects import (
    decide,
    make_cohort,
    make_indicator,
    make_manager,
    make_measure,
    make_meeting,
    make_milestone,
    make_partner,
    make_person,
    make_programme,
    make_project,
    make_sponsor,
    manager_of,
    sign_commitment,
)

pytestmark = pytest.mark.django_db

WHO = ("lead", "reader", "coach", "manager", "sponsor", "partner", "other_manager", "outsider")


def make_cast() -> dict:
    """Someone of each kind around one project."""
    programme = make_programme()
    lead, coach, reader = make_person(), make_person(), make_person()
    manager = make_manager(programme)
    project = make_project(
        cohort=make_cohort(programme), team=[(lead, TeamRole.LEAD), (reader, TeamRole.READER)], coach=coach
    )
    return {
        "project": project,
        "lead": lead,
        "reader": reader,
        "coach": coach,
        "manager": manager,
        "sponsor": make_sponsor(),
        "partner": make_partner(programme),
        "other_manager": make_manager(make_programme()),
        "outsider": make_person(),
    }


@pytest.fixture(scope="module")
def made(written_once):
    with written_once(make_cast) as cast:
        yield cast


@pytest.fixture
def cast(made, db):
    return deepcopy(made)


CLOSE = {"lead", "reader", "coach", "manager"}
FOLLOW = CLOSE | {"sponsor", "partner"}


def bring(cast, stage):
    from tests.factories.projects import bring_to

    bring_to(cast["project"], stage)
    return cast["project"]


@pytest.mark.parametrize(
    ("stage", "who_sees"),
    [
        (Stage.APPLIED, CLOSE),
        (Stage.NOT_SELECTED, CLOSE),
        (Stage.REDIRECTED, CLOSE),
        (Stage.WITHDRAWN, CLOSE),  # withdrawn before any body had read it
        (Stage.PRESELECTED, FOLLOW),
        (Stage.SELECTED, FOLLOW),
        (Stage.PREINCUBATION, FOLLOW),
        (Stage.STARTUP_INTERNAL, FOLLOW),
        (Stage.STOPPED, FOLLOW),
        (Stage.HANDED_OVER, FOLLOW),
        (Stage.SUSPENDED, FOLLOW),
    ],
)
def test_who_sees_a_project_at_each_stage(cast, client_for, stage, who_sees):
    project = bring(cast, stage)
    address = reverse("projects:detail", args=[project.code])
    for who in WHO:
        expected = who in who_sees
        assert Project.objects.visible_to(cast[who]).filter(pk=project.pk).exists() is expected, who
        assert client_for(cast[who]).get(address).status_code == (200 if expected else 404), who


def test_a_project_that_was_preselected_stays_known_by_name(cast):
    project = bring(cast, Stage.PRESELECTED)
    verbs.withdraw(actor=cast["lead"], project=project)
    assert project in portfolio(cast["sponsor"])


def test_a_visitor_signs_in_first(cast, client_for):
    answer = client_for().get(reverse("projects:detail", args=[cast["project"].code]))
    assert answer.status_code == 302
    assert "/compte/" in answer["Location"]


def test_a_member_who_left_and_a_companion_who_ended_see_it_no_more(cast):
    project = bring(cast, Stage.APPLIED)
    verbs.add_member(actor=cast["manager"], project=project, user=cast["outsider"])
    gone = project.memberships.get(user=cast["outsider"])
    verbs.end_membership(actor=cast["manager"], membership=gone)
    assert not Project.objects.visible_to(cast["outsider"]).exists()


@pytest.mark.parametrize("who", WHO)
def test_the_page_knows_the_same_as_the_rules(cast, who):
    project, user = cast["project"], cast[who]
    viewer = viewer_of(user, project, people_of(project))
    assert viewer.is_team is rules.is_team(user, project)
    assert viewer.is_companion is rules.is_companion(user, project)
    assert viewer.is_coach is rules.is_coach(user, project)
    assert viewer.is_manager is rules.is_manager(user, project.programme)
    assert viewer.is_sponsor is rules.is_sponsor(user, project.programme)
    assert viewer.works is rules.can_work(user, project)


# What each may do, by the address of the screen.
WORK = {"lead", "coach", "manager"}
ACTS = {
    "milestone": WORK,
    "meeting": WORK,
    "indicator": WORK,
    "commitment": {"lead", "manager"},
    "edit": {"lead", "manager"},
    "withdraw": {"lead", "manager"},
    "post_mortem": WORK,
    "member": {"manager"},
    "companion": {"manager"},
    "start": {"manager"},
    "start_phase": {"manager"},
    "suspend": {"manager"},
    "resume": {"manager"},
    "wake": {"manager"},
    "budget": {"manager"},
    "publish": {"manager"},
}


@pytest.mark.same_on_any_database(
    reason="who may act is no question to the database; who sees is asked of both above"
)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_for_those_who_may(cast, client_for, act):
    project = bring(cast, Stage.PREINCUBATION)
    address = reverse(f"projects:{act}", args=[project.code])
    for who in WHO:
        expected = 200 if who in ACTS[act] else 403 if who in FOLLOW else 404
        assert client_for(cast[who]).get(address).status_code == expected, who
        if expected != 200:
            assert client_for(cast[who]).post(address, {}).status_code == expected, who


def test_acts_on_rows_of_another_project_are_not_found(cast, client_for):
    project = bring(cast, Stage.PREINCUBATION)
    other = make_project(Stage.PREINCUBATION)
    milestone, indicator = make_milestone(other), make_indicator(other)
    measure = make_measure(indicator)
    client = client_for(cast["manager"])
    for name, pk in (
        ("reach", milestone.pk),
        ("target", indicator.pk),
        ("measure", indicator.pk),
        ("correct", measure.pk),
        ("series", indicator.pk),
        ("member_end", other.memberships.first().pk),
        ("follow_up", 1),
    ):
        assert client.get(reverse(f"projects:{name}", args=[project.code, pk])).status_code == 404, name


@pytest.mark.parametrize(
    ("name", "who_reads"),
    [("notebook", WORK), ("impact", WORK | {"sponsor"})],
)
def test_who_reads_the_notebook_and_the_money(cast, client_for, name, who_reads):
    project = bring(cast, Stage.PREINCUBATION)
    for who in WHO:
        answer = client_for(cast[who]).get(reverse(f"projects:{name}", args=[project.code]))
        assert answer.status_code == (200 if who in who_reads else 404), who


class TestWhatThePageKeepsBack:
    @pytest.fixture
    def project(self, cast):
        project = bring(cast, Stage.PREINCUBATION)
        make_milestone(project, title="Jalon en cours de route")
        make_meeting(
            project,
            actor=cast["coach"],
            learnt="Les gestionnaires hésitent.",
            private_note="L'équipe est fatiguée.",
        )
        return project

    def read(self, client_for, user, project):
        return client_for(user).get(reverse("projects:detail", args=[project.code])).content.decode()

    @pytest.mark.parametrize("who", ["lead", "coach", "manager"])
    def test_those_who_work_read_the_meetings(self, cast, client_for, project, who):
        html = self.read(client_for, cast[who], project)
        assert "Les gestionnaires hésitent." in html
        assert "Jalon en cours de route" in html

    @pytest.mark.parametrize("who", ["sponsor", "partner", "reader"])
    def test_the_hierarchy_reads_neither_meetings_nor_unfinished_milestones(
        self, cast, client_for, project, who
    ):
        html = self.read(client_for, cast[who], project)
        assert "Les gestionnaires hésitent." not in html
        assert "Jalon en cours de route" not in html

    @pytest.mark.parametrize(("who", "reads"), [("coach", True), ("lead", False), ("manager", False)])
    def test_a_private_note_is_read_by_its_author_alone(self, cast, client_for, project, who, reads):
        note = "L&#x27;équipe est fatiguée."
        assert (note in self.read(client_for, cast[who], project)) is reads
        notebook = client_for(cast[who]).get(reverse("projects:notebook", args=[project.code]))
        assert (note in notebook.content.decode()) is reads

    def test_the_reason_of_a_withdrawal_is_never_shown(self, cast, client_for, project):
        verbs.withdraw(actor=cast["lead"], project=project, private_reason="Un deuil dans l'équipe")
        for who in sorted(FOLLOW):
            assert "deuil" not in self.read(client_for, cast[who], project)


def test_a_merged_project_leads_to_the_one_it_joined(cast, client_for):
    project, into = cast["project"], make_project(cohort=cast["project"].cohort)
    verbs.merge(actor=manager_of(project.programme), project=project, into=into, reason="Même problème.")
    answer = client_for(cast["lead"]).get(reverse("projects:detail", args=[project.code]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("projects:detail", args=[into.code])
    assert client_for(cast["lead"]).get(answer["Location"]).status_code == 200  # the team went with it


@pytest.mark.parametrize("who", ["lead", "coach", "manager", "sponsor"])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_the_rows(cast, client_for, assert_queries, who, rows):
    project = bring(cast, Stage.PREINCUBATION)
    indicator = make_indicator(project, is_main=True)
    for row in range(rows):
        make_milestone(project)
        make_meeting(project)
        make_measure(indicator, value=row, period_end=date(2020, 1, row + 1))
        make_indicator(project)
        set_target(actor=cast["manager"], indicator=indicator, value=row + 50, due_on=date(2021, 1, row + 1))
        add_budget_line(actor=cast["manager"], project=project, label=f"Ligne {row}", amount_min=row)
        member = make_person()
        verbs.add_member(actor=cast["manager"], project=project, user=member)
        sign_commitment(project, user=member)
        verbs.assign_companion(
            actor=cast["manager"], project=project, user=make_person(), kind=AccompanimentKind.EXPERT
        )
    client = client_for(cast[who])
    with assert_queries(PAGE_QUERIES[who]):
        client.get(reverse("projects:detail", args=[project.code]))


PAGE_QUERIES = {
    "lead": 15,
    "coach": 15,
    "manager": 14,
    "sponsor": 13,
}  # the panels of the rooms to the right included


@pytest.mark.parametrize("who", ["lead", "coach", "manager", "sponsor"])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_project_that_left_costs_the_same(cast, client_for, assert_queries, who, rows):
    project = bring(cast, Stage.PREINCUBATION)
    decide(project, Gate.PREINCUBATION_END, Outcome.HAND_OVER)
    for row in range(rows):
        plan_follow_up(actor=cast["manager"], project=project, due_on=date(2030, 1, row + 1))
    client = client_for(cast[who])
    with assert_queries(LEFT_QUERIES[who]):
        client.get(reverse("projects:detail", args=[project.code]))


LEFT_QUERIES = {"lead": 15, "coach": 15, "manager": 14, "sponsor": 14}


@pytest.mark.parametrize("rows", [1, 3])
def test_my_projects_cost_the_same_whatever_the_rows(client_for, assert_queries, rows):
    person = make_person()
    for _row in range(rows):
        make_project(Stage.PREINCUBATION, lead=person)
    client = client_for(person)
    with assert_queries(MINE_QUERIES):
        html = client.get(reverse("projects:mine")).content.decode()
    assert html.count("ec-list__row") == rows


MINE_QUERIES = 9
