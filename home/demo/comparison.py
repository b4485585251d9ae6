"""Projects compared two by two in the jury of the demonstration: one comparison is closed, one waits for answers."""

from collections.abc import Sequence
from datetime import date

from home.demo.play import Stage, on
from juries.domain import tie_breaks
from juries.enums import SeatRole
from juries.models import Sitting, TieBreak


def compare(stage: Stage, sitting: Sitting, *, day: date, hour: int, codes: Sequence[str]) -> TieBreak:
    """The president asks, every second member prefers the first of each pair and the others the second."""
    tie_break = ask(stage, sitting, day=day, hour=hour, codes=codes)
    with on(day, hour, 10):
        for place, ballot in enumerate(tie_breaks.ballots_of(tie_break)):
            tie_breaks.answer_tie_break(
                actor=ballot.seat.user,
                tie_break=tie_break,
                answers={pair: pair[place % 2] for pair in ballot.pairs},
            )
        tie_breaks.close_tie_break(actor=president_of(sitting), tie_break=tie_break)
    return tie_break


def ask(stage: Stage, sitting: Sitting, *, day: date, hour: int, codes: Sequence[str]) -> TieBreak:
    hearings = [
        hearing
        for hearing in sitting.hearings.select_related("project").order_by("position")
        if stage.code_of(hearing.project) in codes
    ]
    with on(day, hour, 5):
        return tie_breaks.open_tie_break(actor=president_of(sitting), sitting=sitting, hearings=hearings)


def president_of(sitting: Sitting):
    return sitting.seats.get(role=SeatRole.PRESIDENT).user
