"""Survival and cumulative incidence of each group: the curve and what is read off it."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.analysis.further import describe_beta_product
from autallo.analysis.topic import Arm, Topic, bounded, evaluable
from autallo.model.cohort import FollowUp
from autallo.model.outcome import DAYS_PER_MONTH
from autallo.model.results import Curve, Estimate, Flag
from autallo.stats.incidence.aalen_johansen import (
    CumulativeIncidence,
    cumulative_incidence,
    incidence_at,
)
from autallo.stats.summary import summarise
from autallo.stats.survival.kaplan_meier import (
    KaplanMeier,
    kaplan_meier,
    numbers_at_risk,
    reverse_kaplan_meier,
    survival_at,
)
from autallo.stats.survival.quantile import SurvivalQuantile, survival_quantile

__all__ = ["axis_days", "describe_follow_up", "describe_incidence", "describe_survival"]

#: With fewer at risk log-log limits were measured to cover too seldom.
FEW_AT_RISK = 5
ROUNDING = 1e-9
Days = tuple[float, ...]
STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
MOST_TICKS = 9


def axis_days(last_day: float) -> Days:
    """Return the days at which numbers at risk are printed: whole months, at most nine."""
    months = last_day / DAYS_PER_MONTH
    step = next((s for s in STEPS_MONTHS if months / s < MOST_TICKS), STEPS_MONTHS[-1])
    ticks = range(0, math.floor(months) + 1, step)
    return tuple(round(tick * DAYS_PER_MONTH, 6) for tick in ticks)


def describe_survival(
    topic: Topic, arm: Arm, follow_up: FollowUp, *, at_days: Days, ticks: Days
) -> Iterator[Estimate | Curve]:
    """Yield the Kaplan-Meier curve of an arm, its median and survival at the days asked for."""
    rows, excluded = evaluable(follow_up, arm.rows)
    shared = {**topic.key, "group": arm.name, "method": "kaplan_meier"}
    if rows.size == 0:
        yield _nobody(shared, "median_days", topic.level, excluded)
        return
    days, event = follow_up.days[rows], follow_up.cause[rows] == 1
    curve = kaplan_meier(days, event, level=topic.level)
    yield Estimate(
        **shared,
        measure="median_days",
        unit="days",
        **_median(survival_quantile(curve), topic.level),
        n=int(rows.size),
        events=int(event.sum()),
        excluded=excluded,
    )
    yield from _read_survival({**shared, "excluded": excluded}, curve, at_days, rows.size)
    yield from describe_beta_product(topic, arm.name, days, event, at_days=at_days)
    yield Curve(
        **shared,
        measure="survival",
        **_steps(curve.time, curve.survival, curve.low, curve.high),
        **_risk_table(days, ~event, ticks),
        events=int(event.sum()),
        level=topic.level,
    )


def describe_incidence(
    topic: Topic, arm: Arm, follow_up: FollowUp, *, at_days: Days, ticks: Days
) -> Iterator[Estimate | Curve]:
    """Yield the Aalen-Johansen curve of each cause in an arm, and its value at the days."""
    rows, excluded = evaluable(follow_up, arm.rows)
    shared = {**topic.key, "group": arm.name, "method": "aalen_johansen"}
    if rows.size == 0:
        yield _nobody(shared, "incidence", topic.level, excluded)
        return
    days, cause = follow_up.days[rows], follow_up.cause[rows]
    n_causes = len(follow_up.causes)
    curve = cumulative_incidence(days, cause, n_causes=n_causes, level=topic.level)
    for k, name in enumerate(follow_up.causes):
        mine = days[cause == k + 1]
        about = {**shared, "category": name, "excluded": excluded, "n": int(rows.size)}
        yield from _read_incidence(about, curve, k, mine, at_days)
        yield Curve(
            **shared,
            measure="incidence",
            cause=name,
            **_steps(curve.time, curve.incidence[:, k], curve.low[:, k], curve.high[:, k]),
            **_risk_table(days, cause == 0, ticks),
            events=int(mine.size),
            level=topic.level,
        )


def describe_follow_up(topic: Topic, arm: Arm, follow_up: FollowUp) -> Iterator[Estimate]:
    """Yield the median follow-up: reverse Kaplan-Meier, and observed in the event-free."""
    rows, excluded = evaluable(follow_up, arm.rows)
    shared = {**topic.key, "group": arm.name}
    reverse = {**shared, "method": "reverse_kaplan_meier"}
    if rows.size == 0:
        yield _nobody(reverse, "median_days", topic.level, excluded)
        return
    days, event = follow_up.days[rows], follow_up.cause[rows] != 0
    if event.all():
        yield _nobody(reverse, "median_days", topic.level, excluded, n=int(rows.size))
        return
    median = survival_quantile(reverse_kaplan_meier(days, event, level=topic.level))
    yield Estimate(
        **reverse,
        measure="median_days",
        unit="days",
        **_median(median, topic.level),
        n=int(rows.size),
        events=int(event.sum()),
        excluded=excluded,
    )
    observed = summarise(days[~event])
    yield Estimate(
        **shared,
        measure="observed_median_days",
        method="observed_follow_up",
        unit="days",
        value=observed.median,
        n=observed.n,
        details=(("minimum", observed.low), ("maximum", observed.high)),
        excluded=excluded,
    )


def _read_survival(
    shared: dict[str, Any], curve: KaplanMeier, at_days: Days, n: int
) -> Iterator[Estimate]:
    if not at_days:
        return
    read = survival_at(curve, at_days)
    for i, day in enumerate(at_days):
        beyond = bool(read.beyond[i])
        flags = [Flag.NO_EVENTS] if read.survival[i] == 1 and not beyond else []
        flags += [Flag.ALL_EVENTS] if read.survival[i] == 0 else []
        found = (float(read.low[i]), float(read.high[i]))
        limits, told = _limits(found, beyond=beyond, at_risk=float(read.at_risk[i]), flags=flags)
        yield Estimate(
            **shared,
            measure="survival",
            at_days=day,
            **bounded(float(read.survival[i]), limits, curve.level, *told),
            n=int(n),
            events=int(read.events[i]),
            details=(("at_risk", float(read.at_risk[i])),),
        )


def _read_incidence(
    shared: dict[str, Any],
    curve: CumulativeIncidence,
    k: int,
    event_days: NDArray[np.float64],
    at_days: Days,
) -> Iterator[Estimate]:
    if not at_days:
        return
    read = incidence_at(curve, at_days)
    for i, day in enumerate(at_days):
        happened = int(np.count_nonzero(event_days <= day))
        beyond = bool(read.beyond[i]) and float(read.incidence[i].sum()) < 1 - ROUNDING
        flags = [Flag.NO_EVENTS] if happened == 0 and not beyond else []
        found = (float(read.low[i, k]), float(read.high[i, k]))
        limits, told = _limits(found, beyond=beyond, at_risk=float(read.at_risk[i]), flags=flags)
        yield Estimate(
            **shared,
            measure="incidence",
            at_days=day,
            **bounded(float(read.incidence[i, k]), limits, curve.level, *told),
            events=happened,
            details=(("at_risk", float(read.at_risk[i])),),
        )


def _limits(
    found: tuple[float, float], *, beyond: bool, at_risk: float, flags: list[Flag]
) -> tuple[tuple[float | None, float | None], list[Flag]]:
    """Return the limits that a point of a curve may have, and what must be said of them."""
    if beyond:
        return (None, None), [Flag.BEYOND_FOLLOW_UP, *flags]
    few = not flags and at_risk < FEW_AT_RISK
    return found, [*flags, *[Flag.FEW_AT_RISK] * few]


def _steps(
    time: NDArray[np.float64],
    value: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> dict[str, Any]:
    return {
        "days": tuple(time.tolist()),
        "value": tuple(value.tolist()),
        "low": tuple(low.tolist()),
        "high": tuple(high.tolist()),
    }


def _risk_table(
    days: NDArray[np.float64], censored: NDArray[np.bool_], ticks: Days
) -> dict[str, Any]:
    return {
        "censored_days": tuple(np.sort(days[censored]).tolist()),
        "at_risk_days": ticks,
        "at_risk": tuple(numbers_at_risk(days, ticks).tolist()),
        "n": int(days.size),
    }


def _median(median: SurvivalQuantile, level: float) -> dict[str, Any]:
    """Return the number fields of a median; infinite means not reached."""
    flags = [Flag.NOT_REACHED] if math.isinf(median.estimate) else []
    if math.isinf(median.high) or math.isinf(median.low):
        flags.append(Flag.BOUND_NOT_REACHED)
    limits = (_reached(median.low), _reached(median.high))
    return bounded(_reached(median.estimate), limits, level, *flags)


def _reached(day: float) -> float | None:
    return None if math.isinf(day) else day


def _nobody(
    shared: dict[str, Any],
    measure: str,
    level: float,
    excluded: tuple[tuple[str, int], ...],
    n: int = 0,
) -> Estimate:
    """Return the record that says the number cannot be given for these patients."""
    fields = bounded(None, (None, None), level, Flag.NOT_ESTIMABLE)
    return Estimate(**shared, measure=measure, **fields, n=n, excluded=excluded)
