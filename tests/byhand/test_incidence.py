"""Cumulative incidence of four to ten patients, worked out in fractions."""

from math import exp, pi, sin

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.incidence.aalen_johansen import cumulative_incidence, incidence_at
from autallo.stats.survival.kaplan_meier import kaplan_meier, survival_at

# Four patients: cause 1 at 1, cause 2 and a censoring at 2, cause 1 at 3.
#   t  Y  S(t-)  S(t)   F1(t)                F2(t)
#   1  4   1     3/4    0 + 1 x 1/4 = 1/4    0
#   2  3  3/4    1/2    1/4                  3/4 x 1/3 = 1/4
#   3  1  1/2     0     1/4 + 1/2 = 3/4      1/4
FOUR = ([1, 2, 2, 3], [1, 2, 0, 1])

#: Quantile of the standard normal distribution for 80%.
Z = 1.2815515655446004


def test_estimate_of_four_patients():
    fit = cumulative_incidence(*FOUR, n_causes=2)
    assert fit.time.tolist() == [1, 2, 3]
    assert fit.at_risk.tolist() == [4, 3, 1]
    assert fit.events.tolist() == [[1, 0], [0, 1], [1, 0]]
    np.testing.assert_allclose(fit.event_free, [3 / 4, 1 / 2, 0], rtol=1e-15)
    np.testing.assert_allclose(fit.incidence, [[1 / 4, 0], [1 / 4, 1 / 4], [3 / 4, 1 / 4]])


def test_delta_variance_of_four_patients():
    """One multinomial draw per time: S(s-)^2 / Y x variance of the risk ahead.

    F1 at 3.  s = 1: the event ends at 1 (share 1/4), the others have 2/3 ahead (share 3/4);
              variance 1/4 + 1/3 - (3/4)^2 = 1/48; times 1/4 = 1/192.
              s = 2: the death ends at 0 (1/3), the others have 1 ahead (2/3); variance 2/9;
              times (9/16) / 3 = 1/24.  s = 3: certain, 0.   1/192 + 8/192 = 3/64.
    F2 at 2.  s = 1: 0 (1/4), 1/3 ahead (3/4); 1/12 - 1/16 = 1/48; times 1/4 = 1/192.
              s = 2: 1 (1/3), 0 ahead (2/3); 2/9 x 3/16 = 1/24.   3/64.
    F1 at 1 and 2: 1/4 x 3/4 / 4 = 3/64.
    """
    fit = cumulative_incidence(*FOUR, n_causes=2)
    expected = [[3 / 64, 0], [3 / 64, 3 / 64], [3 / 64, 3 / 64]]
    np.testing.assert_allclose(fit.std_error**2, expected, rtol=1e-12)


def test_cmprsk_variance_of_four_patients():
    """Causes independent: S(s-)^2 d / Y^2 x (own cause - risk ahead)^2.

    F1 at 1: 1/16.  F2 at 2: s = 1: 1/16 x (1/3)^2 = 1/144; s = 2: (9/16) / 9 = 1/16; 10/144.
    F1 at 3: s = 1: 1/16 x (1 - 2/3)^2 = 1/144; s = 2: 1/16 x (0 - 1)^2 = 9/144;
             s = 3: (1/4) / 1 x 1 = 36/144; 46/144.
    """
    fit = cumulative_incidence(*FOUR, n_causes=2, variance="cmprsk")
    assert fit.std_error[0, 0] ** 2 == pytest.approx(1 / 16, rel=1e-12)
    assert fit.std_error[1, 1] ** 2 == pytest.approx(10 / 144, rel=1e-12)
    assert fit.std_error[2, 0] ** 2 == pytest.approx(46 / 144, rel=1e-12)


def test_limits_of_four_patients_on_both_scales():
    """At 1, F1 = 1/4 and se = sqrt(3)/8; z for 95% is 1.959963984540054."""
    z, error = 1.959963984540054, 3**0.5 / 8
    curved = cumulative_incidence(*FOUR, n_causes=2)
    power = np.exp(z * error / (0.25 * np.log(4)))
    assert curved.low[0, 0] == pytest.approx(0.25**power, rel=1e-12)
    assert curved.high[0, 0] == pytest.approx(0.25 ** (1 / power), rel=1e-12)
    plain = cumulative_incidence(*FOUR, n_causes=2, interval="plain")
    assert plain.low[0, 0] == 0
    assert plain.high[0, 0] == pytest.approx(0.25 + z * error, rel=1e-12)
    assert (curved.interval, plain.interval, plain.level) == ("log-log", "plain", 0.95)


@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [
        ("log", 1 / 4 * exp(-Z * 3**0.5 / 2), 1 / 4 * exp(Z * 3**0.5 / 2)),
        ("logit", 1 / (1 + 3 * exp(Z * 2 / 3**0.5)), 1 / (1 + 3 * exp(-Z * 2 / 3**0.5))),
        ("arcsine", sin(pi / 6 - Z / 4) ** 2, sin(pi / 6 + Z / 4) ** 2),
    ],
)
def test_limits_of_four_patients_on_the_other_scales(interval, low, high):
    """At 1, F1 = 1/4 and se = sqrt(3)/8, with level 0.8, quantile Z.

    log: se / F = sqrt(3)/2.  logit: odds 1/3, se / (F (1 - F)) = sqrt(3)/8 x 16/3 = 2/sqrt(3).
    arcsine: arcsin(1/2) = pi/6, se / (2 sqrt(F (1 - F))) = sqrt(3)/8 / (sqrt(3)/2) = 1/4.
    """
    fit = cumulative_incidence(*FOUR, n_causes=2, level=0.8, interval=interval)
    assert fit.low[0, 0] == pytest.approx(low, rel=1e-12)
    assert fit.high[0, 0] == pytest.approx(high, rel=1e-12)
    assert fit.interval == interval


@pytest.mark.parametrize("interval", ["log-log", "log", "logit", "arcsine", "plain"])
def test_w26_limits_are_cut_at_0_and_1_on_every_scale(interval):
    """Two patients, one event of two: 1/2 with se sqrt(1/8), far too wide for 99.9%."""
    fit = cumulative_incidence([1, 2], [1, 0], n_causes=1, level=0.999, interval=interval)
    assert 0 <= fit.low[0, 0] < 0.1
    assert 0.9 < fit.high[0, 0] <= 1
    if interval in ("arcsine", "plain"):
        assert (fit.low[0, 0], fit.high[0, 0]) == (0, 1)


def test_w13_nobody_had_the_event_yet_gives_a_bound_and_never_a_point():
    """With level 0.75 the tail is 1/8. Day 1: three patients, 1 - (1/8)^(1/3) = 1/2. Day 2: one
    at risk and 2/3 event-free before, so 3/2 patients count: 1 - (1/8)^(2/3) = 3/4.
    """
    fit = cumulative_incidence([1, 1, 2], [2, 0, 0], n_causes=2, level=0.75)
    assert fit.incidence[:, 0].tolist() == [0, 0]
    assert fit.low[:, 0].tolist() == [0, 0]
    np.testing.assert_allclose(fit.high[:, 0], [1 / 2, 3 / 4], rtol=1e-12)


def test_without_censoring_the_bound_is_that_of_all_patients_whatever_else_happened():
    """Clopper-Pearson for 0 of 4: the three who had the other event never had this one."""
    fit = cumulative_incidence([1, 2, 3, 4], [2, 2, 2, 2], n_causes=2)
    np.testing.assert_allclose((1 - fit.high[:, 0]) ** 4, 0.025, rtol=1e-12)


@pytest.mark.parametrize("interval", ["log-log", "plain"])
@pytest.mark.parametrize("variance", ["delta", "cmprsk"])
def test_everybody_had_the_event_gives_the_mirrored_bound(interval, variance):
    fit = cumulative_incidence(
        [2, 2, 2], [1, 1, 1], n_causes=2, level=0.75, interval=interval, variance=variance
    )
    assert fit.incidence.tolist() == [[1, 0]]
    np.testing.assert_allclose([fit.low[0, 0], fit.high[0, 0]], [1 / 2, 1], rtol=1e-12)
    np.testing.assert_allclose([fit.low[0, 1], fit.high[0, 1]], [0, 1 / 2], rtol=1e-12)


def test_the_bound_between_rows_is_that_of_the_patients_still_there():
    """Three of four leave on day 30 without an event; on day 100 one patient bounds the risk."""
    curve = cumulative_incidence([30, 30, 30, 200], [0, 0, 0, 0], n_causes=1, level=0.75)
    point = incidence_at(curve, [10, 30, 100, 300])
    assert point.at_risk.tolist() == [4, 4, 1, 0]
    bounds = [1 - (1 / 8) ** (1 / 4), 1 - (1 / 8) ** (1 / 4), 7 / 8, 7 / 8]
    np.testing.assert_allclose(point.high[:, 0], bounds, rtol=1e-12)
    assert point.beyond.tolist() == [False, False, False, True]


def test_beyond_follow_up_the_bound_is_that_of_the_last_row():
    """All three leave on day 30: 1 - (1/8)^(1/3) = 1/2, on day 30 and, marked, on day 100."""
    curve = cumulative_incidence([30, 30, 30], [0, 0, 0], n_causes=1, level=0.75)
    point = incidence_at(curve, [30, 100])
    np.testing.assert_allclose(point.high[:, 0], [1 / 2, 1 / 2], rtol=1e-12)
    assert point.beyond.tolist() == [False, True]


def test_an_incidence_near_1_with_a_large_error_says_nothing():
    """2000 patients: one dies at 1, 1997 are lost at 2, the last two relapse at 3 and 4.

    Relapse 1999/2000; by cmprsk the last step alone adds about (1/2)^2 to the variance, so the
    exponent on the log-log scale is near 1.96 x 0.5 x 2000: the limits are 0 and 1.
    """
    curve = cumulative_incidence(
        [1, *[2] * 1997, 3, 4], [2, *[0] * 1997, 1, 1], n_causes=2, variance="cmprsk"
    )
    assert curve.incidence[-1, 0] == pytest.approx(1999 / 2000, rel=1e-12)
    assert curve.std_error[-1, 0] > 0.49
    assert curve.low[-1, 0] == pytest.approx(0, abs=1e-12)
    assert curve.high[-1, 0] == pytest.approx(1, abs=1e-12)


def test_six_responders_relapse_and_death_without_relapse():
    """Six responders after CAR T: death in remission day 141, relapses days 172 and 192.

    Nobody is censored before: each step is 1/6. One minus Kaplan-Meier with the death censored
    would give 1 - (4/5)(3/4) = 0.40 for relapse; that is not the incidence.
    """
    days, cause = [192, 730, 141, 542, 172, 365], [1, 0, 2, 0, 1, 0]
    curve = cumulative_incidence(days, cause, n_causes=2)
    point = incidence_at(curve, [141, 172, 192])
    np.testing.assert_allclose(point.incidence[:, 0], [0, 1 / 6, 1 / 3], rtol=1e-12)
    np.testing.assert_allclose(point.incidence[:, 1], [1 / 6, 1 / 6, 1 / 6], rtol=1e-12)
    assert point.at_risk.tolist() == [6, 5, 4]
    assert point.events.tolist() == [[0, 1], [1, 1], [2, 1]]
    censored = cumulative_incidence(days, [c if c == 1 else 0 for c in cause], n_causes=1)
    assert incidence_at(censored, [192]).incidence[0, 0] == pytest.approx(0.40, rel=1e-12)


def test_w1_tied_causes_are_neither_ordered_nor_jittered():
    """Five at risk at 12, one event of each cause: both steps are 1/5, in any order of rows."""
    time, cause = [12, 12, 20, 20, 20], [1, 2, 0, 0, 0]
    for rows in ([0, 1, 2, 3, 4], [1, 0, 4, 3, 2]):
        fit = cumulative_incidence([time[i] for i in rows], [cause[i] for i in rows], n_causes=2)
        assert fit.incidence[0].tolist() == [1 / 5, 1 / 5]


def test_w2_an_event_at_time_0_counts_and_the_last_row_has_a_variance():
    """Four patients, events at 0 and at the very end of follow-up.

    At 0: 1/4. At 5 two patients are still there, one of them has it: 1/4 + 3/4 x 1/2 = 5/8.
    Variance at 0: 1/4 x 3/4 / 4.
    """
    fit = cumulative_incidence([0, 3, 5, 5], [1, 0, 1, 2], n_causes=2)
    np.testing.assert_allclose(fit.incidence[:, 0], [1 / 4, 1 / 4, 5 / 8], rtol=1e-12)
    assert fit.std_error[0, 0] ** 2 == pytest.approx(3 / 64, rel=1e-12)
    assert np.isfinite([fit.std_error, fit.low, fit.high]).all()
    assert (fit.std_error[-1] > 0).all()
    at_0 = incidence_at(fit, [0])
    assert at_0.incidence[0, 0] == 1 / 4
    assert at_0.at_risk[0] == 4


@pytest.mark.parametrize("cause", [[1, 1, 0, 1], [2, 2, 0, 2]])
def test_w5_one_kind_of_event_only_or_a_code_that_skips(cause):
    """Four at risk, events at 1, 2 and 4: 1/4, 1/2, 1; the other cause stays at 0."""
    fit = cumulative_incidence([1, 2, 3, 4], cause, n_causes=2)
    had = max(cause) - 1
    np.testing.assert_allclose(fit.incidence[:, had], [1 / 4, 1 / 2, 1 / 2, 1], rtol=1e-15)
    assert fit.incidence[:, 1 - had].tolist() == [0, 0, 0, 0]


def test_w8_the_curve_is_right_continuous():
    """At 6 the value includes the event of day 6; just before, it does not."""
    curve = cumulative_incidence([3, 6, 6, 12], [1, 1, 2, 1], n_causes=2)
    point = incidence_at(curve, [5.999, 6, 12])
    np.testing.assert_allclose(point.incidence[:, 0], [1 / 4, 1 / 2, 3 / 4], rtol=1e-12)
    assert point.at_risk.tolist() == [3, 3, 1]


def test_pf6_tied_causes_give_the_same_numbers_again_and_from_lists_and_arrays():
    """Six at risk at 4: two of cause 1, one of cause 2, one censored: 2/6 and 1/6."""
    time, cause = [4, 4, 4, 4, 9, 9], [1, 2, 1, 0, 0, 0]
    for given in (time, tuple(time), np.array(time), np.array(time, dtype=np.float32)):
        fit = cumulative_incidence(given, cause, n_causes=2)
        np.testing.assert_allclose(fit.incidence[0], [2 / 6, 1 / 6], rtol=1e-15)


def test_pf7_no_increment_is_lost_between_the_times_asked_for():
    """Times 1 to 6, causes 0 1 1 2 2 0.

    At 2: 5 at risk, F1 = 1/5. At 3: 4/5 x 1/4, F1 = 2/5. At 4: 3/5 x 1/3, F2 = 1/5. At 5:
    2/5 x 1/2, F2 = 2/5 and there it stays.
    """
    fit = cumulative_incidence([1, 2, 3, 4, 5, 6], [0, 1, 1, 2, 2, 0], n_causes=2)
    np.testing.assert_allclose(fit.incidence[:, 0], [0, 0.2, 0.4, 0.4, 0.4, 0.4], rtol=1e-15)
    np.testing.assert_allclose(fit.incidence[:, 1], [0, 0, 0, 0.2, 0.4, 0.4], rtol=1e-15)
    assert incidence_at(fit, [6]).incidence[0, 1] == pytest.approx(0.4, rel=1e-15)
    np.testing.assert_allclose(incidence_at(fit, [4.5]).incidence, [[0.4, 0.2]], rtol=1e-15)


def test_pf8_before_the_first_event_at_it_and_beyond_the_last_time():
    """Four patients, the first event at 2: 1/4 from then on; the last one leaves at 7."""
    curve = cumulative_incidence([2, 3, 5, 7], [1, 0, 0, 0], n_causes=2)
    point = incidence_at(curve, [0, 1.9, 2, 7, 8])
    assert point.incidence[:, 0].tolist() == [0, 0, 1 / 4, 1 / 4, 1 / 4]
    assert point.at_risk.tolist() == [4, 4, 4, 1, 0]
    assert point.beyond.tolist() == [False, False, False, False, True]


def test_pf27_an_event_and_a_censoring_tied_at_the_last_time():
    """The event precedes: at 2, two of three are left, one of them relapses: 2/3 x 1/2."""
    fit = cumulative_incidence([1, 2, 2], [2, 1, 0], n_causes=2)
    np.testing.assert_allclose(fit.incidence, [[0, 1 / 3], [1 / 3, 1 / 3]], rtol=1e-15)
    np.testing.assert_allclose(fit.event_free, [2 / 3, 1 / 3], rtol=1e-15)
    assert np.isfinite([fit.std_error, fit.low, fit.high]).all()


# Delayed entry: A enters at 0 and relapses at 2, B enters at 1 and dies at 3, C enters at 2 and is
# lost at 4, D enters at 0 and relapses at 4.
#   t  at risk    S(t-)  S(t)  F1                     F2
#   2  A B D = 3   1     2/3   1/3 (C enters too late)  0
#   3  B C D = 3  2/3    4/9   1/3                    2/3 x 1/3 = 2/9
#   4  C D   = 2  4/9    2/9   1/3 + 4/9 x 1/2 = 5/9  2/9
LATE = {"time": [2, 3, 4, 4], "cause": [1, 2, 0, 1], "entry": [0, 1, 2, 0], "n_causes": 2}


def test_delayed_entry_of_four_patients():
    """Variance of F1 at 2: 1/3 x 2/3 / 3. The bound for F2 at 2, level 0.75: 1 - (1/8)^(1/2).

    Three are at risk at 2, but only two were before the third entered at 1.
    """
    fit = cumulative_incidence(**LATE, level=0.75)
    assert fit.at_risk.tolist() == [3, 3, 2]
    np.testing.assert_allclose(fit.incidence[:, 0], [1 / 3, 1 / 3, 5 / 9], rtol=1e-15)
    np.testing.assert_allclose(fit.incidence[:, 1], [0, 2 / 9, 2 / 9], rtol=1e-15)
    np.testing.assert_allclose(fit.event_free, [2 / 3, 4 / 9, 2 / 9], rtol=1e-15)
    assert fit.std_error[0, 0] ** 2 == pytest.approx(2 / 27, rel=1e-12)
    assert 1 - fit.high[0, 1] == pytest.approx((1 / 8) ** (1 / 2), rel=1e-12)
    assert fit.entry.tolist() == [0, 0, 1, 2]


def test_delayed_entry_numbers_at_risk_between_the_rows():
    """0.5: A D. 1: A D, for B is at risk after 1 only. 1.5: A B D. 2.5: B C D. 4: C D. 5: none."""
    point = incidence_at(cumulative_incidence(**LATE), [0.5, 1, 1.5, 2.5, 4, 5])
    assert point.at_risk.tolist() == [2, 2, 3, 3, 2, 0]


def test_delayed_entry_the_bound_does_not_shrink_with_those_who_come_later():
    """One is followed from the start, four from 2 on; nobody relapses: still 1 - 1/8 at 6."""
    time, cause = [3, 6, 6, 6, 6], [0, 0, 0, 0, 0]
    fit = cumulative_incidence(time, cause, entry=[0, 2, 2, 2, 2], n_causes=1, level=0.75)
    assert fit.at_risk.tolist() == [5, 4]
    np.testing.assert_allclose(fit.high[:, 0], [7 / 8, 7 / 8], rtol=1e-12)
    # nobody is at risk from 3 to 5: what happened then is not known at all
    gap = cumulative_incidence(time, cause, entry=[0, 5, 5, 5, 5], n_causes=1, level=0.75)
    assert gap.at_risk.tolist() == [1, 4]
    np.testing.assert_allclose(gap.high[:, 0], [7 / 8, 1], rtol=1e-12)


def test_delayed_entry_who_comes_late_does_not_vouch_for_the_time_before():
    """Two enter at 0, twenty at 9.9, nobody has the event: 1 - F = sqrt(0.025) from 0 to 12."""
    fit = cumulative_incidence([12.0] * 22, [0] * 22, n_causes=1, entry=[0, 0] + [9.9] * 20)
    assert fit.followed.tolist() == [2]
    read = incidence_at(fit, [0, 5, 9.9, 11, 12, 13])
    np.testing.assert_allclose((1 - read.high[:, 0]) ** 2, [0.025] * 6, rtol=1e-12)
    # the curve of survival on the same patients says the same
    curve = kaplan_meier([12.0] * 22, [0] * 22, entry=[0, 0] + [9.9] * 20)
    low = survival_at(curve, [0, 5, 9.9, 11, 12, 13]).low
    np.testing.assert_allclose(low, 1 - read.high[:, 0], rtol=1e-12)


def test_delayed_entry_the_bound_between_two_rows_is_not_that_of_the_next_exit():
    """Of four one leaves at 2 and two enter at 6: four until 2, then three, of the next row too."""
    fit = cumulative_incidence(
        [2, 9, 9, 9, 9, 9], [0] * 6, n_causes=1, entry=[0, 0, 0, 0, 6, 6], level=0.75
    )
    assert fit.at_risk.tolist() == [4, 5]
    read = incidence_at(fit, [1, 2, 3, 6, 7, 9])
    np.testing.assert_allclose(
        1 - read.high[:, 0], [(1 / 8) ** (1 / n) for n in (4, 4, 3, 3, 3, 3)], rtol=1e-12
    )


@pytest.mark.parametrize("variance", ["delta", "cmprsk"])
def test_delayed_entry_a_first_patient_alone_decides_the_curve(variance):
    """The only one at risk relapses at 1: incidence 1 for good, although two more enter at 2.

    The bounds are those of one patient: 1/8 and 1 for relapse, 0 and 7/8 for death.
    """
    fit = cumulative_incidence(
        [1, 3, 4], [1, 2, 1], entry=[0, 2, 2], n_causes=2, level=0.75, variance=variance
    )
    assert fit.incidence.tolist() == [[1, 0], [1, 0], [1, 0]]
    assert fit.event_free.tolist() == [0, 0, 0]
    np.testing.assert_allclose(fit.low, [[1 / 8, 0]] * 3, rtol=1e-12)
    np.testing.assert_allclose(fit.high, [[1, 7 / 8]] * 3, rtol=1e-12)


def test_weights_of_three_patients():
    """Weights 2, 1, 1; relapse at 1 (weight 2), death at 2, one censored at 3.

    F1 = 2/4. F2 = 1/2 x 1/2 = 1/4, which is the share of the second patient's weight. A share p
    has influence (1 - p) / 4 for who has it, -p / 4 for the others, times the weight:
    F1: (4 x 1/4 + 1/4 + 1/4) / 16 = 3/32. F2: (4 x 1/16 + 9/16 + 1/16) / 16 = 7/128.
    Effective number for F2 at 1: 4^2 / (4 + 1 + 1) = 8/3, level 0.75: 1 - (1/8)^(3/8).
    """
    fit = cumulative_incidence([1, 2, 3], [1, 2, 0], n_causes=2, weight=[2, 1, 1], level=0.75)
    assert fit.at_risk.tolist() == [4, 2, 1]
    assert fit.events.tolist() == [[2, 0], [0, 1], [0, 0]]
    np.testing.assert_allclose(fit.incidence[:2], [[1 / 2, 0], [1 / 2, 1 / 4]], rtol=1e-15)
    assert fit.std_error[0, 0] ** 2 == pytest.approx(3 / 32, rel=1e-12)
    assert fit.std_error[1, 1] ** 2 == pytest.approx(7 / 128, rel=1e-12)
    assert fit.high[0, 1] == pytest.approx(1 - (1 / 8) ** (3 / 8), rel=1e-12)
    assert fit.followed[1] == pytest.approx(8 / 3, rel=1e-12)


def test_a_patient_of_weight_0_is_left_out():
    fit = cumulative_incidence([1, 2, 9], [1, 2, 1], n_causes=2, weight=[1, 1, 0])
    assert fit.time.tolist() == [1, 2]
    np.testing.assert_allclose(fit.incidence[-1], [1 / 2, 1 / 2], rtol=1e-15)


def test_everybody_censored():
    fit = cumulative_incidence([1, 2], [0, 0], n_causes=2, level=0.75)
    assert fit.incidence.tolist() == [[0, 0], [0, 0]]
    assert fit.std_error.tolist() == [[0, 0], [0, 0]]
    assert fit.event_free.tolist() == [1, 1]
    np.testing.assert_allclose(fit.high, [[1 - 8**-0.5] * 2, [7 / 8] * 2], rtol=1e-12)


def test_nobody_censored_gives_shares_of_all():
    """Five patients, causes 1 2 1 2 1: 3/5 and 2/5, with the variance 6/25 / 5 of a share."""
    fit = cumulative_incidence([1, 2, 3, 4, 5], [1, 2, 1, 2, 1], n_causes=2)
    np.testing.assert_allclose(fit.incidence[-1], [3 / 5, 2 / 5], rtol=1e-15)
    np.testing.assert_allclose(fit.std_error[-1] ** 2, [6 / 125, 6 / 125], rtol=1e-12)


def test_all_tied_is_a_multinomial_sample():
    """Ten at one time, 5 of cause 1, 3 of cause 2, 2 censored: 1/2 x 1/2 / 10, 3/10 x 7/10 / 10."""
    fit = cumulative_incidence([7] * 10, [1] * 5 + [2] * 3 + [0] * 2, n_causes=2)
    np.testing.assert_allclose(fit.incidence, [[1 / 2, 3 / 10]], rtol=1e-15)
    np.testing.assert_allclose(fit.std_error**2, [[1 / 40, 21 / 1000]], rtol=1e-12)


def test_one_patient():
    fit = cumulative_incidence([5], [2], n_causes=2, level=0.75)
    assert fit.incidence.tolist() == [[0, 1]]
    np.testing.assert_allclose([fit.low, fit.high], [[[0, 1 / 8]], [[7 / 8, 1]]], rtol=1e-12)


def test_times_that_differ_by_rounding_are_one_time():
    """Both at risk for both events: 1/2 and 1/2, not 1/2 and then 1/2 of the rest."""
    fit = cumulative_incidence([0.1 + 0.2, 0.3], [1, 2], n_causes=2)
    assert fit.incidence.tolist() == [[1 / 2, 1 / 2]]


def test_what_was_given_is_not_kept_nor_changed():
    time, cause, at = np.array([1.0, 2.0]), np.array([1, 2]), np.array([1.5])
    fit = cumulative_incidence(time, cause, n_causes=2)
    point = incidence_at(fit, at)
    time[:], cause[:], at[:] = 9, 0, 9
    assert (fit.time.tolist(), fit.events.tolist()) == ([1, 2], [[1, 0], [0, 1]])
    assert point.at.tolist() == [1.5]


def test_a_time_asked_for_that_differs_by_rounding_is_the_time_itself():
    """0.1 + 0.2 is not 0.3 to a computer."""
    curve = cumulative_incidence([0.1 + 0.2, 1.0], [1, 0], n_causes=1)
    point = incidence_at(curve, [0.3])
    assert point.incidence[0, 0] == 1 / 2
    assert point.at_risk[0] == 2
    curve = cumulative_incidence([0.3, 1.0], [1, 0], n_causes=1)
    assert incidence_at(curve, [0.1 + 0.2]).at_risk[0] == 2


def test_times_are_answered_in_the_order_asked():
    curve = cumulative_incidence(*FOUR, n_causes=2)
    assert incidence_at(curve, [3, 1]).incidence[:, 0].tolist() == [3 / 4, 1 / 4]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"time": [1, 2, -2, 3]}, "`time` must be at least 0."),
        ({"time": [1, 2, 3]}, "`time` and `cause` must have the same length."),
        ({"cause": [1, 3, 0, 1]}, "`cause` must be whole numbers from 0 to 2."),
        ({"level": 95}, "`level` must be between 0 and 1. Did you mean 0.95?"),
        ({"variance": "aalen"}, "`variance` must be one of delta, cmprsk."),
        (
            {"interval": "log(-log)"},
            "`interval` must be one of log-log, log, plain, arcsine, logit.",
        ),
        ({"n_causes": 0}, "`n_causes` must be a whole number from 1 to 1000."),
        ({"entry": [0, 2, 0, 0]}, "`entry` must be before `time` for every patient."),
        ({"entry": [0, 0, 0, 3.5]}, "`entry` must be before `time` for every patient."),
        ({"entry": [0, 0]}, "`time` and `entry` must have the same length."),
        ({"entry": [-1, 0, 0, 0]}, "`entry` must be at least 0."),
        ({"weight": [1, 1, -1, 1]}, "`weight` must be at least 0."),
        ({"weight": [1, 1]}, "`time` and `weight` must have the same length."),
        (
            {"weight": [1, 1, 1, 1], "variance": "cmprsk"},
            "`weight` must come with the delta variance and without `entry`.",
        ),
        (
            {"weight": [1, 1, 1, 1], "entry": [0, 0, 0, 0]},
            "`weight` must come with the delta variance and without `entry`.",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(changed, says):
    given = {"time": FOUR[0], "cause": FOUR[1], "n_causes": 2} | changed
    with pytest.raises(ArgumentError) as caught:
        cumulative_incidence(**given)
    assert str(caught.value) == says


def test_a_negative_time_to_read_off_is_refused():
    curve = cumulative_incidence(*FOUR, n_causes=2)
    with pytest.raises(ArgumentError, match="`at` must be at least 0"):
        incidence_at(curve, [-1])


@pytest.mark.parametrize("weight", [[1e160] * 4, [1e-200] * 4, [1e17, 1, 1, 1], [1, 2, 1e300, 1]])
def test_weights_that_leave_no_digits_are_refused(weight):
    with pytest.raises(ArgumentError, match="`weight` must"):
        cumulative_incidence([1, 2, 3, 4], [1, 0, 1, 0], n_causes=1, weight=weight)


@pytest.mark.parametrize("factor", [1e-99, 1e15])
def test_a_factor_common_to_all_weights_changes_nothing(factor):
    weight = np.array([1.0, 2, 1, 3])
    once, often = (
        cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], n_causes=2, weight=weight * by / 3)
        for by in (1, factor)
    )
    for field in ("incidence", "std_error", "low", "high"):
        np.testing.assert_allclose(getattr(often, field), getattr(once, field), rtol=1e-12)
