"""What is recorded of neurotoxicity on one day: the one record that every scale reads."""

from dataclasses import dataclass, fields
from math import inf, nextafter
from typing import Literal

from autallo.clinical.fields import Choice, Field, Flag, Number, classify_impossible
from autallo.errors import ArgumentError

__all__ = [
    "CAPD_ANSWERS",
    "CAPD_ITEMS",
    "NEURO_FIELDS",
    "QUIET_NEURO_DAY",
    "NeuroDay",
    "classify_impossible_neuro_day",
]

WakesTo = Literal["spontaneous", "voice", "touch", "vigorous", "none"]
Seizure = Literal["none", "focal", "nonconvulsive", "generalised"]
Oedema = Literal["none", "focal", "diffuse"]
Frequency = Literal["never", "rarely", "sometimes", "often", "always"]
CAPD_ANSWERS = ("never", "rarely", "sometimes", "often", "always")
CAPD_ITEMS = 8
#: A seizure of more than this is prolonged [minutes].
PROLONGED_MINUTES = 5.0
#: Opening pressure from which raised intracranial pressure is severe [mmHg].
HIGH_OPENING_MMHG = 20.0

NEURO_FIELDS: dict[str, Field] = {
    "age_y": Number(0.0, 110.0, (12.0,)),
    "developmental_delay": Flag(),
    "knows_year": Flag(),
    "knows_month": Flag(),
    "knows_city": Flag(),
    "knows_hospital": Flag(),
    "knows_head_of_state": Flag(),
    "names_objects": Number(0.0, 3.0, (1.0, 2.0, 3.0), whole=True),
    "follows_command": Flag(),
    "writes_sentence": Flag(),
    "counts_back": Flag(),
    "ice_total": Number(0.0, 10.0, (3.0, 7.0, 10.0), whole=True),
    "cartox_total": Number(0.0, 10.0, (3.0, 7.0, 10.0), whole=True),
    "capd_total": Number(0.0, 32.0, (1.0, 9.0), whole=True),
    "unable_to_perform": Flag(),
    "consciousness_depressed": Flag(),
    "wakes_to": Choice(("spontaneous", "voice", "touch", "vigorous", "none")),
    "sedated": Flag(),
    "seizure": Choice(("none", "focal", "nonconvulsive", "generalised")),
    "seizure_minutes": Number(
        0.0, 10_000.0, (nextafter(0.0, 1.0), nextafter(PROLONGED_MINUTES, inf))
    ),
    "seizures_without_return": Flag(),
    "seizures_despite_treatment": Flag(),
    "motor_weakness": Flag(),
    "oedema": Choice(("none", "focal", "diffuse")),
    "posturing_or_cushing": Flag(),
    "papilloedema_stage": Number(0.0, 5.0, (1.0, 3.0), whole=True),
    "raised_icp": Flag(),
    "csf_opening_mmhg": Number(0.0, 200.0, (HIGH_OPENING_MMHG,)),
    "only_haemorrhage": Flag(),
    "tremor_grade": Number(0.0, 3.0, whole=True),
    "encephalopathy_grade": Number(0.0, 4.0, (1.0, 2.0, 3.0, 4.0), whole=True),
    "confusion_grade": Number(0.0, 4.0, (1.0, 2.0, 3.0, 4.0), whole=True),
    "somnolence_grade": Number(0.0, 4.0, (1.0, 2.0, 3.0, 4.0), whole=True),
    "dysphasia_grade": Number(0.0, 3.0, (1.0, 2.0, 3.0), whole=True),
    "seizure_grade": Number(0.0, 4.0, (1.0, 2.0, 3.0, 4.0), whole=True),
    "death_due_to_icans": Flag(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuroDay:
    """The worst neurological findings of one day; None is "not known", never "no".

    Only findings not otherwise explained belong here.

    Attributes
    ----------
    age_y : float or None
        Age [years].
    developmental_delay : bool or None
        Whether a patient of 12 years or more cannot do the adult test for delayed development.
    knows_year, knows_month, knows_city, knows_hospital, knows_head_of_state : bool or None
        Orientation.
    names_objects : int or None
        Objects named, 0 to 3.
    follows_command, writes_sentence, counts_back : bool or None
        A simple command; a standard sentence; from 100 back by tens.
    ice_total, cartox_total : int or None
        Total of the ICE and of the CARTOX-10 test, 0 to 10; used before their items.
    capd_total : int or None
        Total of the CAPD, 0 to 32; used before `capd_answers`.
    capd_answers : tuple of str or None
        Answers to its eight items, each one of `CAPD_ANSWERS` or None.
    unable_to_perform : bool or None
        Whether the test could not be done because the patient was obtunded or critical.
    consciousness_depressed : bool or None
        Whether consciousness was depressed.
    wakes_to : {"spontaneous", "voice", "touch", "vigorous", "none"} or None
        What wakes the patient: nothing needed, voice, touch only, vigorous or repeated stimuli
        only, nothing.
    sedated : bool or None
        Whether drugs depressed consciousness; the test and consciousness then bound the grade from
        above only.
    seizure : {"none", "focal", "nonconvulsive", "generalised"} or None
        Worst seizure.
    seizure_minutes : float or None
        Length of the longest [minutes].
    seizures_without_return : bool or None
        Whether seizures followed each other without return to baseline.
    seizures_despite_treatment : bool or None
        Whether there were several seizures in spite of treatment.
    motor_weakness : bool or None
        Deep focal weakness, as of one side or both legs.
    oedema : {"none", "focal", "diffuse"} or None
        Oedema of the brain on imaging.
    posturing_or_cushing : bool or None
        Decerebrate or decorticate posture, palsy of the sixth nerve, or Cushing's triad.
    papilloedema_stage : int or None
        0 to 5.
    raised_icp : bool or None
        Whether intracranial pressure was judged raised.
    csf_opening_mmhg : float or None
        Opening pressure at lumbar puncture [mmHg].
    only_haemorrhage : bool or None
        Whether intracranial haemorrhage alone explains the findings.
    tremor_grade : int or None
        CTCAE grade, 0 to 3; kept, and read by no scale here.
    encephalopathy_grade, confusion_grade, somnolence_grade : int or None
        CTCAE grade of the term, 0 to 4.
    dysphasia_grade : int or None
        CTCAE grade, 0 to 3.
    seizure_grade : int or None
        CTCAE grade, 0 to 4; if None it is read from the seizures.
    death_due_to_icans : bool or None
        Whether the patient died of neurotoxicity.
    """

    age_y: float | None = None
    developmental_delay: bool | None = None
    knows_year: bool | None = None
    knows_month: bool | None = None
    knows_city: bool | None = None
    knows_hospital: bool | None = None
    knows_head_of_state: bool | None = None
    names_objects: int | None = None
    follows_command: bool | None = None
    writes_sentence: bool | None = None
    counts_back: bool | None = None
    ice_total: int | None = None
    cartox_total: int | None = None
    capd_total: int | None = None
    capd_answers: tuple[Frequency | None, ...] | None = None
    unable_to_perform: bool | None = None
    consciousness_depressed: bool | None = None
    wakes_to: WakesTo | None = None
    sedated: bool | None = None
    seizure: Seizure | None = None
    seizure_minutes: float | None = None
    seizures_without_return: bool | None = None
    seizures_despite_treatment: bool | None = None
    motor_weakness: bool | None = None
    oedema: Oedema | None = None
    posturing_or_cushing: bool | None = None
    papilloedema_stage: int | None = None
    raised_icp: bool | None = None
    csf_opening_mmhg: float | None = None
    only_haemorrhage: bool | None = None
    tremor_grade: int | None = None
    encephalopathy_grade: int | None = None
    confusion_grade: int | None = None
    somnolence_grade: int | None = None
    dysphasia_grade: int | None = None
    seizure_grade: int | None = None
    death_due_to_icans: bool | None = None


#: A day on which everything was looked for and nothing found; the patient is 40 years old.
QUIET_NEURO_DAY = NeuroDay(
    age_y=40.0,
    developmental_delay=False,
    ice_total=10,
    cartox_total=10,
    capd_total=0,
    unable_to_perform=False,
    consciousness_depressed=False,
    wakes_to="spontaneous",
    sedated=False,
    seizure="none",
    motor_weakness=False,
    oedema="none",
    posturing_or_cushing=False,
    papilloedema_stage=0,
    raised_icp=False,
    only_haemorrhage=False,
    tremor_grade=0,
    encephalopathy_grade=0,
    confusion_grade=0,
    somnolence_grade=0,
    dysphasia_grade=0,
    death_due_to_icans=False,
)

#: What says something about the patient or the reading, but is no finding of the day.
NOT_FINDINGS = frozenset({"age_y", "developmental_delay", "only_haemorrhage", "tremor_grade"})
FINDINGS = tuple(field.name for field in fields(NeuroDay) if field.name not in NOT_FINDINGS)


def classify_impossible_neuro_day(day: NeuroDay) -> tuple[str, ...]:
    """Return the fields of a day that are impossible, alone or together.

    Rule
    ----
    ==================================================  =============================
    finding                                             impossible
    ==================================================  =============================
    a number outside the limits of `NEURO_FIELDS`       that field
    no seizure, but minutes of one or seizures without
    return or in spite of treatment                     seizure
    ==================================================  =============================

    Parameters
    ----------
    day : NeuroDay
        Findings of one day.

    Returns
    -------
    tuple of str
        Names of fields; empty if the day is possible.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field, or there are not eight answers of the CAPD.

    Notes
    -----
    Source: [house], limits of plausibility.

    Examples
    --------
    >>> classify_impossible_neuro_day(NeuroDay(ice_total=11))
    ('ice_total',)
    """
    found = classify_impossible(day, NEURO_FIELDS)
    answers = day.capd_answers
    if answers is not None and (
        len(answers) != CAPD_ITEMS or not set(answers) <= {None, *CAPD_ANSWERS}
    ):
        raise ArgumentError("`capd_answers` must be eight of never, rarely ... always, or None.")
    if day.seizure == "none" and (
        (day.seizure_minutes or 0) > 0
        or day.seizures_without_return
        or day.seizures_despite_treatment
    ):
        found += ("seizure",)
    return found
