"""The sentence that defines an outcome says what was done, for given and derived columns."""

import pytest

from autallo.derive.cohort import derive_cohort
from unit.derive.build import day, make_protocol, make_table, make_tables

TYPES = {"days": "number", "died": "boolean", "weight": "number"}
HEADERS = {"days": "FU (d)", "died": "Died", "what": "Cause", "weight": "Weight (kg)"}


def rule_of(rows, outcome):
    rows = [{"patient_id": str(n), "arm": "A", **row} for n, row in enumerate(rows)]
    table = make_table("patients", rows, types=TYPES, headers=HEADERS)
    cohort = derive_cohort(make_tables(patients=table), make_protocol(outcomes={"it": outcome}))
    return dict(cohort.rules)["it"]


CAUSE = {"kind": "competing_risks", "time": "days", "cause": "what", "is": "relapse",
         "competing": ("death",)}  # fmt: skip


def causes(*values):
    return [{"days": 1.0 + n, "what": value} for n, value in enumerate(values)]


def test_a_given_column_is_named_with_its_file_and_header():
    assert rule_of([{"weight": 70.0}], {"kind": "continuous", "from": "weight", "unit": "kg"}) == (
        "weight in kg on the linear axis, as given in patients.csv, column Weight (kg)."
    )
    assert rule_of([{"died": True}], {"kind": "binary", "from": "died"}) == (
        "Yes if died is true, as given in patients.csv, column Died."
    )


def test_given_times_say_what_true_means():
    outcome = {"kind": "time_to_event", "time": "days", "event": "died"}
    assert rule_of([{"days": 1.0, "died": True}], outcome) == (
        "From day 0 to died, as given in patients.csv, column Died (true means that it happened);"
        " time: days [days], as given in patients.csv, column FU (d); patients without the event"
        " are followed to that time."
    )


@pytest.mark.parametrize(
    ("values", "last", "never"),
    [
        (("relapse", None, "death"), "an empty cause means followed without event.", "censored"),
        (
            ("relapse", None, "censored"),
            "censored means followed without event, and patients with an empty cause are left out.",
            "an empty cause means",
        ),
    ],
)
def test_given_causes_say_what_means_no_event(values, last, never):
    rule = rule_of(causes(*values), CAUSE)
    assert rule.startswith(
        "From day 0 to relapse (column what, as given in patients.csv, column Cause),"
        " competing: death; time: days [days], as given in patients.csv, column FU (d); "
    )
    assert rule.endswith(last)
    assert never not in rule


def test_derived_columns_are_defined():
    tables = make_tables(
        patients=[{"patient_id": "1", "arm": "A"}],
        infusions=[{"patient_id": "1", "infusion_date": day("2020-01-01")}],
        responses=[{"patient_id": "1", "assessment_date": day("2020-01-29"), "response": "CR"}],
        kinetics=[{"patient_id": "1", "sample_date": day("2020-01-08"), "copies": 9.0}],
        events=[{"patient_id": "1", "event_date": day("2020-12-01"), "event": "last_contact"}],
    )
    outcomes = {
        "early": {"kind": "binary", "from": "early_relapse"},
        "peak": {"kind": "continuous", "from": "car_t_cmax", "axis": "log"},
    }
    rules = dict(derive_cohort(tables, make_protocol(outcomes=outcomes)).rules)
    assert rules["early"] == (
        "Yes if early_relapse is true, derived: relapse before day 183 after infusion; evaluable"
        " are responders with such a relapse or followed without relapse to day 183; who died in"
        " remission before or was followed for less is not evaluable."
    )
    assert rules["peak"] == (
        "car_t_cmax on the logarithmic axis, derived: highest number of transgene copies in"
        " samples of days 1 to 28."
    )
