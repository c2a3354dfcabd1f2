"""Bootstrap limits against R, number by number from the same draws (bootstrap.json)."""

import numpy as np
import pytest

from autallo.stats.resampling.bootstrap import bootstrap
from reference.golden import cases_of, each

CASES = cases_of("bootstrap")


def replayed(given):
    """Return a statistic that hands out the numbers of R instead of computing any."""
    draws, n, estimate = iter(given["draws"]), len(given["stratum"]), [given["estimate"]]

    def statistic(rows):
        if rows.size < n:
            (missing,) = set(range(n)) - set(rows.tolist())
            return given["without"][missing]
        return estimate.pop() if estimate else next(draws)

    return statistic


@each(CASES)
def test_limits_from_the_same_draws(case):
    given, answer, rtol = case["input"], case["expected"], case["rtol"]
    mine = bootstrap(
        replayed(given),
        len(given["stratum"]),
        rng=np.random.default_rng(0),
        stratum=given["stratum"],
        level=case["level"],
        draws=len(given["draws"]),
    )
    assert mine.estimate == given["estimate"]
    assert mine.median_bias == pytest.approx(answer["z0"], rel=rtol, abs=1e-12)
    assert mine.acceleration == pytest.approx(answer["a"], rel=rtol)
    for limit, printed in zip([mine.low, mine.high], answer["bca"], strict=True):
        assert limit == (None if printed is None else pytest.approx(printed, rel=rtol))
    ends = [mine.percentile_low, mine.percentile_high]
    np.testing.assert_allclose(ends, answer["percentile"], rtol=rtol)
    assert mine.std_error == pytest.approx(answer["se"], rel=rtol)
    assert mine.bias == pytest.approx(answer["bias"], rel=rtol, abs=1e-12)
    assert mine.failures == 0


def test_one_limit_lies_beyond_the_draws():
    assert [case["id"] for case in CASES if None in case["expected"]["bca"]] == ["bootstrap/02"]
