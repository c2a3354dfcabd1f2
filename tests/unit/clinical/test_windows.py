from math import sqrt

import pytest

from autallo.clinical.windows import (
    LimitValue,
    MarkerSample,
    best_in_window,
    convert_limit_value,
    convert_to_fold_change,
)
from autallo.errors import ArgumentError


def series(*pairs):
    return [MarkerSample(day=day, value=value) for day, value in pairs]


def test_baseline_is_the_last_value_before_lymphodepletion():
    samples = series((-15, 1), (-14, 2), (-6, 3), (-5, 4), (-4, 5), (0, 6))
    assert best_in_window(samples, "baseline", lymphodepletion_start=-5).value == 3
    assert best_in_window(samples, "baseline", lymphodepletion_start=-6).value == 2
    assert best_in_window(samples[:1], "baseline", lymphodepletion_start=-5).value is None


@pytest.mark.parametrize(("before", "value"), [(True, 9), (False, 3), (None, 3)])
def test_the_first_day_of_lymphodepletion_counts_only_before_its_first_dose(before, value):
    samples = [*series((-6, 3)), MarkerSample(day=-5, value=9, before_first_dose=before)]
    assert best_in_window(samples, "baseline", lymphodepletion_start=-5).value == value


def test_no_baseline_where_the_start_is_not_known():
    found = best_in_window(series((-6, 3)), "baseline")
    assert (found.value, found.flags) == (None, ("LD_START_UNKNOWN",))


def test_day_0_is_the_last_of_the_day_before_and_the_day():
    assert best_in_window(series((-2, 1), (-1, 2), (1, 4)), "day0").value == 2
    assert best_in_window(series((-1, 2), (0, 3), (1, 4)), "day0").value == 3
    assert best_in_window(series((-2, 1), (1, 4)), "day0").value is None


def test_a_peak_is_the_highest_the_first_of_several():
    samples = series((-1, 99), (0, 5), (3, 40), (7, 40), (14, 8), (28, 50), (29, 90))
    assert (found := best_in_window(samples, "peak14")).value == 40
    assert (found.day, found.samples, found.flags) == (3, 4, ())
    assert best_in_window(samples, "peak28").value == 50


def test_a_peak_of_few_samples_is_told():
    assert best_in_window(series((0, 5), (3, 9), (7, 4)), "peak28").flags == ("FEW_SAMPLES",)
    assert best_in_window(series((1, 5), (3, 9), (14, 4)), "peak28").flags == ()
    assert best_in_window([], "peak28").flags == ("FEW_SAMPLES",)


def test_values_beyond_the_limits_of_an_assay():
    assert convert_limit_value(2.0, "below") == LimitValue(2 / sqrt(2), ("LEFT_CENSORED",))
    assert convert_limit_value(2.0, "below", half=True).value == 1.0
    assert convert_limit_value(40_000, "above") == LimitValue(40_000.0, ("RIGHT_CENSORED",))
    assert convert_limit_value(7, None) == LimitValue(7.0)
    samples = [*series((1, 5), (3, 9)), MarkerSample(day=5, value=40_000, beyond="above")]
    assert best_in_window(samples, "peak28").flags == ("RIGHT_CENSORED",)


def test_fold_change():
    assert convert_to_fold_change(200, 5000) == 25
    assert convert_to_fold_change(0, 5000) is None
    assert convert_to_fold_change(None, 5000) is None
    assert convert_to_fold_change(200, None) is None


def test_refusals():
    with pytest.raises(ArgumentError, match="window"):
        best_in_window([], "peak7")
    with pytest.raises(ArgumentError, match="at least 0"):
        best_in_window(series((1, -1)), "peak28")
    with pytest.raises(ArgumentError, match="beyond"):
        convert_limit_value(1, "under")
    with pytest.raises(ArgumentError, match="at least 0"):
        convert_to_fold_change(-1, 2)
