"""The next dates of one person, from every package."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from calls.models import Application
from calls.queries import call_url, open_calls
from home.queries.task import day_of
from incubator.core import clock
from juries.models import Sitting
from projects.enums import Stage
from projects.models import Project


@dataclass(frozen=True)
class Coming:
    """A date to come."""

    on: datetime | date
    label: Any
    note: str = ""
    url: str = ""

    @property
    def day(self) -> date:
        return day_of(self.on)


def agenda_of(user, *, most: int = 6) -> list[Coming]:
    """The next dates of this person, nearest first: calls, sittings, decisions about their projects, answers due."""
    today = clock.today()
    dates = [
        Coming(call.closes_at, _("The call closes"), call.title, call_url(call)) for call in open_calls()
    ]
    sittings = Sitting.objects.visible_to(user).live().filter(starts_at__gte=clock.now())
    dates += [
        Coming(
            sitting.starts_at,
            sitting.body,
            sitting.cohort.name,
            reverse("juries:detail", args=[sitting.code]),
        )
        for sitting in sittings.select_related("cohort").order_by("starts_at")[:most]
    ]
    projects = Project.objects.of_person(user).filter(next_decision_on__gte=today)
    dates += [
        Coming(
            project.next_decision_on,
            project.next_decision_label,
            project.title,
            reverse("projects:detail", args=[project.code]),
        )
        for project in projects.order_by("next_decision_on")[:most]
    ]
    answers = (
        Application.objects.sent()
        .of_person(user)
        .filter(answer_due_on__gte=today, project__stage=Stage.APPLIED)
        .select_related("call")
    )
    dates += [
        Coming(
            application.answer_due_on,
            _("Answer to your application, at the latest"),
            application.title,
            reverse("calls:follow", args=[application.uuid]),
        )
        for application in answers
    ]
    return sorted(dates, key=lambda coming: coming.day)[:most]
