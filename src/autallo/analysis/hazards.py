"""Ratios of the hazards of two groups: of one event, of a cause, and of its incidence.

The group is 1 for the first arm and 0 for the reference.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.analysis.pair import Pair
from autallo.analysis.topic import Topic, bounded
from autallo.errors import ArgumentError
from autallo.model.results import Estimate, Flag, Role
from autallo.stats.cox.fit import CoxFit, fit_cox
from autallo.stats.cox.proportional_hazards import proportional_hazards_test
from autallo.stats.fine_gray.model import FineGrayFit, fit_fine_gray
from autallo.stats.firth.cox import fit_firth_cox
from autallo.stats.logrank.asymptotic import logrank_test

__all__ = ["Hazards", "compare_causes", "compare_hazards"]

APART = (
    "Follow-up differs between the groups, so censoring was estimated in each (cengroup of R "
    "cmprsk): estimated in both together, it was measured to bias the ratio."
)


@dataclass(frozen=True, slots=True)
class Hazards:
    """The ratio of two hazards, and the test whether it stays the same over time.

    Attributes
    ----------
    ratio : Estimate
        The hazard ratio.
    trend : Estimate or None
        The test of proportional hazards; None where the ratio is penalised or there is none.
    """

    ratio: Estimate
    trend: Estimate | None


def compare_causes(
    topic: Topic,
    pair: Pair,
    days: NDArray[np.float64],
    cause: NDArray[np.int64],
    group: NDArray[np.int64],
    *,
    category: str,
    unequal: bool = False,
) -> Iterator[Estimate]:
    """Yield the cause-specific and the subdistribution hazard ratio of the first cause.

    `unequal`: whether follow-up differs between the groups; then the second estimates censoring in
    each. With the second stands the hazard ratio of any event: how much longer the patients of one
    group stay at risk is what makes the two differ.
    """
    yield compare_hazards(
        topic, pair, days, cause == 1, group,
        measure="cause_specific_hazard_ratio", category=category,
    ).ratio  # fmt: skip
    if (cause > 1).any():
        yield _of_incidence(topic, pair, days, cause, group, category=category, unequal=unequal)


def _of_incidence(
    topic: Topic,
    pair: Pair,
    days: NDArray[np.float64],
    cause: NDArray[np.int64],
    group: NDArray[np.int64],
    *,
    category: str,
    unequal: bool,
) -> Estimate:
    """Return the ratio of the subdistribution hazards by the model of Fine and Gray."""
    both = (cause > 0).astype(np.int64) + (cause > 1)
    fit = _fine_gray(both, days, group, level=topic.level, apart=None)
    apart = None
    if unequal and topic.profile != "ezr":
        apart = _fine_gray(both, days, group, level=topic.level, apart=group)
        if apart is not None and not apart.monotone[0]:
            fit = apart
    shared = {
        **topic.key,
        **pair.shared,
        "category": category,
        "measure": "subdistribution_hazard_ratio",
        "method": "fine_gray",
        "role": Role.PRIMARY,
        "why": APART if fit is apart and fit is not None else None,
    }
    if fit is None:
        fields = bounded(None, (None, None), topic.level, Flag.NOT_ESTIMABLE)
        return Estimate(**shared, **fields)
    coefficient = float(fit.coefficient[0])
    if fit.monotone[0]:
        fields = bounded(None, (None, None), topic.level, Flag.MONOTONE)
        return Estimate(**shared, **fields)
    limits = (math.exp(float(fit.low[0])), math.exp(float(fit.high[0])))
    details = [
        ("log_hazard_ratio", coefficient),
        ("std_error", float(fit.std_error[0])),
    ]
    if logrank_test(days, cause > 0, group).p_value is not None:
        any_event = fit_cox(days, cause > 0, group)
        if not any_event.monotone[0]:
            details.append(("any_event_hazard_ratio", math.exp(float(any_event.coefficient[0]))))
    fields = bounded(math.exp(coefficient), limits, topic.level)
    return Estimate(**shared, **fields, details=tuple(details))


def _fine_gray(
    cause: NDArray[np.int64],
    days: NDArray[np.float64],
    group: NDArray[np.int64],
    *,
    level: float,
    apart: NDArray[np.int64] | None,
) -> FineGrayFit | None:
    """Return the model, None if nobody had the event or nobody can be compared at any event."""
    try:
        return fit_fine_gray(days, cause, group, n_causes=2, level=level, censoring_group=apart)
    except ArgumentError:
        return None


def compare_hazards(
    topic: Topic,
    pair: Pair,
    days: NDArray[np.float64],
    event: NDArray[np.bool_],
    group: NDArray[np.int64],
    *,
    measure: str = "hazard_ratio",
    category: str | None = None,
) -> Hazards:
    """Return the ratio of the hazards of two groups, and the test whether it is constant."""
    shared = {**topic.key, **pair.shared, "category": category}
    ezr = topic.profile == "ezr"
    method = "cox_breslow" if ezr else "cox_efron"
    ratio = {**shared, "measure": measure, "method": method, "role": Role.PRIMARY}
    if logrank_test(days, event, group).p_value is None:
        fields = bounded(None, (None, None), topic.level, Flag.NOT_ESTIMABLE)
        return Hazards(Estimate(**ratio, **fields), None)
    fit = _fit(topic, days, event, group)
    if fit.monotone[0] and ezr:
        fields = bounded(None, (None, None), topic.level, Flag.MONOTONE)
        return Hazards(Estimate(**ratio, **fields), None)
    if fit.monotone[0]:
        return Hazards(_penalised(topic, ratio, days, event, group), None)
    test = proportional_hazards_test(fit, days, event, group)
    trend = Estimate(
        **shared,
        measure="proportional_hazards",
        method="cox_zph",
        role=Role.SENSITIVITY,
        value=float(test.p_value[0]),
        details=(("chi_square", float(test.statistic[0])), ("df", 1.0)),
    )
    return Hazards(Estimate(**ratio, **_fitted(fit, topic.level)), trend)


def _fit(
    topic: Topic, days: NDArray[np.float64], event: NDArray[np.bool_], group: NDArray[np.int64]
) -> CoxFit:
    """Return the Cox model with the ties and the limits of the profile."""
    if topic.profile == "ezr":
        return fit_cox(days, event, group, level=topic.level, ties="breslow", interval="Wald")
    return fit_cox(days, event, group, level=topic.level)


def _fitted(fit: CoxFit, level: float) -> dict[str, Any]:
    """Return the number fields of a ratio."""
    coefficient = float(fit.coefficient[0])
    limits = (float(np.exp(fit.low[0])), float(np.exp(fit.high[0])))
    details = (
        ("log_hazard_ratio", coefficient),
        ("std_error", float(fit.std_error[0])),
        ("wald_low", math.exp(float(fit.wald_low[0]))),
        ("wald_high", math.exp(float(fit.wald_high[0]))),
    )
    return {**bounded(math.exp(coefficient), limits, level), "details": details}


def _penalised(
    topic: Topic,
    shared: dict[str, Any],
    days: NDArray[np.float64],
    event: NDArray[np.bool_],
    group: NDArray[np.int64],
) -> Estimate:
    """Return the penalised ratio where the likelihood itself has no maximum, and why."""
    fit = fit_firth_cox(days, event, group, level=topic.level)
    events = np.bincount(group, weights=event, minlength=2)
    reason = "One of the groups has no event" if not events.all() else (
        "The events of one group all come before those of the other"
    )  # fmt: skip
    limits = (float(np.exp(fit.low[0])), float(np.exp(fit.high[0])))
    fields = bounded(math.exp(float(fit.coefficient[0])), limits, topic.level, Flag.PENALISED)
    return Estimate(
        **{**shared, "method": "firth_cox"},
        **fields,
        why=f"{reason}, so the Cox model alone has no finite estimate and is penalised.",
        details=(
            ("log_hazard_ratio", float(fit.coefficient[0])),
            ("std_error", float(fit.std_error[0])),
            ("p_penalised_likelihood_ratio", float(fit.p_value[0])),
        ),
    )
