"""The report as a Word document: native tables and captions that the author can go on editing."""

import io
import zipfile
from collections.abc import Callable
from html import escape
from typing import Any

from autallo.report.numbers import format_text
from autallo.report.outline import Numbered, Outline, Paragraph
from autallo.report.picture import Picture
from autallo.report.tables.parts import Table
from autallo.report.word_table import table_xml

__all__ = ["write_docx"]

TEXT_MM = 170.0
MARGIN_MM = 20.0
A4_MM = (210.0, 297.0)
#: The oldest time that a zip file can hold: a document must not tell when it was made.
EPOCH = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: The properties of the file say its title and the program; no author, no computer, no date.
_PROPERTIES = {
    "docProps/core.xml": f"{_XML}<cp:coreProperties "
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title></cp:coreProperties>',
    "docProps/app.xml": f"{_XML}<Properties "
    'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Autallo</Application></Properties>",
}


def write_docx(outline: Outline) -> bytes:
    """Return the report as a docx file; the same outline gives the same bytes."""
    document = _Document(outline)
    for text in outline.lead:
        document.paragraph(text, "Lead")
    for section in outline.sections:
        document.paragraph(section.title, "Heading 1")
        for block in section.blocks:
            document.add(block)
    return document.finished()


class _Document:
    """A Word document under construction."""

    def __init__(self, outline: Outline) -> None:
        import docx

        self.outline = outline
        self.word: Any = docx.Document()
        self.style_ids: dict[str, str] = {}
        _set_styles(self.word)
        self._page(self.word.sections[0], wide=False)
        self._running_lines(self.word.sections[0])
        self.paragraph(outline.title, "Title")
        if outline.notice:
            self.paragraph(outline.notice, "Notice")

    def add(self, block: object) -> None:
        """Add one block in the form of its kind."""
        forms: dict[type[Any], Callable[[Any], None]] = {
            Paragraph: self._words,
            Numbered: self._numbered,
            Table: self._table,
            Picture: self._picture,
        }
        forms[type(block)](block)

    def _styled(self, style: str, text: str = "") -> Any:
        """Add a paragraph by the id of its style: python-docx would search all styles each time."""
        if style not in self.style_ids:
            self.style_ids[style] = self.word.styles[style].style_id
        added = self.word.add_paragraph(text)
        added._p.style = self.style_ids[style]  # noqa: SLF001
        return added

    def paragraph(self, text: str, style: str) -> Any:
        """Add a paragraph of plain text."""
        return self._styled(style, format_text(text))

    def finished(self) -> bytes:
        """Return the file with neither author nor times."""
        package = self.word.part.package
        for key in [k for k, rel in package.rels.items() if rel.reltype.endswith("/thumbnail")]:
            del package.rels[key]
        memory = io.BytesIO()
        self.word.save(memory)
        return _without_times(memory, self.outline.title)

    def _words(self, block: Paragraph) -> None:
        styles = {"text": "Normal", "caution": "Caution", "heading": "Heading 2"}
        self.paragraph(block.text, styles[block.kind])

    def _numbered(self, block: Numbered) -> None:
        for number, item in enumerate(block.items, start=1):
            self.paragraph(f"{number}.\t{item}", "Reference")

    def _table(self, table: Table) -> None:
        if table.wide:
            self._turn(wide=True)
        self._caption("Table", table.number, table.title, keep=True)
        width = (A4_MM[1] if table.wide else A4_MM[0]) - 2 * MARGIN_MM
        self._append(table_xml(table, width))
        for note in table.notes:
            line = self._styled("Table note")
            line.paragraph_format.keep_with_next = table.short and note is not table.notes[-1]
            if note.mark:
                line.add_run(note.mark).font.superscript = True
                line.add_run(" ")
            line.add_run(format_text(note.text))
        if table.notice:
            self.paragraph(table.notice, "Table notice")
        if table.wide:
            self._turn(wide=False)

    def _picture(self, picture: Picture) -> None:
        from docx.shared import Mm

        line = self._styled("Figure")
        width = min(TEXT_MM, picture.width_mm)
        shape = line.add_run().add_picture(io.BytesIO(picture.png_small), width=Mm(width))
        described: Any = shape._inline.docPr  # noqa: SLF001
        described.set("descr", format_text(picture.alt))
        described.set("title", f"Figure {picture.number}")
        self._caption("Figure", picture.number, picture.title, keep=False)

    def _caption(self, kind: str, number: int, title: str, *, keep: bool) -> None:
        """Add "Table 1. Title", the number as a field that Word counts anew."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        line = self._styled("Caption")
        line.paragraph_format.keep_with_next = keep
        line.add_run(f"{kind} ").bold = True
        field = (
            f'<w:fldSimple {nsdecls("w")} w:instr=" SEQ {kind} \\* ARABIC "><w:r><w:rPr><w:b/>'
            f"</w:rPr><w:t>{number}</w:t></w:r></w:fldSimple>"
        )
        line._p.append(parse_xml(field))  # noqa: SLF001
        line.add_run(". ").bold = True
        line.add_run(format_text(title))

    def _append(self, xml: str) -> None:
        from docx.oxml import parse_xml

        self.word.element.body[-1].addprevious(parse_xml(xml))

    def _turn(self, *, wide: bool) -> None:
        """Start a new page, on its side or upright."""
        from docx.enum.section import WD_SECTION

        self._page(self.word.add_section(WD_SECTION.NEW_PAGE), wide=wide)

    def _page(self, section: Any, *, wide: bool) -> None:
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm

        short, long = A4_MM
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (
            (Mm(long), Mm(short)) if wide else (Mm(short), Mm(long))
        )
        for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
            setattr(section, side, Mm(MARGIN_MM))

    def _running_lines(self, section: Any) -> None:
        """Put the notice at the head and the number at the foot of every page."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        if self.outline.notice:
            head = section.header.paragraphs[0]
            head.style = self.word.styles["Running line"]
            head.add_run(format_text(self.outline.notice))
        foot = section.footer.paragraphs[0]
        foot.style = self.word.styles["Running line"]
        page = f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        foot._p.append(parse_xml(page))  # noqa: SLF001


#: Style, parent, size [pt], bold, italic, space before and after [pt], left indent [mm].
_STYLES = (
    ("Normal", None, 10.0, False, False, 0, 6, 0),
    ("Title", None, 17.0, True, False, 0, 6, 0),
    ("Heading 1", None, 13.0, True, False, 18, 6, 0),
    ("Heading 2", None, 10.5, True, False, 10, 3, 0),
    ("Caption", None, 9.5, False, False, 10, 4, 0),
    ("Lead", "Normal", 11.0, False, False, 0, 3, 0),
    ("Notice", "Normal", 10.0, True, False, 0, 8, 0),
    ("Caution", "Normal", 10.0, False, False, 2, 8, 6),
    ("Reference", "Normal", 9.0, False, False, 0, 2, 8),
    ("Figure", "Normal", 10.0, False, False, 10, 0, 0),
    ("Table text", "Normal", 8.5, False, False, 1, 1, 0),
    ("Table note", "Normal", 8.0, False, False, 1, 0, 0),
    ("Table notice", "Normal", 8.0, False, True, 2, 12, 0),
    ("Running line", "Normal", 8.0, False, True, 0, 0, 0),
)
FONT = "Arial"


def _set_styles(word: Any) -> None:
    """Give the document one quiet typeface, black, with room around headings."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt, RGBColor

    for name, parent, size, bold, italic, before, after, indent in _STYLES:
        if parent is None:
            style = word.styles[name]
        else:
            style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = word.styles[parent]
        _set_font(style, size)
        style.font.bold, style.font.italic = bold, italic
        style.font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.left_indent = Mm(indent)
    word.styles["Reference"].paragraph_format.first_line_indent = Mm(-8)
    word.styles["Figure"].paragraph_format.keep_with_next = True
    word.styles["Running line"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for border in word.styles["Title"].element.xpath(".//w:pBdr"):
        parent = border.getparent()
        del parent[parent.index(border)]


def _set_font(style: Any, size: float) -> None:
    """Set the typeface for every script, and leave the fonts of the theme behind."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name = FONT
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{script}"), None)
    for script in ("eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)


def _without_times(memory: io.BytesIO, title: str) -> bytes:
    """Write the parts again with one fixed time and no properties but the title."""
    result = io.BytesIO()
    with zipfile.ZipFile(memory) as old, zipfile.ZipFile(result, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = old.read(name)
            if name in _PROPERTIES:
                data = _PROPERTIES[name].format(escape(format_text(title))).encode()
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            packed = not name.endswith(".png")
            entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            new.writestr(entry, data)
    return result.getvalue()
