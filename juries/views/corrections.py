"""A correction beside a pronounced decision: written by the manager, agreed by the sponsor where it engages."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from juries import rules
from juries.domain import corrections
from juries.forms import OutcomeForm, add_refusal
from juries.models import CorrectionDraft, Decision
from juries.notifications import demands_in_words
from juries.verdict_forms import CorrectionForm
from juries.views._common import act, require, require_known, sitting_or_404
from projects import outcomes
from projects.enums import ENGAGING_OUTCOMES, Outcome


def _decision(request, code, hearing):
    sitting = sitting_or_404(request, code)
    require_known(rules.can_read_minutes(request.user, sitting))
    found = get_object_or_404(
        Decision.objects.select_related("hearing__project__programme", "transition"),
        hearing__sitting=sitting,
        hearing__uuid=hearing,
        pronounced_at__isnull=False,
    )
    found.hearing.sitting = sitting
    return sitting, found


@require_http_methods(["GET", "HEAD", "POST"])
def write(request, code, hearing):
    """The same two steps as a decision: the outcome, then what it records; and why it is corrected."""
    sitting, decision = _decision(request, code, hearing)
    require(rules.can_correct(request.user, sitting))
    now = corrections.in_force(decision)
    # The extension that is corrected does not count against the one that could be given instead.
    offered = outcomes.offered(sitting.gate, decision.hearing.project)
    chosen = request.POST.get("outcome") or now.outcome
    outcome = Outcome(chosen) if chosen in {one.value for one in offered} else None
    pick = OutcomeForm({"outcome": chosen}, offered=offered)
    form = _form(request, decision, now, outcome)
    if request.method == "POST" and "save" in request.POST and form is not None and form.is_valid():
        try:
            written = corrections.correct(
                actor=request.user,
                decision=decision,
                outcome=outcome,
                reason=form.cleaned_data["reason"],
                demands=outcomes.to_json(form.demands),
                why=form.cleaned_data["why"],
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            waits = isinstance(written, CorrectionDraft)
            messages.success(
                request,
                _("The correction waits for the sponsor's agreement.")
                if waits
                else _(
                    "The correction is written beside the decision. The letter to the team waits to be read."
                ),
            )
            return redirect("juries:minutes", code=code)
    return render(
        request,
        "juries/correct.html",
        {
            "sitting": sitting,
            "hearing": decision.hearing,
            "now": now,
            "now_demands": demands_in_words(now),
            "pick": pick,
            "form": form,
            "engaging": outcome in ENGAGING_OUTCOMES if outcome else False,
        },
    )


def _form(request, decision, now, outcome):
    if outcome is None:
        return None
    arguments = {
        "outcome": outcome,
        "gate": decision.hearing.sitting.gate,
        "project": decision.hearing.project,
        "on": decision.transition.effective_on,
    }
    if request.method == "POST" and "save" in request.POST:
        return CorrectionForm(request.POST, **arguments)
    kept = {key: str(value).removesuffix(".00") for key, value in now.demands.items()}
    return CorrectionForm(initial={"reason": now.reason, **kept, **request.POST.dict()}, **arguments)


def _draft(decision) -> CorrectionDraft:
    return get_object_or_404(CorrectionDraft, decision=decision)


@require_POST
def agree(request, code, hearing):
    sitting, decision = _decision(request, code, hearing)
    require(rules.can_sign_off(request.user, sitting))
    draft = _draft(decision)
    draft.decision = decision
    return act(
        request,
        code,
        corrections.agree_to_correction,
        done=_("You have agreed: the correction is written beside the decision."),
        then="juries:minutes",
        draft=draft,
        seen_at=parse_datetime(request.POST.get("seen_at", "")) if request.POST.get("seen_at") else None,
    )


@require_POST
def give_up(request, code, hearing):
    sitting, decision = _decision(request, code, hearing)
    require(rules.can_correct(request.user, sitting) or rules.can_sign_off(request.user, sitting))
    draft = _draft(decision)
    draft.decision = decision
    return act(
        request,
        code,
        corrections.give_up_correction,
        done=_("The correction is given up: the decision stands as it is."),
        then="juries:minutes",
        draft=draft,
    )
