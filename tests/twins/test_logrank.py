"""Twin of the log-rank family: a count over all patients at each event time, in fractions.

Weighted, stratified, with late entry and for any number of groups; written from the definitions
(Mantel 1966, Peto and Peto 1972, Tarone 1975, Tarone and Ware 1977, Fleming and Harrington 1991)
without the modules.
"""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.event_tables import event_tables, stratum_members
from autallo.stats.logrank.pairwise import pairwise_logrank_test
from autallo.stats.logrank.scores import logrank_scores
from autallo.stats.logrank.trend import logrank_trend_test
from autallo.stats.logrank.weights import as_logrank_weights, logrank_weights

FEW = settings(max_examples=100, deadline=None)
WEIGHTS = ["logrank", "gehan", "tarone-ware", "peto-peto", "modified-peto-peto"]
WEIGHTS += [(1, 0), (0, 1), (1, 1), (2, 1), (0.5, 0.5)]
GROUPS = 3


@st.composite
def patients(draw, groups=GROUPS, strata=3):
    """Draw records of time, event, group, stratum and entry; every code occurs."""
    n = draw(st.integers(groups * strata, 24))
    rows = []
    for place in range(n):
        time = draw(st.integers(1, 9))
        rows.append(
            (
                time,
                draw(st.booleans()),
                place % groups if place < groups else draw(st.integers(0, groups - 1)),
                place % strata if place < strata else draw(st.integers(0, strata - 1)),
                draw(st.integers(0, time - 1)),
            )
        )
    return rows


def steps(rows, n_groups=GROUPS):
    """Yield, stratum by stratum, the at risk and dead of each group at each event time."""
    for stratum in sorted({row[3] for row in rows}):
        own = [row for row in rows if row[3] == stratum]
        yield [
            (
                [sum(r[4] < day <= r[0] and r[2] == g for r in own) for g in range(n_groups)],
                [sum(r[0] == day and r[1] and r[2] == g for r in own) for g in range(n_groups)],
            )
            for day in sorted({row[0] for row in own if row[1]})
        ]


def weight_of(weights, before, peto, n):
    """Weight of a time, from the curves: Kaplan-Meier before it and Peto's including it."""
    if isinstance(weights, str):
        return {
            "logrank": 1,
            "gehan": n,
            "tarone-ware": math.sqrt(n),
            "peto-peto": peto,
            "modified-peto-peto": peto * Fraction(n, n + 1),
        }[weights]
    rho, gamma = weights
    return before**rho * (1 - before) ** gamma


def by_counting(rows, weights="logrank", n_groups=GROUPS):
    """Weighted observed and expected events of each group, and the covariance of the excess."""
    observed, expected = [0] * n_groups, [0] * n_groups
    covariance = [[0] * n_groups for _ in range(n_groups)]
    for stratum in steps(rows, n_groups):
        before = peto = Fraction(1)
        for at_risk, dead in stratum:
            n, d = sum(at_risk), sum(dead)
            peto *= 1 - Fraction(d, n + 1)
            w = weight_of(weights, before, peto, n)
            before *= 1 - Fraction(d, n)
            for g in range(n_groups):
                observed[g] += w * dead[g]
                expected[g] += w * Fraction(d * at_risk[g], n)
                for h in range(n_groups):
                    same = Fraction(int(g == h)) - Fraction(at_risk[h], n)
                    spread = Fraction(d * (n - d), max(n - 1, 1)) * Fraction(at_risk[g], n) * same
                    covariance[g][h] += w * w * spread
    return observed, expected, covariance


def rank_of(matrix):
    """Rank by elimination in fractions."""
    rows, rank = [list(row) for row in matrix], 0
    for column in range(len(rows)):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            factor = Fraction(rows[r][column]) / rows[rank][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


def floats(values):
    return np.array(values, dtype=float)


def columns(rows):
    time, event, group, stratum, entry = (list(column) for column in zip(*rows, strict=True))
    return (time, event, group), {"stratum": stratum, "entry": entry}


@FEW
@given(patients(), st.sampled_from(WEIGHTS))
def test_weighted_stratified_test_with_late_entry(rows, weights):
    data, beside = columns(rows)
    test = logrank_test(*data, **beside, weights=weights)
    observed, expected, covariance = by_counting(rows, weights)
    np.testing.assert_allclose(test.observed, floats(observed), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(test.expected, floats(expected), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(test.covariance, floats(covariance), rtol=1e-11, atol=1e-12)
    rational = weights not in ("tarone-ware", (0.5, 0.5))
    if rational:
        assert test.df == rank_of(covariance)
    if test.df:
        excess = floats(observed) - floats(expected)
        inverse = np.linalg.pinv(floats(covariance), rcond=1e-9, hermitian=True)
        assert test.statistic == pytest.approx(excess @ inverse @ excess, rel=1e-8, abs=1e-10)


@FEW
@given(patients(groups=2, strata=2), st.sampled_from(WEIGHTS))
def test_two_groups(rows, weights):
    data, beside = columns(rows)
    test = logrank_test(*data, **beside, weights=weights)
    observed, expected, covariance = by_counting(rows, weights, n_groups=2)
    if not covariance[1][1]:
        assert (test.z, test.p_value) == (None, None)
        return
    z = float(observed[1] - expected[1]) / math.sqrt(covariance[1][1])
    assert test.z == pytest.approx(z, rel=1e-10, abs=1e-12)
    assert test.p_value == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), rel=1e-9)


@FEW
@given(
    patients(),
    st.sampled_from(WEIGHTS),
    st.lists(st.integers(-3, 3), min_size=3, max_size=3).filter(lambda s: len(set(s)) > 1),
)
def test_trend(rows, weights, scores):
    data, beside = columns(rows)
    test = logrank_trend_test(*data, **beside, weights=weights, scores=scores)
    observed, expected, covariance = by_counting(rows, weights)
    excess = sum(s * (o - e) for s, o, e in zip(scores, observed, expected, strict=True))
    variance = sum(
        s * t * covariance[g][h] for g, s in enumerate(scores) for h, t in enumerate(scores)
    )
    if float(variance) < 1e-12:
        assert test.statistic is None or weights in ("tarone-ware", (0.5, 0.5))
    else:
        assert test.z == pytest.approx(float(excess) / math.sqrt(variance), rel=1e-9, abs=1e-10)


@FEW
@given(patients(), st.sampled_from(WEIGHTS))
def test_every_pair_is_the_test_of_its_patients(rows, weights):
    data, beside = columns(rows)
    tests = pairwise_logrank_test(*data, **beside, weights=weights)
    for pair in tests.pairs:
        codes = {pair.first: 0, pair.second: 1}
        own = [(r[0], r[1], codes[r[2]], r[3], r[4]) for r in rows if r[2] in codes]
        observed, expected, covariance = by_counting(own, weights, n_groups=2)
        if covariance[1][1]:
            z = float(observed[1] - expected[1]) / math.sqrt(covariance[1][1])
            assert pair.test.z == pytest.approx(z, rel=1e-10, abs=1e-12)
        else:
            assert pair.test.p_value is None


@FEW
@given(patients())
def test_tables_are_a_direct_count(rows):
    (time, event, group), beside = columns(rows)
    stratum = np.array(beside["stratum"])
    tables = event_tables(
        np.array(time, dtype=float), np.array(event), np.array(group), n_groups=GROUPS,
        entry=np.array(beside["entry"], dtype=float), stratum=stratum,
    )  # fmt: skip
    for table, counted in zip(tables, steps(rows), strict=True):
        with_event = table.died.any(axis=0)
        assert table.at_risk[:, with_event].T.tolist() == [at_risk for at_risk, _ in counted]
        assert table.died[:, with_event].T.tolist() == [dead for _, dead in counted]
    members = [own.tolist() for own in stratum_members(stratum)]
    assert members == [[i for i, s in enumerate(stratum) if s == code] for code in range(3)]


@FEW
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12),
    st.sampled_from(WEIGHTS),
)
def test_weights_follow_the_curves_step_by_step(counts, weights):
    left, at_risk, deaths = 0, [], []
    for died, censored in reversed(counts):
        left += max(died + censored, 1)
        at_risk.insert(0, left)
        deaths.insert(0, died)
    before = peto = Fraction(1)
    by_steps = []
    for n, d in zip(at_risk, deaths, strict=True):
        peto *= 1 - Fraction(d, n + 1)
        by_steps.append(float(weight_of(weights, before, peto, n)))
        before *= 1 - Fraction(d, n)
    found = logrank_weights(np.array(deaths), np.array(at_risk), as_logrank_weights(weights))
    np.testing.assert_allclose(found, by_steps, rtol=1e-12, atol=1e-12)


@FEW
@given(patients(), st.sampled_from(WEIGHTS), st.booleans())
def test_scores_are_the_event_less_the_hazard_so_far(rows, weights, whole):
    rows = [(*row[:4], -1) for row in rows]
    (time, event, _), beside = columns(rows)
    scores = logrank_scores(
        np.array(time, dtype=float), np.array(event), stratum=np.array(beside["stratum"]),
        weights=as_logrank_weights(weights), whole=whole,
    )  # fmt: skip
    for place, (own_time, own_event, _, own_stratum, _) in enumerate(rows):
        own = [row for row in rows if row[3] == own_stratum]
        before = peto = Fraction(1)
        by_hand = 0
        for day in sorted({row[0] for row in own if row[1] and row[0] <= own_time}):
            n = sum(row[0] >= day for row in own)
            d = sum(row[0] == day and row[1] for row in own)
            peto *= 1 - Fraction(d, n + 1)
            w = weight_of(weights, before, peto, n)
            before *= 1 - Fraction(d, n)
            by_hand += w * ((day == own_time and own_event) - Fraction(d, n))
        if whole and weights in ("logrank", "gehan"):
            assert Fraction(int(scores.value[place]), scores.unit) == by_hand
        else:
            found = scores.value[place] / scores.unit
            assert found == pytest.approx(float(by_hand), rel=1e-11, abs=1e-12)
