"""A value and how far it reaches on both sides, line under line on one scale: opinions on projects, for example."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from incubator.core.charts.base import Chart, Number, Table, percent

ROW = 60  # px: a line of words, then its range
EDGE = 0.02  # so that a dot at the end of the scale is whole
FULL = 0.55  # a range that ends further right has its words on the left


@dataclass(frozen=True)
class Range:
    """``low`` to ``high`` with ``value`` in it; the two may be absent, the line then starts at the reference.

    ``words`` says the figures as they are read: « 3,9 (de 3,2 à 4,8) ».
    """

    label: Any
    value: Number
    words: Any
    low: Number | None = None
    high: Number | None = None


@dataclass(frozen=True, kw_only=True)
class Ranges(Chart):
    """Ranges on a scale from ``start`` to ``end``, in the order given; ``reference`` draws a line across them.

    ``ticks`` are (value, words). Raises ValueError for a scale without length.
    """

    ranges: Sequence[Range]
    start: Number
    end: Number
    ticks: Sequence[tuple[Number, Any]] = ()
    reference: Number | None = None
    what: Any = ""  # the head of the first column: « Projet »

    template = "components/charts/ranges.svg.html"

    def __post_init__(self):
        if self.end <= self.start:
            raise ValueError("a scale ends after it starts")

    @property
    def table(self) -> Table:
        return Table((self.what or _("What"), _("Value")), [(one.label, one.words) for one in self.ranges])

    @property
    def description(self) -> str:
        return ", ".join(f"{one.label} {one.words}" for one in self.ranges) + "."

    def draw(self) -> dict[str, Any]:
        foot = ROW * len(self.ranges)
        drawing: dict[str, Any] = {
            "height": foot + 28,
            "foot": foot,
            "tick_y": foot + 20,
            "ticks": [
                {"x": self._x(value), "label": words, "anchor": self._anchor(value, words)}
                for value, words in self.ticks
            ],
            "reference": None if self.reference is None else self._x(self.reference),
            "rows": [],
        }
        for i, one in enumerate(self.ranges):
            around = self.reference if self.reference is not None else one.value
            low = min(one.value, around) if one.low is None else one.low
            high = max(one.value, around) if one.high is None else one.high
            on_the_left = self._share(high) > FULL
            drawing["rows"].append(
                {
                    "label": one.label,
                    "words": one.words,
                    "text_y": ROW * i + 18,
                    "y": ROW * i + 38,
                    "x1": self._x(low),
                    "x2": self._x(high),
                    "x": self._x(one.value),
                    "words_x": self._x(low if on_the_left else high),
                    "dx": -12 if on_the_left else 12,
                    "anchor": "end" if on_the_left else "start",
                }
            )
        return drawing

    def _anchor(self, value: Number, words: Any) -> str:
        """Words at an end of the scale stay inside the drawing."""
        if len(str(words)) <= 2 or self.start < value < self.end:
            return "middle"
        return "start" if value <= self.start else "end"

    def _share(self, value: Number) -> float:
        share = (float(value) - float(self.start)) / (float(self.end) - float(self.start))
        return EDGE + (1 - 2 * EDGE) * min(1.0, max(0.0, share))

    def _x(self, value: Number) -> str:
        return percent(self._share(value))
