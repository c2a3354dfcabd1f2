"""Cumulative incidence of competing events patient by patient in fractions.

The Aalen-Johansen estimate for one way out of the event-free state, Andersen, Borgan, Gill,
Keiding 1993, section IV.4: F_k(t) = sum over s <= t of S(s-) d_k(s) / Y(s).

Its variance is computed in three ways that share no line:
* `jackknife_variance`: the infinitesimal jackknife, the sum over the patients of the squared
  derivative of the estimate by the weight of the patient, with exact dual numbers;
* `greenwood_variance`: the events of a time are multinomial given those at risk, each pair of
  causes has its covariance, and their effects on the curve at t are summed;
* `gray_variance`: as in cmprsk, where the events of the cause and those of all other causes
  together are independent of each other, each with the variance d (Y - d) / (Y^2 (Y - 1)),
  which is 1 / Y^2 for a single event.
"""

from fractions import Fraction


class Dual:
    """A number with its derivative by the weight of one patient."""

    def __init__(self, value, slope=0):
        self.value = Fraction(value)
        self.slope = Fraction(slope)

    def __add__(self, other):
        return Dual(self.value + other.value, self.slope + other.slope)

    def __sub__(self, other):
        return Dual(self.value - other.value, self.slope - other.slope)

    def __mul__(self, other):
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def __truediv__(self, other):
        return Dual(
            self.value / other.value,
            (self.slope * other.value - self.value * other.slope) / other.value**2,
        )


def event_times(time, cause):
    """Give the times at which somebody had an event of any cause."""
    return sorted({t for t, c in zip(time, cause, strict=True) if c != 0})


def incidence_at(time, cause, k, t, weight=None):
    """Give F_k(t) as a dual number; without weights everybody weighs 1."""
    weight = weight or [Dual(1)] * len(time)
    event_free = Dual(1)
    incidence = Dual(0)
    for s in event_times(time, cause):
        if s > t:
            break
        at_risk = of_interest = of_any = Dual(0)
        for patient in range(len(time)):
            if time[patient] >= s:
                at_risk = at_risk + weight[patient]
            if time[patient] == s and cause[patient] == k:
                of_interest = of_interest + weight[patient]
            if time[patient] == s and cause[patient] != 0:
                of_any = of_any + weight[patient]
        incidence = incidence + event_free * of_interest / at_risk
        event_free = event_free * (Dual(1) - of_any / at_risk)
    return incidence


def jackknife_variance(time, cause, k, t):
    """Sum the squared influence of every patient on F_k(t)."""
    variance = Fraction(0)
    for mine in range(len(time)):
        weight = [Dual(1, 1 if patient == mine else 0) for patient in range(len(time))]
        variance += incidence_at(time, cause, k, t, weight).slope ** 2
    return variance


def history(time, cause, t):
    """List for every event time s <= t: s, Y(s), events by cause, S(s-), S(s)."""
    rows = []
    event_free = Fraction(1)
    for s in event_times(time, cause):
        if s > t:
            break
        at_risk = sum(1 for other in time if other >= s)
        events = {}
        for when, why in zip(time, cause, strict=True):
            if when == s and why != 0:
                events[why] = events.get(why, 0) + 1
        after = event_free * (1 - Fraction(sum(events.values()), at_risk))
        rows.append((s, at_risk, events, event_free, after))
        event_free = after
    return rows


def effect(c, k, before, ahead):
    """Say how an event of cause c moves F_k(t), per unit of d_c(s) / Y(s).

    It adds S(s-) if it is of cause k, and takes away S(s-) / S(s) [F_k(t) - F_k(s)], the share
    of what was still to come that is now lost; nothing was to come where S(s) is 0.
    """
    return before * ((1 if c == k else 0) - ahead)


def ahead_of(time, cause, k, s, t, after):
    """Give the risk of cause k from s to t of those who stay event-free at s."""
    if after == 0:
        return Fraction(0)
    now = incidence_at(time, cause, k, s).value
    then = incidence_at(time, cause, k, t).value
    return (then - now) / after


def greenwood_variance(time, cause, k, t):
    """Sum the multinomial covariances of the causes: Y^-3 d_c [Y 1(c = c') - d_c']."""
    variance = Fraction(0)
    for s, at_risk, events, before, after in history(time, cause, t):
        ahead = ahead_of(time, cause, k, s, t, after)
        for c, d_c in events.items():
            for other, d_other in events.items():
                covariance = Fraction(d_c * ((at_risk if c == other else 0) - d_other), at_risk**3)
                variance += (
                    effect(c, k, before, ahead) * effect(other, k, before, ahead) * covariance
                )
    return variance


def gray_variance(time, cause, k, t):
    """Sum independent variances of the cause k and of all others taken as one, as cmprsk."""
    variance = Fraction(0)
    for s, at_risk, events, before, after in history(time, cause, t):
        ahead = ahead_of(time, cause, k, s, t, after)
        of_interest = events.get(k, 0)
        others = sum(events.values()) - of_interest
        for d, mine in ((of_interest, True), (others, False)):
            if d == 0:
                continue
            if d == 1:
                spread = Fraction(1, at_risk**2)
            else:
                spread = Fraction(d * (at_risk - d), at_risk**2 * (at_risk - 1))
            variance += effect(k if mine else None, k, before, ahead) ** 2 * spread
    return variance
