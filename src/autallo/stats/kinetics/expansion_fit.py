"""The six parameters of expansion, contraction and persistence fitted to one patient's samples.

Samples of one series in, a frozen record of numbers out; what cannot be fitted is None with the
reason.
"""

from dataclasses import dataclass
from itertools import product
from math import exp, inf, log, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autallo.stats.kinetics.series import KineticSeries, as_series

__all__ = ["ExpansionFit", "expansion_fit"]

Floats = NDArray[np.float64]
#: Days between which the peak lies.
EARLIEST_PEAK, LATEST_PEAK = 3.0, 30.0
#: Quantifiable samples that a fit needs, as many as parameters.
FEWEST_SAMPLES = 6
#: Starts of the search: rate of contraction, share of it that persists, share of memory cells.
STARTS = tuple(product((0.1, 0.4), (0.02, 0.3), (0.005, 0.15)))
#: Steps of a rough and of a fine search, the relative change at which each ends, the first
#: damping, and how many of the rough ones are refined.
ROUGH_STEPS, ROUGHLY, STEPS, ENOUGH, DAMPING, POLISHED = 20, 1e-4, 300, 1e-13, 1e-2, 4
#: The search leaves parameters within these bounds of their scale, where nothing changes any more.
FURTHEST = 12.0


@dataclass(frozen=True, slots=True)
class ExpansionFit:
    """The curve that lies nearest to the logarithms of one patient's levels.

    Attributes
    ----------
    reason : {"too_few_samples"} or None
        Why there is no fit: fewer than 6 quantifiable samples after day 0; None if there is one.
    tmax, cmax : float or None
        Day and level of the peak of the curve.
    fold_expansion, doubling_time : float or None
        Rise from day 0 to the peak, and days in which the level doubles; None also where no
        sample lies before `tmax`, or the levels there do not rise.
    alpha, beta : float or None
        Rates of decline after the peak, per day, beta below alpha.
    memory_share : float or None
        Share of the peak that declines at the slower rate.
    residual : float or None
        Root of the sum of squared differences of natural logarithms over the samples less 6; None
        for 6 samples, through which the curve can go.
    squares : float or None
        That sum.
    samples : int
        Quantifiable samples after day 0.
    flags : tuple of str
        "no_rise" (no fold expansion), "peak_at_bound" (`tmax` at 3 or 30 days),
        "no_late_sample" (none from day 60 on: the slower decline is hardly told),
        "as_many_parameters" (6 samples).
    """

    reason: Literal["too_few_samples"] | None
    tmax: float | None
    cmax: float | None
    fold_expansion: float | None
    doubling_time: float | None
    alpha: float | None
    beta: float | None
    memory_share: float | None
    residual: float | None
    squares: float | None
    samples: int
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    squares: float
    place: Floats
    peak: float
    rise: float | None


def expansion_fit(series: KineticSeries) -> ExpansionFit:
    r"""Fit expansion, contraction and persistence of infused cells to the samples of one patient.

    Parameters
    ----------
    series : KineticSeries
        The samples, from `kinetic_series`.

    Returns
    -------
    ExpansionFit

    Notes
    -----
    The curve of `expansion_model` by least squares of natural logarithms of the quantifiable
    levels after day 0; what is below the limit is not used. Bounds: peak from day 3 to 30,
    :math:`0 < F < 1`, :math:`0 < \beta < \alpha`. For a day of the peak, two rates and a share the
    level at the peak and the rate of the rise have a closed form; these four are sought by damped
    Gauss-Newton steps from 24 fixed starts about the highest sample, the best four to the end. The
    nearest curve found may be one of several that are as near: with few or no samples before the
    peak or late, and always with 6, parameters are poorly told apart. The flags say so; `squares`
    and the curve at the samples are told better than any parameter. A fit of one patient borrows
    nothing from others.
    Source: [stein2019] for the curve. Checked by hand (`tests/byhand/test_expansion_fit.py`), by
    another program (`tests/twins/test_expansion_fit.py`) and by laws
    (`tests/laws/test_expansion_fit.py`).

    Examples
    --------
    >>> from autallo.stats.kinetics.expansion_model import expansion_model
    >>> from autallo.stats.kinetics.series import kinetic_series
    >>> days = [2, 5, 8, 11, 14, 21, 28, 60, 90, 180]
    >>> typical = expansion_model(days, fold_expansion=3900, tmax=9.3, cmax=24000,
    ...                           memory_share=0.0079, alpha=0.16, beta=0.0032)
    >>> fit = expansion_fit(kinetic_series(days, typical.value))
    >>> round(fit.tmax, 2), round(fit.doubling_time, 2), round(fit.beta, 4)
    (9.3, 0.78, 0.0032)
    """
    as_series(series)
    seen = [
        (day, value)
        for day, value, low in zip(series.day, series.value, series.below, strict=True)
        if day > 0 and not low
    ]
    if len(seen) < FEWEST_SAMPLES:
        return _none(len(seen))
    days = np.array([day for day, _ in seen])
    logs = np.log([value for _, value in seen])
    rough = [
        _search(days, logs, start, steps=ROUGH_STEPS, enough=ROUGHLY)
        for start in _starts(days, logs)
    ]
    rough.sort(key=lambda one: one.squares)
    fine = [_search(days, logs, one.place, steps=STEPS, enough=ENOUGH) for one in rough[:POLISHED]]
    return _told(min(fine, key=lambda one: one.squares), days)


def _starts(days: Floats, logs: Floats) -> list[Floats]:
    """Return starts with the peak at the highest sample and halfway to its neighbours."""
    top = int(np.argmax(logs))
    beside = (days[max(top - 1, 0)], days[top], days[min(top + 1, len(days) - 1)])
    peaks = {float(np.clip((days[top] + day) / 2, 3.3, 29.7)) for day in beside}
    return [
        np.array([_logit((peak - 3) / 27), log(alpha), _logit(part), _logit(share)])
        for peak in sorted(peaks)
        for alpha, part, share in STARTS
    ]


def _logit(share: float) -> float:
    return log(share / (1 - share))


def _share(place: float) -> float:
    return 1 / (1 + exp(-place))


def _read(place: Floats) -> tuple[float, float, float, float]:
    """Return day of the peak, alpha, beta and share of memory cells of a place of the search."""
    peak, rate, part, memory = place.tolist()
    alpha = exp(rate)
    width = LATEST_PEAK - EARLIEST_PEAK
    return EARLIEST_PEAK + width * _share(peak), alpha, alpha * _share(part), _share(memory)


def _residuals(days: Floats, logs: Floats, place: Floats) -> tuple[Floats, float, float | None]:
    """Return what is left over, log level at the peak, and rate of the rise, at one place."""
    tmax, alpha, beta, memory = _read(place)
    after, before = np.maximum(days - tmax, 0.0), np.maximum(tmax - days, 0.0)
    # slower decline taken out, so that nothing vanishes late
    shape = log(memory) - beta * after
    shape += np.log1p((1 - memory) / memory * np.exp(-(alpha - beta) * after))
    left = logs - shape
    spread = before - before.mean()
    squares = float(spread @ spread)
    rise = -float(spread @ left) / squares if squares > 0 and before.any() else None
    slope = max(rise or 0.0, 0.0)
    level = float((left + slope * before).mean())
    rests = left + slope * before - level
    return rests, level, slope if slope > 0 else None


def _search(days: Floats, logs: Floats, start: Floats, *, steps: int, enough: float) -> _Found:
    """Go downhill by damped Gauss-Newton steps until nothing changes."""
    place, damping = start, DAMPING
    rests, level, rise = _residuals(days, logs, place)
    squares = float(rests @ rests)
    for _ in range(steps):
        slopes = np.empty((len(days), 4))
        for column in range(4):
            moved = place.copy()
            moved[column] += 1e-6
            slopes[:, column] = (_residuals(days, logs, moved)[0] - rests) / 1e-6
        normal, down = slopes.T @ slopes, slopes.T @ rests
        before = squares
        while damping < 1e12:
            step = np.linalg.solve(normal + damping * (np.diag(normal.diagonal()) + 1e-9), -down)
            tried = np.clip(place + np.clip(step, -2, 2), -FURTHEST, FURTHEST)
            new, new_level, new_rise = _residuals(days, logs, tried)
            if float(new @ new) < squares:
                place, rests, level, rise = tried, new, new_level, new_rise
                squares, damping = float(new @ new), damping / 5
                break
            damping *= 4
        if before - squares <= enough * (before + ENOUGH):
            break
    return _Found(squares, place, level, rise)


def _none(samples: int) -> ExpansionFit:
    return ExpansionFit(
        reason="too_few_samples",
        tmax=None,
        cmax=None,
        fold_expansion=None,
        doubling_time=None,
        alpha=None,
        beta=None,
        memory_share=None,
        residual=None,
        squares=None,
        samples=samples,
        flags=(),
    )


def _told(best: _Found, days: Floats) -> ExpansionFit:
    tmax, alpha, beta, memory = _read(best.place)
    samples = len(days)
    free = samples - FEWEST_SAMPLES
    found = {
        "no_rise": best.rise is None,
        "peak_at_bound": not EARLIEST_PEAK + 0.01 < tmax < LATEST_PEAK - 0.01,
        "no_late_sample": float(days[-1]) < 60,
        "as_many_parameters": free == 0,
    }
    return ExpansionFit(
        reason=None,
        tmax=tmax,
        cmax=exp(best.peak),
        fold_expansion=None if best.rise is None else exp(min(best.rise * tmax, 700.0)),
        doubling_time=None if best.rise is None else log(2) / best.rise,
        alpha=alpha,
        beta=beta,
        memory_share=memory,
        residual=sqrt(best.squares / free) if free else None,
        squares=best.squares if best.squares < inf else None,
        samples=samples,
        flags=tuple(flag for flag, holds in found.items() if holds),
    )
