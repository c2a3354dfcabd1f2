"""Gray's test of four to ten patients, worked out in fractions."""

from math import comb, erfc, sqrt

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.incidence.gray import gray_test
from autallo.stats.incidence.gray_permutation import gray_permutation_test
from autallo.stats.logrank.asymptotic import logrank_test

# Group A: relapse at 1 and at 3.  Group B: death at 2, censored at 4.
#
# t = 1  A and B: Y = 2, S(t-) = 1, F(t-) = 0, so R = 2 and 2, height Y / S(t-) = 2 and 2, sum 4.
#        Score of A: 1 - 2/4 = 1/2. Pooled incidence: 1/4.
#        Own slopes of the score of A: on A 2 (1 - 2/4) = 1, on B -1. Effect: 1/4 and -1/4.
# t = 2  Death in B: S_B = 1/2. No relapse: nothing moves.
# t = 3  A: Y = 1, S(t-) = 1/2, F(t-) = 1/2, R = 1, height 2. B: 1, 1/2, 0, R = 2, height 2.
#        Score of A: 1 - 1/3 = 2/3. Pooled: 1/2. Own slopes 1 and -1.
#        Effect grows by 1 / (4 x 3/4) = 1/3.
# Score 1/2 + 2/3 = 7/6.
#
# Variance = sum of slope^2 x noise; slope = own + (1 - pull) x later effect, pull = (1 - pooled)/S.
# t = 1  noise 1 x 1 / (4 x 2) = 1/8 each. A: pull (3/4)/(1/2) = 3/2: 1 - 1/2 x 1/3 = 5/6.
#        B: pull 3/4: -1 - 1/4 x 1/3 = -13/12.      (25/36 + 169/144) / 8 = 269/1152
# t = 2  noise of the death 1/4, pull (3/4)/(1/2) = 3/2, later effect -1/3: (1/2)^2 / 4 = 72/1152
# t = 3  noise (1/2) / (4 x 1) = 1/8 each, nothing later: (1 + 1) / 8 = 288/1152
FOUR = ([1, 3, 2, 4], [1, 1, 2, 0], [0, 0, 1, 1])
VARIANCE = 629 / 1152


def test_score_and_variance_of_four_patients():
    test = gray_test(*FOUR, n_causes=2)
    np.testing.assert_allclose(test.score, [7 / 6, -7 / 6], rtol=1e-12)
    np.testing.assert_allclose(
        test.covariance, [[VARIANCE, -VARIANCE], [-VARIANCE, VARIANCE]], rtol=1e-12
    )


def test_statistic_and_p_value_of_four_patients():
    """(7/6)^2 / (629/1152) = 1568/629; the tail of chi-squared with 1 df is erfc(sqrt(x/2))."""
    test = gray_test(*FOUR, n_causes=2)
    assert test.statistic == pytest.approx(1568 / 629, rel=1e-12)
    assert test.df == 1
    assert test.p_value == pytest.approx(erfc(sqrt(784 / 629)), rel=1e-12)


def test_weight_by_rho():
    """With rho = 1 the weights are 1 at 1 and 3/4 at 3: score 1/2 + 3/4 x 2/3 = 1."""
    assert gray_test(*FOUR, n_causes=2, rho=1).score[0] == pytest.approx(1, rel=1e-12)


def test_competing_deaths_stay_in_the_risk_set():
    """One of A relapses at 2. One of B died at 1: at 2, A counts 2 and B counts 2, dead and alive.

    Score of A: 1 - 2/4. With the dead of B taken out it would be 1 - 2/3.
    """
    score = gray_test([2, 9, 1, 9], [1, 0, 2, 0], [0, 0, 1, 1], n_causes=2).score
    assert score[0] == pytest.approx(1 / 2, rel=1e-12)


@pytest.mark.parametrize("cause", [[0, 0, 0, 0], [2, 2, 2, 0]])
def test_nobody_had_the_event_of_interest(cause):
    test = gray_test(FOUR[0], cause, FOUR[2], n_causes=2)
    assert test.statistic is None
    assert test.p_value is None
    assert test.df == 1
    for time, causes, group in (
        (FOUR[0], cause, FOUR[2]),
        (list(range(18)), [0] * 9 + [2] * 9, [0] * 9 + [1] * 9),
    ):
        permuted = gray_permutation_test(
            time, causes, group, n_causes=2, draws=99, rng=np.random.default_rng(1)
        )
        # every arrangement has a score of 0: nothing can be told from any other
        assert (permuted.statistic, permuted.p_value, permuted.smallest_p) == (0, None, None)
        assert (permuted.draws, permuted.standard_error) == (0, 0)


def test_a_group_gone_before_the_first_event_cannot_be_compared():
    test = gray_test([1, 1, 2, 3], [0, 0, 1, 1], [0, 0, 1, 1], n_causes=1)
    assert test.statistic is None
    assert test.score.tolist() == [0, 0]


def test_groups_wholly_apart_can_be_compared():
    """All of A relapse before any of B, and then all of B; the pooled curve reaches 1.

    Equal sizes, height 2 and 2 at 1 and 2: score of A 1/2 + (1 - 1/3) = 7/6.
    """
    test = gray_test([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], n_causes=1)
    assert test.score[0] == pytest.approx(7 / 6, rel=1e-12)
    assert test.statistic is not None
    assert 0 < test.p_value < 0.2


# Group A: 8 relapses at 1, three lost at 2, one seen to 10. Group B: 12 patients, 10 relapses at 3.
# Pooled: 8/24 = 1/3; then A weighs 1 / (4/12) = 3 and B 12: 10/15 = 2/3 more, 1 in all, while A
# and B still have one and two patients.
UNEVEN_TIME = [1] * 8 + [2] * 3 + [10] + [3] * 10
UNEVEN_CAUSE = [1] * 8 + [0] * 3 + [0] + [1] * 10


def test_a_pooled_incidence_of_1_while_two_groups_go_on_has_no_test():
    """One more relapse at 4 would have to come from a share of 0."""
    time, cause = [*UNEVEN_TIME, 4, 10], [*UNEVEN_CAUSE, 1, 0]
    test = gray_test(time, cause, [0] * 12 + [1] * 12, n_causes=2)
    assert (test.statistic, test.p_value, test.covariance) == (None, None, None)


def test_the_same_where_1_is_missed_by_rounding():
    """12/24 + 4 / (4 + 8) + 2 / (4 + 8): 1/2 + 1/3 + 1/6, to a computer 1 - 1.1e-16.

    Taken at its word that share makes the variance 2.8e29 and p = 1.
    """
    time = [1] * 12 + [2] * 3 + [10] + [3] * 4 + [3.5] * 2 + [4, 10]
    cause = [1] * 12 + [0] * 3 + [0] + [1] * 4 + [1] * 2 + [1, 0]
    test = gray_test(time, cause, [0] * 16 + [1] * 8, n_causes=2)
    assert test.covariance is None
    assert test.p_value is None


def test_a_competing_event_there_does_no_harm():
    """The covariance is there; that its diagonal is below 0 comes from the eight ties at once."""
    time, cause = [*UNEVEN_TIME, 4, 10], [*UNEVEN_CAUSE, 2, 0]
    test = gray_test(time, cause, [0] * 12 + [1] * 12, n_causes=2)
    assert np.isfinite(test.covariance).all()
    assert test.covariance[0, 0] < 0
    assert test.statistic is None


def test_beyond_a_pooled_incidence_of_1_the_weight_is_0():
    """A as before (8 of 12, then one left); B has 11 relapses at 3: 8/24 + 11/15 = 16/15.

    With rho = 1 the relapse at 4 weighs nothing. Score of A: 8 - 8 x 12/24 = 4 at 1; at 3 A counts
    1 x (1/3) / (1/3) = 1 and B 12, weight 2/3: 2/3 x (0 - 11/13).
    """
    time = [*UNEVEN_TIME[:12], *[3] * 11, 4]
    cause = [*UNEVEN_CAUSE[:12], *[1] * 11, 1]
    test = gray_test(time, cause, [0] * 12 + [1] * 12, n_causes=2, rho=1)
    assert test.score[0] == pytest.approx(4 - 22 / 39, rel=1e-12)


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_one_of_three_groups_gone_before_the_first_event(gone):
    """Its score and variance are 0, and those of the other two groups mirror each other."""
    time = [4, 5, 7, 8, 2, 8, 5, 4, 6, 6, 3, 4, 1, 1]
    cause = [2, 1, 1, 1, 2, 1, 0, 2, 0, 0, 2, 1, 0, 0]
    place = [g for g in range(3) if g != gone] + [gone]
    group = [place[g] for g in [0] * 6 + [1] * 6 + [2] * 2]
    test = gray_test(time, cause, group, n_causes=2)
    assert test.statistic is None
    assert test.score[gone] == 0
    others = gray_test(time[:12], cause[:12], [0] * 6 + [1] * 6, n_causes=2)
    np.testing.assert_allclose(np.delete(test.score, gone), others.score, rtol=1e-12)


def test_w27_it_is_not_the_log_rank_test_with_competing_events_censored():
    """Log-rank of the four: at 1 score 1 - 2/4, at 3 one of each group at risk: 1 - 1/2. In all 1.

    Variance 1/4 + 1/4: chi-squared 2. Gray's score is 7/6, for who died in B stays at risk.
    """
    time, cause, group = FOUR
    logrank = logrank_test(time, [c == 1 for c in cause], group)
    assert logrank.observed[0] - logrank.expected[0] == pytest.approx(1, rel=1e-12)
    assert logrank.statistic == pytest.approx(2, rel=1e-12)
    gray = gray_test(*FOUR, n_causes=2)
    assert gray.score[0] == pytest.approx(7 / 6, rel=1e-12)
    assert gray.statistic == pytest.approx(1568 / 629, rel=1e-12)


def twice(group):
    """Return the four patients in each of two strata, in the second with these groups."""
    time, cause, first = FOUR
    return {
        "time": time * 2, "cause": cause * 2, "group": first + group, "stratum": [0] * 4 + [1] * 4,
        "n_causes": 2,
    }  # fmt: skip


def test_scores_and_variances_of_strata_add_up():
    test = gray_test(**twice([0, 0, 1, 1]))
    np.testing.assert_allclose(test.score, [7 / 3, -7 / 3], rtol=1e-12)
    np.testing.assert_allclose(test.covariance[0], [2 * VARIANCE, -2 * VARIANCE], rtol=1e-12)
    assert test.statistic == pytest.approx(2 * 1568 / 629, rel=1e-12)


def test_opposite_strata_cancel():
    test = gray_test(**twice([1, 1, 0, 0]))
    assert test.statistic == pytest.approx(0, abs=1e-25)
    assert test.p_value == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("time", [[1, 2, 3], [1, 1, 1], [5, 6, 7]])
def test_a_stratum_with_one_group_tells_nothing(time):
    test = gray_test(
        FOUR[0] + time,
        FOUR[1] + [1, 2, 1],
        FOUR[2] + [1, 1, 1],
        stratum=[1] * 4 + [0] * 3,
        n_causes=2,
    )
    assert test.statistic == pytest.approx(1568 / 629, rel=1e-12)


def test_a_stratum_without_a_test_leaves_none():
    """The pooled incidence of the first stratum reaches 1 with two groups at risk."""
    time, cause = [*UNEVEN_TIME, 4, 10], [*UNEVEN_CAUSE, 1, 0]
    test = gray_test(
        time + FOUR[0],
        cause + FOUR[1],
        [0] * 12 + [1] * 12 + FOUR[2],
        stratum=[0] * 24 + [1] * 4,
        n_causes=2,
    )
    assert (test.statistic, test.covariance) == (None, None)


def test_pf27_an_event_and_a_censoring_tied_at_the_last_time():
    """Both groups have one of each at 2: the score is 1 - 2/2 x 2/2 = 0, and all is finite."""
    test = gray_test([1, 2, 2, 1, 2, 2], [2, 1, 0, 2, 1, 0], [0, 0, 0, 1, 1, 1], n_causes=2)
    np.testing.assert_allclose(test.score, [0, 0], atol=1e-15)
    assert (test.statistic, test.p_value) == (pytest.approx(0, abs=1e-25), 1)


def test_all_tied_with_everybody_having_the_event_has_no_difference():
    """Ten at one time: expected are the group sizes themselves."""
    time, cause, group = [3] * 10, [1] * 10, [0] * 6 + [1] * 4
    np.testing.assert_allclose(gray_test(time, cause, group, n_causes=1).score, 0, atol=1e-15)
    permuted = gray_permutation_test(time, cause, group, n_causes=1)
    assert (permuted.p_value, permuted.smallest_p) == (None, None)


def test_one_patient_in_a_group():
    """One against two: relapse of the one at 1, of three at risk: score 1 - 1/3."""
    test = gray_test([1, 2, 3], [1, 0, 0], [0, 1, 1], n_causes=1)
    assert test.score[0] == pytest.approx(2 / 3, rel=1e-12)
    permuted = gray_permutation_test([1, 2, 3], [1, 0, 0], [0, 1, 1], n_causes=1)
    assert permuted.p_value == pytest.approx(1 / 3, rel=1e-15)


def test_times_that_differ_by_rounding_are_one_time():
    """Both relapses see all four at risk: each 1/2 expected in either group."""
    test = gray_test([0.1 + 0.2, 9, 0.3, 9], [1, 0, 1, 0], [0, 0, 1, 1], n_causes=1)
    np.testing.assert_allclose(test.score, [0, 0], atol=1e-15)
    permuted = gray_permutation_test([0.1 + 0.2, 9, 0.3, 9], [1, 0, 1, 0], [0, 0, 1, 1], n_causes=1)
    assert permuted.statistic == pytest.approx(0, abs=1e-25)


def test_events_at_time_0_count():
    """One of two in A at 0: 1 - 2/4."""
    test = gray_test([0, 5, 5, 5], [1, 0, 0, 0], [0, 0, 1, 1], n_causes=1)
    assert test.score[0] == pytest.approx(1 / 2, rel=1e-15)


# The four patients, a (relapse at 1), b (death at 2), c (relapse at 3), d (lost at 4), in all six
# arrangements; score of the group of a:
#   a c | b d   7/6, as above
#   a b | c d   1/2 at 1; at 3 the group of a is gone: 1/2
#   a d | b c   1/2 at 1; at 3 d counts 1 x (1/2) / (1/2) = 1, c 1 / (1/2) x 1 = 2: -1/3.  1/6
@pytest.mark.parametrize(
    ("group", "score", "p_value"),
    [([0, 0, 1, 1], 7 / 6, 2 / 6), ([0, 1, 0, 1], 1 / 2, 4 / 6), ([0, 1, 1, 0], 1 / 6, 1)],
)
def test_all_arrangements_of_four_patients(group, score, p_value):
    """The patients of FOUR are a, c, b, d. Statistic: two groups of two, 2 x score^2 / 2."""
    test = gray_permutation_test(FOUR[0], FOUR[1], group, n_causes=2)
    assert test.statistic == pytest.approx(score**2, rel=1e-12)
    assert test.p_value == pytest.approx(p_value, rel=1e-15)
    assert test.smallest_p == pytest.approx(1 / 3, rel=1e-15)
    assert (test.method, test.draws, test.standard_error) == ("exact", 0, 0)


def test_all_arrangements_of_two_strata():
    """Score 7/3 or -7/3 in 2 of 6 x 6 ways; dealt without strata, in more."""
    test = gray_permutation_test(**twice([0, 0, 1, 1]))
    assert test.p_value == pytest.approx(2 / 36, rel=1e-15)
    assert test.smallest_p == test.p_value
    assert test.statistic == pytest.approx(2 * (7 / 3) ** 2 / 4, rel=1e-12)
    assert gray_permutation_test(**twice([1, 1, 0, 0])).p_value == 1


def test_all_arrangements_where_a_stratum_lacks_a_group():
    """Groups 0, 2, 2 and 1, 1, 0: 3 x 3 ways.

    First stratum, relapse of the one of group 0 at 1: its score is 1 - 1/3, that of group 2 is
    -2/3; of one of group 2: -1/3 and 1/3. Second: nobody relapses. Groups of 2 each:
    observed 2 x (2/3)^2 / 2 = 4/9, else 1/9: 1/3.
    """
    test = gray_permutation_test(
        [1, 2, 3, 1, 2, 3],
        [1, 0, 0, 2, 0, 2],
        [0, 2, 2, 1, 1, 0],
        stratum=[0, 0, 0, 1, 1, 1],
        n_causes=2,
    )
    assert test.statistic == pytest.approx(4 / 9, rel=1e-12)
    assert test.p_value == test.smallest_p == pytest.approx(1 / 3, rel=1e-15)


def test_permutation_p_value_of_groups_wholly_apart():
    """Five relapse one by one, five are followed to the end: 2 of C(10, 5) = 252 arrangements."""
    time, cause, group = [1, 2, 3, 4, 5, 9, 9, 9, 9, 9], [1] * 5 + [0] * 5, [0] * 5 + [1] * 5
    test = gray_permutation_test(time, cause, group, n_causes=2)
    assert test.p_value == test.smallest_p == pytest.approx(2 / comb(10, 5), rel=1e-15)


def test_permutation_p_value_of_larger_groups_is_drawn():
    """Nine against nine are 48 620 arrangements. Alike but for two who change sides: p near 1."""
    time, cause = [day for day in range(1, 10) for _ in (0, 1)], [1] * 18
    test = gray_permutation_test(
        time, cause, [0, 1] * 9, n_causes=1, draws=500, rng=np.random.default_rng(2)
    )
    assert (test.method, test.draws, test.p_value) == ("monte_carlo", 500, 1)
    assert test.smallest_p < 0.1
    apart = gray_permutation_test(
        range(1, 19), cause, [0] * 9 + [1] * 9, n_causes=1, draws=500, rng=np.random.default_rng(2)
    )
    assert apart.p_value == apart.smallest_p == 1 / 501
    assert apart.standard_error == pytest.approx(sqrt(500 / 501 / 501 / 500), rel=1e-12)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"group": [0, 0, 0, 0]}, "`group` must name at least two groups."),
        ({"group": [0, 0, 2, 2]}, "`group` must use every code from 0 to the highest one."),
        ({"cause_of_interest": 3}, "`cause_of_interest` must be a whole number from 1 to 2."),
        ({"cause_of_interest": 0}, "`cause_of_interest` must be a whole number from 1 to 2."),
        ({"cause_of_interest": True}, "`cause_of_interest` must be a whole number from 1 to 2."),
        ({"cause_of_interest": 1.0}, "`cause_of_interest` must be a whole number from 1 to 2."),
        ({"n_causes": 2.5}, "`n_causes` must be a whole number from 1 to 1000."),
        ({"n_causes": 10**9}, "`n_causes` must be a whole number from 1 to 1000."),
        ({"rho": float("nan")}, "`rho` must be a number."),
        ({"rho": "0"}, "`rho` must be a number."),
        ({"rho": -1}, "`rho` must be a number of at least 0."),
        ({"time": [1, 2, 3]}, "`time`, `cause` and `group` must have the same length."),
        ({"stratum": [0, 1]}, "`time` and `stratum` must have the same length."),
        ({"stratum": [0, 0, 2, 2]}, "`stratum` must use every code from 0 to the highest one."),
        ({"cause": [1, 1, 3, 0]}, "`cause` must be whole numbers from 0 to 2."),
    ],
)
def test_what_cannot_be_used_is_refused(changed, says):
    given = dict(zip(("time", "cause", "group"), FOUR, strict=True)) | {"n_causes": 2} | changed
    with pytest.raises(ArgumentError) as caught:
        gray_test(**given)
    assert str(caught.value) == says


def test_draws_need_a_source():
    time = range(18)
    with pytest.raises(ArgumentError, match="`rng` must be given where there are too many"):
        gray_permutation_test(time, [1] * 18, [0] * 9 + [1] * 9, n_causes=1)


def test_a_permutation_test_needs_a_draw():
    with pytest.raises(ArgumentError, match="`draws` must be a whole number of at least 1"):
        gray_permutation_test(*FOUR, n_causes=2, draws=0, rng=np.random.default_rng(1))


@pytest.mark.parametrize("draws", [0, 2.5, 10.0, True, "9"])
def test_draws_are_a_whole_number(draws):
    with pytest.raises(ArgumentError, match="`draws` must be a whole number of at least 1"):
        gray_permutation_test(*FOUR, n_causes=2, draws=draws)


def test_a_source_of_draws_is_a_generator():
    with pytest.raises(ArgumentError, match=r"`rng` must be a numpy\.random\.Generator"):
        gray_permutation_test(*FOUR, n_causes=2, rng=1)


def test_patients_given_as_groups_are_refused_and_do_not_fill_the_memory():
    time, cause = np.arange(600) + 0.5, [1] * 600
    with pytest.raises(ArgumentError, match="`group` must hold fewer groups"):
        gray_test(time, cause, np.arange(600), n_causes=1)
    many = np.arange(20_000)
    with pytest.raises(ArgumentError, match="`group` must hold at most 1000 groups"):
        gray_test(many, many >= 0, many, n_causes=1)
