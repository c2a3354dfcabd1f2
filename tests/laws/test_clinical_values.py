"""Laws of units, ranges, dates and of samples of cells."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.aplasia import BCellSample, classify_aplasia, classify_aplasia_course
from autallo.clinical.consistency import classify_consistency
from autallo.clinical.date_order import DATES, classify_dates
from autallo.clinical.expansion import CellSample, classify_positions, classify_samples
from autallo.clinical.grading import Status
from autallo.clinical.ranges import RANGES, classify_value
from autallo.clinical.units import CONVERSIONS, classify_unit, convert_value
from autallo.clinical.windows import MarkerSample, best_in_window
from autallo.stats.kinetics.curve import area_under_curve
from autallo.stats.kinetics.parameters import cellular_kinetics
from autallo.stats.kinetics.persistence import confirmed_loss
from autallo.stats.kinetics.series import kinetic_series

numbers = st.floats(0.001, 1e6)


@pytest.mark.parametrize("one", CONVERSIONS, ids=lambda one: f"{one.quantity} {one.given}")
@settings(max_examples=8)
@given(value=numbers)
def test_there_and_back_is_the_same(one, value):
    kept = convert_value(value, quantity=one.quantity, unit=one.given)
    back = convert_value(kept, quantity=one.quantity, unit=one.kept, to=one.given)
    assert back == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert convert_value(value, quantity=one.quantity, unit=one.kept) == pytest.approx(value)


@given(value=numbers, other=numbers, one=st.sampled_from(CONVERSIONS))
@settings(max_examples=40)
def test_order_is_kept_by_every_conversion(value, other, one):
    low, high = sorted((value, other))
    kept = [convert_value(each, quantity=one.quantity, unit=one.given) for each in (low, high)]
    assert kept[0] <= kept[1]


@given(value=numbers, one=st.sampled_from(CONVERSIONS))
@settings(max_examples=100)
def test_a_proposed_unit_is_always_told_and_makes_the_value_plausible(value, one):
    if one.quantity in ("triglycerides", "glucose"):
        return
    found = classify_unit(value, quantity=one.quantity)
    assert (found.unit is None) == (found.flags == ())
    if found.unit is not None:
        kept = convert_value(value, quantity=one.quantity, unit=found.unit)
        name = next(name for name in RANGES if name.startswith(one.quantity))
        assert classify_value(name, kept) == "plausible"


@given(name=st.sampled_from(sorted(RANGES)), values=st.lists(numbers, min_size=3, max_size=3))
@settings(max_examples=100)
def test_between_two_plausible_values_all_are(name, values):
    low, middle, high = (round(value) for value in sorted(values))
    if classify_value(name, low) == classify_value(name, high) == "plausible":
        assert classify_value(name, middle) == "plausible"
    if "impossible" not in (classify_value(name, low), classify_value(name, high)):
        assert classify_value(name, middle) != "impossible"


day_numbers = st.dictionaries(st.sampled_from(DATES), st.integers(0, 60), max_size=len(DATES))


@given(days=day_numbers, shift=st.integers(-5000, 5000), seed=st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_broken_rules_depend_on_distances_only_and_not_on_the_order_of_names(days, shift, seed):
    start = date(2010, 1, 1)
    dates = {name: start + timedelta(days=day) for name, day in days.items()}
    names = list(dates)
    seed.shuffle(names)
    moved = {name: dates[name] + timedelta(days=shift) for name in names}
    assert classify_dates(moved) == classify_dates(dates)


@given(days=day_numbers)
@settings(max_examples=100)
def test_the_order_of_the_course_is_complete(days):
    """Comparing neighbours finds an error whenever any pair of the course is out of order."""
    course = (
        *("birth", "diagnosis", "collection", "lymphodepletion_start", "lymphodepletion_end"),
        *("infusion", "last_follow_up", "data_cutoff", "today"),
    )
    known = [days[name] for name in course if name in days]
    dates = {name: date(2010, 1, 1) + timedelta(days=days[name]) for name in course if name in days}
    errors = [one for one in classify_dates(dates) if one.severity == "error"]
    assert (known == sorted(known)) == (errors == [])


@given(days=day_numbers, name=st.sampled_from(DATES))
@settings(max_examples=40)
def test_a_date_that_is_not_known_breaks_no_order(days, name):
    dates = {key: date(2010, 1, 1) + timedelta(days=day) for key, day in days.items()}
    without = classify_dates(dates | {name: None})
    assert all(name not in (one.first, one.second) or one.days is None for one in without)


@given(
    values=st.dictionaries(
        st.sampled_from(["wbc_1e9_l", "anc_1e9_l", "alc_1e9_l"]), st.integers(0, 20)
    )
)
def test_counts_contradict_only_where_one_exceeds_the_whole(values):
    keys = {one.key for one in classify_consistency(values)}
    whole = values.get("wbc_1e9_l", 100)
    wanted = {
        f"{part}_above_wbc" for part in ("anc", "alc") if values.get(f"{part}_1e9_l", 0) > whole
    }
    assert keys == wanted


levels = st.lists(
    st.tuples(st.integers(0, 90), st.sampled_from([0, 10, 49, 50, 60, 500, 9000])),
    min_size=1,
    max_size=14,
    unique_by=lambda one: one[0],
)


@given(samples=levels)
@settings(max_examples=100)
def test_what_a_position_counts_as_gives_the_area_of_the_curve(samples):
    reported = [CellSample(day=day, unit="copies_per_ug", value=value, limit=50)
                for day, value in samples]  # fmt: skip
    (one,) = classify_samples(reported)
    series = kinetic_series(one.day, one.value, below=one.below, limit=one.limit)
    zero = {"before_infusion", "leading", "trailing"}
    kept = [
        (day, value)
        for day, value, place in zip(one.day, one.value, one.position, strict=True)
        if place == "quantifiable" or place in zero
    ]
    if "quantifiable" not in one.position or len(kept) < 2:
        return
    # levels above 0 as they are; the zeros are samples of their own, with nothing after them
    plain = kinetic_series(*zip(*kept, strict=True))
    for window in ((0, 14), (0, 28), (3, 60)):
        first = area_under_curve(series, window=window)
        second = area_under_curve(plain, window=window)
        assert first.reason == second.reason
        if first.estimate is not None:
            assert first.estimate == pytest.approx(second.estimate, rel=1e-12)
    peak = cellular_kinetics(series).cmax.estimate
    early = [value for day, value in zip(one.day, one.value, strict=True) if 0 < day <= 28]
    assert peak == (max(early) if early else None)


@given(samples=levels, seed=st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_samples_does_not_matter(samples, seed):
    reported = [CellSample(day=day, unit="copies_per_ug", value=value, limit=50)
                for day, value in samples]  # fmt: skip
    mixed = list(reported)
    seed.shuffle(mixed)
    assert classify_samples(mixed) == classify_samples(reported)
    days, low = [day for day, _ in samples], [value < 50 for _, value in samples]
    assert set(classify_positions(days, low)) == set(classify_samples(reported)[0].position)


shares = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from([0.1, 0.5, 1.0, 1.1, 5.0])),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one[0],
)


@given(samples=shares, apart=st.integers(0, 20), seed=st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_loss_of_aplasia_is_the_confirmed_loss_of_the_statistics(samples, apart, seed):
    listed = [BCellSample(day=day, cd19_pct=share) for day, share in samples]
    found = classify_aplasia_course(listed, apart=apart)
    mixed = list(listed)
    seed.shuffle(mixed)
    assert classify_aplasia_course(mixed, apart=apart) == found
    aplastic = [day for day, share in samples if share <= 1]
    if not aplastic:
        assert found.status is None
        return
    followed = [(day, share > 1) for day, share in samples if day >= min(aplastic)]
    loss = confirmed_loss(*zip(*followed, strict=True), apart=apart)
    assert (found.status == 1) == (loss.day is not None)
    assert found.midpoint == loss.midpoint
    assert ("UNCONFIRMED" in found.flags) == loss.unconfirmed
    assert found.last_aplastic_day == loss.last_without


@given(
    share=st.none() | st.sampled_from([0, 0.5, 1, 1.1, 3, 50]),
    count=st.none() | st.sampled_from([0, 9, 10, 50, 99, 100, 500]),
    rule=st.sampled_from(["pct1_abs100", "eliana_pct3", "abs10", "abs50"]),
)
@settings(max_examples=100)
def test_aplasia_of_one_sample_holds_its_completions(share, count, rule):
    found = classify_aplasia(BCellSample(day=1, cd19_pct=share, cd19_per_ul=count), rule)
    if found.status is Status.NOT_EVALUABLE:
        return
    for one in (0, 1, 2, 60) if share is None else (share,):
        for other in (0, 10, 50, 100, 900) if count is None else (count,):
            full = BCellSample(day=1, cd19_pct=one, cd19_per_ul=other)
            if count is None and one == 0 and other > 0:
                continue  # none of the lymphocytes cannot be some per microlitre
            assert found.low <= classify_aplasia(full, rule).value <= found.high


markers = st.lists(
    st.builds(
        MarkerSample,
        day=st.integers(-20, 35),
        value=st.none() | st.integers(0, 100),
        beyond=st.sampled_from([None, "below", "above"]),
        before_first_dose=st.sampled_from([None, True, False]),
    ),
    max_size=12,
)


@given(samples=markers, seed=st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_the_sample_of_a_window_does_not_depend_on_the_order(samples, seed):
    mixed = list(samples)
    seed.shuffle(mixed)
    for window in ("baseline", "day0", "peak28", "peak14"):
        first = best_in_window(samples, window, lymphodepletion_start=-5)
        second = best_in_window(mixed, window, lymphodepletion_start=-5)
        assert (first.value, first.day, first.flags) == (second.value, second.day, second.flags)
    low, high = (best_in_window(samples, window).value for window in ("peak14", "peak28"))
    assert low is None or low <= high
