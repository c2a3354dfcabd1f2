"""Which cells of the table of measured sizes a comparison is judged by."""

import pytest

from autallo.analysis import measured
from autallo.analysis.measured import Setting, measured_size

HEADS = ("kind", "method", "first", "second", "share", "censoring", "ties", "size")


@pytest.fixture
def table(monkeypatch):
    """Put a small table in the place of the measured one."""

    def put(*lines):
        rows = tuple(dict(zip(HEADS, map(str, line), strict=True)) for line in lines)
        monkeypatch.setattr(measured, "_rows", lambda: rows)
        measured._cells.cache_clear()

    yield put
    measured._cells.cache_clear()


def survival(small, ratio, size, *, share=0.5, censoring="equal", ties="months"):
    return ("survival", "logrank", small, small * ratio, share, censoring, ties, size)


def test_the_four_nearest_cells_are_averaged(table):
    table(
        survival(3, 1, 0.9), survival(8, 1, 0.04), survival(10, 1, 0.05), survival(12, 1, 0.06),
        survival(15, 1, 0.07), survival(100, 1, 0.9),
    )  # fmt: skip
    assert measured_size(
        "survival", "logrank", Setting(11, 11, 0.5, ties="months")
    ) == pytest.approx(0.055)


def test_only_cells_alike_in_censoring_and_ties_count(table):
    table(
        survival(10, 2, 0.01), survival(10, 2, 0.02, censoring="10:1"),
        survival(10, 2, 0.03, censoring="1:10"), survival(10, 2, 0.04, ties="3 levels"),
    )  # fmt: skip

    def size(**more):
        return measured_size(
            "survival", "logrank", Setting(20, 10, 0.5, **{"ties": "months", **more})
        )

    assert size() == 0.01
    # "10:1": the second, larger group is censored ten times as fast.
    assert size(censored_sooner="larger") == 0.02
    assert size(censored_sooner="smaller") == 0.03
    assert size(ties="3 levels") == 0.04


def test_between_equal_groups_it_does_not_matter_which_was_followed_for_less(table):
    table(survival(10, 1, 0.02, censoring="2:1"), survival(10, 1, 0.04, censoring="1:2"))
    for sooner in ("smaller", "larger"):
        setting = Setting(10, 10, 0.5, censored_sooner=sooner, ties="months")
        assert measured_size("survival", "logrank", setting) == pytest.approx(0.03)


def test_grades_are_judged_by_cells_with_as_common_a_value(table):
    rows = [("values", "mann_whitney", 10, 10, 1, "equal", "continuous", 0.05)] * 4
    rows += [("values", "mann_whitney", 10, 10, 1, "equal", "rare", 0.01)] * 4
    table(*rows)
    assert measured_size("values", "mann_whitney", Setting(10, 10)) == 0.05
    assert measured_size("values", "mann_whitney", Setting(10, 10, tied=0.85)) == 0.01


def test_a_method_that_was_not_measured_has_no_size(table):
    table(survival(10, 1, 0.05))
    assert measured_size("survival", "logrank_imputation", Setting(10, 10)) is None


def test_the_committed_table_covers_every_method_that_can_be_chosen():
    for kind, method in [
        ("tables", "fisher_exact"), ("tables", "chi_squared"), ("values", "mann_whitney_exact"),
        ("values", "mann_whitney"), ("survival", "logrank_permutation"), ("survival", "logrank"),
        ("incidence", "gray_permutation"), ("incidence", "gray"),
    ]:  # fmt: skip
        size = measured_size(kind, method, Setting(11, 17, 0.3))
        assert size is not None
        assert 0 <= size <= 0.1
    for sooner in ("smaller", "larger"):
        setting = Setting(11, 17, 0.3, censored_sooner=sooner)
        assert measured_size("survival", "logrank_imputation", setting) <= 0.055


@pytest.mark.parametrize(("first", "second"), [(10, 40), (40, 10)])
def test_groups_of_unlike_size_are_judged_by_cells_of_the_same_ratio(table, first, second):
    table(*[survival(10, 1, 0.01)] * 4, *[survival(10, 4, 0.04)] * 4)
    setting = Setting(first, second, 0.5, ties="months")
    assert measured_size("survival", "logrank", setting) == pytest.approx(0.04)


@pytest.mark.parametrize(("share", "size"), [(0.1, 0.01), (0.4, 0.01), (0.6, 0.09), (1.0, 0.09)])
def test_the_share_of_events_is_the_nearest_one(table, share, size):
    table(*[survival(10, 1, 0.01, share=0.1)] * 4, *[survival(10, 1, 0.09, share=0.9)] * 4)
    setting = Setting(10, 10, share, ties="months")
    assert measured_size("survival", "logrank", setting) == pytest.approx(size)


@pytest.mark.parametrize(
    # 3 to 6 is a doubling, 6 to 10 is less; 10 to 20 is a doubling, 20 to 34 is less.
    ("small", "near", "far"),
    [(6, 10, 3), (20, 34, 10)],
)
def test_the_nearest_size_is_told_by_ratio_not_by_difference(table, small, near, far):
    table(*[survival(near, 1, 0.05)] * 4, *[survival(far, 1, 0.01)] * 4)
    setting = Setting(small, small, 0.5, ties="months")
    assert measured_size("survival", "logrank", setting) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("tied", "size"), [(0.0, 0.05), (0.24, 0.04), (0.45, 0.03), (0.75, 0.01), (1.0, 0.01)]
)
def test_the_share_of_the_commonest_value_is_the_nearest_one(table, tied, size):
    kinds = {"continuous": 0.05, "5 levels": 0.04, "3 levels": 0.03, "rare": 0.01}
    rows = [
        ("values", "mann_whitney", 10, 10, 1, "equal", ties, size)
        for ties, size in kinds.items()
        for _ in range(4)
    ]
    table(*rows)
    found = measured_size("values", "mann_whitney", Setting(10, 10, tied=tied))
    assert found == pytest.approx(size)


@pytest.mark.parametrize(("first", "second"), [(10, 20), (20, 10)])
@pytest.mark.parametrize(("sooner", "size"), [("larger", 0.02), ("smaller", 0.04)])
def test_which_group_was_followed_for_less_does_not_hang_on_their_order(
    table, first, second, sooner, size
):
    table(survival(10, 2, 0.02, censoring="2:1"), survival(10, 2, 0.04, censoring="1:2"))
    setting = Setting(first, second, 0.5, censored_sooner=sooner, ties="months")
    assert measured_size("survival", "logrank", setting) == size
