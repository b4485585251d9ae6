"""One act on several applications: who is touched, who is left out and why, what is sent; then, once, it is done."""

import hashlib
import uuid

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from calls.desk_forms import BulkRedirectionForm, MessageForm, say_refusal
from calls.domain import bulk, saved_views
from calls.enums import BulkKind
from calls.filters import ApplicationFilter
from calls.forms import CompletionForm
from calls.listing import applications_of_call
from calls.models import Application, BulkAct
from calls.views.completion import SUGGESTED
from calls.views.manage.lists import call_or_404
from calls.views.manage.redirections import typed
from incubator.core import clock
from incubator.core.models import Refused

# A field that the form of each act always sends: without it, the form has not been seen yet.
_SENT = {BulkKind.MESSAGE: "subject", BulkKind.COMPLETION: "message", BulkKind.REDIRECTION: "directorate"}


@require_POST
def act(request, code):
    """The preview, or the act itself when the preview is confirmed."""
    call = call_or_404(request, code)
    kind, chosen = request.POST.get("act", ""), _chosen(request, call)
    key = _uuid(request.POST.get("key", "")) or uuid.uuid4()
    if "confirm" in request.POST and (earlier := BulkAct.objects.filter(key=key, call=call).first()):
        return redirect("calls:bulk_done", code=call.code, key=earlier.key)
    try:
        plan = bulk.plan(call, kind, chosen)
    except Refused as error:
        messages.error(request, " ".join(error.messages))
        return redirect(_list_url(request, call))
    form = _form(plan, request.POST)
    words = None if plan.kind in bulk.WITH_WORDS else {}
    if form is not None:
        words = _words(plan, form) if form.is_bound and form.is_valid() else None
        try:
            plan = bulk.plan(call, kind, chosen, **words) if words else plan
        except Refused as error:
            say_refusal(form, error)
            words = None
    ready = plan.touched and words is not None
    # Enter in a field presses the first button of a form: words that changed since the preview are shown again.
    if "confirm" in request.POST and ready and words and request.POST.get("seen") != _fingerprint(words):
        messages.warning(request, _("You have changed the words: read the letters again, then confirm."))
    elif "confirm" in request.POST and ready:
        done = bulk.act_on_many(actor=request.user, call=call, kind=kind, chosen=chosen, key=key, **words)
        return redirect("calls:bulk_done", code=call.code, key=done.key)
    context = {
        "call": call,
        "plan": plan,
        "key": key,
        "form": form,
        "writes": plan.kind in bulk.WITH_WORDS,
        "hands_over": plan.kind == BulkKind.REDIRECTION,
        "asks_again": plan.kind == BulkKind.COMPLETION,
        "settles": plan.kind in (BulkKind.PHONED, BulkKind.PRINTED),
        "ready": ready,
        "seen": _fingerprint(words) if words else "",
        "samples": bulk.sample_letters(plan, **words) if words else [],
        "query": saved_views.tidy(request.POST.get("query", "")),
        "back": _list_url(request, call),
    }
    return render(
        request, "calls/manage/bulk.html", context, status=422 if form is not None and form.errors else 200
    )


def _form(plan, data):
    """What has to be written for this act, with what was typed; None when nothing has, or for nobody."""
    if plan.kind not in bulk.WITH_WORDS or not plan.touched:
        return None
    typed_yet = data if _SENT[plan.kind] in data else None
    if plan.kind == BulkKind.MESSAGE:
        return MessageForm(typed_yet)
    if plan.kind == BulkKind.REDIRECTION:
        return BulkRedirectionForm(typed_yet)
    questions = plan.questions
    if not questions:
        return None
    return CompletionForm(typed_yet, questions=questions, initial={"due_on": clock.today() + SUGGESTED})


def _words(plan, form) -> dict:
    if plan.kind != BulkKind.REDIRECTION:
        return form.cleaned_data
    return typed(form)


def _fingerprint(words: dict) -> str:
    """What the preview showed, so that what is confirmed is that and nothing else."""
    said = repr(sorted((name, str(getattr(value, "pk", value))) for name, value in words.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _chosen(request, call):
    """The keys of the applications ticked, or of the whole filtered list.

    Those that the preview left out come back while something is still being written: with other words they may
    be touched after all. What is confirmed is what the preview showed.
    """
    if request.POST.get("scope") == "list":
        query = QueryDict(saved_views.tidy(request.POST.get("query", "")))
        return (
            ApplicationFilter(query, queryset=applications_of_call(request.user, call))
            .qs.order_by()
            .values("pk")
        )
    sent = request.POST.getlist("application")
    if "confirm" not in request.POST:
        sent += request.POST.getlist("aside")
    ticked = [found for found in map(_uuid, sent[: bulk.MOST + 1]) if found]
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
