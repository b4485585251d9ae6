"""Charts as plain data. Each says what it finds in a sentence, and gives the same figures as a table.

Drawn on the server as SVG by ``{% chart %}``; colours and patterns are in CSS.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils.translation import gettext as _

from incubator.core import words

Number = int | float | Decimal
_uids = count(1)


@dataclass(frozen=True)
class Table:
    """The figures of a chart: column heads and rows of words; the first cell of a row is its head."""

    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Chart:
    title: Any
    finding: Any
    csv_url: str = ""
    uid: str = field(default_factory=lambda: f"chart-{next(_uids)}", compare=False)

    template = ""

    @property
    def table(self) -> Table:
        raise NotImplementedError

    def draw(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True)
class Point:
    """A dated value. ``quality`` is the letter A–D of the measure, drawn as a shape; ``note`` says its source."""

    on: date
    value: Number
    quality: str = ""
    note: Any = ""


@dataclass(frozen=True)
class Flag:
    """A target committed in front of a body: a value at a date."""

    on: date
    value: Number
    label: Any = ""


@dataclass(frozen=True)
class Event:
    on: date
    label: Any


@dataclass(frozen=True, kw_only=True)
class Trajectory(Chart):
    """Measures of one indicator over time, with its baseline and its targets. Nothing is smoothed."""

    points: Sequence[Point]
    baseline: Number | None = None
    targets: Sequence[Flag] = ()
    events: Sequence[Event] = ()
    unit: str = ""

    template = "components/charts/trajectory.svg.html"

    @property
    def table(self) -> Table:
        rows = [
            (words.day(p.on), _("Measure"), words.with_unit(p.value, self.unit), p.quality, p.note)
            for p in self.points
        ]
        return Table((_("Date"), _("What"), _("Value"), _("Quality"), _("Source")), rows)

    def draw(self):
        return {}


@dataclass(frozen=True)
class Bar:
    label: Any
    value: Number | None
    note: Any = ""


@dataclass(frozen=True, kw_only=True)
class Bars(Chart):
    bars: Sequence[Bar]
    unit: str = ""

    template = "components/charts/bars.svg.html"

    @property
    def table(self) -> Table:
        return Table(
            (_("What"), _("Value")), [(b.label, words.with_unit(b.value, self.unit)) for b in self.bars]
        )

    def draw(self):
        return {}


@dataclass(frozen=True)
class Series:
    """One unit that is counted (persons, applications, projects) at each step; None where it is not counted."""

    unit: Any
    values: Sequence[int | None]


@dataclass(frozen=True, kw_only=True)
class Funnel(Chart):
    """Steps by unit. Each unit is a series of its own: no figure mixes two of them."""

    steps: Sequence[Any]
    series: Sequence[Series]

    template = "components/charts/funnel.svg.html"

    @property
    def table(self) -> Table:
        rows = [
            (step, *(words.number(s.values[i]) for s in self.series)) for i, step in enumerate(self.steps)
        ]
        return Table((_("Step"), *(s.unit for s in self.series)), rows)

    def draw(self):
        return {}


@dataclass(frozen=True, kw_only=True)
class Bullet(Chart):
    """One figure on one line: where it started, where it is, where it should be."""

    reference: Number
    now: Number
    target: Number
    unit: str = ""

    template = "components/charts/bullet.svg.html"

    @property
    def table(self) -> Table:
        return Table(
            (_("What"), _("Value")),
            [
                (_("Baseline"), words.with_unit(self.reference, self.unit)),
                (_("Now"), words.with_unit(self.now, self.unit)),
                (_("Target"), words.with_unit(self.target, self.unit)),
            ],
        )

    def draw(self):
        return {}
