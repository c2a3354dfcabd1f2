"""Files: true rows, encodings, separators, paths, limits."""

import hashlib

import polars as pl
import pytest

from autallo.errors import Finding, Severity
from autallo.ingest import files
from unit.ingest.reading import read_records

COLUMNS = "arm: {column: Arm, type: category}\nnote: {column: Note, type: text}"


def arms(reading):
    """Return the column `arm` of the patients."""
    assert reading.findings == ()
    return reading.tables.tables["patients"].frame["arm"].to_list()


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separator_is_found(tmp_path, mark):
    text = mark.join(["PID", "Arm", "Note"]) + "\n" + mark.join(["P1", "a", "x"]) + "\n"
    assert arms(read_records(tmp_path, COLUMNS, text)) == ["a"]


def test_separator_that_fits_every_row_wins(tmp_path):
    text = "PID;Arm;Note, free\nP1;a;x\nP2;b;y, z\n"
    columns = 'arm: {column: Arm, type: category}\nnote: {column: "Note, free", type: text}'
    reading = read_records(tmp_path, columns, text)
    assert arms(reading) == ["a", "b"]
    assert reading.tables.tables["patients"].frame["note"].to_list() == ["x", "y, z"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_rows(tmp_path, end):
    text = end.join(["PID,Arm,Note", 'P1,a,"two', 'lines, and ""quotes"""', "", "P2,b,y"])
    reading = read_records(tmp_path, COLUMNS, text)
    frame = reading.tables.tables["patients"].frame
    assert frame["_row"].to_list() == [2, 5]
    assert frame["note"].to_list() == ['two lines, and "quotes"', "y"]


def test_header_row_counts_from_the_top(tmp_path):
    text = "Export of today\n\nPID,Arm,Note\nP1,a,x\nP2,c,1\n"
    reading = read_records(tmp_path, COLUMNS, text, options="header_row: 3")
    assert reading.tables.tables["patients"].frame["_row"].to_list() == [4, 5]


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp1252", "windows-1252"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16")]
)
def test_encodings(tmp_path, encoding, name):
    data = "PID,Arm,Note\nP1,\u00f6st,x\n".encode(encoding)
    reading = read_records(tmp_path, COLUMNS, data, options=f"encoding: {name}")
    assert arms(reading) == ["\u00f6st"]


def test_hash_is_that_of_the_bytes(tmp_path):
    data = b"PID,Arm,Note\nP1,a,x\n"
    reading = read_records(tmp_path, COLUMNS, data)
    assert reading.tables.sha256 == {"patients.csv": hashlib.sha256(data).hexdigest()}


def test_columns_that_are_not_named_are_not_read(tmp_path):
    reading = read_records(tmp_path, "arm: {column: Arm, type: category}", "PID,Arm,More\nP1,a,z\n")
    table = reading.tables.tables["patients"]
    assert table.unused == ("More",)
    assert table.frame.columns == ["patient_id", "arm", "_row"]
    assert table.frame.dtypes == [pl.String, pl.String, pl.Int64]


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x.csv", "a/../../x.csv", "a/../x.csv", "C:\\x.csv", "\\\\server\\x.csv", "file:///x.csv",
     "https://example.org/x.csv", "a\tb.csv"],
)  # fmt: skip
def test_addresses_outside_the_folder_are_refused(tmp_path, name):
    assert files._leads_outside(tmp_path, name)


def test_link_that_leads_outside_is_refused(tmp_path):
    inside = tmp_path / "study"
    inside.mkdir()
    (tmp_path / "far.csv").write_text("PID\n", encoding="utf-8")
    (inside / "near.csv").symlink_to(tmp_path / "far.csv")
    assert files._leads_outside(inside, "near.csv")
    assert not files._leads_outside(inside, "data/near.csv")


def test_large_files_are_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_TEXT", 10)
    reading = read_records(tmp_path, COLUMNS, "PID,Arm,Note\nP1,a,x\n")
    assert [finding.code for finding in reading.findings] == ["file-size"]


def test_file_that_may_not_be_opened(tmp_path, monkeypatch):
    def refuse(self):
        raise PermissionError

    monkeypatch.setattr(files.Path, "is_file", refuse)
    data, findings = files._bytes(tmp_path, "x.csv", files.Place(file="x.csv"))
    assert data is None
    assert [finding.code for finding in findings] == ["file-missing"]
    (tmp_path / "x.csv").write_text("x", encoding="utf-8")
    data, findings = files._bytes(tmp_path, "x.csv", files.Place(file="x.csv"))
    assert [finding.code for finding in findings] == ["file-unreadable"]


def test_number_of_rows_of_a_spreadsheet_program_is_suspected(tmp_path):
    rows = "".join(f"P{i},a,\n" for i in range(65_535))
    reading = read_records(tmp_path, COLUMNS, "PID,Arm,Note\n" + rows)
    assert [finding.code for finding in reading.findings] == ["rows-truncated"]


def test_problems_are_capped_and_counted():
    one = Finding(code="id-test", severity=Severity.WARN, sentence="One.")
    told = files._capped([one] * 10_003)
    assert len(told) == 10_001
    assert (told[-1].code, told[-1].found) == ("too-many", "3 more")


def test_marks_that_a_terminal_would_obey_are_not_printed(tmp_path):
    text = "PID,\x1b[31mArm\nP1,a\n"
    reading = read_records(tmp_path, 'arm: {column: " arm", type: category}', text)
    assert all(str(finding).isprintable() or "\n" in str(finding) for finding in reading.findings)
    assert "\x1b" not in "".join(str(finding) for finding in reading.findings)
