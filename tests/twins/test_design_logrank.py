"""Expected events by small steps, and simulated power by the test of every study."""

from itertools import combinations

import numpy as np
import pytest
from scipy.special import ndtr

from autallo.stats.design.logrank_simulation import simulated_logrank_power
from autallo.stats.design.survival_design import SurvivalDesign, expected_events
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.permutation import logrank_permutation_test


def generator(seed=8):
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize(
    "design",
    [
        {"hazard_x": 0.1, "hazard_y": 0.03, "follow_up": 12, "accrual": 24},
        {"hazard_x": [0.1, 0.05, 0], "hazard_y": [0.2, 0.1, 0], "until": [3, 8], "follow_up": 5,
         "accrual": 10, "dropout": 0.02},
        {"hazard_x": [0, 0.3], "hazard_y": [0.1, 0.1], "until": [6], "follow_up": 0, "accrual": 12},
        {"hazard_x": 0.2, "hazard_y": 0.1, "follow_up": 9, "dropout": 0.1},
    ],
)  # fmt: skip
def test_expected_events_by_small_steps(design):
    """A sum over 150 000 steps of time of who has the event; the step decides the last digits."""
    found = expected_events(SurvivalDesign(17, 11, **design))
    steps, accrual = 150_000, design.get("accrual", 0)
    longest = design["follow_up"] + accrual
    length = longest / steps
    middle = (np.arange(steps) + 0.5) * length
    followed = 1.0 if not accrual else np.minimum(1, (longest - middle) / accrual)
    for hazard, chance in (("hazard_x", found.chance_x), ("hazard_y", found.chance_y)):
        piece = np.searchsorted(design.get("until", []), middle)
        rate = np.atleast_1d(design[hazard])[piece]
        leaving = rate + design.get("dropout", 0)
        present = np.exp(-(np.cumsum(leaving) - leaving / 2) * length)
        assert chance == pytest.approx((rate * present * followed).sum() * length, rel=1e-7)


def studies(design, draws, rng):
    """The same draws as the simulation, patient by patient."""
    x, y = (rng.standard_exponential((draws, n)) for n in (design.n_x, design.n_y))
    dying = np.concatenate(
        [
            np.vectorize(when, excluded={1, 2})(own, np.atleast_1d(hazard), design.until)
            for own, hazard in ((x, design.hazard_x), (y, design.hazard_y))
        ],
        axis=1,
    )
    end = design.follow_up + design.accrual * rng.random(dying.shape)
    if design.dropout:
        end = np.minimum(end, rng.standard_exponential(dying.shape) / design.dropout)
    return np.minimum(dying, end), dying <= end


def when(exponential, hazard, until):
    """Use up the hazard piece by piece."""
    start = 0.0
    for rate, end in zip(hazard, [*until, np.inf], strict=True):
        if rate and (end == np.inf or exponential <= rate * (end - start)):
            return start + exponential / rate
        if end == np.inf:
            return np.inf
        exponential -= rate * (end - start)
        start = end
    return np.inf


@pytest.mark.parametrize("side", ["two-sided", "less", "greater"])
@pytest.mark.parametrize(
    "design",
    [
        SurvivalDesign(9, 6, 0.4, 0.1, follow_up=3, accrual=9),
        SurvivalDesign(7, 8, [0.1, 0.9, 0], [0.1, 0.1, 0], 4, until=[1, 5], dropout=0.05),
        SurvivalDesign(2, 3, 0.1, 0.05, follow_up=2),
    ],
)
def test_every_study_by_its_own_test(design, side):
    draws = 150
    found = simulated_logrank_power(
        design, alpha=0.1, alternative=side, draws=draws, rng=generator()
    )
    group = np.repeat([1, 0], [design.n_x, design.n_y])
    significant, untestable = 0, 0
    times, events = studies(design, draws, generator())
    for time, event in zip(times, events, strict=True):
        test = logrank_test(time, event, group)
        if test.z is None:
            untestable += 1
            continue
        p = {"two-sided": test.p_value, "less": ndtr(test.z), "greater": ndtr(-test.z)}[side]
        significant += p <= 0.1
    assert found.power == significant / draws
    assert found.untestable == untestable / draws
    assert found.events_x == events[:, : design.n_x].sum() / draws
    assert found.events_y == events[:, design.n_x :].sum() / draws


def exact_p(time, event, n_x, side):
    """Deal the patients to the groups in every way; the first `n_x` are group x."""
    patients = range(len(time))
    score = [
        event[k]
        - sum(event[j] / sum(time >= time[j]) for j in patients if event[j] and time[j] <= time[k])
        for k in patients
    ]
    sums = np.array([sum(score[k] for k in chosen) for chosen in combinations(patients, n_x)])
    own = sums[0]  # the first combination
    if side == "two-sided":
        return np.mean(np.abs(sums) >= abs(own) - 1e-9)
    return np.mean(sums >= own - 1e-9 if side == "greater" else sums <= own + 1e-9)


@pytest.mark.parametrize("side", ["two-sided", "less", "greater"])
def test_relabelling_is_as_dealing_in_every_way(side):
    """The same studies by the exact test: apart where p is within the error of relabelling."""
    draws, alpha, rates = 40, 0.15, (0.1, 0.6) if side == "less" else (0.6, 0.1)
    design = SurvivalDesign(8, 3, *rates, follow_up=3, accrual=9)
    found = simulated_logrank_power(
        design,
        alpha=alpha,
        test="permutation",
        alternative=side,
        draws=draws,
        relabellings=4_999,
        rng=generator(),
    )
    p_values, rng = [], generator()
    for _ in range(draws // 20):  # each twenty studies are followed by their relabellings
        p_values += [
            exact_p(*study, 8, side) for study in zip(*studies(design, 20, rng), strict=True)
        ]
        rng.random((4_999, 11))
    decided = np.abs(np.array(p_values) - alpha) > 4 * np.sqrt(alpha * (1 - alpha) / 4_999)
    assert decided.mean() > 0.8
    significant = np.array(p_values) <= alpha
    assert (significant & decided).sum() <= round(found.power * draws)
    assert round(found.power * draws) <= (significant | ~decided).sum()
    assert 0.1 < found.power < 0.95


def test_the_exact_test_of_this_file_is_that_of_the_house():
    time, event = studies(SurvivalDesign(6, 4, 0.5, 0.1, 3, 9), 5, generator())
    for study in zip(time, event, strict=True):
        theirs = logrank_permutation_test(*study, np.repeat([1, 0], [6, 4])).p_value
        assert exact_p(*study, 6, "two-sided") == pytest.approx(theirs, rel=1e-12)
