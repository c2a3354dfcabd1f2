"""Multivariable models: every outcome on all covariates together, if there are events enough.

A model is not fitted with fewer than five events for each coefficient, and is penalised with
fewer than ten (decision 0018).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autallo.analysis.choose import AS_EZR
from autallo.analysis.refusals import describe_refusal
from autallo.analysis.regressions import (
    Regression,
    regress_causes,
    regress_hazard,
    regress_incidence,
    regress_risk,
    regress_values,
)
from autallo.analysis.terms import Terms, observe_terms, observe_unknown
from autallo.analysis.topic import Topic, bounded, evaluable
from autallo.errors import ArgumentError
from autallo.model.adjusting import Covariate
from autallo.model.cohort import FollowUp, Measured
from autallo.model.outcome import Binary, CompetingRisks, Continuous, Outcome, TimeToEvent
from autallo.model.results import Estimate, Flag, Role

__all__ = ["EVERYBODY", "Patients", "fit_models"]

EVERYBODY = "all"
#: Events for each coefficient: below the first no model is fitted, below the second penalised.
FEWEST, ENOUGH = 5, 10
NOT_PROPORTIONAL_P = 0.05
Observed = Measured | FollowUp


@dataclass(frozen=True, slots=True)
class Patients:
    """The cohort as a model sees it: columns, arms in order, units as held and as asked for."""

    frame: pl.DataFrame
    arms: Sequence[str]
    units: Mapping[str, str | None]
    asked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Fitting:
    """One outcome of the patients used, and the terms it is regressed on."""

    outcome: Outcome
    observation: Observed
    rows: NDArray[np.int64]
    terms: Terms

    @property
    def informative(self) -> int:
        """Events, or the fewer of patients with and without; patients for a measurement."""
        match self.observation:
            case FollowUp(cause=cause):
                return int((cause[self.rows] == 1).sum())
            case Measured(values=values) if isinstance(self.outcome, Binary):
                had = int((values[self.rows] == 1).sum())
                return min(had, self.rows.size - had)
        return int(self.rows.size)


def fit_models(
    topic: Topic,
    patients: Patients,
    covariates: Mapping[str, Covariate],
    *,
    rows: NDArray[np.int64],
    outcome: Outcome,
    observation: Observed,
) -> Iterator[Estimate]:
    """Yield the effect of every term with its p, or the one record that says why there is none."""
    used, left_out = evaluable(observation, rows)
    unknown, uncertain = observe_unknown(patients.frame, tuple(covariates), used)
    used = used[~unknown]
    shared: dict[str, Any] = {
        **topic.key,
        "n": int(used.size),
        "excluded": (*left_out, *uncertain),
    }
    if used.size == 0:
        nobody = "No model: nobody has the outcome and all covariates known."
        yield _not_fitted(shared, outcome, Flag.TOO_FEW_EVALUABLE, nobody)
        return
    columns, arms, units = patients.frame, patients.arms, patients.units
    terms = observe_terms(columns, covariates, used, arms=arms, units=units, asked=patients.asked)
    fitting = _Fitting(outcome, observation, used, terms)
    shared["events"] = _events(fitting)
    plain = topic.profile == "ezr"
    obstacle = _obstacle(fitting, plain=plain)
    if obstacle is not None:
        yield _not_fitted(shared, outcome, *obstacle)
        return
    try:
        found = tuple(_regressions(fitting, topic.level, plain=plain))
    except ArgumentError as error:
        reason = describe_refusal(error, terms.values, terms.names)
        yield _not_fitted(shared, outcome, Flag.NOT_ESTIMABLE, f"No model: {reason}")
        return
    for regression in found:
        reason = AS_EZR if plain else _reason(fitting, regression)
        yield from _told(shared, fitting, regression, level=topic.level, reason=reason)


def _reason(fitting: _Fitting, regression: Regression) -> str:
    """Return why the model has the form that it has."""
    if regression.why is not None:
        return regression.why
    count, p = fitting.informative, len(fitting.terms.terms)
    told = f"{count} {_unit(fitting)} for {p} coefficient{'s' * (p > 1)}"
    if isinstance(fitting.outcome, Continuous):
        return f"{told}; the variance HC3 needs no equal spread."
    if count >= ENOUGH * p:
        return f"{told}: enough for maximum likelihood."
    return f"{told}: few, but the model of Fine and Gray has no penalised form."


def _obstacle(fitting: _Fitting, *, plain: bool) -> tuple[Flag, str] | None:
    """Return why no model can be fitted, or None."""
    if fitting.terms.constant:
        told = ", ".join(name.replace("_", " ") for name in fitting.terms.constant)
        return Flag.NOT_ESTIMABLE, f"No model: all patients used have the same {told}; take it out."
    count, p = fitting.informative, len(fitting.terms.terms)
    if count < FEWEST * p and not plain:
        told = f"{count} {_unit(fitting)} for {p} coefficient{'s' * (p > 1)}, and five are needed"
        told += " for each" * (p > 1)
        return Flag.TOO_FEW_EVENTS, f"No model: {told}."
    if not _on_its_axis(fitting):
        return Flag.NOT_ESTIMABLE, "No model: a value of 0 or below has no logarithm."
    return None


def _on_its_axis(fitting: _Fitting) -> bool:
    """Say whether every value can stand on the axis of the outcome."""
    match fitting.outcome, fitting.observation:
        case Continuous(axis="log"), Measured(values=values):
            return bool(values[fitting.rows].min() > 0)
    return True


def _beyond_limits(fitting: _Fitting) -> bool:
    """Say whether the outcome or a covariate has values beyond a measuring limit."""
    limited = getattr(fitting.observation, "limited", None)
    beyond = limited is not None and bool(limited[fitting.rows].any())
    return beyond or fitting.terms.limited


def _unit(fitting: _Fitting) -> str:
    match fitting.outcome:
        case Binary():
            return "patients in the rarer of the two answers"
        case Continuous():
            return "patients"
    return "events"


def _events(fitting: _Fitting) -> int | None:
    if isinstance(fitting.outcome, Continuous):
        return None
    values = (
        fitting.observation.cause
        if isinstance(fitting.observation, FollowUp)
        else fitting.observation.values
    )
    return int((values[fitting.rows] == 1).sum())


def _regressions(fitting: _Fitting, level: float, *, plain: bool) -> Iterator[Regression]:
    """Yield the models of an outcome: one, or two where events compete."""
    x, names = fitting.terms.values, fitting.terms.names
    scarce = fitting.informative < ENOUGH * len(names)
    match fitting.outcome, fitting.observation:
        case Binary(), Measured(values=values):
            had = values[fitting.rows] == 1
            yield regress_risk(had, x, names=names, level=level, scarce=scarce, plain=plain)
        case Continuous(axis=axis), Measured(values=values):
            numbers = values[fitting.rows].astype(np.float64)
            yield regress_values(
                numbers, x, names=names, level=level, log=axis == "log", plain=plain
            )
        case TimeToEvent(), FollowUp(days=days, cause=cause):
            event = cause[fitting.rows] == 1
            yield regress_hazard(
                days[fitting.rows], event, x, names=names, level=level, scarce=scarce, plain=plain
            )
        case CompetingRisks(), FollowUp(days=days, cause=cause):
            times, ends = days[fitting.rows], cause[fitting.rows]
            yield regress_causes(
                times, ends, x, names=names, level=level, scarce=scarce, plain=plain
            )
            if (ends > 1).any():
                yield regress_incidence(times, ends, x, names=names, level=level)


def _told(
    shared: dict[str, Any],
    fitting: _Fitting,
    regression: Regression,
    *,
    level: float,
    reason: str,
) -> Iterator[Estimate]:
    """Yield the effect and the p of each term, then of each covariate of several levels."""
    per = fitting.informative / len(fitting.terms.terms)
    flags = [Flag.FEW_EVENTS] * (per < ENOUGH) + [Flag.LIMIT_VALUES] * _beyond_limits(fitting)
    for k, term in enumerate(fitting.terms.terms):
        key = {**shared, "category": term.covariate, "group": term.shown, "versus": term.versus}
        yield Estimate(
            **key,
            measure=regression.measure,
            method=regression.method,
            role=Role.PRIMARY,
            why=regression.why,
            details=_details(regression, k, per),
            **_bounded(regression, k, level=level, flags=flags),
        )
        yield _p_value(key, regression, regression.p_value[k], df=1, why=reason)
    for covariate in dict.fromkeys(term.covariate for term in fitting.terms.terms):
        places = [k for k, term in enumerate(fitting.terms.terms) if term.covariate == covariate]
        if len(places) > 1:
            key = {**shared, "category": covariate, "group": EVERYBODY}
            p_value = regression.p_of(places)
            yield _p_value(key, regression, p_value, df=len(places), why=reason)


def _bounded(
    regression: Regression, k: int, *, level: float, flags: Sequence[Flag]
) -> dict[str, Any]:
    shown = np.exp if regression.ratio else np.asarray
    value = float(shown(regression.coefficient[k]))
    low, high = float(shown(regression.low[k])), float(shown(regression.high[k]))
    if not math.isfinite(regression.coefficient[k]):
        return bounded(None, (None, None), level, Flag.NO_MAXIMUM, *flags)
    changes = regression.changing and regression.changing[k] < NOT_PROPORTIONAL_P
    more = [Flag.NOT_PROPORTIONAL_TERM] * bool(changes)
    return bounded(value, (low, high), level, *flags, *more)


def _details(regression: Regression, k: int, per: float) -> tuple[tuple[str, float], ...]:
    told = [
        ("coefficient", float(regression.coefficient[k])),
        ("std_error", float(regression.std_error[k])),
        ("events_per_coefficient", per),
    ]
    if regression.changing:
        told.append(("p_proportional_hazards", regression.changing[k]))
    return tuple((name, number) for name, number in told if math.isfinite(number))


def _p_value(
    key: dict[str, Any], regression: Regression, p_value: float | None, *, df: int, why: str
) -> Estimate:
    return Estimate(
        **key,
        measure="p_value",
        method=regression.method,
        role=Role.PRIMARY,
        value=p_value,
        flags=() if p_value is not None else (Flag.NOT_ESTIMABLE,),
        why=why if p_value is not None else "No finite estimate, so no test of Wald.",
        details=(("df", float(df)),),
    )


def _not_fitted(shared: dict[str, Any], outcome: Outcome, flag: Flag, why: str) -> Estimate:
    measure, method = _NAMES[type(outcome)]
    return Estimate(
        **shared,
        group=EVERYBODY,
        measure=measure,
        method=method,
        role=Role.PRIMARY,
        flags=(flag,),
        why=why,
    )


_NAMES: dict[type[Any], tuple[str, str]] = {
    Binary: ("odds_ratio", "multivariable_logistic"),
    Continuous: ("mean_difference", "multivariable_linear"),
    TimeToEvent: ("hazard_ratio", "multivariable_cox"),
    CompetingRisks: ("cause_specific_hazard_ratio", "multivariable_cox"),
}
