"""Twin of the conditional odds ratio: halving a bracket, all sums to 40 digits."""

from decimal import Context, Decimal, localcontext
from math import comb, inf

import pytest

from autallo.stats.contingency.conditional_odds import conditional_odds_ratio

HALVINGS = 90


def halved(rises_to, target):
    """Return where a rising function of the odds reaches the target: 90 halvings of a bracket."""
    low, high = Decimal("1e-6"), Decimal("1e6")
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rises_to(middle) < target else (low, middle)
    return float((low + high) / 2)


def chances(ways, odds):
    weights = [way * odds**k for k, way in enumerate(ways)]
    total = sum(weights)
    return [weight / total for weight in weights]


def solved(ways, place, weight):
    """Return estimate and limits; the observed count weighs so much in either tail."""
    tail, last = Decimal("0.025"), len(ways) - 1
    mean = halved(lambda v: sum(k * c for k, c in enumerate(chances(ways, v))), place)

    def upper(odds):
        chance = chances(ways, odds)
        return sum(chance[place + 1 :]) + weight * chance[place]

    def lower(odds):
        chance = chances(ways, odds)
        return -(sum(chance[:place]) + weight * chance[place])

    low = 0.0 if place == 0 else halved(upper, tail)
    high = inf if place == last else halved(lower, -tail)
    return (0.0 if place == 0 else inf if place == last else mean), low, high


WAYS = [
    [1, 6, 3],
    [1, 1],
    [comb(17, k) * comb(11, 9 - k) for k in range(10)],
    [comb(9, k) for k in range(10)],
    [1, 12, 42, 36, 9],
]


@pytest.mark.parametrize("ways", WAYS, ids=str)
@pytest.mark.parametrize("interval", ["exact", "mid-p"])
def test_every_count(ways, interval):
    """1e-11: the bracket of 1e6 ends at 1e-21, below limits of 1e-3 and more."""
    weight = Decimal(1) / 2 if interval == "mid-p" else 1
    for place in range(len(ways)):
        above = [ways[k + 1] / ways[k] for k in range(place, len(ways) - 1)]
        below = [ways[k - 1] / ways[k] for k in range(place, 0, -1)]
        odds = conditional_odds_ratio(above, below, interval=interval)
        with localcontext(Context(prec=40)):
            expected = solved(ways, place, weight)
        assert (odds.estimate, odds.low, odds.high) == pytest.approx(expected, rel=1e-11)


def test_many_places_are_summed_as_few_are():
    """Ways to the numbers of 150 pairs, 70 of one kind: more places than are taken one by one."""
    ways = [comb(150, k) for k in range(151)]
    above = [ways[k + 1] / ways[k] for k in range(70, 150)]
    below = [ways[k - 1] / ways[k] for k in range(70, 0, -1)]
    odds = conditional_odds_ratio(above, below)
    assert odds.estimate == pytest.approx(70 / 80, rel=1e-13)
    for limit, outside in ((odds.low, range(70, 151)), (odds.high, range(71))):
        with localcontext(Context(prec=40)):
            chance = chances(ways, Decimal(limit))
            tail = float(sum(chance[k] for k in outside))
        assert tail == pytest.approx(0.025, rel=1e-11)
