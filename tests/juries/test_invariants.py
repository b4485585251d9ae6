"""The twelve invariants of a sitting, under random sequences of what people do (field notes §2.6).

Hypothesis chooses the acts and their order; each act is a verb, taken or refused. After each one:

1.  one open phase a project, start before end, nothing running after an end   phases_are_in_order
2.  phases open and close by a transition only                                  phases_are_moved_by_transitions
3.  a pronounced decision has body, date, quorum, reason, outcome, what it demands   decisions_are_complete
4.  whoever is linked to a project or stands aside from it has no mark that counts   no_linked_juror_counts
5.  others' marks are hidden before one's own; marks are sealed by the deliberation,
    a late one stands beside, each change is kept        marks_are_blind_then_sealed, each_change_is_kept
6.  a change of the grid never touches marks already given                      the_grid_of_the_marks_stays
7.  the text that jurors read is frozen                                         dossiers_stay_as_they_were_read
8.  persons, applications and projects are three series                         units_are_never_mixed
9.  who has no e-mail is reached another way                                    everyone_can_be_reached
10. who was judged has an answer on its way                                     everyone_judged_has_an_answer
11. what a juror writes or marks is on nothing that leaves the jury             nothing_of_a_juror_leaves_the_jury
12. every act taken is in the journal or in a log of its own, and stays there   what_was_done_stays_written

And a refused act changes nothing at all (``attempt``).
"""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from incubator.core import clock
from incubator.core.models import JournalEntry, Letter
from juries import queries
from juries.domain import decisions, deliberation, grids, links, paper, reminders, results, scoring, sittings
from juries.enums import SCORING_ROLES, SeatRole, SittingState
from juries.models import (
    Criterion,
    Decision,
    Evaluation,
    Hearing,
    Minutes,
    Recusal,
    Score,
    ScoreChange,
    Sitting,
)
from projects.counts import CountUnit, MixedUnitsError
from projects.domain import projects as project_verbs
from projects.enums import FINAL_STAGES, Gate, Outcome, Stage
from projects.models import Membership, Phase, Project, Transition
from projects.outcomes import DEMANDS
from projects.queries import funnel
from tests.factories import juries as make
from tests.factories import projects as project_factory

pytestmark = pytest.mark.django_db

SECRET = "phrase-de-jure"
SEALED = {SittingState.DELIBERATING, SittingState.PRONOUNCED}
KEYS = [criterion["key"] for criterion in make.CRITERIA]
OUTCOMES = [
    Outcome.STARTUP_TERRITORY,
    Outcome.STARTUP_INTERNAL,
    Outcome.EXTEND,
    Outcome.HAND_OVER,
    Outcome.STOP,
    Outcome.ADJOURN,
    Outcome.RETAIN,  # not this body's to give
]
# What the moments alone reach: a verb that nobody could ever take would be tested in name only.
EVERY_ACT = {
    "open_scoring", "declare_links", "save_scores", "pass_for_now", "enter_paper_marks", "remind",
    "begin_deliberation", "prepare_decision", "sign_off", "pronounce",
}  # fmt: skip
MOMENTS = ["preparing", "scoring", "half scored", "scored", "deliberating", "decided", "pronounced"]
JURORS = st.integers(0, 3)  # the president comes last
PROJECTS = st.integers(0, 2)
MARKS = st.integers(0, 6)  # 0 and 6 are refused
GOOD_MARKS = st.tuples(*[st.integers(1, 5)] * 3)
THREE_MARKS = GOOD_MARKS | st.tuples(MARKS, MARKS, MARKS)


class AJury(RuleBasedStateMachine):
    """Three projects at the end of their pre-incubation before a president, three jurors and a secretary."""

    world: make.World
    begun: str  # the moment of the sitting's life at which the examples take it up
    taken: Counter  # over all examples
    refused: Counter

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = clock.now()
        self.pronounced_quorum = None
        self.sealed_marks = self.counted = self.last = None
        self.journal = set(JournalEntry.objects.values_list("pk", flat=True))

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    # -- Everything as it stands, read again each time -----------------------------------------------------

    @property
    def sitting(self) -> Sitting:
        return Sitting.objects.get(pk=self.world.sitting.pk)

    def hearing(self, number: int) -> Hearing:
        return Hearing.objects.select_related("sitting", "project").get(pk=self.world.hearings[number].pk)

    def project(self, number: int) -> Project:
        return Project.objects.get(pk=self.world.projects[number].pk)

    def juror(self, number: int):
        return [*self.world.jurors, self.world.president][number]

    def keys(self) -> list[str]:
        found = Criterion.objects.filter(version=self.sitting.grid_version_id)
        return sorted(found.values_list("key", flat=True))

    def attempt(self, verb, **arguments) -> bool:
        """Do it at the hour it is; whether it was taken. What is refused leaves no trace."""
        before = self.last = self.last or self.everything()
        try:
            with clock.at(self.now), transaction.atomic():
                verb(**arguments)
        except (ValidationError, PermissionDenied):
            assert self.everything() == before, f"{verb.__name__} was refused and has changed something"
            self.refused[verb.__name__] += 1
            return False
        self.taken[verb.__name__] += 1
        self.last = None
        return True

    def everything(self) -> tuple:
        return (
            tuple(Score.objects.order_by("pk").values_list("pk", "value")),
            tuple(
                Evaluation.objects.order_by("pk").values_list("pk", "submitted_at", "skipped_at", "comment")
            ),
            ScoreChange.objects.count(),
            Recusal.objects.count(),
            tuple(Decision.objects.order_by("pk").values_list("pk", "outcome", "signed_off_at")),
            tuple(Project.objects.order_by("pk").values_list("pk", "stage", "title")),
            Phase.objects.count(),
            Letter.objects.count(),
            JournalEntry.objects.count(),
            self.sitting.state,
        )

    @initialize()
    def the_day_is(self):
        begun = self.begun
        if begun == "preparing":
            return
        self.the_manager_opens_the_scoring()
        for juror in range(4):
            self.a_juror_says_their_links(juror, None)
        self.a_juror_passes(1, 2)
        if begun == "scoring":
            return
        for juror in (3, 2) if begun == "half scored" else range(4):
            self.a_juror_finishes(juror, (4, 3, 4))
        if begun == "half scored":
            self.the_secretary_enters_paper(1, 1, (3, 3, 3), asked=False)
            self.the_manager_reminds()
        if begun in {"half scored", "scored"}:
            return
        self.the_president_begins_the_deliberation(frozenset())
        if begun in {"decided", "pronounced"}:
            self.the_rest_is_decided_and_agreed()
        if begun == "pronounced":
            self.the_decisions_are_pronounced(by_president=True)

    # -- What people do ------------------------------------------------------------------------------------

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule()
    @precondition(lambda self: self.sitting.state == SittingState.PREPARING)
    def the_manager_opens_the_scoring(self):
        if self.attempt(sittings.open_scoring, actor=self.world.manager, sitting=self.sitting):
            self.keys_at_opening = self.keys()

    @rule(
        juror=JURORS,
        project=PROJECTS,
        key=st.sampled_from([*KEYS, "inconnu"]),
        mark=MARKS,
        old_page=st.booleans(),
    )
    def a_juror_clicks(self, juror, project, key, mark, old_page):
        self.attempt(
            scoring.save_scores, actor=self.juror(juror), hearing=self.hearing(project), scores={key: mark},
            comment=SECRET, seen={key: None} if old_page else None,
        )  # fmt: skip

    @rule(juror=JURORS, project=PROJECTS, marks=THREE_MARKS)
    def a_juror_gives_marks(self, juror, project, marks):
        self.attempt(
            scoring.save_scores, actor=self.juror(juror), hearing=self.hearing(project),
            scores=dict(zip(KEYS, marks, strict=True)), comment=SECRET, give=True,
        )  # fmt: skip

    @rule(juror=JURORS, marks=GOOD_MARKS)
    def a_juror_finishes(self, juror, marks):
        for project in range(3):
            self.a_juror_gives_marks(juror, project, marks)

    @rule(juror=JURORS, project=st.none() | PROJECTS)
    def a_juror_says_their_links(self, juror, project):
        declared = {} if project is None else {self.world.hearings[project].pk: SECRET}
        self.attempt(
            links.declare_links, actor=self.juror(juror), sitting=self.sitting, links=declared,
            none=project is None,
        )  # fmt: skip

    @rule(juror=JURORS, project=PROJECTS)
    def a_juror_passes(self, juror, project):
        self.attempt(scoring.pass_for_now, actor=self.juror(juror), hearing=self.hearing(project))

    @rule(juror=JURORS, project=PROJECTS)
    def a_juror_stands_aside(self, juror, project):
        self.attempt(scoring.recuse, actor=self.juror(juror), hearing=self.hearing(project), reason=SECRET)

    @rule(juror=JURORS, project=PROJECTS)
    def a_juror_joins_a_team(self, juror, project):
        self.attempt(
            project_verbs.add_member, actor=self.world.manager, project=self.project(project),
            user=self.juror(juror),
        )  # fmt: skip

    @rule(juror=st.integers(1, 3), project=PROJECTS, marks=THREE_MARKS, asked=st.booleans())
    @precondition(lambda self: self.sitting.state in {SittingState.SCORING, SittingState.DELIBERATING})
    def the_secretary_enters_paper(self, juror, project, marks, asked):
        seat = self.sitting.seats.select_related("user", "sitting").get(user=self.juror(juror))
        self.attempt(
            paper.enter_paper_marks, actor=self.world.secretary, seat=seat, hearing=self.hearing(project),
            scores=dict(zip(KEYS, marks, strict=True)), comment=SECRET, replace=asked,
        )  # fmt: skip

    @rule(project=PROJECTS, mark=MARKS)
    def a_stranger_tries_to_mark(self, project, mark):
        for stranger in (self.world.manager, self.world.secretary, self.world.sponsor):
            assert not self.attempt(
                scoring.save_scores, actor=stranger, hearing=self.hearing(project), scores={KEYS[0]: mark}
            )

    @rule(project=PROJECTS)
    def a_team_rewrites_its_project(self, project):
        found = self.project(project)
        self.attempt(
            project_verbs.update_project, actor=self.world.manager, project=found, title=f"{found.title} bis",
            problem="Un autre problème, écrit après coup.",
        )  # fmt: skip

    @rule()
    def the_manager_changes_the_grid(self):
        self.attempt(
            grids.revise_grid, actor=self.world.manager, grid=self.world.grid.grid,
            criteria=[{**criterion, "weight": 3} for criterion in make.CRITERIA[:2]],
        )  # fmt: skip

    @rule()
    def the_manager_reminds(self):
        self.attempt(reminders.remind, actor=self.world.manager, sitting=self.sitting)

    @rule(project=PROJECTS)
    def a_project_leaves(self, project):
        self.attempt(project_verbs.withdraw, actor=self.world.manager, project=self.project(project))

    @rule(absent=st.sets(JURORS, max_size=3))
    @precondition(lambda self: Evaluation.objects.filter(submitted_at__isnull=False).count() > 2)
    def the_president_begins_the_deliberation(self, absent):
        present = [self.juror(number) for number in range(4) if number not in absent]
        self.attempt(
            sittings.begin_deliberation, actor=self.world.president, sitting=self.sitting, present=present
        )

    @rule(juror=JURORS, project=PROJECTS, key=st.sampled_from(KEYS), mark=MARKS, let=st.booleans())
    @precondition(lambda self: self.sitting.state in SEALED)
    def a_mark_comes_late(self, juror, project, key, mark, let):
        hearing = self.hearing(project)
        if let:
            seat = self.sitting.seats.get(user=self.juror(juror))
            self.attempt(deliberation.let_change_late, actor=self.world.president, hearing=hearing, seat=seat)
        self.attempt(
            deliberation.change_marks_late, actor=self.juror(juror), hearing=hearing, scores={key: mark}
        )

    @rule(
        project=PROJECTS,
        outcome=st.sampled_from(OUTCOMES),
        forgotten=st.integers(0, 12),
        reason=st.booleans(),
    )
    @precondition(lambda self: self.sitting.state == SittingState.DELIBERATING)
    def a_decision_is_prepared(self, project, outcome, forgotten, reason):
        demands = project_factory.demands_for(outcome, self.now.date())
        for key in list(demands)[forgotten : forgotten + 1]:
            del demands[key]
        self.attempt(
            decisions.prepare_decision, actor=self.world.president, hearing=self.hearing(project),
            outcome=outcome, reason="Trois mois d’enquête ont convaincu." if reason else "", demands=demands,
        )  # fmt: skip

    @rule()
    @precondition(lambda self: self.sitting.state == SittingState.DELIBERATING)
    def the_rest_is_decided_and_agreed(self):
        for number in range(3):
            if not Decision.objects.filter(hearing=self.hearing(number)).exists():
                outcome = (Outcome.STARTUP_TERRITORY, Outcome.EXTEND, Outcome.STOP)[number]
                self.a_decision_is_prepared(number, outcome, 99, reason=True)
        for decision in Decision.objects.select_related("hearing__sitting__programme", "hearing__project"):
            self.attempt(decisions.sign_off, actor=self.world.sponsor, decision=decision)

    @rule(by_president=st.booleans())
    @precondition(lambda self: self.sitting.state == SittingState.DELIBERATING)
    def the_decisions_are_pronounced(self, by_president):
        actor = self.world.president if by_president else self.world.secretary
        if self.attempt(decisions.pronounce, actor=actor, sitting=self.sitting):
            assert by_president

    @rule()
    @precondition(lambda self: self.sitting.state != SittingState.PREPARING)
    def the_sitting_is_cancelled_without_a_reason(self):
        assert not self.attempt(
            sittings.cancel_sitting, actor=self.world.manager, sitting=self.sitting, reason=" "
        )

    # -- What holds, whatever they do ----------------------------------------------------------------------

    @invariant()
    def phases_are_in_order(self):
        for project in Project.objects.prefetch_related("phases"):
            phases = list(project.phases.all())
            running = [phase for phase in phases if phase.actual_start and phase.actual_end is None]
            assert len(running) <= 1
            assert all(phase.planned_start <= phase.planned_end for phase in phases)
            assert all(phase.actual_start <= phase.actual_end for phase in phases if phase.actual_end)
            if project.stage in FINAL_STAGES:
                assert not [phase for phase in phases if phase.closed_by_id is None]

    @invariant()
    def phases_are_moved_by_transitions(self):
        moves = dict(Transition.objects.values_list("pk", "project"))
        for phase in Phase.objects.all():
            assert moves[phase.opened_by_id] == phase.project_id
            assert (phase.actual_end is None) or moves[phase.closed_by_id] == phase.project_id

    @invariant()
    def decisions_are_complete(self):
        sitting = self.sitting
        if sitting.state != SittingState.PRONOUNCED:
            assert not Minutes.objects.filter(sitting=sitting).exists()
            return
        assert Minutes.objects.get(sitting=sitting).content["body"] == sitting.body
        present = sitting.seats.filter(present=True, role__in=SCORING_ROLES)
        assert present.count() >= sitting.quorum
        assert present.filter(role=SeatRole.PRESIDENT).exists()
        for decision in Decision.objects.filter(hearing__closed_at=None).select_related("hearing__project"):
            move = decision.transition
            assert (move.outcome, move.deciding_body) == (decision.outcome, sitting.body)
            assert move.effective_on
            assert len(decision.reason) > 10
            project = decision.hearing.project
            for demand in DEMANDS.get(decision.outcome, ()):
                assert not demand.required or decision.demands.get(demand.key)
            if project.stage not in FINAL_STAGES:
                assert project.next_decision_on

    @invariant()
    def no_linked_juror_counts(self):
        sitting = self.sitting
        if sitting.state == SittingState.PREPARING:
            return
        aside = set(Recusal.objects.filter(hearing__sitting=sitting).values_list("seat__user", "hearing"))
        if self.counted is self.last is not None:
            return  # nothing has changed since the board was read
        self.counted = self.last = self.last or self.everything()
        board = results.board_of(sitting, self.world.manager)
        for hearing in self.world.hearings:
            counted = Evaluation.objects.filter(hearing=hearing, submitted_at__isnull=False)
            counting = [one for one in counted if (one.juror_id, hearing.pk) not in aside]
            if hearing.pk in board.results:
                assert board.results[hearing.pk].n == len(counting)
        if sitting.state == SittingState.DELIBERATING:
            seats = {seat.user_id for seat in sitting.seats.filter(role__in=SCORING_ROLES)}
            opened = sitting.transitions.get(name="begin_deliberation").created_at
            linked = Membership.objects.filter(
                project__in=self.world.projects, user__in=seats, joined_on__lt=opened.date()
            )
            by_project = {hearing.project_id: hearing.pk for hearing in Hearing.objects.open()}
            for member in linked:
                if member.project_id in by_project:
                    assert (member.user_id, by_project[member.project_id]) in aside

    @invariant()
    def marks_are_blind_then_sealed(self):
        sitting = self.sitting
        if sitting.state == SittingState.SCORING:
            board = results.board_of(sitting, self.world.president)
            reading = queries.reading_list(sitting, self.world.president)
            assert board.is_open is (not reading.left)
        given = Score.objects.filter(value__isnull=False)  # a late first mark stands beside an empty one
        marks = list(given.order_by("pk").values_list("pk", "value"))
        if sitting.state in SEALED:
            assert self.sealed_marks in (None, marks)
            self.sealed_marks = marks

    @invariant()
    def each_change_is_kept(self):
        """The changes of each mark make a chain, from the first mark to the one that stands."""
        for score in Score.objects.prefetch_related("changes"):
            late = [change for change in score.changes.all() if change.late]
            assert not late or self.sitting.state in SEALED
            changes = [change for change in score.changes.all() if not change.late]
            for before, after in zip(changes, changes[1:], strict=False):
                assert before.new == after.old
            assert not changes or changes[-1].new == score.value
            assert all(change.old != change.new for change in changes)

    @invariant()
    def the_grid_of_the_marks_stays(self):
        sitting = self.sitting
        strange = Score.objects.exclude(criterion__version=sitting.grid_version_id)
        assert not strange.exists()
        if sitting.state != SittingState.PREPARING:
            assert self.keys() == self.keys_at_opening
        if Score.objects.exists():
            assert sitting.grid_version.frozen_at is not None
        for evaluation in Evaluation.objects.filter(submitted_at__isnull=False).prefetch_related("scores"):
            assert len([one for one in evaluation.scores.all() if one.value]) == len(self.keys_at_opening)

    @invariant()
    def dossiers_stay_as_they_were_read(self):
        for hearing in Hearing.objects.filter(frozen_at__isnull=False):
            known = self.read.setdefault(hearing.pk, hearing.dossier)
            assert hearing.dossier == known

    @invariant()
    def units_are_never_mixed(self):
        counted = funnel(self.world.cohort)
        firsts = [series[0] for series in counted.series if series]
        assert len({count.unit for count in firsts}) == len(firsts)
        for one in firsts:
            for other in firsts:
                if one.unit != other.unit:
                    with pytest.raises(MixedUnitsError):
                        one + other
        assert {count.unit: count.n for count in firsts}[CountUnit.PROJECTS] == 3

    @invariant()
    def everyone_can_be_reached(self):
        for letter in Letter.objects.select_related("recipient"):
            if letter.recipient is not None and not letter.recipient.email:
                assert letter.channel != "email"

    @invariant()
    def everyone_judged_has_an_answer(self):
        if self.sitting.state == SittingState.PRONOUNCED:
            judged = Decision.objects.filter(hearing__closed_at=None).values_list(
                "hearing__project", flat=True
            )
            for project in judged:
                leads = Membership.objects.filter(project=project, left_on=None).values("user")
                assert Letter.objects.filter(kind__startswith="decision.", recipient__in=leads).exists()

    @invariant()
    def nothing_of_a_juror_leaves_the_jury(self):
        assert not Letter.objects.filter(body__contains=SECRET).exists()
        assert not Transition.objects.filter(public_reason__contains=SECRET).exists()
        assert not [one for one in Minutes.objects.all() if SECRET in str(one.content)]

    @invariant()
    def what_was_done_stays_written(self):
        now = set(JournalEntry.objects.values_list("pk", flat=True))
        assert self.journal <= now
        self.journal = now
        for pk in Evaluation.objects.values_list("hearing", flat=True):
            assert JournalEntry.objects.filter(target_pk=str(pk), verb__startswith="juries.").exists()


def in_preincubation(_world, project) -> None:
    project_factory.bring_to(project, Stage.PREINCUBATION)


def test_the_twelve_invariants_hold_whatever_people_do(site):
    world = make.World(projects=3, jurors=3, gate=Gate.PREINCUBATION_END, stage_ready=in_preincubation)
    world.secretary = make.person("Secrétaire")
    sittings.add_seat(
        actor=world.manager, sitting=world.sitting, user=world.secretary, role=SeatRole.SECRETARY
    )
    project_verbs.add_member(actor=world.manager, project=world.projects[0], user=world.jurors[0])

    taken, refused = Counter(), Counter()
    for moment in MOMENTS:

        class Machine(AJury):
            begun = moment

            def __init__(self):
                self.world, self.read, self.keys_at_opening = world, {}, []
                self.taken, self.refused = taken, refused
                super().__init__()

        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=5,
                stateful_step_count=12,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert EVERY_ACT - set(taken) == set()
    assert refused["save_scores"] > 0
