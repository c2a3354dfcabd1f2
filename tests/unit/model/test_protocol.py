"""The study file as a noun: strict, frozen, closed; landmarks in days."""

import copy

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
