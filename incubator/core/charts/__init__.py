"""Charts as plain data. Each says what it finds in a sentence, and gives the same figures as a table.

``{% chart %}`` draws them on the server as SVG; colours and patterns are in CSS. Positions are
percentages of the drawing and texts keep their size, so that a chart is read at 320 px as on a desk.
"""

from incubator.core.charts.bars import Bar, Bars, Bullet, Funnel, Series
from incubator.core.charts.base import Chart, Table
from incubator.core.charts.ranges import Range, Ranges
from incubator.core.charts.trajectory import Event, Flag, Point, Trajectory

__all__ = [
    "Bar",
    "Bars",
    "Bullet",
    "Chart",
    "Event",
    "Flag",
    "Funnel",
    "Point",
    "Range",
    "Ranges",
    "Series",
    "Table",
    "Trajectory",
]
