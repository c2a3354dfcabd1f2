"""Group sizes and hazard ratios of a log-rank comparison, given recruitment and follow-up."""

from dataclasses import dataclass
from math import exp, log

from autallo.errors import ArgumentError
from autallo.stats.design.events import (
    EventsFormula,
    events_needed,
    events_power,
    refuse_formula,
    why_undetected,
)
from autallo.stats.design.survival_design import (
    CheckedDesign,
    SurvivalDesign,
    as_design,
    chance_seen,
    expected_events,
)
from autallo.stats.design.targets import as_alpha, as_alternative, as_power
from autallo.stats.proportions.unconditional import Alternative

__all__ = ["DetectableHazard", "LogrankSampleSize", "detectable_hazard", "logrank_sample_size"]

#: The hazard ratios furthest from 1 that are tried are this and one over it.
FURTHEST = 1e5
#: Hazard ratios are tried at so many steps on either side of 1, and then within one of them.
STEPS, HALVINGS = 128, 50


@dataclass(frozen=True, slots=True)
class LogrankSampleSize:
    """Sizes of two groups for the log-rank test; not rounded.

    Attributes
    ----------
    n_x, n_y : float
        Patients of the first and of the second group.
    events : float
        Events needed of both groups together.
    chance : float
        Mean probability that the event of a patient is seen [0 to 1].
    hazard_ratio : float
        Hazard of the first group over that of the second.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    method : {"schoenfeld", "freedman"}
        Which formula.
    """

    n_x: float
    n_y: float
    events: float
    chance: float
    hazard_ratio: float
    power: float
    alpha: float
    alternative: Alternative
    method: EventsFormula


@dataclass(frozen=True, slots=True)
class DetectableHazard:
    """Hazard ratios nearest to 1 that the log-rank test of two groups detects.

    Attributes
    ----------
    below, above : float or None
        Hazard ratio below 1 and above 1, first group over second, from which on every one further
        from 1 reaches the power; None if that side is not tested, or if not even 100 000
        (or one over it) does.
    events_below, events_above : float or None
        Events expected of both groups at that hazard ratio; None without it.
    reason : str or None
        Why a hazard ratio on a side that is tested is not given; None if none is missing.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    method : {"schoenfeld", "freedman"}
        Which formula.
    """

    below: float | None
    above: float | None
    events_below: float | None
    events_above: float | None
    reason: str | None
    power: float
    alpha: float
    alternative: Alternative
    method: EventsFormula


def logrank_sample_size(
    design: SurvivalDesign,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    method: EventsFormula = "schoenfeld",
) -> LogrankSampleSize:
    """Estimate the group sizes that the log-rank test needs.

    Parameters
    ----------
    design : SurvivalDesign
        Hazards with one ratio all the time, and follow-up; of the sizes only their ratio counts.
    power : float
        Power wanted, above `alpha` and below 1.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher hazard in the first group.
    method : {"schoenfeld", "freedman"}
        Which formula.

    Returns
    -------
    LogrankSampleSize

    Raises
    ------
    ArgumentError
        If a number is out of its range, a word is unknown, the hazards have no common ratio above
        0 or the ratio 1, or the ratio lies on the side that is not tested.

    Notes
    -----
    `events_needed` over the mean probability of an event in `expected_events`; not rounded. R
    rpact 3.3.4 gives the same numbers.
    Source: [schoenfeld1981], [freedman1982]. Checked against R (`tests/reference/design.json`),
    by hand (`tests/byhand/test_design_logrank.py`) and by laws
    (`tests/laws/test_design_logrank.py`).

    Examples
    --------
    >>> design = SurvivalDesign(1, 1, log(2) / 24, log(2) / 12, follow_up=12, accrual=24)
    >>> sizes = logrank_sample_size(design)
    >>> round(sizes.n_x + sizes.n_y, 2), round(sizes.events, 2)
    (107.17, 65.35)
    """
    expected = expected_events(design)
    ratio = design.n_x / design.n_y
    if expected.hazard_ratio is None:
        raise ArgumentError("`hazard_x` must be one multiple of `hazard_y` all the time.")
    needed = events_needed(
        expected.hazard_ratio,
        power=power,
        ratio=ratio,
        alpha=alpha,
        alternative=alternative,
        method=method,
    )
    chance = expected.events / (design.n_x + design.n_y)
    n_y = needed.events / chance / (1 + ratio)
    return LogrankSampleSize(
        n_x=ratio * n_y,
        n_y=n_y,
        events=needed.events,
        chance=chance,
        hazard_ratio=needed.hazard_ratio,
        power=needed.power,
        alpha=needed.alpha,
        alternative=alternative,
        method=method,
    )


def detectable_hazard(
    design: SurvivalDesign,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    method: EventsFormula = "schoenfeld",
) -> DetectableHazard:
    """Estimate the smallest hazard ratio that the log-rank test of given groups detects.

    Parameters
    ----------
    design : SurvivalDesign
        Sizes, hazard of the second group and follow-up; the hazard of the first group does not
        count.
    power : float
        Power wanted, above `alpha` and below 1.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher hazard in the first group.
    method : {"schoenfeld", "freedman"}
        Which formula.

    Returns
    -------
    DetectableHazard

    Raises
    ------
    ArgumentError
        If a number is out of its range, a word is unknown, or the second group has no hazard.

    Notes
    -----
    `events_power` with the events that are expected at each hazard ratio: a lower hazard in the
    first group leaves fewer events. Hazard ratios are tried from 100 000 (or one over it)
    towards 1 in 128 equal steps of their logarithm, and the first one too near to 1 is told from
    its neighbour to the last digits.
    Source: [schoenfeld1981], [freedman1982]. Checked against R (`tests/reference/design.json`),
    by hand (`tests/byhand/test_design_logrank.py`) and by laws
    (`tests/laws/test_design_logrank.py`).

    Examples
    --------
    >>> design = SurvivalDesign(17, 11, 0.0, log(2) / 12, follow_up=12, accrual=24)
    >>> effect = detectable_hazard(design)
    >>> round(effect.below, 2), round(effect.above, 2), round(effect.events_above, 1)
    (0.19, 3.18, 24.6)
    """
    checked, level = as_design(design), as_alpha(alpha)
    wanted, side = as_power(power, alpha=level), as_alternative(alternative)
    refuse_formula(method)
    if checked.hazard_y.max() <= 0:
        raise ArgumentError("`hazard_y` must be above 0 in some piece of time.")
    found = {
        sign: None if side == other else _nearest(checked, sign, wanted, level, side, method)
        for sign, other in ((-1, "greater"), (1, "less"))
    }
    below, above = found[-1], found[1]
    why = why_undetected(below, above, alternative=side, power=wanted)
    return DetectableHazard(
        below=below,
        above=above,
        events_below=None if below is None else _events_at(checked, below),
        events_above=None if above is None else _events_at(checked, above),
        reason=None if why is None else f"{why}.",
        power=wanted,
        alpha=level,
        alternative=side,
        method=method,
    )


def _events_at(design: CheckedDesign, hazard_ratio: float) -> float:
    """Return the events expected of both groups at a hazard ratio."""
    chance_x = chance_seen(hazard_ratio * design.hazard_y, design)
    return design.n_x * chance_x + design.n_y * chance_seen(design.hazard_y, design)


def _nearest(
    design: CheckedDesign,
    sign: int,
    wanted: float,
    alpha: float,
    side: Alternative,
    method: EventsFormula,
) -> float | None:
    """Return the hazard ratio nearest to 1 from which on all tried ones reach the power."""

    def misses(size: float) -> bool:
        hazard_ratio = exp(sign * size)
        return (
            events_power(
                _events_at(design, hazard_ratio),
                hazard_ratio,
                ratio=design.n_x / design.n_y,
                alpha=alpha,
                alternative=side,
                method=method,
            ).power
            < wanted
        )

    step = log(FURTHEST) / STEPS
    if misses(STEPS * step):
        return None
    place = next(place for place in range(STEPS - 1, -1, -1) if misses(place * step))
    low, high = place * step, (place + 1) * step
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if misses(middle) else (low, middle)
    return exp(sign * high)
