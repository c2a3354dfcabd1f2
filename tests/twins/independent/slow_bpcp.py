"""Beta product confidence limits of survival from their definition, in fractions.

Fay, Brittain, Proschan, Pointwise confidence intervals for a survival distribution with small
samples or heavy censoring, Biostatistics 2013;14:723-736. In continuous time the survival at
the failure times T_1 < T_2 < ... is distributed as

    W(T_j) = product over i <= j of Beta(Y(T_i), 1),        Y at risk just before,

independent of each other, and between two failures the survival is lower than at the last and
higher than it will be at the next, whenever that comes among the Y(t+) patients still at risk:

    high(t) = quantile (1 + level) / 2 of W-(t) = W(last failure at or before t)
    low(t)  = quantile (1 - level) / 2 of W+(t) = W-(t) Beta(Y(t+), 1)

Beta(0, 1) is 0, the empty product 1. At t itself the limits are those just after t (so they are
right-continuous as is the Kaplan-Meier estimate, and hold it). Tied failures are taken one after
the other, before the censorings of that time.

Minus the logarithm of Beta(Y, 1) is exponential with rate Y. So minus log W is a sum of
exponentials with rates that are whole and all different, and

    P(W <= w) = sum over i of w^Y_i  prod over j != i of Y_j / (Y_j - Y_i),

a polynomial with rational coefficients: the quantile is found by halving, without rounding.
The method of moments, the usual computation, takes one Beta with the mean and variance of W.
"""

from fractions import Fraction
from typing import NamedTuple

from scipy.special import betainc


class Limits(NamedTuple):
    """Lower and upper confidence limit."""

    low: float
    high: float


def numbers_at_risk(time, event, t):
    """List Y at each failure up to t, tied ones one by one, and Y just after t."""
    rates = []
    for s in sorted(set(time)):
        if s > t:
            break
        left = sum(1 for other in time if other >= s)
        for when, failed in zip(time, event, strict=True):
            if when == s and failed:
                rates.append(left)
                left -= 1
    after = sum(1 for other in time if other > t)
    return rates, after


def below(rates, w):
    """Give P(W <= w) for the product W of Beta(rate, 1), exactly."""
    total = Fraction(0)
    for i, mine in enumerate(rates):
        term = Fraction(w) ** mine
        for j, other in enumerate(rates):
            if j != i:
                term *= Fraction(other, other - mine)
        total += term
    return total


def halve(is_below, steps):
    """Find by halving of [0, 1] the largest point that is still below."""
    low, high = Fraction(0), Fraction(1)
    for _ in range(steps):
        middle = (low + high) / 2
        if is_below(middle):
            low = middle
        else:
            high = middle
    return float((low + high) / 2)


def exact_quantile(rates, probability):
    """Give the quantile of the product of Beta(rate, 1)."""
    if 0 in rates:
        return 0.0
    if not rates:
        return 1.0
    return halve(lambda w: below(rates, w) < probability, 60)


def moments_quantile(rates, probability):
    """Give the quantile of the Beta with the mean and variance of the product."""
    if 0 in rates:
        return 0.0
    if not rates:
        return 1.0
    mean = square = Fraction(1)
    for rate in rates:
        mean *= Fraction(rate, rate + 1)  # E Beta(Y, 1)
        square *= Fraction(rate, rate + 2)  # E Beta(Y, 1)^2
    # Beta(a, b) has mean a / (a + b) and variance mean (1 - mean) / (a + b + 1).
    together = mean * (1 - mean) / (square - mean**2) - 1
    a, b = float(mean * together), float((1 - mean) * together)
    return halve(lambda w: betainc(a, b, float(w)) < probability, 60)


def beta_product_limits(time, event, t, level=0.95, quantile=exact_quantile):
    """Give both limits of the survival at t, by the exact product unless told otherwise."""
    rates, after = numbers_at_risk(time, event, t)
    tail = (1 - Fraction(level).limit_denominator(10**6)) / 2
    return Limits(low=quantile([*rates, after], tail), high=quantile(rates, 1 - tail))
