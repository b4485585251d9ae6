"""The admin page of one call: what is ready, what is missing, and the acts that are possible now."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls import queries
from calls.domain import calls as verbs
from calls.enums import CallState
from calls.forms import ExtendForm, ReopenForm
from calls.models import Call
from calls.workflow import call_workflow
from incubator.core import journal, words
from incubator.core.models import Refused
from incubator.core.viewsets.forms import add_errors

MOST_NAMED = 20  # of those who lack an answer; the list has them all

VERBS = {
    "schedule": verbs.schedule_call,
    "unschedule": verbs.unschedule_call,
    "open": verbs.open_call,
    "close": verbs.close_call,
    "archive": verbs.archive_call,
}


def board(request, pk):
    """GET shows, POST acts (``act``: a move of the call's life, or ``publish`` for its page)."""
    call = get_object_or_404(
        Call.objects.visible_to(request.user).select_related("programme", "cohort", "form", "page"), pk=pk
    )
    more_time = {"reopen": ReopenForm(), "extend": ExtendForm()}
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act in more_time:
            more_time[act] = type(more_time[act])(request.POST)
        if _act(request, call, act, more_time.get(act)):
            return redirect("calls_board", pk=call.pk)
        call = get_object_or_404(
            Call.objects.visible_to(request.user).select_related("programme", "cohort", "form", "page"), pk=pk
        )
    page = getattr(call, "page", None)
    context = {
        "call": call,
        "state": CallState(call.state),
        "page": page,
        "page_edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else "",
        "questions_url": reverse("call_forms:edit", args=[call.form.pk]),
        "dates_url": reverse("call_admin:edit", args=[call.pk]),
        "moment": queries.moment_of(call),
        "moves": [
            {"move": move, "sure": _sure(call, move.name)}
            for move in call_workflow.available(request.user, call)
            if move.name != "reopen"
        ],
        "may_reopen": call.state == CallState.CLOSED,
        "may_extend": call.state == CallState.OPEN,
        "reopen_form": more_time["reopen"],
        "extend_form": more_time["extend"],
        "question_count": sum(len(section.value["questions"]) for section in call.form.sections),
        "version": call.current_version,
        "path": queries.path_of_call(call),
        "counts": queries.counts_of_call(call),
        "waiting": list(call.applications.unanswered().order_by("submitted_at", "pk")[:MOST_NAMED])
        if call.state == CallState.CLOSED
        else [],
        "refused": journal.entries_about(call).filter(verb="calls.opening_refused").first()
        if call.state == CallState.SCHEDULED
        else None,
        "history": [
            {"at": row.created_at, "label": CallState(row.target).label, "by": row.actor}
            for row in call.transitions.select_related("actor").order_by("-created_at", "-pk")
        ],
        "zone": call.programme.time_zone,
        "opens_at": call.opens_at.astimezone(call.zone),
        "closes_at": call.closes_at.astimezone(call.zone),
    }
    return render(request, "calls/admin/board.html", context)


def _sure(call, move: str) -> str:
    """What agents will see happen, asked about before an act that they notice at once; else nothing is asked."""
    if move == "open":
        return _("Agents can apply as soon as you say yes, until %(day)s.") % {
            "day": words.in_words(call.closes_at.astimezone(call.zone))
        }
    if move == "close":
        said = _("Nobody can begin any more as soon as you say yes; it was to close on %(day)s.") % {
            "day": words.in_words(call.closes_at.astimezone(call.zone))
        }
        if call.grace_minutes:
            return said
        return said + " " + _("Drafts under way are kept, but can no longer be submitted.")
    if move == "archive":
        return _("The page says that the call is over, and no paper application is entered any more.")
    return ""


def _act(request, call, act, form) -> bool:
    """Do what the button says; the sentences of a refusal are shown on the same page."""
    try:
        if act == "publish":
            verbs.publish_call_page(actor=request.user, call=call)
        elif form is not None:
            if not form.is_valid():
                return False
            return _give_time(request, call, act, form)
        elif act in VERBS:
            VERBS[act](actor=request.user, call=call)
        else:
            raise Http404
    except PermissionDenied:
        raise Http404 from None
    except Refused as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, _("Done. The page below says what is true now."))
    return True


def _give_time(request, call, act, form) -> bool:
    """Extend or open again; the sentences of a refusal stand beside the fields, what was typed stays."""
    try:
        closes_at = verbs.in_zone(form.cleaned_data["closes_at"], call.programme)
        reason = form.cleaned_data["reason"]
        if act == "reopen":
            verbs.reopen_call(actor=request.user, call=call, closes_at=closes_at, reason=reason)
            messages.success(request, _("Done. The page below says what is true now."))
            return True
        letters = verbs.extend_call(actor=request.user, call=call, closes_at=closes_at, reason=reason)
    except Refused as error:
        add_errors(form, error)
        return False
    messages.success(
        request,
        ngettext(
            "More time is given. %(count)d letter to someone who has begun waits in the outbox for you to read.",
            "More time is given. %(count)d letters to those who have begun wait in the outbox for you to read.",
            len(letters),
        )
        % {"count": len(letters)}
        if letters
        else _("More time is given. Nobody has begun yet: there is nobody to write to."),
    )
    return True
