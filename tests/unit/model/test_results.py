"""Results are one record a number, and JSON that reads back equal."""

import json

import pytest

from autallo.errors import Finding, Severity
from autallo.model.flow import FlowStep
from autallo.model.methods import METHODS
from autallo.model.references import REFERENCES
from autallo.model.results import (
    Curve,
    Estimate,
    Flag,
    Provenance,
    Results,
    Role,
    Sample,
    StudyCard,
)


def estimate(**more):
    fields = {
        "analysis": "outcome", "outcome": "cr", "group": "autoCAR", "measure": "proportion",
        "method": "clopper_pearson", "n": 17, "events": 15, "value": 15 / 17, "low": 0.6356,
        "high": 0.9854, "level": 0.95, "excluded": (("no marrow", 1),),
        "flags": (Flag.SMALL_GROUP,), "details": (("smallest_p", 0.01),),
    }  # fmt: skip
    return Estimate(**(fields | more))


def results(*estimates):
    return Results(
        card=StudyCard(
            id="s", title="T <é>", notice=None, level=0.95, levels=("a", "b"), labels={"a": "A"},
            outcomes=(("cr", "binary"),), factors=(("f", ("yes", "no"), ("a",), ("cr",)),),
            comparisons=(("a", "b"),), table1=("age",), rules=(("cr", "A rule."),),
            origins=(("age", "Given."),),
        ),
        estimates=estimates,
        curves=(
            Curve(
                analysis="outcome", outcome="os", group="a", measure="survival",
                method="kaplan_meier", days=(1.0, 2.5), value=(0.9, 0.8), low=(0.5, 0.4),
                high=(1.0, 0.99), censored_days=(2.5,), at_risk_days=(0.0,), at_risk=(10,), n=10,
                events=2, flags=(Flag.CURVES_CROSS,),
            ),
        ),
        samples=(Sample(outcome="x", group="a", values=(1.0, 2.0), limited=(0, 1)),),
        flow=(FlowStep(label="Read", remaining=3, excluded=(("why", 1),), by_group=(("a", 2),)),),
        findings=(
            Finding(code="c", severity=Severity.WARN, sentence="S.", rows=(2, 3), file="f.csv"),
        ),
        cleaned=(("f.csv", "sex", "trimmed", 2),),
        provenance=Provenance(
            study_file_sha256="0" * 64, inputs_sha256=(("f.csv", "1" * 64),),
            versions=(("numpy", "2"),), seed=1, rows=(("patients", 3),),
        ),
    )  # fmt: skip


def test_json_reads_back_equal_and_is_the_same_each_time():
    whole = results(estimate(), estimate(measure="p_value", role=Role.PRIMARY, why="Because."))
    text = whole.to_json()
    again = Results.from_json(text)
    assert again == whole
    assert again.to_json() == text
    assert isinstance(again.estimates[0].flags[0], Flag)
    assert isinstance(again.findings[0].severity, Severity)


def test_json_holds_no_nan_and_no_infinity():
    with pytest.raises(ValueError, match="not JSON compliant"):
        results(estimate(value=float("nan"))).to_json()


def test_two_numbers_with_one_key_are_refused():
    with pytest.raises(ValueError, match="share the key"):
        results(estimate(), estimate(value=0.5))


def test_results_of_another_version_are_refused():
    tree = json.loads(results().to_json())
    tree["schema"] = 99
    with pytest.raises(ValueError, match="another version"):
        Results.from_json(json.dumps(tree))


def test_one_finds_the_only_estimate_and_refuses_several():
    whole = results(estimate(), estimate(group="RD-alloCAR"))
    assert whole.one(group="RD-alloCAR").events == 15
    with pytest.raises(LookupError, match="2 estimates"):
        whole.one(outcome="cr")


def test_every_method_has_known_references_and_a_function_behind_it():
    from importlib import import_module

    for method in METHODS.values():
        assert set(method.references) <= set(REFERENCES), method.key
        module, function = method.validated_by.rsplit(".", 1)
        assert callable(getattr(import_module(module), function)), method.key
        assert method.sentence.endswith(".")
