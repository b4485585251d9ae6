"""The path of a project: its stops with what was planned beside what happened."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from incubator.core import words
from incubator.core.path import Branch, Path, Stop, StopState
from projects.dates import parse_day
from projects.enums import OUTCOMES_BY_GATE, STARTUP_STAGES, Gate, Outcome, PhaseKind, Stage
from projects.models import Phase, Programme, Project, Transition

APPLICATION, PRESELECTION, HACKATHON, PREINCUBATION, JURY, STARTUP, FUTURE = (
    "application",
    "preselection",
    "hackathon",
    "preincubation",
    "jury",
    "startup",
    "future",
)
_STOP_OF_STAGE = {
    Stage.APPLIED: APPLICATION,
    Stage.PRESELECTED: PRESELECTION,
    Stage.SELECTED: HACKATHON,
    Stage.PREINCUBATION: PREINCUBATION,
    **dict.fromkeys(STARTUP_STAGES, STARTUP),
}
_ICONS = {
    Stage.SUSTAINED: "bloom",
    Stage.HANDED_OVER: "handover",
    Stage.REDIRECTED: "handover",
    Stage.MERGED: "handover",
    Stage.STOPPED: "end",
    Stage.WITHDRAWN: "end",
    Stage.NOT_SELECTED: "end",
}
_OUTCOME_ICONS = {
    Outcome.STARTUP_TERRITORY: "bloom",
    Outcome.STARTUP_INTERNAL: "bloom",
    Outcome.STARTUP_INCUBATOR: "bloom",
    Outcome.EXTEND: "pause",
    Outcome.HAND_OVER: "handover",
    Outcome.STOP: "end",
}
_INVESTIGATION = frozenset({PhaseKind.PREINCUBATION, PhaseKind.EXTENSION})

# The last two stops: while the jury may still choose, the branches stand in their place.
_AFTER_THE_JURY = ("startup", "future")

# Stages whose next stops have no date of their own yet: others know theirs from their decisions.
_WAITS_FOR_A_DATE = frozenset({Stage.APPLIED, Stage.PRESELECTED, Stage.SELECTED})

# provider(cohort ids) -> {cohort id: {stop: day}}: what packages to the right have planned.
PlannedDates = Callable[[Iterable[int]], Mapping[int, Mapping[str, date]]]
_planned_dates: list[PlannedDates] = []


def register_planned_dates(provider: PlannedDates) -> None:
    """Let ``provider(cohort_ids)`` give days for ``preselection``, ``hackathon``, ``jury``; one query at most."""
    if provider not in _planned_dates:
        _planned_dates.append(provider)


def paths_of(projects: Iterable[Project]) -> dict[int, Path]:
    """The path of each project, by its id: a constant number of queries, whatever the number of projects."""
    projects = list(projects)
    prefetch_related_objects(projects, "programme", "transitions", "phases")
    planned: dict[int, dict[str, date]] = {}
    waiting = {project.cohort_id for project in projects if project.stage in _WAITS_FOR_A_DATE}
    for provider in _planned_dates if waiting else ():
        for cohort, days in provider(waiting).items():
            planned.setdefault(cohort, {}).update(days)
    return {project.pk: _Drawer(project, planned.get(project.cohort_id, {})).draw() for project in projects}


def path_of(project: Project, *, with_futures: bool = False) -> Path:
    """The path of one project; ``with_futures`` opens the branches that the jury may choose, before it does."""
    path = paths_of([project])[project.pk]
    if with_futures and project.stage in {Stage.SELECTED, Stage.PREINCUBATION}:
        return Path(path.stops[: -len(_AFTER_THE_JURY)], path.title, branch=futures())
    return path


def futures() -> Branch:
    """What the jury at the end of pre-incubation may decide."""
    return Branch(
        _("After the jury, one of these futures"),
        tuple(
            Stop(outcome.label, StopState.PLANNED, icon=_OUTCOME_ICONS.get(outcome))
            for outcome in OUTCOMES_BY_GATE[Gate.PREINCUBATION_END]
            if outcome != Outcome.ADJOURN
        ),
    )


def planned_path(programme: Programme, days: Mapping[str, date | str], *, with_futures: bool = True) -> Path:
    """The path that a call announces; ``days`` are days, or words, by stop (``application``, ``jury``…)."""
    labels = _labels(programme)

    def when(stop):
        day = days.get(stop, "")
        return words.day(day) if isinstance(day, date) else day

    return Path(
        [
            Stop(label, StopState.PLANNED, when=when(stop))
            for stop, label in labels.items()
            if not (with_futures and stop in _AFTER_THE_JURY)
        ],
        _("What will happen"),
        branch=futures() if with_futures else None,
    )


def _labels(programme: Programme) -> dict[str, str]:
    labels = {
        APPLICATION: pgettext("stop of the path", "Application"),
        PRESELECTION: pgettext("stop of the path", "Preselection"),
        HACKATHON: pgettext("stop of the path", "Hackathon"),
        PREINCUBATION: pgettext("stop of the path", "Pre-incubation"),
        JURY: pgettext("stop of the path", "Jury"),
        STARTUP: pgettext("stop of the path", "Startup mode"),
        FUTURE: pgettext("stop of the path", "What became of it"),
    }
    if not programme.uses_preselection:
        del labels[PRESELECTION]
    if not programme.uses_hackathon:
        del labels[HACKATHON]
    return labels


def duration_in_words(phase: Phase) -> str:
    """“97 days instead of 91” once a phase has ended; the planned length before. Empty when there is nothing to say."""
    planned = (phase.planned_end - phase.planned_start).days
    if not phase.actual_end:
        return ngettext("%(count)d day planned", "%(count)d days planned", planned) % {"count": planned}
    actual = (phase.actual_end - phase.actual_start).days
    if actual == planned:
        return ngettext("%(count)d day, as planned", "%(count)d days, as planned", actual) % {"count": actual}
    return ngettext(
        "%(count)d day instead of %(planned)d", "%(count)d days instead of %(planned)d", actual
    ) % {"count": actual, "planned": planned}


class _Drawer:
    """Draws one project from its loaded transitions and phases; asks the database nothing."""

    def __init__(self, project: Project, planned: Mapping[str, date]):
        self.project = project
        self.planned = planned
        self.labels = _labels(project.programme)
        self.order = list(self.labels)
        self.transitions: list[Transition] = sorted(project.transitions.all(), key=lambda t: t.pk)
        self.phases: list[Phase] = list(project.phases.all())
        self.stage = Stage(project.stage)

    def draw(self) -> Path:
        here = self._here()
        stops = []
        for index, stop in enumerate(self.order):
            state = self._state(stop, index, here)
            when, note = getattr(self, f"_{stop}")(state)
            stops.append(
                Stop(self._label(stop, state), state, when=when, note=note, icon=self._icon(stop, state))
            )
        return Path(stops, _("The path of “%(project)s”") % {"project": self.project.title})

    # -- Where the project stands

    def _here(self) -> str:
        """The stop where the project stands now."""
        stage = self.stage
        if stage in {Stage.SUSPENDED, Stage.DORMANT}:
            stage = Stage(self._last(target=stage).source)
        stop = _STOP_OF_STAGE.get(stage, FUTURE)
        if stop == HACKATHON and HACKATHON not in self.labels:
            return PRESELECTION
        return stop if stop in self.labels else APPLICATION

    def _state(self, stop: str, index: int, here: str) -> str:
        position = self.order.index(here)
        if index == position:
            return StopState.NOW
        if index < position:
            return StopState.DONE if self._was_there(stop) else StopState.SKIPPED
        return StopState.NEXT if index == position + 1 else StopState.PLANNED

    def _was_there(self, stop: str) -> bool:
        if stop == APPLICATION:
            return True
        if stop in {PREINCUBATION, STARTUP}:
            targets = {Stage.PREINCUBATION} if stop == PREINCUBATION else STARTUP_STAGES
            return any(t.target in targets for t in self.transitions)
        return any(t.name.startswith(_GATES_OF_STOP[stop]) for t in self.transitions)

    def _last(self, *, prefix: tuple[str, ...] | str = "", target: str | None = None) -> Transition | None:
        found = [
            t
            for t in self.transitions
            if t.name.startswith(prefix) and (target is None or (t.target == target and t.source != target))
        ]
        return found[-1] if found else None

    def _label(self, stop: str, state: str) -> str:
        if stop == FUTURE and state == StopState.NOW:
            return str(self.stage.label)
        return self.labels[stop]

    def _icon(self, stop: str, state: str) -> str | None:
        if state != StopState.NOW:
            return None
        if self.stage in {Stage.SUSPENDED, Stage.DORMANT}:
            return "pause"
        return _ICONS.get(self.stage) if stop == FUTURE else None

    # -- What each stop says: when, and a note

    def _application(self, state):
        return words.day(self.project.created_at), self._pause_note(state)

    def _preselection(self, state):
        return self._gate(PRESELECTION, state)

    def _hackathon(self, state):
        return self._gate(HACKATHON, state)

    def _gate(self, stop: str, state):
        decided = self._last(prefix=_GATES_OF_STOP[stop])
        if decided:
            note = "" if decided.outcome == Outcome.RETAIN else Outcome(decided.outcome).label
            return words.day(decided.effective_on), note or self._pause_note(state)
        return self._announced(stop, state)

    def _announced(self, stop: str, state):
        day = self.planned.get(stop)
        if day and state in {StopState.NEXT, StopState.PLANNED}:
            return _("planned on %(day)s") % {"day": words.day(day)}, ""
        return "", ""

    def _preincubation(self, state):
        phases = [phase for phase in self.phases if phase.kind in _INVESTIGATION]
        return self._phases(phases, state)

    def _startup(self, state):
        phases = [phase for phase in self.phases if phase.kind not in _INVESTIGATION]
        when, note = self._phases(phases, state)
        if state == StopState.NOW and self.stage in STARTUP_STAGES:
            kind = f"{self.stage.label} · {self.project.maturity_member.label}"
            note = f"{kind}, {note}" if note else kind
        return when, note

    def _phases(self, phases: list[Phase], state):
        begun = [phase for phase in phases if phase.actual_start]
        waiting = next((p for p in phases if not p.actual_start and not p.closed_by_id), None)
        if not begun:
            if waiting is None or state == StopState.SKIPPED:
                return "", self._pause_note(state)
            return _("planned from %(start)s to %(end)s") % {
                "start": words.day(waiting.planned_start),
                "end": words.day(waiting.planned_end),
            }, self._pause_note(state)
        first, last = begun[0], begun[-1]
        if pause := self._pause_note(state):
            return _("since %(day)s") % {"day": words.day(first.actual_start)}, pause
        if waiting is not None:
            note = _("goes on from %(start)s to %(end)s (planned)") % {
                "start": words.day(waiting.planned_start),
                "end": words.day(waiting.planned_end),
            }
            return _("since %(day)s") % {"day": words.day(first.actual_start)}, note
        if last.actual_end is None:
            return _("since %(day)s") % {"day": words.day(first.actual_start)}, _("planned until %(day)s") % {
                "day": words.day(last.planned_end)
            }
        span = _("from %(start)s to %(end)s") % {
            "start": words.day(first.actual_start),
            "end": words.day(last.actual_end),
        }
        return span, duration_in_words(first) if len(begun) == 1 else ""

    def _jury(self, state):
        decided = self._last(prefix=_GATES_OF_STOP[JURY])
        if state in {StopState.NEXT, StopState.PLANNED}:
            day = self.project.next_decision_on if state == StopState.NEXT else None
            when = (
                _("planned on %(day)s") % {"day": words.day(day)} if day else self._announced(JURY, state)[0]
            )
            note = ""
            if decided:
                note = _("%(outcome)s on %(day)s") % {
                    "outcome": Outcome(decided.outcome).label,
                    "day": words.day(decided.effective_on),
                }
            return when, note
        if decided is None:
            return "", ""
        return words.day(decided.effective_on), Outcome(decided.outcome).label

    def _future(self, state):
        if state == StopState.NOW:
            arrived = self._last(target=self.stage)
            return words.day(arrived.effective_on) if arrived else "", self._exit_note(arrived)
        if state == StopState.NEXT and self.project.next_decision_on:
            return _("%(decision)s on %(day)s") % {
                "decision": self.project.next_decision_label,
                "day": words.day(self.project.next_decision_on),
            }, ""
        return "", ""

    def _exit_note(self, arrived: Transition | None) -> str:
        department = arrived.data.get("department") if arrived else None
        return str(department or "")

    def _pause_note(self, state) -> str:
        if state != StopState.NOW or self.stage not in {Stage.SUSPENDED, Stage.DORMANT}:
            return ""
        paused = self._last(target=self.stage)
        note = pgettext("state of a project, since a day", "%(state)s since %(day)s") % {
            "state": self.stage.label,
            "day": words.day(paused.effective_on),
        }
        back = parse_day(paused.data.get("resumes_on", ""))
        return (
            _("%(note)s, planned return on %(day)s") % {"note": note, "day": words.day(back)}
            if back
            else note
        )


_GATES_OF_STOP = {
    PRESELECTION: ("preselection:",),
    HACKATHON: ("hackathon:",),
    JURY: ("preincubation_end:", "extension_end:"),
}
