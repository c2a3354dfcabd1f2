"""Who is in: every patient read is either analysed or counted with a reason."""

import pytest

from autallo.derive.cohort import derive_cohort
from autallo.errors import DataError, ProtocolError
from unit.derive.build import day, make_protocol, make_table, make_tables

OUTCOMES = {"sex": {"kind": "categorical", "from": "arm"}}


def patients(*rows):
    return [{"patient_id": f"{number:02}", **row} for number, row in enumerate(rows, start=1)]


def derived(rows, *, types=None, infusions=None, **protocol):
    tables = {"patients": make_table("patients", rows, types=types)}
    if infusions is not None:
        tables["infusions"] = make_table("infusions", infusions)
    return derive_cohort(make_tables(**tables), make_protocol(**{"outcomes": OUTCOMES, **protocol}))


def test_the_flow_counts_every_patient():
    rows = patients(
        *[{"arm": "A", "disease": "B-ALL"}] * 3,
        {"arm": "A", "disease": "AML"},
        {"arm": "A", "disease": None},
        {"arm": None, "disease": "B-ALL"},
        {"arm": "C", "disease": "B-ALL"},
        {"arm": "A", "disease": "B-ALL"},
        {"arm": "A", "disease": "B-ALL"},
    )
    infusions = [
        {"patient_id": f"{number:02}", "infusion_date": day("2020-01-01")} for number in range(1, 8)
    ] + [{"patient_id": "08", "infusion_date": None}]
    flow = derived(rows, infusions=infusions, include="disease == 'B-ALL'").flow
    assert [(step.label, step.remaining, step.excluded) for step in flow] == [
        ("Records read", 9, ()),
        ("With an infusion", 7, (("no infusion recorded", 1), ("no date of infusion", 1))),
        (
            "In the population (disease == 'B-ALL')",
            5,
            (("cannot tell: disease missing", 1), ("not met: disease == 'B-ALL'", 1)),
        ),
        (
            "In a declared group",
            3,
            (("group not among the levels", 1), ("group value missing", 1)),
        ),
    ]
    assert flow[-1].by_group == (("A", 3),)


@pytest.mark.parametrize(
    ("include", "kept"),
    [
        ("prior_lines > 2", {"01"}),
        ("not prior_lines > 2", {"02"}),
        ("prior_lines is missing", {"03"}),
        ("prior_lines is not missing", {"01", "02"}),
        ("prior_lines > 2 or disease == 'ALL'", {"01", "03"}),
        ("prior_lines > 2 and disease == 'ALL'", {"01"}),
        ("prior_lines > 2 and disease == 'AML'", set()),
        ("prior_lines in [1, 2]", {"02"}),
        ("prior_lines not in [1, 2]", {"01"}),
        ("prior_lines != 4", {"02"}),
        ("prior_lines >= 1.5 and prior_lines <= 2", {"02"}),
        ("prior_lines < 3", {"02"}),
        ("prior_auto_hct == true", {"01"}),
        ("sample_day == 2020-01-01", {"01", "02"}),
    ],
)
def test_conditions_have_three_values(include, kept):
    rows = patients(
        {"arm": "A", "prior_lines": 4, "disease": "ALL", "prior_auto_hct": True,
         "sample_day": day("2020-01-01")},
        {"arm": "A", "prior_lines": 2, "disease": "AML", "prior_auto_hct": False,
         "sample_day": day("2020-01-01")},
        {"arm": "A", "prior_lines": None, "disease": "ALL"},
    )  # fmt: skip
    types = {"sample_day": "date"}
    if not kept:
        with pytest.raises(ProtocolError, match="empty-arm"):
            derived(rows, types=types, include=include)
        return
    assert set(derived(rows, types=types, include=include).frame["patient_id"]) == kept


def test_what_cannot_be_told_names_every_missing_column():
    rows = patients({"arm": "A", "disease": "ALL", "prior_lines": 1}, {"arm": "A"})
    flow = derived(rows, include="disease == 'ALL' and prior_lines == 1").flow
    assert flow[1].excluded == (("cannot tell: disease, prior_lines missing", 1),)


@pytest.mark.parametrize("numbers", [(None, 2), (2, None)])
def test_of_two_infusions_the_one_that_cannot_be_told_is_the_reason(numbers):
    rows = patients({"arm": "A"}, {"arm": "A"})
    infusions = [
        {"patient_id": who, "infusion_date": day("2020-01-01"), "infusion_number": number}
        for who, number in (("01", numbers[0]), ("01", numbers[1]), ("02", 1))
    ]
    flow = derived(rows, infusions=infusions, include="infusion_number == 1").flow
    assert flow[2].excluded == (("cannot tell: infusion_number missing", 1),)


@pytest.mark.parametrize(
    "include",
    ["arm == 1", "prior_lines == 'two'", "prior_lines == true", "arm > 'A'", "arm in [1, 'A']",
     "not (arm == 1)"],
)  # fmt: skip
def test_a_literal_of_another_type_is_refused(include):
    with pytest.raises(ProtocolError, match="condition-type"):
        derived(patients({"arm": "A", "prior_lines": 1}), include=include)


def test_one_infusion_must_be_chosen():
    rows = patients({"arm": "A"}, {"arm": "A"}, {"arm": "A"})
    infusions = [
        {"patient_id": who, "infusion_date": day(when), "infusion_number": number}
        for who, when, number in (
            ("01", "2020-01-01", 1), ("01", "2021-01-01", 2),
            ("02", "2020-02-01", 1), ("03", "2020-03-01", 2),
        )
    ]  # fmt: skip
    with pytest.raises(DataError) as error:
        derived(rows, infusions=infusions)
    (finding,) = error.value.findings
    assert (finding.code, finding.rows, finding.file) == ("two-day-0", (2, 3), "infusions.csv")
    assert finding.found.startswith("1 of 3 patients")
    cohort = derived(rows, infusions=infusions, include="infusion_number == 1")
    assert cohort.frame["patient_id"].to_list() == ["01", "02"]
    assert cohort.frame["day0"].to_list() == [day("2020-01-01"), day("2020-02-01")]
    assert cohort.flow[2].excluded == (("not met: infusion_number == 1", 1),)


def test_of_several_conditions_the_first_that_does_not_hold_is_the_reason():
    rows = patients(
        *[{"arm": "A", "disease": "B-ALL", "lines": 3}] * 3,
        {"arm": "A", "disease": "AML", "lines": 0},
        {"arm": "A", "disease": "B-ALL", "lines": 1},
        {"arm": "A", "disease": "B-ALL", "lines": 0},
    )
    include = "disease == 'B-ALL' and (lines >= 2 or lines == 0) and not lines in [0, 9]"
    flow = derived(rows, include=include, types={"lines": "integer"}).flow
    assert flow[1].excluded == (
        ("not met: disease == 'B-ALL'", 1),
        ("not met: lines >= 2 or lines == 0", 1),
        ("not met: not (lines in [0, 9])", 1),
    )


@pytest.mark.parametrize(
    ("kind", "values", "levels"),
    [("integer", [1, 1, 2], ("1", "2")), ("number", [1.0, 1.0, 2.5], ("1", "2.5")),
     ("boolean", [True, True, False], ("true", "false")),
     ("category", ["x", "x", "y"], ("x", "y"))],
)  # fmt: skip
def test_groups_are_compared_as_text(kind, values, levels):
    rows = patients(*({"which": value, "arm": "A"} for value in values))
    cohort = derived(rows, types={"which": kind}, by="which", levels=levels)
    assert cohort.flow[-1].by_group == ((levels[0], 2), (levels[1], 1))


def test_small_arms_are_announced_and_empty_ones_refused():
    rows = patients(*[{"arm": "A"}] * 3, {"arm": "B"}, {"arm": "B"}, {"arm": "a "})
    cohort = derived(rows, levels=("A", "B"))
    assert [(one.code, one.found) for one in cohort.findings] == [("tiny-arm", "2 patients")]
    with pytest.raises(ProtocolError) as error:
        derived(rows, levels=("A", "C"))
    (finding,) = error.value.findings
    assert finding.code == "empty-arm"
    assert finding.found == "0 patients; values in no arm: B, a "


def test_products_outside_the_arms_are_counted_by_class():
    rows = patients(
        {"prior_allo_hct": False, "arm": "x"},
        {"prior_allo_hct": False, "arm": "x"},
        {"prior_allo_hct": None, "arm": "x"},
        {"prior_allo_hct": True, "arm": "x"},
    )
    infusions = [
        {"patient_id": f"{n:02}", "infusion_date": day("2020-01-01"), "cell_source": source}
        for n, source in enumerate(["recipient", "recipient", "recipient", "universal"], start=1)
    ]
    cohort = derived(rows, infusions=infusions, by="product_source", levels=("autoCAR",))
    assert cohort.flow[-1].excluded == (
        ("product source UNCLASSIFIED", 1),
        ("product source UNIVERSAL", 1),
    )


def test_a_column_in_two_tables_is_refused():
    infusions = [{"patient_id": "01", "infusion_date": day("2020-01-01"), "arm": "A"}]
    with pytest.raises(ProtocolError, match="column-twice"):
        derived(patients({"arm": "A"}), infusions=infusions)


@pytest.mark.parametrize(("name", "by"), [("group", "arm"), ("day0", "arm")])
def test_names_of_the_cohort_are_reserved(name, by):
    with pytest.raises(ProtocolError, match="reserved-column"):
        derived(patients({"arm": "A", name: "x"}), by=by)


def test_a_given_column_may_be_called_group():
    assert derived(patients({"arm": "x", "group": "A"}), by="group").flow[-1].remaining == 1


def test_groups_that_do_not_exist_are_named():
    with pytest.raises(ProtocolError) as error:
        derived(patients({"arm": "A"}), by="arn")
    assert error.value.findings[0].fix == "Did you mean `arm`?"
    with pytest.raises(ProtocolError, match="what it is derived from"):
        derived(patients({"arm": "A"}), by="product_source")


def test_a_sensitivity_analysis_knows_who_is_in_and_of_whom_it_cannot_be_told():
    rows = patients(*({"arm": "A", "blasts_pct": blasts} for blasts in (10.0, 60.0, None, 25.0)))
    cohort = derived(rows, sensitivity={"high": {"include": "blasts_pct >= 25"}})
    subset = cohort.subsets["high"]
    assert subset.inside.tolist() == [False, True, False, True]
    assert subset.unknown.tolist() == [False, False, True, False]


def test_a_sensitivity_analysis_of_an_unknown_column_says_where():
    rows = patients({"arm": "A", "blasts_pct": 10.0})
    with pytest.raises(ProtocolError) as refused:
        derived(rows, sensitivity={"high": {"include": "blast_pct >= 25"}})
    (finding,) = refused.value.findings
    assert finding.file == "study file, sensitivity.high.include"
    assert "blasts_pct" in finding.fix
