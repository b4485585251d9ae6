"""The calibration file on screen: the organiser writes it, the members score it, then all see how they differ."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from juries import rules
from juries.domain import calibration, dossiers
from juries.enums import SCORING_ROLES, SittingState
from juries.forms import CalibrationForm, add_refusal
from juries.models import CalibrationBallot, Criterion
from juries.views._common import act, require, require_known, sitting_or_404
from juries.views._grid import Question, questions_of


@require_http_methods(["GET", "HEAD", "POST"])
def page(request, code):
    """What this person can do with the file now. A POST gives a member's marks."""
    sitting = sitting_or_404(request, code)
    seat = rules.seat_of(request.user, sitting)
    organises = rules.can_organise(request.user, sitting)
    require_known(seat is not None or organises)
    found = calibration.file_of(sitting)
    require_known(organises or (found is not None and found.opened_at is not None))
    has_voice = seat is not None and seat.role in SCORING_ROLES
    errors = {}
    if request.method == "POST":
        require(has_voice)
        try:
            calibration.score_file(
                actor=request.user,
                sitting=sitting,
                marks=request.POST,
                comment=request.POST.get("comment", ""),
            )
        except ValidationError as error:
            errors = getattr(error, "message_dict", None) or {"": error.messages}
        else:
            messages.success(request, _("Thank you. Your marks on the calibration file are kept."))
            return redirect("juries:calibration", code=code)
    own = CalibrationBallot.objects.filter(seat=seat).first() if has_voice else None
    shown = found is not None and found.discussed_at is not None
    voices = list(
        sitting.seats.filter(role__in=SCORING_ROLES)
        .select_related("user", "calibration_ballot")
        .order_by("pk")
    )
    may_score = (
        has_voice
        and found is not None
        and found.opened_at is not None
        and not shown
        and sitting.state in calibration.OPEN
    )
    context = {
        "sitting": sitting,
        "file": found,
        "dossier": dossiers.cut(found.dossier) if found else None,
        "organises": organises,
        "own": own,
        "shown": shown,
        "spreads": calibration.spreads(found, own) if shown else [],
        "comments": list(found.ballots.exclude(comment="").values_list("comment", flat=True)) if shown else [],
        "waiting": [one.user for one in voices if not hasattr(one, "calibration_ballot")],
        "given": sum(1 for one in voices if hasattr(one, "calibration_ballot")),
        "voices": len(voices),
        "may_score": may_score,
        "may_show": found is not None and found.opened_at is not None and not shown
        and sitting.state in calibration.OPEN
        and (organises or rules.can_pronounce(request.user, sitting)),
        "may_change": organises and sitting.state in calibration.OPEN,
        "may_read_on": has_voice and sitting.state == SittingState.SCORING,
        "questions": _questions(sitting, own, request.POST, errors) if may_score else [],
        "errors": [sentence for sentences in errors.values() for sentence in sentences],
        "comment": request.POST.get("comment", own.comment if own else ""),
    }  # fmt: skip
    return render(request, "juries/calibration.html", context)


def _questions(sitting, own, posted, errors) -> list[Question]:
    kept = {key: str(mark) for key, mark in own.marks.items()} if own is not None else {}
    criteria = Criterion.objects.filter(version=sitting.grid_version_id)
    return questions_of(criteria, kept | posted.dict(), errors)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request, code):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    found = calibration.file_of(sitting)
    known = found.dossier if found else {}
    initial = {"title": known.get("title", ""), "problem": known.get("problem", "")}
    initial["text"] = known["answers"][0]["text"] if known else ""
    form = CalibrationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            calibration.write_file(actor=request.user, sitting=sitting, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request, _("The fictitious dossier is kept. Read it, then give it to the members.")
            )
            return redirect("juries:calibration", code=code)
    return render(request, "juries/calibration_form.html", {"sitting": sitting, "form": form})


@require_POST
def give(request, code):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    done = _("The members have the calibration file: they score it before the other dossiers.")
    return act(request, code, calibration.open_file, sitting=sitting, done=done, then="juries:calibration")


@require_POST
def show(request, code):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting) or rules.can_pronounce(request.user, sitting))
    done = _("The marks are shown to all members: talk about them.")
    return act(
        request, code, calibration.begin_discussion, sitting=sitting, done=done, then="juries:calibration"
    )
