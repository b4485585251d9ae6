"""The lists of the manager: the calls they run, the applications of one of them."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from calls import queries, rules
from calls.enums import ApplicationState, CallState, Channel
from calls.filters import ApplicationFilter, sortable_columns
from calls.models import Call
from incubator.core import clock
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


def filtered(request, call: Call) -> ApplicationFilter:
    return ApplicationFilter(request.GET, queryset=queries.applications_of_call(request.user, call))


def applications(request, code):
    """The applications of a call, those that have waited longest first unless another order is asked for."""
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related("programme"), code=code)
    found = filtered(request, call)
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
