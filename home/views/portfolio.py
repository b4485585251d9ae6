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
from projects.counts import Count, CountUnit
from projects.queries import CohortFunnel, cost_rows, costs_of, funnel
from projects.rules import can_manage_programme, can_read_cohort_money

ROWS_A_PAGE = 100


class _Uncounted(Paginator):
    """Counts the rows it was given: the list is already read."""

    @cached_property
    def count(self):
        return len(self.object_list)


def _filtered(request, everything=None):
    """The choices of the filters and the filter; ``everything``: the whole list when it is in hand."""
    if not rules.can_read_portfolio(request.user):
        raise Http404
    choices = queries.choices_of(request.user) if everything is None else queries.choices_among(everything)
    shown = PortfolioFilter(
        request.GET or None, queryset=queries.visible_projects(request.user), choices=choices
    )
    return choices, shown


@require_safe
def portfolio(request):
    everything = None
    if not request.GET and rules.can_read_portfolio(request.user):
        # Nothing is filtered: the list itself says what the filters offer, and one query is saved.
        everything = list(queries.listed(queries.visible_projects(request.user)))
    choices, shown = _filtered(request, everything)
    with_money = rules.can_read_budgets(request.user)
    listed = everything if everything is not None else list(queries.listed(shown.qs))
    page = _Uncounted(listed, ROWS_A_PAGE).get_page(request.GET.get("page"))
    cohort = queries.cohort_to_count(choices, request.GET.get("cohort", ""))
    counted = funnel(cohort) if cohort else None
    has_costs = cohort and can_read_cohort_money(request.user, cohort.programme)
    masked = cohort is None or not rules.can_read_small_counts(request.user, cohort.programme)
    return render(
        request,
        "home/portfolio.html",
        {
            "filter": shown,
            "page_obj": page,
            "rows": queries.rows_of(page.object_list, request.user),
            "with_money": with_money,
            "has_projects": bool(choices),
            "cohort": cohort,
            "counted": counted,
            "chart": counted.chart(masked=masked) if counted else None,
            "masked": masked,
            "became": queries.what_became(listed),
            "costs": costs_of(cohort, _preincubated(counted)) if has_costs else [],
            "writes_costs": has_costs and can_manage_programme(request.user, cohort.programme),
            "today": clock.today(),
            "export_query": request.GET.urlencode(),
        },
    )


@require_safe
def export(request):
    _choices, shown = _filtered(request)
    projects = queries.listed(shown.qs).iterator(chunk_size=500)
    name = f"portefeuille-{clock.today():%Y-%m-%d}.csv"
    return stream_csv(name, queries.csv_rows(projects, request.user))


@require_safe
def costs(request):
    """What the promotion that the page counts costs outside its projects."""
    choices, _shown = _filtered(request)
    cohort = queries.cohort_to_count(choices, request.GET.get("cohort", ""))
    if cohort is None or not can_read_cohort_money(request.user, cohort.programme):
        raise Http404
    found = costs_of(cohort, _preincubated(funnel(cohort)))
    return stream_csv(f"couts-{cohort.code}.csv", cost_rows(cohort, found))


def _preincubated(counted: CohortFunnel) -> Count:
    return counted.step("preincubation")[CountUnit.PROJECTS]
