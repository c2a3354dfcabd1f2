"""Cells to typed values: every expected value is worked by hand."""

import datetime as dt

import polars as pl
import pytest

from autallo.errors import Severity
from autallo.ingest.units import read_factor
from unit.ingest.reading import read_codes, read_column, read_records, read_values

DAY = dt.date


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("7", 7.0), ("-2.5", -2.5), ("+3", 3.0), (".5", 0.5), ("1e3", 1000.0), ("2.", 2.0),
        ("\u22124", -4.0), (" 5\u00a0", 5.0), ("1.5E-2", 0.015),
    ],
)  # fmt: skip
def test_forms_of_numbers_that_are_read(tmp_path, cell, number):
    assert read_values(tmp_path, "{column: X, type: number}", [cell]) == [number]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,5", "number-comma"), ("1,234", "number-comma"), ("1.234,5", "number-comma"),
        ("1'234.5", "number-comma"), ("1 234", "number-comma"), (">2000", "number-limit"),
        ("\u22645", "number-limit"), ("7 mg/dL", "number-unit"), ("12%", "number-unit"),
        ("7*", "number-form"), ("5-10", "number-form"), ("~7", "number-form"),
        ("+++", "number-form"), ("inf", "number-form"), ("1_000", "number-form"),
        ("0x10", "number-form"), ("1.#INF", "number-form"), ("\u0661\u0662", "number-form"),
        ("1e400", "number-form"), ("--3", "number-form"), ("nan", "missing-word"),
        ("not done", "missing-word"), ("#REF!", "cell-error"),
    ],
)  # fmt: skip
def test_forms_of_numbers_that_are_refused(tmp_path, cell, code):
    assert read_codes(tmp_path, "{column: X, type: number}", ["1", cell]) == {code: (3,)}


def test_decimal_comma_is_read_where_it_is_declared(tmp_path):
    spec = '{column: X, type: number, decimal: ","}'
    assert read_values(tmp_path, spec, ["1,5", "200", "-0,25"]) == [1.5, 200.0, -0.25]
    assert read_codes(tmp_path, spec, ["1,5", "1.234,5", "1.5"]) == {
        "number-comma": (3,), "number-form": (4,),
    }  # fmt: skip


def test_values_beyond_the_measuring_range_keep_their_side(tmp_path):
    spec = '{column: X, type: number, above: ">", below: "<"}'
    reading = read_column(tmp_path, spec, [">2000", "1.5", "< 0.5", ""])
    frame = reading.tables.tables["patients"].frame
    assert frame["x"].to_list() == [2000.0, 1.5, 0.5, None]
    assert frame["x__limit"].to_list() == [1, 0, -1, None]
    assert frame["x__limit"].dtype == pl.Int8


def test_codes_of_numbers_are_mapped_and_others_read(tmp_path):
    spec = "{column: X, type: integer, values: {neg: 0, IV: 4}}"
    assert read_values(tmp_path, spec, ["neg", "IV", "2"]) == [0, 4, 2]


def test_whole_numbers_are_whole_within_rounding(tmp_path):
    spec = "{column: X, type: integer}"
    assert read_values(tmp_path, spec, ["3.0000000001", "4", "-1"]) == [3, 4, -1]
    assert read_codes(tmp_path, spec, ["3.00001", "1e17"]) == {"integer-form": (2, 3)}


def test_times_become_days_on_a_grid(tmp_path):
    # 1 month = 30.4375 days, 1 week = 7, 1 year = 365.25.
    assert read_values(tmp_path, "{column: X, unit: months}", ["2", "0.03"]) == [60.875, 0.913125]
    assert read_values(tmp_path, "{column: X, unit: weeks}", ["3"]) == [21.0]
    assert read_values(tmp_path, "{column: X, unit: years}", ["2"]) == [730.5]
    # 0.1 + 0.2 is not 0.3 in binary; on the grid of 1e-6 day both are.
    cells = ["0.30000000000000004", "0.3"]
    first, second = read_values(tmp_path, "{column: X, unit: days}", cells)
    assert first == second


def test_units_of_the_dictionary_are_converted(tmp_path):
    # 449.4 pmol/L / 2.247 = 200 ng/mL; 1 ug/L = 1 ng/mL.
    spec = "{column: X, unit: pmol/L}"
    assert read_values(tmp_path, spec, ["449.4"], name="ferritin_peak") == pytest.approx([200.0])
    spec = "{column: X, unit: \u00b5g/L}"
    assert read_values(tmp_path, spec, ["200"], name="ferritin_peak") == [200.0]
    assert read_values(tmp_path, "{column: X, unit: months}", ["18"], name="age_years") == [1.5]
    assert read_values(tmp_path, "{column: X, unit: fraction}", ["0.5"], name="blasts_pct") == [50]


@pytest.mark.parametrize(
    ("given", "kept", "factor"),
    [
        ("lb", "kg", 0.45359237), ("cells/kg", "10^6/kg", 1e-6), ("months", "days", 30.4375),
        ("days", "years", 1 / 365.25), ("mmol", "kg", None), ("kg", "KG", 1.0),
        ("copies/\u00b5g DNA", "copies/ug DNA", 1.0),
    ],
)  # fmt: skip
def test_factors_between_units(given, kept, factor):
    assert read_factor(given, kept) == factor


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["2021-04-03", "20210405"], [DAY(2021, 4, 3), DAY(2021, 4, 5)]),
        (["03/04/2021", "13/04/2021"], [DAY(2021, 4, 3), DAY(2021, 4, 13)]),
        (["03/04/2021", "04/13/2021"], [DAY(2021, 3, 4), DAY(2021, 4, 13)]),
        (["3.4.2021", "31.12.2020"], [DAY(2021, 4, 3), DAY(2020, 12, 31)]),
        (["05/05/2021"], [DAY(2021, 5, 5)]),
        (["2021-04-03T23:59", "2021-04-03 00:00:00.000"], [DAY(2021, 4, 3), DAY(2021, 4, 3)]),
        (["29/02/2020", ""], [DAY(2020, 2, 29), None]),
    ],
)
def test_dates_that_can_be_read_in_one_way(tmp_path, cells, days):
    assert read_values(tmp_path, "{column: X, type: date}", cells) == days


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (["03/04/2021", "05/06/2021"], {"date-ambiguous": (2, 3)}),
        (["13/04/2021", "04/13/2021"], {"date-contradiction": (2, 3)}),
        (["13/04/2021", "31/04/2021"], {"date-impossible": (3,)}),
        (["29/02/2021"], {"date-impossible": (2,)}),
        (["2021"], {"date-partial": (2,)}),
        (["04/2021", "Apr 2021"], {"date-partial": (2, 3)}),
        (["13/04/21"], {"date-short-year": (2,)}),
        (["44185"], {"date-serial": (2,)}),
        (["1900-01-01"], {"date-sentinel": (2,)}),
        (["1899-05-05", "2564-01-01"], {"date-bounds": (2, 3)}),
        (["2021-04-03T10:00Z"], {"date-zone": (2,)}),
        (["soon"], {"date-form": (2,)}),
    ],
)
def test_dates_that_are_refused_or_asked_for(tmp_path, cells, codes):
    assert read_codes(tmp_path, "{column: X, type: date}", cells) == codes


def test_declared_format_of_dates(tmp_path):
    spec = '{column: X, type: date, format: "%d.%m.%y"}'
    assert read_values(tmp_path, spec, ["03.04.21"]) == [DAY(2021, 4, 3)]
    assert read_codes(tmp_path, spec, ["31.04.21", "2021-04-03"]) == {
        "date-impossible": (2,), "date-form": (3,),
    }  # fmt: skip
    spec = '{column: X, type: date, format: "%d %b %Y"}'
    assert read_values(tmp_path, spec, ["3 Apr 2021"]) == [DAY(2021, 4, 3)]


@pytest.mark.parametrize(
    ("cells", "truths"),
    [
        (["yes", "No", ""], [True, False, None]), (["TRUE", "false"], [True, False]),
        (["1", "0"], [True, False]), (["1", "1"], [True, True]),
    ],
)  # fmt: skip
def test_pairs_of_words_for_yes_and_no(tmp_path, cells, truths):
    assert read_values(tmp_path, "{column: X, type: boolean}", cells) == truths


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (["1", "2"], {"boolean-codes": (3,)}), (["yes", "1"], {"boolean-mixed": ()}),
        (["yes", "maybe"], {"boolean-form": (3,)}), (["0", "2"], {"boolean-form": (3,)}),
        (["yes", "unknown"], {"missing-word": (3,)}),
    ],
)  # fmt: skip
def test_words_that_are_neither_yes_nor_no(tmp_path, cells, codes):
    assert read_codes(tmp_path, "{column: X, type: boolean}", cells) == codes


def test_type_of_a_column_follows_from_its_values(tmp_path):
    assert read_values(tmp_path, "{column: X, values: {1: false, 2: true}}", ["1", "2"]) == [
        False, True,
    ]  # fmt: skip
    assert read_values(tmp_path, "{column: X, values: {1: auto, 2: allo}}", ["1", "2.0"]) == [
        "auto", "allo",
    ]  # fmt: skip
    assert read_values(tmp_path, "{column: X, values: {I: 1, II: 2}}", ["II", "I"]) == [2, 1]
    assert read_values(tmp_path, "{column: X, values: {true: a, false: b}}", ["TRUE", "false"]) == [
        "a", "b",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "spec",
    [
        '{column: X, type: date, decimal: ","}', '{column: X, type: text, unit: kg}',
        '{column: X, type: category, above: ">"}', '{column: X, type: integer, below: "<"}',
        '{column: X, type: number, format: "%d/%m/%Y"}', "{column: X, type: date, values: {a: b}}",
    ],
)  # fmt: skip
def test_settings_that_do_not_go_with_the_type(tmp_path, spec):
    assert read_codes(tmp_path, spec, ["1"]) == {"option-misplaced": ()}


def test_words_are_kept_as_words(tmp_path):
    words = ["NA", "None", "null", "nan", "True", "007", "Zo\u00eb"]
    assert read_values(tmp_path, "{column: X, type: text}", words) == words
    assert read_values(tmp_path, "{column: X, type: category}", words) == words


def test_missing_codes_of_file_and_column(tmp_path):
    spec = "{column: X, type: number, missing: [-99, ND]}"
    assert read_values(tmp_path, spec, ["-99", "-99.0", "ND", "5", ""]) == [
        None, None, None, 5.0, None,
    ]  # fmt: skip


def test_what_was_changed_is_counted(tmp_path):
    reading = read_column(tmp_path, "{column: X, type: category}", ["a\u00a0", "a", "b\u200b"])
    assert reading.tables.tables["patients"].frame["x"].to_list() == ["a", "a", "b"]
    (cleaned,) = reading.tables.cleaned
    assert (cleaned.column, cleaned.rows) == ("X", (2, 4))


def test_category_near_a_permitted_one_is_suggested_and_another_is_not_shown(tmp_path):
    reading = read_column(tmp_path, "X", ["femal", "CANARY-7319"], name="sex")
    (finding,) = reading.findings
    assert finding.rows == (2, 3)
    line = "sex: {column: X, values: {femal: female}}"
    assert finding.fix == f"Write in the study file: {line}?"
    assert "CANARY" not in str(finding)
    assert '"aaaaaa-9999"' in str(finding)


def test_plausible_range_is_hard(tmp_path):
    assert read_codes(tmp_path, "X", ["110", "111", "-1"], name="age_years") == {
        "number-range": (3, 4)
    }


def test_rows_are_never_lost(tmp_path):
    reading = read_records(
        tmp_path, "x: {column: X, type: number}", "PID,X\nP1,1\n\n,\nP2,bad\nP3,\n"
    )
    table = reading.tables.tables["patients"]
    assert (table.rows_read, table.blank_rows, table.frame.height) == (3, 2, 3)
    assert table.frame["_row"].to_list() == [2, 5, 6]
    assert all(finding.severity is Severity.STOP for finding in reading.findings)


def fix_of(tmp_path, spec, cells, *, name="x"):
    (finding,) = read_column(tmp_path, spec, cells, name=name).findings
    return finding.fix


def test_thousands_are_never_settled_as_a_decimal_comma(tmp_path):
    fix = fix_of(tmp_path, "{column: X, type: number}", ["1,500", "2,250"])
    line = 'x: {column: X, type: number, decimal: ","}'
    assert fix == f"If 1,500 is 1500, write 1500; only if it is 1.5, declare: {line}"
    plain = fix_of(tmp_path, "{column: X, type: number}", ["1,5", "12,25"])
    assert plain == f"If it is the decimal mark, declare: {line}"


def test_declared_decimal_commas_are_counted(tmp_path):
    spec = '{column: X, type: number, decimal: ","}'
    reading = read_column(tmp_path, spec, ["1,5", "2", "0,25"])
    (cleaned,) = reading.tables.cleaned
    assert (cleaned.rule, cleaned.rows) == ("decimal comma", (2, 4))


@pytest.mark.parametrize(
    ("cell", "setting"), [(">2000", 'above: ">"'), ("<5", 'below: "<"'), (">= 9", 'above: ">="')]
)
def test_only_the_limit_that_occurs_is_offered_and_works(tmp_path, cell, setting):
    spec = "{column: X, type: number}"
    line = f"{{column: X, type: number, {setting}}}"
    assert fix_of(tmp_path, spec, ["1", cell]) == f"Write in the study file: x: {line}"
    assert read_codes(tmp_path, line, ["1", cell]) == {}


@pytest.mark.parametrize("mark", [".", "-", "/"])
def test_ambiguous_dates_offer_the_separator_that_occurs(tmp_path, mark):
    cells = [mark.join(("10", "05", "2017")), mark.join(("01", "02", "2017"))]
    fix = fix_of(tmp_path, "{column: X, type: date}", cells)
    written = f"%d{mark}%m{mark}%Y"
    assert f'x: {{column: X, type: date, format: "{written}"}}' in fix
    spec = f'{{column: X, type: date, format: "{written}"}}'
    assert read_values(tmp_path, spec, cells) == [DAY(2017, 5, 10), DAY(2017, 2, 1)]


@pytest.mark.parametrize(
    ("spec", "cells", "truths"),
    [
        ("{x: true}", ["x", "Yes", "no"], [True, True, False]),
        ("{true: true, yes: true, no: false}", ["TRUE", "Yes", "NO"], [True, True, False]),
        ("{yes: true, no: false, 1: true, 0: false}", ["Yes", "1", "0"], [True, True, False]),
        ("{1: false, 2: true}", ["1", "2"], [False, True]),
    ],
)
def test_mapped_truths_add_to_the_usual_pair(tmp_path, spec, cells, truths):
    spec = f"{{column: X, type: boolean, values: {spec}}}"
    assert read_values(tmp_path, spec, cells) == truths


@pytest.mark.parametrize(("spec", "cells"), [("{2: true}", ["1", "2"]), ("{1: false}", ["1", "0"])])
def test_recoded_truths_are_not_completed_by_the_usual_pair(tmp_path, spec, cells):
    spec = f"{{column: X, type: boolean, values: {spec}}}"
    assert list(read_codes(tmp_path, spec, cells)) == ["boolean-form"]


def test_variants_of_categories_name_the_rarer_spelling(tmp_path):
    spec = "{column: X, type: category}"
    cells = ["haplo", "Haplo", "haplo", "sib"]
    assert read_codes(tmp_path, spec, cells) == {"category-variants": (3,)}


def test_no_header_at_all_asks_for_the_way_the_file_is_read(tmp_path):
    reading = read_records(tmp_path, "x: {column: X, type: text}", "AA;BB\n1;2\n")
    assert {finding.code for finding in reading.findings} == {"column-missing"}
    assert all("delimiter, encoding or header_row" in f.fix for f in reading.findings)
