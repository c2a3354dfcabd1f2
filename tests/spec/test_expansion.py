"""Cellular kinetics as specified (8.1 to 8.4): samples as reported, sorted, then estimated."""

import pytest

from autallo.clinical.expansion import (
    CRITERIA,
    CellSample,
    classify_positions,
    classify_samples,
    classify_series_end,
    convert_copies_to_copies_per_cell,
    convert_flow_to_cells_per_ul,
    convert_peak_for_logarithm,
)
from autallo.stats.kinetics.curve import BelowLimitRules
from autallo.stats.kinetics.geometric import geometric_mean
from autallo.stats.kinetics.parameters import cellular_kinetics
from autallo.stats.kinetics.persistence import cell_loss, persistence, reexpansion
from autallo.stats.kinetics.series import kinetic_series

BLQ = "BLQ"
LIMIT = 50.0


def series_of(days, values, *, end=None):
    """From what a laboratory reports to the series of `stats`."""
    samples = [
        CellSample(day=day, unit="copies_per_ug", below_limit=True, limit=LIMIT)
        if value is BLQ
        else CellSample(day=day, unit="copies_per_ug", value=value, limit=LIMIT)
        for day, value in zip(days, values, strict=True)
    ]
    (one,) = classify_samples(samples)
    return kinetic_series(one.day, one.value, below=one.below, limit=one.limit, end=end)


def kinetics_of(days, values, **options):
    return cellular_kinetics(series_of(days, values), **options)


EARLY = (0, 3, 7, 10, 14, 21)
RISE_AND_FALL = (0, 200, 12000, 30000, 8000, 2000)


def test_vector_1():
    found = kinetics_of((*EARLY, 28), (*RISE_AND_FALL, 500))
    assert (found.cmax.estimate, found.tmax.estimate) == (30000, 10)
    assert found.auc.estimate == pytest.approx(192_148.85, abs=0.005)
    assert found.contraction.estimate == pytest.approx(3.50, abs=0.005)
    assert -found.contraction.slope == pytest.approx(0.198042, abs=5e-7)
    straight = kinetics_of((*EARLY, 28), (*RISE_AND_FALL, 500), method="linear")
    assert straight.auc.estimate == pytest.approx(207_450)


def test_vector_2():
    found = kinetics_of((*EARLY, 35), (*RISE_AND_FALL, 250))
    assert found.auc.estimate == pytest.approx(193_279.20, abs=0.005)
    straight = kinetics_of((*EARLY, 35), (*RISE_AND_FALL, 250), method="linear")
    assert straight.auc.estimate == pytest.approx(209_637.5)


def test_vector_3():
    found = kinetics_of(
        (0, 7, 10, 14, 28, 60, 90, 180), (0, 10000, 24000, 9000, 1200, 300, 250, 180)
    )
    assert found.auc.estimate == pytest.approx(201_368.88, abs=0.005)
    assert found.late_decline.estimate == pytest.approx(168.37, abs=0.005)
    assert found.late_decline.slope == pytest.approx(-0.0041168, abs=5e-8)
    assert found.late_decline.adjusted_r_squared == pytest.approx(0.9726, abs=5e-5)
    assert found.contraction.estimate is None


@pytest.mark.parametrize(
    ("trailing", "area"),
    [("ignore", 74_229.22), ("zero", 74_439.22), ("half_limit", 74_509.07)],
)
def test_vector_4(trailing, area):
    days, values = (0, 7, 10, 14, 21, 28), (0, 5000, 12000, 3000, 60, BLQ)
    found = kinetics_of(days, values, rules=BelowLimitRules(trailing=trailing))
    assert found.auc.estimate == pytest.approx(area, abs=0.005)
    assert found.tlast.estimate == 21


def test_vector_5():
    found = kinetics_of((0, 7, 14, 28), (BLQ,) * 4)
    assert found.cmax.estimate == 0
    assert "no_expansion" in found.flags
    assert found.auc.estimate is None
    assert convert_peak_for_logarithm(found.cmax.estimate, limit=LIMIT) == 25


def test_vector_6():
    days, values = (0, 7, 10, 14, 28), (0, BLQ, 5000, BLQ, 100)
    assert kinetics_of(days, values).tmax.estimate == 10
    assert classify_positions(days, (True, True, False, True, False)) == (
        "before_infusion", "leading", "quantifiable", "middle", "quantifiable")  # fmt: skip
    without = kinetics_of((0, 7, 10, 28), (0, BLQ, 5000, 100))
    assert kinetics_of(days, values).auc.estimate == without.auc.estimate


def test_vector_7():
    peaks = geometric_mean([10_000, 20_000, 40_000])
    assert peaks.estimate == pytest.approx(20_000)
    assert 100 * peaks.coefficient_of_variation == pytest.approx(78.54, abs=0.005)


def test_vector_8():
    assert kinetics_of((0, 7, 10, 14), (0, 9000, 9000, 100)).tmax.estimate == 7


# Positions of samples below the limit (8.2), one for each row of the table.


@pytest.mark.parametrize(
    ("days", "below", "positions"),
    [
        ((7, 10), (1, 0), ("leading", "quantifiable")),
        ((7, 10, 14), (0, 1, 0), ("quantifiable", "middle", "quantifiable")),
        ((7, 10, 14), (0, 1, 1), ("quantifiable", "trailing", "later")),
        ((7, 10), (1, 1), ("all", "all")),
        ((-3, 0, 7), (0, 1, 0), ("before_infusion", "before_infusion", "quantifiable")),
        ((10, 10, 14), (1, 0, 0), ("replicate", "quantifiable", "quantifiable")),
        ((7, 10, 10, 14), (0, 1, 1, 1), ("quantifiable", "trailing", "trailing", "later")),
        ((), (), ()),
    ],
)
def test_positions(days, below, positions):
    assert classify_positions(days, [bool(one) for one in below]) == positions
    backwards = classify_positions(days[::-1], [bool(one) for one in below[::-1]])
    assert backwards == positions[::-1]


def test_every_position_has_its_row():
    keys = {row.key for row in CRITERIA}
    assert keys == {"before_infusion", "replicate", "leading", "middle", "trailing", "later", "all"}


# Persistence, loss and return (8.3, 8.6).


def test_persistence_at_months_with_its_window():
    series = series_of((7, 28, 90, 200), (5000, 900, 60, BLQ))
    found = [persistence(series, months=months).persisting for months in (1, 3, 6, 12)]
    assert found == [True, True, False, None]


def test_loss_of_cells_needs_two_samples_14_days_apart():
    assert cell_loss(series_of((7, 60, 74), (5000, BLQ, BLQ))).day == 60
    assert cell_loss(series_of((7, 60, 73), (5000, BLQ, BLQ))).day is None


def test_return_after_contraction_is_told_and_leaves_the_peak():
    days, values = (7, 10, 28, 60, 90), (9000, 20000, 100, 600, 800)
    assert reexpansion(series_of(days, values)).day == 60
    assert kinetics_of(days, values).cmax.estimate == 20000


@pytest.mark.parametrize("late", [499, 90])
def test_no_return_below_five_times_the_lowest_level_or_twice_the_limit(late):
    lowest = 100 if late == 499 else 55
    assert reexpansion(series_of((7, 28, 60, 90), (20000, lowest, late, late))).day is None


# Inputs (8.1) and the end of a series.


def test_cells_from_shares():
    assert convert_flow_to_cells_per_ul(12, cd3_pct=100, lymphocytes_1e9_l=1.5) == 180


def test_copies_per_cell():
    assert convert_copies_to_copies_per_cell(151_515.15) == pytest.approx(1, abs=1e-6)
    assert convert_copies_to_copies_per_cell(30_000) == pytest.approx(0.198, abs=5e-4)


def test_blood_and_marrow_copies_and_cells_are_never_one_curve():
    samples = [
        CellSample(day=7, unit=unit, matrix=matrix, value=10)
        for unit in ("cells_per_ul", "copies_per_ug")
        for matrix in ("marrow", "blood")
    ]
    assert [(one.matrix, one.unit) for one in classify_samples(samples)] == [
        ("blood", "copies_per_ug"),
        ("blood", "cells_per_ul"),
        ("marrow", "copies_per_ug"),
        ("marrow", "cells_per_ul"),
    ]


def test_a_second_infusion_or_conditioning_ends_the_series():
    assert classify_series_end().day is None
    assert classify_series_end(conditioning_day=90).reason == "transplant"
    end = classify_series_end(next_infusion_day=30, conditioning_day=90)
    assert (end.day, end.reason) == (30, "next_infusion")
    days, values = (0, 7, 14, 28, 45), (0, 5000, 900, 100, 80000)
    cut = cellular_kinetics(series_of(days, values, end=end.day))
    assert cut.clast.estimate == 100
    assert "cut_at_end" in cut.flags


def test_too_few_samples_are_told():
    assert "sparse" in kinetics_of((0, 10, 14, 28), (0, 900, 500, 100)).flags
    assert "sparse" in kinetics_of((0, 3, 4, 17, 21, 28), (0, 60, 90, 500, 300, 100)).flags
    assert "baseline_positive" in kinetics_of((0, 7, 10), (60, 900, 500)).flags
