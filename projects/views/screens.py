"""Screens that read: my projects, the page of a project, its impact and money, its notebook."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from incubator.core.exports import stream_csv
from projects import rules
from projects.enums import Stage
from projects.models import Project
from projects.queries import paths_of
from projects.queries.impact import aims_in_words, indicators_of
from projects.queries.money import money_in_words
from projects.queries.people import people_of, viewer_of
from projects.queries.project_page import project_page, visible_projects
from projects.readings import CSV_HEAD


def project_or_404(user, code: str) -> Project:
    """The project this person may open; what one may not know is not found."""
    return get_object_or_404(visible_projects(user), code=code)


@require_safe
def mine(request):
    """My projects: those of my teams, and those that I accompany."""
    projects = list(
        Project.objects.of_person(request.user)
        .select_related("programme", "cohort")
        .order_by("-created_at", "pk")
    )
    paths = paths_of(projects)
    return render(
        request,
        "projects/mine.html",
        {"rows": [{"project": project, "path": paths[project.pk]} for project in projects]},
    )


@require_safe
def detail(request, code: str):
    project = project_or_404(request.user, code)
    if project.stage == Stage.MERGED:
        return redirect("projects:detail", project.merged_into.code, permanent=False)
    return render(request, "projects/detail.html", {"page": project_page(request.user, project)})


@require_safe
def impact(request, code: str):
    project = project_or_404(request.user, code)
    user = request.user
    viewer = viewer_of(user, project, people_of(project))
    if not (viewer.works or viewer.is_sponsor):
        raise Http404
    return render(
        request,
        "projects/impact.html",
        {
            "project": project,
            "viewer": viewer,
            "indicators": [
                {
                    "indicator": indicator,
                    "reading": reading,
                    "aims": aims_in_words(reading),
                    "measures": list(indicator.measures.all()),
                    "chart": reading.chart(csv_url=f"{indicator.pk}/serie.csv") if reading.values else None,
                }
                for indicator, reading in indicators_of(project)
            ],
            "money": money_in_words(project),
        },
    )


@require_safe
def series(request, code: str, indicator: int):
    """The values of one indicator as a file."""
    project = project_or_404(request.user, code)
    if not rules.can_read_money(request.user, project):
        raise Http404
    readings = {row.pk: reading for row, reading in indicators_of(project)}
    if indicator not in readings:
        raise Http404
    return stream_csv(f"{project.code}-{indicator}.csv", [CSV_HEAD, *readings[indicator].rows()])


@require_safe
def notebook(request, code: str):
    """Every milestone and meeting, for those who work in the project."""
    project = project_or_404(request.user, code)
    if not rules.can_read_work(request.user, project):
        raise Http404
    return render(
        request,
        "projects/notebook.html",
        {
            "project": project,
            "milestones": project.milestones.all(),
            "meetings": project.coaching_notes.select_related("author"),
        },
    )
