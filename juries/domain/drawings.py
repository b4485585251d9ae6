"""The charts of the results: how far apart the jurors are on each project, and how each marks beside the others."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incubator.core import charts
from juries.domain.findings import one_decimal
from juries.domain.results import Board, Row

CLOSE = 1.0  # within one point, the jurors say the same of a project
MOST_ROWS = 20
SCALE = [(mark, str(mark)) for mark in range(1, 6)]


def spread_chart(board: Board, rows: list[Row] | None = None) -> charts.Ranges | None:
    """From the lowest to the highest of the jurors' means, by project in the order of the board; None where fewer
    than two projects have two marks, or when there are too many to be read."""
    rows = board.rows if rows is None else rows
    told = [
        (row, board.results[row.pk])
        for row in rows
        if not row.hidden and not row.closed and row.pk in board.results and row.n >= 2
    ]
    if len(told) < 2 or len(told) > MOST_ROWS:
        return None
    widest, result = max(told, key=lambda one: one[1].high - one[1].low)
    if result.high - result.low < CLOSE:
        finding = _("The jurors are close to one another on all these projects.")
    else:
        finding = _("The jurors are furthest apart on “%(title)s”: from %(low)s to %(high)s.") % {
            "title": widest.title,
            "low": one_decimal(result.low),
            "high": one_decimal(result.high),
        }
    return charts.Ranges(
        title=_("Marks of the jurors, by project: the lowest, the mean, the highest"),
        finding=finding,
        what=_("Project"),
        start=1,
        end=5,
        ticks=SCALE,
        ranges=[
            charts.Range(
                row.title,
                one.total,
                _("%(mean)s (from %(low)s to %(high)s)")
                % {"mean": row.total, "low": one_decimal(one.low), "high": one_decimal(one.high)},
                one.low,
                one.high,
            )
            for row, one in told
        ],
    )


def severity_chart(board: Board) -> charts.Ranges | None:
    """How far each juror marks from the others on the same projects; None where fewer than two can be compared."""
    told = [one for one in board.progress if one.difference is not None]
    if len(told) < 2 or len(told) > MOST_ROWS:
        return None
    reach = max(1.0, *(abs(one.difference) for one in told))
    apart = sum(one.is_atypical for one in told)
    if apart:
        finding = ngettext(
            "%(count)d juror marks far from the others. It says nothing about who is right.",
            "%(count)d jurors mark far from the others. It says nothing about who is right.",
            apart,
        ) % {"count": apart}
    else:
        finding = _("No juror marks far from the others.")
    told.sort(key=lambda one: one.difference)
    return charts.Ranges(
        title=_("Each juror beside the others, on the same projects"),
        finding=finding,
        what=_("Juror"),
        start=-reach,
        end=reach,
        reference=0,
        ticks=[(-reach, _("more severe")), (0, "0"), (reach, _("more generous"))],
        ranges=[charts.Range(str(one.seat.user), one.difference, one.severity) for one in told],
    )
