"""One application as the manager works on it: text, people, history, and the acts that are allowed now."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calls import queries, rules
from calls.domain import applications as verbs
from calls.enums import ApplicationState, Channel
from calls.views.access import with_application
from calls.workflow import application_workflow
from incubator.core.models import Refused
from projects.enums import Stage


@with_application
def application(request, application):
    """One application as its readers see it: answers, team, history, and the acts that are allowed now."""
    if application.state == ApplicationState.DRAFT:
        return redirect("calls:follow", uuid=application.uuid)
    manages = rules.can_judge_eligibility(request.user, application)
    history = [
        *application.transitions.select_related("actor"),
        *application.project.transitions.select_related("actor"),
    ]
    context = {
        "application": application,
        "call": application.call,
        "state": ApplicationState(application.state),
        "stage": Stage(application.project.stage),
        "channel": Channel(application.channel),
        "sections": queries.answers_of(application),
        "people": application.applicants.select_related("user", "directorate", "workplace"),
        "history": [_line(row) for row in sorted(history, key=lambda row: (row.created_at, row.pk))],
        "manages": manages,
        "moves": {move.name for move in application_workflow.available(request.user, application)}
        if manages and application.project.stage == Stage.APPLIED
        else set(),
    }
    return render(request, "calls/application.html", context)


def _line(row) -> dict:
    enum = ApplicationState if hasattr(row, "application_id") else Stage
    return {
        "at": row.created_at,
        "label": enum(row.target).label,
        "by": row.actor,
        "reason": row.public_reason,
    }


@require_POST
@with_application
def eligible(request, application):
    """Declare eligible, or correct it."""
    verb = verbs.undo_eligible if "undo" in request.POST else verbs.declare_eligible
    try:
        verb(actor=request.user, application=application)
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Noted."))
    return redirect("calls:application", uuid=application.uuid)
