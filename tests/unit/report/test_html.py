"""The HTML report: complete in itself, safe against hostile words, the numbers of the tables."""

import itertools
import re
from html.parser import HTMLParser

import pytest

from autallo.report.html import write_html
from autallo.report.numbers import format_text
from autallo.report.outline import write_outline
from autallo.report.picture import Picture
from unit.report.example import NOTICE, example, hostile

VOID = {"meta", "br", "link", "img", "input", "hr"}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} {% raw %} {# x #}",
    "</title></style></svg><h1>x",
    "$\\foo$ $$ %n \\input{x}",
    "=HYPERLINK(1)",
    "a\x00b\x1b[31mc\ud800",
    "\u202eevil שלום مرحبا",
    "x" * 300,
    "e" + "\u0301" * 60,
)


class Page(HTMLParser):
    """Reads tags, attributes, identifiers and the text of table cells."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.open, self.cells, self.raised = [], [], [], [], 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")
        if tag == "br" and self.cells:
            self.cells[-1] += "\n"
        self.raised += tag == "sup"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
        self.raised -= tag == "sup"

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "br" and self.cells:
            self.cells[-1] += "\n"

    def handle_data(self, data):
        if {"td", "th"} & set(self.open) and not self.raised:
            self.cells[-1] += data


def picture(svg_text="hello"):
    svg = (
        '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/">\n'
        '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" viewBox="0 0 9 9">'
        '<defs><style type="text/css">*{stroke-linejoin: round}</style></defs>'
        f'<g id="a" clip-path="url(#p1)"><use href="#p2"/><text>{svg_text}</text></g></svg>'
    )
    return Picture(
        name="flow", title="Flow", alt='say "n"', notice=NOTICE, width_mm=174, height_mm=90,
        svg=svg, png=b"", png_small=b"",
    )  # fmt: skip


@pytest.fixture(scope="module")
def html():
    return write_html(write_outline(example(), [picture()]))


def test_every_tag_is_closed_and_the_headings_step_down(html):
    page = Page(html)
    assert page.open == []
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_nothing_is_fetched_from_anywhere(html):
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(
        page.tags
    )
    for _, name, value in page.attributes:
        assert name not in ("src", "srcset", "action", "data", "poster", "background")
        assert not name.startswith("on")
        if name.endswith("href"):
            assert value.startswith("#")
    assert "http:" not in html
    assert "https:" not in html
    assert "@import" not in html
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", html))


def test_content_security_policy_forbids_everything_but_our_own_style(html):
    assert (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">"
    ) in html


def test_identifiers_are_unique_and_every_link_has_its_goal(html):
    page = Page(html)
    found = [value for _, name, value in page.attributes if name == "id"]
    assert len(found) == len(set(found))
    goals = {value[1:] for _, name, value in page.attributes if name.endswith("href")}
    assert goals - {"flow-p2"} <= set(found)


def test_figures_are_described_and_their_identifiers_are_their_own(html):
    assert 'role="img" aria-label="say &#34;n&#34;"' in html
    assert 'id="flow-a" clip-path="url(#flow-p1)"' in html
    assert "DOCTYPE svg" not in html


def test_tables_have_captions_and_scopes(html):
    page = Page(html)
    assert page.tags.count("caption") == page.tags.count("table") == 16
    scopes = {value for tag, name, value in page.attributes if (tag, name) == ("th", "scope")}
    assert scopes == {"col", "row", "colgroup"}


def test_notice_stands_at_the_head_with_every_table_and_on_every_printed_page(html):
    assert f'<p class="banner" role="note" dir="auto">{NOTICE}</p>' in html
    assert html.count(f'<p class="notice" dir="auto">{NOTICE}</p>') == 16
    assert "@page { @top-center { content: " in html


def test_cells_are_those_of_the_neutral_tables(html):
    outline = write_outline(example())
    wanted = [line for table in outline.tables for line in _cells(table)]
    shown = iter(Page(html).cells)
    assert all(any(cell == want for cell in shown) for want in wanted)


def _cells(table):
    yield from (column.label for column in table.columns)
    yield from (cell.text for row in table.rows for cell in row.cells)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(text):
    html = write_html(write_outline(hostile(text)))
    page = Page(html)
    assert page.open == []
    assert not {"script", "img"} & set(page.tags)
    assert page.tags.count("h1") == 1
    assert page.tags.count("title") == 1
    assert not any(name.startswith("on") for _, name, _ in page.attributes)
    plain = format_text(text)
    assert f"autoCAR {plain}\n(n = 17)" in page.cells
    assert plain in page.cells
    html.encode("utf-8")


def test_notice_cannot_leave_the_style_sheet():
    html = write_html(write_outline(hostile('"; } </style> body{display:none} \\')))
    block = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    assert re.fullmatch(r'@page \{ @top-center \{ content: "[A-Za-z0-9 \\]*"; \} \}', block)


def test_a_study_without_notice_has_none():
    study = hostile("x")
    import dataclasses

    bare = dataclasses.replace(study, card=dataclasses.replace(study.card, notice=None))
    html = write_html(write_outline(bare))
    assert '<p class="banner"' not in html
    assert '<p class="notice"' not in html
    assert "<style></style>" in html


def test_the_same_outline_gives_the_same_bytes(html):
    assert write_html(write_outline(example(), [picture()])) == html
