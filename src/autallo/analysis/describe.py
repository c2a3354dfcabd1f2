"""What each group looks like: one function per kind of outcome, and one for values in general."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.analysis.topic import Arm, Topic, bounded, evaluable
from autallo.model.cohort import FollowUp, Measured
from autallo.model.results import Estimate, Flag, Sample
from autallo.stats.proportions.binomial import binomial_interval
from autallo.stats.summary import summarise

__all__ = [
    "describe_binary",
    "describe_categories",
    "describe_events",
    "describe_sample",
    "describe_values",
]


def describe_binary(topic: Topic, arm: Arm, observation: Measured) -> Iterator[Estimate]:
    """Yield the proportion of an arm with its exact interval."""
    rows, excluded = evaluable(observation, arm.rows)
    if rows.size == 0:
        yield _nothing(topic, arm, "proportion", "clopper_pearson", excluded)
        return
    count = int(observation.values[rows].sum())
    yield _proportion(topic, arm, count, int(rows.size), excluded)


def describe_categories(topic: Topic, arm: Arm, observation: Measured) -> Iterator[Estimate]:
    """Yield the proportion of an arm in each category, those that nobody is in included."""
    rows, excluded = evaluable(observation, arm.rows)
    codes = observation.values[rows]
    for code, category in enumerate(observation.categories):
        if rows.size == 0:
            yield _nothing(topic, arm, "proportion", "clopper_pearson", excluded, category)
            continue
        count = int(np.count_nonzero(codes == code))
        yield _proportion(topic, arm, count, int(rows.size), excluded, category)


def describe_values(
    topic: Topic, arm: Arm, observation: Measured, *, unit: str | None, log: bool
) -> Iterator[Estimate]:
    """Yield the median with quartiles and range, on the log axis also the geometric mean."""
    rows, excluded = evaluable(observation, arm.rows)
    if rows.size == 0:
        yield _nothing(topic, arm, "median", "quartiles", excluded)
        return
    summary = summarise(observation.values[rows])
    limited = observation.limited is not None and bool(observation.limited[rows].any())
    flags = (Flag.LIMIT_VALUES,) if limited else ()
    further = {
        "q1": summary.q1,
        "q3": summary.q3,
        "minimum": summary.low,
        "maximum": summary.high,
        "mean": summary.mean,
        "sd": summary.sd,
    }
    shared: dict[str, Any] = {
        "group": arm.name,
        "n": summary.n,
        "unit": unit,
        "excluded": excluded,
        "flags": flags,
    }
    yield Estimate(
        **topic.key,
        **shared,
        measure="median",
        method="quartiles",
        value=summary.median,
        details=tuple((name, value) for name, value in further.items() if value is not None),
    )
    if log and summary.geometric_mean is not None:
        yield Estimate(
            **topic.key,
            **shared,
            measure="geometric_mean",
            method="geometric_mean",
            value=summary.geometric_mean,
        )


def describe_events(topic: Topic, arm: Arm, observation: FollowUp) -> Iterator[Estimate]:
    """Yield how many patients of an arm had each event."""
    rows, excluded = evaluable(observation, arm.rows)
    many = len(observation.causes) > 1
    for code, cause in enumerate(observation.causes, start=1):
        count = int(np.count_nonzero(observation.cause[rows] == code))
        yield Estimate(
            **topic.key,
            group=arm.name,
            category=cause if many else None,
            measure="events",
            method="count",
            value=float(count),
            n=int(rows.size),
            events=count,
            excluded=excluded,
        )


def describe_sample(topic: Topic, arm: Arm, observation: Measured, *, unit: str | None) -> Sample:
    """Return the single values of an arm in ascending order, without the patients."""
    rows, _ = evaluable(observation, arm.rows)
    values: NDArray[np.float64] = np.asarray(observation.values[rows], dtype=np.float64)
    limited = np.zeros(rows.size, dtype=np.int8)
    if observation.limited is not None:
        limited = observation.limited[rows]
    order = np.lexsort((limited, values))
    return Sample(
        outcome=topic.outcome,
        group=arm.name,
        subgroup=topic.subgroup,
        values=tuple(values[order].tolist()),
        limited=tuple(limited[order].tolist()),
        unit=unit,
    )


def _proportion(
    topic: Topic,
    arm: Arm,
    count: int,
    n: int,
    excluded: tuple[tuple[str, int], ...],
    category: str | None = None,
) -> Estimate:
    found = binomial_interval(count, n, level=topic.level)
    flags = [Flag.NO_EVENTS] if count == 0 else [Flag.ALL_EVENTS] if count == n else []
    return Estimate(
        **topic.key,
        group=arm.name,
        category=category,
        measure="proportion",
        method="clopper_pearson",
        **bounded(found.estimate, (found.low, found.high), topic.level, *flags),
        n=n,
        events=count,
        excluded=excluded,
    )


def _nothing(
    topic: Topic,
    arm: Arm,
    measure: str,
    method: str,
    excluded: tuple[tuple[str, int], ...],
    category: str | None = None,
) -> Estimate:
    """Return the record that says nobody in this arm can be evaluated."""
    return Estimate(
        **topic.key,
        group=arm.name,
        category=category,
        measure=measure,
        method=method,
        **bounded(None, (None, None), topic.level, Flag.NOT_ESTIMABLE),
        n=0,
        excluded=excluded,
    )
