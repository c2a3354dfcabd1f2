"""Further measures of a comparison: what stands beside the chosen test and the leading effect.

They show whether another valid method would say otherwise; none of them replaces the chosen one.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from autallo.analysis.compare import count_table
from autallo.analysis.pair import Pair
from autallo.analysis.topic import Topic, bounded
from autallo.model.cohort import Measured
from autallo.model.results import Estimate, Flag, Role
from autallo.stats.contingency.fragility import fragility_index
from autallo.stats.proportions.risks import risk_difference
from autallo.stats.proportions.unconditional import boschloo_test
from autallo.stats.survival.bpcp import beta_product_interval
from autallo.stats.survival.kaplan_meier import KaplanMeier
from autallo.stats.survival.restricted_mean import restricted_mean_difference

__all__ = ["compare_restricted_means", "compare_risks", "describe_beta_product"]

#: Boschloo's test and the fragility index say nothing new of larger tables, and take long.
SMALL_TABLE = 200
#: The interval of a difference of means is too narrow below this size of a group.
LARGE_GROUP = 100
#: The beta product interval is given for groups up to this size.
SMALL_CURVE = 50


def compare_risks(topic: Topic, pair: Pair, observation: Measured) -> Iterator[Estimate]:
    """Yield the risk difference, and for small groups Boschloo's p and the fragility index."""
    if pair.empty:
        return
    table = count_table(observation, pair)[:, ::-1]
    shared = {**topic.key, **pair.shared, "role": Role.SENSITIVITY}
    difference = risk_difference(table, level=topic.level)
    yield Estimate(
        **shared,
        measure="risk_difference",
        method="miettinen_nurminen",
        **bounded(difference.estimate, (difference.low, difference.high), topic.level),
    )
    if pair.n > SMALL_TABLE or not table.sum(axis=0).all():
        return
    test = boschloo_test(table)
    yield Estimate(
        **shared,
        measure="p_value",
        method="boschloo",
        value=test.p_value,
        flags=pair.flags(test.smallest_p),
        details=(("smallest_p", test.smallest_p),),
    )
    fragility = fragility_index(table)
    yield Estimate(
        **shared,
        measure="fragility_index",
        method="fragility_index",
        value=None if fragility.changes is None else float(fragility.changes),
        flags=(Flag.NO_CHANGE_SUFFICES,) * (fragility.changes is None),
        unit="patients",
        details=(
            ()
            if fragility.p_value_after is None
            else (("p_before", fragility.p_value), ("p_after", fragility.p_value_after))
        ),
    )


def compare_restricted_means(
    topic: Topic, pair: Pair, first: KaplanMeier, second: KaplanMeier, *, role: Role
) -> Iterator[Estimate]:
    """Yield the difference of the mean event-free time over the follow-up both groups have."""
    until = float(min(first.time[-1], second.time[-1]))
    if until == 0:
        return
    difference = restricted_mean_difference(first, second, until=until, level=topic.level)
    small = min(pair.first.rows.size, pair.second.rows.size) < LARGE_GROUP
    limits = (difference.low, difference.high)
    fields = bounded(difference.estimate, limits, topic.level, *[Flag.TOO_NARROW] * small)
    yield Estimate(
        **topic.key,
        **pair.shared,
        measure="restricted_mean_difference",
        method="restricted_mean",
        role=role,
        unit="days",
        **fields,
        details=(("until_days", until), ("std_error", difference.std_error)),
    )


def describe_beta_product(
    topic: Topic,
    group: str,
    days: NDArray[np.float64],
    event: NDArray[np.bool_],
    *,
    at_days: tuple[float, ...],
) -> Iterator[Estimate]:
    """Yield survival of a small group at the days asked for, with beta product limits."""
    if not at_days or days.size > SMALL_CURVE:
        return
    found = beta_product_interval(days, event, at=at_days, level=topic.level)
    for i, day in enumerate(at_days):
        ended = day > days.max()
        limits = (float(found.low[i]), float(found.high[i]))
        flags = [Flag.BEYOND_FOLLOW_UP] * bool(ended and found.estimate[i] > 0)
        yield Estimate(
            **topic.key,
            group=group,
            measure="survival",
            method="beta_product",
            role=Role.SENSITIVITY,
            at_days=day,
            **bounded(float(found.estimate[i]), limits, topic.level, *flags),
            n=int(days.size),
            details=(("at_risk_after", float(found.at_risk_after[i])),),
        )
