"""The organiser checks what the jurors will not read: each dossier beside its redacted copy."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from juries import rules
from juries.domain import anonymity, dossiers
from juries.enums import SittingState
from juries.models import Hearing
from juries.views._common import require, sitting_or_404


def _sitting(request, code):
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    if not sitting.names_hidden:
        raise Http404
    return sitting


def _full(hearings) -> dict[int, dict]:
    """The dossiers with their names: as frozen, or as they stand now."""
    waiting = [hearing for hearing in hearings if hearing.frozen_at is None]
    drafts = dossiers.drafts(waiting) if waiting else {}
    return {hearing.pk: drafts.get(hearing.pk) or hearing.original for hearing in hearings}


@require_safe
def names(request, code):
    """All dossiers of the sitting, with how much is hidden in each and what a person should look at."""
    sitting = _sitting(request, code)
    hearings = list(sitting.hearings.open().select_related("project", "sitting").order_by("position", "pk"))
    people = anonymity.people_behind([hearing.project for hearing in hearings])
    full = _full(hearings)
    rows = []
    for hearing in hearings:
        parts = [
            one for _label, one in anonymity.preview(hearing, full[hearing.pk], people[hearing.project_id])
        ]
        rows.append(
            {
                "hearing": hearing,
                "title": full[hearing.pk]["title"],
                "hidden": sum(len(part.hidden) for part in parts),
                "doubts": sorted({word for part in parts for word in part.doubts}),
            }
        )
    return render(request, "juries/names.html", {"sitting": sitting, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def redact(request, code, hearing):
    """One dossier: what is hidden in it, and two fields to hide more or to keep a word."""
    sitting = _sitting(request, code)
    found = get_object_or_404(
        Hearing.objects.select_related("sitting__programme", "project"), sitting=sitting, uuid=hearing
    )
    typed = {name: "\n".join(found.redaction.get(name, [])) for name in ("hide", "keep")}
    errors = []
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in typed}
        try:
            anonymity.redact_by_hand(
                actor=request.user,
                hearing=found,
                hide=anonymity.words_of(typed["hide"]),
                keep=anonymity.words_of(typed["keep"]),
            )
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, _("Kept. Read the copy below once more."))
            return redirect("juries:redact", code=code, hearing=found.uuid)
    people = anonymity.people_behind([found.project])[found.project_id]
    parts = anonymity.preview(found, _full([found])[found.pk], people)
    context = {
        "sitting": sitting,
        "hearing": found,
        "parts": parts,
        "doubts": sorted({word for _label, part in parts for word in part.doubts}),
        "typed": typed,
        "errors": errors,
        "may_change": sitting.state in {SittingState.PREPARING, SittingState.SCORING},
    }
    return render(request, "juries/redact.html", context)
