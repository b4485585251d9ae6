"""Impact of a project: its indicators as readings, its money as it is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from incubator.core import words
from projects.enums import BudgetKind, PhaseKind
from projects.models import BudgetLine, Indicator, Measure, Phase, Project, Target
from projects.readings import Aim, Reading, Value, amount_in_words

_INVESTIGATION = frozenset({PhaseKind.PREINCUBATION, PhaseKind.EXTENSION})


def intervention_on(phases: Iterable[Phase]) -> date | None:
    """The day when the work begins to change things for users: the first real day of startup mode."""
    days = [phase.actual_start for phase in phases if phase.kind not in _INVESTIGATION and phase.actual_start]
    return min(days) if days else None


def indicators_of(project: Project) -> list[tuple[Indicator, Reading]]:
    """Each indicator with its reading, the main one first: three queries, and one when phases are not loaded."""
    start = intervention_on(project.phases.all())
    indicators = (
        Indicator.objects.filter(project=project)
        .select_related("population")
        .prefetch_related(
            Prefetch("measures", Measure.objects.filter(replaced_by__isnull=True)),
            Prefetch("targets", Target.objects.select_related("set_by")),
        )
    )
    return [
        (
            indicator,
            reading_of(indicator, start, measures=indicator.measures.all(), targets=indicator.targets.all()),
        )
        for indicator in indicators
    ]


def reading_of(
    indicator: Indicator,
    intervention: date | None,
    *,
    measures: Iterable[Measure],
    targets: Iterable[Target],
) -> Reading:
    """The reading of an indicator from its live measures and its targets (with their decision)."""
    population = indicator.population
    return Reading(
        name=indicator.name,
        question=indicator.question,
        level=indicator.level,
        direction=indicator.direction,
        unit=indicator.unit,
        decimals=indicator.decimals,
        out_of=indicator.denominator
        or (f"{population.name} ({words.number(population.size)})" if population else ""),
        source=indicator.source,
        values=tuple(
            Value(
                since=measure.period_start,
                until=measure.period_end,
                value=measure.value,
                role=measure.role,
                quality=measure.quality,
                source=measure.source,
                sample=measure.sample,
                comment=measure.comment,
                corrects=measure.replaces_id is not None,
            )
            for measure in measures
        ),
        aims=tuple(
            Aim(target.value, target.due_on, target.set_by.deciding_body if target.set_by else "")
            for target in targets
        ),
        intervention_on=intervention,
    )


@dataclass(frozen=True)
class Money:
    """Budget lines of one kind. An empty amount is not zero; a range is never averaged."""

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
            "lines": [
                {
                    "label": line.label,
                    "amount": amount_in_words(line.amount_min, line.amount_max) or _("not valued"),
                    "months": line.months or "",
                }
                for line in money.lines
            ],
            "total": money.total_in_words,
            "is_partial": money.is_partial,
        }
        for kind, money in money_of(project).items()
    ]


def aims_in_words(reading: Reading) -> list[dict]:
    """Each target with its value, its day, and whether it was reached on that day."""
    said = {True: _("Reached on its date."), False: _("Not reached on its date."), None: ""}
    return [
        {"figure": reading.figure(aim.value), "due_on": aim.due_on, "word": said[reading.is_reached(aim)]}
        for aim in reading.aims
    ]
