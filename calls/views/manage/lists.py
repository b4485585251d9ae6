"""The lists of the manager: the calls they run, the applications of one of them, the views they keep."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from calls import listing, queries, rules
from calls.domain import saved_views
from calls.enums import BulkKind, CallState
from calls.filters import UNANSWERED, ApplicationFilter, sortable_columns
from calls.models import Call, SavedView
from incubator.core import keyset
from incubator.core.models import Refused

PER_PAGE = 40


def received(request):
    """The calls this person runs, each with what it has received and what still waits for an answer."""
    if not rules.runs_something(request.user):
        raise Http404
    rows = [
        {"call": call, "state": CallState(call.state), "left": queries.time_left(call)}
        for call in queries.managed_calls(request.user)
    ]
    return render(request, "calls/received.html", {"rows": rows})


def call_or_404(request, code) -> Call:
    return get_object_or_404(Call.objects.visible_to(request.user).select_related("programme"), code=code)


def filtered(request, call: Call) -> ApplicationFilter:
    """The applications that the address asks for, in its order; without filters, those who wait."""
    return ApplicationFilter(request.GET, queryset=listing.applications_of_call(request.user, call))


def applications(request, code):
    """The applications of a call, those that have waited longest first unless another order is asked for."""
    call = call_or_404(request, code)
    found = filtered(request, call)
    column, backwards = listing.sorted_by(request.GET.get("sort", ""))
    columns = listing.chosen_columns(request.GET.getlist("col"))
    shown = listing.with_clock(listing.with_sort_key(found.qs, column), all_wait=found.only_waiting)
    page = keyset.page_of(
        listing.with_team(shown),
        request.GET,
        key=column.key,
        kind=column.kind,
        backwards=backwards,
        size=PER_PAGE,
    )
    rows = listing.rows_of(page.rows, columns)
    asked = saved_views.tidy(request.GET.urlencode())
    context = {
        "call": call,
        "filter": found,
        "only_waiting": found.data.get("answer") == UNANSWERED,
        "filtered": any(found.data.get(name) for name in found.base_filters),
        "columns": sortable_columns(request.GET, columns),
        "all_columns": [(one, one in columns) for one in listing.COLUMNS if one.optional],
        "sort": request.GET.get("sort", ""),
        "export_url": _with_query(reverse("calls:export_options", args=[call.code]), asked),
        "may_enter_paper": call.state in (CallState.OPEN, CallState.CLOSED),
        "page": page,
        "total": len(rows) if not (page.previous or page.next) else found.qs.count(),
        "rows": rows,
        "moment": queries.moment_of(call),
        "views": listing.saved_views(request.user),
        "query": asked,
        "acts": BulkKind.choices,
        "key": uuid.uuid4(),
    }
    return render(request, "calls/applications.html", context)


def _with_query(address: str, query: str) -> str:
    """The same filters and order at another address."""
    return f"{address}?{query}" if query else address


@require_POST
def views(request, code):
    """Keep the filters of the list under a name, or forget them."""
    call = call_or_404(request, code)
    query = saved_views.tidy(request.POST.get("query", ""))
    try:
        if "forget" in request.POST:
            mine = SavedView.objects.visible_to(request.user)
            view = get_object_or_404(mine, pk=_number(request.POST["forget"]))
            saved_views.forget_view(actor=request.user, view=view)
            messages.success(request, _("The view “%(name)s” is forgotten.") % {"name": view.name})
        else:
            view = saved_views.save_view(actor=request.user, name=request.POST.get("name", ""), query=query)
            messages.success(
                request, _("The view “%(name)s” is kept. Its address can be shared.") % {"name": view.name}
            )
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_with_query(reverse("calls:applications", args=[call.code]), query))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
