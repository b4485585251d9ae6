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
11. what a juror writes or marks, and why a project was withdrawn, is on nothing that leaves the jury, nor on a
    public page                  nothing_of_a_juror_leaves_the_jury, nothing_of_a_juror_is_on_a_public_page
12. every act taken is in the journal or in a log of its own, and stays there   what_was_done_stays_written

And a refused act changes nothing at all (``attempt``).
"""

import html
from collections import Counter
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    invariant,
    run_state_machine_as_test,
)
from wagtail.models import Page

from home.domain.site import set_up_site
from incubator.core.models import JournalEntry, Letter
from juries import queries
from juries.domain import (
    others_marks,
    results,
    sittings,
)
from juries.enums import SCORING_ROLES, MarksShown, SeatRole, SittingState
from juries.models import (
    Decision,
    Evaluation,
    Hearing,
    Minutes,
    Recusal,
    Score,
    ScoreChange,
)
from projects.counts import CountUnit, MixedUnitsError
from projects.domain import projects as project_verbs
from projects.domain import publication
from projects.enums import FINAL_STAGES, Gate, Stage
from projects.models import Membership, Phase, Project, Transition
from projects.outcomes import DEMANDS
from projects.queries import funnel
from tests.factories import juries as make
from tests.factories import projects as project_factory
from tests.factories.calls import make_call
from tests.juries.a_jury import EVERY_ACT, MOMENTS, SEALED, SECRET, AJury

pytestmark = pytest.mark.django_db


class WatchedJury(AJury):
    """The acts, and what holds after each of them."""

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
            if phase.actual_end is not None:
                assert moves[phase.closed_by_id] == phase.project_id
                assert phase.closed_by_id != phase.opened_by_id

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
        if self.is_as_it_was("board"):
            return
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
        if sitting.state == SittingState.SCORING and not self.is_as_it_was("president"):
            board = results.board_of(sitting, self.world.president)
            reading = queries.reading_list(sitting, self.world.president)
            assert board.is_open is (not reading.left)
        given = Score.objects.filter(value__isnull=False)  # a late first mark stands beside an empty one
        marks = list(given.order_by("pk").values_list("pk", "value"))
        if sitting.state in SEALED:
            assert self.sealed_marks in (None, marks)
            self.sealed_marks = marks

    @invariant()
    def the_marks_of_the_others_follow_the_rule(self):
        """With the rule « after own »: for whom has given marks that count, and for nobody who stands aside."""
        sitting = self.sitting
        if sitting.state not in {SittingState.SCORING, SittingState.DELIBERATING} or self.is_as_it_was(
            "others"
        ):
            return
        aside = set(Recusal.objects.values_list("seat__user", "hearing"))
        given = set(Evaluation.objects.filter(submitted_at__isnull=False).values_list("juror", "hearing"))
        late = set(ScoreChange.objects.filter(late=True).values_list("actor", "score__evaluation__hearing"))
        for juror in (self.juror(number) for number in range(4)):
            reading = queries.reading_list(sitting, juror)
            for hearing in self.world.hearings:
                if hearing.pk not in reading.order:
                    continue
                read = others_marks.read_by(
                    juror, hearing, sitting=sitting, own=reading.evaluations.get(hearing.pk), asked=True
                )
                own = (juror.pk, hearing.pk)
                assert read.is_shown is (own in given or own in late)
                for line in read.lines:
                    assert line.juror != juror
                    assert (line.juror.pk, hearing.pk) not in aside
                    assert (line.juror.pk, hearing.pk) in given | late

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

    def nothing_of_a_juror_is_on_a_public_page(self):
        """As a stranger reads the site once everything is done: no sentence, no name and no mark of a juror."""
        marks = set(Score.objects.exclude(value=None).values_list("evaluation__juror", flat=True))
        names = [str(one) for one in (*self.world.jurors, self.world.president) if one.pk in marks]
        client = Client()
        opened = 0
        for address in self.public_pages():
            answer = client.get(address)  # most lead to the door: that page is the same for everyone
            text = html.unescape(answer.content.decode())
            opened += answer.status_code == 200
            assert SECRET not in text, address
            assert not [name for name in names if name in text], address
            assert "data-label" not in text, address  # no table of marks
        assert opened >= 3

    def public_pages(self) -> list[str]:
        code = self.sitting.code
        pages = [reverse("home:portfolio"), *(page.url for page in Page.objects.live() if page.url)]
        for project in self.world.projects:
            pages += [
                reverse(f"projects:{name}", args=[project.code]) for name in ("detail", "impact", "notebook")
            ]
        return pages + [reverse(f"juries:{name}", args=[code]) for name in ("results", "minutes")]

    @invariant()
    def what_was_done_stays_written(self):
        now = set(JournalEntry.objects.values_list("pk", flat=True))
        assert self.journal <= now
        self.journal = now
        for pk in Evaluation.objects.values_list("hearing", flat=True):
            assert JournalEntry.objects.filter(target_pk=str(pk), verb__startswith="juries.").exists()
        if self.sitting.state == SittingState.PRONOUNCED:
            assert JournalEntry.objects.filter(verb="juries.pronounced").count() == 1


class AnExample(WatchedJury):
    """One sequence of acts: it begins where the day stands, and what it has done is undone."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self):
        try:
            self.nothing_of_a_juror_is_on_a_public_page()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)


def in_preincubation(_world, project) -> None:
    project_factory.bring_to(project, Stage.PREINCUBATION)


@pytest.mark.same_on_any_database(reason="random sequences of verbs; each verb has its own tests on both")
def test_the_twelve_invariants_hold_whatever_people_do(site):
    world = make.World(
        projects=3, jurors=3, gate=Gate.PREINCUBATION_END, stage_ready=in_preincubation,
        marks_shown=MarksShown.AFTER_OWN, quorum=3,
    )  # fmt: skip
    # Who prefers an e-mail and has lost theirs.
    get_user_model().objects.filter(memberships__project=world.projects[1]).update(preferred_channel="email")
    set_up_site()
    make_call(programme=world.programme, manager=world.manager, cohort=world.cohort)
    for project in world.projects[:2]:
        indicator = project_factory.make_indicator(project, is_main=True, is_public=True)
        project_factory.make_measure(indicator, value=Decimal(15))
        publication.publish_impact(actor=world.manager, project=project)
    world.secretary = make.person("Secrétaire")
    sittings.add_seat(
        actor=world.manager, sitting=world.sitting, user=world.secretary, role=SeatRole.SECRETARY
    )
    project_verbs.add_member(actor=world.manager, project=world.projects[0], user=world.jurors[0])

    class ADay(WatchedJury):
        taken, refused = Counter(), Counter()

    ADay.world = world
    ADay.today = ADay()
    for moment in MOMENTS:
        ADay.today.goes_on_to(moment)
        for held in ADay.today.invariants:
            held.function(ADay.today)

        class Machine(AnExample):
            taken, refused = ADay.taken, ADay.refused

            def __init__(self):
                self.world = world
                super().__init__()
                self.now, self.keys_at_opening = ADay.today.now, ADay.today.keys_at_opening

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
    assert EVERY_ACT - set(ADay.taken) == set()
    assert ADay.refused["save_scores"] > 0
