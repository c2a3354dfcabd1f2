"""What weights, entropy balancing and balance obey for any patients."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.confounding.balance import covariate_balance
from autallo.stats.confounding.entropy_balancing import entropy_balance
from autallo.stats.confounding.propensity import propensity_score
from autallo.stats.confounding.standardised import standardised_difference
from autallo.stats.confounding.weights import balancing_weights, effective_sample_size

few = settings(max_examples=60, deadline=None)
estimands = st.sampled_from(["everybody", "treated", "untreated", "overlap"])
scores = st.lists(st.integers(1, 99).map(lambda k: k / 100), min_size=2, max_size=30)
weights = st.lists(st.integers(0, 20), min_size=1, max_size=30).filter(any)
values = st.lists(st.integers(-30, 30), min_size=2, max_size=20)


@st.composite
def patients(draw):
    """Two groups of 10 to 18, and two covariates of few values."""
    n, m = draw(st.integers(10, 18)), draw(st.integers(10, 18))
    rows = st.tuples(st.integers(0, 6), st.integers(0, 1))
    table = np.array(draw(st.lists(rows, min_size=n + m, max_size=n + m)), dtype=float)
    assume(
        (np.ptp(table, axis=0) > 0).all() and np.linalg.matrix_rank(table - table.mean(axis=0)) == 2
    )
    return np.repeat([0, 1], [n, m]), table


def balanced(treated, table, **options):
    try:
        return entropy_balance(treated, table, **options)
    except ArgumentError:
        return None


@few
@given(patients())
def test_overlap_weights_balance_every_mean_exactly(both):
    """Li, Morgan and Zaslavsky: with a logistic score with intercept, and no penalty."""
    treated, table = both
    found = propensity_score(treated, table)
    assume(not found.penalised)
    weight = balancing_weights(treated, found.score, estimand="overlap").weight
    for balance in covariate_balance(treated, table, weight=weight):
        assert balance.after is None or abs(balance.after) < 1e-10
    total = [weight[treated == arm].sum() for arm in (0, 1)]
    assert total[0] == pytest.approx(total[1], rel=1e-12)


@few
@given(scores, estimands)
def test_mr_5_swapping_the_groups_mirrors_the_weights(score, estimand):
    treated = np.arange(len(score)) % 2
    mirror = {"treated": "untreated", "untreated": "treated"}
    here = balancing_weights(treated, score, estimand=estimand)
    there = balancing_weights(
        1 - treated, 1 - np.array(score), estimand=mirror.get(estimand, estimand)
    )
    np.testing.assert_allclose(there.weight, here.weight, rtol=1e-12)
    np.testing.assert_allclose(there.total, here.total[::-1], rtol=1e-12)
    np.testing.assert_allclose(
        there.effective_sample_size, here.effective_sample_size[::-1], rtol=1e-12
    )


@few
@given(scores, estimands)
def test_weights_are_a_ratio_of_those_of_everybody(score, estimand):
    """Everybody's weights times the share of each score that the estimand is about."""
    treated, share = np.arange(len(score)) % 2, np.array(score)
    tilt = {
        "everybody": 1,
        "treated": share,
        "untreated": 1 - share,
        "overlap": share * (1 - share),
    }
    everybody = balancing_weights(treated, score, estimand="everybody").weight
    weight = balancing_weights(treated, score, estimand=estimand).weight
    np.testing.assert_allclose(weight, everybody * tilt[estimand], rtol=1e-12)


@few
@given(scores)
def test_mr_56_equal_scores_give_equal_weights(score):
    treated = np.arange(len(score)) % 2
    found = balancing_weights(
        treated, [score[0]] * len(score), estimand="everybody", stabilised=True
    )
    for arm in (0, 1):
        assert np.ptp(found.weight[treated == arm]) == 0
        assert found.effective_sample_size[arm] == pytest.approx((treated == arm).sum(), rel=1e-12)


@few
@given(scores, st.floats(0, 0.49))
def test_truncation_only_draws_weights_together(score, share):
    treated = np.arange(len(score)) % 2
    whole = balancing_weights(treated, score, estimand="everybody")
    found = balancing_weights(treated, score, estimand="everybody", truncated=share)
    low, high = found.limits
    np.testing.assert_array_equal(found.weight, np.clip(whole.weight, low, high))
    assert found.n_truncated == (found.weight != whole.weight).sum()
    assert balancing_weights(treated, score, estimand="everybody", truncated=0).n_truncated == 0


@few
@given(weights, st.integers(1, 50), st.randoms(use_true_random=False))
def test_effective_size_lies_between_1_and_the_patients_who_weigh(weight, unit, random):
    """MR-13: weight 0 is as if the patient were not there; MR-15: nor does the unit matter."""
    found = effective_sample_size(weight)
    assert 1 - 1e-12 <= found <= sum(each > 0 for each in weight) * (1 + 1e-12)
    assert effective_sample_size([each for each in weight if each]) == pytest.approx(found)
    assert effective_sample_size([unit * each for each in weight]) == pytest.approx(
        found, rel=1e-12
    )
    random.shuffle(weight)
    assert effective_sample_size(weight) == pytest.approx(found, rel=1e-12)


@few
@given(patients(), st.sampled_from(["treated", "untreated"]))
def test_entropy_balancing_balances_exactly(both, estimand):
    treated, table = both
    found = balanced(treated, table, estimand=estimand)
    assume(found is not None)
    aim = treated == (estimand == "treated")
    assert (found.weight >= 0).all()
    assert (found.weight[aim] == 1).all()
    assert found.weight[~aim].sum() == pytest.approx(aim.sum(), rel=1e-10)
    mean = found.weight[~aim] @ table[~aim] / found.weight[~aim].sum()
    np.testing.assert_allclose(mean, table[aim].mean(axis=0), atol=1e-8)
    assert found.largest_difference <= 1e-9
    weighing = ~aim & (found.weight > 0)
    assert found.unused == (~aim).sum() - weighing.sum()
    # Log weights are a sum of the covariates: the mark of the largest entropy.
    apart = np.log(found.weight[weighing]) - table[weighing] @ found.coefficient
    assert np.ptp(apart) < 1e-6 * (1 + np.abs(apart).max())


@few
@given(patients())
def test_mr_5_entropy_balancing_of_swapped_groups(both):
    treated, table = both
    here, there = balanced(treated, table), balanced(1 - treated, table, estimand="untreated")
    assert (here is None) == (there is None)
    assume(here is not None)
    np.testing.assert_allclose(there.weight, here.weight, rtol=1e-12)


@few
@given(patients(), st.floats(0.01, 100), st.floats(-50, 50), st.randoms(use_true_random=False))
def test_mr_6_mr_50_order_and_unit_do_not_matter_to_entropy_balancing(both, unit, origin, random):
    treated, table = both
    order = list(range(treated.size))
    random.shuffle(order)
    here = balanced(treated, table)
    there = balanced(treated[order], (table * [unit, 1] + [origin, 0])[order])
    assert (here is None) == (there is None)
    assume(here is not None)
    np.testing.assert_allclose(there.weight, here.weight[order], rtol=1e-6, atol=1e-8)


@few
@given(patients())
def test_mr_56_groups_alike_weigh_alike(both):
    table = both[1]
    treated = np.repeat([0, 1], len(table))
    found = entropy_balance(treated, np.vstack([table, table]))
    np.testing.assert_allclose(found.weight, 1, rtol=1e-9)
    for balance in covariate_balance(treated, np.vstack([table, table]), weight=found.weight):
        assert balance.before.estimate == 0
        assert abs(balance.after) < 1e-10


@few
@given(values, values, st.integers(1, 9), st.integers(-99, 99))
def test_mr_57_balance_changes_sign_with_the_groups_and_keeps_its_divisor(x, y, unit, origin):
    assume(len({*x}) > 1 or len({*y}) > 1)
    treated, column = np.repeat([1, 0], [len(x), len(y)]), np.array([*x, *y], dtype=float)
    weight = 1 + np.arange(column.size) % 5
    here = covariate_balance(treated, column, weight=weight)[0]
    there = covariate_balance(1 - treated, unit * column + origin, weight=weight)[0]
    assert there.before.estimate == pytest.approx(-here.before.estimate, rel=1e-9, abs=1e-12)
    assert there.after == pytest.approx(-here.after, rel=1e-9, abs=1e-12)
    spread = np.sqrt((np.var(x, ddof=1) + np.var(y, ddof=1)) / 2)
    gap = here.weighted_mean_treated - here.weighted_mean_untreated
    assert here.after == pytest.approx(gap / spread, rel=1e-9, abs=1e-12)


@few
@given(values, values, st.integers(1, 7))
def test_mr_14_equal_weights_change_nothing(x, y, unit):
    assume(len({*x}) > 1 and len({*y}) > 1)
    treated, column = np.repeat([1, 0], [len(x), len(y)]), [*x, *y]
    found = covariate_balance(treated, column, weight=[unit] * len(column))[0]
    assert found.after == pytest.approx(found.before.estimate, rel=1e-12, abs=1e-14)
    assert found.weighted_variance_ratio == pytest.approx(found.variance_ratio, rel=1e-12)
    assert found.weighted_mean_treated == pytest.approx(found.mean_treated, rel=1e-12, abs=1e-13)


@few
@given(values, values)
def test_the_correction_draws_towards_0_and_less_in_larger_groups(x, y):
    assume(len({*x}) > 1 or len({*y}) > 1)
    plain = standardised_difference(x, y)
    found = standardised_difference(x, y, corrected=True)
    assert abs(found.estimate) <= abs(plain.estimate)
    assert found.low < found.estimate < found.high
    # The approximation of the same factor that is mostly used, good to 0.007 from two on.
    factor = 1 - 3 / (4 * (len(x) + len(y) - 2) - 1)
    assert found.estimate == pytest.approx(factor * plain.estimate, rel=0.015, abs=1e-12)
