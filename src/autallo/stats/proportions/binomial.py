"""Confidence interval of one proportion.

One function. Two counts in, a frozen record of numbers out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from scipy.special import betainc, betaincc, betaincinv, ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level
from autallo.stats.contingency.counts import as_patients

__all__ = ["BinomialInterval", "BinomialMethod", "binomial_interval"]

BinomialMethod = Literal["clopper-pearson", "wilson", "jeffreys", "mid-p", "blaker"]

#: A root is found when its bracket, or a step of the search, is narrower than this share of it.
NARROWEST = 4e-16


@dataclass(frozen=True, slots=True)
class BinomialInterval:
    """A proportion with its interval.

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
    method : {"clopper-pearson", "wilson", "jeffreys", "mid-p", "blaker"}
        How the limits were found.
    """

    estimate: float
    low: float
    high: float
    level: float
    events: int
    n: int
    method: BinomialMethod


def binomial_interval(
    events: int, n: int, *, level: float = 0.95, method: BinomialMethod = "clopper-pearson"
) -> BinomialInterval:
    """Estimate a proportion with its two-sided interval, by default exact (Clopper-Pearson).

    Parameters
    ----------
    events : int
        Patients with the event, 0 to `n`.
    n : int
        Patients, 1 to 1e9.
    level : float
        Confidence level, between 0 and 1.
    method : {"clopper-pearson", "wilson", "jeffreys", "mid-p", "blaker"}
        How the limits are found; see Notes.

    Returns
    -------
    BinomialInterval

    Raises
    ------
    ArgumentError
        If a count is not a whole number from 0 to 1e9, `n` is 0, there are more events than
        patients, `level` is not between 0 and 1, or `method` is unknown.

    Notes
    -----
    By every method 0 of `n` has the lower limit 0 and an upper limit above 0, `n` of `n` is its
    mirror image, and both limits are two-sided. The share without the event always has the
    mirror image of the interval. With ``tail = (1 - level) / 2``:

    * ``clopper-pearson``: the proportions at which the observed count, or one further away, has
      probability `tail`; both are quantiles of beta distributions. 0 of `n` has the upper limit
      ``1 - tail ** (1 / n)``, not the one-sided limit of some programs. Exact: covers at least
      `level` whatever the true proportion, mostly more.
    * ``blaker``: all proportions between the lowest and the highest at which ``P(X >= x)``
      together with the largest opposite tail that is not more probable (or the same with the
      sides exchanged) exceeds ``1 - level``. Exact as well, and never wider than
      Clopper-Pearson. Where the proportions accepted leave gaps the gaps are filled.
    * ``mid-p``: as Clopper-Pearson with half of the probability of the observed count.
    * ``wilson``: the score interval, without continuity correction.
    * ``jeffreys``: quantiles of the beta distribution with ``events + 1/2`` and
      ``n - events + 1/2``, but the limit 0 without events and 1 when everybody had one.

    The last three reach `level` on the average of all proportions and fall below it at some: at
    a level of 0.95 and 10 patients the least coverage of any proportion is 0.835 (Wilson),
    0.868 (Jeffreys) and 0.927 (mid-P); that of Clopper-Pearson is 0.961, of Blaker 0.950.
    At levels far below those in use Jeffreys and mid-P may leave out the estimate. A Wald
    interval is not offered: it has no width at 0 of `n` and at `n` of `n`.
    Source: [clopper1934], [wilson1927], [blaker2000], [brown2001]; mid-P [berry1995]. Checked
    against R 4.2.2 binom.test, prop.test, qbeta and a search in R
    (`tests/reference/proportions.json`), by hand (`tests/byhand/test_proportions.py`), against
    sums of binomial terms in fractions (`tests/twins/test_proportions.py`) and by its coverage
    (`tests/laws/test_proportions.py`).

    Examples
    --------
    Complete remission of 15 of 17 patients, 88.2 % (63.6 to 98.5) in Hu et al. 2019.

    >>> remission = binomial_interval(15, 17)
    >>> round(remission.estimate, 3), round(remission.low, 3), round(remission.high, 3)
    (0.882, 0.636, 0.985)
    >>> shorter = binomial_interval(15, 17, method="blaker")
    >>> round(shorter.low, 3), round(shorter.high, 3)
    (0.654, 0.979)
    """
    count, patients = as_patients("events", events), as_patients("n", n)
    confidence = as_level(level)
    if not isinstance(method, str) or method not in _LOWER:
        raise ArgumentError(f"`method` must be one of {', '.join(_LOWER)}.")
    if patients < 1:
        raise ArgumentError("`n` must be at least 1.")
    if count > patients:
        raise ArgumentError("`events` must be at most `n`.")
    tail, rest = (1 - confidence) / 2, patients - count
    lower = _LOWER[method]
    return BinomialInterval(
        estimate=count / patients,
        low=lower(count, patients, tail) if count else 0.0,
        high=1 - lower(rest, patients, tail) if rest else 1.0,
        level=confidence,
        events=count,
        n=patients,
        method=method,
    )


def root_between(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that is below 0 at `low` and not at `high` passes 0 (Ridders)."""
    below, above = function(low), function(high)
    if below >= 0:
        return low
    last = high
    while above > 0 and high - low > NARROWEST * abs(high):
        middle = low + (high - low) / 2
        value = function(middle)
        step = (middle - low) * value / sqrt(value * value - below * above)
        place = min(max(middle - step, low), high)
        found = function(place)
        if found == 0 or abs(place - last) <= NARROWEST * abs(place):
            return place
        last = place
        for at, there in ((middle, value), (place, found)):
            if there < 0 and at > low:
                low, below = at, there
            elif there >= 0 and at < high:
                high, above = at, there
    return high


def _clopper_pearson(count: int, patients: int, tail: float) -> float:
    return float(betaincinv(count, patients - count + 1, tail))


def _wilson(count: int, patients: int, tail: float) -> float:
    """Return the smaller root of a quadratic as its product by the larger one: no cancelling."""
    share, square = count / patients, float(ndtri(tail)) ** 2 / patients
    root = sqrt(square * share * (1 - share) + square**2 / 4)
    return share * share / (share + square / 2 + root)


def _jeffreys(count: int, patients: int, tail: float) -> float:
    return float(betaincinv(count + 0.5, patients - count + 0.5, tail))


def _mid_p(count: int, patients: int, tail: float) -> float:
    """Search between the Clopper-Pearson limits of this count and of one event more."""
    if count == patients:
        return float((2 * tail) ** (1 / patients))
    rest = patients - count

    def excess(share: float) -> float:
        more, at_least = betainc(count + 1, rest, share), betainc(count, rest + 1, share)
        return float(more + at_least) - 2 * tail

    return root_between(
        excess,
        _clopper_pearson(count, patients, tail),
        _clopper_pearson(count + 1, patients, tail),
    )


def _blaker(count: int, patients: int, tail: float) -> float:
    """Return the lowest proportion that is accepted.

    Below the Clopper-Pearson limit none is. From there the opposite tail holds one count more
    each time it becomes as improbable as the upper tail, and at such a point both together
    exceed the error. So the limit is the next such point, or lies before it.
    """
    start = _clopper_pearson(count, patients, tail)

    def at_least(share: float) -> float:
        return float(betainc(count, patients - count + 1, share))

    def at_most(opposite: int, share: float) -> float:
        return float(betaincc(opposite + 1, patients - opposite, share)) if opposite >= 0 else 0.0

    opposite, too_many = -1, count - 1
    while too_many - opposite > 1:
        middle = (opposite + too_many) // 2
        if at_most(middle, start) <= tail:
            opposite = middle
        else:
            too_many = middle
    joins = root_between(
        lambda share: at_least(share) - at_most(opposite + 1, share),
        start,
        float(betaincinv(count, patients - count + 1, 0.5)),
    )

    def excess(share: float) -> float:
        return at_least(share) + at_most(opposite, share) - 2 * tail

    return root_between(excess, start, joins) if excess(joins) > 0 else joins


_LOWER: dict[BinomialMethod, Callable[[int, int, float], float]] = {
    "clopper-pearson": _clopper_pearson,
    "wilson": _wilson,
    "jeffreys": _jeffreys,
    "mid-p": _mid_p,
    "blaker": _blaker,
}
