"""Checks on tables: what must be told, and what must not."""

import datetime as dt

import polars as pl
import pytest

from autallo.errors import Severity
from autallo.ingest.checks import check_tables
from autallo.model.protocol import Protocol
from autallo.model.tables import ReadColumn, Table, Tables

TYPES = {
    pl.String: "category", pl.Boolean: "boolean", pl.Int64: "integer", pl.Float64: "number",
    pl.Date: "date",
}  # fmt: skip
DAY = dt.date


def table(name, **columns):
    """Return a table as the reader would give it."""
    frame = pl.DataFrame(columns, strict=False)
    frame = frame.with_columns(pl.Series("_row", range(2, frame.height + 2), dtype=pl.Int64))
    return Table(
        name=name,
        file=f"{name}.csv",
        sheet=None,
        frame=frame,
        columns=tuple(
            ReadColumn(name=column, header=column, type=TYPES[frame[column].dtype.base_type()])
            for column in columns
        ),
        unused=(),
        rows_read=frame.height,
        blank_rows=0,
    )


def protocol(*, include=None, cutoff=None, outcomes=None):
    return Protocol.model_validate(
        {
            "study": {"id": "s", "title": "A study", "data_cutoff": cutoff},
            "sources": {"patients": {"file": "patients.csv"}},
            "groups": {"by": "arm", "levels": ("a", "b")},
            "population": {"include": include} if include else {},
            "outcomes": outcomes or {"x": {"kind": "categorical", "from": "arm"}},
        }
    )


def told(*tables, **how):
    """Return code to rows of what the checks find."""
    made = Tables(tables={one.name: one for one in tables}, sha256={})
    return {finding.code: finding.rows for finding in check_tables(made, protocol(**how))}


PATIENTS = table("patients", patient_id=["P1", "P2"], arm=["a", "b"])


def test_nothing_to_tell():
    assert told(PATIENTS) == {}
    assert told() == {}


def test_missing_group_is_a_note_where_the_study_decides():
    patients = table("patients", patient_id=["P1", "P2", "P3"], arm=["a", "b", None])
    made = Tables(tables={"patients": patients}, sha256={})
    (warned,) = check_tables(made, protocol())
    (noted,) = check_tables(made, protocol(include="arm is not missing"))
    assert (warned.code, warned.severity, warned.rows) == ("level-missing", Severity.WARN, (4,))
    assert noted.severity is Severity.NOTE


def test_day_0_is_infusion_number_1_or_the_earliest():
    events = table("events", patient_id=["P1"], event_date=[DAY(2020, 2, 1)], event=["relapse"])
    dates = [DAY(2020, 3, 1), DAY(2020, 1, 1)]
    unnumbered = table("infusions", patient_id=["P1", "P1"], infusion_date=dates)
    numbered = table(
        "infusions", patient_id=["P1", "P1"], infusion_date=dates, infusion_number=[1, 2]
    )
    assert "event-before-day-0" not in told(PATIENTS, events, unnumbered)
    assert told(PATIENTS, events, numbered)["event-before-day-0"] == (2,)


@pytest.mark.parametrize("event", ["transplant", "infusion"])
def test_earlier_transplants_are_no_error(event):
    events = table("events", patient_id=["P1"], event_date=[DAY(2019, 2, 1)], event=[event])
    infusions = table("infusions", patient_id=["P1", "P2"], infusion_date=[DAY(2020, 1, 1)] * 2)
    assert told(PATIENTS, events, infusions) == {}


def test_same_day_is_in_order():
    day = DAY(2020, 1, 1)
    infusions = table(
        "infusions", patient_id=["P1", "P2"], infusion_date=[day, day], collection_date=[day, day]
    )
    events = table(
        "events", patient_id=["P1"] * 3, event_date=[day] * 3,
        event=["relapse", "death", "last_contact"],
    )  # fmt: skip
    responses = table("responses", patient_id=["P1"], assessment_date=[day], response=["NR"])
    assert told(PATIENTS, infusions, events, responses, cutoff=day) == {}


def test_empty_cause_means_no_event_unless_there_is_a_word_for_it():
    outcome = {"kind": "competing_risks", "time": "days", "cause": "cause", "is": "relapse",
               "competing": ("death",)}  # fmt: skip
    without = table(
        "patients", patient_id=["P1", "P2", "P3"], arm=["a", "b", "b"], days=[1.0, 2.0, 3.0],
        cause=["relapse", None, "death"],
    )  # fmt: skip
    assert told(without, outcomes={"x": outcome}) == {}
    frame = without.frame.with_columns(cause=pl.Series(["relapse", None, "censored"]))
    word = Table(**{name: getattr(without, name) for name in (
        "name", "file", "sheet", "columns", "unused", "rows_read", "blank_rows")}, frame=frame
    )  # fmt: skip
    assert told(word, outcomes={"x": outcome}) == {"event-missing": (3,)}


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ([10.0, 20.0, 999.0], (4,)), ([10.0, 20.0, -99.0], (4,)), ([400.0, 900.0, 999.0], None),
        ([-5.0, -20.0, -99.0], None), ([99.0, 99.0, 99.0], None), ([1.0, 2.0, None], None),
    ],
)  # fmt: skip
def test_codes_for_missing_are_suspected_only_far_from_the_rest(values, rows):
    patients = table("patients", patient_id=["P1", "P2", "P3"], arm=["a", "b", "b"], x=values)
    assert told(patients).get("code-outlier") == rows


@pytest.mark.parametrize(
    ("codes", "alike"),
    [
        (["P1", "p 1"], True), (["P01", "P1"], True), (["A-7", "a7"], True), (["P10", "P1"], False),
        (["P100", "P1000"], False), (["0", "00"], True), (["P1", "Q1"], False),
    ],
)  # fmt: skip
def test_codes_that_differ_only_in_writing(codes, alike):
    patients = table("patients", patient_id=codes, arm=["a", "b"])
    assert ("id-variants" in told(patients)) == alike


def test_time_zero_is_a_time():
    outcome = {"x": {"kind": "time_to_event", "time": "days", "event": "died"}}
    patients = table(
        "patients", patient_id=["P1", "P2"], arm=["a", "b"], days=[0.0, 1.0], died=[True, False]
    )
    assert told(patients, outcomes=outcome) == {}


def test_group_of_numbers_meets_the_level_as_written():
    patients = table("patients", patient_id=["P1", "P2"], arm=[1.0, 2.0])
    made = Tables(tables={"patients": patients}, sha256={})
    numbered = Protocol.model_validate(
        {
            "study": {"id": "s", "title": "A study"},
            "sources": {"patients": {"file": "patients.csv"}},
            "groups": {"by": "arm", "levels": ("1", "2")},
            "outcomes": {"x": {"kind": "categorical", "from": "arm"}},
        }
    )
    assert check_tables(made, numbered) == ()


@pytest.mark.parametrize(
    ("relapse", "rows"),
    [(DAY(2020, 1, 20), (2,)), (DAY(2020, 1, 29), (2,)), (DAY(2020, 1, 30), None),
     (DAY(2020, 1, 1), None)],
)  # fmt: skip
def test_a_relapse_follows_the_first_remission_after_day_0(relapse, rows):
    infusions = table("infusions", patient_id=["P1", "P2"], infusion_date=[DAY(2020, 1, 1)] * 2)
    responses = table(
        "responses", patient_id=["P1", "P1", "P2"],
        assessment_date=[DAY(2019, 12, 1), DAY(2020, 1, 29), DAY(2020, 2, 29)],
        response=["CR", "CRh", "NR"],
    )  # fmt: skip
    events = table(
        "events", patient_id=["P1", "P2"], event_date=[relapse, DAY(2020, 1, 2)],
        event=["relapse", "relapse"],
    )  # fmt: skip
    found = told(PATIENTS, infusions, responses, events)
    assert found.get("relapse-before-remission") == rows


def test_what_comes_after_the_cutoff_is_said_table_by_table():
    late = [DAY(2020, 6, 1)]
    made = Tables(
        tables={
            one.name: one
            for one in (
                PATIENTS,
                table("infusions", patient_id=["P1"], infusion_date=late),
                table("kinetics", patient_id=["P1"], sample_date=late, copies=[1.0]),
                table("events", patient_id=["P1"], event_date=late, event=["last_contact"]),
            )
        },
        sha256={},
    )
    said = {
        one.file: one.sentence
        for one in check_tables(made, protocol(cutoff=DAY(2020, 5, 1)))
        if one.code == "records-after-cutoff"
    }
    assert said == {
        "infusions.csv": "Infusions after the data cutoff, 2020-05-01, are ignored; patients"
        " without an earlier one are left out.",
        "kinetics.csv": "Records after the data cutoff, 2020-05-01, are ignored.",
        "events.csv": "Records after the data cutoff, 2020-05-01, are ignored; they only show that"
        " the patient was alive then.",
    }
