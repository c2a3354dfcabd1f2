"""Laws of the fitted curve."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.kinetics.expansion_fit import expansion_fit
from autallo.stats.kinetics.expansion_model import expansion_model
from autallo.stats.kinetics.series import kinetic_series

DAYS = [2, 5, 8, 11, 14, 21, 28, 60, 90, 180]
truths = st.fixed_dictionaries(
    {
        "fold_expansion": st.floats(10, 5000),
        "tmax": st.floats(6, 20),
        "cmax": st.floats(500, 50_000),
        "memory_share": st.floats(0.005, 0.3),
        "alpha": st.floats(0.1, 0.5),
        "beta": st.floats(0.001, 0.02),
    }
)
errors = st.lists(st.floats(-0.7, 0.7), min_size=len(DAYS), max_size=len(DAYS))


@settings(max_examples=10)
@given(truth=truths, error=errors)
def test_no_nearer_curve_is_the_true_one_and_parameters_keep_their_bounds(truth, error):
    levels = expansion_model(DAYS, **truth).value * np.exp(error)
    fit = expansion_fit(kinetic_series(DAYS, levels))
    assert fit.squares <= sum(one * one for one in error) * (1 + 1e-6) + 1e-9
    assert 3 <= fit.tmax <= 30
    assert 0 < fit.beta < fit.alpha
    assert 0 < fit.memory_share < 1
    if fit.fold_expansion is not None:
        assert log(fit.fold_expansion) == pytest.approx(log(2) * fit.tmax / fit.doubling_time)


@settings(max_examples=5)
@given(truth=truths, error=errors, factor=st.floats(0.01, 100), seed=st.randoms())
def test_a_change_of_unit_or_order_changes_only_the_level(truth, error, factor, seed):
    levels = expansion_model(DAYS, **truth).value * np.exp(error)
    fit = expansion_fit(kinetic_series(DAYS, levels))
    pairs = list(zip(DAYS, levels * factor, strict=True))
    seed.shuffle(pairs)
    other = expansion_fit(kinetic_series(*zip(*pairs, strict=True)))
    # loose: on a ridge the search may end at another point that is as near
    assert other.squares == pytest.approx(fit.squares, rel=1e-2, abs=1e-6)
    assert other.samples == fit.samples
