"""Dates on which the authority asks what became of a project that left; written by decisions alone."""

from datetime import datetime, time

from django.utils import timezone

from incubator.core import jobs
from projects.dates import months_after
from projects.enums import Outcome
from projects.models import FollowUp, Project, Transition
from projects.outcomes import FOLLOW_UP_MONTHS

ASKED_AT = time(8)


def plan(project: Project, transition: Transition) -> None:
    """The looks that this exit calls for: six and twelve months after a hand-over, and so on."""
    for day in _days(transition):
        schedule(FollowUp.objects.create(project=project, due_on=day))


def give_up(project: Project, transition: Transition) -> None:
    """The exit is taken back: the looks it planned are no longer due. One already made stays."""
    planned = project.follow_ups.filter(due_on__in=_days(transition), checked_on__isnull=True)
    for follow_up in planned:
        jobs.cancel(_key(follow_up))
    planned.delete()


def schedule(follow_up: FollowUp) -> None:
    """On the day, the person who took the project over is asked by letter."""
    moment = timezone.make_aware(datetime.combine(follow_up.due_on, ASKED_AT))
    jobs.enqueue("projects.ask_follow_up", {"follow_up": follow_up.pk}, run_after=moment, key=_key(follow_up))


def _key(follow_up: FollowUp) -> str:
    return f"projects.ask_follow_up:{follow_up.pk}"


def _days(transition: Transition) -> list:
    months = FOLLOW_UP_MONTHS.get(Outcome(transition.outcome), ()) if transition.outcome else ()
    return [months_after(transition.effective_on, count) for count in months]
