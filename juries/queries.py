"""What the screens of a sitting need, joined across models. Visibility stands in the querysets."""

from django.db.models import Q

from calls import schema
from calls.enums import ApplicationState
from calls.models import Application
from juries.enums import SCORING_ROLES
from juries.models import Hearing, Seat
from projects.models import Accompaniment, Membership


def links_of_interest(hearings, seats) -> list[tuple[Seat, Hearing, str]]:
    """Who may not judge what, as the site can know it: ``(seat, hearing, why)``, three queries for any size.

    ``why`` is ``"team"`` (member of the team, today or before), ``"coach"`` (accompanies it) or
    ``"manager"`` (line manager, or the manager's manager, of someone in the team).
    """
    seats = [seat for seat in seats if seat.role in SCORING_ROLES]
    projects = [hearing.project_id for hearing in hearings]
    users = [seat.user_id for seat in seats]
    if not projects or not users:
        return []
    links: dict[tuple[int, int], str] = {}
    managed = Membership.objects.filter(project__in=projects, left_on__isnull=True).filter(
        Q(user__line_manager__in=users) | Q(user__line_manager__line_manager__in=users)
    )
    for project, first, second in managed.values_list(
        "project", "user__line_manager", "user__line_manager__line_manager"
    ):
        links[first, project] = "manager"
        links[second, project] = "manager"
    coached = Accompaniment.objects.filter(project__in=projects, user__in=users)
    for user, project in coached.values_list("user", "project"):
        links[user, project] = "coach"
    teams = Membership.objects.filter(project__in=projects, user__in=users)
    for user, project in teams.values_list("user", "project"):
        links[user, project] = "team"
    return [
        (seat, hearing, links[seat.user_id, hearing.project_id])
        for hearing in hearings
        for seat in seats
        if (seat.user_id, hearing.project_id) in links
    ]


def answers_for_jury(projects) -> dict[int, list[dict]]:
    """The answers that jurors read, by project: ``[{"key", "label", "text"}]``, two queries for any number.

    They come from the first application of each project; the title stands above them already, files stay out.
    """
    applications = (
        Application.objects.filter(project__in=projects)
        .exclude(state__in=[ApplicationState.DRAFT, ApplicationState.JOINED])
        .select_related("form_version")
        .prefetch_related("answers")
        .order_by("-submitted_at", "-pk")
    )
    found = {}
    for application in applications:  # the earliest comes last and stays
        given = {answer.key: answer.value for answer in application.answers.all()}
        found[application.project_id] = [
            {"key": question["key"], "label": question["label"], "text": text}
            for question in schema.questions_of(application.form_version.schema)
            if question.get("for_jury")
            and question["key"] != schema.TITLE_KEY
            and question["kind"] != "file"
            and (text := schema.in_words(question, given.get(question["key"])))
        ]
    return found
