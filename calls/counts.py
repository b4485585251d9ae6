"""What this package tells those to its left: how many applications a project stands for, and announced days."""

from collections import Counter
from datetime import date

from calls.enums import CallState
from calls.models import Application, Call
from projects.queries import CountUnit, register_count, register_planned_dates


def applications_of(cohort) -> Counter:
    """Submitted applications of a cohort, by project. One query."""
    sent = Application.objects.sent().filter(project__cohort=cohort)
    return Counter(sent.order_by().values_list("project", flat=True))


def announced_days(cohorts) -> dict[int, dict[str, date]]:
    """The days that the calls of these cohorts announce; the latest call speaks last. One query."""
    days: dict[int, dict[str, date]] = {}
    calls = Call.objects.filter(cohort__in=list(cohorts)).exclude(state=CallState.DRAFT).order_by("opens_at")
    for cohort, preselection, hackathon, jury in calls.values_list(
        "cohort", "preselection_on", "hackathon_on", "jury_on"
    ):
        announced = {"preselection": preselection, "hackathon": hackathon, "jury": jury}
        days.setdefault(cohort, {}).update({stop: day for stop, day in announced.items() if day})
    return days


def register() -> None:
    register_count(CountUnit.APPLICATIONS, applications_of)
    register_planned_dates(announced_days)
