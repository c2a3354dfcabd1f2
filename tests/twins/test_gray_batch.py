"""Twin of the batch of Gray's tests: each study by a loop over its times in exact fractions.

For two groups. The score of the first group is carried forward with how far each group's curve has
strayed from the pooled one: their variances, and the covariances of score and strayings.
"""

from fractions import Fraction

import numpy as np
import pytest

from autallo.stats.incidence.gray_batch import gray_batch_test

ARMS = (0, 1)

#: What may end the follow-up of a study's patients.
KINDS = [(0, 1, 2), (0, 1), (1, 2), (0, 0, 1), (1, 1, 2, 0)]


def counted(rows, at, arm):
    """At risk, with the event of interest and with a competing event, of one arm at one time."""
    mine = [(t, c) for t, c, g in rows if g == arm]
    here = [c for t, c in mine if t == at]
    return sum(t >= at for t, _ in mine), here.count(1), sum(c > 1 for c in here)


def score_and_variance(rows):
    score = variance = pooled = Fraction(0)
    free, incidence = [Fraction(1)] * 2, [Fraction(0)] * 2
    shared, strayed = [Fraction(0)] * 2, [Fraction(0)] * 2
    for at in sorted({t for t, _, _ in rows}):
        at_risk, wanted, other = zip(*(counted(rows, at, g) for g in ARMS), strict=True)
        if not all(at_risk):
            break
        height = [at_risk[g] / free[g] for g in ARMS]
        risk_set = [height[g] * (1 - incidence[g]) for g in ARMS]
        events = sum(wanted)
        step = events / sum(height)
        own = [sign * height[0] * height[1] / sum(height) for sign in (1, -1)]
        score += wanted[0] - events * risk_set[0] / sum(risk_set)
        if events:
            effect = [own[g] * step / (1 - pooled) for g in ARMS]
            variance += sum(2 * effect[g] * shared[g] + effect[g] ** 2 * strayed[g] for g in ARMS)
            shared = [shared[g] + effect[g] * strayed[g] for g in ARMS]
        for g in ARMS:
            after = free[g] * (1 - Fraction(wanted[g] + other[g], at_risk[g]))
            pull = (1 - pooled - step) / after if after else Fraction(0)
            each = free[g] / at_risk[g]
            if events:
                ties = 1 - (events - 1) / (sum(height) * free[g] - 1) if events > 1 else 1
                noise = ties * each * step
                variance += own[g] ** 2 * noise
                shared[g] += own[g] * (1 - pull) * noise
                strayed[g] += (1 - pull) ** 2 * noise
            if other[g]:
                ties = 1 - Fraction(other[g] - 1, max(at_risk[g] - 1, 1))
                strayed[g] += pull**2 * ties * other[g] * each**2
            incidence[g] += each * wanted[g]
            free[g] = after
        pooled += step
    return score, variance


def expected_of(rows):
    """Return the statistic as a fraction, or None where there is no test."""
    try:
        score, variance = score_and_variance(rows)
    except ZeroDivisionError:  # the pooled curve reaches 1 while two groups go on
        return None
    return score**2 / variance if variance > 0 else None


@pytest.mark.parametrize("days", [2, 6, 13, 400])
@pytest.mark.parametrize(("n", "m"), [(17, 11), (4, 3)])
def test_every_study_of_a_mixed_batch(n, m, days):
    rng = np.random.default_rng(days)
    times = rng.integers(1, days, (25, n + m))
    causes = np.concatenate([rng.choice(kinds, (5, n + m)) for kinds in KINDS])
    groups = rng.permuted(np.tile([0] * n + [1] * m, (25, 1)), axis=1)
    test = gray_batch_test(times, causes, groups, n_causes=2)
    columns = (table.tolist() for table in (times, causes, groups))
    rows = [list(zip(*study, strict=True)) for study in zip(*columns, strict=True)]
    expected = [expected_of(study) for study in rows]
    assert test.testable.tolist() == [statistic is not None for statistic in expected]
    close = {"rtol": 1e-9, "atol": 1e-13}
    np.testing.assert_allclose(test.statistic, [float(s or 0) for s in expected], **close)
