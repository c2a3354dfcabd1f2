"""The invented records of the bundled study: what was designed, and the chance around it.

The register below fixes, patient by patient, what the printed numbers rest on: who was collected,
the response, the times, the peak, the grades. Everything else (ages, doses, counts, the course
of the transgene between its designed peak and day 90) is drawn from a fixed seed. No value
comes from a real person. ``python make_records.py [folder]`` writes the same bytes every time.
"""

import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from math import exp, log, log10
from pathlib import Path
from statistics import NormalDist

import numpy as np

__all__ = ["write_records"]

SEED = 20190217
DATA_CUTOFF = date(2018, 6, 30)

# arm: auto, RD, DD; auto-DLBCL has another disease, auto-again only a second infusion.
# Days count from the infusion; a dot is "did not happen" or "does not apply".
REGISTER = """
id  arm        infused    response relapse died last peak   crs agvhd cgvhd cause
P01 auto       2016-06-02 CR       .       .    733  38200  3   .     .     .
P02 auto       2016-09-07 CRi      118     251  .    19600  1   .     .     leukaemia
P03 RD         2016-10-11 CR       .       .    612  62000  3   0     no    .
P04 RD         2016-10-19 CR       236     371  .    2750   1   0     no    leukaemia
P05 auto       2016-11-16 CR       75      142  .    14800  2   .     .     leukaemia
P06 auto       2017-01-03 CR       .       .    541  66400  2   .     .     .
P07 RD         2017-01-05 CR       .       .    158  6600   0   0     no    .
P08 auto       2017-01-11 CR       203     310  .    57300  3   .     .     leukaemia
P09 RD         2017-02-22 CR       96      214  .    4300   1   0     yes   leukaemia
P10 auto       2017-03-15 .        .       13   .    129000 5   .     .     CRS
P11 RD         2017-03-21 CR       .       .    455  1240   0   0     no    .
P12 RD         2017-04-20 CRi      288     .    420  8150   1   0     no    .
P13 auto       2017-05-09 CR       268     .    402  42700  2   .     .     .
P14 auto       2017-05-10 CRi      61      190  .    9400   1   .     .     leukaemia
P15 DD         2017-06-14 NR       .       78   .    1100   0   0     no    leukaemia
P16 DD         2017-07-12 CR       219     .    352  5200   1   0     no    .
P17 auto       2017-08-23 NR       .       66   .    1900   0   .     .     leukaemia
P18 auto       2017-08-24 CR       .       .    117  33900  1   .     .     .
P19 RD         2017-08-30 CR       152     .    301  13200  2   0     yes   .
P20 auto       2017-09-07 CR       .       .    274  88200  3   .     .     .
P21 RD         2017-09-13 CRi      .       127  .    10900  1   3     no    infection
P22 DD         2017-09-19 CR       .       .    245  31400  3   2     no    .
P23 RD         2017-10-10 CR       .       .    262  21300  2   1     no    .
P24 auto       2017-10-25 CR       166     .    231  28100  2   .     .     .
P25 auto       2017-10-26 CR       .       .    222  74900  3   .     .     .
P26 RD         2017-11-16 CR       .       .    207  40100  2   0     no    .
P27 auto       2017-12-14 CR       .       .    195  51600  2   .     .     .
P28 auto-DLBCL 2017-12-26 CR       .       .    164  46300  2   .     .     .
P29 auto       2018-01-02 CR       .       .    176  103000 4   .     .     .
P30 RD         2018-01-24 CR       .       .    141  29700  2   0     yes   .
P31 auto-again 2018-02-07 CR       .       .    128  7400   1   .     .     .
P32 auto       2018-03-28 CRi      .       .    89   23500  3   .     .     .
P33 auto       2018-04-04 CR       .       .    61   168000 3   .     .     .
"""
PRIOR_AUTOGRAFT = "P25"
TWO_TRANSPLANTS = "P22"
TRANSPLANT_AFTER = ("P06", 92)
SECOND_INFUSION = ("P19", 189)
MIXED_CHIMERISM = "P11"
CHIMERISM_UNKNOWN = "P03"
WHOLE_BLOOD_ONLY = "P26"
NOT_DONE = {"blasts": "P27", "ferritin": ("P02", "P16"), "ph": "P08"}

# The course of the transgene: typical values of Stein et al. 2019, doi 10.1002/psp4.12388.
FOLD_EXPANSION, FAST_RATE, SLOW_RATE, SLOW_SHARE = 3900, 0.16, 0.0032, 0.0079
KINETIC_DAYS = (0, 1, 4, 7, 11, 14, 21, 28, 60, 90)
MARROW_DAYS = ((14, 1), (28, 2), (60, 5), (90, 6), (180, 10), (270, 10), (365, 12), (545, 14))
LOWEST_COPIES = 50
HIGHEST_FERRITIN = 2000
FERRITIN_BY_GRADE = (420, 700, 1200, 2600, 6000, 11000)

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Patient:
    """One line of the register; None where it does not apply.

    Attributes
    ----------
    id, arm, response, cause : str
        Code, kind of product, remission by day 30, cause of death.
    infused : date
        Day 0.
    relapse, died, last : int or None
        Days from day 0; `last` is the last contact of a survivor.
    peak : int
        Highest transgene level [copies/ug DNA].
    crs : int
        Highest grade of cytokine release syndrome.
    agvhd, cgvhd : str
        Highest grade of acute GVHD; chronic GVHD at collection, yes or no.
    """

    id: str
    arm: str
    infused: date
    response: str
    relapse: int | None
    died: int | None
    last: int | None
    peak: int
    crs: int
    agvhd: str
    cgvhd: str
    cause: str

    @property
    def end(self) -> int:
        """The day on which the follow-up closes, by death or last contact."""
        return self.died or self.last or 0

    @property
    def number(self) -> int:
        """The running number in the code."""
        return int(self.id[1:])

    def on(self, day: int) -> date:
        """Return the date of a day counted from the infusion."""
        return self.infused + timedelta(days=day)


class Chance:
    """Draws that depend on the seed, one purpose and one patient only.

    They are made from raw uniform numbers, which stay the same from one NumPy to the next.
    """

    def __init__(self, purpose: int, patient: Patient) -> None:
        key = np.random.SeedSequence([SEED, purpose, patient.number])
        self._generator = np.random.Generator(np.random.PCG64(key))

    def between(self, low: float, high: float) -> float:
        """Draw evenly between two bounds."""
        return low + (high - low) * float(self._generator.random())

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number, both bounds included."""
        return min(high, low + int(self.between(0, high - low + 1)))

    def around(self, mean: float, spread: float) -> float:
        """Draw from a normal distribution."""
        return mean + spread * NormalDist().inv_cdf(self.between(1e-9, 1 - 1e-9))

    def one_of(self, choices: Sequence[str]) -> str:
        """Draw one of several."""
        return choices[self.whole(0, len(choices) - 1)]

    def happens(self, probability: float) -> bool:
        """Draw yes with a probability."""
        return self.between(0, 1) < probability


def read_register(text: str) -> tuple[Patient, ...]:
    """Read the register into patients."""
    lines = [line.split() for line in text.strip().splitlines()]
    if lines[0] != [field.name for field in fields(Patient)]:
        raise ValueError("the register must name the fields of a patient in their order")
    return tuple(_patient(dict(zip(lines[0], line, strict=True))) for line in lines[1:])


def _patient(cells: Row) -> Patient:
    days = {name: None if cells[name] == "." else int(cells[name]) for name in ("relapse", "died")}
    return Patient(
        id=cells["id"],
        arm=cells["arm"],
        infused=date.fromisoformat(cells["infused"]),
        response=cells["response"],
        relapse=days["relapse"],
        died=days["died"],
        last=None if cells["last"] == "." else int(cells["last"]),
        peak=int(cells["peak"]),
        crs=int(cells["crs"]),
        agvhd=cells["agvhd"],
        cgvhd=cells["cgvhd"],
        cause=cells["cause"],
    )


def working_day(day: date) -> date:
    """Move a Saturday to the Friday before and a Sunday to the Monday after."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def day_first(day: date) -> str:
    """Write a date as the ward does: day/month/year."""
    return f"{day:%d/%m/%Y}"


def patients_row(patient: Patient) -> Row:
    """Return the patient's line: who he is, his leukaemia, his final grades."""
    chance = Chance(1, patient)
    sex = chance.one_of("FM")
    age = 7.3 + 57 * chance.between(0, 1) ** 1.5
    adult = chance.around(57 if sex == "F" else 67, 8)
    weight = adult if age >= 17 else min(adult, 7 + 2.9 * age + chance.around(0, 2))
    blasts = 6 + 89 * chance.between(0, 1) ** 1.2
    grafted = patient.arm in ("RD", "DD")
    allogeneic = {"agvhd": patient.agvhd, "cgvhd": patient.cgvhd}
    lymphoma = patient.arm == "auto-DLBCL"
    refractory = not grafted and chance.happens(0.4)
    return {
        "patient_id": patient.id,
        "Sex": sex,
        "DOB": day_first(patient.infused - timedelta(days=round(age * 365.25))),
        "Weight (kg)": f"{weight:.1f}",
        "Disease": "DLBCL" if lymphoma else "B-ALL",
        "Status": "refractory" if refractory else "relapsed",
        "Ph": "ND" if patient.id == NOT_DONE["ph"] else chance.one_of(("neg", "neg", "neg", "pos")),
        "BM blasts (%)": "ND" if lymphoma or patient.id == NOT_DONE["blasts"] else f"{blasts:.0f}",
        "Prior lines": str(chance.whole(3, 8) if grafted else chance.whole(2, 6)),
        "CRS grade": str(patient.crs),
        "aGVHD grade": allogeneic["agvhd"] if grafted else "NA",
        "cGVHD at collection": allogeneic["cgvhd"] if grafted else "NA",
        "Ferritin peak (ng/mL)": ferritin(patient, chance),
    }


def ferritin(patient: Patient, chance: Chance) -> str:
    """Return the highest ferritin as the laboratory prints it, which stops at 2000."""
    value = FERRITIN_BY_GRADE[patient.crs] * exp(chance.around(0, 0.45))
    if patient.id in NOT_DONE["ferritin"]:
        return "ND"
    return f">{HIGHEST_FERRITIN}" if value > HIGHEST_FERRITIN else f"{value:.0f}"


def collection_date(patient: Patient) -> date:
    """Return the day of the leukapheresis, two to five weeks before the infusion."""
    return working_day(patient.on(-Chance(2, patient).whole(15, 34)))


def grafts(patient: Patient) -> list[tuple[date, str, str]]:
    """Return date, kind and donor of every transplant, the first one first."""
    chance = Chance(3, patient)
    collected = collection_date(patient)
    code = 20 * patient.number + chance.whole(0, 18)
    donors = [f"DN{code:03d}", f"DN{code + 1:03d}"]
    longest = (collected - date(2014, 3, 3)).days
    gap = chance.whole(250 if patient.cgvhd == "yes" else 170, min(longest, 840))
    latest = working_day(collected - timedelta(days=gap))
    if patient.id == PRIOR_AUTOGRAFT:
        return [(latest, "auto", "")]
    if patient.id == TRANSPLANT_AFTER[0]:
        return [(patient.on(TRANSPLANT_AFTER[1]), "allo", donors[0])]
    if patient.id == TWO_TRANSPLANTS:
        first = working_day(latest - timedelta(days=chance.whole(300, 420)))
        return [(first, "allo", donors[0]), (latest, "allo", donors[1])]
    return [(latest, "allo", donors[0])] if patient.arm in ("RD", "DD") else []


def transplants_rows(patient: Patient) -> list[Row]:
    """Return one row for each transplant; its dates are written day first."""
    return [
        {"patient_id": patient.id, "Date": day_first(day), "Type": kind, "Donor": donor}
        for day, kind, donor in grafts(patient)
    ]


def infusions_rows(patient: Patient) -> list[Row]:
    """Return one row for each product given."""
    chance = Chance(4, patient)
    from_donor = patient.arm == "DD"
    first = {
        "patient_id": patient.id,
        "No": "2" if patient.arm == "auto-again" else "1",
        "Collection": collection_date(patient).isoformat(),
        "Infusion": patient.infused.isoformat(),
        "Collected from": "donor" if from_donor else "patient",
        "Registry donor_type": "Allogeneic" if from_donor else "Autologous",
        "Donor": grafts(patient)[-1][2] if from_donor else "",
        "Identical twin": "no" if patient.arm in ("RD", "DD") else "",
        "Dose (10^6/kg)": f"{min(2.8, max(0.4, exp(chance.around(0, 0.35)))):.2f}",
        "Costimulation": "4-1BB",
        "Lymphodepletion": "Cy" if chance.happens(0.1) else "Flu/Cy",
    }
    if patient.id != SECOND_INFUSION[0]:
        return [first]
    second = patient.on(SECOND_INFUSION[1]).isoformat()
    return [first, first | {"No": "2", "Infusion": second, "Dose (10^6/kg)": "1.50"}]


def chimerism_rows(patient: Patient) -> list[Row]:
    """Return the routine samples after the graft and the one before collection."""
    if patient.arm not in ("RD", "DD"):
        return []
    chance = Chance(5, patient)
    latest, collected = grafts(patient)[-1][0], collection_date(patient)
    samples = [(working_day(latest + timedelta(days=day)), "CD3") for day in (30, 91)]
    if patient.id != CHIMERISM_UNKNOWN:
        fraction = "whole_blood" if patient.id == WHOLE_BLOOD_ONLY else "CD3"
        samples.append((working_day(collected - timedelta(days=chance.whole(1, 20))), fraction))
    donor = [min(100.0, 96 + chance.between(0, 5)) for _ in samples]
    if patient.id == MIXED_CHIMERISM:
        donor[1:] = [91.5, 78.4]
    return [
        {
            "patient_id": patient.id,
            "Date": day.isoformat(),
            "Cells": cells,
            "Donor (%)": f"{pct:.1f}",
        }
        for (day, cells), pct in zip(samples, donor, strict=True)
    ]


def marrow_days(patient: Patient) -> list[int]:
    """Return the days of the marrow assessments: never after relapse, death, last contact."""
    chance = Chance(6, patient)
    stop = min(patient.relapse or patient.end + 1, patient.died or patient.end + 1)
    planned = MARROW_DAYS[:2] if patient.response == "NR" else MARROW_DAYS
    days: list[int] = []
    for target, play in planned:
        day = (working_day(patient.on(target + chance.whole(-play, play))) - patient.infused).days
        missed = target != 28 and chance.happens(0.12)
        days += [day] if day < stop and not missed else []
    closing = stop - 1 - chance.whole(0, 5)
    in_remission = patient.relapse is None and patient.died is None
    if in_remission and closing - days[-1] > 25:
        closing = (working_day(patient.on(closing)) - patient.infused).days
        days.append(min(closing, stop - 1))
    return days


def response_on(patient: Patient, day: int, chance: Chance) -> str:
    """Return the category of one assessment; never better by day 35 than the register says."""
    if patient.response == "NR":
        return "NR"
    if day < 21:
        return chance.one_of(("NR", "CRi", patient.response))
    return patient.response if day <= 35 else "CR"


def responses_rows(patient: Patient) -> list[Row]:
    """Return one row for each marrow, with the counts that the category rests on."""
    chance = Chance(7, patient)
    rows = []
    for day in marrow_days(patient) if patient.response != "." else []:
        category = response_on(patient, day, chance)
        low, high = {"CR": (0, 3.4), "CRi": (0, 3.9), "NR": (31, 90)}[category]
        neutrophils = chance.between(*((1.1, 4.6) if category == "CR" else (0.12, 0.47)))
        platelets = chance.between(*((104, 260) if category == "CR" else (11, 47)))
        rows.append(
            {
                "patient_id": patient.id,
                "Date": patient.on(day).isoformat(),
                "BM blasts (%)": f"{chance.between(low, high):.1f}",
                "ANC (10^9/L)": f"{neutrophils:.2f}",
                "PLT (10^9/L)": f"{platelets:.0f}",
                "Response": category,
                "MRD": residual_disease(patient, day, category, chance),
            }
        )
    return rows


def residual_disease(patient: Patient, day: int, category: str, chance: Chance) -> str:
    """Return the flow result: positive with leukaemia, early, or shortly before a relapse."""
    relapse_near = patient.relapse is not None and patient.relapse - day < 45
    if category == "NR" or (relapse_near and day > 35):
        return "pos"
    if chance.happens(0.06):
        return "ND"
    return "pos" if chance.happens(0.4 if day < 21 else 0.04 if day <= 35 else 0.0) else "neg"


def transgene(day: float, *, top: float, fast: float, slow_share: float) -> float:
    """Return the height of a rise to 1 at `top`, then a fast and a slow fall [share of peak]."""
    if day < top:
        return exp(log(FOLD_EXPANSION) * (day / top - 1))
    since = day - top
    return (1 - slow_share) * exp(-fast * since) + slow_share * exp(-SLOW_RATE * since)


def three_digits(value: float) -> int:
    """Round to three significant digits, as a copy number is reported."""
    return int(round(value, 2 - int(log10(value)))) if value >= 1 else 0


def kinetics_rows(patient: Patient) -> list[Row]:
    """Return the qPCR series; its highest sample is the peak of the register."""
    chance = Chance(8, patient)
    course = {
        "top": chance.between(7.5, 12.5),
        "fast": FAST_RATE * exp(chance.around(0, 0.3)),
        "slow_share": SLOW_SHARE * exp(chance.around(0, 0.6)),
    }
    heights: dict[int, float] = {}
    for target in KINETIC_DAYS:
        late = target > 28
        day = target + (chance.whole(-5, 5) if late else 0)
        day = (working_day(patient.on(day)) - patient.infused).days if late else day
        height = transgene(day, **course) * exp(chance.around(0, 0.25)) if day else 0.0
        missed = target in (4, 21, 60, 90) and chance.happens(0.06)
        if day <= patient.end - (patient.died is not None) and not missed:
            heights[day] = height
    highest = max(heights.values())
    copies = {day: three_digits(patient.peak * height / highest) for day, height in heights.items()}
    if patient.id == SECOND_INFUSION[0]:
        start = SECOND_INFUSION[1]
        copies |= {start: 0, start + 7: 870, start + 14: 2140, start + 28: 310}
    return [
        {
            "patient_id": patient.id,
            "Date": patient.on(day).isoformat(),
            "Copies/ug": str(value) if value >= LOWEST_COPIES else f"<{LOWEST_COPIES}",
        }
        for day, value in copies.items()
    ]


def events_rows(patient: Patient) -> list[Row]:
    """Return what happened, in the order in which it did, up to death or last contact."""
    chance = Chance(9, patient)
    happened = [(patient.end, "death" if patient.died else "last visit", patient.cause)]
    failed = 30 if patient.response == "NR" else patient.relapse
    if patient.relapse is not None:
        happened.append((patient.relapse, "relapse", "."))
    if failed is not None:
        treated = working_day(patient.on(failed + chance.whole(4, 14)))
        happened.append(((treated - patient.infused).days, "new therapy", "."))
    if patient.id == TRANSPLANT_AFTER[0]:
        happened.append((TRANSPLANT_AFTER[1], "transplant", "."))
    if patient.id == SECOND_INFUSION[0]:
        happened.append((SECOND_INFUSION[1], "infusion", "."))
    return [
        {
            "patient_id": patient.id,
            "Date": patient.on(day).isoformat(),
            "Event": event,
            "Cause of death": "" if cause == "." else cause,
        }
        for day, event, cause in sorted(happened)
    ]


def write_records(folder: Path) -> None:
    """Write the seven tables of the study into a folder that exists."""
    patients = read_register(REGISTER)
    tables = {
        "patients": [patients_row(patient) for patient in patients],
        "transplants": [row for patient in patients for row in transplants_rows(patient)],
        "infusions": [row for patient in patients for row in infusions_rows(patient)],
        "chimerism": [row for patient in patients for row in chimerism_rows(patient)],
        "responses": [row for patient in patients for row in responses_rows(patient)],
        "kinetics": [row for patient in patients for row in kinetics_rows(patient)],
        "events": [row for patient in patients for row in events_rows(patient)],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    write_records(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
