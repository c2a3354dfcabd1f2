"""Workbooks that no reader may open, made in memory."""

import io
import zipfile

import pytest
import xlsxwriter

from autallo.ingest import workbook_safety
from autallo.ingest.codes import Place
from autallo.ingest.workbook_safety import check_workbook

PLACE = Place(file="x.xlsx")


def book() -> bytes:
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as made:
        made.add_worksheet("one").write(0, 0, "text")
    return memory.getvalue()


def changed(name: str, old: bytes, new: bytes) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as source, zipfile.ZipFile(memory, "w") as target:
        for info in source.infolist():
            part = source.read(info)
            if info.filename == name:
                assert old in part
                part = part.replace(old, new)
            target.writestr(info.filename, part)
    return memory.getvalue()


def with_entry(name: str, times: int = 1) -> bytes:
    memory = io.BytesIO(book())
    with zipfile.ZipFile(memory, "a") as archive:
        for at in range(times):
            archive.writestr(f"{name}{at or ''}", b"x")
    return memory.getvalue()


def code_of(data: bytes) -> str | None:
    facts, findings = check_workbook(data, PLACE)
    assert (facts is None) == bool(findings)
    return findings[0].code if findings else None


def test_ordinary_workbook_passes():
    facts, findings = check_workbook(book(), PLACE)
    assert findings == []
    assert [(sheet.name, sheet.filled_rows) for sheet in facts.sheets] == [("one", 1)]


@pytest.mark.parametrize("name", ["../../x", "/x", "a\\b", "C:x", "XL/WORKBOOK.XML"])
def test_names_of_parts(name):
    assert code_of(with_entry(name)) == "book-unsafe"


def test_too_many_parts():
    assert code_of(with_entry("x", times=1001)) == "book-unsafe"


def test_strings_that_are_announced_in_billions():
    data = changed("xl/sharedStrings.xml", b'uniqueCount="1"', b'uniqueCount="4000000000"')
    assert code_of(data) == "book-damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "docProps/app.xml"])
def test_document_types_are_refused_in_every_part(part):
    data = changed(part, b"?>\n", b'?>\n<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>\n')
    assert code_of(data) == "book-unsafe"


@pytest.mark.parametrize("address", [b'r="XFD1048576"', b"r='XFD1048576'", b'r = "XFD1048576"'])
def test_cell_far_away(address):
    data = changed("xl/worksheets/sheet1.xml", b'r="A1"', address)
    assert code_of(data) == "book-grid"


@pytest.mark.parametrize("address", [b'r="7E"', b'r="AAAA1"', b'r="A-1"'])
def test_addresses_that_do_not_exist(address):
    data = changed("xl/worksheets/sheet1.xml", b'r="A1"', address)
    assert code_of(data) == "book-damaged"


def test_size_after_unpacking(monkeypatch):
    monkeypatch.setattr(workbook_safety, "LARGEST_BYTES", 1000)
    assert code_of(book()) == "book-size"


@pytest.mark.parametrize("cut", [1, 100, 3000])
def test_cut_off(cut):
    assert code_of(book()[:-cut]) == "book-damaged"


def test_any_byte_may_be_wrong():
    data = book()
    for at in range(0, len(data), 37):
        spoiled = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        facts, findings = check_workbook(spoiled, PLACE)
        assert (facts is None) == bool(findings)


def test_zip_that_is_no_workbook():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert code_of(memory.getvalue()) == "book-damaged"
