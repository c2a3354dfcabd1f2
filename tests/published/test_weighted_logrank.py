"""Weighted log-rank tests on published data.

Klein JP, Moeschberger ML, Survival Analysis, 2nd ed., Springer 2003: data of section 1.4 (months
to infection at the exit of the catheter in 119 patients on dialysis; catheter placed surgically or
percutaneously) and chi-squared statistics of the weights, table 7.3.
"""

import pytest

from autallo.stats.logrank.asymptotic import logrank_test

# Months times how often.
SURGICAL_INFECTED = {
    1.5: 1, 3.5: 1, 4.5: 2, 5.5: 1, 8.5: 2, 9.5: 1, 10.5: 1, 11.5: 1, 15.5: 1, 16.5: 1, 18.5: 1,
    23.5: 1, 26.5: 1,
}  # fmt: skip
SURGICAL_CENSORED = {
    2.5: 2, 3.5: 3, 4.5: 1, 5.5: 1, 6.5: 2, 7.5: 4, 8.5: 1, 9.5: 1, 10.5: 1, 11.5: 1, 12.5: 2,
    13.5: 1, 14.5: 2, 21.5: 2, 22.5: 2, 25.5: 1, 27.5: 1,
}  # fmt: skip
PERCUTANEOUS_INFECTED = {0.5: 6, 2.5: 2, 3.5: 1, 6.5: 1, 15.5: 1}
PERCUTANEOUS_CENSORED = {
    0.5: 10, 1.5: 4, 2.5: 5, 3.5: 5, 4.5: 3, 5.5: 5, 6.5: 1, 7.5: 3, 8.5: 3, 9.5: 2, 10.5: 3,
    11.5: 2, 12.5: 4, 14.5: 2, 16.5: 2, 18.5: 1, 19.5: 3, 20.5: 1, 22.5: 1, 24.5: 1, 25.5: 1,
    26.5: 2, 28.5: 1,
}  # fmt: skip


def catheters():
    time, event, group = [], [], []
    for counts, infected, percutaneous in (
        (SURGICAL_INFECTED, 1, 0),
        (SURGICAL_CENSORED, 0, 0),
        (PERCUTANEOUS_INFECTED, 1, 1),
        (PERCUTANEOUS_CENSORED, 0, 1),
    ):
        for months, patients in counts.items():
            time += [months] * patients
            event += [infected] * patients
            group += [percutaneous] * patients
    return time, event, group


@pytest.mark.parametrize(
    ("weights", "printed", "p_value"),
    [
        ("logrank", 2.53, 0.112),
        ("gehan", 0.002, 0.964),
        ("tarone-ware", 0.40, 0.526),
        ("peto-peto", 1.40, 0.237),
        ("modified-peto-peto", 1.28, 0.259),
        ((0, 1), 9.67, 0.002),
        ((1, 0), 1.39, 0.239),
        ((1, 1), 9.83, 0.002),
        ((0.5, 0.5), 9.28, 0.002),
        ((0.5, 2), 8.18, 0.004),
    ],
)
def test_infection_at_the_catheter(weights, printed, p_value):
    time, event, group = catheters()
    assert (len(time), group.count(0)) == (119, 43)
    test = logrank_test(time, event, group, weights=weights)
    assert test.statistic == pytest.approx(printed, abs=0.0051)
    assert test.p_value == pytest.approx(p_value, abs=0.00051)
