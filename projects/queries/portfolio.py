"""The portfolio: every project that this person may know by name, from preselection on."""

from django.db.models import Prefetch, QuerySet

from projects.models import Membership, Project


def portfolio(user) -> QuerySet[Project]:
    """Projects from *preselected* on that ``user`` may see, newest cohort first; filter and slice it freely.

    Three queries for any number of rows (projects with programme, cohort and directorate; team; people);
    paths come from :func:`projects.queries.paths_of`.
    """
    return (
        Project.objects.visible_to(user)
        .named()
        .select_related("programme", "cohort", "directorate")
        .prefetch_related(
            Prefetch(
                "memberships",
                Membership.objects.filter(left_on__isnull=True).select_related("user"),
                to_attr="current_team",
            )
        )
        .order_by("-cohort__preincubation_starts_on", "cohort_id", "title", "pk")
    )
