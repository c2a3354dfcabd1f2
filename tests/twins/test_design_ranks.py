"""Power of the Mann-Whitney test against the test of every outcome, or of every drawn study."""

from itertools import product
from math import factorial

import numpy as np
import pytest

from autallo.stats.design.grades import grades_power
from autallo.stats.design.grades_size import grades_sample_size
from autallo.stats.design.shift import detectable_shift, shift_power
from autallo.stats.ranks.mann_whitney import mann_whitney_test

SIDES = {"two-sided": "p_value", "less": "p_less", "greater": "p_greater"}


def outcomes(patients, grades):
    return [
        counts for counts in product(range(patients + 1), repeat=grades) if sum(counts) == patients
    ]


def multinomial(counts, chances):
    probability = float(factorial(sum(counts)))
    for count, chance in zip(counts, chances, strict=True):
        probability *= chance**count / factorial(count)
    return probability


def power_by_testing_all(n, m, x, y, *, alpha, side):
    grades, total, smallest = np.arange(len(x)), 0.0, 1.0
    for one, other in product(outcomes(n, len(x)), outcomes(m, len(y))):
        p = getattr(
            mann_whitney_test(np.repeat(grades, one), np.repeat(grades, other)), SIDES[side]
        )
        smallest = min(smallest, p)
        if p <= alpha:
            total += multinomial(one, x) * multinomial(other, y)
    return total, smallest


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("n", "m", "x", "y"),
    [
        (4, 3, [0.2, 0.3, 0.5], [0.6, 0.3, 0.1]),
        (2, 6, [0.1, 0.9, 0.0], [0.3, 0.3, 0.4]),
        (3, 3, [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]),
        (6, 5, [0.25, 0.75], [0.8, 0.2]),
    ],
)
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_grades(n, m, x, y, side, alpha):
    found = grades_power(n, m, x, y, alpha=alpha, alternative=side)
    power, smallest = power_by_testing_all(n, m, x, y, alpha=alpha, side=side)
    assert found.power == pytest.approx(power, rel=1e-11, abs=1e-15)
    assert found.smallest_p == pytest.approx(smallest, rel=1e-12)
    mean = [(n * p + m * q) / (n + m) for p, q in zip(x, y, strict=True)]
    size, _ = power_by_testing_all(n, m, mean, mean, alpha=alpha, side=side)
    assert found.size == pytest.approx(size, rel=1e-11, abs=1e-15)


def test_sums_of_arrangements_beyond_64_bits():
    """33 against 33: C(66, 33) fits, their sum over different ties does not."""
    n, x, y, never = 33, [0.3, 0.7], [0.7, 0.3], 1e-14
    found = grades_power(n, n, [never, *x[:1], 1 - never - x[0]], [never, *y[:1], 1 - never - y[0]])
    power = 0.0
    for one, other in product(range(n + 1), repeat=2):
        test = mann_whitney_test([0] * one + [1] * (n - one), [0] * other + [1] * (n - other))
        if test.p_value <= 0.05:
            power += multinomial((one, n - one), x) * multinomial((other, n - other), y)
    assert found.power == pytest.approx(power, rel=1e-10)


def test_grades_sample_size():
    x, y, wanted = [0.1, 0.2, 0.7], [0.7, 0.2, 0.1], 0.6
    powers = [
        power_by_testing_all(n, n, x, y, alpha=0.05, side="two-sided")[0] for n in range(1, 8)
    ]
    found = grades_sample_size(x, y, power=wanted, largest=7)
    first = 1 + min(place for place in range(7) if powers[place] >= wanted)
    lasting = 1 + min(place for place in range(7) if min(powers[place:]) >= wanted)
    assert (found.first.n_x, found.lasting.n_x) == (first, lasting)
    assert found.examined.power == pytest.approx(powers[-1], rel=1e-11)


def generator(seed):
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("n", "m", "shift", "ratio"), [(6, 5, 1.2, 1), (4, 9, -0.8, 2)])
def test_shift_of_every_study(n, m, shift, ratio, side):
    """The same random numbers, each study by the test of one study, and of its exponentials."""
    found = shift_power(
        n, m, shift, spread_ratio=ratio, alternative=side, draws=300, rng=generator(8)
    )
    values = generator(8).standard_normal((300, n + m))
    x, y = ratio * values[:, :n] + shift, values[:, n:]
    for one, other in ((x, y), (np.exp(x), np.exp(y))):  # the second are log-normal
        p = [
            getattr(mann_whitney_test(*study), SIDES[side])
            for study in zip(one, other, strict=True)
        ]
        assert found.power == np.mean(np.array(p) <= 0.05)


@pytest.mark.parametrize("side", SIDES)
def test_detectable_shift_of_every_study(side):
    """A little more than the shift found makes four of five studies significant; less does not."""
    n, m, ratio, draws = 6, 5, 1.5, 400
    found = detectable_shift(
        n, m, spread_ratio=ratio, alternative=side, draws=draws, rng=generator(8)
    )
    values = generator(8).standard_normal((draws, n + m))
    direction = "p_less" if side == "less" else "p_greater"

    def share(shift):
        hits = 0
        for study in values if side != "less" else -values:
            test = mann_whitney_test(ratio * study[:n] + shift, study[n:])
            p = getattr(test, SIDES[side])
            hits += p <= 0.05 and getattr(test, direction) <= 0.5
        return hits / draws

    assert share(found.shift * (1 + 1e-9)) == 0.8
    assert share(found.shift * (1 - 1e-9)) < 0.8
