"""Laws of cellular kinetics, whatever the samples."""

import itertools
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.kinetics.curve import BelowLimitRules, area_under_curve
from autallo.stats.kinetics.expansion_model import expansion_model
from autallo.stats.kinetics.geometric import geometric_mean
from autallo.stats.kinetics.parameters import cellular_kinetics
from autallo.stats.kinetics.persistence import cell_loss, confirmed_loss, persistence, reexpansion
from autallo.stats.kinetics.series import kinetic_series
from autallo.stats.summary import summarise

QUICK = settings(max_examples=100, deadline=None)
levels = st.one_of(st.just(0.0), st.floats(0.01, 1e6))
rows = st.dictionaries(st.integers(-3, 120), levels, min_size=1, max_size=14)
#: Day 0, a rise and enough late samples for every area.
full = st.lists(st.floats(0.01, 1e6), min_size=6, max_size=6).map(
    lambda found: dict(zip([0, 7, 10, 14, 21, 28, 60], [0.0, *found], strict=True))
)
model_parameters = st.fixed_dictionaries(
    {
        "fold_expansion": st.floats(2, 1e4),
        "tmax": st.floats(5, 14),
        "cmax": st.floats(1, 1e5),
        "memory_share": st.floats(0.001, 0.5),
        "alpha": st.floats(0.1, 0.5),
        "beta": st.floats(0.001, 0.05),
    }
)


def columns(samples):
    return list(samples), list(samples.values())


def parts(kinetics):
    names = ("cmax", "tmax", "clast", "tlast", "auc", "auc_last", "fold_expansion", "doubling",
             "contraction", "late_decline", "terminal")  # fmt: skip
    return {name: getattr(kinetics, name) for name in names}


@QUICK
@given(rows, st.randoms(use_true_random=False))
def test_law_6_the_order_of_the_rows_does_not_matter(samples, random):
    shuffled = list(samples.items())
    random.shuffle(shuffled)
    assert cellular_kinetics(kinetic_series(*columns(dict(shuffled)))) == cellular_kinetics(
        kinetic_series(*columns(samples))
    )


@QUICK
@given(rows)
def test_law_12_every_sample_twice_changes_nothing_but_its_flag(samples):
    days, values = columns(samples)
    once, twice = (cellular_kinetics(kinetic_series(days * k, values * k)) for k in (1, 2))
    assert parts(twice) == parts(once)
    assert set(twice.flags) == {*once.flags, "replicates_merged"}


@QUICK
@given(rows, st.sampled_from([0.001, 0.5, 7.0, 1000.0]))
def test_law_1_the_unit_of_the_level(samples, unit):
    days, values = columns(samples)
    plain = parts(cellular_kinetics(kinetic_series(days, values)))
    scaled = parts(cellular_kinetics(kinetic_series(days, [unit * value for value in values])))
    for name, found in plain.items():
        other = scaled[name]
        if "poor_fit" in (found.reason, other.reason) or name == "terminal":
            continue  # a fit of exactly the limit, or two runs of equal fit, may change places
        assert other.reason == found.reason
        if found.estimate is not None:
            factor = unit if name in {"cmax", "clast", "auc", "auc_last"} else 1
            slack = 1e-6 if name in {"doubling", "contraction", "late_decline"} else 1e-9
            if name in {"doubling", "contraction", "late_decline"} and abs(found.slope) < 1e-6:
                continue  # a line that is level but for rounding
            assert other.estimate == pytest.approx(factor * found.estimate, rel=slack)


@QUICK
@given(rows, st.integers(0, 40), st.integers(1, 40), st.integers(1, 40), st.booleans())
def test_law_28_areas_of_adjoining_windows_add_up(samples, start, one, two, straight):
    days, values = columns(samples)
    method = "linear" if straight else "linear_up_log_down"
    edges = [(start, start + one), (start + one, start + one + two), (start, start + one + two)]
    first, second, both = (
        area_under_curve(kinetic_series(days, values), window=window, method=method)
        for window in edges
    )
    if both.estimate is None:
        assert second.estimate is None
        assert second.reason == both.reason
    else:
        assert both.estimate == pytest.approx(first.estimate + second.estimate, rel=1e-10, abs=1e-9)
        assert both.estimate >= first.estimate >= 0


@QUICK
@given(full)
def test_falling_along_an_exponential_is_never_more_than_along_a_straight_line(samples):
    days, values = columns(samples)
    curved = area_under_curve(kinetic_series(days, values)).estimate
    straight = area_under_curve(kinetic_series(days, values), method="linear").estimate
    assert curved <= straight * (1 + 1e-12)
    steps = sorted(samples.items())
    most = sum((b - a) * max(u, v) for (a, u), (b, v) in itertools.pairwise(steps[:-1]))
    assert straight <= most * (1 + 1e-12)


@QUICK
@given(full, st.sampled_from([7, 10, 14, 21]), st.integers(1, 99))
def test_a_sample_that_lies_on_the_curve_adds_nothing(samples, place, percent):
    days, values = columns(samples)
    following = days[days.index(place) + 1]
    a, b, share = samples[place], samples[following], percent / 100
    level = a ** (1 - share) * b**share if b < a else a + share * (b - a)
    with_it = {**samples, place + share * (following - place): level}
    before = area_under_curve(kinetic_series(days, values)).estimate
    assert area_under_curve(kinetic_series(*columns(with_it))).estimate == pytest.approx(
        before, rel=1e-9
    )


@QUICK
@given(rows, st.floats(0.5, 28), st.floats(0.01, 1e6))
def test_one_more_sample_never_lowers_the_peak(samples, day, level):
    assume(all(abs(day - other) > 0.01 for other in samples))
    before = cellular_kinetics(kinetic_series(*columns(samples))).cmax.estimate
    after = cellular_kinetics(kinetic_series(*columns({**samples, day: level}))).cmax.estimate
    assert after == max(before or 0.0, level)


@QUICK
@given(rows)
def test_nothing_is_missing_without_a_reason_and_no_number_is_without_bounds(samples):
    kinetics = cellular_kinetics(kinetic_series(*columns(samples)))
    for name, found in parts(kinetics).items():
        assert (found.estimate is None) == (found.reason is not None), name
        if found.estimate is not None:
            assert math.isfinite(found.estimate)
            assert found.estimate >= 0
    assert kinetics.quantifiable <= kinetics.samples
    if kinetics.tmax.estimate is not None:
        assert 0 < kinetics.tmax.estimate <= kinetics.tlast.estimate
        assert kinetics.clast.estimate <= kinetics.cmax.estimate or kinetics.tlast.estimate > 28


@QUICK
@given(rows, st.floats(1, 1e4))
def test_below_the_limit_however_it_is_said(samples, limit):
    days, values = columns(samples)
    marks = [value < limit for value in values]
    missing, zero = ([gap if value < limit else value for value in values] for gap in (None, 0))
    by_limit = cellular_kinetics(kinetic_series(days, values, limit=limit))
    by_mark = cellular_kinetics(kinetic_series(days, missing, below=marks))
    by_zero = cellular_kinetics(kinetic_series(days, zero))
    assert by_limit == by_mark == by_zero
    assert kinetic_series(days, values, limit=limit).below == tuple(
        below for _, below in sorted(zip(days, marks, strict=True))
    )


@QUICK
@given(full, st.integers(1, 20))
def test_the_rules_for_trailing_samples_in_their_order(samples, more):
    days, values = columns(samples)
    days, values = [*days[:-2], 24 + more], [*values[:-2], 0]
    limit = min(value for value in values if value > 0)
    zero, half, ignore = (
        area_under_curve(
            kinetic_series(days, values, limit=limit), rules=BelowLimitRules(trailing=rule)
        ).estimate
        for rule in ("zero", "half_limit", "ignore")
    )
    assert ignore < zero
    assert ignore < half
    to_last = cellular_kinetics(kinetic_series(days, values, limit=limit)).auc_last.estimate
    assert ignore == pytest.approx(to_last, rel=1e-12)


@QUICK
@given(rows, st.integers(1, 120))
def test_what_comes_after_the_end_changes_nothing(samples, end):
    days, values = columns(samples)
    kept = {day: value for day, value in samples.items() if day <= end}
    assume(kept)
    cut = cellular_kinetics(kinetic_series(days, values, end=end))
    assert parts(cut) == parts(cellular_kinetics(kinetic_series(*columns(kept))))
    assert ("cut_at_end" in cut.flags) == (len(kept) < len(samples))
    assert cell_loss(kinetic_series(days, values, end=end)) == cell_loss(
        kinetic_series(*columns(kept))
    )
    assert reexpansion(kinetic_series(days, values, end=end)) == reexpansion(
        kinetic_series(*columns(kept))
    )
    there = persistence(kinetic_series(days, values, end=end), months=3).persisting
    assert there is persistence(kinetic_series(*columns(kept)), months=3).persisting


@QUICK
@given(rows, st.floats(0.5, 200))
def test_a_wider_window_finds_no_less(samples, reach):
    narrow, wide = (
        persistence(kinetic_series(*columns(samples)), months=3, window=window)
        for window in (reach, reach + 20)
    )
    assert wide.samples >= narrow.samples
    assert not narrow.persisting or wide.persisting


@QUICK
@given(st.integers(1, 400), st.sampled_from([0.0, 0.25, 1.0, 20.75]))
def test_both_edges_of_a_window_belong_to_it(sixteenths, beyond):
    # 4 months are 121.75 days: every number here is held exactly
    reach = sixteenths / 16
    for side in (-1, 1):
        found = persistence(
            kinetic_series([121.75 + side * (reach + beyond)], [1]), months=4, window=reach
        )
        assert found.samples == (beyond == 0)
        assert found.persisting is (True if beyond == 0 else None)


@QUICK
@given(rows)
def test_a_return_is_a_real_rise_after_the_peak(samples):
    found = reexpansion(kinetic_series(*columns(samples), limit=5.0))
    assert (found.day is None) == (found.reason is not None)
    if found.day is not None:
        kinetics = cellular_kinetics(kinetic_series(*columns(samples), limit=5.0))
        assert found.day > kinetics.tmax.estimate
        assert found.value >= max(5 * found.nadir, 10)
        assert found.nadir < 0.1 * kinetics.cmax.estimate


@QUICK
@given(
    st.dictionaries(st.integers(0, 90), st.booleans(), min_size=1), st.integers(0, 30),
    st.integers(0, 30),
)  # fmt: skip
def test_a_longer_confirmation_is_never_earlier(marks, apart, more):
    short, long = (confirmed_loss(*columns(marks), apart=days) for days in (apart, apart + more))
    if long.day is not None:
        assert short.day is not None
        assert short.day <= long.day
        assert long.last_without is None or long.last_without < long.midpoint < long.day


@QUICK
@given(model_parameters)
def test_dense_samples_of_the_model_give_the_parameters_back(parameters):
    peak = parameters["tmax"]
    days = sorted({*(i / 20 for i in range(561)), peak, *range(40, 400, 10)})
    model = expansion_model(days, **parameters)
    kinetics = cellular_kinetics(kinetic_series(days, model.value))
    assert kinetics.cmax.estimate == pytest.approx(parameters["cmax"], rel=1e-9)
    assert kinetics.tmax.estimate == pytest.approx(peak)
    assert kinetics.doubling.estimate == pytest.approx(model.doubling_time, rel=1e-6)
    # day 0 of the model is quantifiable; chords of a rising exponential lie a little above it
    assert kinetics.auc.estimate == pytest.approx(model.auc, rel=1e-3)
    late = kinetics.late_decline.estimate
    assert model.contraction_half_life < late <= model.persistence_half_life * (1 + 1e-9)


@QUICK
@given(model_parameters, st.floats(1, 20), st.floats(1, 60))
def test_the_area_of_the_model_grows_with_its_days(parameters, until, more):
    short, long = (
        expansion_model([0, until], **parameters, until=days).auc for days in (until, until + more)
    )
    assert 0 < short < long
    assert long - short <= parameters["cmax"] * more


@QUICK
@given(st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=20), st.sampled_from([0.01, 3.0, 1e4]))
def test_geometric_mean_in_another_unit(values, unit):
    plain, scaled = geometric_mean(values), geometric_mean([unit * value for value in values])
    assert plain.estimate == pytest.approx(summarise(values).geometric_mean, rel=1e-12)
    assert min(values) <= plain.estimate <= max(values)
    assert (plain.low is None) == (min(values) == max(values))  # MR-31: never of width 0
    if plain.low is not None:
        assert plain.low <= plain.estimate <= plain.high
    assert scaled.estimate == pytest.approx(unit * plain.estimate, rel=1e-10)
    variation = scaled.coefficient_of_variation
    assert variation == pytest.approx(plain.coefficient_of_variation, rel=1e-6, abs=1e-7)
    wide = geometric_mean(values, level=0.99)  # MR-32
    if plain.low is not None:
        assert wide.low <= plain.low
        assert plain.high <= wide.high
