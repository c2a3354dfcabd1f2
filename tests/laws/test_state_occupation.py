"""Laws of patients in states: what must hold for any patients."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.aalen_johansen import cumulative_incidence, incidence_at
from autallo.stats.incidence.restricted_loss import restricted_time_lost
from autallo.stats.multistate.histories import state_histories
from autallo.stats.multistate.state_occupation import state_occupation
from autallo.stats.multistate.state_probability import state_probability
from autallo.stats.multistate.time_in_states import restricted_time_in_states
from autallo.stats.survival.kaplan_meier import kaplan_meier
from autallo.stats.survival.nelson_aalen import nelson_aalen
from autallo.stats.survival.restricted_mean import restricted_mean

SIZE = 4
laws = settings(max_examples=30, deadline=None)
SCALES = st.sampled_from(["log-log", "log", "logit", "arcsine", "plain"])
VARIANCES = st.sampled_from(["jackknife", "greenwood"])

step = st.tuples(st.integers(1, 4), st.integers(1, SIZE))
walk = st.tuples(
    st.sampled_from([0, 0, 0, 1, 2]),
    st.sampled_from([1, 1, 1, 2, 3]),
    st.lists(step, min_size=1, max_size=4),
)
walks = st.lists(walk, min_size=1, max_size=30)
outcomes = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3)), min_size=1, max_size=40)


def rows_of(walks):
    """Rows of patient, start, stop, from, to; a step to the same state ends follow-up."""
    rows = []
    for patient, (now, state, steps) in enumerate(walks):
        for length, goal in steps:
            moves = goal != state
            rows.append((patient, now, now + length, state, goal if moves else 0))
            now, state = now + length, goal
            if not moves:
                break
    return rows


def stays(rows, n_states=SIZE):
    patient, start, stop, from_state, to_state = zip(*rows, strict=True)
    return state_histories(
        patient, start, stop, from_state=from_state, to_state=to_state, n_states=n_states
    )


def fitted(walks, **options):
    return state_occupation(stays(rows_of(walks)), **options)


def close(actual, expected, rtol=1e-11, atol=1e-13):
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)


@laws
@given(walks, VARIANCES)
def test_probabilities_sum_to_1_and_errors_cancel(walks, variance):
    """MR-17, MR-22 and MR-34: nothing is missing."""
    curves = fitted(walks, variance=variance)
    close(curves.probability.sum(axis=1), 1)
    assert (curves.probability >= 0).all()
    assert (curves.probability <= 1).all()
    close(curves.covariance.sum(axis=2), 0)
    for field in ("probability", "std_error", "low", "high", "covariance", "followed"):
        assert np.isfinite(getattr(curves, field)).all()
    everything = state_probability(curves, range(1, SIZE + 1))
    assert everything.estimate.tolist() == [1] * curves.time.size
    assert everything.std_error.tolist() == [0] * curves.time.size


@laws
@given(walks, SCALES)
def test_limits_contain_the_estimate_and_nest(walks, scale):
    """MR-31, MR-32 and MR-33."""
    narrow, wide = (fitted(walks, level=level, interval=scale) for level in (0.8, 0.99))
    close(narrow.std_error, wide.std_error, rtol=0, atol=0)
    assert (wide.low >= 0).all()
    assert (wide.low <= narrow.low).all()
    assert (narrow.low <= narrow.probability + 1e-12).all()
    assert (narrow.probability <= narrow.high + 1e-12).all()
    assert (narrow.high <= wide.high).all()
    assert (wide.high <= 1).all()
    # no interval is a point
    assert (wide.low < wide.high).all()


@laws
@given(walks, st.sets(st.integers(1, SIZE), min_size=1, max_size=SIZE - 1))
def test_a_set_of_states_and_all_others(walks, states):
    """MR-25: probabilities of sets add up, and a set knows as much as its complement."""
    curves = fitted(walks)
    at = [0, 0.5, *curves.time, 30]
    inside = state_probability(curves, sorted(states), at=at, interval="logit")
    others = sorted(set(range(1, SIZE + 1)) - states)
    outside = state_probability(curves, others, at=at, interval="logit")
    close(inside.estimate + outside.estimate, 1)
    close(inside.std_error, outside.std_error, atol=1e-9)
    close(inside.low, 1 - outside.high, rtol=1e-6, atol=1e-7)
    assert (inside.at_risk + outside.at_risk)[2:-1].tolist() == curves.at_risk.sum(axis=1).tolist()


@laws
@given(walks)
def test_one_state_is_read_as_it_stands(walks):
    """MR-27: a finer grid changes nothing; the value between two times is the earlier one."""
    curves = fitted(walks)
    for state in range(1, SIZE + 1):
        whole = state_probability(curves, [state])
        at_times = state_probability(curves, [state], at=curves.time)
        between = state_probability(curves, [state], at=curves.time + 0.25)
        for field in ("estimate", "std_error"):
            column = getattr(curves, "probability" if field == "estimate" else field)[:, state - 1]
            close(getattr(whole, field), column)
            close(getattr(at_times, field), column)
            close(getattr(between, field), column)
        close(whole.low, curves.low[:, state - 1])
        close(whole.high, curves.high[:, state - 1])
        assert whole.at_risk.tolist() == curves.at_risk[:, state - 1].tolist()


@laws
@given(outcomes, SCALES, VARIANCES)
def test_two_states_without_return_are_kaplan_meier(rows, scale, variance):
    """MR-23, with limits and bound."""
    time, event = zip(*((t, c > 0) for t, c in rows), strict=True)
    curve = kaplan_meier(time, event, interval=scale)
    curves = state_occupation(
        stays(
            [(k, 0, t, 1, 2 if e else 0) for k, (t, e) in enumerate(zip(time, event, strict=True))],
            2,
        ),
        variance=variance,
        interval=scale,
    )
    assert curves.time.tolist() == curve.time.tolist()
    close(curves.probability[:, 0], curve.survival)
    close(curves.std_error[:, 0], curve.std_error)
    inside = (curve.survival > 0) & (curve.survival < 1)
    close(curves.low[inside, 0], curve.low[inside])
    close(curves.high[inside, 0], curve.high[inside])
    untouched = curve.survival == 1
    close(curves.low[untouched, 0], curve.low[untouched])
    if any(event):
        hazard = nelson_aalen(time, event)
        close(curves.cumulative_hazard[:, 0], hazard.hazard)
        close(curves.hazard_std_error[:, 0], hazard.std_error)
    mean = restricted_mean(curve, until=7)
    time_in = restricted_time_in_states(
        stays(
            [(k, 0, t, 1, 2 if e else 0) for k, (t, e) in enumerate(zip(time, event, strict=True))],
            2,
        ),
        until=7,
        variance=variance,
    )
    close(time_in.estimate[0], mean.estimate)
    close(time_in.std_error[0], mean.std_error)
    if mean.std_error > 0:
        close([time_in.low[0], time_in.high[0]], [mean.low, mean.high])


@laws
@given(outcomes, SCALES, VARIANCES)
def test_competing_causes_are_cumulative_incidence(rows, scale, variance):
    """MR-22 and MR-24, with limits and bound."""
    time, cause = zip(*rows, strict=True)
    incidence = cumulative_incidence(time, cause, n_causes=3, interval=scale)
    histories = stays([(k, 0, t, 1, c + 1 if c else 0) for k, (t, c) in enumerate(rows)], 4)
    curves = state_occupation(histories, variance=variance, interval=scale)
    close(curves.probability[:, 1:], incidence.incidence)
    close(curves.std_error[:, 1:], incidence.std_error, atol=1e-9)
    close(curves.low[:, 1:], incidence.low, rtol=1e-6, atol=1e-9)
    close(curves.high[:, 1:], incidence.high, rtol=1e-6, atol=1e-9)
    close(curves.followed, incidence.followed)
    at = [0.5, 3, 7.5, 20]
    for state in (2, 3, 4):
        mine = state_probability(curves, [state], at=at, interval=scale)
        theirs = incidence_at(incidence, at)
        close(mine.estimate, theirs.incidence[:, state - 2])
        assert mine.at_risk.tolist() == [0] * 4
        assert mine.beyond.tolist() == theirs.beyond.tolist()
        close(mine.high, theirs.high[:, state - 2], rtol=1e-6, atol=1e-9)
    lost = restricted_time_lost(incidence, until=7)
    mean = restricted_time_in_states(histories, until=7, variance=variance)
    close(mean.estimate[1:], lost.estimate)
    close(mean.std_error[1:], lost.std_error, atol=1e-8)


@laws
@given(walks, VARIANCES)
def test_splitting_rows_changes_nothing(walks, variance):
    """MR-16."""
    rows = rows_of(walks)
    pieces = []
    for patient, start, stop, frm, to in rows:
        middle = (start + stop) / 2
        pieces += [(patient, start, middle, frm, 0), (patient, middle, stop, frm, to)]
    whole, split = (state_occupation(stays(r), variance=variance) for r in (rows, pieces))
    assert split.time.tolist() == whole.time.tolist()
    for field in ("at_risk", "events", "probability", "std_error", "low", "high"):
        close(getattr(split, field), getattr(whole, field), rtol=1e-12, atol=0)


@laws
@given(walks, st.randoms(use_true_random=False), st.sampled_from([1 / 7, 30.4375, 365.25]))
def test_order_names_and_unit_do_not_matter(walks, random, unit):
    """MR-1, MR-2, MR-6 and MR-8: rows in another order, other numbers, months for days."""
    rows = rows_of(walks)
    other = [(97 - 3 * p, a / unit, b / unit, f, t) for p, a, b, f, t in rows]
    random.shuffle(other)
    one, two = state_occupation(stays(rows)), state_occupation(stays(other))
    close(two.time * unit, one.time)
    for field in ("at_risk", "events", "probability", "followed", "low", "high"):
        close(getattr(two, field), getattr(one, field), rtol=1e-9, atol=1e-9)
    mean, scaled = (
        restricted_time_in_states(stays(r), until=until)
        for r, until in ((rows, 5), (other, 5 / unit))
    )
    close(scaled.estimate * unit, mean.estimate)
    close(scaled.std_error * unit, mean.std_error, atol=1e-7)


@laws
@given(walks, st.integers(2, 4), VARIANCES)
def test_every_patient_several_times(walks, times, variance):
    """MR-12: the probabilities stay, their variance shrinks as often."""
    one, many = fitted(walks, variance=variance), fitted(walks * times, variance=variance)
    close(many.probability, one.probability)
    close(many.covariance * times, one.covariance)
    close(many.followed, one.followed * times)


@laws
@given(walks)
def test_ending_follow_up_later_does_not_change_what_was_before(walks):
    """MR-20."""
    rows = rows_of(walks)
    short = [(p, a, min(b, 6), f, t if b <= 6 else 0) for p, a, b, f, t in rows if a < 6]
    start = state_occupation(stays(rows)).initial
    one, two = (state_occupation(stays(r), initial=start) for r in (rows, short))
    row = np.flatnonzero(one.time <= 6)
    earlier = [place for place, time in enumerate(two.time) if time in one.time]
    close(two.probability[earlier], one.probability[row])
    close(two.covariance[earlier], one.covariance[row])


@laws
@given(walks)
def test_without_censoring_they_are_shares_of_the_patients(walks):
    """MR-19: all are followed until day 20."""
    rows, places = [], []
    for patient, (_, state, steps) in enumerate(walks):
        now, since = 0, {}
        for length, goal in steps:
            rows.append((patient, now, now + length, state, goal if goal != state else 0))
            now, state = now + length, goal
            since[now] = state
        rows.append((patient, now, 20, state, 0))
        first = walks[patient][1]
        places.append(
            [
                since[max(k for k in since if k <= t)] if t >= min(since) else first
                for t in range(20)
            ]
        )
    share = np.array(
        [[np.mean([p[t] == k for p in places]) for k in range(1, 5)] for t in range(20)]
    )
    curves = state_occupation(stays(rows))
    for state in range(1, SIZE + 1):
        read = state_probability(curves, [state], at=range(20))
        mine = share[:, state - 1]
        close(read.estimate, mine)
        close(read.std_error, np.sqrt(mine * (1 - mine) / len(walks)), atol=1e-9)


@laws
@given(walks)
def test_mean_times_are_areas_and_add_up(walks):
    """MR-28 and MR-29."""
    histories = stays(rows_of(walks))
    curves = state_occupation(histories)
    mean = restricted_time_in_states(histories, until=8)
    edges = np.concatenate(([0.0], np.minimum(curves.time, 8), [8.0]))
    heights = np.vstack([curves.initial, curves.probability])
    close(mean.estimate, np.diff(edges) @ heights)
    close(mean.estimate.sum(), 8)
    close(mean.covariance.sum(axis=1), 0, atol=1e-10)
    assert (mean.low <= mean.estimate + 1e-12).all()
    assert (mean.estimate <= mean.high + 1e-12).all()
    assert (mean.low < mean.high).all()
