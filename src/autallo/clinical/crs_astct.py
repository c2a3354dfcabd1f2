"""Cytokine release graded by the consensus of the ASTCT, 2019: the default scale."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from autallo.clinical.criteria import Criterion
from autallo.clinical.crs_day import CrsDay
from autallo.clinical.crs_findings import READINGS, SPANS, CrsFindings, grade_crs_day
from autallo.clinical.grading import Grade, Status
from autallo.clinical.scales import Scale

__all__ = ["CRITERIA", "SCALE", "grade_crs_astct"]

KEY = "crs_astct"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("astct_1_fever", 1, "fever", "lee2019", "V2"),
        ("astct_2_hypotension", 2, "hypotension without a vasopressor", "lee2019", "V2"),
        ("astct_2_low_flow", 2, "nasal cannula up to 6 L/min, or blow-by", "lee2019", "V2"),
        (
            "astct_3_one_vasopressor",
            3,
            "one vasopressor, with or without vasopressin",
            "lee2019",
            "V2",
        ),
        ("astct_3_vasopressin_alone", 3, "vasopressin as the only vasopressor", "house", "D"),
        (
            "astct_3_high_flow_or_mask",
            3,
            "nasal cannula above 6 L/min, face mask, non-rebreather or Venturi mask",
            "lee2019",
            "V2",
        ),
        (
            "astct_4_vasopressors",
            4,
            "two vasopressors or more, vasopressin not counted",
            "lee2019",
            "V2",
        ),
        (
            "astct_4_positive_pressure",
            4,
            "positive pressure: CPAP, BiPAP, or intubation and ventilation",
            "lee2019",
            "V2",
        ),
        ("astct_5_death", 5, "death due to cytokine release", "lee2019", "V2"),
    )
)
HOLDS: Mapping[str, Callable[[CrsFindings], bool]] = {
    "astct_1_fever": lambda found: found.fever.present,
    "astct_2_hypotension": lambda found: found.fever.present and found.hypotension.present,
    "astct_2_low_flow": lambda found: found.fever.present and found.oxygen.step == 2,
    "astct_3_one_vasopressor": lambda found: (
        found.fever.present and found.pressors.other_than_vasopressin == 1
    ),
    "astct_3_vasopressin_alone": lambda found: (
        found.fever.present
        and found.pressors.count > 0
        and found.pressors.other_than_vasopressin == 0
    ),
    "astct_3_high_flow_or_mask": lambda found: found.fever.present and found.oxygen.step == 3,
    "astct_4_vasopressors": lambda found: (
        found.fever.present and found.pressors.other_than_vasopressin >= 2
    ),
    "astct_4_positive_pressure": lambda found: found.fever.present and found.oxygen.step == 4,
    "astct_5_death": lambda found: found.death,
}
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "astct_1_fever": ("fever",),
    "astct_2_hypotension": ("hypotension",),
    "astct_3_high_flow_or_mask": ("oxygen",),
    "astct_4_positive_pressure": ("oxygen",),
}
SCALE: Scale[CrsFindings] = Scale(
    key=KEY, criteria=CRITERIA, holds=HOLDS, rests_on=RESTS_ON, readings=READINGS
)


def grade_crs_astct(day: CrsDay) -> Grade:
    """Return the ASTCT grade of cytokine release of one day.

    Rule
    ----
    =====  ==================  ==============================  ==================================
    grade  fever               hypotension                     hypoxia
    =====  ==================  ==============================  ==================================
    1      38.0 or more        none                            none
    2      38.0 or more        without a vasopressor           cannula up to 6 L/min, blow-by
    3      38.0 or more        one vasopressor, with or        cannula above 6 L/min, face mask,
                               without vasopressin             non-rebreather, Venturi
    4      38.0 or more        two or more, vasopressin not    CPAP, BiPAP, intubation
                               counted
    5                          death due to cytokine release
    =====  ==================  ==============================  ==================================

    Parameters
    ----------
    day : CrsDay
        Findings of the day.

    Returns
    -------
    Grade
        The worst of the columns. Flag ``NO_FEVER`` where hypotension or hypoxia is graded 0 for
        want of fever, ``MASKED_FEVER`` where an open episode after an antipyretic, corticosteroid
        or anti-cytokine drug stands for fever.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    Toxicity of organs does not count. Vasopressin alone is grade 3, and invasive ventilation
    without a recorded reason leaves the grade open. Source: [lee2019]. Checked against
    `tests/spec/test_crs.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.crs_day import QUIET_CRS_DAY
    >>> grade_crs_astct(replace(QUIET_CRS_DAY, temperature_c=38.6, o2_device="nasal_cannula")).high
    3
    """
    grade = grade_crs_day(SCALE, day)
    if grade.status is Status.OK and grade.value == 0 and _severe_without_fever(day):
        return replace(grade, flags=(*grade.flags, "NO_FEVER"))
    return grade


def _severe_without_fever(day: CrsDay) -> bool:
    """Whether there is no fever for certain, but for certain hypotension or hypoxia."""
    least = {name: SPANS[name](day).least for name in ("hypotension", "pressors", "oxygen")}
    severe = least["hypotension"].present or least["pressors"].count or least["oxygen"].given
    return bool(severe) and not SPANS["fever"](day).most.present
