"""Table 1: every column in every arm, and how far the arms of each pair differ.

A missing value is counted and shown, and never tested as a category.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autallo.analysis.compare import (
    compare_binary,
    compare_categories,
    compare_grades,
    count_table,
)
from autallo.analysis.describe import describe_values
from autallo.analysis.pair import Pair, Streams, pair_up
from autallo.analysis.topic import Arm, Topic, bounded, evaluable
from autallo.model.cohort import Measured
from autallo.model.results import Estimate, Flag, Role
from autallo.model.tables import LIMIT_SUFFIX
from autallo.stats.confounding.standardised import (
    StandardisedDifference,
    standardised_difference,
    standardised_difference_categories,
)

__all__ = ["Baseline", "compare_baseline", "describe_baseline", "observe_column"]

LEFT_OUT = "missing"
#: Below this size of a group limits of a difference of shares were measured to cover too seldom.
LARGE_GROUP = 50


@dataclass(frozen=True, slots=True)
class Baseline:
    """One column of Table 1 as it was observed: numbers or categories."""

    column: str
    observation: Measured
    numeric: bool
    unit: str | None


def observe_column(frame: pl.DataFrame, column: str, *, unit: str | None) -> Baseline:
    """Return a column of the cohort as numbers or as codes of its categories."""
    series = frame[column]
    left_out = tuple(LEFT_OUT if missing else None for missing in series.is_null().to_list())
    if series.dtype == pl.Boolean:
        codes = series.fill_null(value=False).cast(pl.Int64).to_numpy()
        return Baseline(column, _measured(codes, ("no", "yes"), left_out), False, None)
    if series.dtype.is_numeric():
        limited = None
        if column + LIMIT_SUFFIX in frame.columns:
            limited = frame[column + LIMIT_SUFFIX].fill_null(0).to_numpy().astype(np.int8)
        values = series.cast(pl.Float64).fill_null(0).to_numpy()
        measured = Measured(values=values, categories=(), left_out=left_out, limited=limited)
        return Baseline(column, measured, True, unit)
    texts = series.cast(pl.String)
    categories = tuple(sorted(texts.drop_nulls().unique().to_list()))
    place = {category: code for code, category in enumerate(categories)}
    codes = np.array([place.get(text, 0) for text in texts.to_list()], dtype=np.int64)
    return Baseline(column, _measured(codes, categories, left_out), False, None)


def describe_baseline(topic: Topic, arm: Arm, baseline: Baseline) -> Iterator[Estimate]:
    """Yield the median or the share of every category of one column in one arm."""
    if baseline.numeric:
        yield from describe_values(topic, arm, baseline.observation, unit=baseline.unit, log=False)
        return
    rows, excluded = evaluable(baseline.observation, arm.rows)
    codes = baseline.observation.values[rows]
    for code, category in enumerate(baseline.observation.categories):
        count = int(np.count_nonzero(codes == code))
        yield Estimate(
            **topic.key,
            group=arm.name,
            category=category,
            measure="proportion",
            method="count",
            value=count / rows.size if rows.size else None,
            n=int(rows.size),
            events=count,
            excluded=excluded,
            flags=() if rows.size else (Flag.NOT_ESTIMABLE,),
        )


def compare_baseline(
    topic: Topic, first: Arm, second: Arm, baseline: Baseline, *, streams: Streams
) -> Iterator[Estimate]:
    """Yield the p value and the standardised difference of one column between two arms."""
    observation = baseline.observation
    pair = pair_up(observation, first, second)
    if pair.empty:
        return
    if baseline.numeric:
        ranks = compare_grades(topic, pair, observation)
        yield from (estimate for estimate in ranks if estimate.measure == "p_value")
        values = observation.values.astype(np.float64)
        found = standardised_difference(
            values[pair.first.rows], values[pair.second.rows], level=topic.level
        )
    else:
        yield from _table_test(topic, pair, observation, streams)
        table = _occupied(count_table(observation, pair))
        if table.shape[1] == 1:
            return
        found = standardised_difference_categories(table[0], table[1], level=topic.level)
    small = not baseline.numeric and min(pair.first.rows.size, pair.second.rows.size) < LARGE_GROUP
    yield _balance(topic, pair, found, narrow=small)


def _table_test(
    topic: Topic, pair: Pair, observation: Measured, streams: Streams
) -> Iterator[Estimate]:
    if len(observation.categories) == 2:
        found = compare_binary(topic, pair, observation)
        yield from (estimate for estimate in found if estimate.measure == "p_value")
    else:
        yield from compare_categories(topic, pair, observation, streams=streams)


def _balance(topic: Topic, pair: Pair, found: StandardisedDifference, *, narrow: bool) -> Estimate:
    flags = [Flag.NOT_ESTIMABLE] if found.estimate is None else [Flag.TOO_NARROW] * narrow
    return Estimate(
        **topic.key,
        **pair.shared,
        measure="standardised_difference",
        method="standardised_difference",
        role=Role.PRIMARY,
        **bounded(found.estimate, (found.low, found.high), topic.level, *flags),
    )


def _measured(
    codes: NDArray[np.int64], categories: tuple[str, ...], left_out: tuple[str | None, ...]
) -> Measured:
    return Measured(values=codes, categories=categories, left_out=left_out)


def _occupied(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Drop categories that nobody of either arm is in; at least one column stays."""
    return table[:, table.sum(axis=0) > 0]
