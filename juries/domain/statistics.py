"""What the marks say, and how firmly. Pure functions on plain numbers: no database, no words.

A *ballot* is what one juror gave to one hearing. A recused or silent juror has no ballot there: a missing mark
is never a zero. Everything rests on the weighted mean because it can be explained to an agent and does as well
as any other rule for a small jury (domain notes §2.9, simulation); the standard deviation is the sample one
(n - 1); ranks are "competition" ranks (1, 2, 2, 4). Stability leaves out one juror at a time (jackknife).
A yes or no never enters a mean: only the criteria named in ``weights`` count.

Means are quotients of whole numbers, rounded once: equal means are equal floats, so that ties are exact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt
from statistics import median

DISPUTE_NEEDS, DISPUTE = 3, 2.0


@dataclass(frozen=True)
class Ballot:
    """``marks`` are by criterion, 1 to 5; a criterion that is absent or None was not scored."""

    hearing: int
    juror: int
    marks: Mapping[int, int | None]


@dataclass
class Result:
    """One hearing: number of ballots, means (1 to 5, None without a mark), spread, rank (None without a mark)."""

    hearing: int
    n: int = 0
    means: dict[int, float | None] = field(default_factory=dict)
    total: float | None = None
    median: float | None = None
    spread: float | None = None
    rank: int | None = None
    tied: bool = False
    lowest_rank: int | None = None  # over the removals of one juror: 9 is lower than 2
    highest_rank: int | None = None
    in_zone: bool = False
    in_list: bool = False
    low: float | None = None  # the lowest and the highest of the jurors' weighted means
    high: float | None = None

    @property
    def is_disputed(self) -> bool:
        """The jurors are far apart: two points of five between the lowest and the highest of three or more."""
        return self.n >= DISPUTE_NEEDS and self.high - self.low >= DISPUTE

    @property
    def is_firm(self) -> bool:
        """The rank stays the same without any one juror."""
        return self.rank is not None and self.highest_rank == self.lowest_rank


@dataclass
class Stability:
    """Does the list of ``places`` change when one juror is taken away?"""

    places: int | None
    jurors: int
    changing: set[int] = field(default_factory=set)  # jurors without whom the list is another one
    zone: list[int] = field(default_factory=list)  # hearings that are on some of the lists only, by rank
    tie_at_cut: bool = False


def juror_total(weights: Mapping[int, int], marks: Mapping[int, int | None]) -> float | None:
    """One juror's weighted mean of one hearing, over the criteria they scored; None without any."""
    total = weight_sum = 0
    for criterion, weight in weights.items():
        mark = marks.get(criterion)
        if mark is not None:
            total += weight * mark
            weight_sum += weight
    return total / weight_sum if weight_sum else None


def spread_of(values: list[float]) -> float | None:
    """Sample standard deviation; None for fewer than two values (one opinion has no spread)."""
    if len(values) < 2:
        return None
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


SEVERITY_NEEDS = 3  # projects in common: on fewer, a difference says nothing about the juror
Opinions = Mapping[tuple[int, int], float]  # (hearing, juror) → the juror's weighted mean


def opinions_of(weights: Mapping[int, int], ballots: Iterable[Ballot]) -> dict[tuple[int, int], float]:
    """Each juror's weighted mean of each hearing they scored."""
    found = {(one.hearing, one.juror): juror_total(weights, one.marks) for one in ballots}
    return {pair: value for pair, value in found.items() if value is not None}


def gaps(opinions: Opinions) -> dict[int, list[float]]:
    """By juror, for each project that another juror scored too: their weighted mean less that of the others."""
    by_hearing: dict[int, dict[int, float]] = {}
    for (hearing, juror), opinion in opinions.items():
        by_hearing.setdefault(hearing, {})[juror] = opinion
    found: dict[int, list[float]] = {}
    for given in by_hearing.values():
        if len(given) < 2:
            continue
        everything = sum(given.values())
        for juror, opinion in given.items():
            found.setdefault(juror, []).append(opinion - (everything - opinion) / (len(given) - 1))
    return found


def severity(opinions: Opinions) -> dict[int, float]:
    """By juror, how far they mark from the others on the same projects: -0.5 is half a point more severe.

    The mean of ``gaps``. Jurors with fewer than ``SEVERITY_NEEDS`` projects in common with others have none.
    """
    return {juror: sum(own) / len(own) for juror, own in gaps(opinions).items() if len(own) >= SEVERITY_NEEDS}


FAR, SURE = 0.75, 2.0


def atypical(opinions: Opinions) -> set[int]:
    """Jurors who mark far from the panel, always the same way: on average three quarters of a point or more from
    the median of each project, and at least twice the standard error of that average.

    Only projects with three opinions or more say something: of two jurors, neither is the odd one out. The
    median, so that one juror apart does not make the others look apart. A rule of thumb to look twice, and no
    judgement: the juror may be the one who is right.
    """
    by_hearing: dict[int, dict[int, float]] = {}
    for (hearing, juror), opinion in opinions.items():
        by_hearing.setdefault(hearing, {})[juror] = opinion
    distances: dict[int, list[float]] = {}
    for given in by_hearing.values():
        if len(given) >= 3:
            middle = median(given.values())
            for juror, opinion in given.items():
                distances.setdefault(juror, []).append(opinion - middle)
    found = set()
    for juror, own in distances.items():
        if len(own) < SEVERITY_NEEDS:
            continue
        mean = sum(own) / len(own)
        if abs(mean) >= FAR and abs(mean) >= SURE * spread_of(own) / sqrt(len(own)):
            found.add(juror)
    return found


def _total(weights: Mapping[int, int], sums: Mapping[int, int], counts: Mapping[int, int]) -> float | None:
    """The weighted mean of the criteria's means, over the criteria that have a mark.

    When every ballot is complete, this is the mean of the jurors' weighted means.
    """
    present = [criterion for criterion in weights if counts[criterion]]
    if not present:
        return None
    first = counts[present[0]]
    weight_sum = sum(weights[criterion] for criterion in present)
    if all(counts[criterion] == first for criterion in present):
        return sum(weights[criterion] * sums[criterion] for criterion in present) / (first * weight_sum)
    exact = sum(weights[criterion] * Fraction(sums[criterion], counts[criterion]) for criterion in present)
    return float(exact / weight_sum)


def ranks(totals: Mapping[int, float | None]) -> dict[int, int | None]:
    """Competition ranks, the highest total first; a hearing without a total has no rank."""
    place_of: dict[float, int] = {}
    ordered = sorted((total for total in totals.values() if total is not None), reverse=True)
    for place, total in enumerate(ordered, start=1):
        place_of.setdefault(total, place)
    return {hearing: None if total is None else place_of[total] for hearing, total in totals.items()}


def compute(
    weights: Mapping[int, int],
    hearings: Iterable[int],
    ballots: Iterable[Ballot],
    places: int | None = None,
) -> tuple[dict[int, Result], Stability]:
    """Results by hearing, and the stability of the ranking. Linear in the marks, plus one sort a juror.

    ``weights`` are whole numbers by criterion, one at least above zero. Ballots on unknown hearings are ignored.
    """
    if not weights or any(weight < 1 for weight in weights.values()):
        raise ValueError("each criterion needs a weight of 1 or more")
    results = {hearing: Result(hearing) for hearing in hearings}
    sums = {hearing: dict.fromkeys(weights, 0) for hearing in results}
    counts = {hearing: dict.fromkeys(weights, 0) for hearing in results}
    opinions: dict[int, list[float]] = {hearing: [] for hearing in results}
    by_juror: dict[int, list[Ballot]] = {}
    for ballot in ballots:
        if ballot.hearing not in results:
            continue
        opinion = juror_total(weights, ballot.marks)
        if opinion is None:
            continue
        by_juror.setdefault(ballot.juror, []).append(ballot)
        opinions[ballot.hearing].append(opinion)
        for criterion in weights:
            mark = ballot.marks.get(criterion)
            if mark is not None:
                sums[ballot.hearing][criterion] += mark
                counts[ballot.hearing][criterion] += 1
    totals = {}
    for hearing, result in results.items():
        result.n = len(opinions[hearing])
        result.means = {
            criterion: sums[hearing][criterion] / counts[hearing][criterion]
            if counts[hearing][criterion]
            else None
            for criterion in weights
        }
        result.total = totals[hearing] = _total(weights, sums[hearing], counts[hearing])
        result.median = median(opinions[hearing]) if opinions[hearing] else None
        result.spread = spread_of(opinions[hearing])
        result.low = min(opinions[hearing], default=None)
        result.high = max(opinions[hearing], default=None)
    _rank(results, totals)
    return results, _stability(weights, results, totals, sums, counts, by_juror, places)


def _rank(results: dict[int, Result], totals: Mapping[int, float | None]) -> None:
    place_of = ranks(totals)
    shared: dict[int, int] = {}
    for place in place_of.values():
        if place is not None:
            shared[place] = shared.get(place, 0) + 1
    for hearing, result in results.items():
        place = place_of[hearing]
        result.rank = result.lowest_rank = result.highest_rank = place
        result.tied = place is not None and shared[place] > 1


def _the_list(place_of: Mapping[int, int | None], places: int) -> frozenset[int]:
    """Who is kept: ranks up to ``places``; a tie at the cut keeps all of its members."""
    return frozenset(hearing for hearing, place in place_of.items() if place is not None and place <= places)


def _without(weights, ballot: Ballot, sums, counts) -> float | None:
    """The total of a hearing without one ballot."""
    fewer_sums, fewer_counts = {}, {}
    for criterion in weights:
        mark = ballot.marks.get(criterion)
        fewer_sums[criterion] = sums[criterion] - (mark or 0)
        fewer_counts[criterion] = counts[criterion] - (mark is not None)
    return _total(weights, fewer_sums, fewer_counts)


def _stability(weights, results, totals, sums, counts, by_juror, places) -> Stability:
    stability = Stability(places=places, jurors=len(by_juror))
    base = {hearing: result.rank for hearing, result in results.items()}
    kept = _the_list(base, places) if places else frozenset()
    on_every, on_some = set(kept), set(kept)
    for juror, ballots in by_juror.items():
        fewer = dict(totals)
        for ballot in ballots:
            fewer[ballot.hearing] = _without(weights, ballot, sums[ballot.hearing], counts[ballot.hearing])
        place_of = ranks(fewer)
        for hearing, place in place_of.items():
            if place is not None:
                result = results[hearing]
                result.lowest_rank = max(result.lowest_rank, place)
                result.highest_rank = min(result.highest_rank, place)
        if places:
            other = _the_list(place_of, places)
            if other != kept:
                stability.changing.add(juror)
            on_every &= other
            on_some |= other
    stability.tie_at_cut = bool(places) and len(kept) > places
    last_kept = max((base[hearing] for hearing in kept), default=None)
    for hearing, result in results.items():
        result.in_list = hearing in kept
        at_the_cut = stability.tie_at_cut and result.rank == last_kept
        result.in_zone = at_the_cut or (hearing in on_some and hearing not in on_every)
    stability.zone = sorted(
        (hearing for hearing, result in results.items() if result.in_zone),
        key=lambda hearing: (results[hearing].rank or len(results) + 1, hearing),
    )
    return stability
