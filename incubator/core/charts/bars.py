"""Bars, a funnel that never mixes its units, and the bullet of a one-page note."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from incubator.core import words
from incubator.core.charts.base import Chart, Number, Table, percent

LONGEST = 0.78  # the longest bar leaves room for its value
ROW = 56  # px: a line of words, then its bar
BULLET_HEIGHT = 104


@dataclass(frozen=True)
class Bar:
    """A value to compare; None is « not counted », never zero."""

    label: Any
    value: Number | None
    note: Any = ""


@dataclass(frozen=True, kw_only=True)
class Bars(Chart):
    """Values of one unit, longest bar first only if given so."""

    bars: Sequence[Bar]
    unit: str = ""

    template = "components/charts/bars.svg.html"

    @property
    def table(self) -> Table:
        with_notes = any(bar.note for bar in self.bars)
        columns = (_("What"), _("Value"), _("Note")) if with_notes else (_("What"), _("Value"))
        return Table(
            columns,
            [
                (bar.label, _value_words(bar.value, self.unit), *((bar.note,) if with_notes else ()))
                for bar in self.bars
            ],
        )

    @property
    def description(self) -> str:
        return ", ".join(f"{bar.label} {_value_words(bar.value, self.unit)}" for bar in self.bars) + "."

    def draw(self) -> dict[str, Any]:
        return {
            "rows": _rows([(bar.label, bar.value, bar.note) for bar in self.bars], self.unit),
            "height": ROW * len(self.bars),
        }


@dataclass(frozen=True)
class Series:
    """One unit that is counted at each step; None where it is not counted."""

    unit: Any
    values: Sequence[int | None]


@dataclass(frozen=True, kw_only=True)
class Funnel(Chart):
    """Steps by unit. Each unit is a series of its own: no figure, no bar and no rate mixes two of them.

    Raises ValueError when a series has not one value for each step.
    """

    steps: Sequence[Any]
    series: Sequence[Series]

    template = "components/charts/funnel.svg.html"

    def __post_init__(self):
        if any(len(series.values) != len(self.steps) for series in self.series):
            raise ValueError("each series of a funnel needs one value for each step")

    @property
    def table(self) -> Table:
        rows = [
            (step, *(_value_words(series.values[i], "") for series in self.series))
            for i, step in enumerate(self.steps)
        ]
        return Table((_("Step"), *(series.unit for series in self.series)), rows)

    @property
    def description(self) -> str:
        parts = []
        for series in self.series:
            counted = ", ".join(
                f"{step} {words.number(value)}"
                for step, value in zip(self.steps, series.values, strict=True)
                if value is not None
            )
            parts.append(f"{series.unit} ({counted or _('not counted')})")
        return ", ".join(parts) + "."

    def draw(self) -> dict[str, Any]:
        drawn = []
        for number, series in enumerate(self.series, start=1):
            # Steps at which this unit is not counted have no bar: the table says so.
            counted = [
                (step, value, self._share(series, i))
                for i, (step, value) in enumerate(zip(self.steps, series.values, strict=True))
                if value is not None
            ]
            drawn.append(
                {
                    "unit": series.unit,
                    "kind": number,
                    "rows": _rows(counted, ""),
                    "height": max(ROW * len(counted), ROW),
                    "description": ", ".join(f"{step} {words.number(value)}" for step, value, _n in counted),
                }
            )
        return {"series": drawn}

    def _share(self, series: Series, index: int) -> str:
        """« 66,7 % of the 9 before »: only ever within one unit, from one counted step to the next."""
        before = series.values[index - 1] if index else None
        value = series.values[index]
        if not before or value is None:
            return ""
        rate = (Decimal(value) * 100 / Decimal(before)).quantize(Decimal("0.1"))
        return _("%(rate)s of the %(before)s before") % {
            "rate": words.with_unit(rate, "%"),
            "before": words.number(before),
        }


@dataclass(frozen=True, kw_only=True)
class Bullet(Chart):
    """One figure on one line: where it started, where it is, where it should be."""

    reference: Number | None
    now: Number | None
    target: Number | None
    unit: str = ""

    template = "components/charts/bullet.svg.html"

    @property
    def table(self) -> Table:
        return Table((_("What"), _("Value")), [(label, words_) for _k, label, _v, words_ in self._values()])

    @property
    def description(self) -> str:
        return ", ".join(f"{label} {said}" for _kind, label, _value, said in self._values()) + "."

    def draw(self) -> dict[str, Any]:
        longest = max((float(value) for _k, _l, value, _w in self._values() if value is not None), default=0)
        drawing: dict[str, Any] = {"height": BULLET_HEIGHT}
        for kind, label, value, said in self._values():
            share = LONGEST * float(value) / longest if value is not None and longest > 0 else 0.0
            drawing[kind] = {
                "x": percent(share),
                "label": label,
                "value": said,
                "anchor": "end" if share > 0.5 else "start",
                "known": value is not None,
            }
        return drawing

    def _values(self):
        return [
            ("reference", _("Baseline"), self.reference, _value_words(self.reference, self.unit)),
            ("now", _("Now"), self.now, _value_words(self.now, self.unit)),
            ("target", _("Target"), self.target, _value_words(self.target, self.unit)),
        ]


def _rows(entries: Sequence[tuple[Any, Number | None, Any]], unit: str) -> list[dict[str, Any]]:
    longest = max((float(value) for _label, value, _note in entries if value is not None), default=0)
    rows = []
    for i, (label, value, note) in enumerate(entries):
        share = LONGEST * float(value) / longest if value is not None and longest > 0 else 0.0
        rows.append(
            {
                "label": label,
                "note": note,
                "value": _value_words(value, unit),
                "width": percent(share),
                "text_y": str(ROW * i + 18),
                "bar_y": str(ROW * i + 26),
                "value_y": str(ROW * i + 40),
            }
        )
    return rows


def _value_words(value: Number | None, unit: str) -> str:
    return _("not counted") if value is None else words.with_unit(value, unit)
