"""Twin of the imputation tests: every study that can be drawn, with its probability in fractions.

Written from the descriptions of Heinze and others (2003) and Wang and others (2010), patient by
patient, without the module. On a handful of patients all imputations and all permutations can be
listed, and the probability that a drawn study reaches the observed statistic is a fraction.
"""

import math
from fractions import Fraction
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from autallo.stats.logrank.imputation import logrank_imputation_test

DRAWS = 4000


def square_of_z(patients):
    """Square of the log-rank z of (time, event, group), or None without variance."""
    excess = variance = Fraction(0)
    for day in {time for time, event, _ in patients if event}:
        there = [patient for patient in patients if patient[0] >= day]
        dead = [patient for patient in there if patient[0] == day and patient[1]]
        n, d, mine = len(there), len(dead), sum(group for *_, group in there)
        excess += sum(group for *_, group in dead) - Fraction(d * mine, n)
        if n > 1:
            variance += Fraction(d * (n - d) * mine * (n - mine), n * n * (n - 1))
    return excess**2 / variance if variance else None


def survival_mass(patients):
    """Probability of each survival time, of all patients together; inf for the rest."""
    left, mass = Fraction(1), {}
    for day in sorted({time for time, event, _ in patients if event}):
        n = sum(time >= day for time, *_ in patients)
        d = sum(time == day and event for time, event, _ in patients)
        mass[day] = left * d / n
        left -= mass[day]
    return {**mass, math.inf: left}


def follow_up_mass(patients, group):
    """Probability of each follow-up of a group; inf for the rest. Events leave first at a tie."""
    own = [patient for patient in patients if patient[2] == group]
    left, mass = Fraction(1), {}
    for day in sorted({time for time, event, _ in own if not event}):
        n = sum(time > day or (time == day and not event) for time, event, _ in own)
        mass[day] = left * sum(time == day and not event for time, event, _ in own) / n
        left -= mass[day]
    return {**mass, math.inf: left}


def given_that(mass, holds):
    kept = {day: share for day, share in mass.items() if share and holds(day)}
    total = sum(kept.values())
    if total == 0:
        return {math.inf: Fraction(1)}
    return {day: share / total for day, share in kept.items()}


def all_of(distributions):
    """Yield every joint outcome of independent draws, with its probability."""
    for outcome in product(*(distribution.items() for distribution in distributions)):
        yield [day for day, _ in outcome], math.prod((share for _, share in outcome), start=1)


def survival_choices(patients):
    mass = survival_mass(patients)
    return [
        {time: Fraction(1)} if event else given_that(mass, lambda day, time=time: day > time)
        for time, event, _ in patients
    ]


def seen(survival, follow_up, group, last):
    follow_up = min(follow_up, last)
    return (min(survival, follow_up), survival <= follow_up, group)


def heinze_by_listing(patients, bound):
    last = max(time for time, *_ in patients)
    follow_up_choices = [
        given_that(follow_up_mass(patients, group), lambda day, time=time: day >= time)
        if event
        else {time: Fraction(1)}
        for time, event, group in patients
    ]
    reached, dealings = Fraction(0), math.factorial(len(patients))
    for times, share in all_of(survival_choices(patients)):
        for ends, more in all_of(follow_up_choices):
            for dealt in permutations(times):
                study = [
                    seen(survival, end, patient[2], last)
                    for survival, end, patient in zip(dealt, ends, patients, strict=True)
                ]
                value = square_of_z(study)
                if value is not None and value >= bound:
                    reached += share * more / dealings
    return reached


def wang_by_listing(patients, bound):
    last = max(time for time, *_ in patients)
    mass = [given_that(follow_up_mass(patients, group), lambda day: True) for group in (0, 1)]
    size = sum(group for *_, group in patients)
    reached = Fraction(0)
    for times, share in all_of(survival_choices(patients)):
        for ends, more in all_of([mass[1 - group] for *_, group in patients]):
            for chosen in combinations(range(len(patients)), size):
                study = []
                for place, patient in enumerate(patients):
                    group = int(place in chosen)
                    moved = seen(times[place], ends[place], group, last)
                    study.append(patient if group == patient[2] else moved)
                value = square_of_z(study)
                if value is not None and value >= bound:
                    reached += share * more / math.comb(len(patients), size)
    return reached


few_patients = st.lists(
    st.tuples(st.integers(1, 4), st.booleans(), st.integers(0, 1)), min_size=3, max_size=4
).filter(lambda rows: {row[2] for row in rows} == {0, 1})


@pytest.mark.parametrize(
    ("method", "listing"), [("heinze", heinze_by_listing), ("wang", wang_by_listing)]
)
@settings(max_examples=30, deadline=None)
@given(patients=few_patients, seed=st.integers(0, 2**32 - 1))
@example(patients=[(1, True, 1), (1, False, 1), (2, True, 0), (2, False, 0)], seed=1)
@example(patients=[(1, False, 0), (3, True, 0), (2, True, 1), (4, True, 1)], seed=2)
@example(patients=[(2, True, 0), (2, False, 0), (1, False, 1), (3, True, 1)], seed=3)
def test_the_share_of_drawn_studies_is_that_of_all_studies(method, listing, patients, seed):
    observed = square_of_z(patients)
    assume(observed is not None)
    share = float(listing(patients, observed))
    test = logrank_imputation_test(
        *zip(*patients, strict=True), method=method, draws=DRAWS, rng=np.random.default_rng(seed)
    )
    assert test.statistic**2 == pytest.approx(float(observed), rel=1e-12, abs=1e-15)
    # seven standard errors: one false alarm in 10^11
    error = math.sqrt(share * (1 - share) / DRAWS)
    assert abs(test.p_value - share) <= 7 * error + 2 / DRAWS
