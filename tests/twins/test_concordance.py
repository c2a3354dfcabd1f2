"""A slow twin of the concordance: all pairs, in fractions; the standard error by its definition."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.cox.concordance import concordance
from autallo.stats.cox.rows import Rows

FEW = settings(max_examples=60, deadline=None)
row = st.tuples(
    st.integers(1, 7),
    st.integers(1, 7),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3)]),
    st.integers(0, 1),
)
some_rows = st.lists(row, min_size=1, max_size=14)


def pairs(records, weight_of):
    """Yield rows, weight and kind of each pair of one stratum of which one had the event."""
    for i, (t, _, event, score, _, stratum) in enumerate(records):
        for j, (other, stay, other_event, other_score, _, its_stratum) in enumerate(records):
            if i == j or stratum != its_stratum or not event:
                continue
            if other == t and other_event:
                if i < j:
                    yield i, j, weight_of(t, stratum), "both" if score == other_score else "time"
            elif other - stay < t <= other:
                kinds = {1: "concordant", 0: "score", -1: "discordant"}
                sign = (score > other_score) - (score < other_score)
                yield i, j, weight_of(t, stratum), kinds[sign]


def product_limit(records, day, stratum, *, of_events):
    """Return the estimate just before a day, for events or for censoring after events."""
    value = Fraction(1)
    for s in range(day):
        here = [own for own in records if own[5] == stratum and own[0] - own[1] < s <= own[0]]
        died = sum(own[4] for own in here if own[0] == s and own[2])
        left = sum(own[4] for own in here if own[0] == s and not own[2])
        at_risk = sum(own[4] for own in here)
        if of_events and died:
            value *= 1 - died / at_risk
        if not of_events and left:
            value *= 1 - left / (at_risk - died)
    return value


def time_weight(records, kind):
    def weight(day, stratum):
        at_risk = sum(o[4] for o in records if o[5] == stratum and o[0] - o[1] < day <= o[0])
        everybody = sum(own[4] for own in records if own[5] == stratum)
        alive = product_limit(records, day, stratum, of_events=True)
        followed = product_limit(records, day, stratum, of_events=False)
        return {
            "n": lambda: Fraction(1),
            "S": lambda: everybody * alive / at_risk,
            "S/G": lambda: everybody * alive / (followed * at_risk),
            "n/G2": lambda: 1 / followed**2,
            "I": lambda: 1 / at_risk,
        }[kind]()

    return weight


@FEW
@given(
    some_rows,
    st.sampled_from(["n", "S", "S/G", "n/G2", "I"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_pf28_all_pairs(records, kind, entry, weights, by_cluster):
    """A rival counted pairs of events and censoring wrongly, and its test agreed."""
    entry = entry and kind in {"n", "S", "I"}
    records = [
        (t, stay if entry else 100, e, s, w if weights else Fraction(1), g)
        for t, stay, e, s, w, g in records
    ]
    codes = sorted({own[5] for own in records})
    n = len(records)
    cluster = [place % 3 if n > 3 else 0 for place in range(n)]
    mine = concordance(
        [own[0] + 7 for own in records],
        [own[2] for own in records],
        [own[3] for own in records],
        rows=Rows(
            entry=[own[0] - own[1] + 7 for own in records] if entry else None,
            weight=[float(own[4]) for own in records] if weights else None,
            stratum=[codes.index(own[5]) for own in records],
            cluster=cluster if by_cluster else None,
        ),
        pair_weight=kind,
    )
    total = dict.fromkeys(["concordant", "discordant", "score", "time", "both"], Fraction(0))
    won, compared = [Fraction(0)] * n, [Fraction(0)] * n
    for i, j, weight, what in pairs(records, time_weight(records, kind)):
        weight *= records[i][4] * records[j][4]
        total[what] += weight
        if what in {"time", "both"}:
            continue
        half = {"concordant": Fraction(1), "score": Fraction(1, 2), "discordant": Fraction(0)}
        for own in (i, j):
            won[own] += weight * half[what]
            compared[own] += weight
    assert mine.concordant == pytest.approx(float(total["concordant"]), rel=1e-10, abs=1e-12)
    assert mine.discordant == pytest.approx(float(total["discordant"]), rel=1e-10, abs=1e-12)
    assert mine.tied_score == pytest.approx(float(total["score"]), rel=1e-10, abs=1e-12)
    assert mine.tied_time == pytest.approx(float(total["time"]), rel=1e-10, abs=1e-12)
    assert mine.tied_both == pytest.approx(float(total["both"]), rel=1e-10, abs=1e-12)
    all_pairs = total["concordant"] + total["discordant"] + total["score"]
    if not all_pairs:
        assert (mine.estimate, mine.std_error) == (None, None)
        return
    estimate = (total["concordant"] + total["score"] / 2) / all_pairs
    assert mine.estimate == pytest.approx(float(estimate), rel=1e-10)
    change = [(w - estimate * c) / all_pairs for w, c in zip(won, compared, strict=True)]
    if by_cluster:
        change = [
            sum(own for own, code in zip(change, cluster, strict=True) if code == group)
            for group in set(cluster)
        ]
    variance = sum(own**2 for own in change)
    assert mine.std_error**2 == pytest.approx(float(variance), rel=1e-9, abs=1e-20)
