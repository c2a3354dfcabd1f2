"""Tables that look at the outcomes again: subgroups, models, balance, adjusted comparisons."""

from dataclasses import replace

import pytest

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Flag, Role
from autallo.report.outline import write_outline
from autallo.report.tables import (
    table_adjusted,
    table_balance,
    table_details,
    table_models,
    table_subgroups,
    table_tests,
)
from unit.report.example import example

PAIR = {"group": "RD-alloCAR", "versus": "autoCAR"}


def study(estimates=(), **card):
    plain = example()
    return replace(
        plain, card=replace(plain.card, **card), estimates=(*plain.estimates, *estimates)
    )


def number(analysis, outcome, measure, method, value, **more):
    given = {"n": 28, "role": Role.PRIMARY, **more}
    return Estimate(
        analysis=analysis, outcome=outcome, measure=measure, method=method, value=value, **given
    )


def cells(table, label):
    row = next(row for row in table.rows if row.cells[0].text.startswith(label))
    return [cell.text for cell in row.cells[1:]]


def noted(table, label, column):
    row = next(row for row in table.rows if row.cells[0].text.startswith(label))
    marks = row.cells[column].marks
    return [note.text for note in table.notes if note.mark in marks and note.mark]


@pytest.fixture(scope="module")
def subgroups():
    shared = {"subgroup": "sex", **PAIR}
    return study(
        [
            number("subgroup", "severe_crs", "p_value", "fisher_exact", 0.2, within="female",
                   n=12, **shared),
            number("subgroup", "severe_crs", "odds_ratio", "conditional_odds_ratio", 0.31,
                   low=0.02, high=3.4, within="female", n=12, **shared),
            number("subgroup", "severe_crs", "p_value", "fisher_exact", None, within="male", n=16,
                   flags=(Flag.TOO_FEW_EVALUABLE,), why="Nobody.", **shared),
            number("subgroup", "severe_crs", "interaction_p_value", "zelen", 0.0312,
                   flags=(Flag.UNPLANNED,), **shared),
        ],
        subgroups=("sex",),
    )  # fmt: skip


def test_subgroups_show_each_level_and_one_p_of_interaction(subgroups):
    table = table_subgroups(subgroups)
    label = "Severe CRS"
    heading = next(row.cells[0].text for row in table.rows if row.cells[0].text.startswith(label))
    assert heading.endswith(": RD-alloCAR v autoCAR by Sex")
    assert cells(table, label)[-1] == "0.031"
    assert noted(table, label, 0) == [Flag.UNPLANNED.value]
    assert noted(table, label, 4) == ["Zelen's exact test of interaction."]
    assert cells(table, "female") == ["12", "odds ratio\n0.31 (0.02 to 3.4)", "0.200", ""]
    assert cells(table, "male") == ["16", "–", "–", ""]
    assert noted(table, "male", 3) == ["Nobody."]


def test_without_subgroups_there_is_no_table():
    assert table_subgroups(study()) is None
    assert table_models(study()) == ()
    assert table_balance(study(), "weights") is None


@pytest.fixture(scope="module")
def models():
    shared = {"subgroup": "full", "events": 20}
    term = {"category": "sex", "group": "female", "versus": "male", **shared}
    stage = {"category": "stage", **shared}
    few = (Flag.FEW_EVENTS,)
    details = (("events_per_coefficient", 5.0),)
    return study(
        [
            number("model", "overall_survival", "hazard_ratio", "multivariable_firth_cox", 2.0,
                   low=1.1, high=3.9, flags=few, details=details, why="Penalised, because.",
                   excluded=(("sex not known", 3),), **term),
            number("model", "overall_survival", "p_value", "multivariable_firth_cox", 0.021,
                   **term),
            *(
                number("model", "overall_survival", measure, "multivariable_firth_cox", value,
                       **{**stage, "group": level, "versus": "I"}, **more)
                for level, ratio, p in (("II", 1.5, 0.4), ("III", None, None))
                for measure, value, more in (
                    ("hazard_ratio", ratio, {"flags": (Flag.MONOTONE,) * (ratio is None)}),
                    ("p_value", p, {"flags": (Flag.NOT_ESTIMABLE,) * (p is None)}),
                )
            ),
            number("model", "overall_survival", "p_value", "multivariable_firth_cox", 0.5,
                   group="all", **stage),
            number("model", "severe_crs", "odds_ratio", "multivariable_logistic", None,
                   group="all", subgroup="full", flags=(Flag.TOO_FEW_EVENTS,),
                   why="No model: 4 patients."),
        ],
        models=(("full", ("sex", "stage"), ("overall_survival", "severe_crs")),),
    )  # fmt: skip


def test_a_model_shows_each_term_with_its_reference(models):
    (table,) = table_models(models)
    assert table.title == "Multivariable model: Full"
    assert cells(table, "Sex: female v male") == ["hazard ratio\n2 (1.1 to 3.9)", "0.021"]
    assert cells(table, "Stage") == ["", "0.500"]
    assert cells(table, "II v I") == ["hazard ratio\n1.5", "0.400"]
    assert cells(table, "III v I") == ["hazard ratio\nno finite estimate", "–"]


def test_the_heading_of_a_model_tells_who_was_used_and_how(models):
    (table,) = table_models(models)
    heading = next(row for row in table.rows if row.heading)
    assert heading.cells[0].text == "Overall survival (n = 28, 20 events)"
    assert noted(table, "Overall survival", 0) == [
        "Multivariable Cox model with Firth's penalty.",
        "5 events for each coefficient.",
        Flag.FEW_EVENTS.value,
        "Penalised, because.",
        "Not evaluable: sex not known (3).",
    ]


def test_a_model_that_was_not_fitted_says_why_in_the_row(models):
    (table,) = table_models(models)
    assert cells(table, "No model: 4 patients.") == ["–", ""]


@pytest.fixture(scope="module")
def adjusted():
    shared = {"subgroup": "weights", **PAIR}
    details = (("mean_first", 0.25), ("mean_second", 0.5))
    weighted = (("mean_first", 0.4), ("mean_second", 0.4))
    found = []
    for outcome in ("severe_crs", "overall_survival"):
        key = {"category": "sex=female", **shared}
        found += [
            number(
                "balance",
                outcome,
                "standardised_difference",
                "standardised_difference",
                -0.53,
                low=-1.2,
                high=0.1,
                details=details,
                **key,
            ),
            number(
                "balance",
                outcome,
                "standardised_difference",
                "overlap_weights",
                -1e-9,
                details=weighted,
                **key,
            ),
            number(
                "balance",
                outcome,
                "effective_sample_size",
                "overlap_weights",
                9.44,
                **{**shared, "n": 11},
            ),
            number(
                "balance",
                outcome,
                "effective_sample_size",
                "overlap_weights",
                15.26,
                group="autoCAR",
                versus="RD-alloCAR",
                subgroup="weights",
                n=17,
            ),
        ]
    found += [
        number("adjusted", "severe_crs", "risk_difference", "weighted_risks", -0.385,
               low=-0.7, high=-0.069, flags=(Flag.TOO_NARROW,), **shared),
        number("adjusted", "severe_crs", "p_value", "weighted_risks", None,
               flags=(Flag.NO_VALID_TEST,), why="Too small.", **shared),
        number("adjusted", "overall_survival", "hazard_ratio", "weighted_cox", None,
               flags=(Flag.NOT_COMPARABLE,), why="No overlap.", **shared),
        number("adjusted", "complete_remission", "risk_difference", "weighted_risks", 0.1,
               low=-0.1, high=0.3, details=(("e_value", 2.0), ("e_value_limit", 1.0)), **shared),
        number("adjusted", "complete_remission", "p_value", "weighted_risks", 0.33, **shared),
        number("adjusted", "complete_remission", "survival_difference", "weighted_kaplan_meier",
               0.104, low=-0.311, high=0.41, at_days=182.625, **shared),
    ]  # fmt: skip
    outcomes = ("severe_crs", "overall_survival", "complete_remission")
    return study(found, adjusted=(("weights", ("sex",), outcomes),))


def test_balance_stands_once_for_outcomes_in_which_it_is_the_same(adjusted):
    table = table_balance(adjusted, "weights")
    headings = [row.cells[0].text for row in table.rows if row.heading]
    assert headings == ["RD-alloCAR v autoCAR (Severe CRS (grade 3 or more), Overall survival)"]
    assert cells(table, "Sex: female") == [
        "25.0%", "50.0%", "−0.53\n(−1.20 to 0.10)", "40.0%", "40.0%", "0.00",
    ]  # fmt: skip
    assert cells(table, "Patients, effective") == ["11", "17", "", "9.4", "15.3", ""]


def test_the_weighted_difference_stands_below_the_plain_one(adjusted):
    table = table_adjusted(adjusted, "weights")
    label = "Severe CRS (grade 3 or more): RD-alloCAR v autoCAR"
    place = next(i for i, row in enumerate(table.rows) if row.cells[0].text == label)
    plain, weighted = table.rows[place + 1 : place + 3]
    assert [cell.text for cell in weighted.cells] == [
        "Weighted", "28", "risk difference, points\n−38.5 (−70.0 to −6.9)", "–",
    ]  # fmt: skip
    assert plain.cells[0].text == "As they are"
    assert plain.cells[2].text.startswith("odds ratio")
    marks = weighted.cells[2].marks
    assert [n.text for n in table.notes if n.mark in marks] == [Flag.TOO_NARROW.value]


def test_what_was_refused_says_why(adjusted):
    assert cells(table_adjusted(adjusted, "weights"), "No overlap.") == ["28", "not compared", "–"]


def test_the_e_value_is_told_and_days_have_their_own_rows(adjusted):
    table = table_adjusted(adjusted, "weights")
    assert cells(table, "Weighted, at 6 months") == [
        "28", "difference of survival, points\n10.4 (−31.1 to 41.0)", "",
    ]  # fmt: skip
    assert any("E-value 2 (1 for the limit nearer to 1)" in note.text for note in table.notes)


def test_the_report_puts_balance_before_effects(adjusted):
    names = [table.name for table in write_outline(adjusted).tables]
    assert names.index("balance-weights") < names.index("adjusted-weights")


def test_numbers_in_full_hold_subgroups_models_and_adjusted(subgroups, models, adjusted):
    for results, heading, row in (
        (subgroups, "Severe CRS (grade 3 or more) by Sex", "female: RD-alloCAR v autoCAR"),
        (models, "Overall survival in the model Full", "Sex: female v male"),
        (adjusted, "Severe CRS (grade 3 or more) adjusted by Weights", "RD-alloCAR v autoCAR"),
    ):
        found = [r.cells[0].text for r in table_details(results).rows]
        place = found.index(heading)
        assert row in found[place:]


def test_every_test_says_what_its_p_is_and_what_it_does_with_ties():
    results = example()
    table = table_tests(results)
    used = {e.method for e in results.estimates if e.measure == "p_value" and e.value is not None}
    assert len(table.rows) >= len(used)
    assert all(cell.text for row in table.rows for cell in row.cells[:4])
    fisher = cells(table, "Fisher's exact test")
    assert fisher[1].startswith("the total probability of the tables not more probable")
    assert fisher[3]


@pytest.mark.parametrize("key", sorted(METHODS))
def test_a_method_that_gives_p_has_its_tails_and_ties(key):
    method = METHODS[key]
    assert bool(method.tails) == bool(method.ties)
    told = "test" in method.name and key not in ("breslow_day",)
    assert method.tails or not told, f"{key} is a test without a rule for its tails"
