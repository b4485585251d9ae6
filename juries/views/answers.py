"""After the sitting: the three sentences to each team, and who has been told, counted in working days."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from juries import rules, verdicts
from juries.domain import dossiers, feedback
from juries.enums import SittingState
from juries.forms import add_refusal
from juries.models import Decision
from juries.verdict_forms import FeedbackForm
from juries.views._common import require, require_known, sitting_or_404

_OPEN = frozenset({SittingState.DELIBERATING, SittingState.PRONOUNCED})


@require_safe
def board(request, code):
    """One line a team, those who wait longest first."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_see_decisions(request.user, sitting))
    require_known(sitting.state == SittingState.PRONOUNCED)
    return render(
        request, "juries/answers.html", {"sitting": sitting, "answers": verdicts.answers_of_sitting(sitting)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def write(request, code, hearing):
    """Three sentences, three fields."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_see_decisions(request.user, sitting))
    require_known(sitting.state in _OPEN)
    decision = get_object_or_404(
        Decision.objects.select_related("hearing__project", "feedback"),
        hearing__sitting=sitting,
        hearing__uuid=hearing,
    )
    decision.hearing.sitting = sitting
    require(rules.can_write_feedback(request.user, decision.hearing))
    title = dossiers.read_by(request.user, decision.hearing)["title"]
    known = getattr(decision, "feedback", None)
    initial = {key: getattr(known, key) for key in feedback.FIELDS} if known else {}
    form = FeedbackForm(request.POST or None, initial=initial)
    back = "juries:answers" if sitting.state == SittingState.PRONOUNCED else "juries:decisions"
    if request.method == "POST" and form.is_valid():
        try:
            feedback.write_feedback(actor=request.user, decision=decision, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request,
                _("“%(title)s”: the three sentences are kept.") % {"title": title},
            )
            return redirect(back, code=code)
    return render(
        request,
        "juries/feedback.html",
        {
            "sitting": sitting,
            "decision": decision,
            "title": title,
            "form": form,
            "back": reverse(back, args=[code]),
        },
    )
