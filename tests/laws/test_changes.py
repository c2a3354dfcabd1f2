"""Laws of the groups that patients join later: what must hold for any patients."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox
from autallo.stats.incidence.aalen_johansen import cumulative_incidence, incidence_at
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.multistate.landmark import landmark_sample
from autallo.stats.multistate.mantel_byar import mantel_byar_test
from autallo.stats.multistate.simon_makuch import simon_makuch
from autallo.stats.multistate.split_at_change import split_at_change
from autallo.stats.survival.kaplan_meier import kaplan_meier, survival_at

laws = settings(max_examples=40, deadline=None)
patient = st.integers(1, 12).flatmap(
    lambda last: st.tuples(st.just(last), st.booleans(), st.integers(0, last), st.booleans())
)
patients = st.lists(patient, min_size=2, max_size=30)
UNITS = st.sampled_from([1 / 7, 30.4375, 365.25])


def columns(people):
    return [list(column) for column in zip(*people, strict=True)]


def close(actual, expected, rtol=1e-10, atol=1e-13):
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)


def same_test(one, two, rtol=1e-9):
    close(one.observed, two.observed)
    close(one.expected, two.expected, rtol=rtol)
    assert one.df == two.df
    assert (one.statistic is None) is (two.statistic is None)
    if one.statistic is not None:
        close([one.statistic, one.z], [two.statistic, two.z], rtol=rtol, atol=1e-12)
        close(one.p_value, two.p_value, rtol=1e-7)
        assert 0 <= one.p_value <= 1


@laws
@given(patients)
def test_mr44_a_group_that_nobody_joins_later_is_the_log_rank_test(people):
    time, event, _, changed = columns(people)
    assume(len(set(changed)) == 2)
    test = mantel_byar_test(time, event, [0] * len(time), changed)
    plain = logrank_test(time, event, [int(c) for c in changed])
    same_test(test, plain)
    assert test.changed == sum(changed)


@laws
@given(patients)
def test_rows_and_late_entry_give_the_same_test(people):
    rows = split_at_change(*columns(people))
    assume(len(set(rows.changed.tolist())) == 2)
    plain = logrank_test(rows.stop, rows.event, rows.changed, entry=rows.start)
    same_test(mantel_byar_test(*columns(people)), plain)


@laws
@given(patients)
def test_mr44_the_score_test_of_cox_with_fixed_groups_and_no_ties(people):
    time = [t + place / 100 for place, (t, *_) in enumerate(people)]
    event, changed = [e for _, e, *_ in people], [c for *_, c in people]
    test = mantel_byar_test(time, event, [0] * len(time), changed)
    try:
        fit = fit_cox(time, event, [int(c) for c in changed])
    except ArgumentError:
        assert test.statistic is None
        return
    close(test.statistic, fit.score_statistic, rtol=1e-8, atol=1e-11)


@laws
@given(patients, st.randoms(use_true_random=False), UNITS)
def test_order_and_unit_do_not_matter(people, random, unit):
    """MR-1 and MR-6."""
    other = [(t / unit, e, x / unit, c) for t, e, x, c in people]
    random.shuffle(other)
    same_test(mantel_byar_test(*columns(people)), mantel_byar_test(*columns(other)))
    one = simon_makuch(*columns(people), landmark=0)
    two = simon_makuch(*columns(other), landmark=0)
    for first, second in ((one.unchanged, two.unchanged), (one.changed, two.changed)):
        assert (first is None) is (second is None)
        if first is not None:
            close(second.survival, first.survival)
            close(second.time * unit, first.time)
            assert second.at_risk.tolist() == first.at_risk.tolist()


@laws
@given(patients)
def test_mr3_an_order_preserving_change_of_time_changes_no_test(people):
    other = [(t**3, e, x**3, c) for t, e, x, c in people]
    same_test(mantel_byar_test(*columns(people)), mantel_byar_test(*columns(other)))


@laws
@given(patients, patients)
def test_mr44_strata_with_one_stratum_are_the_plain_test(people, others):
    both = people + others
    same_test(
        mantel_byar_test(*columns(both), stratum=[0] * len(both)), mantel_byar_test(*columns(both))
    )
    apart = mantel_byar_test(*columns(both), stratum=[0] * len(people) + [1] * len(others))
    parts = [mantel_byar_test(*columns(part)) for part in (people, others)]
    close(apart.expected, sum(part.expected for part in parts))
    close(apart.variance, sum(part.variance for part in parts))


@laws
@given(patients)
def test_splitting_keeps_the_follow_up(people):
    """MR-16: curves that do not look at the change are as before."""
    time, event, change, changed = columns(people)
    rows = split_at_change(time, event, change, changed)
    lengths = np.bincount(rows.patient, rows.stop - rows.start)
    close(lengths, time)
    assert np.bincount(rows.patient, rows.event).tolist() == [float(e) for e in event]
    plain, split = kaplan_meier(time, event), kaplan_meier(rows.stop, rows.event, entry=rows.start)
    at = [0.5, 1, 3, 6.5, 12]
    one, two = survival_at(plain, at), survival_at(split, at)
    close(two.survival, one.survival)
    close(two.std_error, one.std_error)
    assert two.at_risk.tolist()[1:] == one.at_risk.tolist()[1:]


@laws
@given(patients)
def test_curves_without_changes_are_kaplan_meier(people):
    time, event, _, changed = columns(people)
    for everybody in (True, False):
        curves = simon_makuch(time, event, [0] * len(time), [everybody] * len(time), landmark=0)
        curve = curves.changed if everybody else curves.unchanged
        plain = kaplan_meier(time, event)
        for field in ("time", "at_risk", "survival", "std_error", "low", "high"):
            close(getattr(curve, field), getattr(plain, field))
    fixed = simon_makuch(time, event, [0] * len(time), changed, landmark=0)
    assert fixed.joined == 0
    assert fixed.at_landmark.tolist() == [changed.count(False), changed.count(True)]


@laws
@given(patients, st.integers(0, 8))
def test_curves_of_simon_and_makuch_share_the_patients_of_the_landmark(people, landmark):
    assume(any(t > landmark for t, *_ in people))
    curves = simon_makuch(*columns(people), landmark=landmark)
    sample = landmark_sample(*columns(people), landmark=landmark)
    kept = sample.time > 0
    assert curves.at_landmark.sum() == kept.sum()
    both = [curve for curve in (curves.unchanged, curves.changed) if curve is not None]
    assert sum(curve.events.sum() for curve in both) == sample.cause[kept].sum()


@laws
@given(patients)
def test_a_landmark_at_0_changes_nothing(people):
    time, event, change, changed = columns(people)
    sample = landmark_sample(time, event, change, changed, landmark=0)
    assert sample.time.tolist() == time
    assert sample.cause.tolist() == [int(e) for e in event]
    assert (sample.event_before, sample.ended_before) == (0, 0)
    later = landmark_sample(time, event, landmark=0, until=100)
    assert later.time.tolist() == time
    assert later.cause.tolist() == sample.cause.tolist()


@laws
@given(patients, st.integers(0, 11))
def test_curves_of_the_sample_are_conditional(people, landmark):
    """Survival from the landmark is plain survival over its value there; incidence likewise."""
    time, event = columns(people)[:2]
    cause = [1 + place % 2 if e else 0 for place, e in enumerate(event)]
    assume(any(t > landmark for t in time))
    sample = landmark_sample(time, cause, landmark=landmark, n_causes=2)
    at = np.array([0, 0.5, 1, 2, 5, 11])
    curve = kaplan_meier(time, event)
    start = survival_at(curve, [landmark]).survival[0]
    part = survival_at(kaplan_meier(sample.time, sample.cause > 0), at)
    close(part.survival * start, survival_at(curve, landmark + at).survival)
    plain = cumulative_incidence(time, cause, n_causes=2)
    both = incidence_at(plain, [landmark, *(landmark + at)]).incidence
    own = incidence_at(cumulative_incidence(sample.time, sample.cause, n_causes=2), at).incidence
    close(own * start, both[1:] - both[:1], atol=1e-12)
    # MR-20: ending all follow-up later does not change what was before
    ended = landmark_sample(time, cause, landmark=landmark, n_causes=2, until=landmark + 2)
    early = survival_at(kaplan_meier(ended.time, ended.cause > 0), [0.5, 1, 2])
    close(early.survival, part.survival[1:4])
