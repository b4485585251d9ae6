"""What screens need, joined across models. Visibility stands in the querysets; words in the templates."""

from projects.counts import Count, CountUnit, MixedUnitsError, Rate, register_count
from projects.queries.funnel import CohortFunnel, funnel
from projects.queries.impact import indicators_of
from projects.queries.money import CohortCost, cost_rows, costs_of, lines_in_words, money_of
from projects.queries.paths import futures, path_of, paths_of, planned_path, register_planned_dates
from projects.queries.portfolio import portfolio
from projects.queries.progress import progress_of

__all__ = [
    "CohortCost",
    "CohortFunnel",
    "Count",
    "CountUnit",
    "MixedUnitsError",
    "Rate",
    "cost_rows",
    "costs_of",
    "funnel",
    "futures",
    "indicators_of",
    "lines_in_words",
    "money_of",
    "path_of",
    "paths_of",
    "planned_path",
    "portfolio",
    "progress_of",
    "register_count",
    "register_planned_dates",
]
