"""Weights that make the covariates of two arms alike, and how well they do it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.analysis.models import Patients
from autallo.analysis.pair import Pair
from autallo.analysis.refusals import describe_refusal
from autallo.analysis.terms import Term, Terms, observe_terms
from autallo.analysis.topic import Topic, finite
from autallo.errors import ArgumentError
from autallo.model.adjusting import Adjusted
from autallo.model.results import Estimate, Flag, Role
from autallo.stats.confounding.balance import Balance, covariate_balance
from autallo.stats.confounding.entropy_balancing import entropy_balance
from autallo.stats.confounding.overlap import assess_overlap
from autallo.stats.confounding.propensity import propensity_score
from autallo.stats.confounding.weights import Estimand, balancing_weights, effective_sample_size

__all__ = ["Weighed", "weigh_arms", "weigh_balance"]

Floats = NDArray[np.float64]
#: The method of each kind of weights (key of `model.methods`), and whom the result speaks of.
METHODS = {
    "overlap": "overlap_weights",
    "everybody": "inverse_probability_weights",
    "treated": "treated_weights",
    "entropy": "entropy_weights",
}
ESTIMANDS: Mapping[str, Estimand] = {
    "overlap": "overlap", "everybody": "everybody", "treated": "treated",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weighed:
    """Two arms with weights, or the reasons why they cannot be compared.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Patients with all covariates known, in the order of the cohort.
    first : ndarray of bool, shape (n,)
        Who is in the first arm.
    weight : ndarray of float, shape (n,), or None
        None where the arms cannot be compared.
    terms : Terms
        What was adjusted for.
    method : str
        Key of `model.methods`.
    reasons : tuple of str
        Why the arms cannot be compared; empty if they can.
    """

    rows: NDArray[np.int64]
    first: NDArray[np.bool_]
    weight: Floats | None
    terms: Terms
    method: str
    reasons: tuple[str, ...]


def weigh_arms(
    patients: Patients, adjusted: Adjusted, pair: Pair, rows: NDArray[np.int64]
) -> Weighed:
    """Return the weights of two arms; `rows` are those of their patients to be used."""
    first = np.isin(rows, pair.first.rows)
    method = METHODS[adjusted.weights]
    if first.all() or not first.any():
        nobody = ("One of the groups has nobody with the outcome and all covariates known.",)
        return Weighed(rows, first, None, Terms(np.empty((0, 0)), (), ()), method, nobody)
    columns, arms, units = patients.frame, patients.arms, patients.units
    terms = observe_terms(
        columns, adjusted.covariates, rows, arms=arms, units=units, asked=patients.asked
    )
    if terms.constant:
        listed = ", ".join(name.replace("_", " ") for name in terms.constant)
        same = (f"All patients used have the same {listed}; take it out of the covariates.",)
        return Weighed(rows, first, None, terms, method, same)
    try:
        weight, reasons = _weights(adjusted, first, terms)
    except ArgumentError as error:
        told_plainly = describe_refusal(error, terms.values, _marks(terms.names))
        weight, reasons = None, (told_plainly[:1].upper() + told_plainly[1:],)
    told = tuple(_named(reason, pair, terms.names) for reason in reasons)
    return Weighed(rows, first, None if told else weight, terms, method, told)


def _weights(
    adjusted: Adjusted, first: NDArray[np.bool_], terms: Terms
) -> tuple[Floats, tuple[str, ...]]:
    """Return the weights, and why they should not be used."""
    marks = _marks(terms.names)
    score = propensity_score(first, terms.values, names=marks)
    if adjusted.weights == "entropy":
        weight = entropy_balance(first, terms.values, names=marks).weight
    else:
        estimand = ESTIMANDS[adjusted.weights]
        weight = balancing_weights(first, score.score, estimand=estimand).weight
    overlap = assess_overlap(first, score.score, weight=weight)
    reasons = overlap.reasons
    if score.penalised and score.reason:
        reasons = (*reasons, score.reason)
    return weight, reasons


def _marks(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return a mark for each covariate, which no other word of a reason can be taken for."""
    return tuple(f"<{place}>" for place in range(len(names)))


def _named(reason: str, pair: Pair, names: tuple[str, ...]) -> str:
    """Return a reason with the names of the arms and of the covariates."""
    arms = {"treated": pair.first.name, "untreated": pair.second.name}
    words = {**arms, **dict(zip(_marks(names), names, strict=True))}
    return re.sub(
        r"\b(?:un)?treated\b|<\d+>", lambda found: words.get(found[0], found[0]), reason
    )  # fmt: skip


def weigh_balance(topic: Topic, pair: Pair, weighed: Weighed) -> Iterator[Estimate]:
    """Yield how far the arms differ in each covariate before and after, and their sizes."""
    if weighed.first.all() or not weighed.first.any() or not weighed.terms.terms:
        return
    found = covariate_balance(
        weighed.first,
        weighed.terms.values,
        weight=weighed.weight,
        names=weighed.terms.names,
        level=topic.level,
    )
    shared = {**topic.key, "n": int(weighed.rows.size)}
    for term, balance in zip(weighed.terms.terms, found, strict=True):
        yield from _of_term(shared, pair, weighed, term, balance)
    if weighed.weight is not None:
        for arm, inside in ((pair.first, weighed.first), (pair.second, ~weighed.first)):
            yield Estimate(
                **{**shared, "n": int(inside.sum())},
                group=arm.name,
                versus=pair.second.name if arm is pair.first else pair.first.name,
                measure="effective_sample_size",
                method=weighed.method,
                value=effective_sample_size(weighed.weight[inside]),
            )


def _of_term(
    shared: dict[str, Any], pair: Pair, weighed: Weighed, term: Term, balance: Balance
) -> Iterator[Estimate]:
    key = {
        **shared,
        "group": pair.first.name,
        "versus": pair.second.name,
        "category": f"{term.covariate}={term.shown}" if term.versus else term.covariate,
        "measure": "standardised_difference",
        "role": Role.DESCRIPTIVE,
    }
    before = balance.before
    yield Estimate(
        **key,
        method="standardised_difference",
        value=before.estimate,
        low=before.low,
        high=before.high,
        level=before.level,
        flags=() if before.estimate is not None else (Flag.NOT_ESTIMABLE,),
        details=_means(balance.mean_treated, balance.mean_untreated),
    )
    if weighed.weight is not None:
        yield Estimate(
            **key,
            method=weighed.method,
            value=finite(balance.after),
            flags=() if balance.after is not None else (Flag.NOT_ESTIMABLE,),
            details=_means(balance.weighted_mean_treated, balance.weighted_mean_untreated),
        )


def _means(first: float | None, second: float | None) -> tuple[tuple[str, float], ...]:
    told = (("mean_first", first), ("mean_second", second))
    return tuple((name, value) for name, value in told if value is not None)
