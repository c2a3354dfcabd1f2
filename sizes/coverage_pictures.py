"""Which figures the page of measured coverage has, and which cells each shows."""

from collections.abc import Callable, Iterator
from functools import cache

from cells import Row
from coverage_figures import Panel, Picture
from coverage_grid import Case
from measure_coverage import PLAN
from true_studies import expected_at_risk

SHARES_TOLD = ("all have the event", "60% have it", "30%", "10%")
FOLLOWED_TOLD = {"": "followed so long", "beyond": "beyond follow-up"}
#: Fewer than these expected at risk are drawn at the left edge.
FEWEST_SHOWN = 0.1
#: Cells of one size stand beside each other: equal groups left, a second group five times as large
#: right.
BESIDE = {1: 0.94, 2: 0.98, 3: 1.02, 5: 1.06}


def is_of(measure: str, method: str, **more: str) -> Callable[[Row], bool]:
    """Return what says whether a line is about an interval, within follow-up unless asked."""
    wanted = {"measure": measure, "method": method, "followed": "", **more}
    return lambda row: all(row[name] == value for name, value in wanted.items())


def pictures(rows: list[Row]) -> Iterator[Picture]:
    """Yield the figures of the page."""
    yield _of_counts(rows)
    yield _of_survival(rows)
    yield _of_incidence(rows)
    yield _of_medians(rows)
    yield _of_ratios(rows)
    yield _of_values(rows)


def _of_counts(rows: list[Row]) -> Picture:
    names = {
        "clopper_pearson": "Clopper-Pearson", "conditional_odds_ratio": "exact",
        "miettinen_nurminen": "Miettinen-Nurminen", "standardised_difference": "standardised",
    }  # fmt: skip
    panels = [
        Panel(title, [row for row in rows if (row["measure"], row["at"]) == (measure, at)
                      and row["method"] in names])
        for at, told in (("worst", "worst"), ("lowest 5%", "lowest 5%"), ("mean", "mean"))
        for measure, title in (
            ("proportion", f"Proportion, {told}"),
            ("odds_ratio", f"Odds ratio, {told}"),
            ("risk_difference", f"Risk difference, {told}"),
        )
    ]  # fmt: skip
    return Picture(
        name="proportions",
        title="Proportions: worst, lowest 5% and mean over the true values",
        panels=panels,
        columns=3,
        across="Patients in all",
        place=patients,
        series=("as printed",),
        belongs=lambda _: "as printed",
    )


def _of_survival(rows: list[Row]) -> Picture:
    panels = [
        Panel(f"{name}, at {at:.0%}", _read(rows, "survival", method, f"{at:g}"))
        for method, name in (("kaplan_meier", "Log-log"), ("beta_product", "Beta product"))
        for at in (0.9, 0.75, 0.5, 0.25)
    ]
    return Picture(
        name="survival",
        title="Survival at the times at which it is truly 90, 75, 50 and 25%",
        panels=panels,
        columns=4,
        across="Patients expected at risk then",
        place=at_risk,
        series=tuple(FOLLOWED_TOLD.values()),
        belongs=lambda row: FOLLOWED_TOLD[row["followed"]],
    )


def _of_incidence(rows: list[Row]) -> Picture:
    panels = [
        Panel(f"At {(1 - at) / 2:.1%}", _read(rows, "incidence", "aalen_johansen", f"{at:g}"))
        for at in (0.9, 0.75, 0.5, 0.25)
    ]
    return Picture(
        name="incidence",
        title="Cumulative incidence where it is truly 5, 12.5, 25 and 37.5%",
        panels=panels,
        columns=4,
        across="Patients expected at risk then",
        place=at_risk,
        series=tuple(FOLLOWED_TOLD.values()),
        belongs=lambda row: FOLLOWED_TOLD[row["followed"]],
    )


def _of_medians(rows: list[Row]) -> Picture:
    return Picture(
        name="medians",
        title="Medians of survival and of follow-up",
        panels=[
            Panel("Median survival", _found(rows, "median_days", "kaplan_meier")),
            Panel("Median follow-up", _found(rows, "median_days", "reverse_kaplan_meier")),
        ],
        columns=2,
        across="Patients",
        place=patients,
        series=SHARES_TOLD,
        belongs=share_told,
    )


def _of_ratios(rows: list[Row]) -> Picture:
    panels = [
        Panel("Hazard ratio as printed", _found(rows, "hazard_ratio", "cox_efron")),
        Panel("Hazard ratio, Wald", _found(rows, "hazard_ratio", "wald")),
        Panel("Hazard ratio, Firth", _found(rows, "hazard_ratio", "firth_cox")),
        Panel("Hazard ratio, profile", _found(rows, "hazard_ratio", "profile_only")),
        Panel("Subdistribution", _found(rows, "subdistribution_hazard_ratio", "fine_gray")),
        Panel(
            "Restricted mean difference",
            _found(rows, "restricted_mean_difference", "restricted_mean"),
        ),
    ]
    return Picture(
        name="ratios",
        title="Sizes of a difference in time",
        panels=panels,
        columns=3,
        across="Patients in the smaller group (ratios 1:1, 1:2, 1:3, 1:5 from left to right)",
        place=smaller,
        series=SHARES_TOLD,
        belongs=share_told,
    )


def _of_values(rows: list[Row]) -> Picture:
    panels = [
        Panel("Superiority", _found(rows, "superiority", "probability_of_superiority")),
        Panel("Shift", _found(rows, "shift", "hodges_lehmann")),
        Panel(
            "Standardised difference",
            [row for row in _found(rows, "standardised_difference", "standardised_difference")
             if row["kind"] == "values"],
        ),
    ]  # fmt: skip
    series = ("spread alike", "smaller group narrow", "smaller group wide", "grades")
    told = {"normal": series[0], "spread 1:3": series[1], "spread 3:1": series[2]}
    return Picture(
        name="values",
        title="Grades and measurements",
        panels=panels,
        columns=3,
        across="Patients in the smaller group (ratios 1:1, 1:2, 1:3, 1:5 from left to right)",
        place=smaller,
        series=series,
        belongs=lambda row: told.get(row["ties"], series[3]),
    )


def share_told(row: Row) -> str:
    """Return the share of events of a cell as the legends call it."""
    return SHARES_TOLD[("1", "0.6", "0.3", "0.1").index(row["share"])]


def patients(row: Row) -> float:
    """Return the patients in both groups."""
    return int(row["first"]) + int(row["second"])


@cache
def _expected(key: tuple[str, ...], survival: str) -> float:
    kind, first, second, share, censoring, ties, effect = key
    case = Case(kind, int(first), int(second), float(share), censoring, ties, float(effect))
    return expected_at_risk(case, float(survival))


def at_risk(row: Row) -> float:
    """Return how many patients are at risk on the mean at the time at which a curve is read."""
    return max(_expected(PLAN.cell_of(row), row["at"]), FEWEST_SHOWN)


def smaller(row: Row) -> float:
    """Return the patients in the smaller group, a little moved by the ratio."""
    first = int(row["first"])
    return first * BESIDE[int(row["second"]) // first]


def _read(rows: list[Row], measure: str, method: str, at: str) -> list[Row]:
    """Return what is read at one time, however many are at risk."""
    return [row for row in rows if is_of(measure, method, at=at, followed=row["followed"])(row)]


def _found(rows: list[Row], measure: str, method: str, **more: str) -> list[Row]:
    chosen = is_of(measure, method, **more)
    return [row for row in rows if chosen(row)]
