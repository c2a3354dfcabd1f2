"""Twin of Firth's Cox model: the penalised likelihood from its definition, searched by brute force.

The information is added up as a variance, patient by patient. The maximum is
found by ever finer grids, the limits by halving.
"""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.firth import partial_likelihood
from autallo.stats.firth.cox import fit_firth_cox

FEW = settings(max_examples=25, deadline=None)
record = st.tuples(st.integers(1, 9), st.booleans(), st.integers(-3, 3), st.integers(0, 1))
some_records = st.lists(record, min_size=3, max_size=12)
both_ties = st.sampled_from(["efron", "breslow"])
POINT = {0.8: 1.642374415149818, 0.95: 3.841458820694124}


def slow_penalised(time, event, x, b, ties, entry=None):
    """Log partial likelihood plus half the log determinant of the information, row by row."""
    size = len(b)
    entry = [-1] * len(time) if entry is None else entry
    total, information = 0.0, [[0.0] * size for _ in range(size)]
    eta = [sum(u * v for u, v in zip(b, row, strict=True)) for row in x]
    for day in sorted({t for t, e in zip(time, event, strict=True) if e}):
        tied = [i for i, t in enumerate(time) if t == day and event[i]]
        here = [i for i, t in enumerate(time) if t >= day and entry[i] < day]
        for order, dead in enumerate(tied):
            off = order / len(tied) if ties == "efron" else 0.0
            top = max(eta[i] for i in here)
            risk = {i: math.exp(eta[i] - top) * (1 - off * (i in tied)) for i in here}
            whole = math.fsum(risk.values())
            total += eta[dead] - top - math.log(whole)
            mean = [math.fsum(risk[i] * x[i][j] for i in here) / whole for j in range(size)]
            for j in range(size):
                for k in range(size):
                    information[j][k] += math.fsum(
                        risk[i] * (x[i][j] - mean[j]) * (x[i][k] - mean[k]) / whole for i in here
                    )
    if size == 1:
        determinant = information[0][0]
    else:
        (a, c), (d, e) = information
        determinant = a * e - c * d
    return total + math.log(determinant) / 2 if determinant > 0 else -math.inf


def finest(function, low, high, points=13, rounds=40):
    """Return the place of the maximum by ever finer grids."""
    best = low
    for _ in range(rounds):
        step = (high - low) / (points - 1)
        best = max((low + step * k for k in range(points)), key=function)
        low, high = best - step, best + step
    return best


def halved(function, inside, outside):
    """Return where the function passes 0, which it exceeds inside."""
    while function(outside) > 0:
        outside += outside - inside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if function(middle) > 0 else (inside, middle)
    return (inside + outside) / 2


def fit_or_skip(*data, **options):
    try:
        return fit_firth_cox(*data, **options)
    except ArgumentError:
        assume(False)


@FEW
@given(some_records, both_ties, st.sampled_from([0.8, 0.95]), st.booleans())
def test_one_covariate_by_grids_and_halving(records, ties, level, late):
    time, event, x, early = map(list, zip(*records, strict=True))
    entry = [t - 1 - 2 * e if t > 3 else 0 for t, e in zip(time, early, strict=True)]
    entry = entry if late else None
    fit = fit_or_skip(time, event, x, ties=ties, level=level, entry=entry)

    def height(b):
        return slow_penalised(time, event, [[own] for own in x], [b], ties, entry)

    best = finest(height, -12, 12)
    assert fit.penalised_log_likelihood == pytest.approx(height(best), rel=1e-10, abs=1e-10)
    assert fit.coefficient[0] == pytest.approx(best, abs=2e-6)  # a flat top
    assert fit.penalised_log_likelihood_null == pytest.approx(height(0.0), rel=1e-11, abs=1e-11)
    assert fit.statistic[0] == pytest.approx(2 * (height(best) - height(0.0)), rel=1e-8, abs=1e-10)

    def above(b):
        return height(b) - height(best) + POINT[level] / 2

    assert fit.low[0] == pytest.approx(halved(above, best, best - 1), rel=1e-7, abs=1e-8)
    assert fit.high[0] == pytest.approx(halved(above, best, best + 1), rel=1e-7, abs=1e-8)
    assert fit.converged


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_two_covariates_by_grids_inside_grids(ties):
    time = [1, 2, 2, 3, 4, 4, 5, 6]
    event = [1, 1, 1, 0, 1, 0, 0, 1]
    x = [[0, 2], [0, -1], [0, 1], [1, 0], [0, -2], [1, 1], [1, 2], [0, 0]]
    fit = fit_firth_cox(time, event, x, ties=ties)

    def inner(b, place):
        def at(other):
            both = [b, other] if place == 0 else [other, b]
            return slow_penalised(time, event, x, both, ties)

        return at(finest(at, -8, 8, points=9, rounds=16))

    top = fit.penalised_log_likelihood
    assert inner(float(fit.coefficient[0]), 0) == pytest.approx(top, rel=1e-10)
    for place in (0, 1):
        null = inner(0.0, place)
        assert fit.statistic[place] == pytest.approx(2 * (top - null), rel=1e-6)
        for limit in (fit.low[place], fit.high[place]):
            fall = 2 * (top - inner(float(limit), place))
            assert fall == pytest.approx(POINT[0.95], rel=1e-7)
        for step in (-0.01, 0.01):
            assert inner(float(fit.coefficient[place]) + step, place) < top


@FEW
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.booleans(), st.integers(-3, 3), st.integers(0, 1)),
        min_size=12,
        max_size=40,
    ),
    both_ties,
    st.booleans(),
)
def test_sums_of_powers_give_what_pairs_give(records, ties, late):
    time, event, x, arm = zip(*records, strict=True)
    entry = [max(0, t - 4) for t in time] if late else None
    x = list(zip(x, arm, strict=True))
    pairs = fit_or_skip(time, event, x, ties=ties, entry=entry)
    usual = partial_likelihood.MOST_CELLS
    try:
        partial_likelihood.MOST_CELLS = 0
        sums = fit_firth_cox(time, event, x, ties=ties, entry=entry)
    finally:
        partial_likelihood.MOST_CELLS = usual
    error = pairs.std_error
    assert (abs(sums.coefficient - pairs.coefficient) <= 1e-7 * error).all()
    assert (abs(sums.low - pairs.low) <= 1e-6 * error).all()
    assert (abs(sums.high - pairs.high) <= 1e-6 * error).all()
    assert sums.statistic == pytest.approx(pairs.statistic, rel=1e-7, abs=1e-9)
    assert sums.covariance == pytest.approx(pairs.covariance, rel=1e-7, abs=1e-9)
