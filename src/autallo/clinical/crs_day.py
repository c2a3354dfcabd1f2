"""What is recorded of cytokine release on one day: the one record that every scale reads."""

from dataclasses import dataclass, fields
from math import inf, nextafter
from typing import Literal

from autallo.clinical.fields import Choice, Field, Flag, Number, classify_impossible
from autallo.clinical.vasopressors import Pressor, classify_impossible_pressors

__all__ = [
    "CRS_FIELDS",
    "OXYGEN_DEVICES",
    "QUIET_CRS_DAY",
    "VENTILATION_REASONS",
    "CrsDay",
    "classify_impossible_crs_day",
]

OxygenDevice = Literal[
    "none",
    "nasal_cannula",
    "blow_by",
    "hfnc",
    "simple_mask",
    "nonrebreather",
    "venturi",
    "cpap",
    "bipap",
    "invasive_vent",
    "unspecified",
]
VentilationReason = Literal["hypoxia", "airway_neuro", "procedure"]
OXYGEN_DEVICES = (
    "none",
    "nasal_cannula",
    "blow_by",
    "hfnc",
    "simple_mask",
    "nonrebreather",
    "venturi",
    "cpap",
    "bipap",
    "invasive_vent",
    "unspecified",
)
VENTILATION_REASONS = ("hypoxia", "airway_neuro", "procedure")

ROOM_AIR = 0.21
HIGH_FIO2 = 0.40
#: Fever counts from here [degrees Celsius].
FEVER_C = 38.0
#: More than this by nasal cannula is high flow [L/min].
LOW_FLOW_LPM = 6.0
#: Flow by nasal cannula at which the estimate 0.20 + 0.04 * flow reaches `HIGH_FIO2` [L/min].
HIGH_FIO2_FLOW_LPM = 5.0

CRS_FIELDS: dict[str, Field] = {
    "temperature_c": Number(30.0, 44.0, (FEVER_C,)),
    "fever_other_cause": Flag(),
    "crs_episode_open": Flag(),
    "antipyretic": Flag(),
    "corticosteroid": Flag(),
    "anticytokine": Flag(),
    "sbp_mmhg": Number(30.0, 300.0, (70.0, 90.0)),
    "hypotension": Flag(),
    "age_y": Number(0.0, 110.0),
    "weight_kg": Number(2.0, 300.0),
    "fluid_boluses": Number(0.0, 100.0, (1.0, 2.0), whole=True),
    "pressor_hours": Number(0.0, 10_000.0, (24.0,)),
    "refractory_to_high_dose": Flag(),
    "o2_device": Choice(OXYGEN_DEVICES),
    "o2_flow_lpm": Number(
        0.0, 100.0, (nextafter(0.0, 1.0), HIGH_FIO2_FLOW_LPM, nextafter(LOW_FLOW_LPM, inf))
    ),
    "fio2": Number(ROOM_AIR, 1.0, (nextafter(ROOM_AIR, inf), HIGH_FIO2)),
    "vent_reason": Choice(VENTILATION_REASONS),
    "organ_grade": Number(0.0, 5.0, (1.0, 2.0, 3.0, 4.0), whole=True),
    "transaminase_grade": Number(0.0, 4.0, (1.0, 2.0, 3.0, 4.0), whole=True),
    "creatinine_grade": Number(0.0, 4.0, (1.0, 2.0, 3.0, 4.0), whole=True),
    "ffp_cryo_fibrinogen": Flag(),
    "hosp_for_crs": Flag(),
    "hosp_for_sequelae": Flag(),
    "iv_therapy_or_tpn": Flag(),
    "constitutional": Flag(),
    "ctcae4_grade": Number(0.0, 5.0, (1.0, 2.0, 3.0, 4.0, 5.0), whole=True),
    "death_due_to_crs": Flag(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrsDay:
    """The worst findings of one day; None is "not known", never "no".

    Only findings judged due to cytokine release belong here.

    Attributes
    ----------
    temperature_c : float or None
        Highest temperature [degrees Celsius].
    fever_other_cause : bool or None
        Whether the fever is fully explained by another cause; then it does not count.
    crs_episode_open : bool or None
        Whether a fever of 38.0 due to cytokine release came before in this episode, and the episode
        is not over.
    antipyretic, corticosteroid, anticytokine : bool or None
        Whether any was already given in this episode (tocilizumab, siltuximab and anakinra are
        anti-cytokine); each can hide a fever.
    sbp_mmhg : float or None
        Lowest systolic blood pressure [mmHg].
    hypotension : bool or None
        Whether there was hypotension; if None it is read from `sbp_mmhg` and `age_y`.
    age_y : float or None
        Age [years].
    weight_kg : float or None
        Body weight [kg]; needed for rates per kilogram.
    fluid_boluses : int or None
        Boluses of fluid for blood pressure.
    pressors : tuple of Pressor or None
        Vasopressors given; empty if none was.
    pressor_hours : float or None
        Hours on any vasopressor, added up over the episode [h].
    refractory_to_high_dose : bool or None
        Whether hypotension did not respond to high-dose vasopressors.
    o2_device : str or None
        One of `OXYGEN_DEVICES`; ``unspecified`` if oxygen was given by a device not recorded.
    o2_flow_lpm : float or None
        Flow of oxygen [L/min].
    fio2 : float or None
        Fraction of inspired oxygen, 0.21 to 1.0.
    vent_reason : {"hypoxia", "airway_neuro", "procedure"} or None
        Why the patient was invasively ventilated.
    organ_grade : int or None
        Worst CTCAE grade of any organ, 0 to 5, transaminases and creatinine left out.
    transaminase_grade, creatinine_grade : int or None
        CTCAE grade, 0 to 4.
    ffp_cryo_fibrinogen : bool or None
        Whether plasma, cryoprecipitate or fibrinogen was given for coagulopathy.
    hosp_for_crs : bool or None
        Whether the patient is in hospital for cytokine release.
    hosp_for_sequelae : bool or None
        Whether the patient is in hospital for its sequelae in an organ.
    iv_therapy_or_tpn : bool or None
        Whether intravenous therapy (fluid boluses for hypotension left out) or parenteral nutrition
        was given for it.
    constitutional : bool or None
        Nausea, fatigue, headache, myalgia or malaise.
    ctcae4_grade : int or None
        Grade of CTCAE 4.03 as the abstractor gave it, 0 to 5.
    death_due_to_crs : bool or None
        Whether the patient died of cytokine release.
    """

    temperature_c: float | None = None
    fever_other_cause: bool | None = None
    crs_episode_open: bool | None = None
    antipyretic: bool | None = None
    corticosteroid: bool | None = None
    anticytokine: bool | None = None
    sbp_mmhg: float | None = None
    hypotension: bool | None = None
    age_y: float | None = None
    weight_kg: float | None = None
    fluid_boluses: int | None = None
    pressors: tuple[Pressor, ...] | None = None
    pressor_hours: float | None = None
    refractory_to_high_dose: bool | None = None
    o2_device: OxygenDevice | None = None
    o2_flow_lpm: float | None = None
    fio2: float | None = None
    vent_reason: VentilationReason | None = None
    organ_grade: int | None = None
    transaminase_grade: int | None = None
    creatinine_grade: int | None = None
    ffp_cryo_fibrinogen: bool | None = None
    hosp_for_crs: bool | None = None
    hosp_for_sequelae: bool | None = None
    iv_therapy_or_tpn: bool | None = None
    constitutional: bool | None = None
    ctcae4_grade: int | None = None
    death_due_to_crs: bool | None = None


#: A day on which everything was looked for and nothing found.
QUIET_CRS_DAY = CrsDay(
    temperature_c=36.8,
    fever_other_cause=False,
    crs_episode_open=False,
    antipyretic=False,
    corticosteroid=False,
    anticytokine=False,
    hypotension=False,
    fluid_boluses=0,
    pressors=(),
    pressor_hours=0.0,
    refractory_to_high_dose=False,
    o2_device="none",
    organ_grade=0,
    transaminase_grade=0,
    creatinine_grade=0,
    ffp_cryo_fibrinogen=False,
    hosp_for_crs=False,
    hosp_for_sequelae=False,
    iv_therapy_or_tpn=False,
    constitutional=False,
    ctcae4_grade=0,
    death_due_to_crs=False,
)

#: What says something about the patient but nothing about the day.
NOT_FINDINGS = frozenset({"age_y", "weight_kg", "fever_other_cause"})
FINDINGS = tuple(field.name for field in fields(CrsDay) if field.name not in NOT_FINDINGS)


def classify_impossible_crs_day(day: CrsDay) -> tuple[str, ...]:
    """Return the fields of a day that are impossible, alone or together.

    Rule
    ----
    ======================================================  =============================
    finding                                                 impossible
    ======================================================  =============================
    a number outside the limits of `CRS_FIELDS`             that field
    a vasopressor at an impossible rate                     pressors
    no oxygen device, but a flow or more than room air      o2_device
    ======================================================  =============================

    Parameters
    ----------
    day : CrsDay
        Findings of one day.

    Returns
    -------
    tuple of str
        Names of fields; empty if the day is possible.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    Source: [house], limits of plausibility.

    Examples
    --------
    >>> classify_impossible_crs_day(CrsDay(temperature_c=375, fio2=40))
    ('temperature_c', 'fio2')
    """
    found = classify_impossible(day, CRS_FIELDS)
    found += classify_impossible_pressors(day.pressors, weight_kg=day.weight_kg)
    if day.o2_device == "none" and ((day.o2_flow_lpm or 0) > 0 or (day.fio2 or 0) > ROOM_AIR):
        found += ("o2_device",)
    return found
