"""Where the strokes of the path go. Coordinates are plain numbers in the units of the SVG's viewBox."""

from dataclasses import dataclass

from incubator.core.path import Path, Stop, StopState

STEP = 24  # width of a stop of the small path
SMALL_HEIGHT = 24


@dataclass(frozen=True)
class Mark:
    """A stop with where it is drawn, and whether the line that leads to it has been walked."""

    stop: Stop
    x: float
    y: float
    walked: bool


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    marks: tuple[Mark, ...]
    walked: str
    ahead: str


def draw(path: Path, size: str) -> Drawing:
    """Lay the stops out on their line."""
    stops = list(path.stops)
    reached = max((i for i, s in enumerate(stops) if s.state in (StopState.DONE, StopState.NOW)), default=-1)
    marks = tuple(
        Mark(stop, STEP * i + STEP / 2, SMALL_HEIGHT / 2, i <= reached) for i, stop in enumerate(stops)
    )
    width = STEP * max(len(stops), 1)
    walked = _line(marks[: reached + 1])
    ahead = _line(marks[max(reached, 0) :])
    return Drawing(width, SMALL_HEIGHT, marks, walked, ahead)


def _line(marks) -> str:
    if len(marks) < 2:
        return ""
    return "M" + " L".join(f"{m.x:g} {m.y:g}" for m in marks)
