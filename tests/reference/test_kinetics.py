"""Cellular kinetics against formulas of our own in R 4.2.2 (numbers in kinetics.json)."""

import numpy as np

from autallo.stats.kinetics.curve import BelowLimitRules, area_under_curve
from autallo.stats.kinetics.expansion_model import expansion_model
from autallo.stats.kinetics.geometric import geometric_mean
from autallo.stats.kinetics.parameters import cellular_kinetics
from autallo.stats.kinetics.series import kinetic_series
from reference.golden import cases_of, each


def cases(*functions):
    return each(cases_of("kinetics", *functions))


def series_of(case):
    given = case["args"]
    series = kinetic_series(given["day"], given["value"], limit=given["limit"])
    return series, {"method": given["method"], "rules": BelowLimitRules(**given["rules"])}


@cases("cellular_kinetics")
def test_parameters_of_a_series(case):
    series, options = series_of(case)
    kinetics = cellular_kinetics(series, **options, until=case["args"]["until"])
    for name, expected in case["expected"].items():
        found = getattr(kinetics, name)
        if expected is None:
            assert found.estimate is None, name
            assert found.reason is not None, name
        else:
            np.testing.assert_allclose(found.estimate, expected, rtol=case["rtol"], err_msg=name)


@cases("area_under_curve")
def test_areas_of_windows(case):
    series, options = series_of(case)
    for window, expected in zip(case["args"]["windows"], case["expected"]["area"], strict=True):
        area = area_under_curve(series, **options, window=tuple(window))
        if expected is None:
            assert area.estimate is None
        else:
            np.testing.assert_allclose(area.estimate, expected, rtol=case["rtol"])


@cases("expansion_model")
def test_model(case):
    given, expected = case["args"], case["expected"]
    model = expansion_model(given["day"], **given["parameters"], until=given["until"])
    half_lives = [model.doubling_time, model.contraction_half_life, model.persistence_half_life]
    np.testing.assert_allclose(model.value, expected["value"], rtol=case["rtol"])
    np.testing.assert_allclose(model.auc, expected["auc"], rtol=case["rtol"])
    np.testing.assert_allclose(half_lives, expected["half_lives"], rtol=case["rtol"])


@cases("geometric_mean")
def test_geometric_mean_as_t_test_of_the_logarithms(case):
    found, expected = geometric_mean(**case["args"]), case["expected"]
    np.testing.assert_allclose(found.estimate, expected["estimate"], rtol=case["rtol"])
    np.testing.assert_allclose([found.low, found.high], expected["interval"], rtol=case["rtol"])
    variation = expected["coefficient_of_variation"]
    np.testing.assert_allclose(found.coefficient_of_variation, variation, rtol=case["rtol"])
