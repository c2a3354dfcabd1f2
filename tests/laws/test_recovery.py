"""Recovery of counts by plain search, and what may not matter."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.recovery import classify_neutrophil_recovery, classify_platelet_recovery

LAW = settings(max_examples=100, deadline=None)
COUNTS = st.dictionaries(st.integers(0, 40), st.sampled_from([0.1, 0.4, 0.5, 0.6, 2]), max_size=12)
PLATELETS = st.dictionaries(st.integers(0, 40), st.sampled_from([5, 19, 20, 21, 90]), max_size=8)


@LAW
@given(COUNTS)
def test_neutrophils_by_plain_search(counts):
    rows = sorted(counts.items())
    found = classify_neutrophil_recovery(rows)
    fall = next((at for at, (_, count) in enumerate(rows) if count < 0.5), None)
    assert found.never_low == (bool(rows) and fall is None)
    wanted = None
    for at in range(len(rows) - 2):
        three = [count for _, count in rows[at : at + 3]]
        if wanted is None and fall is not None and at > fall and min(three) >= 0.5:
            wanted = rows[at][0]
    assert found.day == wanted


@LAW
@given(PLATELETS, st.sets(st.integers(-10, 40), max_size=3))
def test_platelets_by_plain_search(counts, transfusions):
    found = classify_platelet_recovery(counts.items(), transfusions)
    low = {day for day, count in counts.items() if count < 20}
    low |= {day for day in transfusions if day >= 0}
    days = [
        day
        for day, count in counts.items()
        if count >= 20 and low and day > min(low)
        and not transfusions & set(range(day - 7, day + 1))
    ]  # fmt: skip
    assert found.day == min(days, default=None)
    assert found.never_low == (bool(counts) and not low)


@LAW
@given(COUNTS, st.integers(0, 40))
def test_a_count_below_the_limit_never_brings_recovery_forward(counts, day):
    before = classify_neutrophil_recovery(counts.items(), after_fall=False).day
    after = classify_neutrophil_recovery({**counts, day: 0.1}.items(), after_fall=False).day
    assert after is None or (before is not None and before <= after)
