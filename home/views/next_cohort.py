"""A call for the next cohort: the dates proposed, what comes along, then the new call in preparation."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from calls import rules
from calls.models import Call
from calls.viewsets import board_url
from home.domain import next_cohort as verbs
from home.forms import NextCohortForm
from incubator.core.models import Refused
from incubator.core.viewsets.forms import add_errors

NAMES = ("cohort_name", "cohort_code", "title", "code")


@require_http_methods(["GET", "HEAD", "POST"])
def next_cohort(request, code):
    """GET shows the dates (``opens_on`` chooses another day); POST makes the copy, or shows the dates again."""
    related = ("programme", "cohort", "form", "page", "current_version")
    call = get_object_or_404(Call.objects.visible_to(request.user).select_related(*related), code=code)
    if not rules.can_manage_call(request.user, call):
        raise Http404
    form = NextCohortForm(request.POST if request.method == "POST" else _given(request, call))
    filled = form.is_valid()
    plan = verbs.plan(call=call, opens_on=form.cleaned_data.get("opens_on"))
    if request.method == "POST" and filled and "copy" in request.POST:
        try:
            made = verbs.copy_for_next_cohort(actor=request.user, call=call, **form.cleaned_data)
        except PermissionDenied:
            raise Http404 from None
        except Refused as error:
            add_errors(form, error)
        else:
            messages.success(
                request,
                _(
                    "The copy is made, in preparation: nobody sees it. Read its page and its questions, then schedule it."
                ),
            )
            return redirect(board_url(made))
    context = {
        "call": call,
        "form": form,
        "plan": plan,
        "dates": _dates(call, plan),
        "questions": sum(len(section.value["questions"]) for section in call.form.sections),
        "steps": len(call.form.sections),
        "parts": len(call.page.body),
        "board_url": board_url(call),
    }
    return render(request, "home/next_cohort.html", context, status=422 if form.errors else 200)


def _given(request, call: Call) -> dict:
    """What the form holds at first: the names of the plan for the day that was asked, else for the one proposed."""
    asked = NextCohortForm({"opens_on": request.GET.get("opens_on", "")})
    asked.is_valid()
    plan = verbs.plan(call=call, opens_on=asked.cleaned_data.get("opens_on"))
    return {"opens_on": plan.opens_on.isoformat(), **{name: getattr(plan, name) for name in NAMES}}


def _dates(call: Call, plan: verbs.Plan) -> list[dict]:
    """Each date of the call and of its sittings: before, after."""
    labels = {
        "preselection_on": _("Preselection"),
        "hackathon_on": _("Hackathon"),
        "preincubation_from": _("Pre-incubation begins"),
        "jury_on": _("Jury"),
    }
    rows = [
        {"label": _("Opens"), "before": call.opens_at, "after": plan.opens_at},
        {"label": _("Closes"), "before": call.closes_at, "after": plan.closes_at},
    ]
    rows += [
        {"label": labels[name], "before": getattr(call, name), "after": day}
        for name, day in plan.days.items()
        if day
    ]
    rows += [
        {"label": sitting.body, "before": sitting.starts_at, "after": starts_at, "sitting": sitting}
        for sitting, starts_at in plan.sittings
    ]
    return rows
