"""What can be a factor, and what is refused with its place in the study file."""

import pytest

from autallo.derive.cohort import derive_cohort
from autallo.errors import ProtocolError
from unit.derive.build import make_protocol, make_table, make_tables

TYPES = {
    "flag": "boolean",
    "value": "number",
    "grade": "integer",
    "when": "date",
    "kind": "category",
}


def derived(name, values, **factor):
    rows = [{"patient_id": str(n), "arm": "AB"[n % 2], name: v} for n, v in enumerate(values)]
    outcomes = {"sex": {"kind": "categorical", "from": "arm"}}
    study = make_protocol(
        levels=("A", "B"),
        outcomes=outcomes,
        factors={"it": {"column": name, "outcomes": ("sex",), **factor}},
    )
    return derive_cohort(make_tables(patients=make_table("patients", rows, types=TYPES)), study)


def refused(name, values, **factor):
    with pytest.raises(ProtocolError) as error:
        derived(name, values, **factor)
    (finding,) = error.value.findings
    return finding


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("flag", [True, False, None, True]),
        ("kind", ["x", "y", None, "x"]),
        ("grade", [0, 1, 2, 3, 4, 5]),
        ("grade", [0, 1, 0, 1]),
    ],
)
def test_yes_or_no_categories_and_few_whole_numbers_are_factors(name, values):
    assert derived(name, values).frame.height == len(values)


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("value", [1.0, 2.0, 1.0, 2.0], "a measurement in `value`"),
        ("grade", [0, 1, 2, 3, 4, 5, 6], "7 different numbers in `grade`"),
        ("patient_id", ["1", "2", "3", "4"], "a column that identifies persons, or free text"),
    ],
)
def test_a_measurement_is_no_factor(name, values, found):
    finding = refused(name, values)
    assert (finding.code, finding.file, finding.found) == (
        "factor-levels", "study file, factors.it", found
    )  # fmt: skip
    assert finding.sentence == "A factor must have a handful of levels."
    assert finding.fix == "Make a category of it: values map, or a column with classes."


def test_a_factor_needs_two_levels_within_its_groups():
    values = ["x", "x", "x", "y", None, "x"]
    assert derived("kind", values).frame.height == 6
    finding = refused("kind", values, within=("A",))
    assert (finding.code, finding.found) == ("factor-one-level", "1 in 3 patients")
    assert refused("flag", [None, None, None, None]).found == "0 in 4 patients"


def test_a_declared_level_must_be_in_the_records():
    values = ["refractory", "relapsed", "untreated", "relapsed"]
    assert derived("kind", values, levels=("refractory", "relapsed")).frame.height == 4
    finding = refused("kind", values, levels=("refractry", "relapsed"))
    assert (finding.code, finding.file) == ("unknown-level", "study file, factors.it.levels")
    assert finding.fix == "Did you mean `refractory`?"


def test_levels_of_true_or_false_are_yes_and_no():
    assert derived("flag", [True, False], levels=("no", "yes")).frame.height == 2
    assert refused("flag", [True, False], levels=("true", "no")).code == "unknown-level"
    assert refused("flag", [True, True], levels=("no", "yes")).code == "factor-one-level"


def test_two_levels_must_be_among_the_declared():
    values = ["x", "y", "z", "y"]
    assert refused("kind", values, levels=("x", "y"), within=("B",)).code == "factor-one-level"
