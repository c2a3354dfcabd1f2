"""What can be adjusted for, and what is refused with its place in the study file."""

import pytest

from autallo.derive.cohort import derive_cohort
from autallo.errors import ProtocolError
from unit.derive.build import make_protocol, make_table, make_tables

TYPES = {
    "flag": "boolean",
    "age": "number",
    "when": "date",
    "kind": "category",
    "grade": "integer",
    "points": "integer",
}
OUTCOMES = {
    "cr": {"kind": "binary", "from": "resp", "is": "x"},
    "sort": {"kind": "categorical", "from": "resp"},
    "worst": {"kind": "ordinal", "from": "points"},
}


def derived(covariates, *, part="models", outcomes=("cr",), **columns):
    kinds = columns.pop("kind", ["x", "y", None, "x"])
    rows = [
        {"patient_id": str(n), "arm": "AB"[n % 2], "kind": kind, "resp": "xy"[n % 2], "grade": n,
         "points": n,
         **{name: values[n] for name, values in columns.items()}}
        for n, kind in enumerate(kinds)
    ]  # fmt: skip
    study = make_protocol(
        levels=("A", "B"),
        outcomes=OUTCOMES,
        **{part: {"it": {"outcomes": outcomes, "covariates": covariates}}},
    )
    return derive_cohort(make_tables(patients=make_table("patients", rows, types=TYPES)), study)


def refused(*given, **columns):
    with pytest.raises(ProtocolError) as error:
        derived(*given, **columns)
    (finding,) = error.value.findings
    return finding


@pytest.mark.parametrize(
    ("covariates", "columns"),
    [
        (["group", "kind"], {}),
        ({"age": {"per": 10}}, {"age": [1.0, 2.0, None, 4.0]}),
        ({"age": {"scale": "log2"}}, {"age": [1.0, 2.0, None, 4.0]}),
        ({"kind": {"reference": "x"}}, {}),
        ({"flag": {"reference": "yes"}}, {"flag": [True, False, None, True]}),
        (["grade"], {}),
    ],
)
def test_numbers_categories_and_the_arm_enter(covariates, columns):
    assert derived(covariates, **columns).frame.height == 4


@pytest.mark.parametrize(
    ("covariates", "columns", "code", "place", "found"),
    [
        (["agee"], {"age": [1.0] * 4}, "unknown-column", "models.it.covariates", None),
        (["patient_id"], {}, "personal-column", "models.it.covariates.patient_id", None),
        (["age"], {"age": [None] * 4}, "covariate", "models.it.covariates.age",
         "no value in `age` in these arms"),
        ({"age": {"scale": "log2"}}, {"age": [0.0, 2.0, None, 4.0]}, "covariate",
         "models.it.covariates.age", "a value of 0 or below in `age`, which has no logarithm"),
        ({"age": {"reference": "1"}}, {"age": [0.0, 2.0, None, 4.0]}, "covariate",
         "models.it.covariates.age", "`reference` for the numbers in `age`"),
        ({"kind": {"per": 2}}, {}, "covariate", "models.it.covariates.kind",
         "`per` or `scale` for the category `kind`"),
        ({"kind": {"reference": "z"}}, {}, "covariate", "models.it.covariates.kind",
         "`reference: z`; levels: `x`, `y`"),
        (["kind"], {"kind": list("abcdefghijkx")}, "covariate", "models.it.covariates.kind",
         "12 levels in `kind`"),
    ],
)  # fmt: skip
def test_what_cannot_be_adjusted_for_is_refused(covariates, columns, code, place, found):
    finding = refused(covariates, **columns)
    assert (finding.code, finding.file) == (code, f"study file, {place}")
    assert finding.fix
    if found:
        assert finding.found == found


def test_the_arm_is_no_covariate_where_arms_are_compared():
    finding = refused(["group", "kind"], part="adjusted")
    assert (finding.code, finding.file) == (
        "covariate-own",
        "study file, adjusted.it.covariates.group",
    )
    assert finding.found == "`group`, which is the arm"


@pytest.mark.parametrize(("outcome", "kind"), [("sort", "categorical"), ("worst", "ordinal")])
@pytest.mark.parametrize("part", ["models", "adjusted"])
def test_grades_and_categories_are_not_modelled(outcome, kind, part):
    finding = refused(["kind"], part=part, outcomes=(outcome,))
    assert finding.code == "model-outcome"
    assert finding.found == f"`{outcome}`, an outcome of kind {kind}"


@pytest.mark.parametrize(
    ("part", "name", "found"),
    [
        ("models", "resp", "`resp`, which is a column of the outcome `cr`"),
        ("models", "arm", "`arm`, which is the arm (`group`)"),
        ("adjusted", "arm", "`arm`, which is the arm (`group`)"),
    ],
)
def test_what_is_compared_is_no_covariate(part, name, found):
    finding = refused([name, "kind"], part=part)
    assert (finding.code, finding.found) == ("covariate-own", found)
