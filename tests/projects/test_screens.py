"""The screens that act: what is typed is kept, wrong input gets a sentence, a second click makes nothing twice."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse

from incubator.core import clock
from projects.domain import projects as verbs
from projects.enums import Gate, Outcome, Stage
from projects.models import Project
from tests.factories.projects import (
    decide,
    make_indicator,
    make_measure,
    make_milestone,
    make_person,
    make_project,
    manager_of,
    sign_commitment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(written_once):
    with written_once(lambda: make_project(Stage.PREINCUBATION, title="Shareloc")) as project:
        yield project


@pytest.fixture
def project(made, db):
    return deepcopy(made)


@pytest.fixture
def manager(project):
    return manager_of(project.programme)


@pytest.fixture
def lead(project):
    return project.memberships.first().user


def url(name, project, *args):
    return reverse(f"projects:{name}", args=[project.code, *args])


def day(offset=0):
    return (clock.today() + timedelta(days=offset)).isoformat()


MEETING = {"learnt": "Les gestionnaires hésitent.", "decided": "Essayer.", "next_step": "Trois essais"}


def test_a_meeting_is_noted_with_one_sentence(client_for, lead, project):
    answer = client_for(lead).post(
        url("meeting", project), {"learnt": "Ils hésitent.", "held_on": day()}, follow=True
    )
    assert "La rencontre est enregistrée." in answer.content.decode()
    assert "Ils hésitent." in answer.content.decode()
    assert project.coaching_notes.get().author == lead


@pytest.mark.parametrize(
    "wrong",
    [
        {"learnt": ""},
        {"held_on": "demain"},
        {"held_on": "2999-01-01"},
        {"users_met": "-3"},
        {"users_met": "beaucoup"},
    ],
)
def test_a_wrong_meeting_keeps_every_word(client_for, lead, project, wrong):
    answer = client_for(lead).post(
        url("meeting", project), {**MEETING, "held_on": day(), "private_note": "Pour moi", **wrong}
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Trois essais" in html
    assert "Pour moi" in html
    assert 'aria-invalid="true"' in html
    assert not project.coaching_notes.exists()


def test_a_second_click_notes_one_meeting(client_for, lead, project):
    client = client_for(lead)
    for _click in range(2):
        answer = client.post(url("meeting", project), {**MEETING, "held_on": day()})
    assert "déjà enregistrée" in answer.content.decode()
    assert project.coaching_notes.count() == 1


def test_a_milestone_is_planned_then_reached_once(client_for, lead, project):
    client = client_for(lead)
    client.post(
        url("milestone", project),
        {"title": "Vingt entretiens", "kind": "interviews", "due_on": day(20)},
    )
    milestone = project.milestones.get()
    reached = {"reached_on": day(), "evidence": "Vingt-deux comptes rendus."}
    assert client.post(url("reach", project, milestone.pk), reached).status_code == 302
    again = client.post(url("reach", project, milestone.pk), reached)
    assert "déjà atteint" in again.content.decode()


def test_a_milestone_without_evidence_is_not_reached(client_for, lead, project):
    milestone = make_milestone(project)
    answer = client_for(lead).post(
        url("reach", project, milestone.pk), {"reached_on": day(), "evidence": "  "}
    )
    assert answer.status_code == 200
    milestone.refresh_from_db()
    assert milestone.reached_on is None


class TestStart:
    def test_pre_incubation_starts_once_a_letter_is_signed(self, client_for):
        project = make_project(Stage.SELECTED)
        client = client_for(manager_of(project.programme))
        answer = client.post(url("start", project), {"on": day()})
        assert "lettre d’engagement" in answer.content.decode()
        sign_commitment(project)
        assert client.post(url("start", project), {"on": day()}).status_code == 302
        project.refresh_from_db()
        assert project.stage == Stage.PREINCUBATION
        answer = client.post(url("start", project), {"on": day()})  # the second tab
        assert answer.status_code == 200
        assert "pas possible" in answer.content.decode()

    @pytest.mark.parametrize("wrong", ["", "hier", day(30)])
    def test_a_wrong_day_gets_a_sentence(self, client_for, wrong):
        project = make_project(Stage.SELECTED)
        sign_commitment(project)
        answer = client_for(manager_of(project.programme)).post(url("start", project), {"on": wrong})
        assert answer.status_code == 200
        project.refresh_from_db()
        assert project.stage == Stage.SELECTED


class TestCommitment:
    def fields(self, lead, **given):
        return {
            "user": lead.pk,
            "share_of_time": "50",
            "starts_on": day(200),
            "ends_on": day(300),
            "agreed_by": "Sylvie Bernard, cheffe de service",
            "signed_on": day(),
            "replacement": "Un collègue prend le relais.",
            **given,
        }

    def test_the_team_records_the_letter(self, client_for, project, lead):
        assert client_for(lead).post(url("commitment", project), self.fields(lead)).status_code == 302
        assert project.commitments.count() == 2

    @pytest.mark.parametrize(
        "wrong",
        [
            {"share_of_time": "0"},
            {"share_of_time": "101"},
            {"share_of_time": "moitié"},
            {"ends_on": day(100)},
            {"signed_on": day(2)},
            {"agreed_by": ""},
            {"user": "0"},
            {"user": "abc"},
        ],
    )
    def test_a_wrong_letter_keeps_what_was_typed(self, client_for, project, lead, wrong):
        answer = client_for(lead).post(url("commitment", project), self.fields(lead, **wrong))
        assert answer.status_code == 200
        assert "Un collègue prend le relais." in answer.content.decode()
        assert project.commitments.count() == 1


class TestLeavingAndPausing:
    def test_withdrawing_asks_no_reason_and_happens_once(self, client_for, project, lead):
        client = client_for(lead)
        assert "sans donner de raison" in client.get(url("withdraw", project)).content.decode()
        assert client.post(url("withdraw", project), {}).status_code == 302
        project.refresh_from_db()
        assert project.stage == Stage.WITHDRAWN
        again = client.post(url("withdraw", project), {})
        assert again.status_code == 200
        assert project.transitions.filter(name="withdraw").count() == 1

    def test_a_pause_needs_a_reason_and_a_return(self, client_for, project, manager):
        client = client_for(manager)
        for wrong in ({"reason": "", "resumes_on": day(30)}, {"reason": "Congé", "resumes_on": day(-1)}):
            assert client.post(url("suspend", project), wrong).status_code == 200
        right = {"reason": "Congé", "resumes_on": day(30)}
        assert client.post(url("suspend", project), right).status_code == 302
        assert client.post(url("resume", project), {"on": day()}).status_code == 302
        project.refresh_from_db()
        assert project.stage == Stage.PREINCUBATION

    def test_resuming_what_is_not_on_pause_is_said(self, client_for, project, manager):
        answer = client_for(manager).post(url("resume", project), {"on": day()})
        assert answer.status_code == 200
        assert "pas possible" in answer.content.decode()


class TestPeople:
    @pytest.mark.parametrize("how", ["email", "username", "name"])
    def test_someone_is_added_by_what_is_known_of_them(self, client_for, project, manager, how):
        someone = make_person("Noémie", "Lambert", email="noemie.lambert@region.example")
        typed = {"email": someone.email.upper(), "username": someone.username, "name": "noémie lambert"}
        answer = client_for(manager).post(url("member", project), {"user": typed[how], "role": "member"})
        if how == "name":  # accents may differ in case on SQLite: the exact name always works
            typed["name"] = "Noémie Lambert"
            client_for(manager).post(url("member", project), {"user": typed[how], "role": "member"})
        else:
            assert answer.status_code == 302
        assert project.memberships.filter(user=someone, left_on__isnull=True).count() == 1

    def test_a_name_that_nobody_or_several_have_gets_a_sentence(self, client_for, project, manager):
        client = client_for(manager)
        make_person("Jean", "Petit")
        make_person("Jean", "Petit")
        nobody = client.post(url("member", project), {"user": "Personne Inconnue", "role": "member"})
        several = client.post(url("member", project), {"user": "Jean Petit", "role": "member"})
        assert "Personne n’a" in nobody.content.decode()
        assert "Personne Inconnue" in nobody.content.decode()
        assert "Plusieurs personnes" in several.content.decode()

    def test_a_member_is_not_their_own_coach(self, client_for, project, manager, lead):
        answer = client_for(manager).post(
            url("companion", project), {"user": lead.username, "kind": "coach", "starts_on": day()}
        )
        assert answer.status_code == 200
        assert not project.accompaniments.exists()

    def test_the_last_one_does_not_leave(self, client_for, project, manager):
        member = project.memberships.first()
        answer = client_for(manager).post(url("member_end", project, member.pk), {})
        assert answer.status_code == 200
        member.refresh_from_db()
        assert member.left_on is None


class TestImpactScreens:
    def test_an_indicator_a_target_and_values(self, client_for, project, lead):
        client = client_for(lead)
        fields = {
            "name": "Dossiers complets",
            "question": "Les dossiers arrivent-ils complets ?",
            "level": "useful",
            "direction": "increase",
            "unit": "percent",
            "decimals": "0",
            "denominator": "dossiers reçus",
            "is_main": "on",
        }
        assert client.post(url("indicator", project), fields).status_code == 302
        indicator = project.indicators.get()
        value = {
            "value": "9,5",
            "role": "baseline",
            "period_end": day(-30),
            "quality": "A",
            "source": "Registre",
        }
        assert client.post(url("measure", project, indicator.pk), value).status_code == 302
        assert float(indicator.measures.get().value) == 9.5
        twice = client.post(url("measure", project, indicator.pk), value)
        assert "déjà une valeur de référence" in twice.content.decode()
        target = {"value": "60", "due_on": day(200), "set_by": ""}
        assert client.post(url("target", project, indicator.pk), target).status_code == 302
        html = client.get(url("impact", project)).content.decode()
        assert "60" in html

    @pytest.mark.parametrize(
        "wrong",
        [
            {"value": "quarante"},
            {"value": "140"},
            {"value": ""},
            {"period_end": "2999-01-01"},
            {"quality": "Z"},
        ],
    )
    def test_a_wrong_value_keeps_its_source(self, client_for, project, lead, wrong):
        indicator = make_indicator(project)
        value = {
            "value": "40",
            "role": "follow_up",
            "period_end": day(),
            "quality": "A",
            "source": "Registre 2020",
        }
        answer = client_for(lead).post(url("measure", project, indicator.pk), {**value, **wrong})
        assert answer.status_code == 200
        assert "Registre 2020" in answer.content.decode()
        assert not indicator.measures.exists()

    def test_a_correction_says_why(self, client_for, project, manager):
        measure = make_measure(make_indicator(project))
        client = client_for(manager)
        fields = {
            "value": "38",
            "role": "follow_up",
            "period_end": day(),
            "quality": "A",
            "source": "Registre",
        }
        assert client.post(url("correct", project, measure.pk), {**fields, "comment": ""}).status_code == 200
        assert (
            client.post(url("correct", project, measure.pk), {**fields, "comment": "Erreur"}).status_code
            == 302
        )
        again = client.post(url("correct", project, measure.pk), {**fields, "comment": "Erreur"})
        assert "déjà été corrigée" in again.content.decode()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_few_queries_whatever_the_rows(self, client_for, project, lead, assert_queries, rows):
        for _row in range(rows):
            make_measure(make_indicator(project))
        client = client_for(lead)
        with assert_queries(IMPACT_QUERIES):
            client.get(url("impact", project))

    def test_no_amount_is_not_zero(self, client_for, project, manager):
        html = client_for(manager).get(url("impact", project)).content.decode()
        assert "Aucun montant n’est encore connu" in html


class TestAfterwards:
    def test_what_was_learnt_is_asked_then_kept(self, client_for, project, lead):
        decide(project, Gate.PREINCUBATION_END, Outcome.STOP)
        client = client_for(lead)
        assert "est attendu pour le" in client.get(url("detail", project)).content.decode()
        fields = {"reason": "solution_exists", "learning": "Un autre service le fait déjà.", "advice": ""}
        assert client.post(url("post_mortem", project), fields).status_code == 302
        html = client.get(url("detail", project)).content.decode()
        assert "Un autre service le fait déjà." in html
        assert "est attendu pour le" not in html

    def test_a_follow_up_is_recorded_once(self, client_for, project, manager):
        decide(project, Gate.PREINCUBATION_END, Outcome.HAND_OVER)
        follow_up = project.follow_ups.first()
        client = client_for(manager)
        fields = {"state": "alive", "note": "Le service s'en sert.", "source": "", "checked_on": day()}
        assert client.post(url("follow_up", project, follow_up.pk), fields).status_code == 302
        again = client.post(url("follow_up", project, follow_up.pk), fields)
        assert "déjà enregistré" in again.content.decode()

    def test_a_living_project_has_no_post_mortem(self, client_for, project, lead):
        fields = {"reason": "solution_exists", "learning": "Rien.", "advice": ""}
        answer = client_for(lead).post(url("post_mortem", project), fields)
        assert answer.status_code == 200
        assert not hasattr(Project.objects.get(pk=project.pk), "post_mortem")


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_page_with_its_next_step(client_for, stage):
    project = make_project(stage)
    answer = client_for(manager_of(project.programme)).get(url("detail", project))
    if stage == Stage.MERGED:
        assert answer.status_code == 302
        return
    assert answer.status_code == 200
    assert b'<h2 id="now"></h2>' not in answer.content


def test_ninety_seven_days_instead_of_ninety_one_is_on_the_page(client_for):
    from datetime import UTC, date, datetime

    from tests.factories.projects import make_cohort

    cohort = make_cohort(preincubation_starts_on=date(2020, 4, 1))
    with clock.at(datetime(2020, 3, 5, 9, tzinfo=UTC)):
        project = make_project(Stage.SELECTED, cohort=cohort)
        sign_commitment(project, starts_on=date(2020, 4, 1))
    with clock.at(datetime(2020, 4, 1, 9, tzinfo=UTC)):
        verbs.start_preincubation(actor=manager_of(project.programme), project=project)
    with clock.at(datetime(2020, 7, 7, 9, tzinfo=UTC)):
        decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_TERRITORY)
    html = client_for(manager_of(project.programme)).get(url("detail", project)).content.decode()
    assert "97 jours au lieu de 91" in html


IMPACT_QUERIES = 13
