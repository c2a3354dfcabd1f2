"""A new study: its files are valid, ask for patients, and never overwrite."""

import errno
import io
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from autallo.errors import SystemFaultError, UserError
from autallo.ingest.checks import check_tables
from autallo.ingest.files import read_tables
from autallo.ingest.study_file import read_study_file
from autallo.ingest.template import write_template
from autallo.model.tables import DICTIONARY, KNOWN_TABLES


def test_fresh_template_asks_for_patients(tmp_path):
    study, book = write_template(tmp_path / "my-study")
    assert (study.name, book.name) == ("study.yaml", "records.xlsx")
    study_file = read_study_file(study)
    reading = read_tables(study_file)
    assert reading.findings == ()
    assert tuple(reading.tables.tables) == KNOWN_TABLES
    (finding,) = check_tables(reading.tables, study_file.protocol)
    assert (finding.code, finding.sentence) == ("no-rows", "There are no patients yet.")


def test_workbook_has_every_column_and_its_dictionary(tmp_path):
    _, book = write_template(tmp_path)
    reader = CalamineWorkbook.from_path(str(book))
    assert tuple(reader.sheet_names) == (*KNOWN_TABLES, "dictionary")
    for table in KNOWN_TABLES:
        (header,) = reader.get_sheet_by_name(table).to_python()
        assert header == [column.name for column in DICTIONARY if column.table == table]
    listed = reader.get_sheet_by_name("dictionary").to_python()[1:]
    assert [tuple(row[:2]) for row in listed] == [(c.table, c.name) for c in DICTIONARY]


def test_workbook_guides_the_hand(tmp_path):
    _, book = write_template(tmp_path)
    with zipfile.ZipFile(io.BytesIO(book.read_bytes())) as archive:
        patients = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "female,male" in patients
    assert 'state="frozen"' in patients
    assert "<f>" not in patients


@pytest.mark.parametrize("what", ["file inside", "file itself"])
def test_nothing_is_overwritten(tmp_path, what):
    folder = tmp_path / "my-study"
    if what == "file inside":
        folder.mkdir()
    target = folder / "mine.txt" if what == "file inside" else folder
    target.write_text("precious", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        write_template(folder)
    assert caught.value.findings[0].code == "folder-not-empty"
    assert target.read_text(encoding="utf-8") == "precious"


def test_workbook_warns_and_does_not_stop_the_hand(tmp_path):
    _, book = write_template(tmp_path)
    with zipfile.ZipFile(io.BytesIO(book.read_bytes())) as archive:
        patients = archive.read("xl/worksheets/sheet1.xml").decode()
    assert patients.count("<dataValidation ") == patients.count('errorStyle="warning"') > 0


def test_age_is_left_to_be_derived_and_labels_are_given(tmp_path):
    study, _ = write_template(tmp_path)
    protocol = read_study_file(study).protocol
    patients = protocol.sources["patients"].columns
    assert "birth_date" in patients
    assert "age_years" not in patients
    assert set(protocol.table1) == set(protocol.labels)
    assert all(outcome.label for outcome in protocol.outcomes.values())


@pytest.mark.parametrize("kept", ["nothing", "parent"])
def test_full_disk_leaves_nothing_behind(tmp_path, monkeypatch, kept):
    real = Path.open

    def refuse(path, *rest):
        if path.name == "records.xlsx":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *rest)

    parent = tmp_path / "parent"
    if kept == "parent":
        parent.mkdir()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SystemFaultError) as caught:
        write_template(parent / "my-study")
    (finding,) = caught.value.findings
    assert finding.code == "cannot-write"
    assert "no space left on device" in finding.sentence
    assert list(tmp_path.iterdir()) == ([parent] if kept == "parent" else [])
    assert not (parent / "my-study").exists()


def test_place_that_takes_no_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemFaultError):
        write_template(tmp_path / "file" / "my-study")
    assert [item.name for item in tmp_path.iterdir()] == ["file"]
