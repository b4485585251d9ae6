"""Verbs of the daily work: milestones, and meetings with the coach."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.core import clock, journal
from incubator.core.models import Refused
from projects import rules
from projects.domain import _phases
from projects.domain._common import need, not_blank, not_in_the_future, save_checked
from projects.enums import MilestoneKind, Stage
from projects.models import CoachingNote, Milestone, Project

_CLOSED_TO_WORK = frozenset({Stage.MERGED, Stage.NOT_SELECTED, Stage.REDIRECTED})


def _open_to_work(project: Project) -> None:
    if project.stage in _CLOSED_TO_WORK:
        raise Refused(_("This project did not go further: nothing more is written in it."))


@transaction.atomic
def plan_milestone(
    *, actor, project: Project, title: str, due_on: date, kind: str = MilestoneKind.CHECKPOINT
) -> Milestone:
    """Plan a dated checkpoint, in the phase that runs (or the one that is planned)."""
    need(rules.can_plan_milestone(actor, project), "projects.plan_milestone")
    _open_to_work(project)
    milestone = save_checked(
        Milestone(
            project=project,
            phase=_phases.open_phase(project) or _phases.planned_phase(project),
            title=not_blank(title, "title", _("Say in a few words what must be reached.")),
            kind=kind,
            due_on=due_on,
            created_by=actor,
        )
    )
    journal.record(verb="projects.plan_milestone", actor=actor, target=project, milestone=milestone.pk)
    return milestone


@transaction.atomic
def reach_milestone(*, actor, milestone: Milestone, reached_on: date, evidence: str) -> Milestone:
    """Note that a milestone is reached, and what shows it."""
    project = milestone.project
    need(rules.can_reach_milestone(actor, project), "projects.reach_milestone")
    not_in_the_future(reached_on, "reached_on")
    evidence = not_blank(
        evidence, "evidence", _("Write what shows it: a document, a figure, what users said.")
    )
    reached = Milestone.objects.filter(pk=milestone.pk, reached_on__isnull=True).update(
        reached_on=reached_on, evidence=evidence, reached_by=actor
    )
    if not reached:
        raise Refused(_("This milestone has already been reached."))
    milestone.refresh_from_db()
    journal.record(verb="projects.reach_milestone", actor=actor, target=project, milestone=milestone.pk)
    return milestone


@transaction.atomic
def log_meeting(
    *,
    actor,
    project: Project,
    held_on: date | None = None,
    learnt: str,
    decided: str = "",
    next_step: str = "",
    private_note: str = "",
    users_met: int | None = None,
) -> CoachingNote:
    """Keep the account of one meeting. The private note is read by its author alone."""
    need(rules.can_log_meeting(actor, project), "projects.log_meeting")
    _open_to_work(project)
    held_on = held_on or clock.today()
    not_in_the_future(held_on, "held_on")
    learnt = not_blank(learnt, "learnt", _("Write in one sentence what you learnt."))
    twice = project.coaching_notes.filter(author=actor, held_on=held_on, learnt=learnt)
    if twice.exists():
        raise Refused(_("This meeting is already recorded, word for word."))
    note = save_checked(
        CoachingNote(
            project=project,
            author=actor,
            held_on=held_on,
            learnt=learnt,
            decided=decided.strip(),
            next_step=next_step.strip(),
            private_note=private_note.strip(),
            users_met=users_met,
        )
    )
    journal.record(verb="projects.log_meeting", actor=actor, target=project, meeting=note.pk)
    return note
