"""Events, sizes and power of log-rank comparisons, worked by hand."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.design.events import detectable_hazard_ratio, events_needed, events_power
from autallo.stats.design.logrank_simulation import simulated_logrank_power
from autallo.stats.design.logrank_size import detectable_hazard, logrank_sample_size
from autallo.stats.design.survival_design import SurvivalDesign, expected_events

Z, Z_80, Z_ONE = 1.959963984540054, 0.8416212335729143, 1.6448536269514722
BOTH = (Z + Z_80) ** 2
MONTH = math.log(2) / 12  # a median of 12


def normal(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def generator(seed=5):
    return np.random.Generator(np.random.PCG64(seed))


def test_power_of_16_events():
    # Schoenfeld: 4 times one half times log 2. Freedman, hazard ratio 3: 4 times (3 - 1) / (3 + 1).
    schoenfeld = events_power(16, 2)
    assert schoenfeld.power == pytest.approx(normal(2 * math.log(2) - Z), rel=1e-12)
    freedman = events_power(16, 3, method="freedman")
    assert freedman.power == pytest.approx(normal(2 - Z), rel=1e-12)
    wrong = events_power(16, 2, alternative="less")
    assert wrong.power == pytest.approx(normal(-2 * math.log(2) - Z_ONE), rel=1e-12)


def test_events_needed():
    # Three for one: shares 3/4 and 1/4; Freedman (1 + 3 / 2)^2 over 3 / 4.
    assert events_needed(0.5).events == pytest.approx(4 * BOTH / math.log(2) ** 2, rel=1e-12)
    assert events_needed(0.5, ratio=3).events == pytest.approx(
        16 / 3 * BOTH / math.log(2) ** 2, rel=1e-12
    )
    freedman = events_needed(0.5, ratio=3, method="freedman")
    assert freedman.events == pytest.approx(BOTH * 6.25 / 0.75, rel=1e-12)


def test_detectable_hazard_ratios():
    # 100 events: the root of 100 quarters is 5; Freedman (10 + s) / (10 - s).
    found, score = detectable_hazard_ratio(100), Z + Z_80
    assert found.above == pytest.approx(math.exp(score / 5), rel=1e-12)
    assert found.below == pytest.approx(math.exp(-score / 5), rel=1e-12)
    freedman = detectable_hazard_ratio(100, method="freedman")
    assert freedman.above == pytest.approx((10 + score) / (10 - score), rel=1e-12)
    assert freedman.below == pytest.approx((10 - score) / (10 + score), rel=1e-12)
    less = detectable_hazard_ratio(100, alternative="less")
    assert (less.above, less.reason) == (None, None)
    assert less.below == pytest.approx(math.exp(-(Z_ONE + Z_80) / 5), rel=1e-12)


def test_too_few_events_for_any_hazard_ratio():
    # The root of 7 is below the 2.80 that is needed.
    none = detectable_hazard_ratio(7, method="freedman")
    assert (none.below, none.above) == (None, None)
    assert none.reason == (
        "No hazard ratio below or above 1 is detected with a power of 0.8 by 7 events."
    )
    # Three for one: the root of 21 is above 2.80, but not above 3 times 2.80.
    half = detectable_hazard_ratio(7, ratio=3, method="freedman")
    assert half.below is not None
    assert half.reason.startswith("No hazard ratio above 1 is detected")
    assert detectable_hazard_ratio(0.1).reason.startswith("No hazard ratio below or above 1")


@pytest.mark.parametrize(
    ("design", "chance"),
    [
        ({"follow_up": 12}, 1 / 2),  # as long as the median
        # The mean survival over 12 to 24 is (1/2 - 1/4) / log 2 ...
        ({"follow_up": 12, "accrual": 12}, 1 - 1 / (4 * math.log(2))),
        ({"follow_up": 0, "accrual": 24}, 1 - 3 / (8 * math.log(2))),
        # Half of those who leave do so with the event; a quarter stays.
        ({"follow_up": 12, "dropout": MONTH}, 3 / 8),
        # One half survive 12 months, half of them the 6 months of twice the hazard.
        ({"hazard_y": [MONTH, 2 * MONTH], "until": [12], "follow_up": 18}, 3 / 4),
        ({"hazard_y": [MONTH, 0], "until": [12], "follow_up": 99, "accrual": 7}, 1 / 2),
        ({"hazard_y": 0, "follow_up": 12, "accrual": 3, "dropout": 1}, 0),
    ],
)
def test_expected_events(design, chance):
    given = {"hazard_y": MONTH, "until": []} | design
    found = expected_events(SurvivalDesign(8, 5, hazard_x=given["hazard_y"], **given))
    assert found.chance_y == pytest.approx(chance, rel=1e-12, abs=1e-15)
    assert found.events_x == pytest.approx(8 * chance, rel=1e-12, abs=1e-15)
    assert found.events == pytest.approx(13 * chance, rel=1e-12, abs=1e-15)


def test_the_hazard_ratio_of_a_design():
    def ratio(x, y, until):
        return expected_events(SurvivalDesign(1, 1, x, y, follow_up=9, until=until)).hazard_ratio

    assert ratio(0.2, 0.1, ()) == 2
    assert ratio([0.2, 0.6], [0.1, 0.3], [4]) == pytest.approx(2, rel=1e-14)
    assert ratio([0.2, 0.5], [0.1, 0.3], [4]) is None
    assert ratio(0.2, 0, ()) is None


def test_logrank_sample_size():
    # Chances of an event 1/2 and, at half the hazard, 1 - sqrt(1/2); twice as many in group x.
    design = SurvivalDesign(20, 10, MONTH / 2, MONTH, follow_up=12)
    chance = (2 * (1 - math.sqrt(0.5)) + 0.5) / 3
    events = 4.5 * BOTH / math.log(2) ** 2
    found = logrank_sample_size(design)
    assert found.events == pytest.approx(events, rel=1e-12)
    assert found.chance == pytest.approx(chance, rel=1e-12)
    assert found.n_x + found.n_y == pytest.approx(events / chance, rel=1e-12)
    assert found.n_x == pytest.approx(2 * found.n_y, rel=1e-14)


def test_detectable_hazard_where_everybody_has_the_event():
    # Followed for ever, 60 and 40 patients have 100 events.
    found = detectable_hazard(SurvivalDesign(60, 40, 0.0, 1.0, follow_up=1e9))
    formula = detectable_hazard_ratio(100, ratio=1.5)
    assert found.above == pytest.approx(formula.above, rel=1e-11)
    assert found.below == pytest.approx(formula.below, rel=1e-11)
    assert found.events_below == pytest.approx(100, rel=1e-9)


def test_detectable_hazard_that_is_out_of_reach():
    found = detectable_hazard(SurvivalDesign(3, 3, 0.0, 1.0, follow_up=1e9), method="freedman")
    assert (found.below, found.above, found.events_above) == (None, None, None)
    assert found.reason == "No hazard ratio below or above 1 is detected with a power of 0.8."
    one = detectable_hazard(
        SurvivalDesign(3, 3, 0.0, 1.0, follow_up=1e9), method="freedman", alternative="less"
    )
    assert one.reason == "No hazard ratio below 1 is detected with a power of 0.8."


def test_a_simulation_whose_outcome_is_certain():
    # All of group x die at once, one after the other, and nobody of group y: observed 4, expected
    # 4/8 + 3/7 + 2/6 + 1/5 = 1.46, variance 0.877, z 2.71. Of 70 arrangements, 2 are as extreme.
    design = SurvivalDesign(4, 4, 1e6, 0, follow_up=1)
    for test in ("asymptotic", "permutation"):
        found = simulated_logrank_power(design, test=test, draws=60, rng=generator())
        assert (found.power, found.events_x, found.events_y, found.untestable) == (1, 4, 0, 0)
        assert found.standard_error > 0
        wrong = simulated_logrank_power(
            design, test=test, alternative="less", draws=60, rng=generator()
        )
        assert wrong.power == 0
    assert found.schoenfeld_power is None
    assert found.expected_events == pytest.approx(4, rel=1e-12)
    # 3 against 3: 2 of 20.
    small = simulated_logrank_power(
        SurvivalDesign(3, 3, 1e6, 0, follow_up=1), test="permutation", draws=60, rng=generator()
    )
    assert small.power == 0


@pytest.mark.parametrize(
    ("design", "side"),
    [
        (SurvivalDesign(1, 5, 0, 1e6, follow_up=1), "less"),
        (SurvivalDesign(5, 1, 1e6, 0, follow_up=1), "greater"),
    ],
)
def test_one_survivor_of_six(design, side):
    """One of six arrangements is as extreme: the survivor alone. The other five scores are at most
    5/6, so that nobody would be as far on the other side."""
    settings = {"test": "permutation", "alternative": side, "draws": 40, "relabellings": 1_999}
    for alpha, power in ((0.1, 0), (0.25, 1)):
        found = simulated_logrank_power(design, alpha=alpha, **settings, rng=generator())
        assert found.power == power


def test_a_simulation_without_events():
    design = SurvivalDesign(4, 4, 0, 0, follow_up=1)
    for test in ("asymptotic", "permutation"):
        found = simulated_logrank_power(design, test=test, draws=30, rng=generator())
        assert (found.power, found.untestable, found.events_x) == (0, 1, 0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"n_x": 0}, "`n_x` must be a whole number from 1"),
        ({"hazard_x": -1}, "`hazard_x` must be at least 0."),
        ({"hazard_y": math.nan}, "`hazard_y` must be finite"),
        ({"hazard_y": "fast"}, "`hazard_y` must be numbers."),
        ({"hazard_y": [1, 2]}, "must hold one more number than `until`."),
        ({"until": [3, 2]}, "`until` must be ascending, and above 0."),
        ({"until": [0]}, "`until` must be ascending, and above 0."),
        ({"follow_up": -1}, "`follow_up` must be at least 0."),
        ({"follow_up": 0}, "`follow_up` or `accrual` must be above 0."),
        ({"dropout": None}, "`dropout` must be numbers."),
    ],
)
def test_a_wrong_design_is_refused(change, sentence):
    given = {"n_x": 17, "n_y": 11, "hazard_x": 0.1, "hazard_y": 0.2, "follow_up": 12} | change
    with pytest.raises(ArgumentError, match=sentence):
        expected_events(SurvivalDesign(**given))


DESIGN = SurvivalDesign(17, 11, 0.1, 0.2, follow_up=12)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: events_needed(1), "`hazard_ratio` must differ from 1."),
        (
            lambda: events_needed(2, alternative="less"),
            "`hazard_ratio` must be below 1 for this alternative.",
        ),
        (lambda: events_needed(0), "`hazard_ratio` must be from 1e-06 to 1e"),
        (lambda: events_power(0, 2), "`events` must be a number above 0."),
        (lambda: events_power(9, 2, method="cox"), "`method` must be schoenfeld or freedman."),
        (lambda: detectable_hazard_ratio(9, method="cox"), "`method` must be"),
        (lambda: detectable_hazard(DESIGN, method="cox"), "`method` must be"),
        (lambda: expected_events(17), "`design` must be a SurvivalDesign."),
        (
            lambda: logrank_sample_size(SurvivalDesign(1, 1, 0, 1, follow_up=1)),
            "`hazard_x` must be one multiple of `hazard_y` all the time.",
        ),
        (
            lambda: detectable_hazard(SurvivalDesign(1, 1, 1, 0, follow_up=1)),
            "`hazard_y` must be above 0 in some piece of time.",
        ),
        (lambda: simulated_logrank_power(DESIGN), "`rng` must be given"),
        (
            lambda: simulated_logrank_power(DESIGN, test="cox", rng=generator()),
            "`test` must be asymptotic or permutation.",
        ),
        (
            lambda: simulated_logrank_power(
                DESIGN, test="permutation", relabellings=18, rng=generator()
            ),
            "`relabellings` must be at least 1 / `alpha` - 1.",
        ),
    ],
)
def test_wrong_numbers_are_refused(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()
