"""Comparing a few projects two by two: who is preferred to whom, and whether that names a winner.

Pure functions on plain numbers. A project *wins a comparison* when more jurors prefer it than the other one; equal
counts, or no answer at all, win it for nobody. Two counts are given for each project, both with the number of
answers behind them:

* comparisons won, a half for a level one (Copeland, 1951);
* answers in its favour over all its comparisons (a Borda count by pairs).

The *top* is the smallest group whose members each win against everyone outside it (the Smith set: Smith, 1973). One
project alone there is the winner in the sense of Condorcet. Several there have no winner among them: they are
level, or the preferences go in a circle (A before B, B before C, C before A), which happens without anyone being
incoherent. Neither is settled by a formula here: the jury talks again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, permutations

FEWEST, MOST = 2, 4
Answers = Iterable[
    tuple[int, int, int]
]  # (one project, the other, the preferred one), an answer of one juror


class Outcome(StrEnum):
    EMPTY = "empty"  # nobody has answered
    WINNER = "winner"
    LEVEL = "level"
    CIRCLE = "circle"


@dataclass(frozen=True)
class Duel:
    """One comparison: how many prefer each."""

    first: int
    second: int
    for_first: int = 0
    for_second: int = 0

    @property
    def answers(self) -> int:
        return self.for_first + self.for_second

    @property
    def winner(self) -> int | None:
        if self.for_first == self.for_second:
            return None
        return self.first if self.for_first > self.for_second else self.second


@dataclass(frozen=True)
class Verdict:
    """``top`` is the winner alone, or those among whom there is none; ``circle`` goes round once, in order."""

    outcome: Outcome
    top: tuple[int, ...]
    circle: tuple[int, ...]
    duels: tuple[Duel, ...]
    won: Mapping[int, float]
    favours: Mapping[int, int]


def pairs_of(projects: Sequence[int]) -> list[tuple[int, int]]:
    """Each pair once, in the order of the projects: three projects make three comparisons, four make six."""
    return list(combinations(projects, 2))


def verdict_of(projects: Sequence[int], answers: Answers) -> Verdict:
    """What the answers say. An answer about projects that are not compared is ignored."""
    counts = {pair: [0, 0] for pair in pairs_of(projects)}
    for one, other, preferred in answers:
        for pair in ((one, other), (other, one)):
            if pair in counts and preferred in pair:
                counts[pair][pair.index(preferred)] += 1
    duels = tuple(Duel(*pair, *given) for pair, given in counts.items())
    beats = {(duel.winner, _loser(duel)) for duel in duels if duel.winner is not None}
    won = dict.fromkeys(projects, 0.0)
    favours = dict.fromkeys(projects, 0)
    for duel in duels:
        favours[duel.first] += duel.for_first
        favours[duel.second] += duel.for_second
        if duel.winner is not None:
            won[duel.winner] += 1
        elif duel.answers:
            won[duel.first] += 0.5
            won[duel.second] += 0.5
    if not any(duel.answers for duel in duels):
        return Verdict(Outcome.EMPTY, (), (), duels, won, favours)
    top = _top(projects, beats)
    circle = _circle(top, beats)
    outcome = Outcome.CIRCLE if circle else Outcome.LEVEL
    if len(top) == 1:
        outcome = Outcome.WINNER
    return Verdict(outcome, top, circle, duels, won, favours)


def _loser(duel: Duel) -> int:
    return duel.second if duel.winner == duel.first else duel.first


def _top(projects: Sequence[int], beats: set) -> tuple[int, ...]:
    """The smallest group that beats everyone outside; such groups are nested, so that the first found is it."""
    for size in range(1, len(projects)):
        for group in combinations(projects, size):
            outside = [project for project in projects if project not in group]
            if all((one, other) in beats for one in group for other in outside):
                return group
    return tuple(projects)


def _circle(top: Sequence[int], beats: set) -> tuple[int, ...]:
    """The longest way round in which each beats the next and the last beats the first; empty without any."""
    for size in range(len(top), 2, -1):
        for first, *rest in combinations(top, size):
            for others in permutations(rest):
                way = (first, *others)
                if all(pair in beats for pair in zip(way, (*others, first), strict=True)):
                    return way
    return ()
