"""Who gave what: juror × project. Whole for a small sitting; of a large one, some projects at a time."""

from dataclasses import dataclass, field
from typing import Any

from juries.domain.statistics import Opinions

MOST_JURORS = 15
MOST_PROJECTS = 20

GIVEN, MISSING, RECUSED = "given", "missing", "recused"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one juror says of one project. ``tint`` is 1 (low) to 5 (high), 0 where there is no mark."""

    person: Any
    state: str
    value: float | None = None
    text: str = ""
    tint: int = 0


@dataclass(slots=True)
class HeatRow:
    title: str
    rank_text: str
    total: str
    cells: list[Cell]
    in_zone: bool = False
    hidden: bool = False


@dataclass(slots=True)
class Heat:
    """``people`` are the names of the columns, ``rows`` stand in the order of the results."""

    people: list[Any] = field(default_factory=list)
    rows: list[HeatRow] = field(default_factory=list)


def heat_of(rows, voices, opinions: Opinions, aside: set, in_words) -> Heat | None:
    """The map of a small sitting, None for a large one. ``in_words`` writes a mean as it is read.

    Rows the reader stands aside from keep every cell closed; projects that have left are not on the map.
    """
    shown = [row for row in rows if not row.closed]
    if not shown or not voices or len(voices) > MOST_JURORS or len(shown) > MOST_PROJECTS:
        return None
    return map_of(shown, voices, opinions, aside, in_words)


def map_of(rows, voices, opinions: Opinions, aside: set, in_words) -> Heat:
    """The map of these rows and these members."""
    heat = Heat(people=[seat.user for seat in voices])
    for row in rows:
        cells = (
            []
            if row.hidden
            else [
                _cell(
                    seat.user,
                    opinions.get((row.pk, seat.user_id)),
                    (seat.user_id, row.pk) in aside,
                    in_words,
                )
                for seat in voices
            ]
        )
        heat.rows.append(HeatRow(row.title, row.rank_text, row.total, cells, row.in_zone, row.hidden))
    return heat


def _cell(person, value: float | None, recused: bool, in_words) -> Cell:
    if recused:
        return Cell(person, RECUSED)
    if value is None:
        return Cell(person, MISSING)
    return Cell(person, GIVEN, value, in_words(value), min(5, max(1, int(value + 0.5))))
