"""Expansion, exposure and decline of infused cells in one patient (non-compartmental analysis).

Samples of one series in, one frozen record of numbers out; what cannot be estimated is None with
the reason.
"""

from dataclasses import dataclass
from math import inf
from typing import Literal

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_number
from autallo.stats.kinetics.curve import (
    DEFAULT_RULES,
    AreaUnderCurve,
    BelowLimitRules,
    KineticCurve,
    Trapezoid,
    area_within,
    curve_through,
)
from autallo.stats.kinetics.phases import (
    LogLinearPhase,
    Samples,
    WhyNone,
    declining_phase,
    late_phase,
    rising_phase,
    terminal_phase,
)
from autallo.stats.kinetics.series import KineticSeries, as_series

__all__ = ["KineticParameter", "Kinetics", "cellular_kinetics"]

Flag = Literal[
    "baseline_positive", "baseline_assumed", "sparse", "no_expansion", "replicates_merged",
    "extrapolated", "cut_at_end",
]  # fmt: skip

#: Samples that an area needs; quantifiable samples below which a series is sparse.
FEWEST_SAMPLES = 4
#: An area needs a sample between these shares of its days (from day 21 to day 56 of 28).
LATE, SOON = 0.75, 2.0
#: Days in which the peak is looked for by every protocol.
PEAK_DAYS = (5.0, 14.0)


@dataclass(frozen=True, slots=True)
class KineticParameter:
    """One number of one series.

    Attributes
    ----------
    estimate : float or None
        The number; None if it cannot be given.
    reason : {"no_sample", "no_expansion", "too_few_samples"} or None
        Why not: no sample in the time asked for, all of them below the limit, or too few that
        are quantifiable; None if `estimate` is given.
    """

    estimate: float | None
    reason: Literal["no_sample", "no_expansion", "too_few_samples"] | None


@dataclass(frozen=True, slots=True)
class Kinetics:
    """What one series of samples says about the infused cells.

    Attributes
    ----------
    cmax : KineticParameter
        Highest level after day 0 up to day `until`; 0 if all of these are below the limit.
    tmax : KineticParameter
        Day of `cmax`; the first, if there are several.
    clast, tlast : KineticParameter
        Level and day of the last quantifiable sample after day 0.
    auc : AreaUnderCurve
        Area from day 0 to day `until`.
    auc_last : AreaUnderCurve
        Area from day 0 to `tlast`.
    doubling : LogLinearPhase
        Doubling time of the rise to `cmax`.
    fold_expansion : KineticParameter
        `cmax` over the level of the first quantifiable sample after day 0.
    contraction : LogLinearPhase
        Half-life after `tmax` up to day `until` (alpha).
    late_decline : LogLinearPhase
        Half-life after day `until` (beta).
    terminal : LogLinearPhase
        Half-life of the last samples that lie on a line best (lambda z).
    until : float
        Last day of the expansion.
    samples, quantifiable : int
        Samples from day 0 to day `until`, and how many of these are not below the limit.
    flags : tuple of str
        What a reader should know: "baseline_positive" (any sample up to day 0 quantifiable),
        "baseline_assumed" (not sampled before it, taken as 0), "sparse" (fewer than 4
        quantifiable samples up to `until`, or none at all on days 5 to 14), "no_expansion",
        "replicates_merged", "extrapolated" (`auc`, by at most two days), "cut_at_end" (samples
        left out because they came after the end of the series).
    """

    cmax: KineticParameter
    tmax: KineticParameter
    clast: KineticParameter
    tlast: KineticParameter
    auc: AreaUnderCurve
    auc_last: AreaUnderCurve
    doubling: LogLinearPhase
    fold_expansion: KineticParameter
    contraction: LogLinearPhase
    late_decline: LogLinearPhase
    terminal: LogLinearPhase
    until: float
    samples: int
    quantifiable: int
    flags: tuple[Flag, ...]


def cellular_kinetics(
    series: KineticSeries,
    *,
    until: float = 28.0,
    rules: BelowLimitRules = DEFAULT_RULES,
    method: Trapezoid = "linear_up_log_down",
) -> Kinetics:
    r"""Estimate expansion, exposure, persistence and half-lives of infused cells in one patient.

    Parameters
    ----------
    series : KineticSeries
        The samples, from `kinetic_series`.
    until : float
        Last day of the expansion, above 0.
    rules : BelowLimitRules
        What samples below the limit count as in the areas.
    method : {"linear_up_log_down", "linear"}
        Trapezoids between samples.

    Returns
    -------
    Kinetics

    Raises
    ------
    ArgumentError
        If `until` is not above 0, or half the limit is wanted and there is
        no limit.

    Notes
    -----
    The peak is observed, never interpolated. An area needs 4 samples from day 0 (below the limit
    or not); the area to `until` also a sample near `until`, from three quarters of it to twice
    as long (day 21 to 56 of 28), for a line over months to a later sample tells nothing of the
    level on that day: "no_late_sample". Or the first sample after the last quantifiable one was
    below the limit, not later than that (see `area_under_curve` for what lies beyond the last
    sample).

    Half-lives are :math:`\ln 2 / \lambda` of the least-squares line through the logarithms of
    quantifiable levels, never of imputed ones: contraction after the peak up to day `until`, at
    least 3 samples; late decline after day `until`, at least 3 over at least 30 days, so that a
    sample of day `until` belongs to the contraction alone; terminal: of all runs of 3 or more last
    samples after the peak that decline the one of highest adjusted R squared, or the longest within
    0.0001 of it, if that is at least 0.80. Doubling: all quantifiable samples from the first to the
    peak, at least 2.

    A line that falls or rises by less than a billionth over its phase is level: without half-life.

    Boundaries. All below the limit: `cmax` 0, flag "no_expansion", all else None. Quantifiable
    first at the peak: no doubling time and no fold expansion, though the level rose. Peak at the
    last sample: no half-life. Any sample up to day 0 quantifiable: flagged, and left as it is.
    Source: [purves1992]; choice of the terminal phase, first of several peaks and samples below the
    limit by position [denney2015], [beal2001]; phases [stein2019]. Checked by hand
    (`tests/byhand/test_kinetics.py`), against R 4.2.2 code of our own
    (`tests/reference/kinetics.json`) and printed results (`tests/published/test_kinetics.py`).

    Examples
    --------
    >>> from autallo.stats.kinetics.series import kinetic_series
    >>> days = [0, 3, 7, 10, 14, 21, 28]
    >>> copies = [0, 200, 12000, 30000, 8000, 2000, 500]
    >>> kinetics = cellular_kinetics(kinetic_series(days, copies))
    >>> kinetics.cmax.estimate, kinetics.tmax.estimate
    (30000.0, 10.0)
    >>> round(kinetics.auc.estimate, 2), round(kinetics.contraction.estimate, 2)
    (192148.85, 3.5)
    """
    if not 0 < as_number("until", until) < inf:
        raise ArgumentError("`until` must be a day after 0.")
    curve = curve_through(as_series(series), rules=rules, trapezoid=method)
    samples = _from_day_zero(series)
    seen = [sample for sample in samples if sample[0] > 0 and sample[1] > 0]
    early = [sample for sample in seen if sample[0] <= until]
    peak = max(early, key=lambda sample: sample[1], default=None)
    after_peak = [sample for sample in seen if peak is not None and sample[0] > peak[0]]
    why, why_ever = _why_none(samples, until), _why_none(samples, inf)
    auc = _area(curve, samples, until=until, why=why)
    return Kinetics(
        cmax=KineticParameter(0.0, None) if why == "no_expansion" else _part(peak, 1, why),
        tmax=_part(peak, 0, why),
        clast=_part(seen[-1] if seen else None, 1, why_ever),
        tlast=_part(seen[-1] if seen else None, 0, why_ever),
        auc=auc,
        auc_last=_area_to_last(curve, samples, seen, why=why_ever),
        doubling=rising_phase([one for one in early if peak and one[0] <= peak[0]], why),
        fold_expansion=_fold_expansion(early[0] if early else None, peak, why),
        contraction=declining_phase([one for one in after_peak if one[0] <= until], why),
        late_decline=late_phase([one for one in seen if one[0] > until], why_ever),
        terminal=terminal_phase(after_peak, why),
        until=float(until),
        samples=sum(sample[0] <= until for sample in samples),
        quantifiable=sum(sample[0] <= until and sample[1] > 0 for sample in samples),
        flags=_flags(series, samples, until=until, no_peak=why, extrapolated=auc.extrapolated),
    )


def _from_day_zero(series: KineticSeries) -> Samples:
    """Return day and level (0: below the limit); the last sample up to day 0 stands for day 0."""
    samples = list(zip(series.day, series.value, strict=True))
    before = [sample for sample in samples if sample[0] <= 0]
    after = samples[len(before) :]
    return [(0.0, before[-1][1]), *after] if before else after


def _why_none(samples: Samples, until: float) -> WhyNone:
    levels = [level for day, level in samples if 0 < day <= until]
    if any(levels):
        return None
    return "no_expansion" if levels else "no_sample"


def _part(sample: tuple[float, float] | None, part: int, why: WhyNone) -> KineticParameter:
    return KineticParameter(None, why) if sample is None else KineticParameter(sample[part], None)


def _area(
    curve: KineticCurve | None, samples: Samples, *, until: float, why: WhyNone
) -> AreaUnderCurve:
    if curve is None or why is not None:
        return AreaUnderCurve(None, why, 0.0, until, extrapolated=False)
    if sum(day <= until for day, _ in samples) < FEWEST_SAMPLES:
        return AreaUnderCurve(None, "too_few_samples", 0.0, until, extrapolated=False)
    if not _followed(curve, samples, until):
        return AreaUnderCurve(None, "no_late_sample", 0.0, until, extrapolated=False)
    return area_within(curve, 0.0, until)


def _followed(curve: KineticCurve, samples: Samples, until: float) -> bool:
    """Whether a sample near `until`, or one below the limit before it, tells the level there."""
    if any(LATE * until <= day <= SOON * until for day, _ in samples):
        return True
    last = max(day for day, level in samples if level > 0)
    return curve.closed and min(day for day, _ in samples if day > last) <= SOON * until


def _area_to_last(
    curve: KineticCurve | None, samples: Samples, seen: Samples, *, why: WhyNone
) -> AreaUnderCurve:
    if curve is None:
        return AreaUnderCurve(None, why, 0.0, None, extrapolated=False)
    last = seen[-1][0]
    if sum(day <= last for day, _ in samples) < FEWEST_SAMPLES:
        return AreaUnderCurve(None, "too_few_samples", 0.0, last, extrapolated=False)
    return area_within(curve, 0.0, last)


def _fold_expansion(
    first: tuple[float, float] | None, peak: tuple[float, float] | None, why: WhyNone
) -> KineticParameter:
    if first is None or peak is None:
        return KineticParameter(None, why)
    if first == peak:
        return KineticParameter(None, "too_few_samples")
    return KineticParameter(peak[1] / first[1], None)


def _flags(
    series: KineticSeries,
    samples: Samples,
    *,
    until: float,
    no_peak: WhyNone,
    extrapolated: bool,
) -> tuple[Flag, ...]:
    baseline = samples[0][1] if samples and samples[0][0] == 0 else None
    quantifiable = sum(day <= until and level > 0 for day, level in samples)
    low, high = PEAK_DAYS
    found: dict[Flag, bool] = {
        "baseline_positive": any(
            day <= 0 and not below for day, below in zip(series.day, series.below, strict=True)
        ),
        "baseline_assumed": baseline is None,
        "sparse": quantifiable < FEWEST_SAMPLES
        or not any(low <= day <= high for day, _ in samples),
        "no_expansion": no_peak == "no_expansion",
        "replicates_merged": series.merged > 0,
        "extrapolated": extrapolated,
        "cut_at_end": series.left_out > 0,
    }
    return tuple(flag for flag, holds in found.items() if holds)
