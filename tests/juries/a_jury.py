"""People around a sitting, and what they may try: the acts from which Hypothesis draws its sequences.

Each act is a verb, taken or refused; a refused one changes nothing at all (``AJury.attempt``). What must hold after each
of them is said in ``test_invariants``.
"""

from collections import Counter
from datetime import timedelta
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
)

from incubator.core import clock
from incubator.core.models import JournalEntry, Letter
from juries.domain import decisions, deliberation, grids, links, paper, reminders, scoring, sittings
from juries.enums import SittingState
from juries.models import (
    Criterion,
    Decision,
    Evaluation,
    Hearing,
    Recusal,
    Score,
    ScoreChange,
    Sitting,
)
from projects.domain import projects as project_verbs
from projects.enums import Outcome
from projects.models import Phase, Project
from projects.outcomes import DEMANDS
from tests.factories import juries as make
from tests.factories import projects as project_factory

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
PRESIDENT = 3  # comes last among those who have a voice
JURORS = st.integers(0, PRESIDENT)
TOO_MANY = [(0, 1), (PRESIDENT,)]  # are missing: below the quorum of three, or without the president
ABSENT = st.sampled_from([(), (2,)])
PROJECTS = st.integers(0, 2)
MARKS = st.integers(0, 6)  # 0 and 6 are refused
GOOD_MARKS = st.tuples(*[st.integers(1, 5)] * 3)
THREE_MARKS = GOOD_MARKS | st.tuples(MARKS, MARKS, MARKS)


class Everything(NamedTuple):
    """What a refused act must leave as it is."""

    scores: tuple
    evaluations: tuple
    changes: int
    recusals: int
    decisions: tuple
    projects: tuple
    phases: int
    letters: int
    journal: int
    state: str


class AJury(RuleBasedStateMachine):
    """Three projects at the end of their pre-incubation before a president, three jurors and a secretary."""

    world: make.World
    taken: Counter  # over all examples
    refused: Counter

    def __init__(self):
        super().__init__()
        self.now = clock.now()
        self.read: dict[int, dict] = {}
        self.keys_at_opening: list[str] = []
        self.sealed_marks = self.last = None
        self.revised = 0
        self.looked: dict[str, tuple] = {}
        self.journal = set(JournalEntry.objects.values_list("pk", flat=True))

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
        after = self.last = self.everything()
        if verb is scoring.save_scores:  # whose marks are kept one by one
            old = dict(before.scores)
            rewritten = [pk for pk, mark in after.scores if old.get(pk) is not None and old[pk] != mark]
            assert after.changes - before.changes >= len(rewritten), "a mark was changed without a trace"
        else:
            assert after == before or after.journal > before.journal, f"{verb.__name__} is not in the journal"
        return True

    def is_as_it_was(self, place: str) -> bool:
        """Nothing has changed since one last looked there: acts were refused, or only time has passed."""
        if self.looked.get(place) is self.last is not None:
            return True
        self.looked[place] = self.last = self.last or self.everything()
        return False

    def everything(self) -> Everything:
        return Everything(
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

    def goes_on_to(self, moment: str):
        """What has been done by then; each moment of ``MOMENTS`` follows on from the one before."""
        if moment == "scoring":
            self.the_manager_opens_the_scoring()
            for juror in range(4):
                self.a_juror_says_their_links(juror, None)
            self.a_juror_passes(1, 2)
        elif moment == "half scored":
            for juror in (3, 2):
                self.a_juror_finishes(juror, (4, 3, 4))
            self.the_secretary_enters_paper(1, 1, (3, 3, 3), asked=False)
            self.the_manager_reminds()
        elif moment == "scored":
            for juror in (0, 1):
                self.a_juror_finishes(juror, (4, 3, 4))
            self.a_team_rewrites_its_project(0)  # jurors read on what was frozen
            self.a_juror_joins_a_team(2, 1)  # whose marks the opening of the deliberation takes out
            self.time_passes(30)
        elif moment == "deliberating":
            self.the_president_begins_the_deliberation(frozenset())
        elif moment == "decided":
            self.the_rest_is_decided_and_agreed()
        elif moment == "pronounced":
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
        hearing, who = self.hearing(project), self.juror(juror)
        self.attempt(scoring.recuse, actor=who, hearing=hearing, reason=SECRET)
        if Recusal.objects.filter(hearing=hearing, seat__user=who).exists():
            assert not self.attempt(scoring.save_scores, actor=who, hearing=hearing, scores={KEYS[0]: 3})

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

    @rule(juror=JURORS, project=PROJECTS)
    def the_manager_lifts_a_link(self, juror, project):
        seat = self.sitting.seats.get(user=self.juror(juror))
        self.attempt(
            links.lift_found_link, actor=self.world.manager, seat=seat, hearing=self.hearing(project),
            reason="Le site se trompe.",
        )  # fmt: skip

    @rule()
    @precondition(lambda self: self.revised < 2)
    def the_manager_changes_the_grid(self):
        self.revised += 1
        self.attempt(
            grids.revise_grid, actor=self.world.manager, grid=self.world.grid.grid,
            criteria=[{**criterion, "weight": 3} for criterion in make.CRITERIA[:2]],
        )  # fmt: skip

    @rule()
    def the_manager_reminds(self):
        self.attempt(reminders.remind, actor=self.world.manager, sitting=self.sitting)

    @rule(project=PROJECTS)
    def a_project_leaves(self, project):
        self.attempt(
            project_verbs.withdraw, actor=self.world.manager, project=self.project(project),
            private_reason=SECRET,
        )  # fmt: skip

    @rule(absent=ABSENT)
    @precondition(lambda self: Evaluation.objects.filter(submitted_at__isnull=False).count() > 2)
    def the_president_begins_the_deliberation(self, absent):
        for missing in (*TOO_MANY, absent):  # the last may be nobody, or one juror
            begun = self.attempt(
                sittings.begin_deliberation, actor=self.world.president, sitting=self.sitting,
                present=self.all_but(missing),
            )  # fmt: skip
            assert not begun or self.may_decide_without(missing)

    @rule(absent=ABSENT)
    @precondition(lambda self: self.sitting.state == SittingState.DELIBERATING)
    def some_leave_and_the_president_pronounces(self, absent):
        self.the_rest_is_decided_and_agreed()
        for missing in (*TOO_MANY, absent):
            self.attempt(
                deliberation.note_presence, actor=self.world.secretary, sitting=self.sitting,
                present=self.all_but(missing),
            )  # fmt: skip
            if self.attempt(decisions.pronounce, actor=self.world.president, sitting=self.sitting):
                assert self.may_decide_without(missing)

    def all_but(self, absent) -> list:
        return [self.juror(number) for number in range(4) if number not in absent]

    def may_decide_without(self, absent) -> bool:
        """The president is there, and as many of the four as the quorum asks."""
        return PRESIDENT not in absent and 4 - len(absent) >= self.world.sitting.quorum

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

    @rule(juror=JURORS, project=PROJECTS, marks=THREE_MARKS)
    @precondition(lambda self: self.sitting.state == SittingState.DELIBERATING)
    def first_marks_come_late(self, juror, project, marks):
        hearing, seat = self.hearing(project), self.sitting.seats.get(user=self.juror(juror))
        self.attempt(deliberation.let_change_late, actor=self.world.secretary, hearing=hearing, seat=seat)
        self.attempt(
            deliberation.change_marks_late, actor=self.juror(juror), hearing=hearing,
            scores=dict(zip(KEYS, marks, strict=True)),
        )  # fmt: skip

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
        prepared = self.attempt(
            decisions.prepare_decision, actor=self.world.president, hearing=self.hearing(project),
            outcome=outcome, reason="Trois mois d’enquête ont convaincu." if reason else "", demands=demands,
        )  # fmt: skip
        asked = {demand.key for demand in DEMANDS[outcome] if demand.required}
        assert not prepared or (reason and asked <= set(demands))

    @rule()
    @precondition(lambda self: self.sitting.state == SittingState.DELIBERATING)
    def the_rest_is_decided_and_agreed(self):
        for number in range(3):
            if not Decision.objects.filter(hearing=self.hearing(number)).exists():
                outcome = (Outcome.STARTUP_TERRITORY, Outcome.EXTEND, Outcome.STOP)[number]
                self.a_decision_is_prepared(number, outcome, 0, reason=True)  # without the first thing asked
                self.a_decision_is_prepared(number, outcome, 99, reason=False)
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
