"""Conversions of laboratory units, as specified (11.2)."""

import pytest

from autallo.clinical.units import classify_unit, convert_dose_to_total, convert_value
from autallo.errors import ArgumentError


@pytest.mark.parametrize(
    ("value", "quantity", "unit", "kept"),
    [
        pytest.param(171.04, "bilirubin", "µmol/L", 10.0, id="11.2-1"),
        pytest.param(88.42, "creatinine", "µmol/L", 1.0, id="11.2-2"),
        pytest.param(95, "haemoglobin", "g/L", 9.5, id="11.2-3"),
        pytest.param(120, "crp", "mg/L", 12.0, id="11.2-4"),
        pytest.param(1.4, "fibrinogen", "g/L", 140.0, id="11.2-5"),
        pytest.param(3.0, "triglycerides", "mmol/L", 265.71, id="11.2-6"),
        pytest.param(100.4, "temperature", "°F", 38.0, id="11.2-7"),
        pytest.param(45_000, "platelets", "/µL", 45.0, id="11.2-8"),
        pytest.param(1e-4, "mrd", "fraction", 0.01, id="11.2-9"),
        (6.0, "haemoglobin", "mmol/L", 9.666),
        (500, "ferritin", "µg/L", 500.0),
        (2247, "ferritin", "pmol/L", 1000.0),
        (5.0, "glucose", "mmol/L", 90.08),
        (2.0, "ldh", "µkat/L", 120.0),
        (40, "fio2", "%", 0.40),
        (45, "platelets", "K/mm3", 45.0),
        (45, "platelets", "10³/µL", 45.0),
        (1.2, "anc", "10⁹/L", 1.2),
        (1.2, "anc", "x10^9/L", 1.2),
        (1.2, "anc", "10*9/L", 1.2),
        (1.2, "anc", "10e9/L", 1.2),
        (1200, "anc", "cells / mcL".replace("mcL", "µL"), 1.2),
        (38, "temperature", "℃", 38.0),
    ],
)
def test_vectors(value, quantity, unit, kept):
    assert convert_value(value, quantity=quantity, unit=unit) == pytest.approx(kept, rel=1e-12)


def test_vector_10_dose():
    assert convert_dose_to_total(2.5e6, weight_kg=40) == 1.0e8


def test_265_mg_per_dl_of_triglycerides():
    mmol = convert_value(265, quantity="triglycerides", unit="mg/dL", to="mmol/L")
    assert mmol == pytest.approx(2.99, abs=0.005)


def test_trap_5_255_micromol_of_bilirubin_are_14_9_mg():
    assert convert_value(255, quantity="bilirubin", unit="umol/L") == pytest.approx(14.9, abs=0.05)


def test_trap_6_the_printed_limits_of_bilirubin_are_no_exact_conversions():
    wanted = {34: 1.99, 51: 2.98, 103: 6.02}
    for micromol, milligram in wanted.items():
        converted = convert_value(micromol, quantity="bilirubin", unit="umol/L")
        assert converted == pytest.approx(milligram, abs=0.005)


def test_trap_8_crp_in_mg_per_litre():
    assert convert_value(80, quantity="crp", unit="mg/L") == 8.0


@pytest.mark.parametrize(
    ("value", "quantity", "unit"),
    [
        (45_000, "platelets", "/ul"),
        (80, "crp", "mg/l"),
        (40, "fio2", "%"),
        (101.3, "temperature", "°f"),
        (95, "haemoglobin", "g/l"),
        (171, "bilirubin", "umol/l"),
        (1.4, "fibrinogen", "g/l"),
        (88, "creatinine", "umol/l"),
        (3001, "platelets", "/ul"),
        (51, "crp", "mg/l"),
    ],
)
def test_a_unit_is_proposed_where_only_it_is_plausible_and_told(value, quantity, unit):
    found = classify_unit(value, quantity=quantity)
    assert (found.unit, found.flags) == (unit, ("UNIT_GUESSED",))


@pytest.mark.parametrize(
    ("value", "quantity"), [(45, "platelets"), (8, "crp"), (0.4, "fio2"), (9e9, "crp")]
)
def test_no_unit_is_proposed_where_nothing_speaks_for_one(value, quantity):
    found = classify_unit(value, quantity=quantity)
    assert (found.unit, found.flags) == (None, ())


def test_interferon_in_iu_has_no_factor():
    with pytest.raises(ArgumentError, match="ifn_gamma"):
        convert_value(3, quantity="ifn_gamma", unit="IU/mL")
