"""Counting without mixing: persons, applications and projects are three units, never one percentage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from incubator.core import words

SECRET_BELOW = 11  # statistical secrecy: fewer people than this are not shown outside the team


class CountUnit(StrEnum):
    PERSONS = "persons"
    APPLICATIONS = "applications"
    PROJECTS = "projects"

    @property
    def label(self):
        return _UNIT_LABELS[self]


_UNIT_LABELS = {
    CountUnit.PERSONS: pgettext_lazy("what is counted", "Persons"),
    CountUnit.APPLICATIONS: pgettext_lazy("what is counted", "Applications"),
    CountUnit.PROJECTS: pgettext_lazy("what is counted", "Projects"),
}


class MixedUnitsError(TypeError):
    """Someone tried to add or divide counts of two units (9 projects out of 19 persons says nothing)."""


@dataclass(frozen=True)
class Rate:
    """A share of one unit: keeps both counts, so that it can always be said what was divided by what."""

    part: "Count"
    whole: "Count"

    @property
    def percent(self) -> Decimal:
        """In percent, to one decimal: 6 of 9 is 66.7."""
        share = Decimal(self.part.n) * 100 / Decimal(self.whole.n)
        return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    def __str__(self):
        return words.with_unit(self.percent, "%")


@dataclass(frozen=True)
class Count:
    """So many of one unit."""

    unit: CountUnit
    n: int

    def __truediv__(self, other: "Count") -> Rate | None:
        """The share of ``other`` that this is; None when there is nothing to divide by."""
        self._same_unit(other)
        return Rate(self, other) if other.n else None

    def __add__(self, other: "Count") -> "Count":
        self._same_unit(other)
        return Count(self.unit, self.n + other.n)

    def _same_unit(self, other) -> None:
        if not isinstance(other, Count) or other.unit != self.unit:
            raise MixedUnitsError(f"{self.unit} cannot be compared with {getattr(other, 'unit', other)}")

    @property
    def is_secret(self) -> bool:
        """Too few to be shown to someone who may not know them by name."""
        return 0 < self.n < SECRET_BELOW

    @property
    def masked(self) -> str:
        """As it may be shown to someone who may not know them by name."""
        return (
            _("fewer than %(number)d") % {"number": SECRET_BELOW} if self.is_secret else words.number(self.n)
        )

    def __str__(self):
        return f"{words.number(self.n)} {self.unit.label}"


# -- What packages to the right count --------------------------------------------------------------

# provider(cohort) -> {project id: how many}: read by the funnel, which knows projects only.
CountProvider = Callable[[object], Mapping[int, int]]
_providers: dict[CountUnit, CountProvider] = {}


def register_count(unit: CountUnit, provider: CountProvider) -> None:
    """Let ``provider(cohort)`` say how many of ``unit`` each project stands for; call in ``ready()``."""
    _providers[CountUnit(unit)] = provider


def provided(unit: CountUnit, cohort) -> Mapping[int, int] | None:
    """What the provider of ``unit`` counts in this cohort, by project; None when nobody counts it."""
    provider = _providers.get(unit)
    return provider(cohort) if provider else None
