"""What this package shows on pages to its left: an application's answers on its project's page; navigation; badges."""

from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from calls import counts, queries, rules
from calls.enums import ApplicationState, CallState, Channel, RedirectionState
from calls.models import Application, Call
from calls.views import completion
from incubator.core import badges, navigation, panels, public
from incubator.core.navigation import Entry, Section
from incubator.core.panels import Panel
from incubator.core.rules import register_scope

# The desk's own screens, whose addresses begin like an agent's or like a call's page.
DESK = (
    r"/appels/[^/]+/(candidatures|papier|apercu)/"
    r"|/candidatures/exports/"
    r"|/candidatures/[0-9a-f-]{36}/(dossier|demander|ecrire|reorienter|joindre)/"
)


def answers_panel(user, project) -> Panel | None:
    """The answers of the applications that a project comes from, those that joined it included."""
    applications = list(
        Application.objects.visible_to(user)
        .sent()
        .filter(Q(project=project) | Q(project__merged_into=project))
        .select_related("form_version")
    )
    if not applications:
        return None
    return Panel(
        "calls/_project_answers.html",
        {"applications": [(application, queries.answers_of(application)) for application in applications]},
    )


def entries(user) -> list[Entry]:
    found = [Entry(_("Calls"), "/appels/", Section.PUBLIC, 10)]
    if user is not None and user.is_authenticated:
        found.append(Entry(_("My applications"), reverse_lazy("calls:mine"), Section.SPACE, 30))
    if rules.runs_something(user):
        received = Entry(
            _("Applications received"), reverse_lazy("calls:received"), Section.MANAGE, 5, within=DESK
        )
        found.append(received)
    return found


def register() -> None:
    counts.register()
    public.register(
        "calls.update_call",
        "calls.write_questions",
        "calls.publish_call_page",
        "calls.schedule_call",
        "calls.unschedule_call",
        "calls.open_call",
        "calls.close_call",
        "calls.extend_call",
        "calls.reopen_call",
        "calls.archive_call",
    )
    register_scope("calls.call", Call.objects.visible_to)
    register_scope("calls.application", Application.objects.managed_by)
    panels.register("project.main", answers_panel, order=60)
    panels.register("application.now", completion.panel, order=20)
    navigation.register(entries)
    badges.register(
        {
            CallState.DRAFT: "neutral",
            CallState.SCHEDULED: "waiting",
            CallState.OPEN: "active",
            CallState.CLOSED: "ended",
            CallState.ARCHIVED: "ended",
        }
    )
    badges.register(
        {
            ApplicationState.DRAFT: "neutral",
            ApplicationState.SUBMITTED: "waiting",
            ApplicationState.TO_COMPLETE: "waiting",
            ApplicationState.ELIGIBLE: "active",
            ApplicationState.JOINED: "ended",
        }
    )
    badges.register(
        {
            Channel.WEB: "neutral",
            Channel.ASSISTED: "neutral",
            Channel.PAPER: "neutral",
        }
    )
    badges.register(
        {
            RedirectionState.WAITING: "waiting",
            RedirectionState.LATE: "waiting",
            RedirectionState.ANSWERED: "good",
            RedirectionState.CANCELLED: "ended",
        }
    )
