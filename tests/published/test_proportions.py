"""Intervals of a proportion as Newcombe printed them (Stat Med 1998;17:857-872)."""

import pytest

from autallo.stats.proportions.binomial import binomial_interval

PRINTED = {
    (81, 263): {
        "clopper-pearson": (0.2527, 0.3676),
        "mid-p": (0.2544, 0.3658),
        "wilson": (0.2553, 0.3662),
    },
    (15, 148): {
        "clopper-pearson": (0.0578, 0.1617),
        "mid-p": (0.0601, 0.1581),
        "wilson": (0.0624, 0.1605),
    },
    (0, 20): {
        "clopper-pearson": (0.0, 0.1684),
        "mid-p": (0.0, 0.1391),
        "wilson": (0.0, 0.1611),
    },
    (1, 29): {
        "clopper-pearson": (0.0009, 0.1776),
        "mid-p": (0.0017, 0.1585),
        "wilson": (0.0061, 0.1718),
    },
}


@pytest.mark.parametrize("count", PRINTED)
def test_three_methods_for_one_proportion(count):
    for method, limits in PRINTED[count].items():
        interval = binomial_interval(*count, method=method)
        assert (round(interval.low, 4), round(interval.high, 4)) == limits
