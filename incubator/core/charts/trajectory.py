"""One indicator over time: its baseline, its targets as dated flags, its measures. Nothing is smoothed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incubator.core import words
from incubator.core.charts.base import Chart, Number, Table, nice_ticks, percent

# The plot inside the drawing, as shares of it: words stand above, below and at both ends.
LEFT, RIGHT, TOP, BOTTOM = 0.12, 0.93, 0.28, 0.88
BARE_TOP = 0.14  # where no flag and no event needs the band above
MANY = 8  # from here on only the first and the last value are written beside their points


@dataclass(frozen=True)
class Point:
    """A dated value. ``quality`` (the letter A to D of the measure) is its shape; ``note`` says its source."""

    on: date
    value: Number
    quality: str = ""
    note: Any = ""


@dataclass(frozen=True)
class Flag:
    """A target promised in front of a body: a value at a date."""

    on: date
    value: Number
    label: Any = ""


@dataclass(frozen=True)
class Event:
    """Something that happened around the project and may explain a change."""

    on: date
    label: Any


@dataclass(frozen=True, kw_only=True)
class Trajectory(Chart):
    """``baseline`` is a value, or a pair (low, high) where it is only known between two."""

    points: Sequence[Point]
    baseline: Number | tuple[Number, Number] | None = None
    targets: Sequence[Flag] = ()
    events: Sequence[Event] = ()
    unit: str = ""

    template = "components/charts/trajectory.svg.html"

    @property
    def table(self) -> Table:
        dated = [
            (point.on, _("Measure"), words.with_unit(point.value, self.unit), point.quality, point.note)
            for point in self.points
        ]
        dated += [
            (flag.on, _("Target"), words.with_unit(flag.value, self.unit), "", flag.label)
            for flag in self.targets
        ]
        dated += [(event.on, _("Event"), "", "", event.label) for event in self.events]
        rows = [(words.day(row[0]), *row[1:]) for row in sorted(dated, key=lambda row: row[0])]
        if self.baseline is not None:
            rows.insert(0, (_("Before"), _("Baseline"), self._baseline_words(), "", ""))
        return Table((_("Date"), _("What"), _("Value"), _("Quality"), _("Source")), rows)

    @property
    def description(self) -> str:
        count = len(self.points)
        said = ngettext("%(count)d measure", "%(count)d measures", count) % {"count": count}
        if count > 1:
            first, last = min(self.points, key=lambda p: p.on), max(self.points, key=lambda p: p.on)
            said = _("%(measures)s, from %(first)s (%(from_day)s) to %(last)s (%(to_day)s)") % {
                "measures": said,
                "first": words.with_unit(first.value, self.unit),
                "from_day": words.day(first.on),
                "last": words.with_unit(last.value, self.unit),
                "to_day": words.day(last.on),
            }
        parts = [said]
        if self.baseline is not None:
            parts.append(_("baseline %(value)s") % {"value": self._baseline_words()})
        parts += [
            _("target %(value)s on %(day)s")
            % {"value": words.with_unit(flag.value, self.unit), "day": words.day(flag.on)}
            for flag in self.targets
        ]
        return ", ".join(parts) + "."

    def draw(self) -> dict[str, Any]:
        points = sorted(self.points, key=lambda p: p.on)
        across, up, ticks = self._scales(points)
        placed = [(point, across(point.on), up(point.value)) for point in points]
        drawing = {
            "ticks": [{"y": percent(up(t)), "label": words.with_unit(t, self.unit)} for t in ticks],
            "line": " ".join(
                f"{'M' if i == 0 else 'L'}{1000 * x:.1f} {1000 * y:.1f}"
                for i, (_point, x, y) in enumerate(placed)
            ),
            "points": [
                {
                    "x": percent(x),
                    "y": percent(y),
                    "quality": point.quality if point.quality in set("ABCD") else "",
                    "label": self._label(point, i, len(placed)),
                    "below": i + 1 < len(placed) and placed[i + 1][2] < y and i > 0,
                }
                for i, (point, x, y) in enumerate(placed)
            ],
            "flags": [self._flag(i, flag, across, up) for i, flag in enumerate(self.targets)],
            "events": [
                {"x": percent(across(e.on)), "label": e.label, "anchor": _anchor(across(e.on))}
                for e in self.events
            ],
            "days": self._days(points, across),
            "baseline": None,
            "axis": percent(up(0)),
            "qualities": sorted({p.quality for p in points if p.quality in set("ABCD")}),
        }
        if self.baseline is not None:
            low, high = self._baseline_pair()
            drawing["baseline"] = {
                "y": percent(up(high)),
                "height": percent(max(up(low) - up(high), 0)),
                "line": percent(up(high)),
                "label": _("baseline %(value)s") % {"value": self._baseline_words()},
            }
        return drawing

    def _scales(self, points):
        days = [p.on for p in points] + [f.on for f in self.targets] + [e.on for e in self.events]
        first, last = (min(days), max(days)) if days else (date.min, date.min)
        span = max((last - first).days, 1)
        values = [p.value for p in points] + [f.value for f in self.targets]
        if self.baseline is not None:
            values.append(self._baseline_pair()[1])
        ticks = nice_ticks(max(values, default=1))
        top = float(ticks[-1])
        roof = TOP if self.targets or self.events else BARE_TOP

        def across(day: date) -> float:
            return LEFT + (RIGHT - LEFT) * (day - first).days / span

        def up(value: Number) -> float:
            return BOTTOM - (BOTTOM - roof) * float(value) / top

        return across, up, ticks

    def _flag(self, index, flag, across, up) -> dict[str, Any]:
        """A flag hangs in the band above the plot, where no point can hide it; every second one a line lower."""
        x = across(flag.on)
        return {
            "x": percent(x),
            "y": percent(up(flag.value)),
            "anchor": _anchor(x),
            "top": str(30 + 20 * (index % 2)),
            "label": _("target %(value)s") % {"value": words.with_unit(flag.value, self.unit)},
            "day": words.day(flag.on),
        }

    def _days(self, points, across) -> list[dict[str, str]]:
        if not points:
            return []
        ends = [points[0]] if len(points) == 1 else [points[0], points[-1]]
        return [
            {
                "x": percent(across(p.on)),
                "label": words.day(p.on),
                "anchor": "start" if i == 0 else "end" if across(p.on) > 0.7 else "middle",
            }
            for i, p in enumerate(ends)
        ]

    def _label(self, point: Point, index: int, count: int) -> str:
        if count > MANY and 0 < index < count - 1:
            return ""
        return words.with_unit(point.value, self.unit)

    def _baseline_pair(self) -> tuple[Number, Number]:
        """The band: from the low value to the high one, or from zero up to the only one."""
        return self.baseline if isinstance(self.baseline, tuple) else (0, self.baseline)

    def _baseline_words(self) -> str:
        if isinstance(self.baseline, tuple):
            low, high = (words.with_unit(value, self.unit) for value in self.baseline)
            return _("%(low)s to %(high)s") % {"low": low, "high": high}
        return words.with_unit(self.baseline, self.unit)


def _anchor(x: float) -> str:
    """On which side of its place a text runs, so that it stays inside the drawing."""
    return "end" if x > 0.55 else "start"
