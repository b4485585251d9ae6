"""Impact of a project: its indicators as readings."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from incubator.core import words
from projects.enums import PhaseKind
from projects.models import Indicator, Measure, Phase, Project, Target
from projects.readings import Aim, Reading, Value

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


def aims_in_words(reading: Reading) -> list[dict]:
    """Each target with its value, its day, and whether it was reached on that day."""
    said = {True: _("Reached on its date."), False: _("Not reached on its date."), None: ""}
    return [
        {"figure": reading.figure(aim.value), "due_on": aim.due_on, "word": said[reading.is_reached(aim)]}
        for aim in reading.aims
    ]
