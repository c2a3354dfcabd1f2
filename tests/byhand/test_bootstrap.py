"""Bootstrap worked by hand: acceleration in fractions, and limits of draws that are known."""

import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.resampling.bootstrap import bootstrap

NORMAL = NormalDist()


def a_rng(seed=1):
    return np.random.Generator(np.random.PCG64(seed))


def mean_of(values):
    array = np.array(values, dtype=float)
    return lambda rows: float(array[rows].mean())


def scripted(draws, without, estimate):
    """Return a statistic with these answers, so that the limits can be worked out."""
    answers = iter([estimate, *draws])
    n = len(without)

    def statistic(rows):
        if rows.size < n:
            return without[n * (n - 1) // 2 - int(rows.sum())]
        return next(answers)

    return statistic


def test_acceleration_of_a_mean():
    # Without x the mean of n is (S - x) / (n - 1); its distance from the mean of those is
    # (x - mean) / (n - 1). Of 1, 2, 6: distances -2, -1, 3; cubes -8, -1, 27, squares 4, 1, 9:
    # 18 / (6 x 14^(3/2)).
    limits = bootstrap(mean_of([1, 2, 6]), 3, rng=a_rng())
    assert limits.estimate == 3
    assert limits.acceleration == pytest.approx(18 / (6 * 14**1.5), rel=1e-12)


def test_acceleration_of_a_difference_of_two_groups():
    # Groups 1, 2, 6 and 0, 4: influences -(x - 3)/3 and (y - 2)/2 of the means: 2/3, 1/3, -1 and
    # -1, 1: cubes 8/27 + 1/27 - 1 - 1 + 1 = -2/3, squares 4/9 + 1/9 + 1 + 1 + 1 = 32/9.
    values, group = np.array([1.0, 2, 6, 0, 4]), np.array([0, 0, 0, 1, 1])

    def difference(rows):
        chosen, own = values[rows], group[rows]
        return float(chosen[own == 1].mean() - chosen[own == 0].mean())

    limits = bootstrap(difference, 5, stratum=group, rng=a_rng())
    expected = float(Fraction(-2, 3)) / (6 * (32 / 9) ** 1.5)
    assert limits.acceleration == pytest.approx(expected, rel=1e-12)


def test_percentile_limits_are_order_statistics():
    # 39 draws 1, 2, ..., 39: numbers 40 x 0.025 = 1 and 39. At level 0.9: 2 and 38; at 0.875 the
    # numbers 2.5 and 37.5.
    draws = list(range(39, 0, -1))
    for level, ends in ((0.95, (1, 39)), (0.9, (2, 38)), (0.875, (2.5, 37.5))):
        limits = bootstrap(scripted(draws, [20.0] * 4, 20), 4, level=level, draws=39, rng=a_rng())
        assert (limits.percentile_low, limits.percentile_high) == pytest.approx(ends, rel=1e-12)
        # half of the draws lie below the estimate, and nobody has any influence
        assert (limits.median_bias, limits.acceleration) == (0, 0)
        assert (limits.low, limits.high) == pytest.approx(ends, rel=1e-12)
        assert limits.std_error**2 == pytest.approx(39 * 40 / 12, rel=1e-12)
        assert limits.bias == 0


def test_bca_limits_from_their_formula():
    # 199 draws 1 ... 199; 80 lie below 80.5: z0. Statistics without each of three patients as
    # those of the mean above: a = 18 / (6 x 14^(3/2)).
    a, z0 = 18 / (6 * 14**1.5), NORMAL.inv_cdf(80 / 199)
    limits = bootstrap(
        scripted(range(1, 200), [100 + 2.0, 100 + 1.0, 100 - 3.0], 80.5),
        3,
        level=0.8,
        draws=199,
        rng=a_rng(),
    )
    assert limits.median_bias == pytest.approx(z0, rel=1e-10)
    assert limits.acceleration == pytest.approx(a, rel=1e-12)
    for limit, tail in ((limits.low, 0.1), (limits.high, 0.9)):
        z = z0 + NORMAL.inv_cdf(tail)
        assert limit == pytest.approx(200 * NORMAL.cdf(z0 + z / (1 - a * z)), rel=1e-9)


def test_ties_with_the_estimate_count_one_half():
    # 10 draws below, 19 equal, 10 above; and 15 below, 4 equal: (15 + 2) / 39
    equal = bootstrap(
        scripted([1] * 10 + [2] * 19 + [3] * 10, [2.0] * 3, 2), 3, draws=39, rng=a_rng()
    )
    assert equal.median_bias == 0
    more = bootstrap(
        scripted([1] * 15 + [2] * 4 + [3] * 20, [2.0] * 3, 2), 3, draws=39, rng=a_rng()
    )
    assert more.median_bias == pytest.approx(NORMAL.inv_cdf(17 / 39), rel=1e-9)


def test_limits_that_cannot_be_given_are_none():
    outside = bootstrap(scripted(range(1, 40), [2.0] * 3, 50), 3, draws=39, rng=a_rng())
    assert (outside.low, outside.high, outside.median_bias) == (None, None, None)
    assert (outside.percentile_low, outside.percentile_high) == (1, 39)
    # without patient 1 there is no statistic
    no_acceleration = bootstrap(
        scripted(range(1, 40), [2.0, None, 2.0], 20), 3, draws=39, rng=a_rng()
    )
    assert (no_acceleration.low, no_acceleration.acceleration) == (None, None)
    # median bias: the upper limit lies beyond the largest draw, the lower one does not
    beyond = bootstrap(scripted(range(1, 40), [2.0] * 3, 30.5), 3, draws=39, rng=a_rng())
    z0 = NORMAL.inv_cdf(30 / 39)
    assert beyond.high is None
    assert beyond.low == pytest.approx(40 * NORMAL.cdf(2 * z0 - 1.959963984540054), rel=1e-9)


def test_failures_are_counted_and_left_out():
    # 3 of 42 draws fail; 39 are left
    draws = [None, *range(1, 20), None, *range(20, 40), None]
    limits = bootstrap(scripted(draws, [2.0] * 3, 20), 3, draws=42, most_failures=0.1, rng=a_rng())
    assert (limits.draws, limits.failures) == (42, 3)
    assert (limits.percentile_low, limits.percentile_high) == (1, 39)
    with pytest.raises(ArgumentError, match="could not be given in 3 of 42 draws"):
        bootstrap(scripted(draws, [2.0] * 3, 20), 3, draws=42, most_failures=0.07, rng=a_rng())


def test_a_refusal_of_the_statistic_counts_as_none():
    def refuses(rows):
        if len(set(rows.tolist())) < 2:
            raise ArgumentError("nobody in group 1")
        return float(rows.mean())

    limits = bootstrap(refuses, 3, draws=999, most_failures=0.5, rng=a_rng())
    # 3 of 27 equally likely draws have one patient three times
    assert abs(limits.failures / 999 - 1 / 9) < 4 * math.sqrt(8 / 81 / 999)


def test_every_draw_keeps_the_sizes_of_the_groups_and_their_places():
    group, seen = [0, 1, 0, 2, 1, 0], []

    def statistic(rows):
        seen.append(rows)
        return float(rows.sum())

    bootstrap(statistic, 6, stratum=group, draws=99, rng=a_rng())
    drawn = [rows for rows in seen if rows.size == 6]
    assert len(drawn) == 1 + 99
    for rows in drawn:
        assert [group[row] for row in rows] == group
    # the only patient of group 2 is always drawn, and never left out
    left_out = [set(range(6)) - set(rows.tolist()) for rows in seen if rows.size == 5]
    assert left_out == [{0}, {2}, {5}, {1}, {4}]


def test_a_statistic_that_never_changes():
    limits = bootstrap(lambda rows: 7, 5, rng=a_rng())
    assert (limits.low, limits.high, limits.std_error, limits.acceleration) == (7, 7, 0, 0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n_patients": 1}, "`n_patients` must be at least 2"),
        ({"workers": 0}, "`workers` at least 1"),
        ({"most_failures": 1}, "`most_failures` from 0"),
        ({"draws": 38}, "`draws` must be at least 39 for limits at level 0.95"),
        ({"draws": 198, "level": 0.99}, "`draws` must be at least 199"),
        ({"level": 95}, "`level` must be"),
        ({"stratum": [0, 1]}, "`stratum` must have one code"),
        ({"stratum": [0, 2, 2]}, "`stratum` must use every code"),
        ({"statistic": lambda rows: None}, "it is None"),
        ({"statistic": lambda rows: math.inf}, "must return a finite number, or None"),
        ({"statistic": lambda rows: "3"}, "must return a finite number, or None"),
    ],
)
def test_wrong_input_is_refused(options, sentence):
    given = {"statistic": mean_of([1, 2, 6]), "n_patients": 3, "rng": a_rng(), **options}
    with pytest.raises(ArgumentError, match=sentence):
        bootstrap(given.pop("statistic"), given.pop("n_patients"), **given)
