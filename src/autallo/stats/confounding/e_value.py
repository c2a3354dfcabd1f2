"""How strong an unmeasured confounder would have to be to explain an association away."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_number

__all__ = ["EValue", "Measure", "e_value"]

Measure = Literal["risk_ratio", "odds_ratio", "hazard_ratio"]


@dataclass(frozen=True, slots=True)
class EValue:
    """Least association of a confounder with both group and outcome that explains a ratio away.

    Attributes
    ----------
    estimate : float
        E-value of the estimate, a risk ratio of at least 1; infinite for a ratio of 0 or infinity.
    limit : float
        E-value of the confidence limit nearer to 1; 1 if the interval holds 1.
    risk_ratio, risk_ratio_low, risk_ratio_high : float
        The ratio and its limits as risk ratios, from which both were made.
    measure : {"risk_ratio", "odds_ratio", "hazard_ratio"}
        What was given.
    rare : bool or None
        Whether the outcome was taken as rare; None for a risk ratio, where it does not matter.
    """

    estimate: float
    limit: float
    risk_ratio: float
    risk_ratio_low: float
    risk_ratio_high: float
    measure: Measure
    rare: bool | None


def e_value(
    estimate: float, low: float, high: float, *, measure: Measure, rare: bool | None = None
) -> EValue:
    r"""Estimate how strong an unmeasured confounder must be to explain a ratio away.

    Parameters
    ----------
    estimate : float
        The ratio of the groups, at least 0; infinite if that is the estimate.
    low, high : float
        Its confidence limits, at least 0; `high` may be infinite.
    measure : {"risk_ratio", "odds_ratio", "hazard_ratio"}
        What the ratio is.
    rare : bool or None
        Whether at most about 15 % of the patients had the outcome by the end of follow-up. Needed
        for odds and hazard ratios; None for a risk ratio.

    Returns
    -------
    EValue

    Raises
    ------
    ArgumentError
        If a ratio is negative or missing, the limits do not enclose the estimate, `measure` is
        unknown, or `rare` is missing, or given for a risk ratio.

    Notes
    -----
    :math:`R + \sqrt{R (R - 1)}` for a risk ratio R of at least 1, that of 1/R below 1. A confounder
    that is associated with the group and with the outcome by risk ratios of this size each, beyond
    the measured covariates, could move the ratio to 1; a weaker one could not. It does not say
    whether there is such a confounder, and an E-value is large or small only beside the
    associations of the known prognostic factors.

    Of a rare outcome the odds ratio and the hazard ratio stand for the risk ratio. Otherwise
    :math:`R = \sqrt{OR}`, and :math:`R = (1 - 0.5^{\sqrt{HR}}) / (1 - 0.5^{\sqrt{1/HR}})`: both are
    approximations, the second one for a share of patients with the event of about a half.
    Whether the groups are swapped does not matter. Boundaries: a ratio of 1 has the E-value 1, one
    of 0 or infinity (nobody with the outcome in one group) an infinite one, with the limit still
    finite.
    Source: [vanderweele2017], odds ratio [vanderweele_root2017], inequality [ding2016]. Checked
    against the formulas in R (`tests/reference/e_value.json`), by hand
    (`tests/byhand/test_e_value.py`), on the example of the paper
    (`tests/published/test_e_value.py`) and by laws (`tests/laws/test_e_value.py`).

    Examples
    --------
    >>> found = e_value(3.9, 1.8, 8.7, measure="risk_ratio")
    >>> round(found.estimate, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    _refuse_options(measure, rare=rare)
    given = [_as_ratio(n, v) for n, v in (("estimate", estimate), ("low", low), ("high", high))]
    if not given[1] <= given[0] <= given[2]:
        raise ArgumentError("`low` must be at most `estimate`, and `high` at least.")
    ratio, lower, upper = (_as_risk_ratio(value, measure, rare=bool(rare)) for value in given)
    limit = 1.0
    if lower > 1:
        limit = _strength(lower)
    elif upper < 1:
        limit = _strength(_inverse(upper))
    return EValue(
        estimate=_strength(ratio if ratio >= 1 else _inverse(ratio)),
        limit=limit,
        risk_ratio=ratio,
        risk_ratio_low=lower,
        risk_ratio_high=upper,
        measure=measure,
        rare=rare,
    )


def _refuse_options(measure: str, *, rare: bool | None) -> None:
    if measure not in get_args(Measure):
        raise ArgumentError('`measure` must be "risk_ratio", "odds_ratio" or "hazard_ratio".')
    if measure == "risk_ratio":
        if rare is not None:
            raise ArgumentError("`rare` must be None for a risk ratio.")
    elif not isinstance(rare, bool):
        raise ArgumentError("`rare` must be true or false for an odds or hazard ratio.")


def _as_ratio(name: str, value: float) -> float:
    ratio = as_number(name, value)
    if ratio < 0:
        raise ArgumentError(f"`{name}` must be at least 0: a ratio, not its logarithm.")
    return ratio


def _as_risk_ratio(ratio: float, measure: Measure, *, rare: bool) -> float:
    if measure == "risk_ratio" or rare:
        return ratio
    if measure == "odds_ratio":
        return math.sqrt(ratio)
    if ratio < 1:
        return _inverse(_as_risk_ratio(_inverse(ratio), measure, rare=False))
    if math.isinf(ratio):
        return ratio
    root = math.sqrt(ratio)
    return math.expm1(-math.log(2) * root) / math.expm1(-math.log(2) / root)


def _inverse(ratio: float) -> float:
    return 1 / ratio if ratio else math.inf


def _strength(ratio: float) -> float:
    """Return the E-value of a risk ratio of at least 1."""
    return ratio + math.sqrt(ratio) * math.sqrt(ratio - 1)
