"""Half-lives and doubling times: straight lines through the logarithms of levels in one phase."""

from dataclasses import dataclass
from math import fsum, log
from typing import Literal

from autallo.stats.kinetics.curve import log_ratio

__all__ = ["LogLinearPhase"]

PhaseReason = (
    Literal[
        "no_sample", "no_expansion", "too_few_samples", "too_short", "not_rising", "not_declining",
        "poor_fit",
    ]
    | None
)  # fmt: skip
#: Samples that a half-life needs; days that the late phase must span.
FEWEST_IN_PHASE, SHORTEST_LATE_PHASE = 3, 30.0
#: A longer terminal phase is preferred if its adjusted R squared is within this of the best.
AS_GOOD = 1e-4
#: A terminal phase of a worse fit has no half-life.
WORST_FIT = 0.80
#: A line that changes by no more than this share over its whole phase is level.
HARDLY = 1e-9
#: Day and level, 0 if below the limit.
Samples = list[tuple[float, float]]
#: Why a series has no phase at all.
WhyNone = Literal["no_sample", "no_expansion"] | None


@dataclass(frozen=True, slots=True)
class LogLinearPhase:
    """A straight line through the logarithms of consecutive quantifiable levels.

    Attributes
    ----------
    estimate : float or None
        Half-life, or doubling time, in days; None if it cannot be given.
    reason : str or None
        Why not: "no_sample", "no_expansion", "too_few_samples", "too_short" (the samples span
        less than 30 days), "not_rising", "not_declining", "poor_fit" (adjusted R squared below
        0.80); None if `estimate` is given.
    slope : float or None
        Change of the natural logarithm per day; None if no line was drawn.
    adjusted_r_squared : float or None
        Fit of the line; None for fewer than three samples, or if all levels are equal.
    samples : int
        Quantifiable samples in the phase.
    first_day, last_day : float or None
        Days of the first and last of them; None if there is none.
    """

    estimate: float | None
    reason: PhaseReason
    slope: float | None
    adjusted_r_squared: float | None
    samples: int
    first_day: float | None
    last_day: float | None


@dataclass(frozen=True, slots=True)
class _Line:
    slope: float
    fit: float | None
    samples: int


def rising_phase(rise: Samples, why: WhyNone) -> LogLinearPhase:
    """Return the doubling time of the rise to the peak."""
    if len(rise) < 2:
        return _phase(None, rise, reason=why or "too_few_samples")
    line = _line(rise)
    return _phase(line, rise, reason=None if line.slope > 0 else "not_rising")


def declining_phase(phase: Samples, why: WhyNone) -> LogLinearPhase:
    """Return the half-life of levels that fall."""
    if len(phase) < FEWEST_IN_PHASE:
        return _phase(None, phase, reason=why or "too_few_samples")
    line = _line(phase)
    return _phase(line, phase, reason=None if line.slope < 0 else "not_declining")


def late_phase(phase: Samples, why: WhyNone) -> LogLinearPhase:
    """Return the half-life of the levels after the expansion, if these span long enough."""
    if len(phase) >= FEWEST_IN_PHASE and phase[-1][0] - phase[0][0] < SHORTEST_LATE_PHASE:
        return _phase(None, phase, reason="too_short")
    return declining_phase(phase, why)


def terminal_phase(after_peak: Samples, why: WhyNone) -> LogLinearPhase:
    """Return the half-life of the run of last samples that lies on a falling line best."""
    if len(after_peak) < FEWEST_IN_PHASE:
        return _phase(None, after_peak, reason=why or "too_few_samples")
    falling = {
        line.samples: line.fit
        for line in _lines_to_last(after_peak)
        if line.slope < 0 and line.fit is not None
    }
    if not falling:
        return _phase(None, after_peak, reason="not_declining")
    best = max(falling.values())
    longest = max(samples for samples, fit in falling.items() if fit >= best - AS_GOOD)
    phase = after_peak[-longest:]
    return _phase(_line(phase), phase, reason=None if best >= WORST_FIT else "poor_fit")


def _lines_to_last(samples: Samples) -> list[_Line]:
    """Return the lines through the last 3, 4, ... samples, each in one step from the one before."""
    lines = []
    last_day, last = samples[-1]
    mean_day = mean = spread = shared = variation = 0.0
    for count, (day, level) in enumerate(reversed(samples), start=1):
        one = log_ratio(level, last)
        off_day, off = day - mean_day, one - mean
        mean_day += off_day / count
        mean += off / count
        spread += off_day * (day - mean_day)
        shared += off_day * (one - mean)
        variation += off * (one - mean)
        if count >= FEWEST_IN_PHASE:
            lines.append(_drawn(spread, shared, variation, span=last_day - day, count=count))
    return lines


def _line(samples: Samples) -> _Line:
    """Return the least-squares line through the logarithms of the levels."""
    count = len(samples)
    (first_day, first), last_day = samples[0], samples[-1][0]
    mean_day = fsum(day for day, _ in samples) / count
    logs = [log_ratio(level, first) for _, level in samples]
    mean = fsum(logs) / count
    days = [day - mean_day for day, _ in samples]
    spread = fsum(day * day for day in days)
    shared = fsum(day * (one - mean) for day, one in zip(days, logs, strict=True))
    variation = fsum((one - mean) ** 2 for one in logs)
    return _drawn(spread, shared, variation, span=last_day - first_day, count=count)


def _drawn(spread: float, shared: float, variation: float, *, span: float, count: int) -> _Line:
    """Return the line of these sums of squares; what hardly rises or falls is level."""
    slope = shared / spread
    return _Line(
        slope=slope if abs(slope) * span > HARDLY else 0.0,
        fit=_fit(shared * shared / spread, variation, count),
        samples=count,
    )


def _fit(explained: float, variation: float, count: int) -> float | None:
    """Return the adjusted R squared; None for two samples or equal levels."""
    if count < FEWEST_IN_PHASE or variation <= count * HARDLY * HARDLY:
        return None
    return 1 - (1 - min(explained / variation, 1.0)) * (count - 1) / (count - 2)


def _phase(line: _Line | None, samples: Samples, *, reason: PhaseReason) -> LogLinearPhase:
    return LogLinearPhase(
        estimate=log(2) / abs(line.slope) if line is not None and reason is None else None,
        reason=reason,
        slope=None if line is None else line.slope,
        adjusted_r_squared=None if line is None else line.fit,
        samples=len(samples),
        first_day=samples[0][0] if samples else None,
        last_day=samples[-1][0] if samples else None,
    )
