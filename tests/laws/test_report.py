"""Laws of the report: rounding never lies by more than half a unit, text never becomes markup."""

import math
import re
from decimal import Decimal
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from autallo.report.html import write_html
from autallo.report.numbers import (
    format_interval,
    format_number,
    format_p,
    format_percent,
    format_proportion,
    format_text,
)
from autallo.report.outline import Outline, Paragraph, Section
from autallo.report.tables.parts import Cell, Column, Footnotes, Row, Table
from autallo.report.word_table import table_xml

finite = st.floats(allow_nan=False, allow_infinity=False)
shares = st.floats(0, 1)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def read_back(shown: str) -> Decimal:
    """Return the number that a reader understands."""
    plain = shown.replace("−", "-").replace(",", "")
    front, _, power = plain.partition(" × 10")
    return Decimal(front).scaleb(int(power.translate(SUPERSCRIPTS) or 0) if power else 0)


@given(finite)
def test_number_is_within_half_a_percent_of_what_it_stands_for(value):
    shown = read_back(format_number(value))
    exact = Decimal(repr(value))
    assert abs(shown - exact) <= abs(exact) * Decimal("0.005")


@given(finite)
def test_number_keeps_its_sign_and_its_mirror_image(value):
    positive, negative = format_number(abs(value)), format_number(-abs(value))
    assert negative.removeprefix("−") == positive
    assert (negative == positive) == (value == 0)


@given(st.floats(1e-3, 9e5), st.floats(1e-3, 9e5))
def test_order_survives_rounding(a, b):
    low, high = sorted((a, b))
    assert read_back(format_number(low)) <= read_back(format_number(high))


@given(shares)
def test_p_is_never_nought_and_never_one(p_value):
    shown = format_p(p_value)
    assert re.fullmatch(r"<0\.001|>0\.999|0\.\d{3}", shown)
    assert shown not in ("0.000", "1.000")
    if shown[0] == "0":
        assert abs(float(shown) - p_value) <= 0.0005 + 1e-12
    else:
        assert p_value < 0.001 if shown[0] == "<" else p_value >= 0.9995


@given(shares)
def test_per_cent_is_exact_only_at_the_ends(share):
    shown = format_percent(share)
    assert (shown == "0") == (share == 0)
    assert (shown == "100") == (share == 1)
    if shown[0].isdigit():
        assert abs(float(shown) - 100 * share) <= 0.05 + 1e-9


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_proportion_gives_back_its_count(counts):
    events, n = counts
    shown = format_proportion(events, n)
    front, per_cent = shown.rstrip("%)").split(" (")
    assert tuple(map(int, front.split("/"))) == counts
    if per_cent[0].isdigit():
        assert math.isclose(float(per_cent), 100 * events / n, abs_tol=0.05 + 1e-9)


@given(st.one_of(st.none(), finite), st.one_of(st.none(), finite))
def test_interval_is_empty_only_without_limits(low, high):
    assert (format_interval(low, high) == "") == (low is None and high is None)
    assert "nan" not in format_interval(low, high)


@given(st.text())
def test_text_that_was_cleaned_is_clean(text):
    plain = format_text(text)
    assert format_text(plain) == plain
    assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]", plain)
    plain.encode("utf-8")


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=4), max_size=10))
def test_a_sentence_has_one_letter_and_a_letter_one_sentence(rows):
    notes = Footnotes()
    for sentences in rows:
        notes.mark(sentences)
    marks = [note.mark for note in notes.notes]
    assert len(set(marks)) == len(marks) == len({s for row in rows for s in row})
    assert [notes.mark([note.text])[0] for note in notes.notes] == marks


class Words(HTMLParser):
    """Collects the tags and the words of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        del attrs
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data


def page(text):
    table = Table(
        name="t", title=text, columns=(Column(text, words=True), Column("n")),
        rows=(Row((Cell(text), Cell("1"))),),
    )  # fmt: skip
    blocks = (Paragraph(text), table)
    return Outline(title=text, notice=text, lead=(text,), sections=(Section("s", text, blocks),))


PLAIN = Words(write_html(page("x"))).tags


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(), min_size=1, max_size=30))
def test_whatever_stands_in_the_data_adds_no_tag_to_the_page(text):
    read = Words(write_html(page(text)))
    assert [tag for tag in read.tags if tag != "br"] == PLAIN
    assert read.words.count(format_text(text).strip()) >= 5


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_whatever_stands_in_the_data_is_text_in_the_word_table(text):
    (table,) = page(text).tables
    root = etree.fromstring(table_xml(table, 170.0))
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    found = [node.text or "" for node in root.iter(f"{space}t")]
    lines = [*table.columns[0].lines, "n", *table.rows[0].cells[0].lines, "1"]
    assert found == [format_text(line) for line in lines if line]
