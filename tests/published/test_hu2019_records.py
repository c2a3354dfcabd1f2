"""The bundled records give, by plain counting, every number that the abstract prints.

Abstract: Hu Y et al., Bone Marrow Transplant 2019, doi 10.1038/s41409-018-0403-2. Nothing of the
pipeline is used here but the model of the study file: the tables are read with `csv`, the arms
follow from a rule written again in a few lines, the exact tests are enumerated.
"""

import ast
import csv
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy import stats

import autallo
from autallo.model.protocol import Protocol
from autallo.model.tables import KNOWN_TABLES, meaning_of
from autallo.studies import BUNDLED

STUDIES = Path(autallo.__file__).parent / "studies"
HU = STUDIES / "hu2019"
AUTO, RD, DD = "autoCAR", "RD-alloCAR", "DD-alloCAR"
CUTOFF = date(2018, 6, 30)
HALF_YEAR, MONTH = 183, 30.4375


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day_first(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007


def by_patient(name: str) -> dict[str, list[dict[str, str]]]:
    out: dict[str, list[dict[str, str]]] = {row["patient_id"]: [] for row in PATIENTS}
    for row in read(HU / f"{name}.csv"):
        out[row["patient_id"]].append(row)
    return out


PATIENTS = read(HU / "patients.csv")
TRANSPLANTS, INFUSIONS, CHIMERISM, RESPONSES, KINETICS, EVENTS = map(
    by_patient, ("transplants", "infusions", "chimerism", "responses", "kinetics", "events")
)


class Person:
    """One patient as the clinical rules see him; plain and slow."""

    def __init__(self, row: dict[str, str]) -> None:
        self.id, self.row = row["patient_id"], row
        self.infusion = INFUSIONS[self.id][0]
        self.day0 = date.fromisoformat(self.infusion["Infusion"])
        self.collected = date.fromisoformat(self.infusion["Collection"])
        self.grafts = [
            (day_first(graft["Date"]), graft["Type"], graft["Donor"])
            for graft in TRANSPLANTS[self.id]
        ]
        self.prior_allo = [g for g in self.grafts if g[1] == "allo" and g[0] <= self.day0]
        self.events = {e["Event"]: self.day(e["Date"]) for e in EVENTS[self.id]}
        self.responses = [(self.day(r["Date"]), r["Response"], r) for r in RESPONSES[self.id]]
        self.included = row["Disease"] == "B-ALL" and self.infusion["No"] == "1"
        self.crs = int(row["CRS grade"])
        self.peak = max(copies for _, copies in self.copies())

    def day(self, iso: str) -> int:
        return (date.fromisoformat(iso) - self.day0).days

    def copies(self) -> list[tuple[int, float]]:
        return [
            (self.day(k["Date"]), 0.0 if "<" in k["Copies/ug"] else float(k["Copies/ug"]))
            for k in KINETICS[self.id]
        ]

    @property
    def arm(self) -> str:
        donor = self.infusion["Collected from"] == "donor"
        if not self.prior_allo:
            return "DD_NO_HCT" if donor else AUTO
        if donor:
            return DD if self.infusion["Donor"] in {g[2] for g in self.prior_allo} else "third"
        return RD if self.collected >= self.prior_allo[0][0] else "AUTO_PRE_ALLO"

    @property
    def responder(self) -> bool:
        return any(7 <= day <= 35 and r in ("CR", "CRi") for day, r, _ in self.responses)

    @property
    def died(self) -> bool:
        return "death" in self.events

    @property
    def followed(self) -> int:
        return self.events["death"] if self.died else self.events["last visit"]

    @property
    def cgvhd(self) -> bool:
        return {"yes": True, "no": False}[self.row["cGVHD at collection"]]

    @property
    def early_relapse(self) -> bool | None:
        relapse = self.events.get("relapse")
        if not self.responder:
            return None
        if relapse is not None:
            return relapse < HALF_YEAR
        return None if self.followed < HALF_YEAR else False


EVERYBODY = [Person(row) for row in PATIENTS]
PEOPLE = [person for person in EVERYBODY if person.included]
ARM = {arm: [p for p in PEOPLE if p.arm == arm] for arm in (AUTO, RD, DD)}


def rank_sum_p(x: list[float], y: list[float]) -> Fraction:
    """Two-sided exact p of the rank sum with midranks: P(|W - EW| >= |w - EW|), by counting."""
    ranks = [round(2 * r) for r in stats.rankdata([*x, *y])]
    ways: list[Counter[int]] = [Counter({0: 1})] + [Counter() for _ in x]
    for rank in ranks:
        for size in range(len(x), 0, -1):
            for total, count in ways[size - 1].items():
                ways[size][total + rank] += count
    n, w = len(ranks), sum(ranks[: len(x)])
    centre = Fraction(len(x) * sum(ranks), n)
    far = sum(c for t, c in ways[-1].items() if abs(t - centre) >= abs(w - centre))
    return Fraction(far, sum(ways[-1].values()))


def test_rank_sum_p_itself() -> None:
    # 2 v 2 without ties: 6 splits, the two extreme ones are as far out as (1, 2) v (3, 4)
    assert rank_sum_p([1, 2], [3, 4]) == Fraction(1, 3)
    assert rank_sum_p([1, 1], [1, 1]) == 1
    x, y = [3.1, 4.5, 9.2, 7.7, 1.2], [0.4, 2.2, 3.3, 0.9]
    expected = stats.mannwhitneyu(x, y, method="exact").pvalue
    assert float(rank_sum_p(x, y)) == pytest.approx(expected, rel=1e-12)


def fisher(a: int, m: int, b: int, n: int) -> float:
    return float(stats.fisher_exact([[a, m - a], [b, n - b]]).pvalue)


# ------------------------------------------------------------------ the printed numbers


def test_33_in_the_records_31_in_the_study_17_11_3() -> None:
    assert len(EVERYBODY) == 33
    assert len({p.id for p in EVERYBODY}) == 33
    assert {arm: len(people) for arm, people in ARM.items()} == {AUTO: 17, RD: 11, DD: 3}
    assert len(PEOPLE) == 31
    out = [(p.row["Disease"], p.infusion["No"]) for p in EVERYBODY if not p.included]
    assert sorted(out) == [("B-ALL", "2"), ("DLBCL", "1")]


def test_remission_15_of_17_and_11_of_11() -> None:
    counts = {arm: sum(p.responder for p in people) for arm, people in ARM.items()}
    assert counts == {AUTO: 15, RD: 11, DD: 2}
    interval = stats.binomtest(15, 17).proportion_ci(0.95, method="exact")
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.636, 0.985)
    assert round(stats.binomtest(11, 11).proportion_ci(0.95, method="exact").low, 3) == 0.715


def test_peak_expansion_is_higher_in_auto_with_p_0_007() -> None:
    auto, rd = ([p.peak for p in ARM[arm]] for arm in (AUTO, RD))
    assert 0.0065 <= rank_sum_p(auto, rd) < 0.0075
    assert median(auto) > 3 * median(rd)
    assert len(set(auto + rd)) == 28, "without ties the exact p has one definition"


def test_severe_crs_8_of_17_against_1_of_11_with_p_0_049() -> None:
    severe = {arm: sum(p.crs >= 3 for p in people) for arm, people in ARM.items()}
    assert severe == {AUTO: 8, RD: 1, DD: 1}
    assert round(fisher(8, 17, 1, 11), 3) == 0.049


def test_acute_gvhd_2_of_11_and_1_of_3() -> None:
    grades = {arm: [int(p.row["aGVHD grade"]) for p in ARM[arm]] for arm in (RD, DD)}
    assert {arm: sum(g >= 1 for g in grades[arm]) for arm in grades} == {RD: 2, DD: 1}
    assert {p.row["aGVHD grade"] for p in ARM[AUTO]} == {"NA"}


def test_chronic_gvhd_and_early_relapse_2_of_2_against_0_of_8_with_p_0_022() -> None:
    evaluable = [p for p in ARM[RD] + ARM[DD] if p.early_relapse is not None]
    early = {g: [p.early_relapse for p in evaluable if p.cgvhd is g] for g in (True, False)}
    assert early == {True: [True] * 2, False: [False] * 8}
    assert round(fisher(2, 2, 0, 8), 4) == 0.0222
    # a rule that counts follow-up to the last marrow finds the same ten
    for p in evaluable:
        assert "relapse" in p.events or max(day for day, _, _ in p.responses) >= HALF_YEAR


def test_the_other_four_are_not_evaluable_for_a_reason_of_their_own() -> None:
    left = [p for p in ARM[RD] + ARM[DD] if p.early_relapse is None]
    reasons = Counter(
        "no remission" if not p.responder else "died" if p.died else "short" for p in left
    )
    assert reasons == {"no remission": 1, "died": 1, "short": 2}
    assert all(p.followed < HALF_YEAR for p in left)


def logrank_chi_square(time: np.ndarray, event: np.ndarray, first: np.ndarray) -> float:
    excess = variance = 0.0
    for at in np.unique(time[event]):
        n, n1 = np.sum(time >= at), np.sum((time >= at) & first)
        d, d1 = np.sum((time == at) & event), np.sum((time == at) & event & first)
        excess += d1 - d * n1 / n
        variance += d * n1 / n * (1 - n1 / n) * (n - d) / max(n - 1, 1)
    return float(excess**2 / variance) if variance > 0 else 0.0


def test_within_rd_chronic_gvhd_shows_no_difference() -> None:
    with_, without = ([p for p in ARM[RD] if p.cgvhd is g] for g in (True, False))
    assert (len(with_), len(without)) == (3, 8)
    assert rank_sum_p([p.peak for p in with_], [p.peak for p in without]) > 0.05
    assert rank_sum_p([p.crs for p in with_], [p.crs for p in without]) > 0.05
    people = with_ + without
    time = np.array([p.followed for p in people])
    event = np.array([p.died for p in people])
    splits = [np.isin(np.arange(11), chosen) for chosen in combinations(range(11), 3)]
    chi = [logrank_chi_square(time, event, split) for split in splits]
    assert np.mean(np.array(chi) >= chi[0] - 1e-9) > 0.05
    assert stats.chi2.sf(chi[0], 1) > 0.05


def test_median_follow_up_prints_9_0_months() -> None:
    still_free = Fraction(1)
    for at in sorted(p.followed for p in PEOPLE if not p.died):
        before = still_free
        still_free *= 1 - Fraction(1, sum(p.followed >= at for p in PEOPLE))
        if still_free <= Fraction(1, 2):
            break
    assert before > Fraction(1, 2) > still_free, "a flat step at one half has two medians"
    assert f"{at / MONTH:.1f}" == "9.0"
    assert 7 < median(p.followed for p in PEOPLE if not p.died) / MONTH < 11


# ------------------------------------------------------------------ records as a centre's are


def test_course_of_the_disease_is_plausible() -> None:
    deaths, relapses = (
        {arm: sum(name in p.events for p in ARM[arm]) for arm in ARM}
        for name in ("death", "relapse")
    )
    assert sum(deaths.values()) == 10
    assert deaths[AUTO] >= 3
    assert relapses[AUTO] >= 4
    causes = Counter(
        e["Cause of death"] for p in PEOPLE for e in EVENTS[p.id] if e["Event"] == "death"
    )
    assert causes["CRS"] == causes["infection"] == 1
    assert [p.crs for p in PEOPLE if p.crs == 5] == [5]
    assert min(p.followed for p in PEOPLE if not p.died) >= 60
    assert max(p.followed for p in PEOPLE) / MONTH < 25
    in_remission = [p for p in PEOPLE if p.died and p.responder and "relapse" not in p.events]
    assert len(in_remission) == 1, "one competing death"


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda p: p.id)
def test_dates_are_in_order(person: Person) -> None:
    born = day_first(person.row["DOB"])
    assert 7 <= (person.day0 - born).days / 365.25 <= 65
    assert 7 <= (person.day0 - person.collected).days <= 365
    assert date(2014, 1, 1) <= person.collected
    assert person.day0.weekday() < 5
    assert person.day0.toordinal() + person.followed <= CUTOFF.toordinal()
    assert ("death" in person.events) != ("last visit" in person.events)
    assert all(0 < day <= person.followed for day in person.events.values())
    stop = person.events.get("relapse", person.followed + 1)
    assert all(0 < day < stop for day, _, _ in person.responses)
    assert all(day <= person.followed for day, _ in person.copies())
    assert all((person.collected - g[0]).days >= 170 for g in person.prior_allo)
    if person.died:
        assert all(day < person.followed for day, _, _ in person.responses)
        assert all(day < person.followed for day, _ in person.copies())


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda p: p.id)
def test_categories_follow_from_marrow_and_counts(person: Person) -> None:
    days = [day for day, _, _ in person.responses]
    assert days == sorted(set(days))
    for _, category, row in person.responses:
        blasts = float(row["BM blasts (%)"])
        anc, plt = float(row["ANC (10^9/L)"]), float(row["PLT (10^9/L)"])
        if category == "NR":
            assert blasts > 25
        else:
            assert blasts < 5
            assert (anc > 1 and plt > 100) if category == "CR" else (anc < 0.5 and plt < 50)


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda p: p.id)
def test_transgene_rises_to_one_peak_and_falls(person: Person) -> None:
    series = [(day, copies) for day, copies in person.copies() if day <= 95]
    days = [day for day, _ in series]
    assert days == sorted(set(days))
    assert days[0] == 0
    peak_day = max(series, key=lambda sample: sample[1])[0]
    assert 7 <= peak_day <= 14
    assert sum(copies == person.peak for _, copies in person.copies()) == 1
    assert sum(0 < day <= 28 and copies > 0 for day, copies in series) >= 3
    rising = [copies for day, copies in series if day <= peak_day]
    assert rising == sorted(rising)
    late = [copies for day, copies in series if day > 50]
    assert all(copies < person.peak / 10 for copies in late)


def test_wrinkles_of_real_life() -> None:
    assert sum(any(g[1] == "auto" for g in p.grafts) for p in ARM[AUTO]) == 1
    assert sum(any(g[0] > p.day0 for g in p.grafts) for p in ARM[AUTO]) == 1
    twice = [p for p in ARM[DD] if len(p.prior_allo) == 2]
    assert [p.infusion["Donor"] for p in twice] == [max(p.prior_allo)[2] for p in twice]
    assert len({g[2] for p in twice for g in p.prior_allo}) == 2
    assert sum(len(INFUSIONS[p.id]) == 2 for p in PEOPLE) == 1
    nearest = {}
    for p in ARM[RD]:
        near = [c for c in CHIMERISM[p.id]
                if -30 <= (date.fromisoformat(c["Date"]) - p.collected).days <= 7]  # fmt: skip
        nearest[p.id] = [(c["Cells"], float(c["Donor (%)"]) >= 95) for c in near]
    assert Counter(map(tuple, nearest.values())) == {
        (("CD3", True),): 8, (("CD3", False),): 1, (("whole_blood", True),): 1, (): 1,
    }  # fmt: skip
    registry = {p.infusion["Registry donor_type"] for p in ARM[RD]}
    assert registry == {"Autologous"}, "the trap: a registry does not tell RD from auto"
    cells = [p.row["Ferritin peak (ng/mL)"] for p in PEOPLE]
    assert sum(cell == ">2000" for cell in cells) >= 3
    assert all(float(c) <= 2000 for c in cells if c not in ("ND", ">2000"))
    assert {"ND"} <= set(cells)


def test_the_script_writes_the_same_bytes_and_knows_nothing_of_the_package(tmp_path: Path) -> None:
    script = HU / "make_records.py"
    subprocess.run([sys.executable, "-I", str(script), str(tmp_path)], check=True, timeout=60)
    shipped = {path.name: path.read_bytes() for path in HU.glob("*.csv")}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == shipped
    assert sorted(shipped) == sorted(f"{name}.csv" for name in KNOWN_TABLES)
    tree = ast.parse(script.read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else
                     [alias.name for alias in node.names])
    }  # fmt: skip
    assert not any(str(name).startswith("autallo") for name in imported)


# ------------------------------------------------------------------ the study files


def tuples(part: object) -> object:
    """Lists as tuples: the strict model takes no list."""
    if isinstance(part, dict):
        return {key: tuples(value) for key, value in part.items()}
    return tuple(tuples(value) for value in part) if isinstance(part, list) else part


def protocol_of(study: str) -> Protocol:
    text = (STUDIES / study / "study.yaml").read_text(encoding="utf-8")
    return Protocol.model_validate(tuples(YAML(typ="safe", pure=True).load(text)))


@pytest.mark.parametrize("study", BUNDLED)
def test_study_file_fits_its_tables(study: str) -> None:
    protocol = protocol_of(study)
    assert protocol.study.id == study
    for table, source in protocol.sources.items():
        rows = read(STUDIES / study / source.file)
        for name, column in source.columns.items():
            assert column.column in rows[0], (table, name)
            known = meaning_of(table, name)
            assert known or column.type, f"{table}.{name} needs a type"
            missing = {"", *map(str, source.missing), *map(str, column.missing)}
            cells = {row[column.column] for row in rows} - missing
            values = {str(k): v for k, v in column.values.items()} if column.values else {}
            assert not values or cells <= set(values), (table, name)
            read_as = set(values.values()) if values else cells
            if known and known.allowed:
                assert read_as <= set(known.allowed), (table, name)
            if (known.type if known else column.type) in ("number", "integer"):
                strip = (column.above or "") + (column.below or "")
                assert all(float(cell.strip(strip)) >= 0 for cell in cells), (table, name)
                assert study == "alloauto" or not known or column.unit in (None, known.unit)
        assert source.id in rows[0]


def test_hu2019_names_every_header_but_the_ones_left_out_on_purpose() -> None:
    protocol = protocol_of("hu2019")
    unused = {
        f"{table}: {header}"
        for table, source in protocol.sources.items()
        for header in read(HU / source.file)[0]
        if header not in {column.column for column in source.columns.values()} | {source.id}
    }
    assert unused == {
        "infusions: Registry donor_type",
        "responses: BM blasts (%)",
        "responses: ANC (10^9/L)",
        "responses: PLT (10^9/L)",
        "events: Cause of death",
    }
    assert protocol.study.data_cutoff == CUTOFF
    assert protocol.study.notice == "Reconstructed from published summaries; no real patients."
    assert set(protocol.sources) == set(KNOWN_TABLES)


# ------------------------------------------------------------------ the two real studies


def survival_at(time: np.ndarray, event: np.ndarray, at: float) -> float:
    steps = np.unique(time[event & (time <= at)])
    return float(np.prod([1 - np.sum((time == u) & event) / np.sum(time >= u) for u in steps]))


@pytest.mark.parametrize(
    ("study", "group", "event", "levels", "counts", "at", "survival", "chi_square", "p_value"),
    [
        # Kersey et al. 1987: numbers of R 4.2.2, survival 3.5-3
        ("kersey1987", "transplant", "cens", ("Allogeneic", "Autologous"), ((46, 33), (45, 36)),
         365, (0.4348, 0.2222), 2.6073, 0.1064),
        # Klein and Moeschberger, section 1.9: numbers of R 4.2.2, survival 3.5-3
        ("alloauto", "type", "delta", ("1", "2"), ((50, 22), (51, 28)),
         24, (0.5321, 0.3940), 0.3816, 0.5368),
    ],
)  # fmt: skip
def test_real_studies_are_unchanged(
    study, group, event, levels, counts, at, survival, chi_square, p_value
) -> None:
    rows = read(STUDIES / study / f"{study}.csv")
    assert len({row["id"] for row in rows}) == len(rows)
    time = np.array([float(row["time"]) for row in rows])
    failed = np.array([row[event] == "1" for row in rows])
    arms = [np.array([row[group] == level for row in rows]) for level in levels]
    assert tuple((int(arm.sum()), int((arm & failed).sum())) for arm in arms) == counts
    curves = tuple(round(survival_at(time[arm], failed[arm], at), 4) for arm in arms)
    assert curves == survival
    statistic = logrank_chi_square(time, failed, arms[0])
    assert round(statistic, 4) == chi_square
    assert round(float(stats.chi2.sf(statistic, 1)), 4) == p_value
