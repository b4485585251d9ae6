"""The juror's screens: one project at a time, on a phone, between two meetings."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.core import clock, words
from juries import queries
from juries.domain import dossiers, scoring
from juries.enums import SittingState
from juries.forms import RecuseForm
from juries.models import Criterion, Hearing
from juries.views._common import require_known, sitting_or_404

COMMENT_KEY = "comment"


@dataclass
class Mark:
    value: int
    anchor: str
    checked: bool


@dataclass
class Question:
    """One criterion on the screen, with what was chosen and what is wrong."""

    criterion: Criterion
    marks: list[Mark]
    error: str = ""


def _open_until(sitting) -> str:
    """Until when marks can change, in a sentence."""
    if sitting.scores_close_at is not None:
        return _("You can change your marks until %(when)s.") % {
            "when": words.in_words(sitting.scores_close_at)
        }
    return _("You can change your marks until the deliberation begins.")


@require_safe
def next_hearing(request, code):
    """The next project to read, or what was given when there is none left."""
    sitting = sitting_or_404(request, code)
    reading = queries.reading_list(sitting, request.user)
    require_known(reading.has_voice)
    if target := reading.next_after(request.GET.get("apres")):
        return redirect("juries:score", code=code, hearing=target)
    return render(
        request,
        "juries/score_done.html",
        {"sitting": sitting, "reading": reading, "until": _open_until(sitting)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def score(request, code, hearing):
    hearing = get_object_or_404(
        Hearing.objects.visible_to(request.user).select_related("sitting"), sitting__code=code, uuid=hearing
    )
    if request.method == "POST":
        return _save(request, hearing)
    return _form(request, hearing)


def _save(request, hearing):
    """Each click by htmx keeps a draft; the button gives the marks and goes on."""
    keys = [key for key in request.POST if key not in {"csrfmiddlewaretoken", COMMENT_KEY, "give"}]
    given = {key: request.POST[key] for key in keys}
    give = "give" in request.POST
    refused = None
    try:
        saved = scoring.save_scores(
            actor=request.user,
            hearing=hearing,
            scores=given,
            comment=request.POST.get(COMMENT_KEY, "").replace("\x00", "")[:2000],
            give=give,
        )
    except PermissionDenied:
        return HttpResponse(status=403) if request.htmx else _no_voice(request)
    except ValidationError as error:
        refused = error
    if request.htmx and not give:
        return render(
            request,
            "juries/_saved.html",
            {"refused": refused, "saved": None if refused else saved, "now": clock.now()},
        )
    if refused:
        return _form(request, hearing, given=given, refused=refused, status=422 if request.htmx else 200)
    if not give:
        messages.success(request, _("Kept as a draft: your marks do not count yet."))
        return redirect("juries:score", code=hearing.sitting.code, hearing=hearing.uuid)
    url = reverse("juries:score_next", kwargs={"code": hearing.sitting.code})
    return redirect(f"{url}?apres={hearing.uuid}")


def _no_voice(request):
    raise PermissionDenied


def _form(request, hearing, given=None, refused=None, status=200):
    sitting = hearing.sitting
    reading = queries.reading_list(sitting, request.user)
    require_known(reading.has_voice)
    evaluation = reading.evaluations.get(hearing.pk)
    criteria = queries.criteria_with_marks(sitting.grid_version_id, evaluation)
    kept = {criterion.key: criterion.given for criterion in criteria}
    errors = getattr(refused, "message_dict", {}) if refused is not None else {}
    values = {key: str(value) for key, value in kept.items() if value is not None} | (given or {})
    questions = [
        Question(
            criterion=criterion,
            marks=[
                Mark(value=mark, anchor=anchor, checked=values.get(criterion.key) == str(mark))
                for mark, anchor in criterion.anchors
            ],
            error=" ".join(errors.get(criterion.key, [])),
        )
        for criterion in criteria
    ]
    known = {question.criterion.key for question in questions}
    context = {
        "sitting": sitting,
        "hearing": hearing,
        "reading": reading,
        "dossier": dossiers.cut(hearing.dossier),
        "facts": dossiers.facts_in_words(hearing.dossier),
        "questions": questions,
        "comment": request.POST.get(COMMENT_KEY, evaluation.comment if evaluation else ""),
        "evaluation": evaluation,
        "position": reading.position_of(hearing.pk),
        "skip_to": reading.next_after(str(hearing.uuid), but_not=hearing.pk),
        "may_score": sitting.state == SittingState.SCORING
        and hearing.pk in reading.order
        and not (sitting.scores_close_at is not None and clock.now() >= sitting.scores_close_at),
        "until": _open_until(sitting),
        "general": _general(errors, known, refused),
        "field_errors": [question for question in questions if question.error],
    }
    return render(request, "juries/score.html", context, status=status)


def _general(errors: dict, known: set[str], refused: Any) -> list[str]:
    """The sentences that belong to no criterion."""
    if refused is None:
        return []
    if not hasattr(refused, "error_dict"):
        return refused.messages
    return [sentence for key, sentences in errors.items() if key not in known for sentence in sentences]


@require_http_methods(["GET", "HEAD", "POST"])
def recuse(request, code, hearing):
    """Stand aside: one sentence that says what it does, one button."""
    hearing = get_object_or_404(
        Hearing.objects.visible_to(request.user).select_related("sitting"), sitting__code=code, uuid=hearing
    )
    reading = queries.reading_list(hearing.sitting, request.user)
    require_known(reading.has_voice)
    form = RecuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            scoring.recuse(actor=request.user, hearing=hearing, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                _("You stand aside from “%(title)s”. Nobody counts your mark as a zero: it is missing.")
                % {"title": hearing.dossier.get("title", "")},
            )
            return redirect("juries:score_next", code=code)
    return render(
        request, "juries/recuse.html", {"form": form, "hearing": hearing, "sitting": hearing.sitting}
    )
