"""When vasopressors are a high dose, and what they equal in norepinephrine."""

import pytest

from autallo.clinical.vasopressors import (
    Pressor,
    classify_vasopressor_dose,
    convert_norepinephrine_equivalent,
)

TITLE = "High-dose vasopressors"
RULE = (
    ("norepinephrine", "from 20 ug/min"),
    ("dopamine", "from 10 ug/kg/min"),
    ("phenylephrine", "from 200 ug/min"),
    ("epinephrine", "from 10 ug/min"),
    ("vasopressin with others", "from 10 ug/min of norepinephrine or its equivalent"),
    ("a combination", "from 20 ug/min of norepinephrine or its equivalent"),
    ("vasopressin alone", "never"),
)
COLUMNS = ("case", "drugs and rates", "high dose", "norepinephrine equivalent")
UNITS = {"dopamine": "ug/kg/min", "vasopressin": "U/min"}
CASES = (
    ("norepinephrine at the limit", {"norepinephrine": 20}, True, 20),
    ("norepinephrine below", {"norepinephrine": 19.99}, False, 19.99),
    ("dopamine at the limit", {"dopamine": 10}, True, 5),
    ("dopamine below", {"dopamine": 9.99}, False, 4.995),
    ("phenylephrine at the limit", {"phenylephrine": 200}, True, 20),
    ("phenylephrine below", {"phenylephrine": 199}, False, 19.9),
    ("epinephrine at the limit", {"epinephrine": 10}, True, 10),
    ("epinephrine below", {"epinephrine": 9.99}, False, 9.99),
    ("with vasopressin at the limit", {"vasopressin": 0.03, "norepinephrine": 10}, True, 10),
    ("with vasopressin below", {"vasopressin": 0.03, "norepinephrine": 9.99}, False, 9.99),
    ("day E", {"vasopressin": 0.03, "norepinephrine": 12}, True, 12),
    ("day F", {"norepinephrine": 14, "epinephrine": 4}, False, 18),
    ("a combination at the limit", {"norepinephrine": 14, "epinephrine": 6}, True, 20),
    ("dopamine counts half, phenylephrine a tenth",
     {"norepinephrine": 10, "dopamine": 8, "phenylephrine": 60}, True, 20),
    ("the same with less phenylephrine",
     {"norepinephrine": 10, "dopamine": 8, "phenylephrine": 59}, False, 19.9),
    ("a sum that reaches the limit in decimals",
     {"norepinephrine": 6.6, "epinephrine": 9.7, "phenylephrine": 37}, True, 20),
    ("another such sum",
     {"norepinephrine": 7.6, "epinephrine": 8.7, "phenylephrine": 37}, True, 20),
    ("high by itself stays high in a combination", {"epinephrine": 10, "norepinephrine": 1},
     True, 11),
    ("vasopressin alone", {"vasopressin": 0.06}, False, 0),
    ("none", {}, False, 0),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_dose(case):
    _, rates, high, equivalent = case
    pressors = tuple(
        Pressor(drug=drug, rate=rate, unit=UNITS.get(drug, "ug/min"))
        for drug, rate in rates.items()
    )
    found = classify_vasopressor_dose(pressors, weight_kg=50, age_y=40)
    assert found.high_dose is high
    assert found.equivalent_ug_min == pytest.approx(equivalent, rel=1e-12)
    assert found.equivalent_ug_kg_min == pytest.approx(equivalent / 50, rel=1e-12)
    assert ("DURATION_UNKNOWN" in found.flags) == high
    assert ("VASOPRESSIN_ALONE" in found.flags) == (set(rates) == {"vasopressin"})


def test_the_formula_of_the_equivalent():
    rates = {"norepinephrine": 7, "epinephrine": 3, "dopamine": 4, "phenylephrine": 50}
    assert convert_norepinephrine_equivalent(**rates) == 7 + 3 + 2 + 5


@pytest.mark.parametrize(("hours", "high"), [(2.99, False), (3, True), (None, True)])
def test_a_high_rate_counts_from_three_hours(hours, high):
    pressor = Pressor(drug="norepinephrine", rate=30, unit="ug/min", hours=hours)
    found = classify_vasopressor_dose((pressor,))
    assert found.high_dose is high
    assert ("DURATION_UNKNOWN" in found.flags) == (hours is None)


def test_the_limits_of_adults_are_flagged_in_children():
    pressor = Pressor(drug="norepinephrine", rate=0.5, unit="ug/kg/min")
    child = classify_vasopressor_dose((pressor,), weight_kg=20, age_y=17.9)
    assert child.equivalent_ug_min == 10
    assert child.equivalent_ug_kg_min == 0.5
    assert "PEDS_DOSE" in child.flags
    adult = classify_vasopressor_dose((pressor,), weight_kg=20, age_y=18)
    assert "PEDS_DOSE" not in adult.flags
