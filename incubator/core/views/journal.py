"""The journal on screen: who did what, and who read named scores."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from incubator.core.filters import JournalFilter
from incubator.core.journal import label
from incubator.core.models import JournalEntry
from incubator.core.rules import can_read_journal

PAGE = 50


@require_safe
def journal(request):
    if not can_read_journal(request.user):
        raise Http404
    filters = JournalFilter(
        request.GET, queryset=JournalEntry.objects.visible_to(request.user).select_related("actor")
    )
    page = Paginator(filters.qs, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "core/journal.html",
        {
            "filters": filters,
            "page_obj": page,
            "narrowed": any(request.GET.get(name) for name in filters.filters),
            "rows": [(entry, label(entry.verb)) for entry in page],
        },
    )
