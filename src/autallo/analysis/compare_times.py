"""Two groups against each other in time: log-rank, hazard ratio, Gray's test, crossing curves."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.analysis.choose import (
    DRAWS,
    EXACT_LOGRANK_UP_TO,
    PERMUTATION_UP_TO,
    Choice,
    choose_gray_test,
    choose_logrank_test,
)
from autallo.analysis.further import compare_restricted_means
from autallo.analysis.hazards import compare_causes, compare_hazards
from autallo.analysis.measured import Setting, Sooner, Ties
from autallo.analysis.pair import Pair, Streams
from autallo.analysis.topic import Topic
from autallo.model.cohort import FollowUp
from autallo.model.results import Estimate, Flag, Role
from autallo.stats.incidence.gray import gray_test
from autallo.stats.incidence.gray_permutation import GrayPermutationTest, gray_permutation_test
from autallo.stats.logrank.asymptotic import LogrankTest, logrank_test
from autallo.stats.logrank.imputation import logrank_imputation_test
from autallo.stats.logrank.permutation import logrank_permutation_test
from autallo.stats.survival.crossings import crossings
from autallo.stats.survival.kaplan_meier import KaplanMeier, kaplan_meier

__all__ = ["compare_incidence", "compare_survival"]

GRAY_DRAWS = 10_000
IMPUTATIONS = 10_000
UNEQUAL_P = 0.05
NOT_PROPORTIONAL_P = 0.05
#: With more distinct times than this, or than half the patients, ties do not matter; with no more
#: than the other, nearly all patients are tied.
MANY_TIMES, FEW_TIMES = 100, 6
#: Curves cross when each is above the other by at least this at some time (decision 0013).
CROSSING = 0.10
#: Where its variance is not positive Gray's test is permuted up to so many patients.
INDEFINITE_UP_TO = 5_000
INDEFINITE = (
    "Few patients with many tied times at the end make the variance of the asymptotic Gray test "
    "negative."
)
Times = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]


def compare_survival(
    topic: Topic, pair: Pair, follow_up: FollowUp, *, streams: Streams
) -> Iterator[Estimate]:
    """Yield the chosen and the conventional log-rank p and the Cox hazard ratio."""
    if pair.empty:
        yield _no_test(topic, pair, "logrank", "One of the groups has no evaluable patient.")
        return
    days, cause, group = _times(pair, follow_up)
    event = cause == 1
    conventional = logrank_test(days, event, group)
    if conventional.p_value is None:
        yield _no_test(topic, pair, "logrank", _nothing_to_test(event))
        return
    first, second = (
        kaplan_meier(days[group == g], event[group == g], level=topic.level) for g in (1, 0)
    )
    crossing = tuple(float(day) for day in crossings(first, second, at_least=CROSSING).time)
    flags = (Flag.CURVES_CROSS,) * bool(crossing)
    sooner = _censored_sooner(days, event, group)
    unequal = (Flag.UNEQUAL_FOLLOW_UP,) * (sooner != "neither")
    details = tuple((f"crossing_days_{i}", day) for i, day in enumerate(crossing, start=1))
    choice = choose_logrank_test(_setting(pair, days, event, sooner), topic.profile)
    times = (days, event.astype(np.int64), group)
    if choice.method == "logrank_imputation":
        yield _imputed(topic, pair, times, choice, streams, flags, details)
    if pair.n <= PERMUTATION_UP_TO and choice.method != "logrank":
        yield _permuted(topic, pair, times, choice, streams, flags + unequal, details)
    yield _asymptotic(topic, pair, conventional, choice, flags, details)
    if choice.method is None:
        yield _no_valid_test(topic, pair, choice.why)
    yield from _sizes(topic, pair, (days, event, group), first, second)


def compare_incidence(
    topic: Topic, pair: Pair, follow_up: FollowUp, *, streams: Streams
) -> Iterator[Estimate]:
    """Yield Gray's p, permuted and asymptotic, and the cause-specific hazard ratio."""
    cause_name = follow_up.causes[0]
    if pair.empty:
        why = "One of the groups has no evaluable patient."
        yield _no_test(topic, pair, "gray", why, category=cause_name)
        return
    days, cause, group = _times(pair, follow_up)
    conventional = gray_test(days, cause, group, n_causes=len(follow_up.causes))
    indefinite = conventional.statistic is None and bool(np.any(conventional.score))
    if conventional.statistic is None and not (indefinite and pair.n <= INDEFINITE_UP_TO):
        why = INDEFINITE if indefinite else _nothing_to_test(cause == 1)
        yield _no_test(topic, pair, "gray", why, category=cause_name)
        return
    sooner = _censored_sooner(days, cause > 0, group)
    choice = choose_gray_test(_setting(pair, days, cause == 1, sooner), topic.profile)
    if indefinite:
        choice = Choice("gray_permutation", f"{INDEFINITE} So it is permuted.")
    shared = {**topic.key, **pair.shared, "category": cause_name, "measure": "p_value"}
    chosen = choice.method == "gray"
    if indefinite or (pair.n <= PERMUTATION_UP_TO and not chosen):
        rng = streams(pair.stream("gray", topic))
        permuted = gray_permutation_test(
            days, cause, group, n_causes=len(follow_up.causes), draws=GRAY_DRAWS, rng=rng
        )
        unequal = (Flag.UNEQUAL_FOLLOW_UP,) * (sooner != "neither")
        yield _gray_permuted(shared, pair, permuted, choice, unequal)
    if conventional.statistic is not None:
        yield Estimate(
            **shared,
            method="gray",
            role=Role.PRIMARY if chosen else Role.CONVENTIONAL,
            value=conventional.p_value,
            why=choice.why if chosen else None,
            details=(("chi_square", conventional.statistic), ("df", float(conventional.df))),
        )
    if choice.method is None:
        yield _no_valid_test(topic, pair, choice.why, category=cause_name)
    yield from compare_causes(
        topic, pair, days, cause, group, category=cause_name, unequal=sooner != "neither"
    )


def _sizes(
    topic: Topic,
    pair: Pair,
    data: tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]],
    first: KaplanMeier,
    second: KaplanMeier,
) -> Iterator[Estimate]:
    """Yield the size of a difference, first the one that describes it.

    Where the hazards are not proportional that is the difference of the restricted means.
    """
    hazards = compare_hazards(topic, pair, *data)
    ratio, trend = hazards.ratio, hazards.trend
    changing = trend is not None and trend.value is not None and trend.value < NOT_PROPORTIONAL_P
    if topic.profile == "ezr":  # which gives the hazard ratio whatever the trend
        changing, ratio = False, _flagged(ratio, changing)
    role = Role.PRIMARY if changing else Role.SENSITIVITY
    means = compare_restricted_means(topic, pair, first, second, role=role)
    if changing:
        yield from means
        yield _flagged(ratio, changing)
    else:
        yield ratio
        yield from means
    if trend is not None:
        yield trend


def _flagged(ratio: Estimate, changing: bool) -> Estimate:  # noqa: FBT001
    return replace(ratio, flags=(*ratio.flags, *[Flag.NOT_PROPORTIONAL] * changing))


def _gray_permuted(
    shared: dict[str, Any],
    pair: Pair,
    test: GrayPermutationTest,
    choice: Choice,
    unequal: tuple[Flag, ...],
) -> Estimate:
    sampled = test.method == "monte_carlo"
    name = "monte_carlo_error" if sampled else "smallest_p"
    number = test.standard_error if sampled else test.smallest_p
    told = () if number is None else ((name, number),)
    return Estimate(
        **shared,
        method="gray_permutation",
        role=Role.PRIMARY if choice.method == "gray_permutation" else Role.SENSITIVITY,
        value=test.p_value,
        flags=(*pair.flags(test.smallest_p), *[Flag.MONTE_CARLO] * sampled, *unequal),
        why=choice.why if choice.method == "gray_permutation" else None,
        details=told,
    )


def _times(pair: Pair, follow_up: FollowUp) -> Times:
    """Return days, cause and group of both arms; group 1 is the first arm, 0 the reference."""
    rows = np.concatenate([pair.second.rows, pair.first.rows])
    group = np.repeat([0, 1], [pair.second.rows.size, pair.first.rows.size])
    return follow_up.days[rows], follow_up.cause[rows], group


def _imputed(
    topic: Topic,
    pair: Pair,
    times: Times,
    choice: Choice,
    streams: Streams,
    flags: tuple[Flag, ...],
    details: tuple[tuple[str, float], ...],
) -> Estimate:
    rng = streams(pair.stream("logrank_imputation", topic))
    test = logrank_imputation_test(*times, draws=IMPUTATIONS, rng=rng)
    return Estimate(
        **topic.key,
        **pair.shared,
        measure="p_value",
        method="logrank_imputation",
        role=Role.PRIMARY,
        value=test.p_value,
        flags=(*pair.flags(test.smallest_p), Flag.MONTE_CARLO, *flags),
        why=choice.why,
        details=(("monte_carlo_error", test.standard_error), *details),
    )


def _permuted(
    topic: Topic,
    pair: Pair,
    times: Times,
    choice: Choice,
    streams: Streams,
    flags: tuple[Flag, ...],
    details: tuple[tuple[str, float], ...],
) -> Estimate:
    days, event, group = times
    test = logrank_permutation_test(
        days,
        event,
        group,
        exact_up_to=EXACT_LOGRANK_UP_TO,
        draws=DRAWS,
        rng=streams(pair.stream("logrank", topic)),
    )
    sampled = test.method == "monte_carlo"
    name = "logrank_monte_carlo" if sampled else "logrank_exact"
    label = "monte_carlo_error" if sampled else "smallest_p"
    number = test.standard_error if sampled else test.smallest_p
    told = () if number is None else ((label, number),)
    return Estimate(
        **topic.key,
        **pair.shared,
        measure="p_value",
        method=name,
        role=Role.PRIMARY if choice.method == name else Role.SENSITIVITY,
        value=test.p_value,
        flags=pair.flags(test.smallest_p) + (Flag.MONTE_CARLO,) * sampled + flags,
        why=choice.why if choice.method == name else None,
        details=(*told, *details),
    )


def _asymptotic(
    topic: Topic,
    pair: Pair,
    test: LogrankTest,
    choice: Choice,
    flags: tuple[Flag, ...],
    details: tuple[tuple[str, float], ...],
) -> Estimate:
    chosen = choice.method == "logrank"
    assert test.statistic is not None
    return Estimate(
        **topic.key,
        **pair.shared,
        measure="p_value",
        method="logrank",
        role=Role.PRIMARY if chosen else Role.CONVENTIONAL,
        value=test.p_value,
        flags=flags,
        why=choice.why if chosen else None,
        details=(
            ("chi_square", test.statistic),
            ("df", float(test.df)),
            ("observed", float(test.observed[1])),
            ("expected", float(test.expected[1])),
            *details,
        ),
    )


def _setting(
    pair: Pair, days: NDArray[np.float64], event: NDArray[np.bool_], sooner: Sooner
) -> Setting:
    """Return what decides which test in time holds its level here."""
    share = float(event.mean())
    return pair.setting(share=share, censored_sooner=sooner, ties=_ties(days))


def _ties(days: NDArray[np.float64]) -> Ties:
    distinct = np.unique(days).size
    if distinct > min(MANY_TIMES, days.size / 2):
        return "continuous"
    return "months" if distinct > FEW_TIMES else "3 levels"


def _censored_sooner(
    days: NDArray[np.float64], event: NDArray[np.bool_], group: NDArray[np.int64]
) -> Sooner:
    """Return which group was followed for less, where the times of censoring differ."""
    test = logrank_test(days, ~event, group)
    if test.p_value is None or test.p_value >= UNEQUAL_P:
        return "neither"
    more = int(test.observed[1] > test.expected[1])
    sizes = np.bincount(group)
    return "smaller" if sizes[more] <= sizes[1 - more] else "larger"


def _nothing_to_test(event: NDArray[np.bool_]) -> str:
    """Return why a test in time has nothing to compare."""
    if not event.any():
        return "Nobody had the event in either group."
    return "At no time of an event were patients of both groups at risk who could differ."


def _no_valid_test(topic: Topic, pair: Pair, why: str, *, category: str | None = None) -> Estimate:
    """Return the record that says why no p is given."""
    return Estimate(
        **topic.key,
        **pair.shared,
        category=category,
        measure="p_value",
        method="none_valid",
        role=Role.PRIMARY,
        flags=(Flag.NO_VALID_TEST,),
        why=why,
    )


def _no_test(
    topic: Topic, pair: Pair, method: str, why: str, *, category: str | None = None
) -> Estimate:
    return Estimate(
        **topic.key,
        **pair.shared,
        category=category,
        measure="p_value",
        method=method,
        role=Role.PRIMARY,
        flags=(Flag.NOT_ESTIMABLE,),
        why=why,
    )
