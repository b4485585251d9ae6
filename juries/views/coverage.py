"""Who reads what: how many readers each project keeps, the load of each member, and what to share out."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from juries import rules
from juries.domain import coverage, links
from juries.enums import SittingState
from juries.models import Hearing, Seat
from juries.views._common import require, sitting_or_404

ROWS_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def board(request, code):
    """The state of the reading; POST confirms the proposal that was shown."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    reason, errors = request.POST.get("reason", "").replace("\x00", ""), []
    if request.method == "POST":
        try:
            given = coverage.share_out(
                actor=request.user, sitting=sitting, reason=reason, stamp=request.POST.get("stamp", "")
            )
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(
                request,
                ngettext("%(count)d dossier is given.", "%(count)d dossiers are given.", len(given))
                % {"count": len(given)},
            )
            return redirect("juries:coverage", code=code)
    return _board(request, sitting, errors=errors, reason=reason)


def _board(request, sitting, *, errors=(), reason="", typed=None):
    """The page, with what was typed where it was refused: ``typed`` is ``{(seat, hearing uuid): reason}``."""
    state = coverage.coverage_of(sitting)
    shared = sitting.readers_each is not None
    proposal = coverage.propose(sitting, state) if shared else None
    page = Paginator(sorted(state.rows, key=lambda row: -row.lacks), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    for row in page.object_list:
        row.lifts = [(one, (typed or {}).get((one.seat.pk, row.hearing.uuid), "")) for one in row.why_aside]
    context = {
        "sitting": sitting,
        "state": state,
        "page_obj": page,
        "proposal": proposal,
        "may_share": shared and sitting.state == SittingState.SCORING and bool(proposal.gifts),
        "may_give": shared and sitting.state == SittingState.SCORING,
        "may_lift": sitting.state in {SittingState.PREPARING, SittingState.SCORING},
        "may_add": sitting.state in {SittingState.PREPARING, SittingState.SCORING},
        "is_first": shared and not any(row.readers for row in state.rows),
        "history": coverage.history_of(sitting) if shared else [],
        "reason": reason,
        "errors": errors,
    }
    return render(request, "juries/coverage.html", context)


@require_POST
def lift(request, code, hearing, seat):
    """The site found a link that is none: the member may judge again."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    found = get_object_or_404(Hearing.objects.open().select_related("project"), sitting=sitting, uuid=hearing)
    found.sitting = sitting
    member = get_object_or_404(Seat.objects.select_related("user"), sitting=sitting, pk=seat)
    typed = request.POST.get("reason", "")
    try:
        links.lift_found_link(actor=request.user, seat=member, hearing=found, reason=typed)
    except ValidationError as error:
        return _board(request, sitting, errors=error.messages, typed={(seat, hearing): typed})
    messages.success(
        request,
        _("The link is lifted: %(name)s may read and score this project. See who reads what now.")
        % {"name": member.user},
    )
    return redirect("juries:coverage", code=code)


@require_POST
def give(request, code, hearing):
    """One dossier to one member, by hand."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    found = get_object_or_404(
        Hearing.objects.open().select_related("sitting__programme", "project"), sitting=sitting, uuid=hearing
    )
    pk = request.POST.get("seat", "")
    seat = Seat.objects.filter(sitting=sitting, pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None
    if seat is None:
        messages.error(request, _("Choose a member who has a voice in this sitting."))
        return redirect("juries:coverage", code=code)
    try:
        coverage.give_dossier(
            actor=request.user, hearing=found, seat=seat, reason=request.POST.get("reason", "")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request,
            _("%(name)s reads “%(title)s” from now on.")
            % {"name": seat.user, "title": found.dossier["title"]},
        )
    return redirect("juries:coverage", code=code)
