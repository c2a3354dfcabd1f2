"""Confidence interval of one proportion.

One function. Two counts in, a frozen record of numbers out.
"""

from dataclasses import dataclass

from scipy.special import betaincinv

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts, as_level

__all__ = ["BinomialInterval", "binomial_interval"]


@dataclass(frozen=True, slots=True)
class BinomialInterval:
    """A proportion with its exact interval.

    Attributes
    ----------
    estimate : float
        Share of patients with the event [0 to 1].
    low, high : float
        Limits of the two-sided interval [0 to 1]; `low` is 0 without events, `high` is 1 when
        every patient had the event.
    level : float
        Confidence level [0 to 1].
    events : int
        Patients with the event.
    n : int
        Patients.
    """

    estimate: float
    low: float
    high: float
    level: float
    events: int
    n: int


def binomial_interval(events: int, n: int, *, level: float = 0.95) -> BinomialInterval:
    """Estimate a proportion with its exact (Clopper-Pearson) interval.

    Parameters
    ----------
    events : int
        Patients with the event, 0 to `n`.
    n : int
        Patients, at least 1.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    BinomialInterval

    Raises
    ------
    ArgumentError
        If a count is not a whole number of at least 0, `n` is 0, there are more events than
        patients, or `level` is not between 0 and 1.

    Notes
    -----
    The limits are the proportions at which the observed count, or one further away, has
    probability ``(1 - level) / 2``; both are quantiles of beta distributions. The interval is
    two-sided for every count: 0 of `n` has the upper limit ``1 - ((1 - level) / 2) ** (1 / n)``,
    not the one-sided limit of some programs. It covers at least `level`, mostly more.
    Source: [clopper1934]. Checked against R 4.2.2 binom.test
    (`tests/reference/proportions.json`), by hand (`tests/byhand/test_proportions.py`) and by
    binomial tails summed in fractions (`tests/laws/test_proportions.py`).

    Examples
    --------
    Complete remission of 15 of 17 patients, 88.2 % (63.6 to 98.5) in Hu et al. 2019.

    >>> remission = binomial_interval(15, 17)
    >>> round(remission.estimate, 3), round(remission.low, 3), round(remission.high, 3)
    (0.882, 0.636, 0.985)
    """
    count = int(as_counts("events", [events])[0])
    patients = int(as_counts("n", [n])[0])
    confidence = as_level(level)
    if patients < 1:
        raise ArgumentError("`n` must be at least 1.")
    if count > patients:
        raise ArgumentError("`events` must be at most `n`.")
    tail = (1 - confidence) / 2
    rest = patients - count
    return BinomialInterval(
        estimate=count / patients,
        low=float(betaincinv(count, rest + 1, tail)) if count else 0.0,
        high=1 - float(betaincinv(rest, count + 1, tail)) if rest else 1.0,
        level=confidence,
        events=count,
        n=patients,
    )
