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
