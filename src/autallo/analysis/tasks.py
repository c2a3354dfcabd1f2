"""One outcome, described in its arms and compared between two, each kind by its own methods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autallo.analysis.compare import (
    compare_binary,
    compare_categories,
    compare_grades,
    compare_values,
)
from autallo.analysis.compare_times import compare_incidence, compare_survival
from autallo.analysis.curves import axis_days, describe_incidence, describe_survival
from autallo.analysis.describe import (
    describe_binary,
    describe_categories,
    describe_events,
    describe_sample,
    describe_values,
)
from autallo.analysis.further import compare_risks
from autallo.analysis.pair import Streams, pair_up
from autallo.analysis.topic import Arm, Topic
from autallo.model.cohort import FollowUp, Measured, Observation
from autallo.model.outcome import (
    Binary,
    Categorical,
    CompetingRisks,
    Continuous,
    Ordinal,
    Outcome,
    TimeToEvent,
)
from autallo.model.results import Curve, Estimate, Flag, Role, Sample

__all__ = [
    "Found",
    "Task",
    "compare_outcome",
    "mark_unknown",
    "describe_outcome",
    "keep_leading",
    "mark_unplanned",
    "axis_ticks",
]

Found = Estimate | Curve | Sample


@dataclass(frozen=True, slots=True)
class Task:
    """One outcome as declared and as observed, with what its numbers are printed in."""

    outcome: Outcome
    observation: Observation
    unit: str | None
    ticks: tuple[float, ...]
    streams: Streams


def axis_ticks(observation: Observation, arms: Sequence[Arm]) -> tuple[float, ...]:
    """Return the days of the axis that all arms of an outcome share."""
    if not isinstance(observation, FollowUp):
        return ()
    rows = np.concatenate([arm.rows for arm in arms])
    used = [row for row in rows.tolist() if observation.left_out[row] is None]
    return axis_days(float(observation.days[used].max())) if used else ()


def describe_outcome(topic: Topic, arm: Arm, task: Task) -> Iterator[Found]:
    """Yield what one arm shows in an outcome."""
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


def compare_outcome(topic: Topic, first: Arm, second: Arm, task: Task) -> Iterator[Estimate]:
    """Yield how two arms differ in an outcome; the second is the reference."""
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


def mark_unknown(estimates: Iterator[Estimate], reason: str, count: int) -> Iterator[Estimate]:
    """Yield comparisons with the patients counted who have no level of the factor."""
    for estimate in estimates:
        more = ((reason, count),) if count else ()
        yield replace(estimate, excluded=(*estimate.excluded, *more))


def keep_leading(estimates: Iterator[Estimate]) -> Iterator[Estimate]:
    """Yield the chosen test and size of a comparison, not what stands beside them."""
    return (estimate for estimate in estimates if estimate.role is Role.PRIMARY)


def mark_unplanned(estimates: Iterator[Estimate], *, planned: bool) -> Iterator[Estimate]:
    """Yield the estimates, those of an unplanned comparison with the flag that says so."""
    for estimate in estimates:
        if planned or estimate.role is Role.DESCRIPTIVE:
            yield estimate
        else:
            yield replace(estimate, flags=(*estimate.flags, Flag.UNPLANNED))
