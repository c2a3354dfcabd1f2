"""The whole analysis in its order: follow-up, Table 1, outcomes, comparisons, factors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autallo.analysis.adjusted import compare_adjusted
from autallo.analysis.baseline import compare_baseline, describe_baseline, observe_column
from autallo.analysis.curves import describe_follow_up
from autallo.analysis.families import adjust_families
from autallo.analysis.interactions import compare_interaction
from autallo.analysis.levels import observe_levels, order_levels
from autallo.analysis.models import Patients, fit_models
from autallo.analysis.pair import Streams
from autallo.analysis.tasks import (
    Found,
    Task,
    axis_ticks,
    compare_outcome,
    describe_outcome,
    keep_leading,
    mark_unknown,
    mark_unplanned,
)
from autallo.analysis.topic import Arm, Topic
from autallo.model.cohort import GROUP, Cohort, FollowUp
from autallo.model.outcome import (
    CompetingRisks,
    Continuous,
    TimeToEvent,
)
from autallo.model.protocol import Factor, Protocol
from autallo.model.results import Curve, Estimate, Sample

__all__ = ["Analysis", "analyse", "factor_levels"]

ALL = "all"


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
        *plan.subgroups(),
        *plan.models(),
        *plan.adjusted(),
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
    series = cohort.frame[factor.column or name]
    if series.dtype == pl.Boolean:
        return ("yes", "no")
    inside = _inside(cohort, factor, protocol)
    seen = {text for text in observe_levels(series)[inside].tolist() if text is not None}
    return order_levels(series, seen)


def _inside(cohort: Cohort, factor: Factor, protocol: Protocol) -> NDArray[np.bool_]:
    """Say which patients are in the groups that a factor is declared for."""
    within = factor.within or protocol.groups.levels
    return np.isin(cohort.frame[GROUP].to_numpy().astype(str), within)


class _Plan:
    """The cohort, the protocol and the random streams, held while the analysis is made."""

    def __init__(self, cohort: Cohort, protocol: Protocol, streams: Streams) -> None:
        self.cohort = cohort
        self.protocol = protocol
        self.streams = streams
        study = protocol.study
        self.shared: dict[str, Any] = {"level": study.level, "profile": study.profile}
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
        topic = Topic(analysis="follow_up", outcome="follow_up", **self.shared)
        for name in chosen:
            observation = self.cohort.outcomes[name]
            assert isinstance(observation, FollowUp)
            for arm in self._everybody():
                found = describe_follow_up(topic, arm, observation)
                yield from (replace(estimate, category=name) for estimate in found)

    def baseline(self) -> Iterator[Estimate]:
        """Yield Table 1."""
        for column in self.protocol.table1:
            topic = Topic(analysis="baseline", outcome=column, **self.shared)
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
            topic = Topic(analysis="outcome", outcome=name, **self.shared)
            for arm in arms:
                yield from describe_outcome(topic, arm, task)
            versus = Topic(analysis="comparison", outcome=name, **self.shared)
            for first, second in self.protocol.groups.compare:
                if first in levels and second in levels:
                    found = compare_outcome(versus, self.arms[first], self.arms[second], task)
                    yield from mark_unplanned(found, planned=outcome.planned)

    def factors(self) -> Iterator[Found]:
        """Yield the univariate analysis: each level of a factor, then its levels compared."""
        for name, factor in self.protocol.factors.items():
            arms, without = self._levels(name, factor)
            reason = f"{factor.label or name.replace('_', ' ')} not known"
            for outcome_id in factor.outcomes:
                task = self._task(outcome_id, arms)
                topic = Topic(analysis="factor", outcome=outcome_id, subgroup=name, **self.shared)
                for arm in arms:
                    yield from describe_outcome(topic, arm, task)
                planned = factor.planned and task.outcome.planned
                for first in arms[:-1]:
                    found = mark_unplanned(
                        compare_outcome(topic, first, arms[-1], task), planned=planned
                    )
                    yield from mark_unknown(found, reason, without)

    def subgroups(self) -> Iterator[Estimate]:
        """Yield the arms compared within each level of a factor, and whether they differ alike."""
        for name, factor in self.protocol.factors.items():
            if not factor.subgroups:
                continue
            texts = observe_levels(self.cohort.frame[factor.column or name])
            levels = factor_levels(self.cohort, self.protocol, name)
            for outcome_id, first, second in self._pairs(factor):
                strata = [(self._among(first, texts, v), self._among(second, texts, v))
                          for v in levels]  # fmt: skip
                task = self._task(outcome_id, [self.arms[first], self.arms[second]])
                topic = Topic(analysis="subgroup", outcome=outcome_id, subgroup=name, **self.shared)
                planned = factor.planned and task.outcome.planned
                for level, stratum in zip(levels, strata, strict=True):
                    found = keep_leading(
                        compare_outcome(replace(topic, within=level), *stratum, task)
                    )
                    yield from mark_unplanned(found, planned=planned)
                yield from mark_unplanned(compare_interaction(topic, strata, task), planned=planned)

    def models(self) -> Iterator[Estimate]:
        """Yield the multivariable models."""
        patients = self._patients()
        for name, model in self.protocol.models.items():
            within = model.within or self.protocol.groups.levels
            for outcome_id in model.outcomes:
                outcome = self.protocol.outcomes[outcome_id]
                used = [arm for arm in within if arm in (outcome.groups or within)]
                rows = np.sort(np.concatenate([self.arms[arm].rows for arm in used]))
                topic = Topic(analysis="model", outcome=outcome_id, subgroup=name, **self.shared)
                found = fit_models(
                    topic, patients, model.covariates,
                    rows=rows, outcome=outcome, observation=self.cohort.outcomes[outcome_id],
                )  # fmt: skip
                yield from mark_unplanned(found, planned=model.planned and outcome.planned)

    def adjusted(self) -> Iterator[Estimate]:
        """Yield the comparisons with weights, balance before effects."""
        patients = self._patients()
        for name, adjusted in self.protocol.adjusted.items():
            for outcome_id in adjusted.outcomes:
                outcome = self.protocol.outcomes[outcome_id]
                levels = outcome.groups or self.protocol.groups.levels
                topic = Topic(analysis="adjusted", outcome=outcome_id, subgroup=name, **self.shared)
                for first, second in self.protocol.groups.compare:
                    if first in levels and second in levels:
                        found = compare_adjusted(
                            topic, patients, adjusted, (self.arms[first], self.arms[second]),
                            outcome=outcome, observation=self.cohort.outcomes[outcome_id],
                        )  # fmt: skip
                        planned = adjusted.planned and outcome.planned
                        yield from mark_unplanned(found, planned=planned)

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
                    analysis="sensitivity", outcome=outcome_id, subgroup=name, **self.shared
                )
                for first, second in self.protocol.groups.compare:
                    if first in levels and second in levels:
                        both = np.concatenate([self.arms[first].rows, self.arms[second].rows])
                        found = keep_leading(
                            compare_outcome(topic, arms[first], arms[second], task)
                        )
                        found = mark_unplanned(found, planned=outcome.planned)
                        unknown = int(subset.unknown[both].sum())
                        yield from mark_unknown(found, "the condition cannot be told", unknown)

    def _patients(self) -> Patients:
        """Return the columns as models see them, arms that are references last."""
        groups = self.protocol.groups
        references = [second for _, second in groups.compare]
        arms = sorted(groups.levels, key=references.__contains__)
        asked = {
            name: column.unit
            for source in self.protocol.sources.values()
            for name, column in source.columns.items()
            if column.unit is not None
        }
        return Patients(self.cohort.frame, arms, self.units, asked)

    def _pairs(self, factor: Factor) -> Iterator[tuple[str, str, str]]:
        """Yield every outcome of a factor with the pairs of arms that both are studied in."""
        within = factor.within or self.protocol.groups.levels
        for outcome_id in factor.outcomes:
            arms = set(self.protocol.outcomes[outcome_id].groups or within) & set(within)
            for first, second in self.protocol.groups.compare:
                if first in arms and second in arms:
                    yield outcome_id, first, second

    def _among(self, arm: str, texts: NDArray[np.object_], level: str) -> Arm:
        """Return the patients of an arm with one level of a factor."""
        rows = self.arms[arm].rows
        return Arm(arm, rows[texts[rows] == level])

    def _task(self, name: str, arms: Sequence[Arm]) -> Task:
        outcome, observation = self.protocol.outcomes[name], self.cohort.outcomes[name]
        unit = None
        if isinstance(outcome, Continuous):
            unit = outcome.unit or self.units.get(outcome.from_)
        return Task(outcome, observation, unit, axis_ticks(observation, arms), self.streams)

    def _everybody(self) -> list[Arm]:
        whole = Arm(ALL, np.arange(self.cohort.frame.height))
        return [*self.arms.values(), whole] if len(self.arms) > 1 else [whole]

    def _levels(self, name: str, factor: Factor) -> tuple[list[Arm], int]:
        """Return one arm per level within the groups of a factor, and how many have no level."""
        texts = observe_levels(self.cohort.frame[factor.column or name])
        inside = _inside(self.cohort, factor, self.protocol)
        levels = factor_levels(self.cohort, self.protocol, name)
        arms = [Arm(level, np.flatnonzero(inside & (texts == level))) for level in levels]
        return arms, int(inside.sum()) - sum(arm.rows.size for arm in arms)
