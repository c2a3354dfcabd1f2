"""Power of the log-rank test by its number of events: formulas of Schoenfeld and Freedman."""

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Literal, get_args

from scipy.special import ndtr, ndtri

from autallo.errors import ArgumentError
from autallo.stats.design.targets import (
    as_alpha,
    as_alternative,
    as_amount,
    as_between,
    as_power,
    as_ratio,
    normal_quantile,
    refuse_unknown,
)
from autallo.stats.proportions.unconditional import Alternative

__all__ = [
    "DetectableHazardRatio",
    "EventsFormula",
    "EventsNeeded",
    "EventsPower",
    "detectable_hazard_ratio",
    "events_needed",
    "events_power",
]

EventsFormula = Literal["schoenfeld", "freedman"]

#: Hazard ratios are taken from one over this to this.
LARGEST_HAZARD_RATIO = 1e6


@dataclass(frozen=True, slots=True)
class EventsPower:
    """Power of the log-rank test, given the events of both groups.

    Attributes
    ----------
    power : float
        Chance of significance in the direction of the hazard ratio.
    events : float
        Events of both groups together.
    hazard_ratio, ratio : float
        As given.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    method : {"schoenfeld", "freedman"}
        Which formula.
    """

    power: float
    events: float
    hazard_ratio: float
    ratio: float
    alpha: float
    alternative: Alternative
    method: EventsFormula


@dataclass(frozen=True, slots=True)
class EventsNeeded:
    """Events that reach a power with the log-rank test; not rounded.

    Attributes
    ----------
    events : float
        Events of both groups together.
    hazard_ratio, ratio : float
        As given.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    method : {"schoenfeld", "freedman"}
        Which formula.
    """

    events: float
    hazard_ratio: float
    ratio: float
    power: float
    alpha: float
    alternative: Alternative
    method: EventsFormula


@dataclass(frozen=True, slots=True)
class DetectableHazardRatio:
    """Hazard ratios nearest to 1 that the log-rank test of so many events detects.

    Attributes
    ----------
    below, above : float or None
        Hazard ratio below 1 and above 1, first group over second; None if that side is not
        tested, or if no hazard ratio up to a million reaches the power.
    reason : str or None
        Why a hazard ratio on a side that is tested is not given; None if none is missing.
    events, ratio : float
        As given.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    method : {"schoenfeld", "freedman"}
        Which formula.
    """

    below: float | None
    above: float | None
    reason: str | None
    events: float
    ratio: float
    power: float
    alpha: float
    alternative: Alternative
    method: EventsFormula


def events_power(
    events: float,
    hazard_ratio: float,
    *,
    ratio: float = 1.0,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    method: EventsFormula = "schoenfeld",
) -> EventsPower:
    r"""Estimate the power of the log-rank test from the number of events.

    Parameters
    ----------
    events : float
        Events of both groups together, above 0; need not be whole.
    hazard_ratio : float
        Hazard of the first group over that of the second, from 1e-6 to 1e6.
    ratio : float
        Patients of the first group for one of the second, from 0.01 to 100.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher hazard in the first group.
    method : {"schoenfeld", "freedman"}
        Which formula.

    Returns
    -------
    EventsPower

    Raises
    ------
    ArgumentError
        If a number is out of its range, or a word is unknown.

    Notes
    -----
    :math:`\Phi(\sqrt{d}\,e - z)` with d events and the quantile z of the level. Schoenfeld:
    :math:`e = \sqrt{c (1 - c)} \log \theta` with the share c of the first group; Freedman:
    :math:`e = \sqrt{k} (\theta - 1) / (1 + k \theta)` with ratio k; in the direction tested
    (two-sided: its size). Both take the hazards as proportional and the groups as large; with a
    few dozen events see `simulated_logrank_power`. Two-sided, significance in the wrong direction
    is not counted.
    Source: [schoenfeld1981], [freedman1982]. Checked against R
    (`tests/reference/design.json`), by hand (`tests/byhand/test_design_logrank.py`) and by laws
    (`tests/laws/test_design_logrank.py`).

    Examples
    --------
    >>> round(events_power(60, 0.5).power, 4)
    0.7656
    """
    number, theta = as_amount("events", events), _hazard_ratio(hazard_ratio)
    k, level, side = as_ratio("ratio", ratio), as_alpha(alpha), as_alternative(alternative)
    effect = _effect(theta, k, method)
    apart = {"two-sided": abs(effect), "less": -effect, "greater": effect}[side]
    score = sqrt(number) * apart - normal_quantile(level, side)
    return EventsPower(float(ndtr(score)), number, theta, k, level, side, method)


def events_needed(
    hazard_ratio: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    method: EventsFormula = "schoenfeld",
) -> EventsNeeded:
    r"""Estimate the number of events that the log-rank test needs.

    Parameters
    ----------
    hazard_ratio : float
        Hazard of the first group over that of the second, from 1e-6 to 1e6, not 1.
    power : float
        Power wanted, above `alpha` and below 1.
    ratio : float
        Patients of the first group for one of the second, from 0.01 to 100.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher hazard in the first group.
    method : {"schoenfeld", "freedman"}
        Which formula.

    Returns
    -------
    EventsNeeded

    Raises
    ------
    ArgumentError
        If a number is out of its range, a word is unknown, or the hazard ratio lies on the side
        that is not tested.

    Notes
    -----
    :math:`(z_\alpha + z_\beta)^2 / e^2` with e as in `events_power`; not rounded. For groups in
    ratio k Freedman's is
    :math:`(z_\alpha + z_\beta)^2 (1 + k \theta)^2 / (k (1 - \theta)^2)`.
    Source: [schoenfeld1981], [freedman1982]. Checked against R
    (`tests/reference/design.json`), a printed table (`tests/published/test_design_logrank.py`),
    by hand (`tests/byhand/test_design_logrank.py`) and by laws
    (`tests/laws/test_design_logrank.py`).

    Examples
    --------
    >>> round(events_needed(0.5).events, 2), round(events_needed(0.5, method="freedman").events, 2)
    (65.35, 70.64)
    """
    theta, k, level = _hazard_ratio(hazard_ratio), as_ratio("ratio", ratio), as_alpha(alpha)
    wanted, side = as_power(power, alpha=level), as_alternative(alternative)
    refuse_hazard_ratio(theta, side)
    score = normal_quantile(level, side) + float(ndtri(wanted))
    events = (score / _effect(theta, k, method)) ** 2
    return EventsNeeded(events, theta, k, wanted, level, side, method)


def detectable_hazard_ratio(
    events: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    method: EventsFormula = "schoenfeld",
) -> DetectableHazardRatio:
    """Estimate the smallest effect that the log-rank test of so many events detects.

    Parameters
    ----------
    events : float
        Events of both groups together, above 0; need not be whole.
    power : float
        Power wanted, above `alpha` and below 1.
    ratio : float
        Patients of the first group for one of the second, from 0.01 to 100.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher hazard in the first group.
    method : {"schoenfeld", "freedman"}
        Which formula.

    Returns
    -------
    DetectableHazardRatio

    Raises
    ------
    ArgumentError
        If a number is out of its range, or a word is unknown.

    Notes
    -----
    `events_power` solved for the hazard ratio. By Schoenfeld's formula the two are inverse to
    each other, and some hazard ratio reaches the power, if only an absurd one (beyond a million
    it is not given); by Freedman's there may be none. The reason is then said.
    Source: [schoenfeld1981], [freedman1982]. Checked against R
    (`tests/reference/design.json`), by hand (`tests/byhand/test_design_logrank.py`) and by laws
    (`tests/laws/test_design_logrank.py`).

    Examples
    --------
    >>> effect = detectable_hazard_ratio(60)
    >>> round(effect.below, 3), round(effect.above, 3)
    (0.485, 2.061)
    >>> detectable_hazard_ratio(7, method="freedman").reason
    'No hazard ratio below or above 1 is detected with a power of 0.8 by 7 events.'
    """
    number, k, level = as_amount("events", events), as_ratio("ratio", ratio), as_alpha(alpha)
    wanted, side = as_power(power, alpha=level), as_alternative(alternative)
    refuse_formula(method)
    score = normal_quantile(level, side) + float(ndtri(wanted))
    below = None if side == "greater" else _smallest_effect(-score, number, k, method)
    above = None if side == "less" else _smallest_effect(score, number, k, method)
    why = why_undetected(below, above, alternative=side, power=wanted)
    return DetectableHazardRatio(
        below=below,
        above=above,
        reason=None if why is None else f"{why} by {number:g} events.",
        events=number,
        ratio=k,
        power=wanted,
        alpha=level,
        alternative=side,
        method=method,
    )


def refuse_formula(method: str) -> None:
    """Refuse anything but the two formulas."""
    refuse_unknown("method", method, get_args(EventsFormula))


def why_undetected(
    below: float | None, above: float | None, *, alternative: Alternative, power: float
) -> str | None:
    """Return the beginning of the sentence that says on which side no hazard ratio will do."""
    sides = (("below", below, "greater"), ("above", above, "less"))
    missing = [name for name, found, other in sides if found is None and alternative != other]
    if not missing:
        return None
    return f"No hazard ratio {' or '.join(missing)} 1 is detected with a power of {power:g}"


def refuse_hazard_ratio(hazard_ratio: float, alternative: Alternative) -> None:
    """Refuse a hazard ratio of 1, and one on the side that is not tested."""
    if hazard_ratio == 1:
        raise ArgumentError("`hazard_ratio` must differ from 1.")
    if alternative != "two-sided" and (hazard_ratio > 1) != (alternative == "greater"):
        word = "above" if alternative == "greater" else "below"
        raise ArgumentError(f"`hazard_ratio` must be {word} 1 for this alternative.")


def _hazard_ratio(hazard_ratio: float) -> float:
    return as_between("hazard_ratio", hazard_ratio, 1 / LARGEST_HAZARD_RATIO, LARGEST_HAZARD_RATIO)


def _effect(hazard_ratio: float, ratio: float, method: EventsFormula) -> float:
    """Return the mean of z by root of the events."""
    refuse_formula(method)
    if method == "schoenfeld":
        return sqrt(ratio) / (1 + ratio) * log(hazard_ratio)
    return sqrt(ratio) * (hazard_ratio - 1) / (1 + ratio * hazard_ratio)


def _smallest_effect(
    score: float, events: float, ratio: float, method: EventsFormula
) -> float | None:
    """Return the hazard ratio whose mean z is `score`; None if there is none in range."""
    root = sqrt(ratio * events)
    if method == "schoenfeld":
        size = score * (1 + ratio) / root
        return exp(size) if abs(size) <= log(LARGEST_HAZARD_RATIO) else None
    above, below = root + score, root - score * ratio
    return above / below if above > 0 and below > 0 else None
