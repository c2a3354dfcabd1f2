"""The sentences of the report, word for word."""

import dataclasses
import re

import pytest

from autallo.model.methods import METHODS
from autallo.model.references import REFERENCES
from autallo.model.results import Flag, Role
from autallo.report.phrases import phrase_borderline_note, phrase_end_of_follow_up, phrase_join
from autallo.report.prose import (
    sentence_comparison,
    sentence_crossing,
    sentence_follow_up,
    sentence_limits,
    sentence_methods,
    sentence_outcome,
    sentence_summary,
)
from autallo.report.scope import Scope
from autallo.report.terminal import sentence_overview
from unit.report.example import AUTO, RD, example, hostile, two_incidences

PAIR = (RD, AUTO)
ENDED = ", so follow-up ends with an event of it"


@pytest.fixture(scope="module")
def study():
    return Scope.of_study(example())


def test_who_was_analysed_and_for_how_long():
    assert sentence_summary(example()) == (
        "31 patients were analysed: autoCAR (n = 17), RD-alloCAR (n = 11) and DD-alloCAR (n = 3)."
    )
    assert sentence_follow_up(example()) == (
        "Median follow-up was 9.6 months (95% CI 8.1 to 10.8; reverse Kaplan-Meier)."
    )


def test_binary_outcome(study):
    assert sentence_outcome(study, "complete_remission", "binary") == (
        "Complete remission by day 30 was recorded in 15 of 17 (88.2%, 95% CI 63.6 to 98.5) with "
        "autoCAR, 11 of 11 (100%, 71.5 to 100) with RD-alloCAR and 3 of 3 (100%, 29.2 to 100) "
        "with DD-alloCAR."
    )


def test_a_comparison_says_what_it_cannot_exclude(study):
    assert sentence_comparison(study, "complete_remission", PAIR) == (
        "RD-alloCAR against autoCAR: p = 0.505 (Fisher's exact test). The odds ratio is infinite "
        "(95% CI 0.2 to no upper limit). Neither lower odds nor higher odds with RD-alloCAR can "
        f"be excluded. {Flag.CANNOT_REACH_ALPHA.value}"
    )


def test_test_and_interval_that_disagree_are_called_borderline(study):
    assert sentence_comparison(study, "severe_crs", PAIR).endswith(
        "p is below 0.05 although the interval holds 1: test and interval order the possible "
        "results differently, so this is a borderline finding."
    )


def test_an_interval_on_one_side_says_which(study):
    assert "The interval holds only lower values with RD-alloCAR." in sentence_comparison(
        study, "peak_expansion", PAIR
    )


def test_conventional_p_stands_beside_the_chosen_one(study):
    assert sentence_comparison(study, "overall_survival", PAIR).startswith(
        "RD-alloCAR against autoCAR: p = 0.812 (exact permutation log-rank test; conventional "
        "log-rank test, p = 0.787)."
    )


def test_crossing_curves_get_a_paragraph(study):
    text = sentence_crossing(study, "overall_survival", PAIR)
    assert text.startswith(
        "The curves of RD-alloCAR and autoCAR for overall survival cross at 5.3 and 8.1 months."
    )
    assert "can say that the groups do alike" in text
    assert sentence_crossing(study, "relapse", PAIR) == ""


def test_grades_and_events_in_words(study):
    assert sentence_outcome(study, "crs_grade", "ordinal").startswith(
        "CRS grade: grade 0 in 1, grade 1 in 4, grade 2 in 4, grade 3 in 5 and grade 4 in 3 of "
        "17 patients with autoCAR;"
    )
    text = sentence_outcome(study, "relapse", "competing_risks")
    assert "Death without relapse was seen in 1 of 15 with autoCAR" in text
    assert "The cumulative incidence of relapse by 12 months was 44.0% (95% CI" in text


def test_levels_of_a_factor_are_quoted():
    (factor,) = Scope.of_factors(example())
    assert sentence_comparison(factor, "overall_survival", ("yes", "no")) == (
        "“yes” against “no”: p = 0.560 (exact permutation log-rank test). The hazard ratio has no "
        "finite estimate (95% CI 0 to 4.17). Neither a lower hazard nor a higher hazard in the "
        f"group “yes” can be excluded. {Flag.SMALL_GROUP.value}"
    )


def test_nothing_claims_that_groups_do_not_differ(study):
    everything = " ".join(
        [sentence_comparison(study, o, PAIR) for o, _ in study.outcomes]
        + [sentence_outcome(study, o, k) for o, k in study.outcomes]
        + list(sentence_limits(example()))
    )
    assert not re.search(r"no (significant )?difference|did not differ|similar", everything)


def test_methods_are_those_that_ran_and_no_others():
    results = example()
    text = sentence_methods(results)
    words = " ".join(paragraph for _, paragraph in text.paragraphs)
    used = {e.method for e in results.estimates} | {c.method for c in results.curves}
    for key, method in METHODS.items():
        assert (method.sentence[:-1] in words) == (key in used), key


def test_citations_are_numbered_in_order_and_all_listed():
    text = sentence_methods(example())
    words = " ".join(paragraph for _, paragraph in text.paragraphs)
    cited = [int(n) for group in re.findall(r"\[([\d,]+)\]", words) for n in group.split(",")]
    first_seen = list(dict.fromkeys(cited))
    assert sorted(first_seen) == list(range(1, len(text.references) + 1))
    assert set(text.references) <= set(REFERENCES.values())
    assert text.references[0] == REFERENCES["clopper1934"]


def test_limits_count_the_comparisons_and_name_the_smallest_p():
    text = " ".join(sentence_limits(example()))
    assert "Groups are small (17 in autoCAR, 11 in RD-alloCAR and 3 in DD-alloCAR)." in text
    assert "the smallest attainable p is 0.146" in text
    assert "11 tests of outcomes were made (7 of the groups and 4 of factors)" in text
    assert "Not planned before the data were seen: Relapse within 6 months. These" in text
    assert text.endswith("These findings can only suggest questions.")


def test_limits_say_which_p_values_are_adjusted():
    results = example()
    both = " ".join(sentence_limits(results))
    assert "The p values of factors stand beside the same adjusted for their number. " in both
    assert "Those of the groups are not adjusted for their number" in both
    plain = tuple(e for e in results.estimates if e.measure != "adjusted_p_value")
    text = " ".join(sentence_limits(dataclasses.replace(results, estimates=plain)))
    assert "The p values are not adjusted for their number" in text


@pytest.mark.parametrize(
    ("ratio", "any_event", "words"),
    [
        (
            0.9,
            0.5,
            (
                "RD-alloCAR stay free of any event longer than those with autoCAR (hazard ratio "
                "of any event 0.5): at the same rate more of them have this event in the end."
            ),
        ),
        (
            0.4,
            2.0,
            (
                "stay free of any event for a shorter time than those with autoCAR (hazard ratio "
                "of any event 2): at the same rate fewer of them have this event in the end."
            ),
        ),
        (0.66, 0.5, "the subdistribution ratio the cumulative incidence; here they are alike."),
        (0.4, 0.5, "the subdistribution ratio the cumulative incidence."),
    ],
)  # fmt: skip
def test_two_hazard_ratios_are_told_apart(ratio, any_event, words):
    results = example()
    first = results.one(outcome="relapse", measure="cause_specific_hazard_ratio")
    second = dataclasses.replace(
        first, measure="subdistribution_hazard_ratio", method="fine_gray", value=ratio,
        details=(("any_event_hazard_ratio", any_event),),
    )  # fmt: skip
    study = Scope.of_study(dataclasses.replace(results, estimates=(*results.estimates, second)))
    text = sentence_comparison(study, "relapse", PAIR)
    assert words in text
    assert ("They differ because" in text) == ("stay free" in words)


def test_where_hazards_are_not_proportional_the_restricted_mean_comes_first():
    results = example()
    ratio = results.one(outcome="overall_survival", group=RD, measure="hazard_ratio")
    mean = dataclasses.replace(
        ratio, measure="restricted_mean_difference", method="restricted_mean", value=31.0,
        low=-12.0, high=74.0, unit="days", flags=(),
    )  # fmt: skip
    others = tuple(e for e in results.estimates if e is not ratio)
    study = Scope.of_study(dataclasses.replace(results, estimates=(*others, mean, ratio)))
    text = sentence_comparison(study, "overall_survival", PAIR)
    assert "The difference of the mean event-free time is 31 days" in text
    assert text.index("mean event-free time is") < text.index("The hazard ratio is")
    assert Flag.NOT_PROPORTIONAL.value in text


def test_a_study_without_groups_to_compare_still_speaks():
    results = example()
    bare = dataclasses.replace(
        results,
        card=dataclasses.replace(results.card, comparisons=(), factors=(), unplanned=()),
        estimates=tuple(e for e in results.estimates if e.versus is None and e.subgroup is None),
    )
    assert not any("tests of outcomes" in text for text in sentence_limits(bare))
    assert sentence_methods(bare).choices == ()


def test_lines_for_the_terminal_hold_no_control_character():
    lines = sentence_overview(hostile("\x1b[31m"))
    assert len(lines) > 10
    assert not any("\x1b" in line for line in lines)


def test_join():
    assert phrase_join([]) == ""
    assert phrase_join(["a"]) == "a"
    assert phrase_join(["a", "b"]) == "a and b"
    assert phrase_join(["a", "b", "c"]) == "a, b and c"


def changed(results, change, **wanted):
    """Return the study with the estimates that match changed."""
    chosen = set(map(id, results.find(**wanted)))
    assert chosen
    estimates = (
        dataclasses.replace(e, **change) if id(e) in chosen else e for e in results.estimates
    )
    return dataclasses.replace(results, estimates=tuple(estimates))


def test_an_interval_of_another_level_cannot_be_borderline():
    results = changed(example(), {"level": 0.9}, outcome="severe_crs", measure="odds_ratio")
    study = Scope.of_study(results)
    text = sentence_comparison(study, "severe_crs", PAIR)
    assert "90% CI" in text
    assert "borderline" not in text
    p_value = study.first("severe_crs", measure="p_value")
    assert phrase_borderline_note(p_value, study.effect("severe_crs", PAIR)) == ()


def test_borderline_survival_is_laid_to_the_methods_not_to_an_order():
    results = changed(
        example(), {"value": 0.04}, outcome="overall_survival", method="logrank_exact", n=28
    )
    text = sentence_comparison(Scope.of_study(results), "overall_survival", PAIR)
    assert (
        "p is below 0.05 although the interval holds 1: test and interval are made by different "
        "methods, so this is a borderline finding."
    ) in text


def test_an_interval_without_one_beside_a_large_p_is_borderline_too():
    results = changed(example(), {"value": 0.06}, outcome="peak_expansion", measure="p_value", n=28)
    assert "p is not below 0.05 although the interval does not hold 1:" in sentence_comparison(
        Scope.of_study(results), "peak_expansion", PAIR
    )


def test_nothing_is_claimed_planned():
    results = example()
    card = dataclasses.replace(results.card, unplanned=())
    text = sentence_limits(dataclasses.replace(results, card=card))
    assert text[-1] == "No comparison is marked as unplanned in the study file."


def test_a_test_without_p_is_not_counted_and_names_its_outcome():
    results = changed(
        example(),
        {"value": None, "why": "One of the groups has no evaluable patient."},
        outcome="severe_crs",
        measure="p_value",
    )
    assert "10 tests of outcomes were made (6 of the groups" in " ".join(sentence_limits(results))
    assert (
        "RD-alloCAR against autoCAR: no p is given for severe CRS (grade 3 or more). One of the "
        "groups has no evaluable patient."
    ) in sentence_comparison(Scope.of_study(results), "severe_crs", PAIR)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("overall_survival", "reverse Kaplan-Meier of overall survival"),
        (
            "leukaemia_free_survival",
            f"reverse Kaplan-Meier of leukaemia free survival{ENDED}",
        ),
    ],
)
def test_follow_up_says_whose_it_is(outcome, words):
    results = changed(example(), {"category": outcome}, analysis="follow_up", measure="median_days")
    assert sentence_follow_up(results) == (
        f"Median follow-up was 9.6 months (95% CI 8.1 to 10.8; {words})."
    )
    scope = Scope.of_study(results, analyses=("follow_up",))
    found = scope.first("follow_up", measure="median_days")
    assert phrase_end_of_follow_up(scope, found) == words


def test_follow_up_that_everybody_ended_with_an_event():
    nothing = {"value": None, "low": None, "high": None, "flags": (Flag.NOT_ESTIMABLE,)}
    results = changed(example(), nothing, analysis="follow_up", measure="median_days", group="all")
    assert sentence_follow_up(results) == (
        "Median follow-up could not be estimated: everybody had the event."
    )


def test_one_patient_is_not_patients(study):
    results = changed(
        example(), {"n": 1, "events": 1}, outcome="crs_grade", group="DD-alloCAR", category="3"
    )
    estimates = tuple(
        e
        for e in results.estimates
        if e.outcome != "crs_grade" or e.group != "DD-alloCAR" or e.category == "3"
    )
    scope = Scope.of_study(dataclasses.replace(results, estimates=estimates))
    text = sentence_outcome(scope, "crs_grade", "ordinal")
    assert text.endswith("; grade 3 in 1 of 1 patient with DD-alloCAR.")


def test_values_beyond_the_limit_are_named_once(study):
    text = sentence_outcome(study, "peak_expansion", "continuous:log")
    assert text.count(Flag.LIMIT_VALUES.value) == 1


def test_the_unit_follows_a_number_only():
    everything = "\n".join(sentence_overview(example()))
    assert "median not reached (8.1 months to not reached), " in everything
    assert "reached months" not in everything
    assert "reached) months" not in everything


def test_two_outcomes_with_competing_events_carry_their_names():
    results = two_incidences()
    text = sentence_outcome(Scope.of_study(results), "nrm", "competing_risks")
    assert text.startswith("Non-relapse mortality (NRM): relapse was seen in 6 of 15 with autoCAR")


def test_tests_of_models_and_subgroups_are_counted_too():
    results = example()
    more = [
        dataclasses.replace(
            results.one(outcome="relapse", measure="p_value", role=Role.PRIMARY),
            analysis=analysis, measure=measure,
        )
        for analysis, measure in (("model", "p_value"), ("subgroup", "interaction_p_value"))
    ]  # fmt: skip
    text = " ".join(
        sentence_limits(dataclasses.replace(results, estimates=(*results.estimates, *more)))
    )
    assert "1 in subgroups and of interaction and 1 in models)" in text
    assert "All others are not adjusted for their number" in text
