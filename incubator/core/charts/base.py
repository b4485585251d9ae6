"""What every chart has: a title, a finding, a table, a drawing; and how values become positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from math import floor, log10
from typing import Any

Number = int | float | Decimal


@dataclass(frozen=True)
class Table:
    """The figures of a chart, in words: column heads, then rows whose first cell is the row's head."""

    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """``finding`` is one sentence that says what the figures show; ``csv_url`` gives the same figures."""

    title: Any
    finding: Any
    csv_url: str = ""

    template = ""

    @property
    def uid(self) -> str:
        """The same for the same chart, so that a page's bytes do not change from one reading to the next."""
        return "chart-" + sha256(f"{type(self).__name__}{self.title}{self.finding}".encode()).hexdigest()[:8]

    @property
    def table(self) -> Table:
        raise NotImplementedError

    @property
    def description(self) -> str:
        """What the drawing shows, for those who hear it; the figures themselves are in the table."""
        raise NotImplementedError

    def draw(self) -> dict[str, Any]:
        """Positions for the template, as text that no locale touches."""
        raise NotImplementedError


def percent(share: float) -> str:
    """A position as an SVG percentage, always with a dot: ``percent(0.125)`` is ``"12.5%"``."""
    return f"{round(share * 100, 2):g}%"


def nice_ticks(high: Number, wanted: int = 4) -> list[Decimal]:
    """Round values from 0 to at least ``high``: 0, 10, 20, 30, 40. ``high`` must not be negative."""
    top = float(high)
    if top <= 0:
        return [Decimal(0), Decimal(1)]
    rough = top / wanted
    power = floor(log10(rough))
    step = next(s for s in (1, 2, 2.5, 5, 10) if s * 10**power >= rough * 0.9999)
    size = (Decimal(str(step)) * Decimal(10) ** power).normalize()
    ticks = [Decimal(0)]
    while float(ticks[-1]) < top * 0.9999:
        ticks.append(ticks[-1] + size)
    return ticks
