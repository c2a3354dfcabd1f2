"""What differences of incidences obey for any patients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.incidence.difference import incidence_difference
from autallo.stats.survival.difference import survival_difference
from autallo.stats.survival.kaplan_meier import kaplan_meier

FEW = settings(max_examples=100, deadline=None)
methods = st.sampled_from(["log-log", "log", "plain", "arcsine", "logit"])
patients = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 2), st.sampled_from([0.5, 1.0, 2.5])),
    min_size=1,
    max_size=30,
)
days = st.integers(0, 14)


def curve(rows, *, weighted=False):
    time, cause, weight = zip(*rows, strict=True)
    return cumulative_incidence(time, cause, n_causes=2, weight=weight if weighted else None)


@FEW
@given(patients, patients, days, methods, st.booleans())
def test_mr05_swapped_groups_change_the_sign(first, second, at, method, weighted):
    one, two = curve(first, weighted=weighted), curve(second, weighted=weighted)
    found = incidence_difference(one, two, at=at, method=method)
    other = incidence_difference(two, one, at=at, method=method)
    assert other.estimate == -found.estimate
    assert (other.low, other.high) == pytest.approx((-found.high, -found.low), abs=1e-12)
    assert other.p_value == found.p_value


@FEW
@given(patients, patients, days, st.sampled_from(["plain", "arcsine", "logit"]))
def test_mr23_one_cause_alone_mirrors_the_difference_of_survival(first, second, at, method):
    """On the scales that are the same for a probability and its complement."""
    curves, mirrored = [], []
    for rows in (first, second):
        time = [row[0] for row in rows]
        event = [row[1] > 0 for row in rows]
        curves.append(cumulative_incidence(time, event, n_causes=1))
        mirrored.append(kaplan_meier(time, event))
    found = incidence_difference(*curves, at=at, method=method)
    survival = survival_difference(*mirrored, at=at, method=method)
    assert found.estimate == pytest.approx(-survival.estimate, abs=1e-12)
    if survival.statistic is not None:
        assert found.statistic == pytest.approx(-survival.statistic, rel=1e-6, abs=1e-9)
        limits = (-survival.high, -survival.low)
        assert (found.low, found.high) == pytest.approx(limits, abs=1e-9)


@FEW
@given(patients, patients, days, methods, st.booleans())
def test_mr31_the_interval_holds_the_estimate(first, second, at, method, weighted):
    found = incidence_difference(
        curve(first, weighted=weighted), curve(second, weighted=weighted), at=at, method=method
    )
    assert -1 <= found.low <= found.estimate <= found.high <= 1
    assert found.low < found.high
    assert found.p_value is None or 0 <= found.p_value <= 1


@FEW
@given(patients, patients, days, methods)
def test_mr32_a_higher_level_has_wider_limits(first, second, at, method):
    narrow, wide = (
        incidence_difference(curve(first), curve(second), at=at, method=method, level=level)
        for level in (0.8, 0.99)
    )
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high
    assert wide.statistic == narrow.statistic


@FEW
@given(patients, patients, days, methods, st.sampled_from([1e-6, 7.0]))
def test_mr14_and_mr15_equal_weights_of_any_size_change_nothing(first, second, at, method, size):
    plain = incidence_difference(curve(first), curve(second), at=at, method=method)
    weighted = [
        cumulative_incidence(
            [row[0] for row in rows], [row[1] for row in rows], n_causes=2,
            weight=np.full(len(rows), size),
        )
        for rows in (first, second)
    ]  # fmt: skip
    found = incidence_difference(*weighted, at=at, method=method)
    assert found.estimate == pytest.approx(plain.estimate, abs=1e-12)
    assert found.std_error == pytest.approx(plain.std_error, abs=1e-7)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=1e-6)
