"""One act on several applications: who is touched, who is left out and why, what is sent; then, once, it is done."""

import uuid

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from calls.desk_forms import MessageForm
from calls.domain import bulk, saved_views
from calls.enums import BulkKind
from calls.filters import ApplicationFilter
from calls.listing import applications_of_call
from calls.models import Application, BulkAct
from calls.views.manage.lists import call_or_404
from incubator.core.models import Refused


@require_POST
def act(request, code):
    """The preview, or the act itself when the preview is confirmed."""
    call = call_or_404(request, code)
    kind, chosen = request.POST.get("act", ""), _chosen(request, call)
    key = _uuid(request.POST.get("key", "")) or uuid.uuid4()
    form = MessageForm(request.POST if "subject" in request.POST else None)
    words = {}
    if kind == BulkKind.MESSAGE:
        words = form.cleaned_data if form.is_bound and form.is_valid() else None
    try:
        if "confirm" in request.POST and words is not None:
            done = bulk.act_on_many(actor=request.user, call=call, kind=kind, chosen=chosen, key=key, **words)
            return redirect("calls:bulk_done", code=call.code, key=done.key)
        plan = bulk.plan(call, kind, chosen)
    except Refused as error:
        messages.error(request, " ".join(error.messages))
        return redirect(_list_url(request, call))
    context = {
        "call": call,
        "plan": plan,
        "key": key,
        "form": form,
        "needs_words": plan.kind == BulkKind.MESSAGE,
        "ready": plan.touched and words is not None,
        "sample": bulk.sample_letter(plan.touched[0], **words) if words and plan.touched else None,
        "query": saved_views.tidy(request.POST.get("query", "")),
        "back": _list_url(request, call),
    }
    return render(request, "calls/manage/bulk.html", context, status=422 if form.errors else 200)


def _chosen(request, call):
    """The keys of the applications ticked, or of the whole filtered list."""
    if request.POST.get("scope") == "list":
        query = QueryDict(saved_views.tidy(request.POST.get("query", "")))
        return (
            ApplicationFilter(query, queryset=applications_of_call(request.user, call))
            .qs.order_by()
            .values("pk")
        )
    ticked = [found for found in map(_uuid, request.POST.getlist("application")[: bulk.MOST + 1]) if found]
    return Application.objects.visible_to(request.user).filter(uuid__in=ticked).values("pk")


def _list_url(request, call) -> str:
    query = saved_views.tidy(request.POST.get("query", ""))
    address = reverse("calls:applications", args=[call.code])
    return f"{address}?{query}" if query else address


@require_safe
def done(request, code, key):
    """What was done, and who was left out."""
    call = call_or_404(request, code)
    act = get_object_or_404(BulkAct.objects.visible_to(request.user), key=key, call=call)
    return render(request, "calls/manage/bulk_done.html", {"call": call, "act": act})


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
