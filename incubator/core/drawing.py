"""Where the strokes of the path go.

Large, on a desk: one SVG as wide as the page. The line lives in a view box of 100 units a stop that is
stretched to the width, marks are placed by percentages so that they are not stretched, and every mark
stands above the left edge of its words. Large, on a phone: the line runs down, one stroke from each
mark to the next. Small: fixed units, 26 a stop. Numbers are written here as text, never localised.
"""

from dataclasses import dataclass

from incubator.core.path import Path, Stop, StopState

UNIT = 100  # one stop of the large line, in its view box
BAND = 100  # its height: percentages of the drawn band
LOW, HIGH = 70, 25  # the line climbs from the first stop to the last; futures open at HIGH
SWAY = 11  # how far it winds on its way
ROW = 44  # one future of the branches, in px at the root size (the height of a target)
FAN = 56  # width of the opening branches
SMALL = 26  # one stop of the small path
EDGE = 8  # where its first mark stands, so that it lines up with the words below

# The two strokes that lead down from a mark to the next one, on a phone.
BENDS = ("M20 0C33 30 7 70 20 100", "M20 0C7 30 33 70 20 100")


@dataclass(frozen=True)
class Mark:
    """A stop and where it is drawn. ``leads`` says how the line after it is drawn: walked, next or ahead."""

    stop: Stop
    x: str
    y: str
    leads: str
    bend: str


@dataclass(frozen=True)
class Stroke:
    kind: str
    d: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    marks: tuple[Mark, ...]
    strokes: tuple[Stroke, ...]
    fan: tuple[Stroke, ...] = ()
    fan_height: int = 0


def draw(path: Path, size: str) -> Drawing:
    """Lay the stops out on their line; ``size`` is ``"large"`` or ``"small"``."""
    return _small(path) if size == "small" else _large(path)


def _large(path: Path) -> Drawing:
    stops = list(path.stops)
    heights = _heights(len(stops))
    leads = _leads(stops)
    points = [(UNIT * i, y) for i, y in enumerate(heights)]
    marks = tuple(
        Mark(stop, f"{100 * i / len(stops):.4g}%", f"{heights[i]}%", leads[i], BENDS[i % 2])
        for i, stop in enumerate(stops)
    )
    strokes = [Stroke(leads[i], _curve(points[i], points[i + 1])) for i in range(len(points) - 1)]
    fan: tuple[Stroke, ...] = ()
    futures = path.branch.futures if path.branch else ()
    if futures and points:
        kind = "walked" if any(f.state == StopState.DONE or f.is_now for f in futures) else leads[-1]
        end_x, end_y = points[-1]
        strokes.append(Stroke(kind, _curve((end_x, end_y), (UNIT * len(stops), HIGH))))
        fan = tuple(_branch(i, future) for i, future in enumerate(futures))
    return Drawing(UNIT * max(len(stops), 1), BAND, marks, tuple(strokes), fan, ROW * len(futures))


def _heights(count: int) -> list[int]:
    """A climb from LOW to HIGH that winds; the last stop stands where the branches open."""
    if count < 2:
        return [HIGH] * count
    climb = [LOW + (HIGH - LOW) * i / (count - 1) for i in range(count)]
    inner = range(1, count - 1)
    return [round(y + (SWAY * (1 if i % 2 else -1) if i in inner else 0)) for i, y in enumerate(climb)]


def _leads(stops: list[Stop]) -> list[str]:
    """What the line after each stop is: walked as far as the last stop reached, then towards what is next."""
    reached = max((i for i, s in enumerate(stops) if s.state in (StopState.DONE, StopState.NOW)), default=-1)
    coming = next((i for i, s in enumerate(stops) if i > reached and s.state == StopState.NEXT), None)
    return [
        "walked" if i < reached else "next" if coming is not None and reached <= i < coming else "ahead"
        for i in range(len(stops))
    ]


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A stroke that leaves and arrives level, so that strokes meet without a corner."""
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    return f"M{x0:g} {y0:g}C{middle:g} {y0:g} {middle:g} {y1:g} {x1:g} {y1:g}"


def _branch(index: int, future: Stop) -> Stroke:
    y = ROW * index + ROW // 2
    taken = future.state == StopState.DONE or future.is_now
    kind = "walked" if taken else "next" if future.state == StopState.NEXT else "ahead"
    return Stroke(kind, f"M0 {ROW // 2}C32 {ROW // 2} 16 {y} {FAN} {y}")


def _small(path: Path) -> Drawing:
    stops = list(path.stops)
    leads = _leads(stops)
    middle = SMALL // 2
    across = [SMALL * i + EDGE for i in range(len(stops))]
    marks = tuple(
        Mark(stop, str(x), str(middle), lead, "") for stop, x, lead in zip(stops, across, leads, strict=True)
    )
    strokes = tuple(
        Stroke(lead, f"M{start} {middle}H{end}")
        for lead, start, end in zip(leads, across, across[1:], strict=False)
    )
    return Drawing(SMALL * max(len(stops), 1), SMALL, marks, strokes)
