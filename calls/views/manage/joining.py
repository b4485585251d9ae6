"""Two applications about the same problem: find the other one, read both, choose, see what it does, join."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from calls import listing, queries, rules
from calls.desk_forms import JoinForm, say_refusal
from calls.domain import joining
from calls.enums import ApplicationState
from calls.models import Application
from calls.similar import as_written, similar_to
from calls.views.access import with_application
from incubator.core.models import Refused

MOST_FOUND = 20


@with_application
def choose(request, application):
    """The similar ones, and a search among the others of the call."""
    _need_manager(request, application)
    said = request.GET.get("q", "")[:200]
    found = []
    if said:
        wanted = listing.that_say(said)
        others = (
            Application.objects.visible_to(request.user)
            .sent()
            .filter(call__cohort=application.call.cohort_id, project__stage__in=joining.RECEIVING)
        )
        others = others.exclude(pk=application.pk).exclude(state=ApplicationState.JOINED)
        found = list(others.filter(wanted).select_related("project", "call")[:MOST_FOUND]) if wanted else []
    nearest = [
        (one, as_written(one.words, application.title, application.project.problem))
        for one in similar_to(application, most=8)
    ]
    context = {
        "application": application,
        "call": application.call,
        "similar": nearest,
        "q": said,
        "found": found,
    }
    return render(request, "calls/manage/join_choose.html", context)


@with_application
def join(request, application, other):
    """Both texts side by side; then what joining does; then, once, it is done."""
    _need_manager(request, application)
    second = get_object_or_404(
        Application.objects.visible_to(request.user)
        .sent()
        .select_related("call__programme", "project", "form_version"),
        uuid=other,
    )
    _need_manager(request, second)
    try:
        joining.need_joinable(application, second)
    except Refused:
        try:
            joining.need_joinable(second, application)
        except Refused as error:
            messages.error(request, " ".join(error.messages))
            return redirect("calls:application", uuid=application.uuid)
    pair = [application, second]
    form = JoinForm(request.POST or None, pair=pair, initial={"stays": str(second.uuid)})
    plan = None
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        stays = next(one for one in pair if str(one.uuid) == form.cleaned_data["stays"])
        leaves = next(one for one in pair if one is not stays)
        try:
            plan = joining.plan_join(leaves, stays)
            if "confirm" in request.POST:
                joining.join_applications(
                    actor=request.user, application=leaves, into=stays, reason=form.cleaned_data["reason"]
                )
                messages.success(
                    request,
                    _("“%(one)s” has joined “%(other)s”. The letters to both teams wait to be read.")
                    % {"one": leaves.title, "other": stays.title},
                )
                return redirect("calls:application", uuid=stays.uuid)
        except PermissionDenied:
            raise Http404 from None
        except Refused as error:
            plan = None
            say_refusal(form, error)
    context = {
        "application": application,
        "call": application.call,
        "sides": [_side(one) for one in pair],
        "form": form,
        "plan": plan,
    }
    return render(request, "calls/manage/join.html", context, status=422 if form.errors else 200)


def _side(application) -> dict:
    return {
        "application": application,
        "sections": queries.answers_of(application),
        "people": list(application.applicants.select_related("user", "directorate", "workplace")),
    }


def _need_manager(request, application) -> None:
    if not rules.can_join(request.user, application) or application.state == ApplicationState.DRAFT:
        raise Http404
