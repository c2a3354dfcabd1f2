"""The whole analysis in its order: follow-up, Table 1, outcomes, comparisons, factors."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autallo.analysis.baseline import compare_baseline, describe_baseline, observe_column
from autallo.analysis.compare import (
    compare_binary,
    compare_categories,
    compare_grades,
    compare_values,
)
from autallo.analysis.compare_times import compare_incidence, compare_survival
from autallo.analysis.curves import (
    axis_days,
    describe_follow_up,
    describe_incidence,
    describe_survival,
)
from autallo.analysis.describe import (
    describe_binary,
    describe_categories,
    describe_events,
    describe_sample,
    describe_values,
)
from autallo.analysis.families import adjust_families
from autallo.analysis.further import compare_risks
from autallo.analysis.pair import Streams, pair_up
from autallo.analysis.topic import Arm, Topic
from autallo.model.cohort import GROUP, Cohort, FollowUp, Measured, Observation
from autallo.model.protocol import (
    Binary,
    Categorical,
    CompetingRisks,
    Continuous,
    Factor,
    Ordinal,
    Outcome,
    Protocol,
    TimeToEvent,
)
from autallo.model.results import Curve, Estimate, Flag, Role, Sample

__all__ = ["Analysis", "analyse", "factor_levels"]

ALL = "all"
Found = Estimate | Curve | Sample


@dataclass(frozen=True, slots=True)
class Analysis:
    """Every number of a study, before the report card and the provenance are added."""

    estimates: tuple[Estimate, ...]
    curves: tuple[Curve, ...]
    samples: tuple[Sample, ...]


def analyse(cohort: Cohort, protocol: Protocol, *, streams: Streams) -> Analysis:
    """Return every number that the protocol asks for.

    `streams` gives a generator of random numbers for the name of a comparison; the numbers
    depend on nothing else, so adding an outcome leaves all others as they were.
    """
    plan = _Plan(cohort, protocol, streams)
    found = [
        *plan.follow_up(),
        *plan.baseline(),
        *plan.outcomes(),
        *plan.factors(),
        *plan.sensitivity(),
    ]
    estimates = [item for item in found if isinstance(item, Estimate)]
    return Analysis(
        estimates=(*estimates, *adjust_families(estimates, protocol)),
        curves=tuple(item for item in found if isinstance(item, Curve)),
        samples=tuple(item for item in found if isinstance(item, Sample)),
    )


def factor_levels(cohort: Cohort, protocol: Protocol, name: str) -> tuple[str, ...]:
    """Return the levels of a factor in order, the last is the reference ("yes", "no").

    Without declared levels they are those that occur in its groups; numbers in descending order,
    so that the smallest is the reference, and words in the reverse of their alphabet.
    """
    factor = protocol.factors[name]
    if factor.levels is not None:
        return factor.levels
    if cohort.frame[factor.column or name].dtype == pl.Boolean:
        return ("yes", "no")
    inside = _inside(cohort, factor, protocol)
    seen = {text for text in _texts(cohort, factor, name)[inside].tolist() if text is not None}
    return tuple(sorted(seen, key=_natural, reverse=True))


def _natural(text: str) -> tuple[float, str]:
    """Sort numbers by size, before words by alphabet."""
    try:
        return (float(text), "")
    except ValueError:
        return (math.inf, text)


def _texts(cohort: Cohort, factor: Factor, name: str) -> NDArray[np.object_]:
    """Return the level of every patient as text, None where it is missing."""
    series = cohort.frame[factor.column or name]
    if series.dtype == pl.Boolean:
        series = series.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    return np.array(series.cast(pl.String).to_list(), dtype=object)


def _inside(cohort: Cohort, factor: Factor, protocol: Protocol) -> NDArray[np.bool_]:
    """Say which patients are in the groups that a factor is declared for."""
    within = factor.within or protocol.groups.levels
    return np.isin(cohort.frame[GROUP].to_numpy().astype(str), within)


@dataclass(frozen=True, slots=True)
class _Task:
    """One outcome as declared and as observed, with what its numbers are printed in."""

    outcome: Outcome
    observation: Observation
    unit: str | None
    ticks: tuple[float, ...]
    streams: Streams


class _Plan:
    """The cohort, the protocol and the random streams, held while the analysis is made."""

    def __init__(self, cohort: Cohort, protocol: Protocol, streams: Streams) -> None:
        self.cohort = cohort
        self.protocol = protocol
        self.streams = streams
        self.level = protocol.study.level
        self.units = {origin.column: origin.unit for origin in cohort.origins}
        groups = cohort.frame[GROUP].to_numpy()
        self.arms = {
            level: Arm(level, np.flatnonzero(groups == level)) for level in protocol.groups.levels
        }

    def follow_up(self) -> Iterator[Estimate]:
        """Yield the median follow-up of everybody and of each arm."""
        timed = [
            (name, outcome)
            for name, outcome in self.protocol.outcomes.items()
            if isinstance(outcome, TimeToEvent | CompetingRisks)
        ]
        overall = [name for name, outcome in timed if getattr(outcome, "endpoint", None) == "OS"]
        chosen = (overall + [name for name, _ in timed])[:1]
        topic = Topic(analysis="follow_up", outcome="follow_up", level=self.level)
        for name in chosen:
            observation = self.cohort.outcomes[name]
            assert isinstance(observation, FollowUp)
            for arm in self._everybody():
                found = describe_follow_up(topic, arm, observation)
                yield from (replace(estimate, category=name) for estimate in found)

    def baseline(self) -> Iterator[Estimate]:
        """Yield Table 1."""
        for column in self.protocol.table1:
            topic = Topic(analysis="baseline", outcome=column, level=self.level)
            baseline = observe_column(self.cohort.frame, column, unit=self.units.get(column))
            for arm in self._everybody():
                yield from describe_baseline(topic, arm, baseline)
            for first, second in self.protocol.groups.compare:
                pair = (self.arms[first], self.arms[second])
                yield from compare_baseline(topic, *pair, baseline, streams=self.streams)

    def outcomes(self) -> Iterator[Found]:
        """Yield every outcome in each arm, then the declared comparisons."""
        for name, outcome in self.protocol.outcomes.items():
            levels = outcome.groups or self.protocol.groups.levels
            arms = [self.arms[level] for level in levels]
            task = self._task(name, arms)
            topic = Topic(analysis="outcome", outcome=name, level=self.level)
            for arm in arms:
                yield from _describe(topic, arm, task)
            versus = Topic(analysis="comparison", outcome=name, level=self.level)
            for first, second in self.protocol.groups.compare:
                if first in levels and second in levels:
                    found = _compare(versus, self.arms[first], self.arms[second], task)
                    yield from _marked(found, planned=outcome.planned)

    def factors(self) -> Iterator[Found]:
        """Yield the univariate analysis: each level of a factor, then its levels compared."""
        for name, factor in self.protocol.factors.items():
            arms, without = self._levels(name, factor)
            reason = f"{factor.label or name.replace('_', ' ')} not known"
            for outcome_id in factor.outcomes:
                task = self._task(outcome_id, arms)
                topic = Topic(
                    analysis="factor", outcome=outcome_id, subgroup=name, level=self.level
                )
                for arm in arms:
                    yield from _describe(topic, arm, task)
                planned = factor.planned and task.outcome.planned
                for first in arms[:-1]:
                    found = _marked(_compare(topic, first, arms[-1], task), planned=planned)
                    yield from _without(found, reason, without)

    def sensitivity(self) -> Iterator[Estimate]:
        """Yield the comparisons again among those who meet one more condition."""
        for name, again in self.protocol.sensitivity.items():
            subset = self.cohort.subsets[name]
            arms = {
                level: Arm(level, arm.rows[subset.inside[arm.rows]])
                for level, arm in self.arms.items()
            }
            for outcome_id in again.outcomes or tuple(self.protocol.outcomes):
                outcome = self.protocol.outcomes[outcome_id]
                levels = outcome.groups or self.protocol.groups.levels
                task = self._task(outcome_id, [arms[level] for level in levels])
                topic = Topic(
                    analysis="sensitivity", outcome=outcome_id, subgroup=name, level=self.level
                )
                for first, second in self.protocol.groups.compare:
                    if first in levels and second in levels:
                        both = np.concatenate([self.arms[first].rows, self.arms[second].rows])
                        found = _leading(_compare(topic, arms[first], arms[second], task))
                        found = _marked(found, planned=outcome.planned)
                        unknown = int(subset.unknown[both].sum())
                        yield from _without(found, "the condition cannot be told", unknown)

    def _task(self, name: str, arms: Sequence[Arm]) -> "_Task":
        outcome, observation = self.protocol.outcomes[name], self.cohort.outcomes[name]
        unit = None
        if isinstance(outcome, Continuous):
            unit = outcome.unit or self.units.get(outcome.from_)
        return _Task(outcome, observation, unit, _ticks(observation, arms), self.streams)

    def _everybody(self) -> list[Arm]:
        whole = Arm(ALL, np.arange(self.cohort.frame.height))
        return [*self.arms.values(), whole] if len(self.arms) > 1 else [whole]

    def _levels(self, name: str, factor: Factor) -> tuple[list[Arm], int]:
        """Return one arm per level within the groups of a factor, and how many have no level."""
        texts = _texts(self.cohort, factor, name)
        inside = _inside(self.cohort, factor, self.protocol)
        levels = factor_levels(self.cohort, self.protocol, name)
        arms = [Arm(level, np.flatnonzero(inside & (texts == level))) for level in levels]
        return arms, int(inside.sum()) - sum(arm.rows.size for arm in arms)


def _ticks(observation: Observation, arms: Sequence[Arm]) -> tuple[float, ...]:
    """Return the days of the axis that all arms of an outcome share."""
    if not isinstance(observation, FollowUp):
        return ()
    rows = np.concatenate([arm.rows for arm in arms])
    used = [row for row in rows.tolist() if observation.left_out[row] is None]
    return axis_days(float(observation.days[used].max())) if used else ()


def _describe(topic: Topic, arm: Arm, task: _Task) -> Iterator[Found]:
    match task.outcome, task.observation:
        case Binary(), Measured() as observation:
            yield from describe_binary(topic, arm, observation)
        case Ordinal() | Categorical(), Measured() as observation:
            yield from describe_categories(topic, arm, observation)
        case Continuous(axis=axis), Measured() as observation:
            log = axis == "log"
            yield from describe_values(topic, arm, observation, unit=task.unit, log=log)
            yield describe_sample(topic, arm, observation, unit=task.unit)
        case TimeToEvent(landmarks_days=days), FollowUp() as follow_up:
            yield from describe_events(topic, arm, follow_up)
            yield from describe_survival(topic, arm, follow_up, at_days=days, ticks=task.ticks)
        case CompetingRisks(landmarks_days=days), FollowUp() as follow_up:
            yield from describe_events(topic, arm, follow_up)
            yield from describe_incidence(topic, arm, follow_up, at_days=days, ticks=task.ticks)


def _compare(topic: Topic, first: Arm, second: Arm, task: _Task) -> Iterator[Estimate]:
    pair = pair_up(task.observation, first, second)
    match task.outcome, task.observation:
        case Binary(), Measured() as observation:
            yield from compare_binary(topic, pair, observation)
            yield from compare_risks(topic, pair, observation)
        case Ordinal(), Measured() as observation:
            yield from compare_grades(topic, pair, observation)
        case Categorical(), Measured() as observation:
            yield from compare_categories(topic, pair, observation, streams=task.streams)
        case Continuous(axis=axis), Measured() as observation:
            log = axis == "log"
            yield from compare_values(topic, pair, observation, unit=task.unit, log=log)
        case TimeToEvent(), FollowUp() as follow_up:
            yield from compare_survival(topic, pair, follow_up, streams=task.streams)
        case CompetingRisks(), FollowUp() as follow_up:
            yield from compare_incidence(topic, pair, follow_up, streams=task.streams)


def _without(estimates: Iterator[Estimate], reason: str, count: int) -> Iterator[Estimate]:
    """Yield comparisons with the patients counted who have no level of the factor."""
    for estimate in estimates:
        more = ((reason, count),) if count else ()
        yield replace(estimate, excluded=(*estimate.excluded, *more))


def _leading(estimates: Iterator[Estimate]) -> Iterator[Estimate]:
    """Yield the chosen test and size of a comparison, not what stands beside them."""
    return (estimate for estimate in estimates if estimate.role is Role.PRIMARY)


def _marked(estimates: Iterator[Estimate], *, planned: bool) -> Iterator[Estimate]:
    """Yield the estimates, those of an unplanned comparison with the flag that says so."""
    for estimate in estimates:
        if planned or estimate.role is Role.DESCRIPTIVE:
            yield estimate
        else:
            yield replace(estimate, flags=(*estimate.flags, Flag.UNPLANNED))
