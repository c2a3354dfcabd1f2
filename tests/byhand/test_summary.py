"""Description of a few values, worked on paper."""

from math import sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.summary import summarise


def test_four_values():
    """1 2 4 8: mean 15/4; squared deviations sum to 85 - 225/4 = 115/4, over 3.

    Quartiles at positions 1.75, 2.5 and 3.25: 1.75, 3 and 5. Product 64 = (2 sqrt 2)**4.
    """
    summary = summarise([8, 1, 4, 2])
    assert (summary.n, summary.low, summary.high) == (4, 1.0, 8.0)
    assert (summary.mean, summary.q1, summary.median, summary.q3) == (3.75, 1.75, 3.0, 5.0)
    assert summary.sd == pytest.approx(sqrt(115 / 12), rel=1e-14)
    assert summary.geometric_mean == pytest.approx(2 * sqrt(2), rel=1e-14)


def test_one_value_has_no_standard_deviation():
    summary = summarise([7])
    assert summary.sd is None
    assert (summary.n, summary.mean, summary.median, summary.q1, summary.q3) == (1, 7, 7, 7, 7)
    assert summary.geometric_mean == pytest.approx(7, rel=1e-14)


def test_equal_values_have_no_spread():
    """The mean of three floating-point 0.1 is not 0.1 when it is summed; the answer must be."""
    summary = summarise([0.1, 0.1, 0.1])
    assert (summary.mean, summary.sd, summary.geometric_mean) == (0.1, 0.0, 0.1)


@pytest.mark.parametrize("values", [[0, 1, 2], [-1, 5]])
def test_no_geometric_mean_unless_all_values_are_above_zero(values):
    assert summarise(values).geometric_mean is None


@pytest.mark.parametrize("values", [[], [1, float("nan")], ["a"], [[1, 2]]])
def test_missing_values_are_refused(values):
    with pytest.raises(ArgumentError, match="`x` must be"):
        summarise(values)


@pytest.mark.parametrize("unit", [1e-320, 1e-200, 1e200, 4e307])
def test_values_however_large_or_small(unit):
    """1 2 4 units: mean 7/3, sd sqrt(7/3), quartiles 3/2 and 3; the sum of 28e307 is no number."""
    summary = summarise([unit, 2 * unit, 4 * unit])
    rel = 1e-12 if unit > 1e-300 else 1e-3  # so small a number has four digits
    assert summary.mean == pytest.approx(7 * (unit / 3), rel=rel, abs=0)
    assert summary.sd == pytest.approx(sqrt(7 / 3) * unit, rel=rel, abs=0)
    assert (summary.q1, summary.q3) == pytest.approx((1.5 * unit, 3 * unit), rel=rel, abs=0)


def test_values_of_either_sign_as_large_as_can_be():
    """-1 1 1: mean 1/3, sd sqrt(4/3), quartiles 0 and 1. The sd of -1 1 is sqrt 2: too large."""
    summary = summarise([1e308, -1e308, 1e308])
    assert (summary.q1, summary.median, summary.q3) == (0, 1e308, 1e308)
    assert summary.mean == pytest.approx(1e308 / 3, rel=1e-12)
    assert summary.sd == pytest.approx(sqrt(4 / 3) * 1e308, rel=1e-12)
    assert summarise([1.5e308, -1.5e308]).sd is None
