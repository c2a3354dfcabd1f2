"""Two arms compared with weights: the size of the difference with a robust interval and p."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.analysis.models import Patients
from autallo.analysis.pair import pair_up
from autallo.analysis.refusals import describe_refusal
from autallo.analysis.terms import observe_unknown
from autallo.analysis.topic import Arm, Topic, bounded
from autallo.analysis.weigh import Weighed, weigh_arms, weigh_balance
from autallo.errors import ArgumentError
from autallo.model.adjusting import Adjusted
from autallo.model.cohort import FollowUp, Measured
from autallo.model.outcome import Binary, CompetingRisks, Continuous, Outcome, TimeToEvent
from autallo.model.results import Estimate, Flag, Role
from autallo.stats.confounding.e_value import e_value
from autallo.stats.confounding.weighted_survival import weighted_kaplan_meier
from autallo.stats.confounding.weights import effective_sample_size
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.rows import Rows
from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.incidence.difference import incidence_difference
from autallo.stats.regression.linear import fit_linear
from autallo.stats.survival.difference import survival_difference

__all__ = ["compare_adjusted"]

Floats = NDArray[np.float64]
#: An outcome is rare for the E-value if at most so many patients have it.
RARE = 0.15
#: With fewer effective patients in a group the robust tests were measured to reject too often
#: (decision 0019), so no p is given.
FEWEST_FOR_P = 25
SMALL = (
    "With fewer than 25 effective patients in a group robust tests called groups without any "
    "difference different in up to 8 of 100 simulated studies, so no p is given."
)
_MEASURES: Mapping[type[Any], tuple[str, str]] = {
    Binary: ("risk_difference", "weighted_risks"),
    Continuous: ("mean_difference", "weighted_means"),
    TimeToEvent: ("hazard_ratio", "weighted_cox"),
    CompetingRisks: ("cause_specific_hazard_ratio", "weighted_cox"),
}


def compare_adjusted(
    topic: Topic,
    patients: Patients,
    adjusted: Adjusted,
    arms: tuple[Arm, Arm],
    *,
    outcome: Outcome,
    observation: Measured | FollowUp,
) -> Iterator[Estimate]:
    """Yield the balance of the arms, then the weighted comparison, or why there is none."""
    pair = pair_up(observation, *arms)
    rows = np.sort(np.concatenate([pair.first.rows, pair.second.rows]))
    unknown, uncertain = observe_unknown(patients.frame, tuple(adjusted.covariates), rows)
    weighed = weigh_arms(patients, adjusted, pair, rows[~unknown])
    yield from weigh_balance(_balance(topic), pair, weighed)
    measure, method = _MEASURES[type(outcome)]
    shared: dict[str, Any] = {
        **topic.key,
        **pair.shared,
        "n": int(weighed.rows.size),
        "excluded": (*pair.excluded, *uncertain),
        "method": method,
        "role": Role.PRIMARY,
    }
    if weighed.weight is None:
        why = " ".join(weighed.reasons)
        yield Estimate(**shared, measure=measure, flags=(Flag.NOT_COMPARABLE,), why=why)
        return
    sizes = [
        effective_sample_size(weighed.weight[arm]) for arm in (weighed.first, ~weighed.first)
    ]  # fmt: skip
    small = min(sizes) < FEWEST_FOR_P
    limited = getattr(observation, "limited", None)
    beyond = limited is not None and bool(limited[weighed.rows].any())
    try:
        found = tuple(_effects(topic, shared, weighed, weighed.weight, outcome, observation))
    except ArgumentError as error:
        terms = weighed.terms
        why = f"No estimate: {describe_refusal(error, terms.values, terms.names)}"
        found = (Estimate(**shared, measure=measure, flags=(Flag.NOT_ESTIMABLE,), why=why),)
    for estimate in found:
        told = _of_few(estimate) if small else estimate
        beyond_limits = [Flag.LIMIT_VALUES] * (beyond or weighed.terms.limited)
        yield replace(told, flags=(*told.flags, *beyond_limits))


def _of_few(estimate: Estimate) -> Estimate:
    """Return an estimate of small groups: no p, and an interval that is known to be narrow."""
    if estimate.measure == "p_value":
        return replace(estimate, value=None, flags=(Flag.NO_VALID_TEST,), why=SMALL)
    return replace(
        estimate, flags=(*estimate.flags, *[Flag.TOO_NARROW] * (estimate.low is not None))
    )


def _balance(topic: Topic) -> Topic:
    return Topic(
        analysis="balance", outcome=topic.outcome, subgroup=topic.subgroup, level=topic.level
    )


def _effects(
    topic: Topic,
    shared: dict[str, Any],
    weighed: Weighed,
    weight: Floats,
    outcome: Outcome,
    observation: Measured | FollowUp,
) -> Iterator[Estimate]:
    match outcome, observation:
        case Binary(), Measured(values=values):
            had = values[weighed.rows].astype(np.float64)
            told = {**shared, "measure": "risk_difference", "events": int(had.sum())}
            yield from _of_means(topic, told, weighed, weight, had, log=False)
        case Continuous(axis=axis), Measured(values=values):
            numbers = values[weighed.rows].astype(np.float64)
            log = axis == "log"
            if log and numbers.min() <= 0:
                raise ArgumentError("A value of 0 or below has no logarithm.")
            told = {**shared, "measure": "mean_ratio" if log else "mean_difference"}
            numbers = np.log(numbers) if log else numbers
            yield from _of_means(topic, told, weighed, weight, numbers, log=log)
        case TimeToEvent(landmarks_days=days), FollowUp() as follow_up:
            yield from _of_hazards(topic, shared, weighed, weight, follow_up)
            yield from _of_survival(topic, shared, weighed, weight, follow_up, days)
        case CompetingRisks(landmarks_days=days), FollowUp() as follow_up:
            told = {**shared, "category": follow_up.causes[0]}
            yield from _of_hazards(topic, told, weighed, weight, follow_up)
            yield from _of_incidence(topic, told, weighed, weight, follow_up, days)


def _of_means(
    topic: Topic,
    shared: dict[str, Any],
    weighed: Weighed,
    weight: Floats,
    values: Floats,
    *,
    log: bool,
) -> Iterator[Estimate]:
    """Yield the difference of weighted means (risks), on the log axis their ratio."""
    if any(np.ptp(values[arm]) == 0 for arm in (weighed.first, ~weighed.first)):
        means = [
            float(np.average(values[arm], weights=weight[arm]))
            for arm in (weighed.first, ~weighed.first)
        ]
        gap = means[0] - means[1]
        size = math.exp(gap) if log else gap
        fields = bounded(size, (None, None), topic.level, Flag.NO_WEIGHTED_LIMITS)
        yield Estimate(**shared, **fields)
        return
    fit = fit_linear(
        values, weighed.first.astype(np.float64), weight=weight, variance="HC1", level=topic.level
    )
    size, low, high = (float(part[1]) for part in (fit.coefficient, fit.low, fit.high))
    if log:
        size, low, high = math.exp(size), math.exp(low), math.exp(high)
    details = (("coefficient", float(fit.coefficient[1])), ("std_error", float(fit.std_error[1])))
    yield Estimate(**shared, **bounded(size, (low, high), topic.level), details=details)
    yield _p_value(shared, float(fit.p_value[1]))


def _of_hazards(
    topic: Topic, shared: dict[str, Any], weighed: Weighed, weight: Floats, follow_up: FollowUp
) -> Iterator[Estimate]:
    """Yield the weighted hazard ratio, with the E-value of what was not recorded."""
    days, event = follow_up.days[weighed.rows], follow_up.cause[weighed.rows] == 1
    competing = follow_up.causes[1:]
    measure = "cause_specific_hazard_ratio" if competing else "hazard_ratio"
    told = {**shared, "measure": measure, "events": int(event.sum())}
    each = np.arange(days.size)
    fit = fit_cox(
        days, event, weighed.first.astype(np.float64), rows=Rows(weight=weight, cluster=each),
        level=topic.level, interval="Wald",
    )  # fmt: skip
    if fit.monotone[0]:
        yield Estimate(**told, **bounded(None, (None, None), topic.level, Flag.NO_MAXIMUM))
        return
    ratio, low, high = (math.exp(float(part[0])) for part in (fit.coefficient, fit.low, fit.high))
    rare = float(event.mean()) <= RARE
    beyond = e_value(ratio, low, high, measure="hazard_ratio", rare=rare)
    details = [
        ("coefficient", float(fit.coefficient[0])),
        ("std_error", float(fit.std_error[0])),
        ("e_value", beyond.estimate),
        ("e_value_limit", beyond.limit),
    ]
    fields = bounded(ratio, (low, high), topic.level)
    kept = tuple((name, float(value)) for name, value in details if math.isfinite(value))
    yield Estimate(**told, **fields, details=kept)
    if fit.wald_p is not None:
        yield _p_value(told, fit.wald_p)


def _of_survival(
    topic: Topic,
    shared: dict[str, Any],
    weighed: Weighed,
    weight: Floats,
    follow_up: FollowUp,
    at_days: tuple[float, ...],
) -> Iterator[Estimate]:
    """Yield by how much the weighted survival differs at each day asked for."""
    days, event = follow_up.days[weighed.rows], follow_up.cause[weighed.rows] == 1
    first, second = (
        weighted_kaplan_meier(days[arm], event[arm], weight[arm], level=topic.level)
        for arm in (weighed.first, ~weighed.first)
    )
    for day in at_days:
        found = survival_difference(first, second, at=day, level=topic.level)
        beyond = [Flag.BEYOND_FOLLOW_UP] * found.beyond
        yield Estimate(
            **{**shared, "method": "weighted_kaplan_meier"},
            measure="survival_difference",
            at_days=day,
            **bounded(found.estimate, (found.low, found.high), topic.level, *beyond),
            details=(("first", found.first), ("second", found.second)),
        )


def _of_incidence(
    topic: Topic,
    shared: dict[str, Any],
    weighed: Weighed,
    weight: Floats,
    follow_up: FollowUp,
    at_days: tuple[float, ...],
) -> Iterator[Estimate]:
    """Yield by how much the weighted incidence differs at each day asked for."""
    days, cause = follow_up.days[weighed.rows], follow_up.cause[weighed.rows]
    n_causes = len(follow_up.causes)
    first, second = (
        cumulative_incidence(
            days[arm], cause[arm], n_causes=n_causes, weight=weight[arm], level=topic.level
        )
        for arm in (weighed.first, ~weighed.first)
    )
    for day in at_days:
        found = incidence_difference(first, second, at=day, level=topic.level)
        beyond = [Flag.BEYOND_FOLLOW_UP] * found.beyond
        yield Estimate(
            **{**shared, "method": "weighted_aalen_johansen"},
            measure="incidence_difference",
            at_days=day,
            **bounded(found.estimate, (found.low, found.high), topic.level, *beyond),
            details=(("first", found.first), ("second", found.second)),
        )


def _p_value(shared: dict[str, Any], p_value: float) -> Estimate:
    why = "Wald's test with the robust variance, each patient by itself; weights taken as known."
    told = {**shared, "measure": "p_value"}
    return Estimate(**told, value=p_value, why=why)
