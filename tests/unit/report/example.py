"""A hand-made `Results`: 31 invented patients in three arms, every kind of number, every flag.

Group sizes, remissions, severe CRS and acute GVHD are those of the published abstract
(Bone Marrow Transplant 2019, doi 10.1038/s41409-018-0403-2); all patient values are invented.
Curves and intervals are worked out here in plain Python, so that nothing under test makes them.
"""

import math
from dataclasses import replace

from scipy.special import betaincinv

from autallo.errors import Finding, Severity
from autallo.model.flow import FlowStep
from autallo.model.results import (
    Curve,
    Estimate,
    Flag,
    Provenance,
    Results,
    Role,
    Sample,
    StudyCard,
)

AUTO, RD, DD = "autoCAR", "RD-alloCAR", "DD-alloCAR"
LEVELS = (AUTO, RD, DD)
SIZES = {AUTO: 17, RD: 11, DD: 3}
MONTH = 30.4375
NOTICE = "Reconstructed from published summaries; no real patients."

# Invented: day of death or of last contact, and 1 for death.
SURVIVAL = {
    AUTO: [(95, 1), (118, 1), (141, 1), (166, 0), (190, 1), (214, 0), (231, 0), (248, 1),
           (262, 0), (280, 0), (291, 0), (305, 1), (330, 0), (361, 0), (388, 0), (420, 0),
           (455, 0)],
    RD: [(42, 1), (61, 1), (150, 0), (201, 0), (236, 0), (270, 0), (284, 1), (301, 0),
         (333, 0), (372, 0), (410, 0)],
    DD: [(70, 1), (188, 0), (255, 1)],
}  # fmt: skip
# Invented: the two patients with chronic GVHD at collection, and the twelve without.
CGVHD = {"yes": SURVIVAL[RD][2:4], "no": SURVIVAL[RD][:2] + SURVIVAL[RD][4:] + SURVIVAL[DD]}
# Invented: day and 0 followed, 1 relapse, 2 death without relapse.
RELAPSE = {
    AUTO: [(58, 1), (80, 1), (95, 2), (112, 1), (130, 1), (166, 0), (171, 1), (214, 0), (231, 0),
           (240, 1), (262, 0), (280, 0), (291, 0), (330, 0), (388, 0)],
    RD: [(42, 2), (61, 2), (99, 1), (150, 0), (160, 1), (201, 0), (236, 0), (255, 1), (301, 0),
         (333, 0), (410, 0)],
    DD: [(64, 1), (188, 0), (207, 1)],
}  # fmt: skip
# Invented: highest copies of the transgene per microgram of DNA.
PEAK = {
    AUTO: [9120, 15400, 21800, 33500, 41200, 58900, 66100, 72400, 80300, 95000, 121000, 148000,
           176000, 203000, 260000, 371000, 500000],
    RD: [500, 1320, 2450, 4100, 8800, 11900, 18200, 29700, 52100, 88400, 139000],
    DD: [6200, 27500, 64000],
}  # fmt: skip
GRADES = {AUTO: (1, 4, 4, 5, 3), RD: (3, 4, 3, 1, 0), DD: (0, 1, 1, 1, 0)}
AGES = {AUTO: (24.0, 15.0, 38.0, 7.0, 61.0), RD: (21.0, 12.0, 30.5, 5.0, 44.0),
        DD: (19.0, 14.5, 33.0, 10.0, 47.0), "all": (22.0, 13.0, 36.0, 5.0, 61.0)}  # fmt: skip


def example() -> Results:
    """Return the study with every kind of number."""
    estimates = [*_follow_up(), *_baseline(), *_binary(), *_grades(), *_peak()]
    estimates += [*_survival(), *_relapse(), *_factor()]
    return Results(
        card=_card(),
        estimates=tuple(estimates),
        curves=(
            *(kaplan_meier_curve("overall_survival", arm, SURVIVAL[arm]) for arm in LEVELS),
            *(
                incidence_curve("relapse", arm, RELAPSE[arm], cause)
                for arm in LEVELS
                for cause in (1, 2)
            ),
            *(
                replace(curve, analysis="factor", subgroup="cgvhd_at_collection")
                for curve in (
                    kaplan_meier_curve("overall_survival", "yes", CGVHD["yes"]),
                    kaplan_meier_curve("overall_survival", "no", CGVHD["no"]),
                )
            ),
        ),
        samples=tuple(
            Sample(
                outcome="peak_expansion",
                group=arm,
                values=tuple(float(value) for value in PEAK[arm]),
                limited=tuple(
                    1 if value == 500000 else -1 if value == 500 else 0 for value in PEAK[arm]
                ),
                unit="copies/µg DNA",
            )
            for arm in LEVELS
        ),
        flow=_flow(),
        findings=_findings(),
        cleaned=(
            ("patients.csv", "Sex", "spaces around the value were removed", 3),
            ("kinetics.xlsx", "copies", "decimal comma was read as decimal point", 12),
        ),
        provenance=Provenance(
            study_file_sha256="c0ffee" * 10 + "c0ff",
            inputs_sha256=(("patients.csv", "ab" * 32), ("kinetics.xlsx", "cd" * 32)),
            versions=(("autallo", "0.1.0"), ("numpy", "2.4.6"), ("python", "3.11.7")),
            seed=20190217,
            rows=(("patients", 34), ("kinetics", 412)),
        ),
    )


def _card() -> StudyCard:
    return StudyCard(
        id="hu2019",
        title="Autologous and allogeneic CD19 CAR T cells in relapsed or refractory ALL",
        notice=NOTICE,
        level=0.95,
        levels=LEVELS,
        labels={
            "complete_remission": "Complete remission by day 30",
            "severe_crs": "Severe CRS (grade 3 or more)",
            "crs_grade": "CRS grade",
            "agvhd": "Acute GVHD",
            "peak_expansion": "Peak expansion",
            "age_years": "Age at infusion, years",
            "blasts_pct": "Marrow blasts, %",
            "disease_status": "Disease status",
            "cgvhd_at_collection": "Chronic GVHD at collection",
            "early_relapse": "Relapse within 6 months",
            "relapse": "Relapse",
            "death_without_relapse": "Death without relapse",
        },
        outcomes=(
            ("complete_remission", "binary"),
            ("severe_crs", "binary"),
            ("crs_grade", "ordinal"),
            ("agvhd", "binary"),
            ("peak_expansion", "continuous:log"),
            ("early_relapse", "binary"),
            ("overall_survival", "time_to_event"),
            ("relapse", "competing_risks"),
        ),
        factors=(
            (
                "cgvhd_at_collection",
                ("yes", "no"),
                (RD, DD),
                ("early_relapse", "peak_expansion", "crs_grade", "overall_survival"),
            ),
        ),
        comparisons=((RD, AUTO),),
        table1=("age_years", "sex", "disease_status", "blasts_pct"),
        rules=(
            ("Day 0", "The day of the first infusion of CAR T cells."),
            (
                "Overall survival",
                "From day 0 to death from any cause; the living are censored at last contact.",
            ),
            ("Severe CRS", "Highest grade of 3 or more on the scale of Lee 2014."),
        ),
        origins=(
            ("crs_max_grade", "As given in patients.csv, column CRS."),
            ("car_t_cmax", "Derived: the highest sample from day 0 on."),
        ),
        unplanned=("early_relapse",),
    )


def _flow() -> tuple[FlowStep, ...]:
    return (
        FlowStep(label="Patients in the records", remaining=34),
        FlowStep(
            label="With B-ALL and a first infusion",
            remaining=32,
            excluded=(("Other disease", 1), ("No infusion: manufacturing failed", 1)),
        ),
        FlowStep(
            label="Analysed",
            remaining=31,
            excluded=(("Source of the product unknown", 1),),
            by_group=tuple(SIZES.items()),
        ),
    )


def _findings() -> tuple[Finding, ...]:
    return (
        Finding(
            code="date-order",
            severity=Severity.WARN,
            sentence="Each death must come on or after the last visit.",
            file="patients.csv",
            column="death_date",
            rows=(12, 25),
            found="2 of 34 patients",
            fix="Correct the dates at the source.",
        ),
        Finding(
            code="unused-column",
            severity=Severity.NOTE,
            sentence="A column of the file is not named in the study file.",
            file="kinetics.xlsx",
            sheet="Sheet1",
            column="=cmd|' /C calc'!A0",
            fix="-2.5",
        ),
    )


def exact_interval(events: int, n: int) -> tuple[float, float]:
    """Return the Clopper-Pearson limits from the incomplete beta function."""
    low = 0.0 if events == 0 else float(betaincinv(events, n - events + 1, 0.025))
    high = 1.0 if events == n else float(betaincinv(events + 1, n - events, 0.975))
    return low, high


def proportion(outcome: str, group: str, events: int, n: int, **more: object) -> Estimate:
    """Return a proportion with its exact interval."""
    low, high = exact_interval(events, n)
    bound = {0: (Flag.NO_EVENTS,), n: (Flag.ALL_EVENTS,)}.get(events, ())
    fields = {"analysis": "outcome", "flags": bound, **more}
    return Estimate(
        outcome=outcome, group=group, measure="proportion", method="clopper_pearson",
        value=events / n, low=low, high=high, level=0.95, n=n, events=events, **fields,
    )  # fmt: skip


def compared(outcome: str, measure: str, method: str, value: float | None, **more: object):
    """Return one number of the comparison of RD-alloCAR with autoCAR."""
    fields = {
        "analysis": "comparison", "group": RD, "versus": AUTO, "n": 28, "role": Role.PRIMARY,
        "level": None if measure == "p_value" else 0.95, **more,
    }  # fmt: skip
    return Estimate(outcome=outcome, measure=measure, method=method, value=value, **fields)


def median(outcome: str, group: str, five: tuple[float, ...], n: int, **more: object) -> Estimate:
    """Return a median with quartiles and range."""
    names = ("q1", "q3", "minimum", "maximum")
    fields = {"analysis": "outcome", "details": tuple(zip(names, five[1:], strict=True)), **more}
    return Estimate(
        outcome=outcome, group=group, measure="median", method="quartiles", value=five[0], n=n,
        **fields,
    )  # fmt: skip


def _follow_up() -> list[Estimate]:
    found = []
    days = {AUTO: (291.0, 231.0, 388.0), RD: (301.0, 201.0, None), DD: (None, 188.0, None),
            "all": (291.0, 248.0, 330.0)}  # fmt: skip
    for group, (value, low, high) in days.items():
        flags = [Flag.NOT_REACHED] * (value is None) + [Flag.BOUND_NOT_REACHED] * (high is None)
        found.append(
            Estimate(
                analysis="follow_up", outcome="follow_up", group=group, measure="median_days",
                method="reverse_kaplan_meier", value=value, low=low, high=high, level=0.95,
                n=SIZES.get(group, 31), unit="days", flags=tuple(flags),
            )
        )  # fmt: skip
        found.append(
            Estimate(
                analysis="follow_up", outcome="follow_up", group=group,
                measure="observed_median_days", method="observed_follow_up", value=285.0,
                n=11, unit="days", details=(("minimum", 150.0), ("maximum", 455.0)),
            )
        )  # fmt: skip
    return found


def _baseline() -> list[Estimate]:
    about = {"analysis": "baseline"}
    found = [
        median("age_years", group, five, SIZES.get(group, 31), unit="years", **about)
        for group, five in AGES.items()
    ]
    blasts = {AUTO: (38.0, 9.5, 71.0, 0.4, 96.0), RD: (22.0, 6.0, 55.0, 0.1, 90.0),
              DD: (12.5, 3.0, 60.0, 2.0, 61.0), "all": (30.0, 7.0, 66.0, 0.1, 96.0)}  # fmt: skip
    for group, five in blasts.items():
        gone = 2 if group in (AUTO, "all") else 0
        missing = (("missing", gone),) if gone else ()
        n = SIZES.get(group, 31) - gone
        found.append(median("blasts_pct", group, five, n, excluded=missing, unit="%", **about))
    shares = {
        "sex": {"female": (7, 5, 1), "male": (10, 6, 2)},
        "disease_status": {"refractory": (5, 2, 1), "first relapse": (8, 6, 2),
                           "second relapse or later": (4, 3, 0)},
    }  # fmt: skip
    for column, categories in shares.items():
        for category, counts in categories.items():
            groups = [*zip(LEVELS, counts, strict=True), ("all", sum(counts))]
            found += [
                Estimate(
                    analysis="baseline", outcome=column, group=group, category=category,
                    measure="proportion", method="count", value=count / SIZES.get(group, 31),
                    events=count, n=SIZES.get(group, 31),
                )
                for group, count in groups
            ]  # fmt: skip
    differences = {"age_years": (0.61, -0.21), "sex": (0.999999, 0.04),
                   "disease_status": (0.87, 0.2), "blasts_pct": (0.42, None)}  # fmt: skip
    tests = {"sex": "fisher_exact", "disease_status": "freeman_halton"}
    for column, (p_value, smd) in differences.items():
        method = tests.get(column, "mann_whitney_exact")
        found.append(compared(column, "p_value", method, p_value, **about))
        nothing = {"flags": (Flag.NOT_ESTIMABLE,)} if smd is None else {
            "low": smd - 0.76, "high": smd + 0.76}  # fmt: skip
        key = "standardised_difference"
        found.append(compared(column, key, key, smd, **about, **nothing))
    return found


def _fisher(
    outcome: str,
    p_value: float,
    odds: tuple[float | None, ...],
    *flags: Flag,
    smallest: float = 0.0004,
):
    why = "Exact at every size; chi-square approximations fail with small expected counts."
    value, low, high = odds
    unbounded = (Flag.INFINITE, Flag.UNBOUNDED_ABOVE) if value is None else ()
    return [
        compared(outcome, "p_value", "fisher_exact", p_value, why=why,
                 details=(("smallest_p", smallest),), flags=flags),
        compared(outcome, "odds_ratio", "conditional_odds_ratio", value, low=low, high=high,
                 flags=(*unbounded, *flags)),
    ]  # fmt: skip


def _binary() -> list[Estimate]:
    remission = [proportion("complete_remission", *row) for row in
                 ((AUTO, 15, 17), (RD, 11, 11), (DD, 3, 3))]  # fmt: skip
    severe = [proportion("severe_crs", *row) for row in ((AUTO, 8, 17), (RD, 1, 11), (DD, 1, 3))]
    gvhd = [proportion("agvhd", *row) for row in ((RD, 2, 11), (DD, 1, 3))]
    early = [
        proportion(
            "early_relapse", AUTO, 5, 14, excluded=(("followed for less than 6 months", 3),)
        ),
        proportion("early_relapse", RD, 2, 10, excluded=(("followed for less than 6 months", 1),)),
        proportion("early_relapse", DD, 1, 3),
    ]
    return [
        *remission, *_fisher("complete_remission", 0.5052910, (None, 0.2, None),
                             Flag.CANNOT_REACH_ALPHA, smallest=0.1455),
        *severe, *_fisher("severe_crs", 0.0491480, (0.1188, 0.0023, 1.2066)),
        *gvhd,
        *early, *_fisher("early_relapse", 0.653, (0.4622, 0.0373, 3.857), Flag.UNPLANNED),
    ]  # fmt: skip


def _grades() -> list[Estimate]:
    found = [
        proportion("crs_grade", arm, count, SIZES[arm], category=str(grade))
        for arm in LEVELS
        for grade, count in enumerate(GRADES[arm])
    ]
    why = "28 patients: the exact distribution, ties included, can be computed."
    return [
        *found,
        compared("crs_grade", "p_value", "mann_whitney_exact", 0.0217, why=why,
                 details=(("smallest_p", 0.0000001),)),
        compared("crs_grade", "superiority", "probability_of_superiority", 0.243, level=None),
    ]  # fmt: skip


def _peak() -> list[Estimate]:
    fives = {AUTO: (80300.0, 41200.0, 176000.0, 9120.0, 500000.0),
             RD: (11900.0, 3275.0, 40900.0, 500.0, 139000.0),
             DD: (27500.0, 16850.0, 45750.0, 6200.0, 64000.0)}  # fmt: skip
    found = []
    for arm, five in fives.items():
        flags = () if arm == DD else (Flag.LIMIT_VALUES,)
        more = {"unit": "copies/µg DNA", "flags": flags}
        found.append(median("peak_expansion", arm, five, SIZES[arm], **more))
        mean = math.exp(math.fsum(math.log(value) for value in PEAK[arm]) / SIZES[arm])
        found.append(
            Estimate(
                analysis="outcome", outcome="peak_expansion", group=arm, measure="geometric_mean",
                method="geometric_mean", value=mean, n=SIZES[arm], **more,
            )
        )  # fmt: skip
    why = "28 patients: the exact distribution, ties included, can be computed."
    limits = (Flag.LIMIT_VALUES,)
    return [
        *found,
        compared("peak_expansion", "p_value", "mann_whitney_exact", 0.0068, why=why, flags=limits),
        compared("peak_expansion", "ratio", "hodges_lehmann", 0.1744, low=0.0488, high=0.6315),
    ]


def steps(rows: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return day, number at risk, events and censored for each distinct day."""
    days = sorted({day for day, _ in rows})
    return [
        (
            day,
            sum(other >= day for other, _ in rows),
            sum(other == day and cause > 0 for other, cause in rows),
            sum(other == day and cause == 0 for other, cause in rows),
        )
        for day in days
    ]


def _risk(rows: list[tuple[int, int]], ticks: int) -> dict[str, object]:
    days = tuple(round(tick * 2 * MONTH, 6) for tick in range(ticks))
    return {
        "censored_days": tuple(float(day) for day, cause in sorted(rows) if cause == 0),
        "at_risk_days": days,
        "at_risk": tuple(sum(other >= day for other, _ in rows) for day in days),
        "n": len(rows),
    }


def _log_log(value: float, variance: float) -> tuple[float, float]:
    if not 0 < value < 1:
        return value, value
    half = 1.959964 * math.sqrt(variance) / abs(math.log(value))
    return value ** math.exp(half), value ** math.exp(-half)


def kaplan_meier_curve(outcome: str, group: str, rows: list[tuple[int, int]]) -> Curve:
    """Return the Kaplan-Meier curve with log-log limits."""
    value, total = 1.0, 0.0
    points = []
    for day, at_risk, events, _ in steps(rows):
        value *= 1 - events / at_risk
        total += events / (at_risk * (at_risk - events)) if events < at_risk else 0.0
        points.append((float(day), value, *_log_log(value, total)))
    days, values, low, high = zip(*points, strict=True)
    return Curve(
        analysis="outcome", outcome=outcome, group=group, measure="survival",
        method="kaplan_meier", days=days, value=values, low=low, high=high,
        events=sum(event for _, event in rows), **_risk(rows, 8),
    )  # fmt: skip


def incidence_curve(outcome: str, group: str, rows: list[tuple[int, int]], cause: int) -> Curve:
    """Return the Aalen-Johansen curve of one cause, with limits from the binomial variance."""
    free, value = 1.0, 0.0
    points = []
    for day, at_risk, events, _ in steps(rows):
        mine = sum(other == day and kind == cause for other, kind in rows)
        value += free * mine / at_risk
        free *= 1 - events / at_risk
        limits = (value, value)
        if 0 < value < 1:
            high, low = _log_log(1 - value, value / (1 - value) / len(rows))
            limits = (1 - low, 1 - high)
        points.append((float(day), value, *limits))
    days, values, low, high = zip(*points, strict=True)
    return Curve(
        analysis="outcome", outcome=outcome, group=group, measure="incidence",
        method="aalen_johansen", cause=("relapse", "death_without_relapse")[cause - 1],
        days=days, value=values, low=low, high=high,
        events=sum(kind == cause for _, kind in rows), **_risk(rows, 8),
    )  # fmt: skip


def _read(curve: Curve, months: int) -> dict[str, object]:
    """Return value and limits of a curve at a month."""
    day = months * MONTH
    start = 1.0 if curve.measure == "survival" else 0.0
    index = sum(step <= day for step in curve.days) - 1
    value, low, high = (
        (curve.value[index], curve.low[index], curve.high[index]) if index >= 0 else (start,) * 3
    )
    at_risk = dict(zip(curve.at_risk_days, curve.at_risk, strict=True))[round(day, 6)]
    last = max(curve.days[-1], *curve.censored_days, 0.0)
    return {
        "value": value, "low": low, "high": high, "level": 0.95, "at_days": round(day, 6),
        "details": (("at_risk", float(at_risk)),),
        "flags": (Flag.BEYOND_FOLLOW_UP,) if day > last else (),
    }  # fmt: skip


def _survival() -> list[Estimate]:
    name = "overall_survival"
    medians = {AUTO: (None, 248.0, None), RD: (None, 61.0, None), DD: (255.0, 70.0, None)}
    found = []
    for arm in LEVELS:
        curve = kaplan_meier_curve(name, arm, SURVIVAL[arm])
        about = {"analysis": "outcome", "outcome": name, "group": arm, "n": curve.n,
                 "events": curve.events}  # fmt: skip
        value, low, high = medians[arm]
        flags = [Flag.NOT_REACHED] * (value is None) + [Flag.BOUND_NOT_REACHED]
        found += [
            Estimate(**about, measure="events", method="count", value=float(curve.events)),
            Estimate(**about, measure="median_days", method="kaplan_meier", unit="days",
                     value=value, low=low, high=high, level=0.95, flags=tuple(flags)),
            *(Estimate(**about, measure="survival", method="kaplan_meier", **_read(curve, month))
              for month in (6, 12)),
        ]  # fmt: skip
    cross = (("crossing_days_1", 161.0), ("crossing_days_2", 248.0))
    why = (
        "28 patients: all arrangements can be enumerated, and the asymptotic log-rank test "
        "exceeds its level in groups of this size."
    )
    found += [
        compared(name, "p_value", "logrank_exact", 0.8123, why=why, flags=(Flag.CURVES_CROSS,),
                 details=(("smallest_p", 0.0001), *cross)),
        compared(name, "p_value", "logrank", 0.7871, role=Role.CONVENTIONAL,
                 flags=(Flag.CURVES_CROSS,),
                 details=(("chi_square", 0.073), ("df", 1.0), ("observed", 3.0),
                          ("expected", 3.36), *cross)),
        compared(name, "hazard_ratio", "cox_efron", 0.8266, low=0.1786, high=3.1132,
                 details=(("log_hazard_ratio", -0.1904), ("std_error", 0.707),
                          ("wald_low", 0.2067), ("wald_high", 3.305))),
    ]  # fmt: skip
    return found


def _relapse() -> list[Estimate]:
    found = []
    for arm in LEVELS:
        for cause, category in enumerate(("relapse", "death_without_relapse"), start=1):
            curve = incidence_curve("relapse", arm, RELAPSE[arm], cause)
            gone = 31 - 29 if arm == AUTO else 0
            about = {"analysis": "outcome", "outcome": "relapse", "group": arm, "n": curve.n,
                     "category": category, "events": curve.events,
                     "excluded": (("no remission", gone),) if gone else ()}  # fmt: skip
            value = float(curve.events)
            found.append(Estimate(**about, measure="events", method="count", value=value))
            for month in (6, 12):
                read = _read(curve, month)
                if curve.events == 0:
                    read |= {"high": 0.285, "low": 0.0, "flags": (Flag.NO_EVENTS,)}
                found.append(
                    Estimate(**about, measure="incidence", method="aalen_johansen", **read)
                )
    cause = {"category": "relapse"}
    return [
        *found,
        compared("relapse", "p_value", "gray_permutation", 0.512, flags=(Flag.MONTE_CARLO,),
                 why="26 patients: random permutations, because groups of this size are small.",
                 details=(("monte_carlo_error", 0.0016),), **cause, n=26),
        compared("relapse", "p_value", "gray", 0.4903, role=Role.CONVENTIONAL,
                 details=(("chi_square", 0.476), ("df", 1.0)), **cause, n=26),
        compared("relapse", "cause_specific_hazard_ratio", "cox_efron", 0.6414, low=0.1385,
                 high=2.446, **cause, n=26),
    ]  # fmt: skip


def _factor() -> list[Estimate]:
    about = {"analysis": "factor", "subgroup": "cgvhd_at_collection"}
    pair = {**about, "group": "yes", "versus": "no", "n": 14}
    small = (Flag.SMALL_GROUP,)
    grades = {"yes": (0, 1, 1, 0, 0), "no": (3, 4, 3, 2, 0)}
    found = [
        proportion("early_relapse", "yes", 2, 2, **about),
        proportion("early_relapse", "no", 1, 11, **about),
        compared("early_relapse", "p_value", "fisher_exact", 0.0385, flags=small, **pair),
        compared("early_relapse", "odds_ratio", "conditional_odds_ratio", None, low=1.02,
                 flags=(Flag.INFINITE, Flag.UNBOUNDED_ABOVE), **pair),
        median("peak_expansion", "yes", (15050.0, 8800.0, 21300.0, 2550.0, 27550.0), 2, **about),
        median("peak_expansion", "no", (14000.0, 4100.0, 52100.0, 500.0, 139000.0), 12, **about),
        compared("peak_expansion", "p_value", "mann_whitney_exact", 0.9231, flags=small, **pair),
        compared("peak_expansion", "ratio", "hodges_lehmann", 0.93, low=0.02, high=31.2, **pair),
        *(proportion("crs_grade", level, count, sum(counts), category=str(grade), **about)
          for level, counts in grades.items() for grade, count in enumerate(counts)),
        compared("crs_grade", "p_value", "mann_whitney_exact", 0.7363, flags=small, **pair),
        compared("crs_grade", "superiority", "probability_of_superiority", 0.583, level=None,
                 **pair),
    ]  # fmt: skip
    for level, rows in CGVHD.items():
        curve = kaplan_meier_curve("overall_survival", level, rows)
        mine = {**about, "outcome": "overall_survival", "group": level, "n": curve.n,
                "events": curve.events}  # fmt: skip
        found += [
            Estimate(**mine, measure="events", method="count", value=float(curve.events)),
            Estimate(**mine, measure="survival", method="kaplan_meier", **_read(curve, 6)),
        ]
    found += [
        compared("overall_survival", "p_value", "logrank_exact", 0.5604, flags=small, **pair),
        compared(
            "overall_survival",
            "hazard_ratio",
            "cox_efron",
            None,
            high=4.17,
            flags=(Flag.MONOTONE,),
            **pair,
        ),
        *(
            compared(outcome, "adjusted_p_value", "holm", value,
                     details=(("family_size", 4.0), ("untestable", 0.0)), **pair)
            for outcome, value in [
                ("early_relapse", 0.154), ("peak_expansion", 1.0), ("crs_grade", 1.0),
                ("overall_survival", 1.0),
            ]
        ),
    ]  # fmt: skip
    return found


def two_incidences() -> Results:
    """Return the study with its incidence a second time under another name."""
    study = example()
    card = study.card
    again = tuple(replace(e, outcome="nrm") for e in study.estimates if e.outcome == "relapse")
    return replace(
        study,
        estimates=(*study.estimates, *again),
        card=replace(
            card,
            outcomes=(*card.outcomes, ("nrm", "competing_risks")),
            labels={**card.labels, "nrm": "Non-relapse mortality (NRM)"},
        ),
    )


def hostile(text: str) -> Results:
    """Return the study with one text in every place where a user's words can stand."""
    study = example()
    card = study.card
    names = {name: f"{name} {text}" for name in (*card.labels, *card.levels, "sex", "female", "0")}
    names |= {level: f"{level} {text}" for level in (*card.levels, "yes", "no")}
    return replace(
        study,
        card=replace(
            card,
            title=text,
            notice=text,
            labels=names,
            rules=((text, text),),
            origins=((text, text),),
        ),
        samples=tuple(replace(sample, unit=text) for sample in study.samples),
        estimates=tuple(
            replace(
                estimate,
                unit=estimate.unit and text,
                why=estimate.why and text,
                excluded=tuple((text, count) for _, count in estimate.excluded[:1]),
            )
            for estimate in study.estimates
        ),
        flow=tuple(
            replace(step, label=text, excluded=tuple((text, n) for _, n in step.excluded))
            for step in study.flow
        ),
        findings=(
            Finding(
                code=text, severity=Severity.WARN, sentence=text, file=text, sheet=text,
                column=text, rows=(2, 3), found=text, fix=text,
            ),
        ),
        cleaned=((text, text, text, 1),),
        provenance=replace(
            study.provenance,
            inputs_sha256=((text, text),),
            versions=((text, text),),
            rows=((text, 1),),
        ),
    )  # fmt: skip
