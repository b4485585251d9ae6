"""What the page of a project shows to one person: a fixed number of queries, whatever the rows."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    DateField,
    F,
    JSONField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incubator.core import clock, words
from incubator.core.path import Path
from projects.dates import parse_day
from projects.enums import (
    FINAL_STAGES,
    STARTUP_STAGES,
    Outcome,
    PhaseKind,
    Stage,
)
from projects.models import (
    CoachingNote,
    FastTrackRequest,
    FollowUp,
    Measure,
    Milestone,
    Phase,
    PostMortem,
    Project,
    Transition,
)
from projects.outcomes import AMOUNT, CHOICE, DATE, DEMANDS, INTEGER, post_mortem_due_on
from projects.queries.impact import intervention_on, reading_of
from projects.queries.paths import duration_in_words, path_of
from projects.queries.people import Person, Viewer, people_of, viewer_of
from projects.queries.work import work_of
from projects.readings import Reading

RECENT_MEETINGS = 3
_WORKING = frozenset({Stage.SELECTED, Stage.PREINCUBATION, *STARTUP_STAGES})
LOOKS_BACK = frozenset({Stage.STOPPED, Stage.HANDED_OVER, Stage.SUSTAINED, Stage.WITHDRAWN, Stage.DORMANT})


def visible_projects(user) -> QuerySet[Project]:
    """The projects that ``user`` may open, with what every screen of one needs; one query."""
    met = (
        CoachingNote.objects.filter(project=OuterRef("pk"), users_met__gt=0)
        .order_by()
        .values("project")
        .annotate(last=Max("held_on"))
        .values("last")
    )
    asked = (
        FastTrackRequest.objects.open()
        .filter(project=OuterRef("pk"))
        .order_by()
        .values(asked=JSONObject(pk=F("pk"), question=F("question"), answer_by=F("answer_by")))
    )
    return (
        Project.objects.visible_to(user)
        .select_related("programme", "cohort", "directorate", "merged_into", "post_mortem", "impact_page")
        .annotate(
            last_user_contact=Subquery(met, output_field=DateField()),
            open_fast_track=Subquery(asked, output_field=JSONField()),
        )
    )


# -- Decisions -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """One change of stage as it is read: when, by whom, what, why, and what was recorded."""

    on: date
    label: Any
    outcome: Outcome | None
    body: str
    reason: str
    facts: list[tuple[Any, Any]]


_WHAT_HAPPENED = {
    "start": gettext_lazy("Pre-incubation started"),
    "start_phase": gettext_lazy("Phase started"),
    "withdraw": gettext_lazy("Project withdrawn"),
    "suspend": gettext_lazy("Project suspended"),
    "resume": gettext_lazy("Project resumed"),
    "wake": gettext_lazy("Project woken"),
    "redirect": gettext_lazy("Problem redirected"),
    "merge": gettext_lazy("Project joined with another"),
    "correct": gettext_lazy("Decision corrected: the one before no longer holds"),
}


def events_of(transitions: list[Transition]) -> list[Event]:
    """The history, newest first. A reason of withdrawal is private and stays out."""
    return [
        Event(
            on=transition.effective_on,
            label=_WHAT_HAPPENED.get(transition.name, ""),
            outcome=Outcome(transition.outcome) if transition.outcome else None,
            body=transition.deciding_body,
            reason=transition.public_reason,
            facts=_facts_of(transition),
        )
        for transition in reversed(transitions)
    ]


def _facts_of(transition: Transition) -> list[tuple[Any, Any]]:
    if not transition.outcome:
        back = parse_day(transition.data.get("resumes_on", ""))
        return [(_("Planned return"), words.day(back))] if back else []
    return [
        (demand.label, _shown(demand, transition.data[demand.key]))
        for demand in DEMANDS[Outcome(transition.outcome)]
        if transition.data.get(demand.key) not in (None, "")
    ]


def _shown(demand, value) -> Any:
    if demand.kind == DATE:
        return words.day(parse_day(value))
    if demand.kind == AMOUNT:
        return words.amount(value)
    if demand.kind == INTEGER:
        return words.number(value)
    if demand.kind == CHOICE:
        return dict(demand.choices).get(value, value)
    return value


# -- The page --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Action:
    label: Any
    url: str


@dataclass
class ProjectPage:
    """Everything the template shows; lists are loaded and small."""

    project: Project
    viewer: Viewer
    path: Path
    people: list[Person]
    transitions: list[Transition]
    phases: list[Phase]
    milestones: list[Milestone] = field(default_factory=list)
    meetings: list[CoachingNote] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    reading: Reading | None = None

    @property
    def team(self) -> list[Person]:
        return [person for person in self.people if person.is_team]

    @property
    def companions(self) -> list[Person]:
        return [person for person in self.people if not person.is_team]

    @property
    def events(self) -> list[Event]:
        return events_of(self.transitions)

    @property
    def planned_phase(self) -> Phase | None:
        return next((p for p in self.phases if not p.actual_start and not p.closed_by_id), None)

    @property
    def open_phase(self) -> Phase | None:
        return next((p for p in self.phases if p.actual_start and not p.actual_end), None)

    @property
    def phase_rows(self) -> list[dict[str, Any]]:
        """Phases with planned beside actual; one given up before its start is left out."""
        return [
            {"phase": phase, "duration": duration_in_words(phase)}
            for phase in self.phases
            if phase.actual_start or not phase.closed_by_id
        ]

    @property
    def is_over(self) -> bool:
        return self.project.stage in LOOKS_BACK

    @property
    def open_milestones(self) -> list[Milestone]:
        return [milestone for milestone in self.milestones if not milestone.reached_on]

    @property
    def reached_milestones(self) -> list[Milestone]:
        return [milestone for milestone in self.milestones if milestone.reached_on]

    @property
    def days_without_users(self) -> int | None:
        """Days since the team last met users; None when it is not known, or no longer asked."""
        last = self.project.last_user_contact
        return (clock.today() - last).days if last and self.project.stage in _WORKING else None

    @property
    def post_mortem(self) -> PostMortem | None:
        return getattr(self.project, "post_mortem", None)

    @property
    def post_mortem_due(self) -> date | None:
        """The day by which a stopped project owes what it learnt; None when nothing is owed."""
        if self.project.stage != Stage.STOPPED or self.post_mortem:
            return None
        stopped = [t for t in self.transitions if t.target == Stage.STOPPED]
        return post_mortem_due_on(stopped[-1].effective_on) if stopped else None

    @property
    def follow_up_due(self) -> FollowUp | None:
        return next(
            (check for check in self.follow_ups if not check.checked_on and check.due_on <= clock.today()),
            None,
        )

    @property
    def fast_track(self) -> FastTrackRequest | None:
        """The question that waits for an answer: ``pk``, ``question`` and ``answer_by``, read with the project."""
        asked = self.project.open_fast_track
        if not asked:
            return None
        return FastTrackRequest(
            pk=asked["pk"], question=asked["question"], answer_by=parse_day(asked["answer_by"])
        )

    @property
    def chart(self):
        return self.reading.chart(csv_url="") if self.reading else None

    # -- What to do now

    def url(self, name: str, *args) -> str:
        return reverse(f"projects:{name}", args=[self.project.code, *args])

    @property
    def primary(self) -> Action | None:
        """The one thing to do now, for this person; None for those who only read."""
        viewer, stage = self.viewer, self.project.stage
        if viewer.is_manager and (action := self._managers_step(stage)):
            return action
        if viewer.is_team or viewer.is_coach:
            if self.post_mortem_due:
                return Action(_("Write what was learnt"), self.url("post_mortem"))
            if viewer.is_team and stage == Stage.SELECTED and not any(p.share_of_time for p in self.team):
                return Action(_("Record the letter of commitment"), self.url("commitment"))
        if viewer.works and stage in {Stage.PREINCUBATION, *STARTUP_STAGES}:
            return Action(_("Note a meeting"), self.url("meeting"))
        return None

    def _managers_step(self, stage: str) -> Action | None:
        planned = self.planned_phase
        come = planned is not None and planned.planned_start <= clock.today()
        if stage == Stage.SELECTED and not any(person.share_of_time for person in self.team):
            return Action(_("Record the letter of commitment"), self.url("commitment"))
        if stage == Stage.SELECTED and planned:
            return Action(_("Start pre-incubation"), self.url("start"))
        if come and stage in {Stage.PREINCUBATION, *STARTUP_STAGES}:
            return Action(_("Start the planned phase"), self.url("start_phase"))
        if stage == Stage.SUSPENDED:
            return Action(_("Resume the project"), self.url("resume"))
        if stage == Stage.DORMANT:
            return Action(_("Wake the project"), self.url("wake"))
        if self.follow_up_due:
            return Action(_("Record what became of it"), self.url("follow_up", self.follow_up_due.pk))
        return None

    @property
    def other_actions(self) -> list[Action]:
        """What else this person may do, from the most to the least frequent."""
        viewer, stage = self.viewer, self.project.stage
        alive = stage not in FINAL_STAGES
        working = stage in _WORKING
        rows = [
            (viewer.works and working, _("Note a meeting"), "meeting"),
            (viewer.works and working, _("Plan a milestone"), "milestone"),
            (viewer.works and working, _("Add an indicator"), "indicator"),
            (
                (viewer.is_team or viewer.is_manager) and working,
                _("Record the letter of commitment"),
                "commitment",
            ),
            (
                (viewer.is_team or viewer.is_manager) and working and not self.fast_track,
                _("Ask the chief executive's office"),
                "fast_track",
            ),
            ((viewer.is_team or viewer.is_manager) and alive, _("Correct the title or the problem"), "edit"),
            (viewer.is_manager and working and self.planned_phase, self._start_label(), self._start_name()),
            (viewer.is_manager and alive, _("Add someone to the team"), "member"),
            (viewer.is_manager and alive, _("Name a companion"), "companion"),
            (viewer.is_manager and working, _("Suspend the project"), "suspend"),
            (viewer.is_manager and stage == Stage.SUSPENDED, _("Resume the project"), "resume"),
            (
                (viewer.is_team or viewer.is_coach or viewer.is_manager) and stage in LOOKS_BACK,
                _("Write what was learnt"),
                "post_mortem",
            ),
            ((viewer.is_team or viewer.is_manager) and alive, _("Withdraw the project"), "withdraw"),
        ]
        primary = self.primary
        return [
            Action(label, self.url(name))
            for offered, label, name in rows
            if offered and (primary is None or primary.url != self.url(name))
        ]

    def _start_name(self) -> str:
        return "start" if self.project.stage == Stage.SELECTED else "start_phase"

    def _start_label(self) -> str:
        if self.project.stage == Stage.SELECTED:
            return _("Start pre-incubation")
        return _("Start the planned phase")

    @property
    def next_step(self) -> str:
        """When the next thing happens, in a sentence."""
        project = self.project
        sentences = {
            Stage.APPLIED: _("The preselection will answer. Nothing is asked of the team meanwhile."),
            Stage.PRESELECTED: _("Next: the hackathon, where the team presents its project to the jury."),
            Stage.SUSPENDED: _("The project is on pause: its deadlines are on pause too."),
            Stage.DORMANT: _("The project sleeps: what it proved and how to restart it are kept."),
            Stage.SUSTAINED: _("The project now lives in its department."),
            Stage.HANDED_OVER: _("The project goes on in ordinary project mode."),
            Stage.STOPPED: _("The project has stopped. What was learnt serves those who come after."),
            Stage.WITHDRAWN: _("The team has withdrawn. Thank you for having tried."),
            Stage.NOT_SELECTED: _("The project was not selected this time."),
            Stage.REDIRECTED: _("The problem was sent to the department that can act."),
        }
        planned = self.planned_phase
        if planned is not None and project.stage in _WORKING:
            return _("%(phase)s is planned from %(start)s.") % {
                "phase": PhaseKind(planned.kind).label,
                "start": words.in_words(planned.planned_start),
            }
        if project.next_decision_on and project.stage not in FINAL_STAGES | {Stage.SUSPENDED, Stage.DORMANT}:
            return _("%(decision)s: %(day)s (%(ago)s).") % {
                "decision": project.next_decision_label,
                "day": words.in_words(project.next_decision_on),
                "ago": words.ago(project.next_decision_on),
            }
        return sentences.get(project.stage, "")


def project_page(user, project: Project) -> ProjectPage:
    """The page of a project loaded by :func:`visible_projects`: six or seven queries more."""
    people = people_of(project)
    viewer = viewer_of(user, project, people)
    path = path_of(project, with_futures=True)  # loads transitions and phases
    page = ProjectPage(
        project=project,
        viewer=viewer,
        path=path,
        people=people,
        transitions=sorted(project.transitions.all(), key=lambda row: row.pk),
        phases=list(project.phases.all()),
    )
    if project.stage in LOOKS_BACK:  # the work is over: its notebook is one link away
        page.follow_ups = list(project.follow_ups.select_related("proof"))
    elif viewer.works:
        page.milestones, page.meetings = work_of(project, RECENT_MEETINGS)
    page.reading = main_reading(project)
    return page


def main_reading(project: Project) -> Reading | None:
    """The main indicator with its live measures, in one query; None without a measure."""
    measures = list(
        Measure.objects.filter(
            indicator__project=project, indicator__is_main=True, replaced_by__isnull=True
        ).select_related("indicator__population")
    )
    if not measures:
        return None
    indicator = measures[0].indicator
    return reading_of(indicator, intervention_on(project.phases.all()), measures=measures, targets=[])
