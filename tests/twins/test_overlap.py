"""Overlap in fractions, patient by patient."""

from fractions import Fraction

import numpy as np
import pytest

from autallo.stats.confounding.overlap import assess_overlap


def counted(treated, hundredths):
    """Range, patients outside it, effective sizes and largest shares, exactly."""
    groups = [[s for s, t in zip(hundredths, treated, strict=True) if t == arm] for arm in (0, 1)]
    low, high = max(map(min, groups)), min(map(max, groups))
    outside = [sum(not low <= s <= high for s in group) for group in groups]
    effective, share = [], []
    for arm, group in enumerate(groups):
        weight = [Fraction(100 - s if arm else s, 100) for s in group]
        total = sum(weight)
        effective.append(total**2 / sum(w * w for w in weight) if total else Fraction(0))
        share.append(max(weight) / total if total else Fraction(0))
    return low, high, outside, effective, share


@pytest.mark.parametrize("seed", range(60))
def test_everything_counted_exactly(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 40))
    treated = np.concatenate([[0, 1], rng.integers(0, 2, n - 2)])
    spread = int(rng.integers(1, 101))
    hundredths = np.minimum(rng.integers(0, spread, n) + 30 * treated * (seed % 3), 100).tolist()
    low, high, outside, effective, share = counted(treated, hundredths)
    found = assess_overlap(treated, [value / 100 for value in hundredths])
    if low > high:
        assert (found.low, found.high) == (None, None)
        assert any("No score is covered by both" in reason for reason in found.reasons)
    else:
        assert (found.low, found.high) == (low / 100, high / 100)
        assert found.outside.tolist() == outside
    np.testing.assert_allclose(
        found.effective_sample_size, [float(e) for e in effective], rtol=1e-12
    )
    np.testing.assert_allclose(found.largest_share, [float(s) for s in share], rtol=1e-12)
