"""The portfolio: every project that this person may know by name, from preselection on."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from home import rules
from home.filters import PortfolioFilter
from home.queries import portfolio as queries
from incubator.core import clock
from incubator.core.exports import stream_csv
from projects.queries import funnel

ROWS_A_PAGE = 100


class _Uncounted(Paginator):
    """Counts the rows it was given: the list is already read."""

    @cached_property
    def count(self):
        return len(self.object_list)


def _filtered(request):
    if not rules.can_read_portfolio(request.user):
        raise Http404
    choices = queries.choices_of(request.user)
    shown = PortfolioFilter(
        request.GET or None, queryset=queries.visible_projects(request.user), choices=choices
    )
    return choices, shown


@require_safe
def portfolio(request):
    choices, shown = _filtered(request)
    with_money = rules.can_read_budgets(request.user)
    page = _Uncounted(list(queries.listed(shown.qs)), ROWS_A_PAGE).get_page(request.GET.get("page"))
    cohort = queries.cohort_to_count(choices, request.GET.get("cohort", ""))
    counted = funnel(cohort) if cohort else None
    masked = not rules.can_read_small_counts(request.user)
    return render(
        request,
        "home/portfolio.html",
        {
            "filter": shown,
            "page_obj": page,
            "rows": queries.rows_of(page.object_list, with_money=with_money),
            "with_money": with_money,
            "has_projects": bool(choices),
            "cohort": cohort,
            "counted": counted,
            "chart": counted.chart(masked=masked) if counted else None,
            "masked": masked,
            "today": clock.today(),
            "export_query": request.GET.urlencode(),
        },
    )


@require_safe
def export(request):
    _choices, shown = _filtered(request)
    with_money = rules.can_read_budgets(request.user)
    projects = queries.listed(shown.qs).iterator(chunk_size=500)
    name = f"portefeuille-{clock.today():%Y-%m-%d}.csv"
    return stream_csv(name, queries.csv_rows(projects, with_money=with_money))
