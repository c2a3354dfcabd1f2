"""What the intervals of a difference and a ratio obey for any table, and how often they cover."""

from itertools import pairwise
from math import comb, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.proportions.difference_score import difference_score
from autallo.stats.proportions.risks import risk_difference, risk_ratio

QUICK = ("miettinen-nurminen", "mee", "newcombe")
EXACT = ("chan-zhang", "agresti-min")
RATIOS = ("miettinen-nurminen", "koopman")


def rows(largest):
    row = st.tuples(st.integers(0, largest), st.integers(0, largest)).filter(any).map(list)
    return st.tuples(row, row).map(list)


tables = st.one_of(rows(20), rows(10**6))
small_tables = rows(4)


def close(first, second):
    """Equal to 1e-9: two searches, each to rounding, on sides whose rounding differs."""
    return first == second or first == pytest.approx(second, rel=1e-9, abs=1e-12)


@given(tables, st.sampled_from(QUICK))
def test_swapping_the_groups_changes_the_signs(table, method):
    """MR-5."""
    found, swapped = (risk_difference(t, method=method) for t in (table, table[::-1]))
    assert found.estimate == -swapped.estimate
    assert close(found.low, -swapped.high)
    assert close(found.high, -swapped.low)


@given(tables, st.sampled_from(QUICK))
def test_counting_the_patients_without_the_event_changes_the_signs(table, method):
    other = risk_difference([row[::-1] for row in table], method=method)
    found = risk_difference(table, method=method)
    assert close(found.low, -other.high)
    assert close(found.high, -other.low)


@given(tables, st.sampled_from(QUICK))
def test_a_difference_lies_in_its_interval_and_a_higher_level_is_wider(table, method):
    """MR-31, MR-32; no interval without a width."""
    narrow = risk_difference(table, level=0.8, method=method)
    wide = risk_difference(table, level=0.99, method=method)
    ordered = [-1, wide.low, narrow.low, narrow.estimate, narrow.high, wide.high, 1]
    assert all(first <= second + 1e-12 for first, second in pairwise(ordered))
    assert wide.high - wide.low > narrow.high - narrow.low > 0


@given(tables)
def test_miettinen_nurminen_is_wider_than_mee(table):
    narrow, wide = (risk_difference(table, method=m) for m in ("mee", "miettinen-nurminen"))
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.integers(0, 40)] * 3), st.floats(-0.999, 0.999))
def test_a_table_and_its_mirror_image_have_one_score(numbers, difference):
    """Groups of one size, groups and outcomes exchanged: the exact limits take both as one."""
    x, y, more = numbers
    size = max(x, y) + more or 1
    score = difference_score((x, size - x, y, size - y), difference)
    assert close(score, difference_score((size - y, y, size - x, x), difference))


@settings(max_examples=8, deadline=None)
@given(small_tables, st.sampled_from(EXACT))
def test_exact_intervals_obey_the_same(table, method):
    """MR-5, MR-31, MR-32, to the 1e-10 of the search."""
    found, swapped = (risk_difference(t, method=method) for t in (table, table[::-1]))
    assert [found.low, found.high] == pytest.approx([-swapped.high, -swapped.low], abs=1e-9)
    narrow = risk_difference(table, level=0.8, method=method)
    assert -1 <= found.low <= narrow.low < narrow.high <= found.high <= 1
    assert narrow.low <= narrow.estimate <= narrow.high


@given(tables, st.sampled_from(RATIOS))
def test_swapping_the_groups_inverts_the_ratio(table, method):
    """MR-40."""
    found, swapped = (risk_ratio(t, method=method) for t in (table, table[::-1]))
    assert close(found.low, inf if swapped.high == 0 else 1 / swapped.high)
    assert close(found.high, inf if swapped.low == 0 else 1 / swapped.low)
    if found.estimate is None:
        assert swapped.estimate is None
    else:
        assert close(found.estimate, 1 / swapped.estimate if swapped.estimate else inf)


@given(tables, st.sampled_from(RATIOS))
def test_a_ratio_lies_in_its_interval_and_a_higher_level_is_wider(table, method):
    narrow = risk_ratio(table, level=0.8, method=method)
    wide = risk_ratio(table, level=0.99, method=method)
    slack = 1 + 1e-12
    assert wide.low <= narrow.low * slack <= narrow.high * slack <= wide.high * slack * slack
    assert narrow.low < narrow.high
    if narrow.estimate is not None:
        assert narrow.low <= narrow.estimate * slack <= narrow.high * slack * slack


@given(rows(10**6).filter(lambda table: table[0][0] > 0 and table[1][0] > 0))
def test_a_ratio_and_a_difference_leave_out_equality_together(table):
    """MR-49: at a ratio of 1 and a difference of 0 both scores are the pooled z."""
    difference, ratio = risk_difference(table), risk_ratio(table)
    if abs(difference.low) > 1e-9:
        assert (difference.low > 0) == (ratio.low > 1)
    if abs(difference.high) > 1e-9:
        assert (difference.high < 0) == (ratio.high < 1)


def test_large_groups_come_near_the_large_sample_form():
    """Half a million against half a million: Wald and Katz to a share of 1e-4 of the width."""
    table = [[300_000, 200_000], [100_000, 400_000]]
    wald = 1.959964 * (0.6 * 0.4 / 500_000 + 0.2 * 0.8 / 500_000) ** 0.5
    for method in QUICK:
        found = risk_difference(table, method=method)
        assert found.high - found.low == pytest.approx(2 * wald, rel=1e-4)
        assert (found.low + found.high) / 2 == pytest.approx(0.4, abs=1e-5)
    katz = risk_ratio(table, method="katz")
    for method in RATIOS:
        found = risk_ratio(table, method=method)
        assert found.high / found.low == pytest.approx(katz.high / katz.low, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 8), st.integers(1, 8), st.floats(-0.999, 0.999))
def test_scores_rise_with_the_first_group_and_fall_with_the_second(size, other_size, difference):
    """The exact intervals take the extreme tables to end at a stair."""
    score = np.array(
        [
            [
                difference_score((x, size - x, y, other_size - y), difference)
                for y in range(other_size + 1)
            ]
            for x in range(size + 1)
        ]
    )
    assert (np.diff(score, axis=0) >= -1e-9).all()
    assert (np.diff(score, axis=1) <= 1e-9).all()


@given(rows(30), st.lists(st.floats(-0.999, 0.999), min_size=2, max_size=8))
def test_a_score_falls_with_the_difference(table, differences):
    """The exact intervals reject whole steps of differences at once."""
    counts = (*table[0], *table[1])
    scores = [difference_score(counts, difference) for difference in sorted(differences)]
    assert all(later <= score + 1e-9 for score, later in pairwise(scores))


def coverage(n, m, method, *, level=0.95):
    """Return the chance that the interval holds the difference, for many pairs of risks.

    They are a grid, and risks whose difference is 1e-9 outside of a limit, where it is least.
    """
    cells = [(x, y) for x in range(n + 1) for y in range(m + 1)]
    found = [
        risk_difference([[x, n - x], [y, m - y]], level=level, method=method) for x, y in cells
    ]
    low, high = (np.array([getattr(f, side) for f in found]) for side in ("low", "high"))
    ends = np.concatenate([low - 1e-9, high + 1e-9, np.linspace(-1, 1, 41)])
    difference = ends[(ends >= -1) & (ends <= 1)][:, None]
    share = np.linspace(0, 1, 41)
    second = np.maximum(0, -difference) + share * (1 - np.abs(difference))
    first = np.clip(second + difference, 0, 1)
    inside = (low <= difference + 1e-12) & (difference - 1e-12 <= high)
    chance = chances(n, first)[..., [x for x, _ in cells]]
    chance *= chances(m, np.clip(second, 0, 1))[..., [y for _, y in cells]]
    return (chance * inside[:, None]).sum(axis=-1)


def chances(n, risk):
    events = np.arange(n + 1)
    ways = np.array([comb(n, k) for k in events.tolist()])
    return ways * risk[..., None] ** events * (1 - risk[..., None]) ** (n - events)


@pytest.mark.parametrize("method", EXACT)
@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 4), (2, 3), (5, 3)])
def test_exact_intervals_cover_at_every_pair_of_risks(n, m, method):
    assert coverage(n, m, method).min() >= 0.95 - 1e-7  # differences stand 1e-9 off a limit


def test_approximate_intervals_cover_on_the_average():
    """10 v 10: about the level on the average, and below it at some risks."""
    for method in QUICK:
        covered = coverage(10, 10, method)
        assert 0.945 < covered[-41:].mean() < 0.965  # the grid only
        assert 0.83 < covered.min() < 0.85
