"""Phases: only transitions plan, start and close them; this is the one place that writes their dates.

A planned phase has no actual start and no ``closed_by``; a phase that was planned and given up has a
``closed_by`` and no actual date.
"""

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incubator.core.models import Refused
from projects.enums import PhaseKind
from projects.models import Milestone, Phase, Project, Transition

COMMITTEE = _("Investment committee")


def open_phase(project: Project) -> Phase | None:
    return project.phases.filter(actual_start__isnull=False, actual_end__isnull=True).first()


def planned_phase(project: Project) -> Phase | None:
    return project.phases.filter(actual_start__isnull=True, closed_by__isnull=True).first()


def after_last_date(project: Project, on: date, field: str) -> None:
    """Refuse a day that comes before what has already happened."""
    last = project.transitions.order_by("-effective_on").values_list("effective_on", flat=True).first()
    running = open_phase(project)
    days = [day for day in (last, running and running.actual_start) if day]
    if days and on < max(days):
        raise Refused({field: _("Something more recent is already recorded. Choose a later day.")})


def plan(project: Project, transition: Transition, *, kind: str, starts_on: date, ends_on: date) -> Phase:
    phase = Phase(
        project=project,
        kind=PhaseKind(kind),
        planned_start=starts_on,
        planned_end=max(starts_on, ends_on),
        opened_by=transition,
    )
    phase.save()
    return phase


def start(phase: Phase, transition: Transition) -> Phase:
    phase.actual_start, phase.started_by = transition.effective_on, transition
    phase.save(update_fields=["actual_start", "started_by"])
    return phase


def close_open(project: Project, transition: Transition) -> Phase | None:
    phase = open_phase(project)
    if phase is not None:
        phase.actual_end, phase.closed_by = transition.effective_on, transition
        phase.save(update_fields=["actual_end", "closed_by"])
    return phase


def close_all(project: Project, transition: Transition) -> None:
    """Close the running phase, and give up the planned one."""
    close_open(project, transition)
    project.phases.filter(actual_start__isnull=True, closed_by__isnull=True).update(closed_by=transition)


def reopen_after_pause(project: Project, transition: Transition) -> None:
    """Go on where the pause began: same kind of phase, every date still to come moved by the pause."""
    pause = _last_pause(project)
    length = transition.effective_on - pause.effective_on
    for phase in project.phases.filter(actual_start__isnull=True, closed_by__isnull=True):
        phase.planned_start += length
        phase.planned_end += length
        phase.save(update_fields=["planned_start", "planned_end"])
    for paused in project.phases.filter(closed_by=pause):
        phase = plan(
            project,
            transition,
            kind=paused.kind,
            starts_on=transition.effective_on,
            ends_on=_moved_end(paused, length, transition),
        )
        start(phase, transition)
        Milestone.objects.filter(phase=paused, reached_on__isnull=True).update(phase=phase)
    _move_milestones(project, pause.effective_on, length)
    if project.next_decision_on and project.next_decision_on >= pause.effective_on:
        project.next_decision_on += length
        project.save(update_fields=["next_decision_on"])


def end_after_pause(project: Project, transition: Transition, kind: str) -> date | None:
    """The new planned end of the phase of ``kind`` that the last pause closed or kept waiting; None without one."""
    pause = _last_pause(project)
    length = transition.effective_on - pause.effective_on
    waiting = Q(closed_by=pause) | Q(actual_start__isnull=True, closed_by__isnull=True)
    paused = project.phases.filter(waiting, kind=kind).order_by("pk").last()
    return _moved_end(paused, length, transition) if paused is not None else None


def _last_pause(project: Project) -> Transition:
    return project.transitions.filter(name="suspend").order_by("pk").last()


def _moved_end(paused: Phase, length: timedelta, transition: Transition) -> date:
    return max(paused.planned_end + length, transition.effective_on)


def _move_milestones(project: Project, since: date, length: timedelta) -> None:
    for milestone in project.milestones.filter(reached_on__isnull=True, due_on__gte=since):
        milestone.due_on += length
        milestone.save(update_fields=["due_on"])
