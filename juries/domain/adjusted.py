"""The rank as if every project had been read by the same jurors: the additive model, by least squares.

Each juror's weighted mean is taken as *project + juror*: ``y[p, j] = m[p] + b[j] + error`` (two-way analysis of
variance without interaction, unbalanced: Scheffé, *The Analysis of Variance*, 1959, ch. 4). ``m`` and ``b``
minimise the sum of the squared errors. The normal equations give

    m[p] = mean over the readers j of p of (y[p, j] - b[j])

and, once the projects are eliminated, a system in the jurors alone: ``L b = c`` where ``L`` is the Laplacian of
the graph that links two jurors by the projects they share. ``L`` has one zero for each connected part of the
graph: jurors and projects of two parts that share nobody cannot be compared, and no rank is given then. Among
the solutions we take the shortest, in which the effects of a part add up to zero.

When everybody has read everything, every project carries the same jurors and the order is that of the means:
the correction is of no use, even beside a very severe juror.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

import numpy

from juries.domain.statistics import Opinions, ranks

DIGITS = 9  # two adjusted means that differ less than this are equal: least squares leave such dust


class Outcome(StrEnum):
    """Whether there is an adjusted rank, and if not, why."""

    EMPTY = "empty"  # no mark
    COMPLETE = "complete"  # everybody read everything: the order of the means is the answer
    SPLIT = "split"  # parts of the panel share no project: they cannot be compared
    THIN = "thin"  # as many unknowns as marks: nothing is left to tell a severe juror from a weak project
    DONE = "done"


@dataclass(frozen=True)
class Adjusted:
    """``means`` and ``ranks`` by hearing, ``effects`` by juror (-0.5 is half a point more severe than the
    panel), empty unless ``outcome`` is *done*; ``parts`` is the number of groups that share no project."""

    outcome: Outcome
    means: dict[int, float] = field(default_factory=dict)
    ranks: dict[int, int] = field(default_factory=dict)
    effects: dict[int, float] = field(default_factory=dict)
    parts: int = 0


def adjust(opinions: Opinions) -> Adjusted:
    """Least squares on the jurors' weighted means; a solve of jurors × jurors, whatever the projects."""
    if not opinions:
        return Adjusted(Outcome.EMPTY)
    readers: dict[int, dict[int, float]] = defaultdict(dict)
    for (hearing, juror), opinion in opinions.items():
        readers[hearing][juror] = opinion
    jurors = sorted({juror for _hearing, juror in opinions})
    parts = _parts(readers, jurors)
    if len(opinions) == len(readers) * len(jurors):
        return Adjusted(Outcome.COMPLETE, parts=parts)
    if parts > 1:
        return Adjusted(Outcome.SPLIT, parts=parts)
    if len(opinions) <= len(readers) + len(jurors) - parts:
        return Adjusted(Outcome.THIN, parts=parts)
    effects = _effects(readers, jurors)
    means = {
        hearing: round(sum(y - effects[juror] for juror, y in given.items()) / len(given), DIGITS)
        for hearing, given in readers.items()
    }
    return Adjusted(Outcome.DONE, means, ranks(means), effects, parts)


def _parts(readers: dict[int, dict[int, float]], jurors: list[int]) -> int:
    """How many groups of jurors share no project with one another (union and find)."""
    leader = {juror: juror for juror in jurors}

    def find(juror: int) -> int:
        while leader[juror] != juror:
            leader[juror] = juror = leader[leader[juror]]
        return juror

    for given in readers.values():
        first, *others = given
        for other in others:
            leader[find(other)] = find(first)
    return len({find(juror) for juror in jurors})


def _effects(readers: dict[int, dict[int, float]], jurors: list[int]) -> dict[int, float]:
    place = {juror: index for index, juror in enumerate(jurors)}
    laplacian = numpy.zeros((len(jurors), len(jurors)))
    right = numpy.zeros(len(jurors))
    for given in readers.values():
        who = [place[juror] for juror in given]
        values = numpy.array(list(given.values()))
        laplacian[numpy.ix_(who, who)] -= 1 / len(who)
        laplacian[who, who] += 1
        right[who] += values - values.mean()
    solution = numpy.linalg.lstsq(laplacian, right, rcond=None)[0]
    return {juror: float(solution[place[juror]]) for juror in jurors}
