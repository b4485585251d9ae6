"""Results for the president, the secretary and the manager. Each reading of named scores is journaled."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from incubator.core import journal
from incubator.core.exports import stream_csv, stream_json, stream_xlsx
from juries import rules
from juries.domain import drawings, marks, reminders, results, tie_breaks
from juries.enums import SittingState
from juries.views._common import require, require_known, sitting_and_seats_or_404, sitting_or_404


@require_safe
def board(request, code):
    sitting, seats = sitting_and_seats_or_404(request, code)
    require_known(rules.can_read_results(request.user, sitting))
    require_known(sitting.state not in {SittingState.PREPARING, SittingState.CANCELLED})
    shown = results.board_of(sitting, request.user, seats)
    if shown.is_open:
        journal.record(verb="juries.results_read", actor=request.user, target=sitting)
    may_remind = (
        rules.can_organise(request.user, sitting)
        and sitting.state == SittingState.SCORING
        and any(one.left for one in shown.progress)
    )
    return render(
        request,
        "juries/results.html",
        {
            "sitting": sitting,
            "board": shown,
            "may_remind": may_remind,
            "spread": drawings.spread_chart(shown) if shown.is_open else None,
            "severity": drawings.severity_chart(shown) if shown.is_open else None,
            "may_compare": sitting.state == SittingState.DELIBERATING,
            "tie_breaks": tie_breaks.shown_to(request.user, sitting) if shown.has_tie_breaks else [],
        },
    )


PROJECTS_A_PAGE = 20


@require_safe
def heat(request, code):
    """Who gave what, by page: the projects to talk about first, then the others by rank."""
    sitting, seats = sitting_and_seats_or_404(request, code)
    require_known(rules.can_read_results(request.user, sitting))
    require_known(sitting.state not in {SittingState.PREPARING, SittingState.CANCELLED})
    shown = results.board_of(sitting, request.user, seats)
    if not shown.is_open:
        return redirect("juries:results", code=code)
    alive = [row for row in shown.rows if not row.closed]
    pages = Paginator(sorted(alive, key=lambda row: not row.in_zone), PROJECTS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    journal.record(verb="juries.results_read", actor=request.user, target=sitting)
    return render(
        request,
        "juries/heat.html",
        {
            "sitting": sitting,
            "page_obj": page,
            "heat": results.map_for(shown, page.object_list, seats),
            "spread": drawings.spread_chart(shown, page.object_list),
        },
    )


@require_POST
def remind(request, code):
    """One held letter to each juror who has marks left; a second click the same day writes none."""
    sitting = sitting_or_404(request, code)
    require(rules.can_organise(request.user, sitting))
    try:
        written = len(reminders.remind(actor=request.user, sitting=sitting))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("juries:detail", code=code)
    if written:
        done = ngettext(
            "%(count)d reminder is written. It waits to be read before it goes.",
            "%(count)d reminders are written. They wait to be read before they go.",
            written,
        ) % {"count": written}
        messages.success(request, done)
    else:
        messages.info(request, _("They were all reminded today already: no letter is added."))
    return redirect("juries:results", code=code)


@require_safe
def scores_csv(request, code):
    """A line for each mark that was given, recusals as missing; the published rank can be computed from it."""
    return _export(request, code, "csv")


@require_safe
def scores_xlsx(request, code):
    """A line for each evaluation, with the grid, the recusals, the result and the rule on sheets of their own."""
    return _export(request, code, "xlsx")


@require_safe
def scores_json(request, code):
    """The same for a program, whole."""
    return _export(request, code, "json")


def _export(request, code, form: str):
    sitting, seats = sitting_and_seats_or_404(request, code)
    require_known(rules.can_read_results(request.user, sitting))
    require_known(sitting.state not in {SittingState.PREPARING, SittingState.CANCELLED})
    if results.own_marks_left(sitting, request.user):
        return redirect("juries:results", code=code)
    journal.record(verb="juries.scores_exported", actor=request.user, target=sitting, form=form)
    sheet = marks.sheet_of(sitting, request.user, seats)
    name = f"notes-{sitting.code}.{form}"
    if form == "csv":
        return stream_csv(name, marks.csv_rows(sheet))
    if form == "xlsx":
        return stream_xlsx(name, marks.xlsx_sheets(sheet))
    return stream_json(name, marks.json_head(sheet), {"evaluations": marks.json_evaluations(sheet)})
