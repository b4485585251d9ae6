"""Results for the president, the secretary and the manager. Each reading of named scores is journaled."""

import csv

from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.core import journal
from juries import rules
from juries.domain import results
from juries.enums import SittingState
from juries.views._common import require_known, sitting_and_seats_or_404, sitting_or_404

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@require_safe
def board(request, code):
    sitting, seats = sitting_and_seats_or_404(request, code)
    require_known(rules.can_read_results(request.user, sitting))
    require_known(sitting.state not in {SittingState.PREPARING, SittingState.CANCELLED})
    shown = results.board_of(sitting, request.user, seats)
    if shown.is_open:
        journal.record(verb="juries.results_read", actor=request.user, target=sitting)
    return render(request, "juries/results.html", {"sitting": sitting, "board": shown})


class _Echo:
    """What ``csv.writer`` writes comes straight back, line by line."""

    def write(self, line: str) -> str:
        return line


def _safe(cell):
    """A cell that begins like a formula is written as text: spreadsheets run formulas."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


@require_safe
def scores_csv(request, code):
    """All marks that were given, and recusals as missing; the published rank can be computed from it."""
    sitting = sitting_or_404(request, code)
    require_known(rules.can_read_results(request.user, sitting))
    require_known(sitting.state not in {SittingState.PREPARING, SittingState.CANCELLED})
    if results.own_marks_left(sitting, request.user):
        return redirect("juries:results", code=code)
    journal.record(verb="juries.scores_exported", actor=request.user, target=sitting)
    writer = csv.writer(_Echo(), delimiter=";")

    def lines():
        yield "\ufeff"  # spreadsheets then read the accents
        yield writer.writerow(
            [
                _("project"),
                _("juror"),
                _("criterion"),
                _("weight"),
                _("mark"),
                _("given at"),
                _("stands aside"),
            ]
        )
        for row in results.score_rows(sitting, request.user):
            yield writer.writerow([_safe(cell) for cell in row])

    response = StreamingHttpResponse(_in_blocks(lines()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="notes-{sitting.code}.csv"'
    return response


def _in_blocks(lines, size: int = 500):
    """Lines sent together: one network write for each five hundred."""
    block = []
    for line in lines:
        block.append(line)
        if len(block) == size:
            yield "".join(block)
            block = []
    yield "".join(block)
