"""The figures of the results: cases computed by hand, and a second, slower implementation that must agree."""

from fractions import Fraction
from itertools import combinations
from math import isclose, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juries.domain.statistics import Ballot, compute, juror_total, opinions_of, ranks, severity, spread_of

WEIGHTS = {1: 2, 2: 1, 3: 1}


def ballot(hearing, juror, *marks):
    return Ballot(hearing=hearing, juror=juror, marks=dict(zip(WEIGHTS, marks, strict=True)))


def test_weighted_mean_of_one_juror():
    # (2*5 + 1*3 + 1*4) / 4 = 17 / 4
    assert juror_total(WEIGHTS, {1: 5, 2: 3, 3: 4}) == 4.25


def test_a_criterion_left_out_is_missing_and_not_zero():
    # (2*5 + 1*3) / 3
    assert juror_total(WEIGHTS, {1: 5, 2: 3, 3: None}) == 13 / 3
    assert juror_total(WEIGHTS, {}) is None


def test_two_jurors_by_hand():
    results, _ = compute(WEIGHTS, [10], [ballot(10, 1, 5, 3, 4), ballot(10, 2, 3, 3, 2)])
    result = results[10]
    assert result.n == 2
    assert result.means == {1: 4.0, 2: 3.0, 3: 3.0}
    assert result.total == (17 + 11) / 8  # 3.5
    assert isclose(result.spread, sqrt(2) * 0.75)  # totals 4.25 and 2.75: ±0.75 around 3.5, n - 1 = 1


def test_one_opinion_has_no_spread_and_no_opinion_has_no_rank():
    results, _ = compute(WEIGHTS, [10, 11], [ballot(10, 1, 4, 4, 4)])
    assert results[10].spread is None
    assert results[10].rank == 1
    assert (results[11].n, results[11].total, results[11].rank) == (0, None, None)
    assert spread_of([3.0]) is None


def test_ties_share_a_rank_and_the_next_rank_is_skipped():
    assert ranks({1: 3.0, 2: 4.0, 3: 3.0, 4: 1.0, 5: None}) == {1: 2, 2: 1, 3: 2, 4: 4, 5: None}


def test_a_recused_juror_does_not_pull_a_project_down():
    everyone = [ballot(10, juror, 4, 4, 4) for juror in (1, 2, 3)]
    recused = everyone[:2]
    assert compute(WEIGHTS, [10], everyone)[0][10].total == compute(WEIGHTS, [10], recused)[0][10].total == 4


def test_stability_says_which_juror_changes_the_list_and_where_the_zone_is():
    ballots = [
        ballot(1, 1, 5, 5, 5), ballot(1, 2, 5, 5, 5), ballot(1, 3, 5, 5, 5),
        ballot(2, 1, 3, 3, 3), ballot(2, 2, 3, 3, 3), ballot(2, 3, 5, 5, 5),
        ballot(3, 1, 4, 4, 4), ballot(3, 2, 4, 4, 4), ballot(3, 3, 2, 2, 2),
        ballot(4, 1, 1, 1, 1), ballot(4, 2, 1, 1, 1), ballot(4, 3, 1, 1, 1),
    ]  # fmt: skip
    results, stability = compute(WEIGHTS, [1, 2, 3, 4], ballots, places=2)
    # totals: 5, 11/3, 10/3, 1; without juror 3, project 3 (4) passes project 2 (3)
    assert [results[h].rank for h in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert stability.changing == {3}
    assert stability.zone == [2, 3]
    assert (results[2].highest_rank, results[2].lowest_rank) == (2, 3)
    assert (results[4].highest_rank, results[4].lowest_rank) == (4, 4)


def test_a_tie_at_the_cut_is_in_the_zone():
    ballots = [ballot(h, j, 4, 4, 4) for h in (2, 3) for j in (1, 2)] + [
        ballot(1, j, 5, 5, 5) for j in (1, 2)
    ]
    results, stability = compute(WEIGHTS, [1, 2, 3], ballots, places=2)
    assert stability.tie_at_cut
    assert stability.zone == [2, 3]
    assert results[1].in_list
    assert not results[1].in_zone


@pytest.mark.parametrize("weights", [{}, {1: 0}, {1: 2, 2: 0}])
def test_a_weight_of_zero_is_refused(weights):
    with pytest.raises(ValueError, match="weight"):
        compute(weights, [1], [])


# -- A second implementation, written for clarity and not for speed ----------------------------------------


def naive_total(weights, ballots):
    means = {
        c: Fraction(sum(b.marks[c] for b in scored), len(scored))
        for c in weights
        if (scored := [b for b in ballots if b.marks.get(c) is not None])
    }
    if not means:
        return None
    return sum(weights[c] * mean for c, mean in means.items()) / sum(weights[c] for c in means)


def naive_ranks(weights, hearings, ballots):
    totals = {h: naive_total(weights, [b for b in ballots if b.hearing == h]) for h in hearings}
    return {
        h: None
        if total is None
        else 1 + sum(1 for other in totals.values() if other is not None and other > total)
        for h, total in totals.items()
    }, totals


marks = st.one_of(st.none(), st.integers(1, 5))
panels = st.integers(1, 6).flatmap(
    lambda hearings: st.integers(1, 5).flatmap(
        lambda jurors: st.dictionaries(
            st.tuples(st.integers(1, hearings), st.integers(1, jurors)),
            st.tuples(marks, marks, marks),
            max_size=30,
        ).map(lambda given: (list(range(1, hearings + 1)), given))
    )
)


@given(
    panel=panels,
    weights=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
    places=st.one_of(st.none(), st.integers(1, 6)),
)
@settings(max_examples=150, deadline=None)
def test_the_fast_and_the_naive_implementation_agree(panel, weights, places):
    hearings, given_marks = panel
    weights = dict(enumerate(weights, start=1))
    ballots = [
        Ballot(hearing, juror, dict(enumerate(values, start=1)))
        for (hearing, juror), values in given_marks.items()
        if any(value is not None for value in values)
    ]
    results, stability = compute(weights, hearings, ballots, places)
    expected_ranks, expected_totals = naive_ranks(weights, hearings, ballots)
    assert {h: r.rank for h, r in results.items()} == expected_ranks
    for hearing, total in expected_totals.items():
        assert results[hearing].total == (None if total is None else float(total))
    every_ranking = [expected_ranks]
    lists = [frozenset(h for h, r in expected_ranks.items() if r and places and r <= places)]
    changing = set()
    for juror in {b.juror for b in ballots}:
        without, _ = naive_ranks(weights, hearings, [b for b in ballots if b.juror != juror])
        every_ranking.append(without)
        lists.append(frozenset(h for h, r in without.items() if r and places and r <= places))
        if lists[-1] != lists[0]:
            changing.add(juror)
    assert stability.changing == changing
    for hearing, result in results.items():
        seen = [ranking[hearing] for ranking in every_ranking if ranking[hearing] is not None]
        if result.rank is not None:
            assert (result.highest_rank, result.lowest_rank) == (min(seen), max(seen))
    differs = {h for one, other in combinations(lists, 2) for h in one ^ other}
    assert differs <= set(stability.zone)


def test_the_median_and_the_severity_of_a_juror_by_hand():
    weights = {1: 2, 2: 1}
    marks = {  # hearing → juror → (criterion 1, criterion 2)
        1: {10: (5, 5), 11: (2, 2), 12: (3, 3)},
        2: {10: (4, 1), 11: (2, 5), 12: (3, 3)},
        3: {10: (5, 2), 11: (1, 1)},
        4: {13: (4, 4)},
    }
    ballots = [
        Ballot(hearing, juror, {1: one, 2: two})
        for hearing, given in marks.items()
        for juror, (one, two) in given.items()
    ]
    results, _stability = compute(weights, marks, ballots)
    assert [results[hearing].median for hearing in marks] == [3.0, 3.0, 2.5, 4.0]
    # Juror 10: 5 - 2.5, 3 - 3, 4 - 1; juror 11: 2 - 4, 3 - 3, 1 - 4; 12 has two projects, 13 is alone.
    assert severity(opinions_of(weights, ballots)) == {10: pytest.approx(5.5 / 3), 11: pytest.approx(-5 / 3)}
