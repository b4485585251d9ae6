"""Verbs of impact: indicators, targets, measures that are added and never changed."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.core import journal
from incubator.core.models import Refused
from projects import rules
from projects.domain._common import need, not_blank, not_in_the_future, save_checked
from projects.domain.publication import publish_impact
from projects.enums import IndicatorLevel, MeasureRole, Unit
from projects.models import Indicator, Measure, Population, Project, Target, Transition

__all__ = [
    "add_measure",
    "create_indicator",
    "create_population",
    "publish_impact",
    "set_target",
    "update_population",
]

MAX_INDICATORS = 5
# Means, activity and "usable" say nothing of what changed for users.
_NOT_MAIN = frozenset({IndicatorLevel.MEANS, IndicatorLevel.ACTIVITY, IndicatorLevel.USABLE})


@transaction.atomic
def create_population(*, actor, name: str, size: int, counted_on: date, source: str) -> Population:
    """Add a group with a known size, shared by every project."""
    need(actor is None or rules.can_create_programme(actor), "projects.create_population")
    not_in_the_future(counted_on, "counted_on")
    population = save_checked(Population(name=name, size=size, counted_on=counted_on, source=source))
    journal.record(verb="projects.create_population", actor=actor, target=population)
    return population


@transaction.atomic
def update_population(*, actor, population: Population, **changes) -> Population:
    need(actor is None or rules.can_create_programme(actor), "projects.update_population")
    for name, value in changes.items():
        setattr(population, name, value)
    save_checked(population)
    journal.record(verb="projects.update_population", actor=actor, target=population, fields=sorted(changes))
    return population


@transaction.atomic
def create_indicator(
    *,
    actor,
    project: Project,
    name: str,
    question: str,
    level: str,
    direction: str,
    unit: str,
    decimals: int = 0,
    numerator: str = "",
    denominator: str = "",
    population: Population | None = None,
    source: str = "",
    is_main: bool = False,
    is_public: bool = False,
) -> Indicator:
    """Add an indicator: the question it answers, its level, the way it should go, and out of what."""
    need(rules.can_measure(actor, project), "projects.create_indicator")
    errors = {}
    if unit == Unit.PERCENT and not (denominator.strip() or population):
        errors["denominator"] = _("A percentage says out of what: fill this in, or choose a population.")
    if is_main and level in _NOT_MAIN:
        errors["is_main"] = _(
            "The main indicator says what changed for users. Choose the level “used” at least, or another one."
        )
    if is_main and project.indicators.filter(is_main=True).exists():
        errors["is_main"] = _("This project already has a main indicator.")
    if project.indicators.count() >= MAX_INDICATORS:
        errors["name"] = _("Five indicators are enough: a project is not followed better with more.")
    if errors:
        raise Refused(errors)
    indicator = save_checked(
        Indicator(
            project=project,
            name=not_blank(name, "name", _("Give the indicator a name.")),
            question=not_blank(question, "question", _("Write the question it answers.")),
            level=level,
            direction=direction,
            unit=unit,
            decimals=decimals,
            numerator=numerator.strip(),
            denominator=denominator.strip(),
            population=population,
            source=source.strip(),
            is_main=is_main,
            is_public=is_public,
        )
    )
    journal.record(verb="projects.create_indicator", actor=actor, target=project, indicator=indicator.pk)
    return indicator


@transaction.atomic
def set_target(
    *, actor, indicator: Indicator, value: Decimal, due_on: date, set_by: Transition | None = None
) -> Target:
    """Commit to a value at a date; ``set_by`` is the decision that set it, of this same project."""
    need(rules.can_measure(actor, indicator.project), "projects.set_target")
    if set_by is not None and set_by.project_id != indicator.project_id:
        raise Refused({"set_by": _("This decision is about another project.")})
    _in_unit(indicator, value)
    if indicator.targets.filter(due_on=due_on).exists():
        raise Refused({"due_on": _("A target is already set for this day.")})
    target = save_checked(Target(indicator=indicator, value=value, due_on=due_on, set_by=set_by))
    journal.record(verb="projects.set_target", actor=actor, target=indicator.project, indicator=indicator.pk)
    return target


@transaction.atomic
def add_measure(
    *,
    actor,
    indicator: Indicator,
    value: Decimal,
    period_end: date,
    period_start: date | None = None,
    role: str = MeasureRole.FOLLOW_UP,
    quality: str,
    source: str,
    sample: int | None = None,
    comment: str = "",
    replaces: Measure | None = None,
) -> Measure:
    """Add a dated and sourced value; one that ``replaces`` another corrects it, and both stay readable."""
    project = indicator.project
    need(
        rules.can_correct_measure(actor, project) if replaces else rules.can_measure(actor, project),
        "projects.add_measure",
    )
    period_start = period_start or period_end
    not_in_the_future(period_end, "period_end")
    if period_end < period_start:
        raise Refused({"period_end": _("The period ends before it starts. Correct one of the two dates.")})
    _in_unit(indicator, value)
    if replaces is not None:
        if replaces.indicator_id != indicator.pk:
            raise Refused({"replaces": _("This measure belongs to another indicator.")})
        if Measure.objects.filter(replaces=replaces).exists():
            raise Refused({"replaces": _("This measure has already been corrected. Correct the latest one.")})
        comment = not_blank(comment, "comment", _("Write why the value is corrected."))
    live = indicator.measures.filter(replaced_by__isnull=True).exclude(pk=replaces.pk if replaces else None)
    if role == MeasureRole.BASELINE and live.filter(role=MeasureRole.BASELINE).exists():
        raise Refused({"role": _("This indicator already has a baseline. Correct it instead of adding one.")})
    if replaces is None and live.filter(period_start=period_start, period_end=period_end, role=role).exists():
        raise Refused({"period_end": _("A value is already recorded for this period. Correct it instead.")})
    measure = save_checked(
        Measure(
            indicator=indicator,
            period_start=period_start,
            period_end=period_end,
            value=value,
            sample=sample,
            role=role,
            quality=quality,
            source=not_blank(source, "source", _("Write where the value comes from.")),
            comment=comment.strip(),
            entered_by=actor,
            replaces=replaces,
        )
    )
    journal.record(verb="projects.add_measure", actor=actor, target=project, measure=measure.pk)
    return measure


def _in_unit(indicator: Indicator, value: Decimal) -> None:
    if indicator.unit == Unit.PERCENT and not 0 <= value <= 100:
        raise Refused({"value": _("A percentage lies between 0 and 100.")})
    if indicator.unit in {Unit.COUNT, Unit.DAY} and value < 0:
        raise Refused({"value": _("This value cannot be below zero.")})
