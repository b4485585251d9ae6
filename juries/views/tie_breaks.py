"""Comparing a few projects two by two, during the deliberation: on screens, or on paper."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.core import journal
from juries import rules
from juries.domain import results, tie_breaks
from juries.domain.pairwise import FEWEST, MOST
from juries.enums import SCORING_ROLES, SittingState
from juries.forms import BallotForm, TieBreakForm, add_refusal
from juries.models import Seat, TieBreak
from juries.views._common import require_known, sitting_or_404

MOST_PROPOSED = 20


def _staff_sitting(request, code):
    sitting = sitting_or_404(request, code)
    require_known(rules.can_deliberate(request.user, sitting))
    require_known(sitting.state in {SittingState.DELIBERATING, SittingState.PRONOUNCED})
    return sitting


def _tie_break(sitting, number) -> TieBreak:
    tie_break = get_object_or_404(TieBreak, sitting=sitting, number=number)
    tie_break.sitting = sitting
    return tie_break


@require_http_methods(["GET", "HEAD", "POST"])
def new(request, code):
    """Choose the projects to compare: those around the cut are proposed."""
    sitting = _staff_sitting(request, code)
    require_known(sitting.state == SittingState.DELIBERATING)
    waiting = sitting.tie_breaks.filter(closed_at__isnull=True).first()
    if waiting is not None and request.method != "POST":
        messages.info(request, _("A comparison is open already: close it first."))
        return redirect("juries:tie_break", code=code, number=waiting.number)
    board = results.board_of(sitting, request.user)
    rows = _proposed(board)
    suggested = [str(row.uuid) for row in tie_breaks.suggested(board.rows, board.figures.places)]
    form = TieBreakForm(request.POST or None, rows=rows, initial={"hearings": suggested})
    if request.method == "POST" and form.is_valid():
        chosen = sitting.hearings.filter(uuid__in=form.cleaned_data["hearings"])
        try:
            opened = tie_breaks.open_tie_break(actor=request.user, sitting=sitting, hearings=list(chosen))
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The members who are present can answer now."))
            return redirect("juries:tie_break", code=code, number=opened.number)
    context = {"sitting": sitting, "form": form, "suggested": suggested, "fewest": FEWEST, "most": MOST}
    return render(request, "juries/tie_break_new.html", context)


def _proposed(board):
    """The projects nearest to the cut; the first ones where the body does not choose."""
    ranked = [row for row in board.rows if row.rank is not None and not row.hidden]
    kept = sum(row.in_list for row in ranked)
    start = max(0, min(kept - MOST_PROPOSED // 2, len(ranked) - MOST_PROPOSED)) if kept else 0
    return ranked[start : start + MOST_PROPOSED]


@require_safe
def show(request, code, number):
    """Who has answered while it is open, the result once it is closed."""
    sitting = _staff_sitting(request, code)
    tie_break = _tie_break(sitting, number)
    (shown,) = tie_breaks.shown_to(request.user, sitting, tie_break)
    ballots = tie_breaks.ballots_of(tie_break)
    if not tie_break.is_open and not shown.hidden:
        journal.record(verb="juries.tie_break_read", actor=request.user, target=sitting, number=number)
    own = next((one for one in ballots if one.seat.user_id == request.user.pk), None)
    context = {
        "sitting": sitting,
        "tie_break": tie_break,
        "shown": shown,
        "ballots": ballots,
        "own": own,
        "answered": sum(bool(one.answers) for one in ballots),
        "is_over": sitting.state == SittingState.PRONOUNCED,
    }
    return render(request, "juries/tie_break.html", context)


@require_POST
def close(request, code, number):
    sitting = _staff_sitting(request, code)
    tie_break = _tie_break(sitting, number)
    try:
        tie_breaks.close_tie_break(actor=request.user, tie_break=tie_break)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The comparison is closed: here is what it shows."))
    return redirect("juries:tie_break", code=code, number=number)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, code, number):
    """One member's own ballot."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_score(request.user, sitting))
    tie_break = _tie_break(sitting, number)
    seat = rules.seat_of(request.user, sitting)
    ballot = next(iter(tie_breaks.ballots_of(tie_break, seat)), None)
    form = _ballot_form(request, tie_break, ballot, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            given = tie_breaks.answer_tie_break(
                actor=request.user, tie_break=tie_break, answers=form.answers()
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _given_in_words(given, len(ballot.pairs)))
            return redirect("juries:tie_break_answer", code=code, number=number)
    context = {"sitting": sitting, "tie_break": tie_break, "ballot": ballot, "form": form, "person": None}
    return render(request, "juries/tie_break_answer.html", context)


def _given_in_words(given: int, asked: int) -> str:
    return ngettext(
        "%(count)d answer of %(asked)d is kept. You can change it until the comparison is closed.",
        "%(count)d answers of %(asked)d are kept. You can change them until the comparison is closed.",
        given,
    ) % {"count": given, "asked": asked}


def _ballot_form(request, tie_break, ballot, reader) -> BallotForm:
    blind = not rules.sees_names(reader, tie_break.sitting)
    return BallotForm(
        request.POST if request.method == "POST" else None,
        ballot=ballot,
        hearings={one.pk: one for one in tie_breaks.in_order(tie_break)},
        blind=blind,
    )


@require_safe
def ballots(request, code, number):
    """Paper ballots, one for each member who is present, to print and hand out."""
    sitting = _staff_sitting(request, code)
    tie_break = _tie_break(sitting, number)
    require_known(not tie_breaks.is_hidden_from(request.user, tie_break))
    blind = not rules.sees_names(request.user, sitting)
    titles = {
        one.pk: one.dossier.get("title", "") if blind else one.project.title
        for one in tie_breaks.in_order(tie_break)
    }
    papers = [
        {"person": one.seat.user, "pairs": [(titles[first], titles[second]) for first, second in one.pairs]}
        for one in tie_breaks.ballots_of(tie_break)
        if one.pairs
    ]
    context = {"sitting": sitting, "tie_break": tie_break, "papers": papers}
    return render(request, "juries/tie_break_ballots.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request, code, number, seat):
    """Enter the paper ballot of one member."""
    sitting = _staff_sitting(request, code)
    tie_break = _tie_break(sitting, number)
    require_known(not tie_breaks.is_hidden_from(request.user, tie_break))
    member = get_object_or_404(
        Seat.objects.select_related("user"), sitting=sitting, pk=seat, role__in=SCORING_ROLES
    )
    ballot = next(iter(tie_breaks.ballots_of(tie_break, member)), None)
    if ballot is None or not ballot.pairs:
        raise Http404
    form = _ballot_form(request, tie_break, ballot, reader=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            tie_breaks.enter_paper_answers(
                actor=request.user, tie_break=tie_break, seat=member, answers=form.answers()
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The ballot of %(name)s is entered.") % {"name": member.user})
            return redirect("juries:tie_break", code=code, number=number)
    context = {
        "sitting": sitting,
        "tie_break": tie_break,
        "ballot": ballot,
        "form": form,
        "person": member.user,
    }
    return render(request, "juries/tie_break_answer.html", context)
