"""A table as WordprocessingML: three lines, headings on every page, rows that stay whole."""

from collections.abc import Iterable, Iterator
from html import escape

from autallo.report.numbers import format_text
from autallo.report.tables.parts import Cell, Table

__all__ = ["table_xml"]

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
#: Twentieths of a point in a millimetre, the unit of widths in Word.
TWIPS_PER_MM = 56.6929
INDENT_TWIPS = 220
#: Widths are counted in letters of this width [twips]; a column holds at least its longest word.
LETTER_TWIPS = 96
PADDING = 2
NARROWEST, LONGEST_WORD = 5, 20
NUMBERS_WIDEST, WORDS_WIDEST = 30, 60
_LINE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="1A1A1A"/>'


def table_xml(table: Table, width_mm: float) -> str:
    """Return the table as one element ``w:tbl`` of that width [mm]."""
    widths = _widths(table, round(width_mm * TWIPS_PER_MM))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(_body_rows(table, widths))
    return (
        f"<w:tbl {NAMESPACE}>{_properties(table, sum(widths))}<w:tblGrid>{grid}</w:tblGrid>"
        f"{_headings(table, widths)}{body}</w:tbl>"
    )


def _properties(table: Table, width: int) -> str:
    lines = "".join(_LINE.format(side=side, size=10) for side in ("top", "bottom"))
    margins = "".join(f'<w:{side} w:w="60" w:type="dxa"/>' for side in ("left", "right"))
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
        f'<w:tblCaption w:val="{escape(format_text(table.title))}"/></w:tblPr>'
    )


def _headings(table: Table, widths: list[int]) -> str:
    """Return the heading rows, which Word repeats at the head of every page."""
    rows = ""
    if table.spanners:
        rows += _row(_spanner_cells(table, widths), heading=True)
    line = _LINE.format(side="bottom", size=6)
    cells = (
        _cell(_runs(column.lines, bold=True), width, centred=not column.words, border=line,
              low=True, keep=True)
        for column, width in zip(table.columns, widths, strict=True)
    )  # fmt: skip
    return rows + _row(cells, heading=True)


def _spanner_cells(table: Table, widths: list[int]) -> Iterator[str]:
    line = _LINE.format(side="bottom", size=4)
    column = 0
    for spanner in table.spanners:
        for index in range(column, spanner.first):
            yield _cell("", widths[index], keep=True)
        span = spanner.last - spanner.first + 1
        width = sum(widths[spanner.first : spanner.last + 1])
        yield _cell(_runs((spanner.label,), bold=True), width, span=span, border=line, keep=True)
        column = spanner.last + 1
    for index in range(column, len(table.columns)):
        yield _cell("", widths[index], keep=True)


def _body_rows(table: Table, widths: list[int]) -> Iterator[str]:
    for number, row in enumerate(table.rows, start=1):
        keep = table.short and (number < len(table.rows) or bool(table.notes))
        cells = (
            _cell(
                _content(cell, bold=index == 0 and not row.indent),
                width,
                centred=index > 0 and not table.columns[index].words,
                indent=row.indent if index == 0 else 0,
                keep=keep,
            )
            for index, (cell, width) in enumerate(zip(row.cells, widths, strict=True))
        )
        yield _row(cells)


def _row(cells: Iterable[str], *, heading: bool = False) -> str:
    repeated = "<w:tblHeader/>" if heading else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(
    runs: str,
    width: int,
    *,
    centred: bool = True,
    span: int = 1,
    border: str = "",
    indent: int = 0,
    low: bool = False,
    keep: bool = False,
) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    borders = f"<w:tcBorders>{border}</w:tcBorders>" if border else ""
    place = '<w:vAlign w:val="bottom"/>' if low else ""
    kept = "<w:keepNext/>" if keep else ""
    stepped = f'<w:ind w:left="{INDENT_TWIPS * indent}"/>' if indent else ""
    middle = '<w:jc w:val="center"/>' if centred else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{borders}{place}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="Tabletext"/>{kept}{stepped}{middle}</w:pPr>{runs}</w:p>'
        "</w:tc>"
    )


def _content(cell: Cell, *, bold: bool) -> str:
    """Return the lines of a cell and the marks of its footnotes, raised."""
    marks = ",".join(cell.marks)
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    return _runs(cell.lines, bold=bold) + (
        f"<w:r>{raised}<w:t>{escape(marks)}</w:t></w:r>" if marks else ""
    )


def _runs(lines: Iterable[str], *, bold: bool) -> str:
    text = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(format_text(line))}</w:t>' for line in lines if line
    )
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:r>{weight}{text}</w:r>" if text else ""


def _widths(table: Table, whole: int) -> list[int]:
    """Share the width between the columns: first the longest word, then what is written."""
    least, wanted = [], []
    for index, column in enumerate(table.columns):
        lines = [*column.lines, *_spanned(table, index)]
        for row in table.rows:
            cell = row.cells[index]
            lines += [line + "".join(cell.marks) for line in cell.lines]
        word = max((len(word) for line in lines for word in line.split()), default=0)
        most = WORDS_WIDEST if column.words else NUMBERS_WIDEST
        least.append(min(max(word, NARROWEST), LONGEST_WORD) + PADDING)
        wanted.append(min(max(map(len, lines), default=0), most) + PADDING)
    more = [max(0, want - need) for want, need in zip(wanted, least, strict=True)]
    rest = whole / LETTER_TWIPS - sum(least)
    if rest <= 0 or not any(more):
        return [round(whole * need / sum(least)) for need in least]
    share = rest / sum(more)
    return [
        round((need + share * extra) * LETTER_TWIPS)
        for need, extra in zip(least, more, strict=True)
    ]


def _spanned(table: Table, index: int) -> Iterator[str]:
    """Yield the part of a spanning heading that one of its columns must make room for."""
    for spanner in table.spanners:
        if spanner.first <= index <= spanner.last:
            yield "x" * -(-len(spanner.label) // (spanner.last - spanner.first + 1))
