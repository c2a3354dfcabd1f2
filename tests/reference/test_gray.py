"""Gray's test against R cmprsk (golden numbers in gray.json)."""

import pytest

from autallo.stats.incidence.gray import gray_test
from reference.golden import cases_of, each, table

CASES = cases_of("gray")


def cases(*quantities):
    return each(cases_of("gray", *quantities))


def columns_of(given, levels):
    """Return times, causes, group codes and stratum codes of the patients in these levels."""
    names = [given[name] for name in ("time", "cause", "group", "strata") if name in given]
    rows = [[row[name] for name in names] for row in table(given["file"])]
    levels = [str(level) for level in levels]
    kept = [row for row in rows if all(row) and row[2] in levels]
    strata = sorted({row[-1] for row in kept})
    return (
        [float(row[0]) for row in kept],
        [int(row[1]) for row in kept],
        [levels.index(row[2]) for row in kept],
        [strata.index(row[-1]) for row in kept],
    )


@cases("gray")
def test_statistic_and_p_value_of_cmprsk(case):
    given, expected = case["input"], case["expected"]
    columns = columns_of(given, expected["levels"])[:3]
    for cause, statistic, p_value, df in zip(
        *(expected[name] for name in ("causes", "stat", "p", "df")), strict=True
    ):
        test = gray_test(*columns, n_causes=2, cause_of_interest=cause, rho=given["rho"])
        assert test.statistic == pytest.approx(statistic, rel=case["rtol"])
        assert test.p_value == pytest.approx(p_value, rel=case["rtol"], abs=1e-13)
        assert test.df == df


@cases("gray_pairwise")
def test_each_pair_of_groups_of_cmprsk(case):
    given, expected = case["input"], case["expected"]
    for pair, statistic, p_value in zip(
        *(expected[name] for name in ("pairs", "stat", "p")), strict=True
    ):
        columns = columns_of(given, pair)[:3]
        test = gray_test(*columns, n_causes=2, cause_of_interest=expected["cause"])
        assert test.statistic == pytest.approx(statistic, rel=case["rtol"])
        assert test.p_value == pytest.approx(p_value, rel=case["rtol"], abs=1e-13)


@cases("gray_stratified")
def test_strata_of_cmprsk(case):
    given, expected = case["input"], case["expected"]
    *columns, strata = columns_of(given, expected["levels"])
    for cause, statistic, p_value, df in zip(
        *(expected[name] for name in ("causes", "stat", "p", "df")), strict=True
    ):
        test = gray_test(
            *columns, stratum=strata, n_causes=2, cause_of_interest=cause, rho=given["rho"]
        )
        assert test.statistic == pytest.approx(statistic, rel=case["rtol"])
        assert test.p_value == pytest.approx(p_value, rel=case["rtol"], abs=1e-13)
        assert test.df == df


def test_w7_seventeen_against_eleven_patients_is_the_test_of_cmprsk():
    """A rival's Gray test was wrong in every one of 60 small sets; this is R's on such a set."""
    case = next(case for case in CASES if case["id"] == "bmt28/cr/012")
    test = gray_test(*columns_of(case["input"], [0, 1])[:3], n_causes=2)
    assert test.statistic == pytest.approx(0.0057290962746022, rel=1e-10)
    assert test.p_value == pytest.approx(0.939665100421224, rel=1e-10)
