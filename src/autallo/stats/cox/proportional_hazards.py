"""Test whether hazard ratios stay the same over time."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import CoxFit
from autallo.stats.cox.fitted import Fitted, fitted_rows
from autallo.stats.cox.partial_likelihood import information
from autallo.stats.cox.rows import Checked, Rows

__all__ = ["ProportionalHazardsTest", "Transform", "proportional_hazards_test"]

Transform = Literal["km", "rank", "identity", "log"]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Information below this share of what the covariate has by itself is none.
NONE_LEFT = 1e-10


@dataclass(frozen=True, slots=True)
class ProportionalHazardsTest:
    """Score tests of a trend of the log hazard ratios over transformed time.

    Attributes
    ----------
    statistic : ndarray of float, shape (p,)
        Test of each covariate, chi-squared with 1 degree of freedom if its ratio is constant;
        0 where nothing can be seen, as with one event time.
    p_value : ndarray of float, shape (p,)
        Its p-value.
    global_statistic, global_p : float
        Test of all covariates together, and its p-value.
    df : int
        Degrees of freedom of the global test.
    names : tuple of str
        What the covariates are called.
    transform : {"km", "rank", "identity", "log"}
        Scale of time.
    """

    statistic: Floats
    p_value: Floats
    global_statistic: float
    global_p: float
    df: int
    names: tuple[str, ...]
    transform: Transform


def proportional_hazards_test(
    fit: CoxFit,
    time: ArrayLike,
    event: ArrayLike,
    x: ArrayLike,
    *,
    rows: Rows | None = None,
    transform: Transform = "km",
) -> ProportionalHazardsTest:
    r"""Test whether the hazard ratios of a Cox model stay the same over time.

    Parameters
    ----------
    fit : CoxFit
        Fit with Efron's or Breslow's ties and finite coefficients.
    time, event, x : array_like
        What it was fitted to (`fit_cox`).
    rows : Rows or None
        The same as in the fit.
    transform : {"km", "rank", "identity", "log"}
        Scale g of time on which a trend is sought: one minus the Kaplan-Meier estimate just before
        each time, the rank of the time among those of all rows, the time, or its logarithm.

    Returns
    -------
    ProportionalHazardsTest

    Raises
    ------
    ArgumentError
        If these are not the rows of the fit, a coefficient is infinite, ties were exact, the
        transform is unknown, or "log" meets an event at time 0.

    Notes
    -----
    The score test of adding :math:`x_k g(t)` to the model, at a coefficient of 0:
    :math:`U = \sum g(t) (x - \bar x)` over the events against its variance, which allows for the
    coefficients having been estimated. This is the test of R survival from version 3 on. The older
    one takes the information as equal at all event times, and differs with ties and where the risk
    sets change. Kaplan-Meier estimate and ranks are those of all strata together, without weights.
    A robust variance is not used.

    Boundaries: with a single event time there is no trend to see: 0, p-value 1.
    Source: [grambsch1994], [therneau2023]. Checked against R survival 3.5-3, `cox.zph`
    (`tests/reference/cox_zph.json`), by hand (`tests/byhand/test_cox_zph.py`) and by a twin that
    maximises the model with the trend (`tests/twins/test_cox_zph.py`).

    Examples
    --------
    >>> from autallo.stats.cox.fit import fit_cox
    >>> time, event, x = [1, 2, 3, 4, 5], [1, 1, 1, 1, 0], [0, 1, 0, 1, 1]
    >>> test = proportional_hazards_test(fit_cox(time, event, x), time, event, x)
    >>> test.p_value.round(3).tolist(), test.df
    ([0.926], 1)
    """
    if transform not in get_args(Transform):
        raise ArgumentError('`transform` must be "km", "rank", "identity" or "log".')
    if fit.ties == "exact":
        raise ArgumentError('`fit` must be with `ties` "efron" or "breslow".')
    found = fitted_rows(fit, time, event, x, rows)
    scale = _scale_of_time(found.checked, transform)[found.data.slot_code]
    score, variance = _trend(found, scale)
    spread = np.diag(variance).copy()
    seen = spread > 0
    statistic = np.zeros(spread.size)
    statistic[seen] = score[seen] ** 2 / spread[seen]
    total, df = _quadratic_form(score, variance), spread.size
    return ProportionalHazardsTest(
        statistic=statistic,
        p_value=np.asarray(chdtrc(1, statistic), dtype=np.float64),
        global_statistic=total,
        global_p=float(chdtrc(df, total)),
        df=df,
        names=fit.names,
        transform=transform,
    )


def _trend(found: Fitted, scale: Floats) -> tuple[Floats, Floats]:
    """Return the score of the trends, and its variance given the coefficients' own score."""
    data, sums, steps = found.data, found.hazards.sums, found.hazards.steps
    n = data.mean_weight * data.tied
    centred = scale - (n @ scale) / n.sum()
    width = np.abs(centred).max()
    g = centred / width if width > 0 else centred
    residual = data.event_x - (sums.staying[1:] * steps.whole + sums.tied[1:] * steps.part)
    own = information(data, sums, steps)
    across = information(data, sums, steps, g)
    trend = information(data, sums, steps, g * g)
    variance = trend - across @ np.linalg.solve(own, across)
    known = np.diag(variance) > NONE_LEFT * np.diag(own)
    variance[~known] = 0.0
    variance[:, ~known] = 0.0
    unit = found.checked.weight_unit
    return unit * (residual @ g), unit * variance


def _quadratic_form(score: Floats, variance: Floats) -> float:
    spread = np.sqrt(np.where(np.diag(variance) > 0, np.diag(variance), 1.0))
    roots, axes = np.linalg.eigh(variance / np.outer(spread, spread))
    along = (score / spread) @ axes
    some = roots > NONE_LEFT
    return float((along[some] ** 2 / roots[some]).sum())


def _scale_of_time(checked: Checked, transform: Transform) -> Floats:
    """Return g of each time code."""
    if transform == "identity":
        return checked.moment
    if transform == "log":
        first = checked.moment[int(checked.time[checked.event].min())]
        if first == 0:
            raise ArgumentError('`transform` must not be "log" with an event at time 0.')
        return np.log(np.where(checked.moment > 0, checked.moment, first))
    counted = slice(None) if checked.weight is None else checked.weight > 0
    size = checked.moment.size
    leaving = np.bincount(checked.time[counted], minlength=size)
    if transform == "rank":
        return np.asarray(leaving.cumsum() - (leaving - 1) / 2, dtype=np.float64)
    events = np.bincount(checked.time, checked.event, size)
    at_risk = leaving[::-1].cumsum()[::-1]
    if checked.entry is not None:
        entering = np.bincount(checked.entry[counted], minlength=size)
        at_risk = at_risk - entering[::-1].cumsum()[::-1]
    survival = np.multiply.accumulate(1 - events / np.maximum(at_risk, 1))
    return np.asarray(1 - np.concatenate(([1.0], survival[:-1])), dtype=np.float64)
