"""The filtered list of applications as a file."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from calls import exports, listing
from calls.models import Call
from calls.views.manage.lists import filtered
from incubator.core import clock
from incubator.core.exports import stream_csv


@require_safe
def export(request, code):
    """The filtered list as CSV, in the order of the screen, with every answer."""
    call = get_object_or_404(Call.objects.visible_to(request.user), code=code)
    column, backwards = listing.sorted_by(request.GET.get("sort", ""))
    sign = "-" if backwards else ""
    found = listing.with_sort_key(filtered(request, call).qs, column)
    return stream_csv(
        f"{call.code}-{clock.today():%Y-%m-%d}.csv",
        exports.csv_rows(call, found.order_by(f"{sign}{column.key}", f"{sign}pk")),
    )
