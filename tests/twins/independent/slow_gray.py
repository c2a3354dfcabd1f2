"""Gray's test for any number of groups, patient by patient in fractions.

Gray, A class of K-sample tests for comparing the cumulative incidence of a competing risk,
Ann Statist 1988;16:1141-1154. For group r, with Y at risk, S event-free and F the incidence of
the cause of interest, N1 its events and N2 those of all other causes:

    h_r(t) = Y_r(t) / S_r(t-)                      those ever followed, in a manner of speaking
    R_r(t) = h_r(t) [1 - F_r(t-)]                  those at risk in the subdistribution
    F(t)   = sum over s <= t of dN1.(s) / h.(s)    pooled incidence under the null hypothesis
    L(t)   = [1 - F(t-)]^rho                       weight
    z_k    = sum over t of L (dN1_k - R_k / R. dN1.)

The covariance follows from writing z_k as a sum of martingales. Under the null hypothesis all
1 - F_r are equal, so that the share of group k is h_k / h. there; with
w_kr = L [1(k = r) - h_k / h.], the estimate of R_r instead of the truth at t carries the noise of
every earlier event u in group r, by [1(cause 1) - (1 - F(u)) / S_r(u)] / h_r(u) times h_r(t). So

    z_k = sum over r, u of w_kr(u) dM1_r(u)
          + [1 - (1 - F(u)) / S_r(u)] [C_kr(end) - C_kr(u)] / h_r(u) dM1_r(u)
          - [    (1 - F(u)) / S_r(u)] [C_kr(end) - C_kr(u)] / h_r(u) dM2_r(u)
    C_kr(u) = sum over t <= u of w_kr(t) h_r(t) dF(t) / [1 - F(t-)]

with the variances h_r dF of dM1_r (pooled, as the null hypothesis holds) and dN2_r of dM2_r.
The paper is for continuous time. For ties cmprsk, by the author of the paper, multiplies these by
1 - (dN1. - 1) / (h. S_r(t-) - 1) and 1 - (dN2_r - 1) / (Y_r - 1); so does this.
"""

from fractions import Fraction
from math import erfc, exp, gamma, sqrt


class Moment:
    """What is known of all groups at one event time."""

    def __init__(self, groups):
        self.at_risk = [0] * groups
        self.of_interest = [0] * groups
        self.competing = [0] * groups
        self.free_before = [Fraction(1)] * groups
        self.free_after = [Fraction(1)] * groups
        self.incidence_before = [Fraction(0)] * groups
        self.pooled_before = Fraction(0)
        self.pooled_after = Fraction(0)
        self.h = [Fraction(0)] * groups
        self.w = [[Fraction(0)] * groups for _ in range(groups)]
        self.level = Fraction(0)
        self.c = [[Fraction(0)] * groups for _ in range(groups)]


def counts_at(t, time, cause, group, groups, cause_of_interest):
    """Count patients at risk and events at t, one patient after the other."""
    moment = Moment(groups)
    for patient in range(len(time)):
        r = group[patient]
        if time[patient] >= t:
            moment.at_risk[r] += 1
        if time[patient] == t and cause[patient] == cause_of_interest:
            moment.of_interest[r] += 1
        elif time[patient] == t and cause[patient] != 0:
            moment.competing[r] += 1
    return moment


def weight_of(pooled_before, rho):
    """Give [1 - F(t-)]^rho, exactly where rho is whole; 0 where F has passed 1.

    With very uneven censoring the steps of F can add up to more than 1. A negative weight would
    have no meaning, though cmprsk takes the power of the negative number.
    """
    if rho == 0:
        return Fraction(1)
    left = max(1 - pooled_before, Fraction(0))
    if rho == int(rho):
        return left ** int(rho)
    return Fraction(float(left) ** rho)


def moments_of(time, cause, group, groups, cause_of_interest, rho):
    """Walk through the event times and note everything that the score and covariance need."""
    moments = []
    free = [Fraction(1)] * groups
    incidence = [Fraction(0)] * groups
    pooled = Fraction(0)
    c = [[Fraction(0)] * groups for _ in range(groups)]
    for t in sorted({t for t, why in zip(time, cause, strict=True) if why != 0}):
        moment = counts_at(t, time, cause, group, groups, cause_of_interest)
        moment.free_before = list(free)
        moment.incidence_before = list(incidence)
        moment.pooled_before = pooled
        for r in range(groups):
            if moment.at_risk[r] > 0:
                moment.h[r] = moment.at_risk[r] / free[r]
        step = Fraction(sum(moment.of_interest)) / sum(moment.h)
        # A group that is alone has nobody to be compared with: all w are 0, whatever the weight.
        alone = sum(1 for y in moment.at_risk if y > 0) == 1
        moment.level = Fraction(0) if alone else weight_of(pooled, rho)
        for k in range(groups):
            for r in range(groups):
                if moment.at_risk[r] > 0 and not alone:
                    share = moment.h[k] / sum(moment.h)
                    moment.w[k][r] = moment.level * ((1 if k == r else 0) - share)
                    if step != 0:
                        c[k][r] += moment.w[k][r] * moment.h[r] * step / (1 - pooled)
        for r in range(groups):
            if moment.at_risk[r] > 0:
                events = moment.of_interest[r] + moment.competing[r]
                incidence[r] += free[r] * moment.of_interest[r] / moment.at_risk[r]
                free[r] *= 1 - Fraction(events, moment.at_risk[r])
        pooled += step
        moment.free_after = list(free)
        moment.pooled_after = pooled
        moment.c = [list(row) for row in c]
        moments.append(moment)
    return moments


def score_of(moments, groups):
    """Sum the events of each group less those expected, its share R_k / R. of all events."""
    score = [Fraction(0)] * groups
    for moment in moments:
        events = sum(moment.of_interest)
        if events == 0:
            continue
        at_risk = [moment.h[r] * (1 - moment.incidence_before[r]) for r in range(groups)]
        for k in range(groups):
            expected = events * at_risk[k] / sum(at_risk)
            score[k] += moment.level * (moment.of_interest[k] - expected)
    return score


def still_to_come(moments, moment, k, r):
    """Give C_kr(end) - C_kr(u)."""
    return moments[-1].c[k][r] - moment.c[k][r]


def spread_of_interest(moment, r):
    """Give the variance of dM1_r, estimated with all groups pooled, with the factor for ties."""
    together = sum(moment.of_interest)
    if together == 0:
        return Fraction(0)
    variance = moment.h[r] * (moment.pooled_after - moment.pooled_before)
    if together > 1:
        among = sum(moment.h) * moment.free_before[r]
        variance *= 1 - (together - 1) / (among - 1)
    return variance


def spread_of_competing(moment, r):
    """Give the variance of dM2_r, with the factor for ties."""
    events = moment.competing[r]
    if events <= 1:
        return Fraction(events)
    return events * (1 - Fraction(events - 1, moment.at_risk[r] - 1))


def covariance_of(moments, groups):
    """Sum the products of what each martingale adds to two scores."""
    covariance = [[Fraction(0)] * groups for _ in range(groups)]
    for moment in moments:
        for r in range(groups):
            if moment.at_risk[r] == 0:
                continue
            # What is ahead of those who fail now; nothing is ahead of a group that has ended.
            ratio = Fraction(0)
            if moment.free_after[r] > 0:
                ratio = (1 - moment.pooled_after) / moment.free_after[r]
            by_interest = []
            by_competing = []
            for k in range(groups):
                ahead = still_to_come(moments, moment, k, r) / moment.h[r]
                by_interest.append(moment.w[k][r] + (1 - ratio) * ahead)
                by_competing.append(-ratio * ahead)
            for k in range(groups):
                for other in range(groups):
                    covariance[k][other] += by_interest[k] * by_interest[
                        other
                    ] * spread_of_interest(moment, r) + by_competing[k] * by_competing[
                        other
                    ] * spread_of_competing(moment, r)
    return covariance


def score_and_covariance(time, cause, group, groups, cause_of_interest=1, rho=0, stratum=None):
    """Give the score of every group and the covariance, both summed over the strata."""
    stratum = stratum or [0] * len(time)
    score = [Fraction(0)] * groups
    covariance = [[Fraction(0)] * groups for _ in range(groups)]
    for part in sorted(set(stratum)):
        here = [patient for patient in range(len(time)) if stratum[patient] == part]
        moments = moments_of(
            [time[patient] for patient in here],
            [cause[patient] for patient in here],
            [group[patient] for patient in here],
            groups,
            cause_of_interest,
            rho,
        )
        if not moments:
            continue
        score_here = score_of(moments, groups)
        covariance_here = covariance_of(moments, groups)
        for k in range(groups):
            score[k] += score_here[k]
            for other in range(groups):
                covariance[k][other] += covariance_here[k][other]
    return score, covariance


def solve(matrix, right):
    """Solve linear equations by elimination; None where the matrix is singular."""
    size = len(right)
    rows = [[*matrix[i], right[i]] for i in range(size)]
    for i in range(size):
        pivot = next((j for j in range(i, size) if rows[j][i] != 0), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        for j in range(size):
            if j != i:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]


def statistic_of(score, covariance):
    """Give z' V^-1 z without the last group, which is redundant; None where V is singular."""
    size = len(score) - 1
    solution = solve([row[:size] for row in covariance[:size]], score[:size])
    if solution is None:
        return None
    return sum(a * b for a, b in zip(score[:size], solution, strict=True))


def chi_square_tail(statistic, df):
    """Give P(chi-square with df > statistic) by the steps of two from 1 or 2 degrees."""
    x = float(statistic)
    if df == 1:
        return erfc(sqrt(x / 2))
    if df == 2:
        return exp(-x / 2)
    return chi_square_tail(x, df - 2) + (x / 2) ** (df / 2 - 1) * exp(-x / 2) / gamma(df / 2)
