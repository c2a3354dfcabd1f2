"""Gray's test against patient-by-patient fractions, written without knowledge of the module."""

import random
from fractions import Fraction

import pytest

from autallo.stats.incidence.gray import gray_test
from twins.independent.slow_gray import (
    chi_square_tail,
    score_and_covariance,
    solve,
    statistic_of,
)

TIME = [3, 1, 4, 1, 5, 2, 6, 5, 3, 5, 2, 4, 7, 2, 6, 1, 3, 4, 2, 6, 4, 3, 7, 1, 5, 6, 2, 4]
CAUSE = [1, 2, 1, 0, 2, 1, 1, 1, 0, 2, 1, 2, 0, 1, 1, 2, 1, 1, 0, 2, 1, 1, 0, 1, 2, 1, 1, 2]
ARM = [0] * 17 + [1] * 11
THREE = [patient % 3 for patient in range(28)]
STRATUM = [patient % 2 for patient in range(28)]


def is_positive_definite(matrix):
    """Say whether every pivot of the elimination is positive."""
    rows = [list(row) for row in matrix]
    for i in range(len(rows)):
        if rows[i][i] <= 0:
            return False
        for j in range(i + 1, len(rows)):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    return True


def compare(time, cause, group, causes=2, cause_of_interest=1, rho=0, stratum=None):
    """Compare one data set; say whether it allowed a test."""
    groups = max(group) + 1
    test = gray_test(
        time,
        cause,
        group,
        stratum=stratum,
        n_causes=causes,
        cause_of_interest=cause_of_interest,
        rho=rho,
    )
    try:
        score, covariance = score_and_covariance(
            time, cause, group, groups, cause_of_interest, rho, stratum
        )
    except ZeroDivisionError:  # The formula has no value.
        assert test.statistic is None
        assert test.p_value is None
        return False
    data = (time, cause, group, cause_of_interest, rho, stratum)
    for k in range(groups):
        assert test.score[k] == pytest.approx(float(score[k]), rel=1e-10, abs=1e-12), data
        for other in range(groups):
            assert test.covariance[k][other] == pytest.approx(
                float(covariance[k][other]), rel=1e-10, abs=1e-12
            ), data
    if not is_positive_definite([row[:-1] for row in covariance[:-1]]):
        assert test.statistic is None, data
        assert test.p_value is None, data
        return False
    statistic = statistic_of(score, covariance)
    assert test.statistic == pytest.approx(float(statistic), rel=1e-8), data
    assert test.p_value == pytest.approx(chi_square_tail(statistic, groups - 1), rel=1e-8), data
    return True


@pytest.mark.parametrize(
    ("group", "groups", "stratum", "rho", "cause", "statistic", "p_value"),
    [
        (ARM, 2, None, 0, 1, 0.00319422181811961, 0.954929597023891),
        (ARM, 2, None, 0, 2, 0.09866479848786702, 0.753437849698785),
        (THREE, 3, None, 1, 1, 3.91267489096689, 0.141375268480203),
        (THREE, 3, None, 1, 2, 1.76201405179150, 0.414365424793738),
        (ARM, 2, STRATUM, 0, 1, 0.0362132308146936, 0.849075822525387),
        (ARM, 2, STRATUM, 0, 2, 0.8438809280659479, 0.358289177221497),
        (THREE, 3, STRATUM, 0.5, 1, 4.27803407391024, 0.117770550243166),
        (THREE, 3, STRATUM, 0.5, 2, 1.90155957913346, 0.386439564391976),
    ],
)
def test_the_slow_one_against_r(group, groups, stratum, rho, cause, statistic, p_value):
    # R 4.2.2, cmprsk 2.2-11: cuminc(time, cause, group, stratum, rho = rho)$Tests
    score, covariance = score_and_covariance(TIME, CAUSE, group, groups, cause, rho, stratum)
    assert float(statistic_of(score, covariance)) == pytest.approx(statistic, rel=1e-10)
    found = chi_square_tail(statistic_of(score, covariance), groups - 1)
    assert found == pytest.approx(p_value, rel=1e-10)


def test_the_slow_one_by_hand():
    # One patient in each arm, the event in arm 0 at 1, then in arm 1 at 2. At 1 one of two at
    # risk has the event: score 1 - 1/2. At 2 nobody is left to compare with.
    score, _ = score_and_covariance([1, 2], [1, 1], [0, 1], 2)
    assert score == [Fraction(1, 2), Fraction(-1, 2)]
    two, one, three = Fraction(2), Fraction(1), Fraction(3)
    assert solve([[two, one], [one, three]], [three, Fraction(5)]) == [
        Fraction(4, 5),
        Fraction(7, 5),
    ]
    assert chi_square_tail(3.841458820694124, 1) == pytest.approx(0.05, rel=1e-12)
    assert chi_square_tail(5.991464547107979, 2) == pytest.approx(0.05, rel=1e-12)
    assert chi_square_tail(7.814727903251179, 3) == pytest.approx(0.05, rel=1e-12)


def test_scores_add_up_to_nothing():
    score, covariance = score_and_covariance(TIME, CAUSE, THREE, 3, rho=1)
    assert sum(score) == 0
    assert [sum(row) for row in covariance] == [0, 0, 0]
    assert covariance == [list(column) for column in zip(*covariance, strict=True)]


def random_patients(draw, sizes, causes, latest):
    group = [arm for arm, size in enumerate(sizes) for _ in range(size)]
    draw.shuffle(group)
    chance = [draw.random() + 0.05 for _ in range(causes + 1)]
    time = [draw.randint(0, latest) for _ in group]
    return time, draw.choices(range(causes + 1), chance, k=len(group)), group


@pytest.mark.parametrize("rho", [0, 0.5, 1, 2])
@pytest.mark.parametrize("sizes", [[17, 11], [7, 6, 8], [4, 6, 5, 7], [12, 2]])
def test_tied_times(sizes, rho):
    draw = random.Random(len(sizes) * 10 + int(rho * 2))
    allowed = 0
    for latest in (3, 6, 15, 60):
        causes = draw.choice([1, 2, 3])
        time, cause, group = random_patients(draw, sizes, causes, latest)
        allowed += compare(time, cause, group, causes, draw.randint(1, causes), rho)
    assert allowed >= 3


def test_arm_without_the_event():
    draw = random.Random(100)
    for latest in (5, 30):
        time, cause, group = random_patients(draw, [17, 11], 2, latest)
        without = [0 if c == 1 and arm == 1 else c for c, arm in zip(cause, group, strict=True)]
        assert compare(time, without, group)


def test_arm_without_competing_event():
    draw = random.Random(101)
    for latest in (5, 30):
        time, cause, group = random_patients(draw, [17, 11], 2, latest)
        without = [0 if c == 2 and arm == 0 else c for c, arm in zip(cause, group, strict=True)]
        assert compare(time, without, group)


def test_arm_that_was_followed_for_a_short_time():
    draw = random.Random(102)
    for rho in (0, 0.5, 2):
        time = [draw.randint(1, 30) for _ in range(17)] + [draw.randint(1, 8) for _ in range(11)]
        chance = {0: [0.2, 0.5, 0.3], 1: [0.5, 0.3, 0.2]}
        cause = [draw.choices([0, 1, 2], chance[arm])[0] for arm in ARM]
        assert compare(time, cause, ARM, rho=rho)


def test_groups_of_few():
    # Many of these allow no test: nobody had the event, or the covariance is not one.
    draw = random.Random(103)
    allowed = 0
    for _ in range(250):
        sizes = [draw.randint(1, 4) for _ in range(draw.choice([2, 2, 3]))]
        causes = draw.choice([1, 2])
        time, cause, group = random_patients(draw, sizes, causes, draw.choice([1, 3, 20]))
        rho = draw.choice([0, 0, 0.5, 1])
        allowed += compare(time, cause, group, causes, draw.randint(1, causes), rho)
    assert 50 < allowed < 245


def test_a_group_that_has_ended_among_ties():
    # Arm 1 ends at 2; at 3 two patients of the other arms have the event at once. The factor for
    # ties in arm 1 would divide by 0, but nobody is left there to need it.
    time, cause, group = [2, 2, 3, 3], [0, 1, 1, 1], [1, 1, 0, 2]
    compare(time, cause, group)


@pytest.mark.parametrize("rho", [0, 0.5, 1, 2])
def test_pooled_incidence_past_one(rho):
    # Arm 2 ends early; before the last time F is 1.05. From there on the weight is 0, not the
    # power of a negative number, unless all weights are 1.
    time = [3, 3, 7, 6, 6, 7, 1, 1, 1, 1, 1]
    cause = [0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    group = [0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2]
    assert compare(time, cause, group, causes=1, rho=rho)


@pytest.mark.parametrize("rho", [0, 1])
def test_pooled_incidence_of_one_with_groups_left(rho):
    # F is exactly 1 before the last time, at which two arms still differ: a division by 0.
    time = [5, 1, 2, 1, 1, 2, 2, 4, 5]
    group = [0, 1, 1, 1, 1, 1, 1, 2, 2]
    assert not compare(time, [1] * 9, group, causes=1, rho=rho)


@pytest.mark.parametrize("rho", [0, 0.5, 1])
@pytest.mark.parametrize("sizes", [[17, 11], [7, 6, 8], [4, 6, 5, 7]])
def test_strata(sizes, rho):
    # Strata in which an arm has nobody, or nobody has the event, are among them.
    draw = random.Random(len(sizes) * 10 + int(rho * 2) + 200)
    allowed = 0
    for strata in (1, 2, 3, 6):
        time, cause, group = random_patients(draw, sizes, 2, draw.choice([4, 12, 40]))
        stratum = [*range(strata), *(draw.randrange(strata) for _ in group[strata:])]
        allowed += compare(time, cause, group, rho=rho, stratum=stratum)
    assert allowed >= 3
