"""A slow twin of the test of proportional hazards: the model with the trend, written out.

Every row is cut at every event time, so that covariate times g(time) is one more column; then the
score test of these columns at a coefficient of 0.
"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autallo.stats.cox.proportional_hazards import proportional_hazards_test
from twins.test_cox import FEW, Set, slope_and_information, some_rows


def cut_at_events(data, scale):
    """Return rows between event times, with the trends beside the covariates."""
    days = sorted({t for t, e in zip(data.time, data.event, strict=True) if e})
    cut = Set([], entry=False, strata=False, weights=False)
    for i, end in enumerate(data.time):
        start = data.entry[i]
        for day in [*[day for day in days if start < day < end], end]:
            if day not in days:
                continue  # nothing happens at the end of such a row
            cut.time.append(day)
            cut.entry.append(start)
            cut.event.append(data.event[i] and day == end)
            cut.x.append(np.concatenate([data.x[i], data.x[i] * scale[day]]))
            cut.weight.append(data.weight[i])
            cut.stratum.append(data.stratum[i])
            start = day
    return cut


def score_test(slope, information, columns):
    known, asked = [0, 1], columns
    inner = information[np.ix_(asked, asked)] - information[np.ix_(asked, known)] @ np.linalg.solve(
        information[np.ix_(known, known)], information[np.ix_(known, asked)]
    )
    assume(np.linalg.eigvalsh(inner)[0] > 1e-6 * max(1e-3, np.linalg.eigvalsh(inner)[-1]))
    return float(slope[asked] @ np.linalg.solve(inner, slope[asked]))


@FEW
@given(
    some_rows,
    st.sampled_from(["efron", "breslow"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["identity", "log", "rank", "km"]),
)
def test_pf11_w13_score_test_of_the_model_with_the_trend(records, ties, strata, weights, transform):
    """A rival's test was off with ties."""
    data = Set(records, entry=False, strata=strata, weights=weights)
    rows = data.rows()
    fit = data.fit(ties=ties, rows=rows)
    assume(not any(fit.monotone))
    assume(np.diag(fit.model_covariance).max() < 1e3)
    assume(len({t for t, e in zip(data.time, data.event, strict=True) if e}) > 2)
    time = data.time
    mine = proportional_hazards_test(fit, time, data.event, data.x, rows=rows, transform=transform)
    survival, scale = 1.0, {}
    for day in sorted(set(time)):
        ranks = [place + 1 for place, t in enumerate(sorted(time)) if t == day]
        scale[day] = {
            "identity": day,
            "log": np.log(day),
            "rank": sum(ranks) / len(ranks),
            "km": 1 - survival,
        }[transform]
        died = sum(e for t, e in zip(time, data.event, strict=True) if t == day)
        survival *= 1 - died / sum(t >= day for t in time)
    cut = cut_at_events(data, scale)
    beta = np.concatenate([fit.coefficient, [0.0, 0.0]])
    slope, information = slope_and_information(cut, beta, ties)
    for place in (0, 1):
        expected = score_test(slope, information, [2 + place])
        assert mine.statistic[place] == pytest.approx(expected, rel=1e-5, abs=1e-7)
    expected = score_test(slope, information, [2, 3])
    assert mine.global_statistic == pytest.approx(expected, rel=1e-5, abs=1e-7)
