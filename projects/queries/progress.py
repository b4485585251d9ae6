"""What the work of a project has shown so far, as plain data that a dossier can keep."""

from django.db.models import Count, Prefetch, Q, Sum

from projects.models import CoachingNote, Indicator, Measure, Milestone, Target
from projects.queries.impact import reading_of


def progress_of(projects) -> dict[int, list[dict]]:
    """By project id, what is known of it; six queries at most, whatever the number of projects.

    ``{"key": "milestones", "reached", "planned"}``, ``{"key": "users_met", "count", "meetings"}``,
    ``{"key": "indicator", "reading"}`` (the main one, as ``Reading.to_json``). What nobody wrote is left out:
    an unknown number of users is not zero.
    """
    ids = [project.pk for project in projects]
    found: dict[int, list[dict]] = {pk: [] for pk in ids}
    milestones = (
        Milestone.objects.filter(project__in=ids)
        .order_by()
        .values_list("project")
        .annotate(reached=Count("pk", filter=Q(reached_on__isnull=False)), planned=Count("pk"))
    )
    for pk, reached, planned in milestones:
        found[pk].append({"key": "milestones", "reached": reached, "planned": planned})
    met = (
        CoachingNote.objects.filter(project__in=ids, users_met__isnull=False)
        .order_by()
        .values_list("project")
        .annotate(users=Sum("users_met"), meetings=Count("pk"))
    )
    for pk, users, meetings in met:
        found[pk].append({"key": "users_met", "count": users, "meetings": meetings})
    indicators = (
        Indicator.objects.filter(project__in=ids, is_main=True)
        .select_related("population")
        .prefetch_related(
            Prefetch("measures", Measure.objects.filter(replaced_by__isnull=True)),
            Prefetch("targets", Target.objects.select_related("set_by")),
        )
    )
    for indicator in indicators:
        reading = reading_of(
            indicator, None, measures=indicator.measures.all(), targets=indicator.targets.all()
        )
        found[indicator.project_id].append({"key": "indicator", "reading": reading.to_json()})
    return found
