"""Two groups against each other: proportions, grades, categories and measurements.

The first group is compared with the second, the reference. A sign or a ratio above one always
means "more in the first".
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.analysis.choose import choose_rank_test, choose_table_test
from autallo.analysis.pair import Pair, Streams
from autallo.analysis.topic import Topic, bounded
from autallo.model.cohort import Measured
from autallo.model.results import Estimate, Flag, Role
from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.freeman_halton import freeman_halton_test
from autallo.stats.ranks.mann_whitney import hodges_lehmann, mann_whitney_test
from autallo.stats.ranks.superiority import probability_of_superiority

#: One group so many times wider than the other makes the limits of a shift too narrow; with fewer
#: patients the widths cannot be told.
UNEQUAL, FEWEST_FOR_SPREAD = 2.0, 5

__all__ = [
    "compare_binary",
    "compare_categories",
    "compare_grades",
    "compare_values",
    "count_table",
]


def compare_binary(topic: Topic, pair: Pair, observation: Measured) -> Iterator[Estimate]:
    """Yield Fisher's p and the conditional odds ratio with its exact interval."""
    if pair.empty or _all_alike(observation, pair):
        yield _no_test(topic, pair, "fisher_exact")
        return
    choice = choose_table_test(2, 2, pair.setting(), topic.profile)
    test = fisher_test(count_table(observation, pair)[:, ::-1], level=topic.level)
    yield Estimate(
        **topic.key,
        **pair.shared,
        measure="p_value",
        method="fisher_exact",
        role=Role.PRIMARY,
        value=test.p_value,
        flags=pair.flags(test.smallest_p),
        why=choice.why,
        details=(("smallest_p", test.smallest_p),),
    )
    undefined = [Flag.NOT_ESTIMABLE] if test.odds_ratio is None else []
    limits = (test.low, test.high)
    yield Estimate(
        **topic.key,
        **pair.shared,
        measure="odds_ratio",
        method="conditional_odds_ratio",
        role=Role.PRIMARY,
        **bounded(test.odds_ratio, limits if not undefined else (None, None), topic.level,
                  *undefined),
    )  # fmt: skip


def compare_categories(
    topic: Topic, pair: Pair, observation: Measured, *, streams: Streams
) -> Iterator[Estimate]:
    """Yield the exact Fisher-Freeman-Halton p, or its seeded estimate where out of reach."""
    if pair.empty or _all_alike(observation, pair):
        yield _no_test(topic, pair, "freeman_halton")
        return
    choice = choose_table_test(2, len(observation.categories), pair.setting(), topic.profile)
    rng = streams(pair.stream("freeman_halton", topic))
    test = freeman_halton_test(count_table(observation, pair), rng=rng)
    sampled = test.method == "monte_carlo"
    error = () if test.standard_error is None else (("monte_carlo_error", test.standard_error),)
    yield Estimate(
        **topic.key,
        **pair.shared,
        measure="p_value",
        method="freeman_halton_monte_carlo" if sampled else "freeman_halton",
        role=Role.PRIMARY,
        value=test.p_value,
        flags=pair.flags(None) + (Flag.MONTE_CARLO,) * sampled,
        why="Too many tables to enumerate; random tables instead." if sampled else choice.why,
        details=error,
    )


def compare_grades(topic: Topic, pair: Pair, observation: Measured) -> Iterator[Estimate]:
    """Yield the exact Mann-Whitney p of grades and the probability of superiority."""
    if pair.empty or _all_alike(observation, pair):
        yield _no_test(topic, pair, "mann_whitney_exact")
        return
    yield from _p_value_of_ranks(topic, pair, observation)
    yield _superiority(topic, pair, observation, role=Role.PRIMARY)


def compare_values(
    topic: Topic, pair: Pair, observation: Measured, *, unit: str | None, log: bool
) -> Iterator[Estimate]:
    """Yield the exact Mann-Whitney p and the Hodges-Lehmann shift, on the log axis a ratio."""
    if pair.empty or _all_alike(observation, pair):
        yield _no_test(topic, pair, "mann_whitney_exact")
        return
    yield from _p_value_of_ranks(topic, pair, observation)
    first, second = _values(observation, pair)
    shared = {**topic.key, **pair.shared, "method": "hodges_lehmann", "role": Role.PRIMARY}
    if log and min(first.min(), second.min()) <= 0:
        fields = bounded(None, (None, None), topic.level, Flag.NOT_ESTIMABLE)
        yield Estimate(**shared, measure="ratio", **fields)
        return
    if log:
        first, second = np.log(first), np.log(second)
    shift = hodges_lehmann(first, second, level=topic.level)
    uneven = _unequal_spread(first, second)
    flags = (
        *_limited(observation, pair),
        *[Flag.TIED_LIMITS] * (shift.reason == "ties"),
        *[Flag.UNEQUAL_SPREAD] * uneven,
    )
    size, low, high = (
        float(np.exp(number)) if log and number is not None else number
        for number in (shift.estimate, shift.low, shift.high)
    )
    fields = bounded(size, (low, high), topic.level, *flags)
    measure = {"measure": "ratio"} if log else {"measure": "shift", "unit": unit}
    yield Estimate(**{**shared, **measure}, **fields)
    if uneven:
        yield _superiority(topic, pair, observation, role=Role.SENSITIVITY)


def _superiority(topic: Topic, pair: Pair, observation: Measured, *, role: Role) -> Estimate:
    """Return the share of pairs in which the first group is higher."""
    found = probability_of_superiority(*_values(observation, pair), level=topic.level)
    return Estimate(
        **topic.key,
        **pair.shared,
        measure="superiority",
        method="probability_of_superiority",
        role=role,
        **bounded(found.estimate, (found.low, found.high), topic.level),
    )


def _unequal_spread(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Say whether one group is spread more than twice as wide, by the mean distance from it."""
    if min(first.size, second.size) < FEWEST_FOR_SPREAD:
        return False
    spreads = [float(np.abs(part - np.median(part)).mean()) for part in (first, second)]
    return max(spreads) > UNEQUAL * min(spreads)


def _p_value_of_ranks(topic: Topic, pair: Pair, observation: Measured) -> Iterator[Estimate]:
    """Yield the Mann-Whitney p in the form that holds at this size, and the asymptotic one."""
    ranked = _beyond_limits(observation)
    values = (ranked[pair.first.rows], ranked[pair.second.rows])
    commonest = np.unique(np.concatenate(values), return_counts=True)[1].max()
    tied = float(commonest) / pair.n if commonest > 1 else 0.0
    choice = choose_rank_test(pair.setting(tied=tied), topic.profile)
    shared = {**topic.key, **pair.shared, "measure": "p_value"}
    if choice.method == "mann_whitney_exact":
        test = mann_whitney_test(*values)
        yield Estimate(
            **shared,
            method="mann_whitney_exact",
            role=Role.PRIMARY,
            value=test.p_value,
            flags=(*pair.flags(test.smallest_p), *_limited(observation, pair)),
            why=choice.why,
            details=(("statistic", test.statistic), ("smallest_p", test.smallest_p)),
        )
    corrected = topic.profile == "ezr"
    plain = mann_whitney_test(*values, exact_up_to=0, continuity=corrected)
    normal = "mann_whitney_corrected" if corrected else "mann_whitney_asymptotic"
    chosen = choice.method == normal
    yield Estimate(
        **shared,
        method=normal,
        role=Role.PRIMARY if chosen else Role.CONVENTIONAL,
        value=plain.p_value,
        flags=_limited(observation, pair),
        why=choice.why if chosen else None,
        details=(("statistic", plain.statistic),),
    )
    if choice.method is None:
        yield _without_p(shared, choice.why)


def count_table(observation: Measured, pair: Pair) -> NDArray[np.int64]:
    """Return the counts of each category (columns) in the two arms (rows)."""
    k = len(observation.categories)
    rows = [
        np.bincount(observation.values[arm.rows].astype(np.int64), minlength=k)
        for arm in (pair.first, pair.second)
    ]
    return np.stack(rows)


def _beyond_limits(observation: Measured) -> NDArray[np.float64]:
    """Return the values with those beyond a limit just beyond it, so that they rank there."""
    values = observation.values.astype(np.float64)
    if observation.limited is None:
        return values
    above, below = observation.limited > 0, observation.limited < 0
    values[above] = np.nextafter(values[above], np.inf)
    values[below] = np.nextafter(values[below], -np.inf)
    return values


def _limited(observation: Measured, pair: Pair) -> tuple[Flag, ...]:
    """Return the flag if values of the pair lie beyond a measuring limit."""
    if observation.limited is None:
        return ()
    rows = np.concatenate([pair.first.rows, pair.second.rows])
    return (Flag.LIMIT_VALUES,) * bool(observation.limited[rows].any())


def _all_alike(observation: Measured, pair: Pair) -> bool:
    """Say whether every patient of the pair has the same value, so that nothing is compared."""
    values = _beyond_limits(observation)[np.concatenate([pair.first.rows, pair.second.rows])]
    return bool((values == values[0]).all())


def _values(observation: Measured, pair: Pair) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    values = observation.values.astype(np.float64)
    return values[pair.first.rows], values[pair.second.rows]


def _without_p(shared: dict[str, Any], why: str) -> Estimate:
    """Return the record that says why no test is valid here."""
    return Estimate(
        **shared, method="none_valid", role=Role.PRIMARY, flags=(Flag.NO_VALID_TEST,), why=why
    )


def _no_test(topic: Topic, pair: Pair, method: str) -> Estimate:
    """Return the record that says there is nobody, or nothing, to compare."""
    nobody = "One of the groups has no evaluable patient."
    return Estimate(
        **topic.key,
        **pair.shared,
        measure="p_value",
        method=method,
        role=Role.PRIMARY,
        flags=(Flag.TOO_FEW_EVALUABLE if pair.empty else Flag.NOT_ESTIMABLE,),
        why=nobody if pair.empty else "Everybody has the same value.",
    )
