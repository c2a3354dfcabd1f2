"""Bad files, one folder each: every message is compared word for word with expected.txt.

A folder holds what a user gave us and what Autallo must say. The cases are chosen from the
corpus of bad input of the reliability plan; every user's bug adds a folder, nothing leaves.
"""

import importlib.util
import zipfile
from pathlib import Path

import pytest

from autallo.errors import Finding, ProtocolError, Severity
from autallo.ingest.checks import check_tables
from autallo.ingest.codes import CODES
from autallo.ingest.files import read_tables
from autallo.ingest.study_file import read_study_file

HERE = Path(__file__).parent
CASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "study.yaml").is_file())
#: Codes that no file of reasonable size can provoke, with the test that does.
ELSEWHERE = {
    "study-missing": "tests/unit/ingest/test_study_file.py",
    "study-unreadable": "tests/unit/ingest/test_study_file.py",
    "study-size": "tests/unit/ingest/test_study_file.py",
    "file-size": "tests/unit/ingest/test_files.py",
    "rows-truncated": "tests/unit/ingest/test_files.py",
    "too-many": "tests/unit/ingest/test_files.py",
    "folder-not-empty": "tests/unit/ingest/test_template.py",
}


def findings_of(folder: Path) -> tuple[Finding, ...]:
    """Read and check a study as `autallo check` does."""
    try:
        study_file = read_study_file(folder / "study.yaml")
    except ProtocolError as error:
        return error.findings
    reading = read_tables(study_file)
    if any(finding.severity is Severity.STOP for finding in reading.findings):
        return reading.findings
    return (*reading.findings, *check_tables(reading.tables, study_file.protocol))


def printed(findings: tuple[Finding, ...]) -> str:
    """Return all messages as the user reads them, with their weight in front."""
    return "\n\n".join(f"{finding.severity}: {finding}" for finding in findings) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_messages_are_as_expected(case):
    expected = (HERE / case / "expected.txt").read_text(encoding="utf-8")
    assert printed(findings_of(HERE / case)) == expected


@pytest.mark.parametrize("case", CASES)
def test_messages_name_no_path_and_no_library(case):
    text = (HERE / case / "expected.txt").read_text(encoding="utf-8")
    for word in ("pydantic", "polars", "Traceback", "ruamel", "calamine", str(HERE), "Error("):
        assert word not in text


def test_every_code_is_provoked_by_a_case():
    said = "".join((HERE / case / "expected.txt").read_text(encoding="utf-8") for case in CASES)
    silent = {code for code in CODES if f"[{code}]" not in said} - set(ELSEWHERE)
    assert silent == set()


def test_clean_files_pass_without_complaint():
    for case in ("clean-csv", "book-clean"):
        assert findings_of(HERE / case) == ()


def test_workbooks_are_made_by_the_script_beside_them(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("make_workbooks", HERE / "make_workbooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", tmp_path)
    module.main()
    made = sorted(tmp_path.glob("*/records.xlsx"))
    assert {path.parent.name for path in made} == {
        path.parent.name for path in HERE.glob("*/records.xlsx")
    }
    for path in made:
        if path.parent.name != "book-cut-off":
            assert parts(path) == parts(HERE / path.parent.name / "records.xlsx")


def parts(path: Path) -> dict[str, bytes]:
    """Return what a workbook holds, whatever compressed it."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
