"""The neutral tables of the example study: what stands in which cell, and under which mark."""

import dataclasses
from dataclasses import replace

import pytest

from autallo.model.results import Flag
from autallo.report.tables import (
    Cell,
    Column,
    Row,
    Table,
    table_1,
    table_cleaned,
    table_definitions,
    table_details,
    table_factors,
    table_follow_up,
    table_incidence,
    table_key_results,
    table_origins,
    table_outcomes,
    table_problems,
    table_provenance,
    table_survival,
    table_toxicity,
    table_univariate,
)
from autallo.report.tables.parts import Footnotes
from unit.report.example import NOTICE, example, two_incidences


@pytest.fixture(scope="module")
def results():
    return example()


def texts(table, label):
    """Return the texts of the first row whose label starts so, the label left out."""
    row = next(row for row in table.rows if row.cells[0].text.startswith(label))
    return [cell.text for cell in row.cells[1:]]


def noted(table, label, column):
    """Return the sentences under the marks of one cell."""
    row = next(row for row in table.rows if row.cells[0].text.startswith(label))
    marks = row.cells[column].marks
    return [note.text for note in table.notes if note.mark in marks and note.mark]


def test_columns_name_the_groups_with_their_size(results):
    labels = [column.label for column in table_outcomes(results).columns]
    assert labels == [
        "", "autoCAR\n(n = 17)", "RD-alloCAR\n(n = 11)", "DD-alloCAR\n(n = 3)",
        "Size of the difference", "p",
    ]  # fmt: skip


def test_binary_outcome(results):
    table = table_outcomes(results)
    assert texts(table, "Complete remission") == [
        "15/17 (88.2%)", "11/11 (100%)", "3/3 (100%)",
        "odds ratio:\ninfinite (0.2 to no upper limit)", "0.505",
    ]  # fmt: skip
    assert texts(table, "95% interval")[:3] == ["63.6 to 98.5", "71.5 to 100", "29.2 to 100"]
    assert noted(table, "Complete remission", 5) == [
        "Fisher's exact test.", Flag.CANNOT_REACH_ALPHA.value,
    ]  # fmt: skip
    assert noted(table, "95% interval", 2) == [Flag.ALL_EVENTS.value]


def test_an_outcome_that_does_not_apply_to_a_group_says_so(results):
    assert texts(table_outcomes(results), "Acute GVHD") == [
        "not applicable", "2/11 (18.2%)", "1/3 (33.3%)", "–", "–",
    ]  # fmt: skip


def test_exclusions_and_unplanned_outcomes_have_footnotes(results):
    table = table_outcomes(results)
    assert noted(table, "Relapse within", 0) == [Flag.UNPLANNED.value]
    assert noted(table, "Relapse within", 1) == [
        "Not evaluable: followed for less than 6 months (3)."
    ]


def test_measurement_on_the_log_axis(results):
    table = table_outcomes(results)
    assert texts(table, "Peak expansion")[3:] == ["ratio\n0.174 (0.0488 to 0.632)", "0.007"]
    assert texts(table, "Median")[0] == "80,300\n(41,200 to 176,000)"
    assert texts(table, "Range")[1] == "500 to 139,000"
    assert noted(table, "Median", 1) == [Flag.LIMIT_VALUES.value]
    assert noted(table, "Range", 1) == [Flag.LIMIT_VALUES.value]
    assert noted(table, "Range", 3) == []


def test_grades_are_counted(results):
    table = table_toxicity(results)
    assert texts(table, "Grade 3")[:3] == ["5/17 (29.4%)", "1/11 (9.1%)", "1/3 (33.3%)"]
    assert texts(table, "CRS grade")[3:] == ["probability of superiority\n0.243", "0.022"]


def test_survival_has_both_p_values_and_the_crossing(results):
    table = table_survival(results)
    assert texts(table, "Overall survival, events") == [
        "6/17", "3/11", "2/3", "hazard ratio\n0.827 (0.179 to 3.11)", "0.812", "0.787",
    ]  # fmt: skip
    assert Flag.CURVES_CROSS.value in noted(table, "Overall survival, events", 5)
    assert texts(table, "Median")[0] == "not reached\n(8.1 to not reached)"
    assert noted(table, "At 12 months", 3) == [Flag.BEYOND_FOLLOW_UP.value]


def test_incidence_compares_the_first_cause_only(results):
    table = table_incidence(results)
    assert texts(table, "Relapse, events") == [
        "6/15", "3/11", "2/3", "cause-specific hazard ratio\n0.641 (0.139 to 2.45)", "0.512",
        "0.490",
    ]  # fmt: skip
    assert texts(table, "Death without relapse, events")[3:] == ["", "", ""]
    assert "Monte Carlo standard error of p: 0.0016." in noted(table, "Relapse, events", 5)
    assert noted(table, "Relapse, events", 1) == ["Not evaluable: no remission (2)."]


def test_table_1_shows_missing_values_as_a_row(results):
    table = table_1(results)
    assert texts(table, "Age at") == [
        "24 (15 to 38)\n7 to 61", "21 (12 to 30.5)\n5 to 44", "19 (14.5 to 33)\n10 to 47",
        "22 (13 to 36)\n5 to 61", "−0.21\n(−0.97 to 0.55)", "0.610",
    ]  # fmt: skip
    assert texts(table, "Missing") == ["2", "0", "0", "2", "", ""]
    assert texts(table, "female")[:4] == ["7 (41.2%)", "5 (45.5%)", "1 (33.3%)", "13 (41.9%)"]
    assert texts(table, "Sex")[4:] == ["0.04\n(−0.72 to 0.80)", ">0.999"]
    assert noted(table, "Marrow blasts", 5) == [Flag.NOT_ESTIMABLE.value]


def test_follow_up_in_months(results):
    table = table_follow_up(results)
    assert texts(table, "Median")[0] == "9.6\n(7.6 to 12.7)"
    assert texts(table, "Median")[2] == "not reached\n(6.2 to not reached)"
    assert texts(table, "Observed")[0] == "9.4\n(4.9 to 14.9)"


def test_univariate_table_sets_p_beside_the_p_adjusted_for_its_family(results):
    table = table_univariate(results)
    heads = [column.label for column in table.columns]
    assert heads == ["", "Planned", "n", "Size of the difference", "p", "Adjusted p"]
    relapse = next(row for row in table.rows if "elapse" in row.cells[0].text and row.indent)
    shown = [cell.text.replace("\n", " ") for cell in relapse.cells[1:]]
    assert shown == ["no", "14", "odds ratio: infinite (1.02 to no upper limit)", "0.039", "0.154"]
    assert table.notes[0].text == "Adjusted p: Holm's adjustment, families of 4 comparisons."
    unadjusted = tuple(e for e in results.estimates if e.measure != "adjusted_p_value")
    plain = table_univariate(replace(results, estimates=unadjusted))
    assert [column.label for column in plain.columns][-1] == "p"
    assert table_univariate(replace(results, card=replace(results.card, factors=()))) is None


def test_factor_table_names_levels_and_groups(results):
    (table,) = table_factors(results)
    assert table.title == "Chronic GVHD at collection, within RD-alloCAR and DD-alloCAR"
    assert [s.label for s in table.spanners] == ["Chronic GVHD at collection", "yes v no"]
    assert texts(table, "Overall survival, events") == [
        "0/2", "5/12", "hazard ratio:\nno finite estimate (0 to 4.17)", "0.560",
    ]  # fmt: skip
    assert Flag.SMALL_GROUP.value in noted(table, "Relapse within", 4)


def test_key_results_have_one_line_per_outcome(results):
    table = table_key_results(results)
    assert len(table.rows) == 8
    assert texts(table, "CRS grade")[0] == "1, 4, 4, 5, 3"
    assert texts(table, "Overall survival, % at 12 months") == ["57.0", "65.5", "0", "0.812"]
    assert texts(table, "Relapse, % by 12 months")[2:] == ["100", "0.512"]


def test_key_results_say_what_changes_how_a_number_is_read(results):
    table = table_key_results(results)
    borderline = "Borderline: the 95% interval of the odds ratio holds 1."
    assert noted(table, "Severe CRS", 4) == [borderline]
    assert borderline in noted(table_outcomes(results), "Severe CRS", 5)
    assert noted(table, "Relapse, %", 1) == ["15 of 17 patients evaluable."]
    assert noted(table, "Relapse, %", 2) == []
    assert noted(table, "Relapse, %", 4) == []  # Monte Carlo stands in the table of incidence
    assert noted(table, "Overall survival", 4) == [Flag.CURVES_CROSS.value]


def test_unequal_follow_up_and_a_missing_p_are_footnotes_of_the_key_results(results):
    estimates = []
    for e in results.estimates:
        if e.subgroup is None and e.measure == "p_value" and e.outcome == "relapse":
            e = dataclasses.replace(e, flags=(Flag.UNEQUAL_FOLLOW_UP,))
        if e.measure == "p_value" and e.outcome == "severe_crs":
            e = dataclasses.replace(e, value=None, why="Nobody to compare.")
        estimates.append(e)
    table = table_key_results(dataclasses.replace(results, estimates=tuple(estimates)))
    assert noted(table, "Relapse, %", 4) == [Flag.UNEQUAL_FOLLOW_UP.value]
    assert texts(table, "Severe CRS")[3] == "–"
    assert noted(table, "Severe CRS", 4) == ["Nobody to compare."]


def test_two_outcomes_with_competing_events_carry_their_names():
    labels = [row.cells[0].text for row in table_incidence(two_incidences()).rows]
    assert [label for label in labels if label.endswith("events")] == [
        "Relapse: relapse, events",
        "Relapse: death without relapse, events",
        "Non-relapse mortality (NRM): relapse, events",
        "Non-relapse mortality (NRM): death without relapse, events",
    ]


def test_follow_up_says_whose_it_is_and_that_nobody_outlived_it(results):
    change = {"category": "overall_survival", "value": None, "flags": (Flag.NOT_ESTIMABLE,)}
    estimates = tuple(
        dataclasses.replace(e, **change) if e.method == "reverse_kaplan_meier" else e
        for e in results.estimates
    )
    table = table_follow_up(dataclasses.replace(results, estimates=estimates))
    assert table.notes[0].text == (
        "The median is from the reverse Kaplan-Meier of overall survival. A month has 30.4375 days."
    )
    assert noted(table, "Median", 1) == ["Could not be estimated: everybody had the event."]


def test_table_1_says_whose_difference_it_is(results):
    assert (
        table_1(results)
        .notes[1]
        .text.startswith("Standardised differences are of the first group against the second;")
    )


def test_days_stand_whole_in_the_numbers_in_full(results):
    found = {row.cells[1].text for row in table_details(results).rows}
    assert "survival at 6 months (day 182.625)" in found


def test_every_cell_keeps_the_number_behind_the_text(results):
    for row in table_outcomes(results).rows:
        for cell in row.cells[1:]:
            if cell.text[:1].isdigit() and "/" in cell.text:
                count, total = cell.text.split(" ")[0].split("/")
                assert cell.value == pytest.approx(int(count) / int(total))


def test_tables_of_record(results):
    assert texts(table_problems(results), "warning")[1] == (
        'patients.csv, column "death_date", rows 12, 25'
    )
    assert texts(table_provenance(results), "Seed")[0] == "20190217"
    assert texts(table_definitions(results), "Day 0") == [results.card.rules[0][1]]
    assert texts(table_origins(results), "car_t_cmax")[0].startswith("Derived")
    assert texts(table_cleaned(results), "kinetics")[-1] == "12"


def test_every_table_carries_the_notice(results):
    made = [
        table_1(results), table_follow_up(results), table_outcomes(results),
        table_toxicity(results), table_survival(results), table_incidence(results),
        table_problems(results), table_definitions(results), table_provenance(results),
        table_key_results(results), *table_factors(results),
    ]  # fmt: skip
    assert {table.notice for table in made} == {NOTICE}


def test_every_mark_has_its_note_and_every_note_its_mark(results):
    for table in (table_1(results), table_outcomes(results), *table_factors(results)):
        used = {mark for row in table.rows for cell in row.cells for mark in cell.marks}
        explained = {note.mark for note in table.notes if note.mark}
        assert used == explained


def test_a_study_without_outcomes_of_a_kind_has_no_table_of_it(results):
    bare = dataclasses.replace(
        results, card=dataclasses.replace(results.card, outcomes=(), table1=()), estimates=()
    )
    assert table_survival(bare) is None
    assert table_key_results(bare) is None
    assert table_1(bare) is None
    assert table_follow_up(bare) is None


def test_a_row_must_fill_the_columns():
    with pytest.raises(ValueError, match="a row has 1 cells"):
        Table(name="t", title="T", columns=(Column("a"), Column("b")), rows=(Row((Cell(),)),))


def test_footnote_letters_go_on_after_z():
    notes = Footnotes()
    letters = [notes.mark([f"sentence {i}"])[0] for i in range(53)]
    assert letters[25:28] == ["z", "aa", "ab"]
    assert letters[52] == "ba"
    assert notes.mark(["sentence 0"]) == ("a",)
