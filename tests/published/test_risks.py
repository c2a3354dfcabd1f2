"""Intervals of a difference and a ratio as they were printed."""

import pytest

from autallo.stats.proportions.risks import risk_difference, risk_ratio

# Newcombe, Stat Med 1998;17:873-890, table II: events and patients of two groups; methods 6, 5, 10.
NEWCOMBE = [
    (56, 70, 48, 80, (0.0528, 0.3382), (0.0533, 0.3377), (0.0524, 0.3339)),
    (9, 10, 3, 10, (0.1700, 0.8406), (0.1821, 0.8370), (0.1705, 0.8090)),
    (6, 7, 2, 7, (0.0342, 0.8534), (0.0544, 0.8478), (0.0582, 0.8062)),
    (5, 56, 0, 29, (-0.0326, 0.1933), (-0.0313, 0.1926), (-0.0381, 0.1926)),
    (0, 10, 0, 20, (-0.1658, 0.2844), (-0.1611, 0.2775), (-0.1611, 0.2775)),
    (0, 10, 0, 10, (-0.2879, 0.2879), (-0.2775, 0.2775), (-0.2775, 0.2775)),
    (10, 10, 0, 20, (0.7156, 1.0), (0.7225, 1.0), (0.6791, 1.0)),
    (10, 10, 0, 10, (0.6636, 1.0), (0.6777, 1.0), (0.6075, 1.0)),
]


def printed(found, digits=4):
    return (round(found.low, digits), round(found.high, digits))


@pytest.mark.parametrize("line", NEWCOMBE, ids=str)
def test_the_examples_of_newcombe_1998(line):
    x, n, y, m, *limits = line
    for method, expected in zip(("miettinen-nurminen", "mee", "newcombe"), limits, strict=True):
        found = risk_difference([[x, n - x], [y, m - y]], method=method)
        assert printed(found) == expected


def test_the_responders_of_the_progress_trial():
    """84 of 101 against 89 of 105; the exact one by SAS, EXACT RISKDIFF (METHOD=SCORE)."""
    limits = {
        "miettinen-nurminen": (-0.1191, 0.0860),
        "mee": (-0.1188, 0.0857),
        "newcombe": (-0.1177, 0.0851),
        "chan-zhang": (-0.1227, 0.0869),
    }
    for method, expected in limits.items():
        assert printed(risk_difference([[84, 17], [89, 16]], method=method)) == expected


def test_a_difference_of_gart_and_nam_1990():
    """7 of 25 against 2 of 25, the score without correction for skewness."""
    found = risk_difference([[7, 18], [2, 23]], method="mee")
    assert printed(found, 3) == (-0.014, 0.412)


@pytest.mark.parametrize(
    ("table", "limits"), [([[8, 7], [4, 11]], (0.815, 5.336)), ([[6, 4], [6, 14]], (0.844, 4.594))]
)
def test_the_ratios_of_gart_and_nam_1988(table, limits):
    """Koopman's score interval, without correction for skewness."""
    assert printed(risk_ratio(table, method="koopman"), 3) == limits
