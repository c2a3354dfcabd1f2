"""The curve fitted to one patient: levels made by hand from parameters give these back."""

from math import exp, log

import pytest

from autallo.stats.kinetics.expansion_fit import expansion_fit
from autallo.stats.kinetics.series import kinetic_series

DAYS = [1, 3, 5, 7, 8, 10, 12, 14, 17, 21, 28, 42, 60, 90, 120, 180, 270, 365]


def level(day, *, tmax, cmax, fold, memory, alpha, beta):
    """The two pieces of the curve, written out."""
    if day < tmax:
        return cmax / fold * exp(log(fold) / tmax * day)
    after = day - tmax
    return cmax * ((1 - memory) * exp(-alpha * after) + memory * exp(-beta * after))


#: The typical patient of the model, and one with a late, low peak that declines quickly.
TYPICAL = {"tmax": 9.3, "cmax": 24_000, "fold": 3900, "memory": 0.0079, "alpha": 0.16,
           "beta": 0.0032}  # fmt: skip
LATE = {"tmax": 15.5, "cmax": 900, "fold": 64, "memory": 0.05, "alpha": 0.4, "beta": 0.01}


@pytest.mark.parametrize("wanted", [TYPICAL, LATE], ids=["typical", "late"])
def test_levels_without_error_give_their_parameters_back(wanted):
    fit = expansion_fit(kinetic_series(DAYS, [level(day, **wanted) for day in DAYS]))
    close = {"rel": 1e-6}
    assert fit.tmax == pytest.approx(wanted["tmax"], **close)
    assert fit.cmax == pytest.approx(wanted["cmax"], **close)
    assert fit.fold_expansion == pytest.approx(wanted["fold"], **close)
    assert fit.memory_share == pytest.approx(wanted["memory"], **close)
    assert fit.alpha == pytest.approx(wanted["alpha"], **close)
    assert fit.beta == pytest.approx(wanted["beta"], **close)
    assert fit.squares == pytest.approx(0, abs=1e-12)
    assert (fit.reason, fit.samples, fit.flags) == (None, 18, ())


def test_the_doubling_time_of_the_late_patient():
    # 64 is six doublings, in 15.5 days
    fit = expansion_fit(kinetic_series(DAYS, [level(day, **LATE) for day in DAYS]))
    assert fit.doubling_time == pytest.approx(15.5 / 6, rel=1e-6)


def test_one_level_doubled_and_its_twin_halved_leave_two_squared_logarithms():
    # two samples of (nearly) one time, after the peak, a factor of 2 above and below the curve:
    # no curve is nearer than their middle, so each misses by ln 2, and 20 samples less 6 remain
    days = [*DAYS, 50, 50.001]
    values = [level(day, **TYPICAL) for day in DAYS]
    values += [2 * level(50, **TYPICAL), level(50.001, **TYPICAL) / 2]
    fit = expansion_fit(kinetic_series(days, values))
    assert fit.squares == pytest.approx(2 * log(2) ** 2, rel=1e-5)
    assert fit.residual == pytest.approx((2 * log(2) ** 2 / 14) ** 0.5, rel=1e-5)
    assert fit.tmax == pytest.approx(9.3, rel=1e-3)


def test_five_samples_are_too_few_and_six_leave_no_residual():
    values = [level(day, **TYPICAL) for day in DAYS]
    five = expansion_fit(kinetic_series(DAYS[:5], values[:5]))
    assert (five.reason, five.samples, five.tmax) == ("too_few_samples", 5, None)
    places = (1, 3, 5, 7, 10, 13)
    six = expansion_fit(kinetic_series([DAYS[i] for i in places], [values[i] for i in places]))
    assert (six.residual, "as_many_parameters" in six.flags) == (None, True)


def test_samples_below_the_limit_and_before_the_infusion_are_not_used():
    values = [level(day, **TYPICAL) for day in DAYS]
    plain = expansion_fit(kinetic_series(DAYS, values))
    more = expansion_fit(
        kinetic_series([-1, 0, *DAYS, 400], [0, 0, *values, 10], limit=[20, 20, *[1] * 18, 20])
    )
    assert more == plain


def test_without_a_sample_before_the_peak_there_is_no_rise():
    days = [30, 35, 40, 50, 60, 90, 120, 180]
    fit = expansion_fit(kinetic_series(days, [level(day, **TYPICAL) for day in days]))
    assert (fit.fold_expansion, fit.doubling_time) == (None, None)
    assert "no_rise" in fit.flags


def test_a_series_that_ends_early_is_flagged():
    days = DAYS[:11]
    fit = expansion_fit(kinetic_series(days, [level(day, **TYPICAL) for day in days]))
    assert "no_late_sample" in fit.flags


@pytest.mark.parametrize("more", [1, 2])
def test_the_residual_divides_by_the_samples_less_six(more):
    # as above, the pair of samples once or twice: 2 ln(2)^2 each, over 14 or 16
    days, values = list(DAYS), [level(day, **TYPICAL) for day in DAYS]
    for day in (50, 150)[:more]:
        days += [day, day + 0.001]
        values += [2 * level(day, **TYPICAL), level(day + 0.001, **TYPICAL) / 2]
    fit = expansion_fit(kinetic_series(days, values))
    assert fit.residual**2 * (12 + 2 * more) == pytest.approx(more * 2 * log(2) ** 2, rel=1e-4)
