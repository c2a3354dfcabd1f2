"""Neurotoxicity (ICANS) graded by the consensus of the ASTCT, 2019: adults and children."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Grade, Status
from autallo.clinical.neuro_day import NeuroDay
from autallo.clinical.neuro_findings import NeuroFindings, grade_neuro_day
from autallo.clinical.scales import Scale

__all__ = [
    "ADULT",
    "CHILD",
    "CRITERIA",
    "classify_form",
    "grade_icans",
    "grade_icans_adult",
    "grade_icans_child",
]

ADULT_ROWS = (
    ("icans_1_ice", 1, "ICE score 7 to 9", "lee2019", "V2"),
    ("icans_2_ice", 2, "ICE score 3 to 6", "lee2019", "V2"),
    ("icans_3_ice", 3, "ICE score 0 to 2", "lee2019", "V2"),
)
CHILD_ROWS = (
    ("icans_1_capd", 1, "CAPD score 1 to 8", "lee2019", "V2"),
    ("icans_3_capd", 3, "CAPD score 9 or more", "lee2019", "V2"),
    ("icans_4_capd", 4, "the child cannot do the CAPD", "lee2019", "V2"),
)
DOMAIN_ROWS = (
    ("icans_1_consciousness", 1, "consciousness depressed, wakes by itself", "lee2019", "V2"),
    ("icans_2_consciousness", 2, "wakes to voice", "lee2019", "V2"),
    ("icans_3_consciousness", 3, "wakes to touch only", "lee2019", "V2"),
    (
        "icans_4_consciousness",
        4,
        "cannot be woken, or only by vigorous or repeated stimuli",
        "lee2019",
        "V2",
    ),
    (
        "icans_3_seizure",
        3,
        "any clinical seizure that ends quickly, or a non-convulsive one that ends with treatment",
        "lee2019",
        "V2",
    ),
    (
        "icans_4_seizure",
        4,
        "a seizure of more than 5 minutes, or seizures without return to baseline",
        "lee2019",
        "V2",
    ),
    ("icans_4_motor", 4, "deep focal weakness, as of one side or both legs", "lee2019", "V2"),
    ("icans_3_oedema", 3, "focal oedema on imaging", "lee2019", "V2"),
    ("icans_4_oedema", 4, "diffuse oedema on imaging", "lee2019", "V2"),
    (
        "icans_4_posture",
        4,
        "decerebrate or decorticate posture, palsy of the sixth nerve, or Cushing triad",
        "lee2019",
        "V2",
    ),
    ("icans_4_papilloedema", 4, "papilloedema", "lee2019", "V2"),
    ("icans_5_death", 5, "death due to neurotoxicity", "lee2019", "V2"),
)


Row = tuple[str, int, str, str, str]


def _criteria(scale: str, *tables: tuple[Row, ...]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(scale=scale, key=key, grade=grade, words=words, source=source, evidence=tag)
        for table in tables
        for key, grade, words, source, tag in table
    )


ADULT_HOLDS: Mapping[str, Callable[[NeuroFindings], bool]] = {
    "icans_1_ice": lambda found: found.ice >= 1,
    "icans_2_ice": lambda found: found.ice >= 2,
    "icans_3_ice": lambda found: found.ice >= 3,
}
CHILD_HOLDS: Mapping[str, Callable[[NeuroFindings], bool]] = {
    "icans_1_capd": lambda found: found.capd >= 1,
    "icans_3_capd": lambda found: found.capd >= 3,
    "icans_4_capd": lambda found: found.capd >= 4,
}
DOMAINS_HOLD: Mapping[str, Callable[[NeuroFindings], bool]] = {
    "icans_1_consciousness": lambda found: found.consciousness >= 1,
    "icans_2_consciousness": lambda found: found.consciousness >= 2,
    "icans_3_consciousness": lambda found: found.consciousness >= 3,
    "icans_4_consciousness": lambda found: found.consciousness >= 4,
    "icans_3_seizure": lambda found: found.seizure >= 1,
    "icans_4_seizure": lambda found: found.seizure >= 1 and found.status,
    "icans_4_motor": lambda found: found.motor,
    "icans_3_oedema": lambda found: found.oedema >= 1,
    "icans_4_oedema": lambda found: found.oedema >= 2,
    "icans_4_posture": lambda found: found.posture,
    "icans_4_papilloedema": lambda found: found.papilloedema >= 1,
    "icans_5_death": lambda found: found.death,
}
ADULT: Scale[NeuroFindings] = Scale(
    key="icans_adult",
    criteria=_criteria("icans_adult", ADULT_ROWS, DOMAIN_ROWS),
    holds={**ADULT_HOLDS, **DOMAINS_HOLD},
)
CHILD: Scale[NeuroFindings] = Scale(
    key="icans_child",
    criteria=_criteria("icans_child", CHILD_ROWS, DOMAIN_ROWS),
    holds={**CHILD_HOLDS, **DOMAINS_HOLD},
)
CRITERIA: tuple[Criterion, ...] = (*ADULT.criteria, *CHILD.criteria)
#: From this age on the adult test is used [years].
ADULT_FROM_Y = 12.0


def grade_icans_adult(day: NeuroDay) -> Grade:
    """Return the ICANS grade of one day of a patient who does the ICE test.

    Rule
    ----
    =====  =====  ====================  ==========================  ==============================
    grade  ICE    wakes                 seizure                     motor, pressure
    =====  =====  ====================  ==========================  ==============================
    1      7-9    by itself
    2      3-6    to voice
    3      0-2    to touch only         any that ends quickly       focal oedema
    4             to vigorous stimuli   more than 5 minutes, or     deep focal weakness; diffuse
                  or not at all         no return to baseline       oedema, posturing, sixth nerve,
                                                                    papilloedema, Cushing's triad
    5      death due to neurotoxicity
    =====  =====  ====================  ==========================  ==============================

    Parameters
    ----------
    day : NeuroDay
        Findings of the day.

    Returns
    -------
    Grade
        The worst of the columns. NOT_APPLICABLE with flag ``ICH`` if haemorrhage alone explains the
        findings: that is graded by CTCAE.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    An ICE score of 0 in a patient who is awake is grade 3; in one who cannot be woken the grade is
    4. A patient who "wakes by itself" without word of depressed consciousness may be well: 0 or 1.
    Headache, tremor, myoclonus, asterixis and hallucinations do not count. Source: [lee2019].
    Checked against `tests/spec/test_neurotoxicity.py`.

    Examples
    --------
    >>> from autallo.clinical.neuro_day import QUIET_NEURO_DAY
    >>> grade_icans_adult(replace(QUIET_NEURO_DAY, ice_total=8, wakes_to="voice")).value
    2
    """
    return _grade(ADULT, day)


def grade_icans_child(day: NeuroDay) -> Grade:
    """Return the ICANS grade of one day of a patient who is observed by the CAPD.

    Rule
    ----
    =====  ===============  ====================================
    grade  CAPD             wakes; seizure, motor and pressure
    =====  ===============  ====================================
    1      1-8              by itself
    2                       to voice
    3      9 and more       as in adults
    4      cannot be done   as in adults
    5      death due to neurotoxicity
    =====  ===============  ====================================

    Parameters
    ----------
    day : NeuroDay
        Findings of the day.

    Returns
    -------
    Grade
        NOT_APPLICABLE with flag ``ICH`` if haemorrhage alone explains the findings.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field, or there are not eight answers of the CAPD.

    Notes
    -----
    The published table has CAPD 1 to 8 in grades 1 and 2: the score gives grade 1, and waking to
    voice grade 2. Source: [lee2019], [traube2014]. Checked against
    `tests/spec/test_neurotoxicity.py`.

    Examples
    --------
    >>> from autallo.clinical.neuro_day import QUIET_NEURO_DAY
    >>> grade_icans_child(replace(QUIET_NEURO_DAY, age_y=7, capd_total=9)).value
    3
    """
    return _grade(CHILD, day)


def grade_icans(day: NeuroDay) -> Grade:
    """Return the ICANS grade of one day by the form that fits the patient.

    Rule
    ----
    ===============================================  =========================================
    patient                                          form
    ===============================================  =========================================
    below 12 years, or with delayed development      child
    12 years and more                                adult
    of unknown age                                   of the test recorded; else both, and the
                                                     grade lies between the bounds of the two
    ===============================================  =========================================

    Parameters
    ----------
    day : NeuroDay
        Findings of the day.

    Returns
    -------
    Grade
        `scale` tells the form; flag ``AGE_UNKNOWN`` where it was not chosen by age.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field, or there are not eight answers of the CAPD.

    Notes
    -----
    At 12 years exactly the adult form is used. Delayed development counts only if it is recorded.
    Source: [lee2019], [house]. Checked against `tests/spec/test_neurotoxicity.py`.

    Examples
    --------
    >>> grade_icans(NeuroDay(age_y=12, ice_total=0)).scale
    'icans_adult'
    """
    form = classify_form(day)
    if form == "either":
        return _either(grade_icans_adult(day), grade_icans_child(day))
    grade = grade_icans_adult(day) if form == "adult" else grade_icans_child(day)
    if day.age_y is None and not day.developmental_delay:
        return replace(grade, flags=(*grade.flags, "AGE_UNKNOWN"))
    return grade


def classify_form(day: NeuroDay) -> Literal["adult", "child", "either"]:
    """Decide which form of ICANS fits the patient.

    Rule
    ----
    ===========================================  ======
    patient                                      form
    ===========================================  ======
    delayed development                          child
    below 12 years                               child
    12 years and more                            adult
    unknown age, ICE recorded and no CAPD        adult
    unknown age, CAPD recorded and no ICE        child
    else                                         either
    ===========================================  ======

    Parameters
    ----------
    day : NeuroDay
        Findings of the day.

    Returns
    -------
    {"adult", "child", "either"}

    Notes
    -----
    Source: [lee2019], [house].

    Examples
    --------
    >>> classify_form(NeuroDay(age_y=11.9))
    'child'
    """
    if day.developmental_delay:
        return "child"
    if day.age_y is not None:
        return "child" if day.age_y < ADULT_FROM_Y else "adult"
    adult, child = _ice_recorded(day), _capd_recorded(day)
    if adult == child:
        return "either"
    return "adult" if adult else "child"


def _ice_recorded(day: NeuroDay) -> bool:
    return day.ice_total is not None or day.follows_command is not None


def _capd_recorded(day: NeuroDay) -> bool:
    return day.capd_total is not None or day.capd_answers is not None


def _either(adult: Grade, child: Grade) -> Grade:
    """Return the grade that one of the two forms gives, between the bounds of both."""
    if adult.low is None or adult.high is None or child.low is None or child.high is None:
        return replace(adult, scale="icans")
    low, high = min(adult.low, child.low), max(adult.high, child.high)
    known = low == high
    missing = () if known else tuple(dict.fromkeys(("age_y", *adult.missing, *child.missing)))
    return Grade(
        scale="icans",
        status=Status.OK if known else Status.INDETERMINATE,
        value=low if known else None,
        low=low,
        high=high,
        missing=missing,
        because=adult.because if adult.low == low else child.because,
        flags=tuple(dict.fromkeys((*adult.flags, *child.flags, "AGE_UNKNOWN"))),
    )


def _grade(scale: Scale[NeuroFindings], day: NeuroDay) -> Grade:
    grade = grade_neuro_day(scale, day)
    if day.only_haemorrhage and grade.status is not Status.INVALID:
        return Grade(scale=scale.key, status=Status.NOT_APPLICABLE, flags=("ICH",))
    return grade
