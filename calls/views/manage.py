"""The manager's side, in the space: the applications of a call, one application, eligibility."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from calls import exports, queries, rules
from calls.domain import applications as verbs
from calls.enums import ApplicationState, CallState, Channel
from calls.filters import ApplicationFilter, sortable_columns
from calls.models import Call
from calls.views.access import with_application
from calls.workflow import application_workflow
from incubator.core import clock
from incubator.core.exports import stream_csv
from incubator.core.models import Refused
from projects.enums import Stage

PER_PAGE = 50


def received(request):
    """The calls this person runs, each with what it has received and what still waits for an answer."""
    if not rules.runs_something(request.user):
        raise Http404
    rows = [
        {"call": call, "state": CallState(call.state), "left": queries.time_left(call)}
        for call in queries.managed_calls(request.user)
    ]
    return render(request, "calls/received.html", {"rows": rows})


def _filtered(request, call: Call) -> ApplicationFilter:
    return ApplicationFilter(request.GET, queryset=queries.applications_of_call(request.user, call))


def applications(request, code):
    """The applications of a call, those that have waited longest first unless another order is asked for."""
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("programme"), code=code)
    found = _filtered(request, call)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "application": application,
            "state": ApplicationState(application.state),
            "stage": Stage(application.project.stage),
            "channel": Channel(application.channel),
            "late": application.project.stage == Stage.APPLIED and application.answer_due_on < clock.today(),
        }
        for application in page
    ]
    context = {
        "call": call,
        "filter": found,
        "filtered": any(value for key, value in request.GET.items() if key not in ("page", "sort")),
        "columns": sortable_columns(request.GET),
        "export_url": _with_query(reverse("calls:export", args=[call.code]), request),
        "may_enter_paper": call.state in (CallState.OPEN, CallState.CLOSED),
        "page_obj": page,
        "rows": rows,
        "counts": queries.counts_of_call(call),
        "moment": queries.moment_of(call),
    }
    return render(request, "calls/applications.html", context)


def _with_query(address: str, request) -> str:
    """The same filters and order at another address."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"{address}?{query.urlencode()}" if query else address


@require_safe
def export(request, code):
    """The filtered list as CSV, in the order of the screen, with every answer."""
    call = get_object_or_404(Call.objects.visible_to(request.user), code=code)
    found = _filtered(request, call)
    return stream_csv(
        f"{call.code}-{clock.today():%Y-%m-%d}.csv",
        exports.csv_rows(call, found.qs.select_related("project")),
    )


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
