"""What propensity scores obey for any patients."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.confounding.propensity import propensity_score

few = settings(max_examples=60, deadline=None)


@st.composite
def patients(draw, overlapping=False):
    """Two groups of 10 to 18, and two covariates of few values, so that many are tied."""
    n, m = draw(st.integers(10, 18)), draw(st.integers(10, 18))
    values = st.tuples(st.integers(0, 6), st.integers(0, 1))
    table = np.array(draw(st.lists(values, min_size=n + m, max_size=n + m)), dtype=float)
    treated = np.repeat([0, 1], [n, m])
    try:
        found = propensity_score(treated, table)
    except ArgumentError:
        assume(False)
    assume(found.converged and not (overlapping and found.penalised))
    return treated, table, found


@few
@given(patients())
def test_scores_are_probabilities_that_add_up_to_the_treated(given_patients):
    treated, _, found = given_patients
    assert ((found.score > 0) & (found.score < 1)).all()
    assert found.score.sum() == pytest.approx(treated.sum(), rel=1e-9)
    assert 0 <= found.concordance <= 1
    assert np.isfinite(found.coefficient).all()
    assert found.penalised == bool(found.separating) == (found.reason is not None)


@few
@given(patients(overlapping=True))
def test_scores_have_the_covariate_sums_of_the_treated(given_patients):
    """The equations of maximum likelihood with the canonical link."""
    treated, table, found = given_patients
    np.testing.assert_allclose(found.score @ table, treated @ table, rtol=1e-10, atol=1e-10)


@few
@given(patients())
def test_mr_5_swapping_the_groups_mirrors_the_score(given_patients):
    treated, table, found = given_patients
    other = propensity_score(1 - treated, table)
    np.testing.assert_allclose(other.score, 1 - found.score, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(other.coefficient, -found.coefficient, rtol=1e-6, atol=1e-8)
    assert other.concordance == pytest.approx(found.concordance, rel=1e-12)
    assert other.separating == found.separating


@few
@given(patients(), st.randoms(use_true_random=False))
def test_mr_6_order_of_the_patients_does_not_matter(given_patients, random):
    treated, table, found = given_patients
    order = list(range(treated.size))
    random.shuffle(order)
    other = propensity_score(treated[order], table[order])
    np.testing.assert_allclose(other.score, found.score[order], rtol=1e-6, atol=1e-9)
    assert other.concordance == pytest.approx(found.concordance, rel=1e-12)


@few
@given(patients(), st.floats(0.01, 100), st.floats(-50, 50))
def test_mr_50_unit_and_origin_do_not_matter(given_patients, unit, origin):
    treated, table, found = given_patients
    other = propensity_score(treated, table * [unit, 1] + [origin, 0])
    np.testing.assert_allclose(other.score, found.score, rtol=1e-6, atol=1e-9)
    assert other.coefficient[1] * unit == pytest.approx(found.coefficient[1], rel=1e-6, abs=1e-8)


@few
@given(patients())
def test_mr_51_a_repeated_column_is_refused(given_patients):
    treated, table, _ = given_patients
    twice = np.column_stack([table[:, 0], table[:, 0] * 12])
    with pytest.raises(ArgumentError, match="months follows from those before"):
        propensity_score(treated, twice, names=["years", "months"])


@few
@given(patients())
def test_mr_56_covariates_that_are_alike_in_both_groups_tell_nothing(given_patients):
    _, table, _ = given_patients
    found = propensity_score(np.repeat([0, 1], len(table)), np.vstack([table, table]))
    np.testing.assert_allclose(found.score, 0.5, rtol=1e-9)
    assert found.concordance == 0.5
