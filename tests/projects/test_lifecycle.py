"""The life of a project under random sequences of verbs, and the invariants that no sequence may break."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from incubator.core import clock
from incubator.core.models import Refused
from projects.domain import projects as verbs
from projects.domain.decisions import apply_outcome
from projects.enums import FINAL_STAGES, Gate, Outcome, PhaseKind, Stage
from projects.models import Project, Transition
from projects.queries import path_of
from projects.workflow import SOURCES_BY_GATE
from tests.factories.projects import (
    BODY,
    REASON,
    decide,
    demands_for,
    make_cohort,
    make_manager,
    make_person,
    make_programme,
    make_project,
    make_sponsor,
    manager_of,
    sign_commitment,
)

pytestmark = pytest.mark.django_db


class Lifecycle(RuleBasedStateMachine):
    """Any verb at any moment, on a clock that only goes forward; refusals are answers, crashes are not."""

    @initialize(hackathon=st.booleans(), extensions=st.integers(0, 2))
    def open(self, hackathon, extensions):
        self.now = datetime(2020, 1, 6, 9, tzinfo=UTC)
        self.moves = 0
        with clock.at(self.now):
            programme = make_programme(uses_hackathon=hackathon, max_extensions=extensions)
            make_manager(programme)
            self.project = make_project(cohort=make_cohort(programme))
            self.manager = manager_of(programme)

    def act(self, verb, **arguments):
        """Call a verb; a refusal changes nothing."""
        before = Project.objects.values().get(pk=self.project.pk)
        with clock.at(self.now):
            try:
                transition = verb(actor=self.manager, project=self.project, **arguments)
            except Refused:
                assert Project.objects.values().get(pk=self.project.pk) == before
                return
        self.moves += isinstance(transition, Transition)

    @rule(days=st.integers(0, 60))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule(gate=st.sampled_from(Gate), outcome=st.sampled_from(Outcome))
    def a_body_decides_anything(self, gate, outcome):
        self.decide(gate, outcome)

    @rule(data=st.data())
    def a_body_decides_where_it_may(self, data):
        gates = [gate for gate, stages in SOURCES_BY_GATE.items() if self.project.stage in stages]
        if gates:
            gate = data.draw(st.sampled_from(gates))
            from projects.outcomes import offered

            self.decide(gate, data.draw(st.sampled_from(offered(gate, self.project))))

    def decide(self, gate, outcome):
        self.act(
            apply_outcome,
            gate=gate,
            outcome=outcome,
            reason=REASON,
            demands=demands_for(outcome, self.now.date()),
            deciding_body=BODY,
            system=True,
        )

    @rule()
    def someone_commits(self):
        with clock.at(self.now):
            try:
                sign_commitment(self.project)
            except Refused:
                return

    @rule()
    def start(self):
        self.act(verbs.start_preincubation)

    @rule()
    def start_phase(self):
        self.act(verbs.start_phase)

    @rule()
    def suspend(self):
        self.act(verbs.suspend, reason="Congé.", resumes_on=self.now.date() + timedelta(days=30))

    @precondition(lambda self: self.project.stage == Stage.SUSPENDED)
    @rule()
    def resume(self):
        self.act(verbs.resume)

    @precondition(lambda self: self.project.stage == Stage.DORMANT)
    @rule()
    def wake(self):
        self.act(
            verbs.wake,
            reason="La ville reprend le projet.",
            next_committee_on=self.now.date() + timedelta(days=90),
        )

    @precondition(lambda self: self.moves > 6)
    @rule()
    def withdraw(self):
        self.act(verbs.withdraw)

    # -- What always holds

    @invariant()
    def the_log_says_where_it_stands(self):
        if not hasattr(self, "project"):
            return
        self.project.refresh_from_db()
        log = list(self.project.transitions.order_by("pk"))
        assert len(log) == self.moves
        assert self.project.stage == (log[-1].target if log else Stage.APPLIED)
        for before, after in zip(log, log[1:], strict=False):
            assert before.target == after.source
            assert before.effective_on <= after.effective_on

    @invariant()
    def one_open_phase_at_most_and_none_after_an_end(self):
        if not hasattr(self, "project"):
            return
        phases = list(self.project.phases.all())
        running = [phase for phase in phases if phase.actual_start and not phase.actual_end]
        assert len(running) <= 1
        if self.project.stage in FINAL_STAGES | {Stage.SUSPENDED, Stage.DORMANT}:
            assert not running
        if self.project.stage in FINAL_STAGES:
            assert not [phase for phase in phases if phase.closed_by_id is None]
        for phase in phases:
            assert phase.opened_by_id
            assert (phase.actual_start is None) or phase.started_by_id
            assert (phase.actual_end is None) or phase.closed_by_id

    @invariant()
    def phases_do_not_overlap(self):
        if not hasattr(self, "project"):
            return
        dated = sorted(
            (phase.actual_start, phase.actual_end or self.now.date())
            for phase in self.project.phases.filter(actual_start__isnull=False)
        )
        for (_start, end), (start, _end) in zip(dated, dated[1:], strict=False):
            assert end <= start

    @invariant()
    def the_path_can_always_be_drawn(self):
        if hasattr(self, "project"):
            path = path_of(Project.objects.get(pk=self.project.pk))
            assert sum(stop.state == "now" for stop in path.stops) == 1


@pytest.mark.same_on_any_database(reason="random sequences of verbs; each verb has its own tests on both")
def test_no_sequence_of_verbs_breaks_an_invariant(db):
    from django.db import transaction
    from hypothesis.stateful import run_state_machine_as_test

    class Isolated(Lifecycle):
        """Each example in a transaction of its own, undone at its end."""

        def __init__(self):
            super().__init__()
            self._atomic = transaction.atomic()
            self._atomic.__enter__()

        def teardown(self):
            transaction.set_rollback(True)
            self._atomic.__exit__(None, None, None)

    run_state_machine_as_test(
        Isolated,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(scope="class")
def made(written_once):
    with written_once(lambda: make_project(Stage.PREINCUBATION)) as project:
        yield project


class TestDecisions:
    """Invariant 3: what a decision must hold."""

    @pytest.fixture
    def project(self, made, db):
        return deepcopy(made)

    def refused(self, project, outcome, gate=Gate.PREINCUBATION_END, **given):
        with pytest.raises(Refused) as error:
            decide(project, gate, outcome, **given)
        project.refresh_from_db()
        assert project.stage == Stage.PREINCUBATION
        return set(error.value.message_dict)

    @pytest.mark.parametrize(
        ("outcome", "key"),
        [
            (Outcome.STARTUP_TERRITORY, "amount_min"),
            (Outcome.STARTUP_TERRITORY, "convention"),
            (Outcome.STARTUP_TERRITORY, "criterion"),
            (Outcome.STARTUP_TERRITORY, "next_committee_on"),
            (Outcome.STARTUP_INTERNAL, "share_of_time"),
            (Outcome.STARTUP_INTERNAL, "host"),
            (Outcome.STARTUP_INCUBATOR, "linked_project"),
            (Outcome.STARTUP_INCUBATOR, "role_given"),
            (Outcome.EXTEND, "open_question"),
            (Outcome.EXTEND, "evidence"),
            (Outcome.EXTEND, "ends_on"),
            (Outcome.HAND_OVER, "recipient"),
            (Outcome.HAND_OVER, "handed_over"),
            (Outcome.HAND_OVER, "team_after"),
            (Outcome.STOP, "stop_reason"),
            (Outcome.STOP, "learning"),
            (Outcome.ADJOURN, "missing_proof"),
            (Outcome.ADJOURN, "next_decision_on"),
        ],
    )
    @pytest.mark.parametrize("nothing", ["", "  ", None])
    def test_each_outcome_demands_what_it_must_record(self, project, outcome, key, nothing):
        assert self.refused(project, outcome, **{key: nothing}) == {key}

    @pytest.mark.parametrize(
        ("outcome", "key", "wrong"),
        [
            (Outcome.STARTUP_TERRITORY, "amount_min", "beaucoup"),
            (Outcome.STARTUP_TERRITORY, "amount_min", "-1"),
            (Outcome.STARTUP_TERRITORY, "amount_min", "NaN"),
            (Outcome.STARTUP_TERRITORY, "amount_min", "1e40"),
            (Outcome.STARTUP_TERRITORY, "amount_max", "10"),
            (Outcome.STARTUP_TERRITORY, "months", "0"),
            (Outcome.STARTUP_TERRITORY, "months", "six"),
            (Outcome.STARTUP_TERRITORY, "starts_on", "2019-01-01"),
            (Outcome.STARTUP_TERRITORY, "starts_on", "31/02/2021"),
            (Outcome.STARTUP_INTERNAL, "share_of_time", "101"),
            (Outcome.EXTEND, "ends_on", "2019-01-01"),
            (Outcome.HAND_OVER, "recipient", "Claire"),
            (Outcome.STOP, "stop_reason", "because"),
            (Outcome.ADJOURN, "next_decision_on", "2999-01-01"),
            (Outcome.STOP, "surprise", "x"),
        ],
    )
    def test_a_wrong_value_gets_a_sentence_beside_its_field(self, project, outcome, key, wrong):
        assert self.refused(project, outcome, **{key: wrong}) == {key}

    @pytest.mark.parametrize("reason", ["", "Oui", "  "])
    def test_a_reason_is_one_sentence_at_least(self, project, reason):
        with pytest.raises(Refused) as error:
            apply_outcome(
                actor=None,
                project=project,
                gate=Gate.PREINCUBATION_END,
                outcome=Outcome.STOP,
                reason=reason,
                demands=demands_for(Outcome.STOP),
                deciding_body=BODY,
                system=True,
            )
        assert set(error.value.message_dict) == {"reason"}

    def test_a_body_is_named(self, project):
        with pytest.raises(Refused) as error:
            apply_outcome(
                actor=None,
                project=project,
                gate=Gate.PREINCUBATION_END,
                outcome=Outcome.STOP,
                reason=REASON,
                demands=demands_for(Outcome.STOP),
                deciding_body=" ",
                system=True,
            )
        assert set(error.value.message_dict) == {"deciding_body"}

    def test_money_needs_the_sponsor(self, project):
        """D1 to D3 by hand: the sponsor may, the manager may not."""
        arguments = {
            "project": project,
            "gate": Gate.PREINCUBATION_END,
            "outcome": Outcome.STARTUP_TERRITORY,
            "reason": REASON,
            "demands": demands_for(Outcome.STARTUP_TERRITORY),
            "deciding_body": BODY,
        }
        with pytest.raises(PermissionDenied):
            apply_outcome(actor=manager_of(project.programme), **arguments)
        apply_outcome(actor=make_sponsor(), **arguments)
        assert project.stage == Stage.STARTUP_TERRITORY

    @pytest.mark.parametrize("outcome", [Outcome.STOP, Outcome.HAND_OVER])
    def test_nobody_else_decides(self, project, outcome):
        for someone in (make_person(), project.memberships.first().user):
            with pytest.raises(PermissionDenied):
                apply_outcome(
                    actor=someone,
                    project=project,
                    gate=Gate.PREINCUBATION_END,
                    outcome=outcome,
                    reason=REASON,
                    demands=demands_for(outcome),
                    deciding_body=BODY,
                )


class TestWhatADecisionCreates:
    @pytest.fixture
    def project(self, made, db):
        return deepcopy(made)

    def test_an_extension_is_a_new_phase_and_there_is_one_by_default(self, project):
        decide(project, Gate.PREINCUBATION_END, Outcome.EXTEND)
        planned = project.phases.get(kind=PhaseKind.EXTENSION)
        assert planned.actual_start is None
        assert project.phases.get(kind=PhaseKind.PREINCUBATION).actual_end is not None
        assert project.next_decision_on == planned.planned_end
        verbs.start_phase(actor=manager_of(project.programme), project=project)
        with pytest.raises(Refused):
            decide(project, Gate.EXTENSION_END, Outcome.EXTEND)

    def test_a_handover_plans_to_look_back_at_six_and_twelve_months(self, project):
        with clock.at(datetime(2030, 7, 7, 9, tzinfo=UTC)):
            decide(project, Gate.PREINCUBATION_END, Outcome.HAND_OVER)
        assert [str(check.due_on) for check in project.follow_ups.all()] == ["2031-01-07", "2031-07-07"]

    def test_a_postponed_decision_keeps_stage_and_phase(self, project):
        decide(project, Gate.PREINCUBATION_END, Outcome.ADJOURN)
        assert project.stage == Stage.PREINCUBATION
        assert project.phases.get().actual_end is None
        assert project.next_decision_label == "Décision reportée"

    def test_a_territorial_startup_gets_its_range_and_its_committee(self, project):
        transition = decide(
            project,
            Gate.PREINCUBATION_END,
            Outcome.STARTUP_TERRITORY,
            amount_min="50 000",
            amount_max="100000,00",
        )
        line = project.budget_lines.get()
        assert (line.amount_min, line.amount_max, line.months) == (50000, 100000, 6)
        assert line.set_by == transition
        assert project.next_decision_on is not None
        assert project.phases.get(kind=PhaseKind.CONSTRUCTION).actual_start is None

    def test_internal_costs_stay_empty_rather_than_zero(self, project):
        decide(project, Gate.PREINCUBATION_END, Outcome.STARTUP_INTERNAL)
        assert project.budget_lines.get().amount_min is None

    def test_a_pause_moves_what_was_still_to_come(self, project):
        from tests.factories.projects import make_milestone

        today = clock.today()
        milestone = make_milestone(project, due_on=today + timedelta(days=10))
        manager = manager_of(project.programme)
        verbs.suspend(actor=manager, project=project, reason="Congé.", resumes_on=today + timedelta(days=30))
        decision = Project.objects.get(pk=project.pk).next_decision_on
        with clock.at(clock.now() + timedelta(days=45)):
            verbs.resume(actor=manager, project=project)
        milestone.refresh_from_db()
        project.refresh_from_db()
        assert milestone.due_on == today + timedelta(days=55)
        assert project.next_decision_on == decision + timedelta(days=45)
        assert project.stage == Stage.PREINCUBATION
        assert project.phases.filter(actual_end__isnull=True).count() == 1
