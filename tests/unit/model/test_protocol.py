"""The study file as a noun: strict, frozen, closed; landmarks in days."""

import copy
import re

import pytest
from pydantic import ValidationError

from autallo.model.protocol import Protocol

TREE = {
    "study": {"id": "s", "title": "A study"},
    "sources": {"patients": {"file": "p.csv", "columns": {"sex": "Sex"}}},
    "groups": {"by": "arm", "levels": ("a", "b"), "compare": (("a", "b"),)},
    "outcomes": {
        "cr": {"kind": "binary", "from": "best_response", "is": "CR"},
        "os": {"kind": "time_to_event", "endpoint": "OS", "at_months": (12, 6), "at_days": (100,)},
    },
}


def changed(**parts):
    """Return the tree with some parts replaced."""
    return {**copy.deepcopy(TREE), **parts}


def outcome(**parts):
    return changed(outcomes={"x": parts})


def test_defaults_are_the_declared_ones():
    protocol = Protocol.model_validate(TREE)
    assert protocol.study.level == 0.95
    assert protocol.study.profile == "default"
    assert protocol.population.include is None
    assert protocol.sources["patients"].columns["sex"].column == "Sex"
    assert protocol.outcomes["cr"].is_ == ("CR",)
    assert protocol.outcomes["cr"].tolerance_days == 5


def test_landmarks_are_days_ascending():
    # 6 months = 182.625 days, 12 months = 365.25 days.
    assert Protocol.model_validate(TREE).outcomes["os"].landmarks_days == (100.0, 182.625, 365.25)


def test_protocol_is_frozen():
    protocol = Protocol.model_validate(TREE)
    with pytest.raises(ValidationError, match="frozen"):
        protocol.table1 = ("age",)


@pytest.mark.parametrize(
    "tree",
    [
        changed(extra=1),
        changed(study={"id": "s"}),
        changed(study={"id": 7, "title": "x"}),
        changed(study={"id": "s", "title": "x", "seed": -1}),
        changed(study={"id": "s", "title": "x", "level": 95}),
        changed(sources={}),
        changed(outcomes={}),
        changed(groups={"by": "arm", "levels": ()}),
        changed(groups={"by": "arm", "levels": ("a", "a")}),
        changed(groups={"by": "arm", "levels": ("a", "b"), "compare": (("a", "c"),)}),
        changed(groups={"by": "arm", "levels": ("a", "b"), "compare": (("a", "a"),)}),
        changed(groups={"by": "arm", "levels": ("a", "b"), "labels": {"c": "C"}}),
        changed(population={"include": "age = 18"}),
        changed(factors={"f": {"outcomes": ("none",)}}),
        changed(factors={"f": {"outcomes": ("cr",), "within": ("c",)}}),
        outcome(kind="other"),
        outcome(kind="binary", **{"from": "x", "is": "a", "at_least": 1}),
        outcome(kind="time_to_event", endpoint="OS", time="t", event="e"),
        outcome(kind="time_to_event", time="t"),
        outcome(kind="time_to_event"),
        outcome(kind="competing_risks", time="t", cause="c"),
        outcome(kind="competing_risks", endpoint="RI", **{"is": "x"}),
        outcome(kind="categorical", **{"from": "x"}, groups=("c",)),
    ],
)
def test_contradictions_are_refused(tree):
    with pytest.raises(ValidationError):
        Protocol.model_validate(tree)


MODEL = {"outcomes": ("cr",), "covariates": ("group",)}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"models": {"m": {**MODEL, "within": ("a", "a")}}}, "models.m.within: 'a' must be listed"),
        ({"models": {"m": {**MODEL, "within": ("c",)}}}, "models.m: unknown 'c'"),
        ({"models": {"m": {**MODEL, "outcomes": ("cr", "cr")}}}, "models.m.outcomes: 'cr' must be"),
        ({"models": {"m": {**MODEL, "outcomes": ("x",)}}}, "models.m: unknown 'x'"),
        ({"models": {"m": {**MODEL, "covariates": ("age", "age")}}}, "each covariate must be"),
        (
            {"adjusted": {"w": {**MODEL, "covariates": ("age",), "outcomes": ("x",)}}},
            "adjusted.w: unknown 'x'",
        ),
        (
            {"factors": {"f": {"outcomes": ("cr",), "within": ("a",), "subgroups": True}}},
            "factors.f.subgroups: no two groups of `groups.compare` are in `within`",
        ),
        (
            {"factors": {"arm": {"outcomes": ("cr",), "subgroups": True}}},
            "factors.arm.subgroups: the groups cannot be split by group",
        ),
    ],
)
def test_models_and_subgroups_that_contradict_themselves(parts, said):
    with pytest.raises(ValidationError, match=re.escape(said)):
        Protocol.model_validate(changed(**parts))


def test_an_outcome_without_the_arms_of_its_model():
    tree = changed(models={"m": {**MODEL, "within": ("b",)}})
    tree["outcomes"]["cr"]["groups"] = ("a",)
    with pytest.raises(ValidationError, match="outcome 'cr' has no such group"):
        Protocol.model_validate(tree)
    tree["outcomes"]["cr"]["groups"] = ("a", "a")
    with pytest.raises(ValidationError, match="'a' must be listed once"):
        Protocol.model_validate({**tree, "models": {}})


@pytest.mark.parametrize(
    "covariate",
    [{"per": 0}, {"per": -1}, {"per": 1e308}, {"per": 2, "reference": "x"},
     {"per": 2, "scale": "log2"}, {"scale": "log"}],
)  # fmt: skip
def test_a_covariate_is_a_number_or_a_category(covariate):
    with pytest.raises(ValidationError):
        Protocol.model_validate(changed(models={"m": {**MODEL, "covariates": {"age": covariate}}}))


def test_covariates_are_a_list_or_each_with_how_it_enters():
    protocol = Protocol.model_validate(changed(models={"m": MODEL}))
    assert set(protocol.models["m"].covariates) == {"group"}
    given = {"group": {"reference": "b"}, "age": {"per": 10}}
    protocol = Protocol.model_validate(changed(models={"m": {**MODEL, "covariates": given}}))
    assert protocol.models["m"].covariates["age"].per == 10
