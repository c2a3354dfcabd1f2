"""Whether the difference of two arms is the same in all levels of a factor."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from autallo.analysis.compare import count_table
from autallo.analysis.pair import Pair, pair_up
from autallo.analysis.refusals import describe_refusal
from autallo.analysis.tasks import Task
from autallo.analysis.topic import Arm, Topic
from autallo.errors import ArgumentError
from autallo.model.cohort import FollowUp, Measured
from autallo.model.outcome import Binary, CompetingRisks, Continuous, TimeToEvent
from autallo.model.results import Estimate, Flag, Role
from autallo.stats.contingency.homogeneity import homogeneity_test
from autallo.stats.contingency.stratified import breslow_day_test
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.nested import nested_models_test
from autallo.stats.regression.linear import fit_linear

__all__ = ["Stratum", "compare_interaction"]

#: Events (for a measurement, patients) for each coefficient of the model with the interaction.
FEWEST, ENOUGH = 5, 10
Floats = NDArray[np.float64]
#: A level of the factor with the two arms in it.
Stratum = tuple[Arm, Arm]


def compare_interaction(topic: Topic, strata: Sequence[Stratum], task: Task) -> Iterator[Estimate]:
    """Yield p of the test that the arms differ alike in all strata, or why there is none.

    A stratum in which an arm has nobody tells nothing and is left out.
    """
    pairs = [pair_up(task.observation, *stratum) for stratum in strata]
    shared = _shared(topic, strata, pairs)
    told = [pair for pair in pairs if not pair.empty]
    if len(told) < 2:
        why = "Only one level has evaluable patients of both groups."
        yield _no_test(shared, "zelen", Flag.TOO_FEW_EVALUABLE, why)
        return
    match task.outcome, task.observation:
        case Binary(), Measured() as observation:
            yield _of_odds(shared, told, observation)
        case Continuous(axis=axis), Measured(values=values):
            yield _of_means(shared, told, values.astype(np.float64), log=axis == "log")
        case TimeToEvent() | CompetingRisks(), FollowUp() as follow_up:
            yield _of_hazards(shared, told, follow_up)
        case _:
            why = "For grades and categories no test of interaction is given."
            yield _no_test(shared, "zelen", Flag.NOT_ESTIMABLE, why)


def _shared(topic: Topic, strata: Sequence[Stratum], pairs: Sequence[Pair]) -> dict[str, Any]:
    excluded: dict[str, int] = {}
    for pair in pairs:
        for reason, count in pair.excluded:
            excluded[reason] = excluded.get(reason, 0) + count
    first, second = strata[0]
    return {
        **topic.key,
        "group": first.name,
        "versus": second.name,
        "n": sum(pair.n for pair in pairs),
        "excluded": tuple(sorted(excluded.items())),
        "measure": "interaction_p_value",
        "role": Role.PRIMARY,
    }


def _of_odds(shared: dict[str, Any], pairs: Sequence[Pair], observation: Measured) -> Estimate:
    """Return the exact test of one odds ratio, or the asymptotic one of large tables."""
    tables = np.stack([count_table(observation, pair)[:, ::-1] for pair in pairs])
    nothing = "Given how many had it in each level, no other result was possible."
    try:
        test = homogeneity_test(tables)
    except ArgumentError:  # too many sets of tables to list
        large = breslow_day_test(tables)
        if large.p_value is None:
            return _no_test(shared, "breslow_day", Flag.NOT_ESTIMABLE, nothing)
        why = "Too many sets of tables to list."
        return Estimate(**shared, method="breslow_day", value=large.p_value, why=why)
    if test.p_value is None or test.smallest_p is None:
        return _no_test(shared, "zelen", Flag.NOT_ESTIMABLE, nothing)
    hopeless = (Flag.CANNOT_REACH_ALPHA,) * (test.smallest_p > 0.05)
    details = (("smallest_p", test.smallest_p),)
    return Estimate(
        **shared, method="zelen", value=test.p_value, flags=hopeless, details=details,
        why="Exact at every size.",
    )  # fmt: skip


def _of_means(
    shared: dict[str, Any], pairs: Sequence[Pair], values: Floats, *, log: bool
) -> Estimate:
    """Return the robust Wald test of the products in a linear model."""
    rows, main, products = _columns(pairs)
    observed = values[rows]
    if log and observed.min() <= 0:
        why = "A value of 0 or below has no logarithm."
        return _no_test(shared, "interaction_linear", Flag.NOT_ESTIMABLE, why)
    scarce = _scarce(shared, "interaction_linear", rows.size, main, products, what="patients")
    if isinstance(scarce, Estimate):
        return scarce
    numbers = np.log(observed) if log else observed
    try:
        fit = fit_linear(numbers, np.column_stack([main, products]), variance="HC3")
    except ArgumentError as error:
        why = f"No model: {describe_refusal(error, *_told(main, products))}"
        return _no_test(shared, "interaction_linear", Flag.NOT_ESTIMABLE, why)
    k = products.shape[1]
    chosen = fit.coefficient[-k:]
    statistic = float(chosen @ np.linalg.solve(fit.covariance[-k:, -k:], chosen)) / k
    details = (("f", statistic), ("df", float(k)), ("residual_df", float(fit.df)))
    return Estimate(
        **shared,
        method="interaction_linear",
        value=float(fdtrc(k, fit.df, statistic)),
        flags=scarce,
        why="The variance HC3 needs no equal spread.",
        details=details,
    )


def _of_hazards(shared: dict[str, Any], pairs: Sequence[Pair], follow_up: FollowUp) -> Estimate:
    """Return the likelihood-ratio test of the products in a Cox model."""
    rows, main, products = _columns(pairs)
    days, event = follow_up.days[rows], follow_up.cause[rows] == 1
    count = int(event.sum())
    scarce = _scarce(shared, "interaction_cox", count, main, products, what="events")
    if isinstance(scarce, Estimate):
        return scarce
    both, told = _told(main, products)
    names, more = told[: main.shape[1]], told[main.shape[1] :]
    try:
        smaller = fit_cox(days, event, main, names=names, interval="Wald")
        larger = fit_cox(days, event, both, names=[*names, *more], interval="Wald")
    except ArgumentError as error:
        why = f"No model: {describe_refusal(error, *_told(main, products))}"
        return _no_test(shared, "interaction_cox", Flag.NOT_ESTIMABLE, why)
    test = nested_models_test(larger, smaller)
    return Estimate(
        **shared,
        method="interaction_cox",
        value=test.p_value,
        events=count,
        flags=scarce,
        why="The likelihood ratio is the best of the three tests at small numbers.",
        details=(("chi_square", test.statistic), ("df", float(test.df))),
    )


def _columns(pairs: Sequence[Pair]) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return the rows; the arm and the levels as columns; their products."""
    parts = [(level, arm, side) for level, pair in enumerate(pairs)
             for arm, side in ((pair.second, 0), (pair.first, 1))]  # fmt: skip
    rows = np.concatenate([arm.rows for _, arm, _ in parts])
    level = np.repeat([level for level, _, _ in parts], [arm.rows.size for _, arm, _ in parts])
    first = np.repeat([float(side) for *_, side in parts], [arm.rows.size for _, arm, _ in parts])
    levels = (level[:, None] == np.arange(1, len(pairs))).astype(np.float64)
    return rows, np.column_stack([first, levels]), levels * first[:, None]


def _told(main: Floats, products: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Return the columns with names that a reader understands."""
    count = main.shape[1] - 1
    levels = tuple(f"level {k}" for k in range(1, count + 1))
    names = ("arm", *levels, *(f"arm in {level}" for level in levels))
    return np.column_stack([main, products]), names


def _scarce(
    shared: dict[str, Any], method: str, count: int, main: Floats, products: Floats, *, what: str
) -> Estimate | tuple[Flag, ...]:
    """Return the record without p where there is too little to test, else the flags of p."""
    coefficients = main.shape[1] + products.shape[1]
    if count < FEWEST * coefficients:
        told = f"{count} {what} for {coefficients} coefficients, and five are needed for each"
        why = f"No test of interaction: {told}."
        return _no_test(shared, method, Flag.TOO_FEW_EVENTS, why)
    return (Flag.FEW_EVENTS,) if count < ENOUGH * coefficients else ()


def _no_test(shared: dict[str, Any], method: str, flag: Flag, why: str) -> Estimate:
    return Estimate(**shared, method=method, flags=(flag,), why=why)
