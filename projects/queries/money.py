"""Money as it is known: of a project, and of a cohort as a whole. Nothing is averaged, nothing is invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from incubator.core import words
from projects.counts import Count
from projects.enums import BudgetKind
from projects.models import BudgetLine, Cohort, Project
from projects.readings import amount_in_words

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Money:
    """Budget lines of one kind, of a project or of a cohort. An empty amount is not zero; a range is never averaged."""

    lines: tuple[BudgetLine, ...]

    @property
    def valued(self) -> tuple[BudgetLine, ...]:
        return tuple(line for line in self.lines if line.amount_min is not None)

    @property
    def is_partial(self) -> bool:
        """Something counts that has no amount (agents' time): the total is a partial cost."""
        return len(self.valued) < len(self.lines)

    @property
    def lowest(self) -> Decimal | None:
        return sum((line.amount_min for line in self.valued), Decimal(0)) if self.valued else None

    @property
    def highest(self) -> Decimal | None:
        if not self.valued:
            return None
        return sum(
            (line.amount_min if line.amount_max is None else line.amount_max for line in self.valued),
            Decimal(0),
        )

    @property
    def total_in_words(self) -> str:
        """“50 000 €”, or “from 50 000 € to 100 000 €”; empty when nothing is valued."""
        return amount_in_words(self.lowest, self.highest)


def money_of(project: Project) -> dict[str, Money]:
    """What is planned and what is spent: one query."""
    lines = list(project.budget_lines.select_related("set_by"))
    return {
        kind.value: Money(tuple(line for line in lines if line.kind == kind))
        for kind in BudgetKind
        if any(line.kind == kind for line in lines)
    }


def money_in_words(project: Project) -> list[dict]:
    """The same as a page shows it: amounts in words, empty ones said to be “not valued”."""
    return [
        {
            "label": BudgetKind(kind).label,
            "lines": lines_in_words(money),
            "total": money.total_in_words,
            "is_partial": money.is_partial,
        }
        for kind, money in money_of(project).items()
    ]


def lines_in_words(money: Money) -> list[dict]:
    """``[{"pk", "label", "amount", "months", "staff", "is_decided"}]``: an amount that is not known is said to be
    “not valued”; a line that a decision wrote is not taken back by hand."""
    return [
        {
            "pk": line.pk,
            "is_decided": line.set_by_id is not None,
            "label": line.label,
            "amount": amount_in_words(line.amount_min, line.amount_max) or _("not valued"),
            "months": line.months or "",
            "staff": staff_in_words(line),
        }
        for line in money.lines
    ]


@dataclass(frozen=True)
class CohortCost:
    """What a cohort costs outside its projects, and what that makes for each pre-incubated project."""

    kind: BudgetKind
    money: Money
    projects: Count

    @property
    def in_words(self) -> str:
        """« 40 000 € + 1 ETP (catégorie A) non valorisé : coût partiel »; a range stays a range."""
        unvalued = [
            _("%(staff)s not valued") % {"staff": staff}
            if (staff := staff_in_words(line))
            else _("%(what)s (not valued)") % {"what": line.label}
            for line in self.money.lines
            if line.amount_min is None
        ]
        parts = " + ".join([part for part in (self.money.total_in_words, *unvalued) if part])
        return _("%(cost)s: partial cost") % {"cost": parts} if self.money.is_partial else parts

    @property
    def lowest_each(self) -> Decimal | None:
        return self._each(self.money.lowest)

    @property
    def highest_each(self) -> Decimal | None:
        return self._each(self.money.highest)

    def _each(self, total: Decimal | None) -> Decimal | None:
        """Euros for one project, to the cent; None when nothing is valued or there is no project."""
        if total is None or not self.projects.n:
            return None
        return (total / self.projects.n).quantize(_CENT, rounding=ROUND_HALF_UP)

    @property
    def each_in_words(self) -> str:
        """« 6 666,67 € (coût partiel) »; empty when it cannot be said."""
        amount = amount_in_words(self.lowest_each, self.highest_each)
        if not amount or not self.money.is_partial:
            return amount
        return _("%(amount)s (partial cost)") % {"amount": amount}


def costs_of(cohort: Cohort, preincubated: Count) -> list[CohortCost]:
    """Planned and spent costs of a cohort, each on its own: one query."""
    lines = list(BudgetLine.objects.filter(cohort=cohort).order_by("pk"))
    return [
        CohortCost(kind, Money(of_kind), preincubated)
        for kind in BudgetKind
        if (of_kind := tuple(line for line in lines if line.kind == kind))
    ]


def cost_rows(cohort: Cohort, costs: list[CohortCost]) -> Iterator[tuple]:
    """The same for a file: each line, then the total and the cost of one project, said to be partial or not."""
    yield (
        _("Cohort"), _("Kind"), _("For"), _("Lowest amount (€)"), _("Highest amount (€)"),
        _("For how many months"), _("Full-time equivalents"), _("Category"), _("Valued"),
    )  # fmt: skip
    for cost in costs:
        kind = str(cost.kind.label)
        for line in cost.money.lines:
            highest = line.amount_min if line.amount_max is None else line.amount_max
            yield (
                cohort.name, kind, line.label, line.amount_min, highest, line.months, line.full_time,
                line.category, _("no") if line.amount_min is None else _("yes"),
            )  # fmt: skip
        valued = _("partly") if cost.money.is_partial else _("yes")
        yield cohort.name, kind, _("Total"), cost.money.lowest, cost.money.highest, None, None, "", valued
        each = _("For each pre-incubated project (%(count)d)") % {"count": cost.projects.n}
        yield cohort.name, kind, each, cost.lowest_each, cost.highest_each, None, None, "", valued


def staff_in_words(line: BudgetLine) -> str:
    """« 1 ETP (catégorie A) »; empty when the line counts no staff."""
    if line.full_time is None:
        return ""
    full_time = words.number(line.full_time)
    if not line.category:
        return _("%(number)s FTE") % {"number": full_time}
    return _("%(number)s FTE (category %(category)s)") % {"number": full_time, "category": line.category}
