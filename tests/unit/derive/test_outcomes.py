"""Outcomes with one value and outcomes with given times: codes, categories, reasons."""

import pytest

from autallo.derive.cohort import derive_cohort
from autallo.errors import DataError, ProtocolError, Severity
from unit.derive.build import day, make_protocol, make_table, make_tables

TYPES = {"grade": "integer", "flag": "boolean", "value": "number", "days": "number",
         "value__limit": "integer", "score": "number"}  # fmt: skip


def derived(values, outcome, *, units=None, levels=("A",)):
    rows = [{"patient_id": f"{n:02}", "arm": "A", **row} for n, row in enumerate(values, start=1)]
    table = make_table("patients", rows, types=TYPES, units=units)
    return derive_cohort(
        make_tables(patients=table), make_protocol(levels=levels, outcomes={"it": outcome})
    )


def measured(values, outcome, **more):
    found = derived(values, outcome, **more).outcomes["it"]
    codes = [
        None if reason else value
        for value, reason in zip(found.values.tolist(), found.left_out, strict=True)
    ]
    return codes, found.categories


def refused(values, outcome, error=ProtocolError, **more):
    with pytest.raises(error) as caught:
        derived(values, outcome, **more)
    return {finding.code for finding in caught.value.findings}


GRADES = [{"grade": 0}, {"grade": 2}, {"grade": None}, {"grade": 3}]


def test_binary_at_least():
    outcome = {"kind": "binary", "from": "grade", "at_least": 2}
    assert measured(GRADES, outcome) == ([0, 1, None, 1], ("no", "yes"))


def test_binary_is_one_of_some_values():
    outcome = {"kind": "binary", "from": "grade", "is": (0, 3)}
    assert measured(GRADES, outcome)[0] == [1, 0, None, 1]


@pytest.mark.parametrize("more", [{}, {"is": True}])
def test_binary_of_true_or_false(more):
    rows = [{"flag": True}, {"flag": False}, {"flag": None}]
    assert measured(rows, {"kind": "binary", "from": "flag", **more})[0] == [1, 0, None]


def test_binary_refuses_what_it_cannot_read():
    assert refused(GRADES, {"kind": "binary", "from": "grade"}) == {"wrong-type"}
    assert refused(GRADES, {"kind": "binary", "from": "arm", "at_least": 1}) == {"wrong-type"}
    assert refused([{"flag": True}], {"kind": "binary", "from": "flag", "is": "yes"}) == {
        "value-not-found"
    }
    assert refused([{"sex": "male"}], {"kind": "binary", "from": "sex", "is": "m"}) == {
        "value-not-found"
    }
    outcome = {"kind": "binary", "from": "grade", "at_least": 1, "by_day": 30}
    assert refused(GRADES, outcome) == {"by-day"}


def test_a_value_that_nobody_has_is_announced():
    cohort = derived([{"grade": 1}], {"kind": "binary", "from": "grade", "is": (1, 9)})
    found = [one for one in cohort.findings if one.code == "value-not-found"]
    assert [one.severity for one in found] == [Severity.WARN]
    assert not [
        one
        for one in derived(
            [{"sex": "male"}], {"kind": "binary", "from": "sex", "is": "female"}
        ).findings
        if one.code == "value-not-found"
    ]


def test_ordinal_runs_from_0_to_the_highest_grade():
    outcome = {"kind": "ordinal", "from": "grade"}
    assert measured(GRADES, outcome) == ([0, 2, None, 3], ("0", "1", "2", "3"))
    assert measured([{"grade": -1}, {"grade": 1}], outcome) == ([0, 2], ("-1", "0", "1"))
    assert measured([{"score": 2.0}], {"kind": "ordinal", "from": "score"})[0] == [2]


def test_ordinal_in_a_given_order():
    rows = [{"arm2": "mild"}, {"arm2": "severe"}, {"arm2": "none"}]
    outcome = {"kind": "ordinal", "from": "arm2", "order": ("none", "mild", "severe")}
    assert measured(rows, outcome) == ([1, 2, 0], ("none", "mild", "severe"))
    assert refused(rows, {**outcome, "order": ("none", "mild")}) == {"undeclared-value"}


def test_ordinal_refuses_measurements():
    assert refused([{"score": 1.5}], {"kind": "ordinal", "from": "score"}) == {"wrong-type"}
    assert refused([{"arm2": "x"}], {"kind": "ordinal", "from": "arm2"}) == {"wrong-type"}
    assert refused([{"grade": 700}], {"kind": "ordinal", "from": "grade"}) == {
        "too-many-categories"
    }


def test_categories_are_in_the_order_of_the_dictionary_or_sorted():
    rows = [{"sex": "male", "arm2": "b"}, {"sex": "female", "arm2": "a"}, {}]
    found = measured(rows, {"kind": "categorical", "from": "sex"})
    assert found == ([1, 0, None], ("female", "male"))
    found = measured(rows, {"kind": "categorical", "from": "arm2"})
    assert found == ([1, 0, None], ("a", "b"))
    flags = [{"flag": True}, {"flag": None}, {"flag": False}]
    assert measured(flags, {"kind": "categorical", "from": "flag"}) == ([1, None, 0], ("no", "yes"))


def test_numbers_as_categories_are_sorted_as_numbers():
    rows = [{"grade": 10}, {"grade": 9}]
    assert measured(rows, {"kind": "categorical", "from": "grade"}) == ([1, 0], ("9", "10"))


def test_continuous_keeps_the_marks_of_the_measuring_range():
    rows = [{"value": 5.5, "value__limit": 0}, {"value": 2000.0, "value__limit": 1}, {},
            {"value": 1.0, "value__limit": -1}]  # fmt: skip
    found = derived(rows, {"kind": "continuous", "from": "value"}).outcomes["it"]
    assert found.values.tolist() == [5.5, 2000.0, 0.0, 1.0]
    assert found.limited.tolist() == [0, 1, 0, -1]
    assert found.left_out == (None, None, "value missing", None)
    assert found.categories == ()


def test_continuous_refuses_text():
    assert refused([{}], {"kind": "continuous", "from": "arm"}) == {"wrong-type"}


def test_an_outcome_may_be_of_some_groups_only():
    rows = [{"grade": 1}, {"grade": None}, {"grade": 4, "arm": "B"}, {"grade": None, "arm": "B"}]
    outcome = {"kind": "ordinal", "from": "grade", "groups": ("A",)}
    cohort = derived(rows, outcome, levels=("A", "B"))
    found = cohort.outcomes["it"]
    other = "not in groups of this outcome"
    assert found.left_out == (None, "value missing", other, other)
    assert found.categories == ("0", "1")


def test_given_times_and_events():
    rows = [{"days": 10.0, "flag": True}, {"days": 20.5, "flag": False}, {"days": None,
            "flag": True}, {"days": 5.0, "flag": None}]  # fmt: skip
    outcome = {"kind": "time_to_event", "time": "days", "event": "flag"}
    found = derived(rows, outcome).outcomes["it"]
    assert found.days.tolist()[:2] == [10.0, 20.5]
    assert found.cause.tolist()[:2] == [1, 0]
    assert found.left_out == (None, None, "value missing", "value missing")


def test_given_times_are_refused_where_they_cannot_be_times():
    outcome = {"kind": "time_to_event", "time": "days", "event": "flag"}
    rows = [{"days": 1.0, "flag": True}]
    assert refused([{"days": -1.0, "flag": True}], outcome, DataError) == {"negative-time"}
    assert refused(rows, outcome, units={"days": "months"}) == {"time-unit"}
    assert refused(rows, {**outcome, "time": "arm"}) == {"wrong-type"}
    assert refused([{"days": 1.0, "grade": 1}], {**outcome, "event": "grade"}) == {"wrong-type"}
    assert derived(rows, outcome, units={"days": "days"}).outcomes["it"].cause.tolist() == [1]


CAUSE = {"kind": "competing_risks", "time": "days", "cause": "what", "is": "relapse",
         "competing": ("death", "lost graft")}  # fmt: skip


def causes(*values):
    return [{"days": 1.0 + n, "what": value} for n, value in enumerate(values)]


def test_given_causes_and_empty_cells():
    found = derived(causes("relapse", None, "lost graft", "death"), CAUSE).outcomes["it"]
    assert found.cause.tolist() == [1, 0, 3, 2]
    assert found.causes == ("relapse", "death", "lost graft")
    assert found.left_out == (None,) * 4


def test_where_censored_is_a_word_an_empty_cell_is_missing():
    found = derived(causes("relapse", None, "censored"), CAUSE).outcomes["it"]
    assert found.cause.tolist() == [1, 0, 0]
    assert found.left_out == (None, "value missing", None)


@pytest.mark.parametrize("word", ["Censored", "cens", "none", "second cancer"])
def test_a_cause_that_is_not_declared_is_refused(word):
    assert refused(causes("relapse", word), CAUSE) == {"undeclared-cause"}


START = day("2020-01-01")


def infused(responses=(), kinetics=(), outcome=None, types=None):
    tables = {
        "patients": [{"patient_id": "1", "arm": "A"}, {"patient_id": "2", "arm": "A"}],
        "infusions": [{"patient_id": who, "infusion_date": START} for who in "12"],
        "events": [{"patient_id": who, "event_date": day("2020-12-31"), "event": "last_contact"}
                   for who in "12"],
    }  # fmt: skip
    if responses:
        tables["responses"] = [
            {"patient_id": who, "assessment_date": day(when), "response": what}
            for who, when, what in responses
        ]
    if kinetics:
        rows = [
            {"patient_id": who, "sample_date": day(when), "copies": value, **limit}
            for who, when, value, limit in kinetics
        ]
        tables["kinetics"] = make_table(
            "kinetics", rows, types={"copies__limit": "integer"}, units={"copies": "copies/ug"}
        )
    protocol = make_protocol(outcomes={"it": outcome or {"kind": "categorical", "from": "arm"}})
    return derive_cohort(make_tables(**tables), protocol)


def test_response_by_a_day_of_its_own():
    responses = [("1", "2020-01-29", "NR"), ("1", "2020-03-31", "CR"), ("2", "2020-01-29", "CR")]
    outcome = {"kind": "binary", "from": "best_response", "is": ("CR", "CRi")}
    # 31 March is day 90
    for more, wanted in (
        ({}, [0, 1]),
        ({"by_day": 30}, [0, 1]),
        ({"by_day": 90, "tolerance_days": 14}, [1, 1]),
        ({"by_day": 85, "tolerance_days": 4}, [0, 1]),
    ):
        found = infused(responses, outcome={**outcome, **more}).outcomes["it"]
        assert found.values.tolist() == wanted
        assert found.left_out == (None, None)


def test_a_response_that_was_not_assessed_counts_as_no_and_is_announced():
    responses = [("1", "2020-01-29", "CR")]
    outcome = {"kind": "binary", "from": "best_response", "is": ("CR",)}
    cohort = infused(responses, outcome=outcome)
    assert cohort.outcomes["it"].values.tolist() == [1, 0]
    noted = [one for one in cohort.findings if one.code == "response-not-assessed"]
    assert [(one.severity, one.found) for one in noted] == [(Severity.NOTE, "1 of 2 patients")]


def test_a_response_word_must_be_one_that_exists():
    outcome = {"kind": "binary", "from": "best_response", "is": ("complete",)}
    with pytest.raises(ProtocolError, match="value-not-found"):
        infused([("1", "2020-01-29", "CR")], outcome=outcome)


def test_the_reason_of_a_derived_value_is_kept():
    responses = [("1", "2020-01-29", "NR")]
    found = infused(responses, outcome={"kind": "binary", "from": "early_relapse"}).outcomes["it"]
    assert found.left_out == ("not a responder", "not evaluable: response not assessed")


def test_expansion_is_the_highest_sample_from_day_1_to_28():
    samples = [("1", "2020-01-01", 900.0, {}), ("1", "2020-01-08", 200.0, {}),
               ("1", "2020-01-11", 700.0, {}), ("1", "2020-01-15", 700.0, {}),
               ("1", "2020-01-29", 500.0, {}), ("1", "2020-01-30", 800.0, {}),
               ("2", "2020-01-30", 800.0, {})]  # fmt: skip
    cohort = infused(kinetics=samples)
    assert cohort.frame["car_t_cmax"].to_list() == [700.0, None]
    assert cohort.frame["car_t_tmax_days"].to_list() == [10.0, None]
    assert "car_t_cmax__limit" not in cohort.frame.columns
    assert {one.column: one.unit for one in cohort.origins}["car_t_cmax"] == "copies/ug"


def test_below_the_limit_counts_only_where_nothing_was_above_it():
    below, above = {"copies__limit": -1}, {"copies__limit": 1}
    inside = {"copies__limit": 0}
    samples = [("1", "2020-01-08", 50.0, below), ("1", "2020-01-11", 40.0, inside),
               ("2", "2020-01-08", 50.0, below), ("2", "2020-01-15", 50.0, below)]  # fmt: skip
    frame = infused(kinetics=samples).frame
    assert frame["car_t_cmax"].to_list() == [40.0, 50.0]
    assert frame["car_t_cmax__limit"].to_list() == [0, -1]
    assert frame["car_t_tmax_days"].to_list() == [10.0, 7.0]
    outcome = {"kind": "continuous", "from": "car_t_cmax", "axis": "log"}
    samples[1] = ("1", "2020-01-11", 9000.0, above)
    found = infused(kinetics=samples, outcome=outcome).outcomes["it"]
    assert found.limited.tolist() == [1, -1]
