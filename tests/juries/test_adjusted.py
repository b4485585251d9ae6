"""The rank with comparable readers: by hand, and against exact least squares written another way."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juries.domain.adjusted import Outcome, adjust
from juries.domain.statistics import atypical, gaps, ranks


def test_a_severe_juror_no_longer_pulls_down_the_project_they_happened_to_read():
    # Juror 3 marks two points below the others and read 1 and 2; juror 2 read 2 and 3; juror 1 read all.
    opinions = {
        (1, 1): 4.0, (2, 1): 3.5, (3, 1): 3.0,
        (2, 2): 3.5, (3, 2): 3.0,
        (1, 3): 2.0, (2, 3): 1.5,
    }  # fmt: skip
    # The data follow project + juror exactly: projects 4, 3.5, 3 for juror 1; effects 0, 0, -2.
    found = adjust(opinions)
    assert found.outcome == Outcome.DONE
    # Effects add up to zero: (0, 0, -2) becomes (2/3, 2/3, -4/3), the projects lose 2/3.
    assert found.effects == {1: pytest.approx(2 / 3), 2: pytest.approx(2 / 3), 3: pytest.approx(-4 / 3)}
    assert found.means == {1: pytest.approx(10 / 3), 2: pytest.approx(17 / 6), 3: pytest.approx(7 / 3)}
    assert found.ranks == {1: 1, 2: 2, 3: 3}
    plain = {1: (4 + 2) / 2, 2: (3.5 + 3.5 + 1.5) / 3, 3: 3.0}
    assert ranks(plain) == {1: 1, 2: 3, 3: 1}  # the plain means put project 2 last


def test_when_everybody_read_everything_there_is_nothing_to_correct():
    assert adjust({(p, j): 1.0 + p + j for p in (1, 2) for j in (1, 2)}).outcome == Outcome.COMPLETE
    assert adjust({(1, 7): 3.0, (2, 7): 4.0}).outcome == Outcome.COMPLETE  # one juror, who read all


def test_two_groups_without_a_common_project_are_not_compared():
    opinions = {(p, j): 3.0 for p in (1, 2) for j in (1, 2)} | {(p, j): 5.0 for p in (3, 4) for j in (3, 4)}
    found = adjust(opinions)
    assert (found.outcome, found.parts, found.ranks) == (Outcome.SPLIT, 2, {})


def test_too_few_marks_say_nothing():
    # 3 marks, 2 projects and 2 jurors: as many unknowns as marks.
    assert adjust({(1, 1): 3.0, (1, 2): 2.0, (2, 2): 4.0}).outcome == Outcome.THIN
    assert adjust({}).outcome == Outcome.EMPTY


def test_equal_projects_stay_equal_after_the_correction():
    # 1 and 2 have the same readers and the same marks; 3 is read by one of them only.
    opinions = {(1, 1): 4.1, (1, 2): 2.3, (2, 1): 4.1, (2, 2): 2.3, (3, 1): 4.1, (4, 1): 1.7, (4, 2): 3.9}
    found = adjust(opinions)
    assert found.ranks[1] == found.ranks[2]


def test_jurors_without_any_variance():
    opinions = {(p, j): 3.0 for p in range(1, 5) for j in range(1, 4) if (p, j) != (1, 1)}
    found = adjust(opinions)
    assert set(found.ranks.values()) == {1}
    assert all(effect == pytest.approx(0) for effect in found.effects.values())
    assert atypical(opinions) == set()


def test_who_is_far_from_the_others():
    others = {(p, j): 3.0 + 0.5 * (p % 2) for p in range(1, 6) for j in (1, 2, 3)}
    severe = {(p, 9): 2.0 + 0.5 * (p % 2) for p in range(1, 6)}
    assert atypical(others | severe) == {9}
    assert gaps(others | severe)[9] == [-1.0] * 5
    # One point up and one point down: different, but neither severe nor generous.
    erratic = {(p, 9): 3.0 + 0.5 * (p % 2) + (-1) ** p for p in range(1, 5)}
    assert atypical(others | erratic) == set()
    # Two projects in common say nothing.
    assert atypical(others | {(p, 9): 1.0 for p in (1, 2)}) == set()


# -- A second implementation: the whole design, in exact fractions ---------------------------------------------


def connected_parts(opinions) -> int:
    left = {("p", p) for p, _ in opinions} | {("j", j) for _, j in opinions}
    parts = 0
    while left:
        parts += 1
        seen, queue = set(), [next(iter(left))]
        while queue:
            node = queue.pop()
            if node in seen:
                continue
            seen.add(node)
            for p, j in opinions:
                if ("p", p) == node:
                    queue.append(("j", j))
                if ("j", j) == node:
                    queue.append(("p", p))
        left -= seen
    return parts


def solve(matrix, right):
    """Gauss-Jordan in fractions; the system has one solution."""
    rows = [[*map(Fraction, row), Fraction(value)] for row, value in zip(matrix, right, strict=True)]
    size = len(matrix[0])
    for column in range(size):
        pivot = next(i for i in range(column, len(rows)) if rows[i][column] != 0)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for i, row in enumerate(rows):
            if i != column and row[column] != 0:
                rows[i] = [a - row[column] * b for a, b in zip(row, rows[column], strict=True)]
    return [row[-1] for row in rows[:size]]


def exact_means(opinions):
    """The normal equations of the dummy-variable regression; the last juror's effect is minus all others'."""
    projects = sorted({p for p, _ in opinions})
    jurors = sorted({j for _, j in opinions})
    design, observed = [], []
    for (p, j), value in opinions.items():
        line = [int(p == project) for project in projects]
        if j == jurors[-1]:
            line += [-1] * (len(jurors) - 1)
        else:
            line += [int(j == juror) for juror in jurors[:-1]]
        design.append(line)
        observed.append(value)
    size = len(design[0])
    normal = [[sum(line[a] * line[b] for line in design) for b in range(size)] for a in range(size)]
    right = [sum(line[a] * value for line, value in zip(design, observed, strict=True)) for a in range(size)]
    return dict(zip(projects, solve(normal, right), strict=False))


panels = st.integers(1, 6).flatmap(
    lambda projects: st.integers(1, 5).flatmap(
        lambda jurors: st.dictionaries(
            st.tuples(st.integers(1, projects), st.integers(1, jurors)),
            st.integers(4, 20).map(lambda quarters: quarters / 4),
            max_size=30,
        )
    )
)


@given(panels)
@settings(max_examples=200, deadline=None)
def test_least_squares_agree_with_the_exact_solution(opinions):
    found = adjust(opinions)
    if not opinions:
        assert found.outcome == Outcome.EMPTY
        return
    projects, jurors = {p for p, _ in opinions}, {j for _, j in opinions}
    parts = connected_parts(opinions)
    assert found.parts == parts
    if len(opinions) == len(projects) * len(jurors):
        assert found.outcome == Outcome.COMPLETE
    elif parts > 1:
        assert found.outcome == Outcome.SPLIT
    elif len(opinions) < len(projects) + len(jurors):
        assert found.outcome == Outcome.THIN
    else:
        exact = exact_means({pair: Fraction(value) for pair, value in opinions.items()})
        assert found.means == {p: pytest.approx(float(mean), abs=1e-8) for p, mean in exact.items()}
        assert found.ranks == ranks(exact)
