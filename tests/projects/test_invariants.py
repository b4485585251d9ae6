"""The invariants of a project's life, each on its own: whatever the verbs do, these hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from incubator.core import clock
from incubator.core.models import Refused
from projects import forms
from projects.domain import projects as verbs
from projects.domain.decisions import apply_outcome
from projects.enums import FINAL_STAGES, Gate, Outcome, PhaseKind, Stage
from projects.models import Phase, Project
from projects.outcomes import DEMANDS
from tests.factories.projects import (
    BODY,
    REASON,
    decide,
    demands_for,
    make_project,
    manager_of,
    sign_commitment,
)

pytestmark = pytest.mark.django_db
EVERY_END = sorted(FINAL_STAGES)


def at(*day):
    return clock.at(datetime(*day, 9, tzinfo=UTC))


def refusal(call) -> dict[str, list[str]] | list[str]:
    """The sentences of a refusal; the stage of the project has not moved."""
    with pytest.raises(Refused) as refused:
        call()
    error = refused.value
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def end(stage: str) -> Project:
    """A project at a final stage, with everything before it."""
    if stage == Stage.WITHDRAWN:
        project = make_project(Stage.PREINCUBATION)
        verbs.withdraw(actor=manager_of(project.programme), project=project)
    elif stage == Stage.MERGED:
        project = make_project()
        into = make_project(cohort=project.cohort)
        verbs.merge(actor=manager_of(project.programme), project=project, into=into, reason="Même problème.")
    else:
        project = make_project(stage)
    assert project.stage == stage
    return project


# -- 1. One open phase; dates in order; nothing after an end -----------------------------------------


def test_two_phases_are_never_open_together():
    project = make_project(Stage.PREINCUBATION)
    running = project.phases.get()
    with (
        pytest.raises(IntegrityError, match="one_open_phase|projects_phase.project_id"),
        transaction.atomic(),
    ):
        Phase.objects.create(
            project=project,
            kind=PhaseKind.EXTENSION,
            planned_start=clock.today(),
            planned_end=clock.today(),
            actual_start=clock.today(),
            opened_by=running.opened_by,
        )


def test_the_next_phase_opens_where_the_last_one_closed():
    with at(2020, 4, 1):
        project = make_project(Stage.PREINCUBATION)
    with at(2020, 7, 7):
        decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_TERRITORY, starts_on="2020-10-01")
        first, second = project.phases.order_by("pk")
        assert (first.actual_end, second.planned_start, second.actual_start) == (
            clock.today(),
            date(2020, 10, 1),
            None,
        )
    with at(2020, 10, 1):  # 86 days of waiting: an explicit gap, not a phase
        verbs.start_phase(actor=manager_of(project.programme), project=project)
    assert project.phases.get(actual_end=None).actual_start == date(2020, 10, 1)


@pytest.mark.parametrize(
    ("column", "days"), [("planned_end", -1), ("actual_end", -1)], ids=["planned dates", "real dates"]
)
def test_no_phase_ends_before_it_starts(column, days):
    phase = make_project(Stage.PREINCUBATION).phases.get()
    start = getattr(phase, column.replace("end", "start"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Phase.objects.filter(pk=phase.pk).update(
            **{column: start + timedelta(days=days), "closed_by": phase.opened_by}
        )


@pytest.mark.parametrize("stage", EVERY_END)
def test_nothing_runs_nor_is_planned_after_an_end(stage):
    project = end(stage)
    assert not project.phases.filter(closed_by=None).exists()


@pytest.mark.parametrize("stage", EVERY_END)
def test_nothing_starts_again_after_an_end(stage):
    project = end(stage)
    manager, phases = manager_of(project.programme), project.phases.count()
    for verb, words in (
        (verbs.start_preincubation, {}),
        (verbs.start_phase, {}),
        (verbs.resume, {}),
        (verbs.suspend, {"reason": "Congé.", "resumes_on": clock.today() + timedelta(days=9)}),
        (verbs.withdraw, {}),
    ):
        assert refusal(lambda v=verb, w=words: v(actor=manager, project=project, **w))
    project.refresh_from_db()
    assert (project.stage, project.phases.count()) == (stage, phases)


def test_a_pause_closes_the_phase_and_only_a_resumption_opens_it_again():
    with at(2020, 4, 1):
        project = make_project(Stage.PREINCUBATION)
    manager = manager_of(project.programme)
    with at(2020, 5, 1):
        verbs.suspend(actor=manager, project=project, reason="Crise sanitaire.", resumes_on=date(2020, 5, 31))
        assert not project.phases.filter(actual_end=None).exists()
        assert refusal(lambda: verbs.start_phase(actor=manager, project=project))
    with at(2020, 5, 31):
        resumed = verbs.resume(actor=manager, project=project)
    again = project.phases.get(actual_end=None)
    assert (again.kind, again.opened_by, again.started_by) == (PhaseKind.PREINCUBATION, resumed, resumed)


# -- 2. Phases only by transitions -------------------------------------------------------------------


def test_every_phase_says_which_move_opened_started_and_closed_it():
    project = make_project(Stage.PREINCUBATION)
    decide(project, Gate.PREINCUBATION_END, Outcome.STOP)
    moves = {move.pk: move.name for move in project.transitions.all()}
    phase = project.phases.get()
    assert [moves[pk] for pk in (phase.opened_by_id, phase.started_by_id, phase.closed_by_id)] == [
        "hackathon:retain",
        "start",
        "preincubation_end:stop",
    ]


def test_a_phase_closed_by_nobody_cannot_be_stored():
    phase = make_project(Stage.PREINCUBATION).phases.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Phase.objects.filter(pk=phase.pk).update(actual_end=clock.today())


def test_no_form_of_the_project_space_writes_a_stage_or_a_date_of_a_phase():
    closed = {"stage", "maturity", "actual_start", "actual_end", "planned_start", "planned_end", "closed_by"}
    shown = {
        (name, field)
        for name, form in vars(forms).items()
        if isinstance(form, type) and issubclass(form, forms.ProjectForm)
        for field in form.base_fields
        if field in closed
    }
    assert shown == set()


# -- 3. What a decision needs, in the words that people read -----------------------------------------


def decision(project, outcome, gate=Gate.PREINCUBATION_END, *, without="", reason=REASON, body=BODY):
    demands = {key: value for key, value in demands_for(outcome).items() if key != without}
    return apply_outcome(
        actor=None,
        project=project,
        gate=gate,
        outcome=outcome,
        reason=reason,
        demands=demands,
        deciding_body=body,
        system=True,
    )


def test_a_decision_has_a_body_and_a_reason():
    project = make_project(Stage.PREINCUBATION)
    assert refusal(lambda: decision(project, Outcome.STOP, body="")) == {
        "deciding_body": ["Écrivez quelle instance a décidé."]
    }
    assert refusal(lambda: decision(project, Outcome.STOP, reason="Non.")) == {
        "reason": ["Écrivez le motif en une phrase au moins\u00a0: l’équipe le lira."]
    }


@pytest.mark.parametrize(
    ("outcome", "key"),
    [
        (outcome, demand.key)
        for outcome in (Outcome.EXTEND, Outcome.HAND_OVER, Outcome.ADJOURN, Outcome.STARTUP_TERRITORY)
        for demand in DEMANDS[outcome]
        if demand.required
    ],
)
def test_each_missing_demand_is_asked_for_in_a_sentence(outcome, key):
    project = make_project(Stage.PREINCUBATION)
    said = refusal(lambda: decision(project, outcome, without=key))
    assert list(said) == [key]
    (sentence,) = said[key]
    assert sentence.endswith((".", "?"))
    assert len(sentence.split()) >= 3
    project.refresh_from_db()
    assert project.stage == Stage.PREINCUBATION
    assert project.phases.count() == 1


@pytest.mark.parametrize(
    "outcome",
    [Outcome.STARTUP_TERRITORY, Outcome.STARTUP_INTERNAL, Outcome.STARTUP_INCUBATOR, Outcome.EXTEND],
)
def test_what_goes_on_has_a_next_date(outcome):
    project = make_project(Stage.PREINCUBATION)
    decide(project, Gate.PREINCUBATION_END, outcome)
    project.refresh_from_db()
    assert project.next_decision_on > clock.today()
    assert project.next_decision_label


@pytest.mark.parametrize("outcome", [Outcome.STOP, Outcome.HAND_OVER])
def test_what_ends_has_none(outcome):
    project = make_project(Stage.PREINCUBATION)
    decide(project, Gate.PREINCUBATION_END, outcome)
    project.refresh_from_db()
    assert (project.next_decision_on, project.next_decision_label) == (None, "")


def test_a_refusal_says_why_and_what_to_do():
    project = make_project(Stage.SELECTED)
    manager = manager_of(project.programme)
    assert refusal(lambda: verbs.start_preincubation(actor=manager, project=project)) == [
        "Personne n’a encore signé de lettre d’engagement\u00a0: la préincubation démarre quand une lettre est signée."
    ]
    sign_commitment(project)
    verbs.start_preincubation(actor=manager, project=project)
    decide(project, Gate.PREINCUBATION_END, Outcome.EXTEND)
    said = refusal(lambda: decision(project, Outcome.EXTEND, gate=Gate.EXTENSION_END))
    assert said == {
        "outcome": ["Cette instance ne peut pas donner cette issue ici. Choisissez une de celles proposées."]
    }
