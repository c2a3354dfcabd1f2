"""How the findings of a day are read before any scale grades them, least and most severe."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from autallo.clinical.criteria import Criterion
from autallo.clinical.crs_day import (
    FEVER_C,
    FINDINGS,
    HIGH_FIO2,
    HIGH_FIO2_FLOW_LPM,
    LOW_FLOW_LPM,
    ROOM_AIR,
    CrsDay,
    classify_impossible_crs_day,
)
from autallo.clinical.grading import Grade
from autallo.clinical.scales import Reading, Scale, Span, grade_on_scale, grade_refused
from autallo.clinical.vasopressors import CRITERIA as DOSES
from autallo.clinical.vasopressors import VasopressorUse, classify_vasopressor_use

__all__ = ["CRITERIA", "READS", "SPANS", "CrsFindings", "Oxygen", "grade_crs_day"]

CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale="crs_findings", key=key, grade=None, words=words, source=source, evidence=tag)
    for key, words, source, tag in (
        ("fever", "38.0 degrees Celsius or more, not explained otherwise", "lee2019", "V2"),
        (
            "fever_masked",
            (
                "an open episode after an antipyretic, a corticosteroid or an anti-cytokine drug: "
                "fever is no longer asked for"
            ),
            "lee2019",
            "V2",
        ),
        (
            "hypotension_from_sbp",
            (
                "systolic pressure below 90 mmHg; below 70 + 2 x age from 1 to 10 years, "
                "below 70 in the first year"
            ),
            "house",
            "M",
        ),
        (
            "fio2_from_flow",
            "oxygen by nasal cannula: fraction 0.20 + 0.04 for each litre a minute",
            "house",
            "M",
        ),
        (
            "ventilated_for_hypoxia",
            "ventilation only to protect the airway, or for a procedure, does not count",
            "lee2019",
            "M",
        ),
    )
)
Value = TypeVar("Value")

READINGS = (*CRITERIA, *DOSES)


@dataclass(frozen=True, slots=True)
class Oxygen:
    """What the scales ask of the oxygen of a day.

    Attributes
    ----------
    given : bool
        Whether any was given for hypoxia.
    step : int
        0 none, 2 low flow, 3 high flow or mask, 4 positive pressure.
    invasive : bool
        Whether the patient was invasively ventilated for hypoxia.
    because : tuple of str
        Readings used.
    flags : tuple of str
        ``HFNC_LOW_FLOW``: high-flow cannula at 6 L/min or less.
    """

    given: bool = False
    step: int = 0
    invasive: bool = False
    because: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrsFindings:
    """The findings of a day, each read in one way; what the rows of every scale ask.

    Attributes
    ----------
    fever, hypotension : Reading
        Whether present.
    pressors : VasopressorUse
        Vasopressors.
    oxygen : Oxygen
        Oxygen.
    high_fio2 : Reading
        Whether oxygen for hypoxia was given at a fraction of 0.40 or more.
    boluses : int
        Fluid boluses.
    pressors_24h : bool
        Whether a vasopressor was needed for 24 hours or more.
    refractory : str
        ``no``, ``yes``, or ``possible``: only if the dose is high.
    organ, transaminases, creatinine : int
        CTCAE grades.
    coagulopathy, hospitalised, sequelae, iv_therapy, constitutional, death : bool
        As recorded.
    ctcae4 : int
        Grade of the abstractor; `UNRECORDED_LEAST` and `UNRECORDED_MOST` if there is none.
    """

    fever: Reading
    hypotension: Reading
    pressors: VasopressorUse
    oxygen: Oxygen
    high_fio2: Reading
    boluses: int
    pressors_24h: bool
    refractory: str
    organ: int
    transaminases: int
    creatinine: int
    coagulopathy: bool
    hospitalised: bool
    sequelae: bool
    iv_therapy: bool
    constitutional: bool
    ctcae4: int
    death: bool


UNRECORDED_LEAST, UNRECORDED_MOST = -1, 9


def has_sign(found: CrsFindings) -> bool:
    """Whether there is any sign of cytokine release that a mild grade can stand for."""
    return bool(
        found.fever.present
        or found.constitutional
        or found.hypotension.present
        or found.boluses
        or found.pressors.count
        or found.oxygen.given
        or found.organ
        or found.transaminases
        or found.creatinine
    )


def _fever(day: CrsDay) -> Span[Reading]:
    measured: bool | None = None
    if day.temperature_c is not None:
        measured = day.temperature_c >= FEVER_C
    if day.fever_other_cause:
        measured = False
    masked = _masked(day)
    least, most = measured is True or masked is True, measured is not False or masked is not False
    names = ["temperature_c"] if measured is None else []
    if masked is None:
        treated = ("antipyretic", "corticosteroid", "anticytokine")
        given = any(getattr(day, name) for name in treated)
        asked = ("crs_episode_open", *(() if given else treated))
        names += [name for name in asked if getattr(day, name) is None]
    key = "fever" if measured or not masked else "fever_masked"
    flags = ("MASKED_FEVER",) if key == "fever_masked" else ()
    absent = Reading(present=False)
    present = Reading(present=True, because=(key,), flags=flags)
    return Span(present if least else absent, present if most else absent, tuple(names))


def _masked(day: CrsDay) -> bool | None:
    """Whether fever is no longer asked for; None if it cannot be told."""
    treated = (day.antipyretic, day.corticosteroid, day.anticytokine)
    if day.crs_episode_open is False or all(given is False for given in treated):
        return False
    return True if day.crs_episode_open and any(treated) else None


def _hypotension(day: CrsDay) -> Span[Reading]:
    absent = Reading(present=False)
    recorded = Reading(present=True)
    if day.hypotension is not None:
        known = recorded if day.hypotension else absent
        return Span(known, known)
    if day.sbp_mmhg is None:
        return Span(absent, recorded, ("hypotension",))
    low = Reading(present=True, because=("hypotension_from_sbp",))
    if day.age_y is not None:
        known = low if day.sbp_mmhg < _lowest_normal(day.age_y) else absent
        return Span(known, known)
    least = low if day.sbp_mmhg < _lowest_normal(0) else absent
    return Span(least, low if day.sbp_mmhg < _lowest_normal(18) else absent, ("age_y",))


def _lowest_normal(age_y: float) -> float:
    """Return the systolic pressure below which there is hypotension [mmHg]."""
    if age_y < 1:
        return 70.0
    return 70.0 + 2.0 * age_y if age_y <= 10 else 90.0


def _pressors(day: CrsDay) -> Span[VasopressorUse]:
    return classify_vasopressor_use(day.pressors, weight_kg=day.weight_kg, age_y=day.age_y)


STEPS: Mapping[str, int] = {
    **dict.fromkeys(("blow_by",), 2),
    **dict.fromkeys(("hfnc", "simple_mask", "nonrebreather", "venturi"), 3),
    **dict.fromkeys(("cpap", "bipap"), 4),
}


def _oxygen(day: CrsDay) -> Span[Oxygen]:
    device = day.o2_device
    if device == "none":
        return Span(Oxygen(), Oxygen())
    if device == "invasive_vent":
        most = Oxygen(True, 4, invasive=True, because=("ventilated_for_hypoxia",))
        return _if_for_hypoxia(day, Oxygen(), most)
    if device is None or device == "unspecified":
        least = Oxygen(True, 2) if _oxygen_given(day) else Oxygen()
        return Span(least, Oxygen(True, 4, invasive=True), ("o2_device",))
    flow = day.o2_flow_lpm
    if device == "nasal_cannula":
        if flow is None:
            return Span(Oxygen(True, 2), Oxygen(True, 3), ("o2_flow_lpm",))
        known = Oxygen(True, 3 if flow > LOW_FLOW_LPM else 2)
    else:
        low_flow = device == "hfnc" and flow is not None and flow <= LOW_FLOW_LPM
        known = Oxygen(True, STEPS[device], flags=("HFNC_LOW_FLOW",) if low_flow else ())
    return Span(known, known)


def _oxygen_given(day: CrsDay) -> bool:
    """Whether oxygen was given for certain, by a device that is not known."""
    unspecified = day.o2_device == "unspecified"
    return unspecified or (day.o2_flow_lpm or 0.0) > 0 or (day.fio2 or ROOM_AIR) > ROOM_AIR


def _high_fio2(day: CrsDay) -> Span[Reading]:
    absent, present = Reading(present=False), Reading(present=True)
    if day.o2_device == "none":
        return Span(absent, absent)
    if day.o2_device == "invasive_vent":
        return _if_for_hypoxia(day, absent, present)
    if day.fio2 is not None:
        known = present if day.fio2 >= HIGH_FIO2 else absent
        return Span(known, known)
    if day.o2_device == "nasal_cannula" and day.o2_flow_lpm is not None:
        high = day.o2_flow_lpm >= HIGH_FIO2_FLOW_LPM
        known = Reading(present=high, because=("fio2_from_flow",))
        return Span(known, known)
    given = day.o2_device is not None or _oxygen_given(day)
    return Span(absent, present, ("fio2",) if given else ("o2_device", "fio2"))


def _if_for_hypoxia(day: CrsDay, least: Value, most: Value) -> Span[Value]:
    """Read invasive ventilation; without a reason it may have been for the airway only."""
    if day.vent_reason == "hypoxia":
        return Span(most, most)
    return Span(least, least if day.vent_reason is not None else most, ("vent_reason",))


def _refractory(day: CrsDay) -> Span[str]:
    if day.refractory_to_high_dose is None:
        return Span("no", "possible", ("refractory_to_high_dose",))
    known = "yes" if day.refractory_to_high_dose else "no"
    return Span(known, known)


def _pressors_24h(day: CrsDay) -> Span[bool]:
    if day.pressor_hours is None:
        return Span(False, True, ("pressor_hours",))
    return Span(day.pressor_hours >= 24, day.pressor_hours >= 24)


def _ctcae4(day: CrsDay) -> Span[int]:
    if day.ctcae4_grade is None:
        return Span(UNRECORDED_LEAST, UNRECORDED_MOST, ("ctcae4_grade",))
    return Span(day.ctcae4_grade, day.ctcae4_grade)


def _flag(name: str, day: CrsDay) -> Span[bool]:
    value = getattr(day, name)
    return Span(False, True, (name,)) if value is None else Span(value, value)


def _number(name: str, most: int, day: CrsDay) -> Span[int]:
    value = getattr(day, name)
    return Span(0, most, (name,)) if value is None else Span(min(value, most), min(value, most))


#: How each finding is read from a day, and which fields of the day that takes.
SPANS: Mapping[str, Callable[[CrsDay], Span[Any]]] = {
    "fever": _fever,
    "hypotension": _hypotension,
    "pressors": _pressors,
    "oxygen": _oxygen,
    "high_fio2": _high_fio2,
    "boluses": partial(_number, "fluid_boluses", 2),
    "pressors_24h": _pressors_24h,
    "refractory": _refractory,
    "organ": partial(_number, "organ_grade", 4),
    "transaminases": partial(_number, "transaminase_grade", 4),
    "creatinine": partial(_number, "creatinine_grade", 4),
    "coagulopathy": partial(_flag, "ffp_cryo_fibrinogen"),
    "hospitalised": partial(_flag, "hosp_for_crs"),
    "sequelae": partial(_flag, "hosp_for_sequelae"),
    "iv_therapy": partial(_flag, "iv_therapy_or_tpn"),
    "constitutional": partial(_flag, "constitutional"),
    "ctcae4": _ctcae4,
    "death": partial(_flag, "death_due_to_crs"),
}
OXYGEN_FIELDS = ("o2_device", "o2_flow_lpm", "fio2", "vent_reason")
READS: Mapping[str, tuple[str, ...]] = {
    "fever": (
        *("temperature_c", "fever_other_cause", "crs_episode_open"),
        *("antipyretic", "corticosteroid", "anticytokine"),
    ),
    "hypotension": ("sbp_mmhg", "hypotension", "age_y"),
    "pressors": ("pressors",),
    "oxygen": OXYGEN_FIELDS,
    "high_fio2": OXYGEN_FIELDS,
    "boluses": ("fluid_boluses",),
    "pressors_24h": ("pressor_hours",),
    "refractory": ("refractory_to_high_dose",),
    "organ": ("organ_grade",),
    "transaminases": ("transaminase_grade",),
    "creatinine": ("creatinine_grade",),
    "coagulopathy": ("ffp_cryo_fibrinogen",),
    "hospitalised": ("hosp_for_crs",),
    "sequelae": ("hosp_for_sequelae",),
    "iv_therapy": ("iv_therapy_or_tpn",),
    "constitutional": ("constitutional",),
    "ctcae4": ("ctcae4_grade",),
    "death": ("death_due_to_crs",),
}


def grade_crs_day(
    scale: Scale[CrsFindings], day: CrsDay, *, omit: frozenset[str] = frozenset()
) -> Grade:
    """Return the grade of one day on one scale.

    Rule
    ----
    ================================  ==========================================
    day                               grade
    ================================  ==========================================
    with an impossible finding        none: INVALID
    with nothing recorded             none: NOT_EVALUABLE
    with unknown findings             between the least and the most they allow
    ================================  ==========================================

    Parameters
    ----------
    scale : Scale
        Rows and their conditions.
    day : CrsDay
        Findings of the day.
    omit : frozenset of str
        Keys of rows that an option leaves out.

    Returns
    -------
    Grade

    Notes
    -----
    Whether another cause explains the fever is a judgement, not a finding: fever counts unless it
    is recorded as explained. Source: [house].

    Examples
    --------
    >>> from autallo.clinical.crs_astct import SCALE
    >>> grade_crs_day(SCALE, CrsDay()).status.name
    'NOT_EVALUABLE'
    """
    impossible = classify_impossible_crs_day(day)
    if impossible:
        return grade_refused(scale.key, impossible=impossible)
    if all(getattr(day, name) is None for name in FINDINGS):
        return grade_refused(scale.key)
    spans = {name: read(day) for name, read in SPANS.items()}
    return grade_on_scale(scale, spans, CrsFindings, omit=omit)
