"""Overlap of two groups, counted by hand, and the sentences that refuse a comparison."""

import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.overlap import (
    FEWEST_EFFECTIVE,
    FEWEST_INSIDE,
    FEWEST_PATIENTS,
    LARGEST_SHARE,
    assess_overlap,
)

TEN = [k / 20 for k in range(5, 15)]  # 0.25, 0.30, ..., 0.70


def groups(untreated, treated):
    return [0] * len(untreated) + [1] * len(treated), [*untreated, *treated]


def test_two_groups_of_ten_that_overlap():
    """Untreated from 0.25 to 0.70, treated 0.35 to 0.80: in common 0.35 to 0.70; two outside each.

    Overlap weights: the score of the untreated, the rest to 1 of the treated. Untreated: sum 4.75,
    squares (25 + 36 + ... + 196) / 400 = 985 / 400.
    """
    found = assess_overlap(*groups(TEN, [score + 0.1 for score in TEN]))
    assert (found.low, found.high) == pytest.approx((0.35, 0.70))
    assert found.patients.tolist() == [10, 10]
    assert found.outside.tolist() == [2, 2]
    assert found.extreme.tolist() == [0, 0]
    assert found.effective_sample_size[0] == pytest.approx(4.75**2 / (985 / 400), rel=1e-13)
    assert found.largest_share[0] == pytest.approx(0.70 / 4.75, rel=1e-13)
    assert found.reasons == ()


def test_limits_are_those_that_the_notes_tell():
    assert (FEWEST_PATIENTS, FEWEST_INSIDE, FEWEST_EFFECTIVE, LARGEST_SHARE) == (10, 5, 5, 0.25)


def test_a_group_of_nine_is_too_small_and_one_of_ten_is_not():
    found = assess_overlap(*groups(TEN[:9], TEN))
    assert found.reasons == (
        "The untreated group has 9 patients; at least 10 are needed in each group.",
    )
    assert assess_overlap(*groups(TEN, TEN)).reasons == ()
    one = assess_overlap(*groups(TEN, [0.5]))
    assert one.reasons[0] == (
        "The treated group has 1 patient; at least 10 are needed in each group."
    )


@pytest.mark.parametrize(("treated_above", "words"), [(True, "treated"), (False, "untreated")])
def test_no_range_in_common(treated_above, words):
    low, high = [k / 100 for k in range(10, 20)], [k / 100 for k in range(60, 70)]
    found = assess_overlap(*groups(low, high) if treated_above else groups(high, low))
    assert (found.low, found.high) == (None, None)
    assert found.outside.tolist() == [10, 10]
    other = {"treated": "untreated", "untreated": "treated"}[words]
    assert found.reasons == (
        f"No score is covered by both groups: all {words} patients lie above all {other} ones.",
    )


def test_four_of_a_group_in_the_range_are_too_few_and_five_are_not():
    """Treated from 0.5 upwards: of the untreated 0.50 0.55 0.60 0.65 0.70 lie in the range."""
    above = [0.5 + k / 40 for k in range(10)]
    assert assess_overlap(*groups(TEN, above)).reasons == ()
    found = assess_overlap(*groups(TEN, [score + 0.03 for score in above]))
    assert found.outside.tolist() == [6, 3]
    (reason,) = found.reasons
    assert reason == (
        "Only 4 of the 10 untreated patients lie in the range of scores that both groups cover; "
        "at least 5 are needed."
    )


def test_one_heavy_patient_and_a_small_effective_size():
    """Weights 9 and nine times 1: 18**2 / (81 + 9) = 3.6 patients; one carries a half."""
    found = assess_overlap(*groups(TEN, TEN), weight=[9] + [1] * 9 + [1] * 10)
    assert found.effective_sample_size.tolist() == [pytest.approx(3.6), 10]
    assert found.largest_share.tolist() == [0.5, 0.1]
    assert found.reasons == (
        "After weighting the untreated group counts for 3.6 patients; at least 5 are needed.",
        "One patient carries 50% of the weight of the untreated group; at most 25% is accepted.",
    )


@pytest.mark.parametrize("first", [0, 10])
@pytest.mark.parametrize(("heavy", "refused"), [(2.9, False), (3, False), (3.1, True), (3.3, True)])
def test_a_quarter_of_the_weight_is_accepted(first, heavy, refused):
    """3 and nine times 1: a quarter, and 144 / 18 = 8 patients."""
    weight = [1.0] * 20
    weight[first] = heavy
    found = assess_overlap(*groups(TEN, TEN), weight=weight)
    assert found.largest_share[first // 10] == pytest.approx(heavy / (heavy + 9), rel=1e-13)
    assert bool(found.reasons) == refused


def test_row_174_scores_of_0_and_1_are_told_and_no_number_is_missing():
    found = assess_overlap(*groups([0.0] * 10, [1.0] * 10))
    assert found.effective_sample_size.tolist() == [0, 0]
    assert found.largest_share.tolist() == [0, 0]
    assert found.extreme.tolist() == [10, 10]
    assert len(found.reasons) == 3


def test_row_175_one_dominating_weight_is_told():
    found = assess_overlap(*groups(TEN, TEN), weight=[1] * 10 + [1000] + [1] * 9)
    assert any("carries 99%" in reason for reason in found.reasons)


def test_scores_that_tell_nothing_are_one_range():
    found = assess_overlap(*groups([0.3] * 10, [0.1 + 0.2] * 10))
    assert (found.low, found.high) == pytest.approx((0.3, 0.3))
    assert found.outside.tolist() == [0, 0]
    assert found.reasons == ()


def test_extreme_scores_are_those_beyond_a_tenth():
    found = assess_overlap([0, 0, 0, 1, 1, 1], [0.1, 0.09, 0.5, 0.9, 0.91, 0.5])
    assert found.extreme.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([0, 0], [0.5, 0.5]), "nobody is treated"),
        (([0, 1], [0.5]), "same length"),
        (([0, 1], [0.5, 1.2]), "from 0 to 1"),
        (([0, 1], [0.5, -0.2]), "from 0 to 1"),
        (([0, 1], [0.5, float("nan")]), "finite"),
    ],
)
def test_impossible_input_is_refused(arguments, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        assess_overlap(*arguments)


@pytest.mark.parametrize(
    ("weight", "sentence"), [([1], "same length"), ([1, -1], "at least 0"), ([0, 0], "above 0")]
)
def test_impossible_weights_are_refused(weight, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        assess_overlap([0, 1], [0.5, 0.5], weight=weight)
