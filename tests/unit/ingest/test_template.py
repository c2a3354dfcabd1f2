"""A new study: its files are valid, ask for patients, and never overwrite."""

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from autallo.errors import UserError
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
