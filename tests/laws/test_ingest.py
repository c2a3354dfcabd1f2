"""Laws of reading: what is right comes back equal; what is wrong becomes findings, never a crash.

The canary: patient codes and names hold CANARY-7319, and no message may hold any part of it.
"""

import csv
import datetime as dt
import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autallo.errors import ProtocolError, Severity
from autallo.ingest.checks import check_tables
from autallo.ingest.files import read_tables
from autallo.ingest.study_file import read_study_file
from unit.ingest.reading import read_records

CANARY = "CANARY-7319"
STUDY = """\
study: {{id: s, title: A study}}
sources:
  patients:
    file: patients.csv
    id: PID
    encoding: {encoding}
    delimiter: "{delimiter}"
    columns:
      sex: {{column: Sex, values: {{F: female, M: male}}}}
      birth_date: DOB
      arm: {{column: Arm, type: category}}
      name: {{column: Name, type: text}}
      follow_up_days: FU
      died: {{column: Died, type: boolean}}
      ferritin_peak: {{column: Ferritin, above: ">"}}
groups: {{by: arm, levels: [auto, allo]}}
outcomes:
  survival: {{kind: time_to_event, time: follow_up_days, event: died}}
"""
HEAD = ["PID", "Sex", "DOB", "Arm", "Name", "FU", "Died", "Ferritin"]
few = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
words = st.text("abZ9\u00e9\u00df ,;|\"'()<>=&\u0416", max_size=12).map(
    lambda text: " ".join(text.split())
)
patients = st.fixed_dictionaries(
    {
        "sex": st.sampled_from(["female", "male", None]),
        "born": st.none() | st.dates(dt.date(1901, 1, 1), dt.date(2020, 1, 1)),
        "arm": st.sampled_from(["auto", "allo"]),
        "name": words.map(lambda text: text or None),
        "days": st.none() | st.floats(0, 36000).map(lambda days: round(days, 3)),
        "died": st.none() | st.booleans(),
        "ferritin": st.none() | st.floats(0, 1e6).map(lambda value: round(value, 6)),
    }
)
cohorts = st.lists(patients, min_size=1, max_size=12)
shapes = st.tuples(
    st.sampled_from([",", ";", "|"]), st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)  # fmt: skip


def cells(at, patient):
    """Return the row of one patient as it stands in the file."""
    truth = {True: "1", False: "0", None: ""}
    return [
        f"{CANARY}-{at}",
        {"female": "F", "male": "M", None: ""}[patient["sex"]],
        "" if patient["born"] is None else patient["born"].isoformat(),
        patient["arm"],
        patient["name"] or "",
        "" if patient["days"] is None else repr(patient["days"]),
        truth[patient["died"]],
        "" if patient["ferritin"] is None else repr(patient["ferritin"]),
    ]


def written(rows, delimiter, end):
    """Return rows as CSV text."""
    memory = io.StringIO()
    writer = csv.writer(memory, delimiter=delimiter, lineterminator=end)
    writer.writerow(HEAD)
    writer.writerows(rows)
    return memory.getvalue()


def studied(data, *, delimiter=",", encoding="utf-8"):
    """Return the reading of a cohort, its checks, and the protocol."""
    with tempfile.TemporaryDirectory() as folder:
        text = STUDY.format(delimiter=delimiter, encoding=encoding)
        (Path(folder) / "study.yaml").write_text(text, encoding="utf-8")
        (Path(folder) / "patients.csv").write_bytes(data)
        study_file = read_study_file(Path(folder) / "study.yaml")
        reading = read_tables(study_file)
        return reading, check_tables(reading.tables, study_file.protocol)


def assert_silent_about_patients(findings):
    for finding in findings:
        for part in ("CANARY", "canary", "7319"):
            assert part not in str(finding)


@few
@given(cohorts, shapes)
def test_valid_cohort_is_read_back_equal(cohort, shape):
    delimiter, end, encoding = shape
    rows = [cells(at, patient) for at, patient in enumerate(cohort)]
    data = written(rows, delimiter, end).encode(encoding)
    reading, _ = studied(data, delimiter=delimiter, encoding=encoding.removesuffix("-sig"))
    assert [finding for finding in reading.findings if finding.severity is Severity.STOP] == []
    table = reading.tables.tables["patients"]
    assert table.rows_read == table.frame.height == len(cohort)
    assert table.frame["sex"].to_list() == [patient["sex"] for patient in cohort]
    assert table.frame["birth_date"].to_list() == [patient["born"] for patient in cohort]
    assert table.frame["name"].to_list() == [patient["name"] for patient in cohort]
    assert table.frame["follow_up_days"].to_list() == [patient["days"] for patient in cohort]
    assert table.frame["died"].to_list() == [patient["died"] for patient in cohort]
    assert table.frame["ferritin_peak"].to_list() == [patient["ferritin"] for patient in cohort]
    assert table.frame["_row"].to_list() == list(range(2, len(cohort) + 2))


@few
@given(cohorts, st.data())
def test_order_of_rows_does_not_matter(cohort, data):
    rows = [cells(at, patient) for at, patient in enumerate(cohort)]
    shuffled = data.draw(st.permutations(rows))
    frames = []
    for given_rows in (rows, shuffled):
        reading, _ = studied(written(given_rows, ",", "\n").encode())
        frames.append(reading.tables.tables["patients"].frame.drop("_row").sort("patient_id"))
    assert frames[0].equals(frames[1])


NAME = f"{CANARY} Smith"
GOOD = [
    [f"{CANARY}-{at}", sex, f"19{60 + at}-0{1 + at}-1{at}", arm, NAME, days, died, "80"]
    for at, (sex, arm, days, died) in enumerate(
        [("F", "auto", "10", "1"), ("M", "auto", "20.5", "0"), ("M", "auto", "30", "0"),
         ("F", "allo", "15", "1"), ("F", "allo", "25", "0"), ("M", "allo", "35", "1")]
    )
]  # fmt: skip
BAD = {
    "DOB": {"1980": "date-partial", "31/04/1980": "date-impossible", "05/06/1980": "date-ambiguous",
            "9999-12-31": "date-sentinel", f"{CANARY}": "date-form", "#N/A": "cell-error",
            "01/02/80": "date-short-year", "44185": "date-serial"},
    "Sex": {"X": "category-unknown", NAME: "category-unknown", "?": "missing-word"},
    "FU": {"1,5": "number-comma", "-4": "number-range", "inf": "number-form", "9 d": "number-unit",
           f"{CANARY}": "number-form", "1e9": "number-range", "<3": "number-limit"},
    "Died": {"maybe": "boolean-form", "yes": "boolean-mixed", f"{CANARY}": "boolean-form"},
    "Ferritin": {"<3": "number-limit", "5-10": "number-form", f"{CANARY}": "number-form"},
    "Arm": {"Auto": "category-variants"},
    "PID": {"": "id-missing", f"{CANARY}-1": "id-conflict", f"{CANARY.lower()}-1": "id-variants"},
}  # fmt: skip


def test_the_cohort_that_is_spoiled_below_is_good():
    reading, checked = studied(written(GOOD, ",", "\n").encode())
    assert reading.findings == ()
    assert checked == ()


@few
@given(st.data())
def test_each_bad_cell_is_told_with_its_row_and_no_value(data):
    column = data.draw(st.sampled_from(sorted(BAD)))
    value = data.draw(st.sampled_from(sorted(BAD[column])))
    at = data.draw(st.sampled_from([0, 2, 3, 4, 5]))
    rows = [list(row) for row in GOOD]
    rows[at][HEAD.index(column)] = value
    reading, checked = studied(written(rows, ",", "\n").encode())
    findings = (*reading.findings, *checked)
    told = {finding.code: finding for finding in findings}
    code = BAD[column][value]
    assert code in told
    assert told[code].severity is Severity.STOP
    assert at + 2 in told[code].rows or code == "boolean-mixed"
    assert_silent_about_patients(findings)


@few
@given(
    st.lists(
        st.tuples(
            st.floats(0, 1), st.integers(0, 6),
            st.text("\"',;\n\r\0 -.<>/9a\u00e9\ufeff#NA|", max_size=4),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_spoiled_text_never_crashes_and_never_tells(cuts):
    text = written(GOOD, ",", "\n")
    for where, length, new in cuts:
        at = int(where * len(text))
        text = text[:at] + new + text[at + length :]
    reading, checked = studied(text.encode())
    assert_silent_about_patients((*reading.findings, *checked))
    for table in reading.tables.tables.values():
        assert table.frame.height == table.rows_read


@few
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    reading, _ = studied(data)
    assert reading.findings


@few
@given(st.text("abc:-[]{}#&*!|>'\"%@`?, \n\t0123456789.~", max_size=80))
def test_any_text_is_refused_as_a_study_file_with_findings(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ProtocolError) as caught:
            read_study_file(path)
    assert caught.value.findings
    for finding in caught.value.findings:
        assert "pydantic" not in str(finding)
        assert "Input should" not in str(finding)


@few
@given(st.lists(st.floats(0, 5000).map(lambda value: round(value, 2)), min_size=1, max_size=20))
def test_months_are_months_and_days_are_days(months):
    columns = "x: {column: X, unit: months}"
    with tempfile.TemporaryDirectory() as folder:
        text = "PID,X\n" + "".join(f"P{at},{value}\n" for at, value in enumerate(months))
        frame = read_records(Path(folder), columns, text).tables.tables["patients"].frame
    days = pl.Series([round(value * 30.4375, 6) for value in months])
    assert (frame["x"] - days).abs().max() <= 1e-6
