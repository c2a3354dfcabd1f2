"""Twin of separation: every pair compared, and directions tried one by one.

With whole numbers from -2 to 2 and two covariates, the edges of the set of directions are at right
angles to a difference of two patients, so that all candidates can be listed. For logistic
regression with one covariate, thresholds are tried instead.
"""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.firth.separation import monotone_likelihood, separation

SOME = settings(max_examples=100, deadline=None)
small = st.integers(-2, 2)


def sign_of(values):
    """Return the common sign of the values, 0 if all are 0, None if they differ."""
    found = {(value > 0) - (value < 0) for value in values} - {0}
    return None if len(found) == 2 else (found.pop() if found else 0)


@SOME
@given(st.lists(st.tuples(st.integers(1, 6), st.booleans(), small, small), min_size=2, max_size=9))
def test_monotone_likelihood_by_all_pairs_and_all_edges(records):
    time, event, first, second = zip(*records, strict=True)
    x = list(zip(first, second, strict=True))
    try:
        found = monotone_likelihood(time, event, x)
    except ArgumentError:
        assume(False)
    pairs = {
        (x[i][0] - x[j][0], x[i][1] - x[j][1])
        for i in range(len(x))
        for j in range(len(x))
        if event[i] and time[j] >= time[i]
    }
    edges = {turn for a, b in pairs for turn in ((-b, a), (b, -a)) if (a, b) != (0, 0)}
    good = [d for d in edges if all(d[0] * a + d[1] * b >= 0 for a, b in pairs)]
    good += [(d[0] + e[0], d[1] + e[1]) for d in good for e in good]
    assert found.direction == (sign_of([d[0] for d in good]), sign_of([d[1] for d in good]))
    assert found.monotone == bool([d for d in good if d != (0, 0)])


@SOME
@given(st.lists(st.tuples(st.integers(1, 6), st.booleans(), small), min_size=2, max_size=9))
def test_monotone_likelihood_of_one_covariate_by_all_pairs(records):
    time, event, x = zip(*records, strict=True)
    try:
        found = monotone_likelihood(time, event, x)
    except ArgumentError:
        assume(False)
    gaps = [
        x[i] - x[j] for i in range(len(x)) for j in range(len(x)) if event[i] and time[j] >= time[i]
    ]
    expected = 1 if min(gaps) >= 0 else (-1 if max(gaps) <= 0 else 0)
    assert found.direction == (expected,)


@SOME
@given(st.lists(st.tuples(st.booleans(), small), min_size=2, max_size=9))
def test_separation_of_one_covariate_by_its_extremes(records):
    event, x = zip(*records, strict=True)
    try:
        found = separation(event, x)
    except ArgumentError:
        assume(False)
    with_it = [own for own, happened in zip(x, event, strict=True) if happened]
    without = [own for own, happened in zip(x, event, strict=True) if not happened]
    kind, slope, thresholds = "none", 0, [0, 0]
    if min(with_it) >= max(without):
        slope, thresholds = 1, [max(without), min(with_it)]
    elif max(with_it) <= min(without):
        slope, thresholds = -1, [max(with_it), min(without)]
    if slope:
        kind = "complete" if thresholds[0] < thresholds[1] else "quasi-complete"
    assert found.kind == kind
    # the intercept is minus slope times a threshold between these two
    assert found.direction == (sign_of([-slope * threshold for threshold in thresholds]), slope)
