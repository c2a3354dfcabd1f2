"""Vasopressors: units, what is not known, what is impossible."""

import pytest

from autallo.clinical.vasopressors import (
    Pressor,
    classify_impossible_pressors,
    classify_vasopressor_dose,
    classify_vasopressor_use,
    convert_vasopressor_rate,
)
from autallo.errors import ArgumentError


@pytest.mark.parametrize(
    ("drug", "rate", "unit", "weight", "own"),
    [
        ("norepinephrine", 6, "ug/min", None, 6), ("norepinephrine", 0.1, "ug/kg/min", 60, 6),
        ("norepinephrine", 0.1, "ug/kg/min", None, None), ("norepinephrine", 0.6, "mg/h", None, 10),
        ("dopamine", 5, "ug/kg/min", None, 5), ("dopamine", 300, "ug/min", 60, 5),
        ("dopamine", 18, "mg/h", 60, 5), ("dopamine", 300, "ug/min", None, None),
        ("vasopressin", 1.8, "U/h", None, 0.03), ("vasopressin", 0.03, "U/min", None, 0.03),
        ("other", 5, "ug/min", 60, None),
    ],
)  # fmt: skip
def test_rates_in_the_unit_of_the_drug(drug, rate, unit, weight, own):
    found = convert_vasopressor_rate(Pressor(drug=drug, rate=rate, unit=unit), weight_kg=weight)
    assert found == (None if own is None else pytest.approx(own, rel=1e-12))


def test_a_rate_that_is_not_known():
    assert convert_vasopressor_rate(Pressor(drug="dopamine")) is None
    unknown = classify_vasopressor_dose((Pressor(drug="dopamine"),))
    assert (unknown.high_dose, unknown.equivalent_ug_min) == (None, None)
    assert unknown.missing == ("pressors.rate",)
    nothing = classify_vasopressor_dose(None)
    assert (nothing.high_dose, nothing.missing) == (None, ("pressors",))


def test_an_unknown_rate_does_not_matter_beside_a_high_dose():
    high = Pressor(drug="norepinephrine", rate=30, unit="ug/min")
    assert classify_vasopressor_dose((high, Pressor(drug="dopamine"))).high_dose is True
    assert classify_vasopressor_dose((high, Pressor(drug="other"))).high_dose is True


def test_a_drug_without_an_equivalent_leaves_the_dose_open():
    found = classify_vasopressor_dose((Pressor(drug="other", rate=5, unit="ug/min"),))
    assert found.high_dose is None
    assert found.flags == ("NO_EQUIVALENT",)


def test_a_known_rate_decides_whether_a_drug_was_given():
    none = Pressor(drug="epinephrine", given=True, rate=0, unit="ug/min")
    assert classify_vasopressor_use((none,)).most.count == 0
    some = Pressor(drug="epinephrine", given=None, rate=1, unit="ug/min")
    assert classify_vasopressor_use((some,)).least.count == 1


def test_bounds_of_what_is_not_known():
    span = classify_vasopressor_use((Pressor(drug="vasopressin"), Pressor()))
    assert (span.least.count, span.least.other_than_vasopressin) == (1, 0)
    assert (span.most.count, span.most.other_than_vasopressin, span.most.high_dose) == (2, 1, True)
    span = classify_vasopressor_use((Pressor(drug="dopamine", given=None),))
    assert (span.least.count, span.most.count) == (0, 1)
    assert span.missing == ("pressors.given", "pressors.rate")


def test_two_rates_of_one_drug_are_one_drug_at_the_higher():
    twice = tuple(Pressor(drug="norepinephrine", rate=r, unit="ug/min") for r in (21, 5))
    for listed in (twice, twice[::-1]):
        found = classify_vasopressor_dose(listed)
        assert (found.high_dose, found.equivalent_ug_min) == (True, 21)
        assert classify_vasopressor_use(listed).most.count == 1


@pytest.mark.parametrize(
    ("pressor", "impossible"),
    [
        (Pressor(drug="norepinephrine", rate=300, unit="ug/min"), ()),
        (Pressor(drug="norepinephrine", rate=300.1, unit="ug/min"), ("pressors",)),
        (Pressor(drug="phenylephrine", rate=301, unit="ug/min"), ()),
        (Pressor(drug="phenylephrine", rate=float("inf"), unit="ug/min"), ("pressors",)),
        (Pressor(drug="phenylephrine", hours=-1), ("pressors",)),
    ],
)
def test_impossible_rates(pressor, impossible):
    assert classify_impossible_pressors((pressor,)) == impossible
    if impossible:
        with pytest.raises(ArgumentError, match="possible"):
            classify_vasopressor_dose((pressor,))


@pytest.mark.parametrize("weight", [1.9, 301])
def test_impossible_weights(weight):
    with pytest.raises(ArgumentError, match="possible"):
        classify_vasopressor_dose((), weight_kg=weight)
