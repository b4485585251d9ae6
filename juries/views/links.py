"""The first step of each juror: say which links of interest one has, or that there is none."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from juries import rules
from juries.domain import links
from juries.enums import WHY_LINKED, RecusalSource, SittingState
from juries.models import Recusal
from juries.views._common import require_known, sitting_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request, code):
    """All projects of the sitting by title and problem: whoever has a link ticks it and says which."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_score(request.user, sitting) and sitting.state != SittingState.PREPARING)
    seat = rules.seat_of(request.user, sitting)
    aside = dict(Recusal.objects.filter(seat=seat).values_list("hearing", "reason"))
    found = set(
        Recusal.objects.filter(seat=seat, source=RecusalSource.FOUND).values_list("hearing", flat=True)
    )
    hearings = list(sitting.hearings.open().order_by("position", "pk").only("pk", "uuid", "dossier"))
    rows = [_row(request, hearing) for hearing in hearings if hearing.pk not in aside]
    refused = None
    if request.method == "POST":
        chosen = {row["hearing"].pk: row["why"] for row in rows if row["ticked"]}
        try:
            links.declare_links(
                actor=request.user, sitting=sitting, links=chosen, none="none" in request.POST
            )
        except ValidationError as error:
            refused = error
        else:
            messages.success(request, _thanks(len(chosen)))
            return redirect("juries:score_next", code=code)
    errors = getattr(refused, "message_dict", {}) if refused is not None else {}
    for row in rows:
        row["error"] = " ".join(errors.get(str(row["hearing"].pk), []))
    context = {
        "sitting": sitting,
        "seat": seat,
        "rows": rows,
        "general": [] if refused is None or hasattr(refused, "error_dict") else refused.messages,
        "wrong": [row for row in rows if row["error"]],
        "known": [
            (hearing.dossier.get("title", ""), WHY_LINKED.get(aside[hearing.pk], aside[hearing.pk]))
            for hearing in hearings
            if hearing.pk in found
        ],
        "declared": [
            (hearing.dossier.get("title", ""), aside[hearing.pk])
            for hearing in hearings
            if hearing.pk in aside and hearing.pk not in found
        ],
        "may_declare": seat.declared_at is None and sitting.state == SittingState.SCORING,
    }
    return render(request, "juries/links.html", context)


def _row(request, hearing) -> dict:
    return {
        "hearing": hearing,
        "title": hearing.dossier.get("title", ""),
        "problem": hearing.dossier.get("problem", ""),
        "ticked": f"link-{hearing.uuid}" in request.POST,
        "why": request.POST.get(f"why-{hearing.uuid}", "").replace("\x00", "")[:200],
    }


def _thanks(count: int) -> str:
    if not count:
        return _("Thank you. You can read the dossiers now.")
    return ngettext(
        "Thank you. You stand aside from %(count)d project and can read the others.",
        "Thank you. You stand aside from %(count)d projects and can read the others.",
        count,
    ) % {"count": count}
