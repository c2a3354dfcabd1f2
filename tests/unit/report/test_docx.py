"""The Word report, read back with python-docx: native tables, real captions, no traces."""

import io
import re
import zipfile

import docx
import pytest
from PIL import Image

from autallo.report.docx import write_docx
from autallo.report.html import write_html
from autallo.report.numbers import format_text
from autallo.report.outline import write_outline
from autallo.report.picture import Picture
from unit.report.example import NOTICE, example, hostile
from unit.report.test_html import HOSTILE, Page


def picture():
    memory = io.BytesIO()
    Image.new("RGB", (20, 10), "white").save(memory, "PNG")
    return Picture(
        name="flow", title="Flow of patients", alt="who left and why", notice=NOTICE,
        width_mm=174, height_mm=90, svg="<svg></svg>", png=b"", png_small=memory.getvalue(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def outline():
    return write_outline(example(), [picture()])


@pytest.fixture(scope="module")
def data(outline):
    return write_docx(outline)


@pytest.fixture(scope="module")
def word(data):
    return docx.Document(io.BytesIO(data))


def shown(cell):
    """Return the text of a cell without the raised marks."""
    runs = [run for p in cell.paragraphs for run in p.runs if not run.font.superscript]
    return "".join(run.text for run in runs)


def raised(cell):
    runs = [run for p in cell.paragraphs for run in p.runs if run.font.superscript]
    return tuple(mark for run in runs for mark in run.text.split(","))


def test_tables_read_back_equal_the_neutral_ones(outline, word):
    assert len(word.tables) == len(outline.tables) == 16
    for table, native in zip(outline.tables, word.tables, strict=True):
        body = native.rows[-len(table.rows) :]
        headings = native.rows[len(native.rows) - len(table.rows) - 1]
        assert [shown(c) for c in headings.cells] == [c.label for c in table.columns]
        for row, line in zip(table.rows, body, strict=True):
            assert [shown(cell) for cell in line.cells] == [cell.text for cell in row.cells]
            assert [raised(cell) for cell in line.cells] == [cell.marks for cell in row.cells]


def test_html_and_word_show_the_same_numbers(outline, word):
    pattern = re.compile(r"[<>−]?\d[\d.,]*")
    page = Page(write_html(outline))
    in_html = sorted(n for cell in page.cells for n in pattern.findall(cell))
    cells = [c for table in word.tables for row in table.rows for c in _own_cells(row)]
    in_word = sorted(n for cell in cells for n in pattern.findall(shown(cell)))
    assert in_html == in_word


def _own_cells(row):
    """Return each cell once, also where it spans several columns."""
    seen = []
    for cell in row.cells:
        if not any(cell._tc is other._tc for other in seen):
            seen.append(cell)
    return seen


def test_headings_repeat_and_rows_stay_whole(word):
    for native in word.tables:
        xml = native._tbl.xml
        assert xml.count("<w:cantSplit/>") == len(native.rows)
        assert xml.count("<w:tblHeader/>") in (1, 2)


def test_captions_count_by_fields(word):
    captions = [p for p in word.paragraphs if p.style.name == "Caption"]
    fields = [re.findall(r'w:instr="([^"]*)"', p._p.xml) for p in captions]
    assert fields.count([" SEQ Table \\* ARABIC "]) == 16
    assert fields.count([" SEQ Figure \\* ARABIC "]) == 1
    numbers = [re.search(r"<w:t>(\d+)</w:t>", p._p.xml)[1] for p in captions if "SEQ Table" in
               p._p.xml]  # fmt: skip
    assert numbers == [str(n) for n in range(1, 17)]


def test_notice_is_in_the_header_and_under_every_table(word):
    assert word.sections[0].header.paragraphs[0].text == NOTICE
    assert sum(p.style.name == "Table notice" and p.text == NOTICE for p in word.paragraphs) == 16


def test_figure_has_its_description(word):
    (shape,) = word.inline_shapes
    assert shape._inline.docPr.get("descr") == "who left and why"
    assert shape.width.mm == pytest.approx(170, abs=0.01)


def test_sentences_are_the_same_as_in_the_outline(outline, word):
    said = {p.text for p in word.paragraphs}
    for section in outline.sections:
        assert section.title in said
        for block in section.blocks:
            if hasattr(block, "kind"):
                assert block.text in said


def test_no_author_no_time_and_the_same_bytes_twice(outline, data):
    assert write_docx(outline) == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any("thumbnail" in name for name in archive.namelist())
        core = archive.read("docProps/core.xml").decode()
        app = archive.read("docProps/app.xml").decode()
    assert re.findall(r"<(?:dc|dcterms|cp):(\w+)", core) == ["coreProperties", "title"]
    assert "<Application>Autallo</Application>" in app


def test_a_wide_table_turns_the_page():
    import dataclasses

    study = example()
    pairs = (("RD-alloCAR", "autoCAR"), ("DD-alloCAR", "autoCAR"))
    wide = dataclasses.replace(study, card=dataclasses.replace(study.card, comparisons=pairs))
    word = docx.Document(io.BytesIO(write_docx(write_outline(wide))))
    assert {s.page_width > s.page_height for s in word.sections} == {True, False}
    assert word.sections[-1].page_width < word.sections[-1].page_height
    table = next(t for t in write_outline(wide).tables if t.wide)
    assert len(table.columns) > 7


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(text):
    data = write_docx(write_outline(hostile(text)))
    word = docx.Document(io.BytesIO(data))
    plain = format_text(text)
    cells = [shown(c) for table in word.tables for row in table.rows for c in row.cells]
    assert f"autoCAR {plain}\n(n = 17)" in cells
    assert plain in cells
    assert word.sections[0].header.paragraphs[0].text == plain
