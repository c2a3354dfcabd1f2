"""Twin of the test for trend: every choice of the patients of the first row, one by one."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.trend import cochran_armitage_test


def every_choice(first, second, scores):
    """Return the exact p-values by dealing the scores of all patients to the first row."""
    patients = [
        Fraction(str(score))
        for score, one, two in zip(scores, first, second, strict=True)
        for _ in range(one + two)
    ]
    observed = sum(Fraction(str(s)) * n for s, n in zip(scores, first, strict=True))
    sums = [sum(chosen) for chosen in combinations(patients, sum(first))]
    centre = Fraction(sum(patients) * sum(first), len(patients))
    far = abs(observed - centre)
    beyond = sum(abs(s - centre) > far for s in sums)
    equal = sum(abs(s - centre) == far for s in sums)
    furthest = max(abs(s - centre) for s in sums)
    return [
        Fraction(beyond + equal, len(sums)),
        Fraction(sum(s <= observed for s in sums), len(sums)),
        Fraction(sum(s >= observed for s in sums), len(sums)),
        Fraction(2 * beyond + equal, 2 * len(sums)),
        Fraction(sum(abs(s - centre) == furthest for s in sums), len(sums)),
    ]


counts = st.integers(0, 3)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(2, 4).flatmap(
        lambda k: st.tuples(
            st.lists(counts, min_size=k, max_size=k),
            st.lists(counts, min_size=k, max_size=k),
            st.lists(st.sampled_from([0, 0.1, 0.2, 0.3, 1, 2, 7]), min_size=k, max_size=k),
        )
    )
)
def test_exact_p_values(drawn):
    first, second, scores = drawn
    assume(0 < sum(first) + sum(second) <= 14)
    test = cochran_armitage_test([first, second], scores=scores)
    found = [test.p_value, test.p_less, test.p_greater, test.mid_p, test.smallest_p]
    assert found == [float(p) for p in every_choice(first, second, scores)]


@settings(deadline=None)
@given(
    st.lists(st.tuples(counts, counts, st.integers(-9, 9)), min_size=2, max_size=6),
)
def test_large_sample_statistic_patient_by_patient(columns):
    """The slope of the row on the score, over its standard error if there is none."""
    rows = [1] * sum(c[0] for c in columns) + [0] * sum(c[1] for c in columns)
    scores = [c[2] for c in columns for _ in range(c[0])]
    scores += [c[2] for c in columns for _ in range(c[1])]
    assume(len(set(rows)) == 2 and len(set(scores)) > 1)
    n = len(rows)
    share, mean = Fraction(sum(rows), n), Fraction(sum(scores), n)
    cross = sum((r - share) * (s - mean) for r, s in zip(rows, scores, strict=True))
    spread = share * (1 - share) * sum((s - mean) ** 2 for s in scores)
    test = cochran_armitage_test(
        [[c[0] for c in columns], [c[1] for c in columns]], scores=[c[2] for c in columns]
    )
    assert test.statistic**2 == pytest.approx(float(cross**2 / spread), rel=1e-13, abs=0)
    assert (test.statistic > 0) == (cross > 0)
