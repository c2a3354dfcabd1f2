"""Cytokine release graded by the Penn scale."""

from collections.abc import Callable, Mapping

from autallo.clinical.criteria import Criterion
from autallo.clinical.crs_day import CrsDay
from autallo.clinical.crs_findings import READINGS, CrsFindings, grade_crs_day, has_sign
from autallo.clinical.grading import Grade
from autallo.clinical.scales import Scale

__all__ = ["CRITERIA", "SCALE", "grade_crs_penn"]

KEY = "crs_penn"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("penn_1_mild", 1, "mild reaction, supportive care only", "porter2018", "V2"),
        ("penn_2_creatinine", 2, "creatinine of grade 2", "porter2018", "V2"),
        ("penn_2_transaminases", 2, "liver enzymes of grade 3", "porter2018", "V2"),
        ("penn_2_organ", 2, "toxicity of another organ, grade 2 or more", "house", "D"),
        (
            "penn_2_hospital",
            2,
            "in hospital for cytokine release, neutropenic fever included",
            "porter2018",
            "V2",
        ),
        (
            "penn_2_intravenous",
            2,
            "intravenous therapy, fluid boluses for hypotension left out, or parenteral nutrition",
            "porter2018",
            "V2",
        ),
        ("penn_3_creatinine", 3, "creatinine of grade 3 or more", "porter2018", "V2"),
        ("penn_3_transaminases", 3, "liver enzymes of grade 4", "porter2018", "V2"),
        (
            "penn_3_boluses",
            3,
            "hypotension treated with two boluses of fluid or more",
            "porter2018",
            "V2",
        ),
        ("penn_3_low_dose", 3, "vasopressors at a low dose", "porter2018", "V2"),
        (
            "penn_3_coagulopathy",
            3,
            "coagulopathy that needs plasma, cryoprecipitate or fibrinogen",
            "porter2018",
            "V2",
        ),
        (
            "penn_3_oxygen",
            3,
            "hypoxia that needs any oxygen, CPAP and BiPAP included",
            "porter2018",
            "V2",
        ),
        ("penn_4_high_dose", 4, "vasopressors at a high dose", "porter2018", "V2"),
        ("penn_4_ventilator", 4, "hypoxia that needs mechanical ventilation", "porter2018", "V2"),
        ("penn_5_death", 5, "death", "porter2018", "V2"),
    )
)
HOLDS: Mapping[str, Callable[[CrsFindings], bool]] = {
    "penn_1_mild": has_sign,
    "penn_2_creatinine": lambda found: found.creatinine >= 2,
    "penn_2_transaminases": lambda found: found.transaminases >= 3,
    "penn_2_organ": lambda found: found.organ >= 2,
    "penn_2_hospital": lambda found: found.hospitalised,
    "penn_2_intravenous": lambda found: found.iv_therapy,
    "penn_3_creatinine": lambda found: found.creatinine >= 3,
    "penn_3_transaminases": lambda found: found.transaminases >= 4,
    "penn_3_boluses": lambda found: found.boluses >= 2,
    "penn_3_low_dose": lambda found: found.pressors.count > 0,
    "penn_3_coagulopathy": lambda found: found.coagulopathy,
    "penn_3_oxygen": lambda found: found.oxygen.given,
    "penn_4_high_dose": lambda found: found.pressors.high_dose,
    "penn_4_ventilator": lambda found: found.oxygen.invasive,
    "penn_5_death": lambda found: found.death,
}
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "penn_1_mild": ("fever",),
    "penn_3_low_dose": ("pressors",),
    "penn_4_high_dose": ("pressors",),
    "penn_4_ventilator": ("oxygen",),
}
SCALE: Scale[CrsFindings] = Scale(
    key=KEY, criteria=CRITERIA, holds=HOLDS, rests_on=RESTS_ON, readings=READINGS
)


def grade_crs_penn(day: CrsDay) -> Grade:
    """Return the Penn grade of cytokine release of one day.

    Rule
    ----
    =====  ==============================================================================
    grade  any of
    =====  ==============================================================================
    1      any sign: mild reaction, supportive care only
    2      creatinine of grade 2; liver enzymes of grade 3; another organ of grade 2; in
           hospital for cytokine release; intravenous therapy or parenteral nutrition
    3      creatinine of grade 3; liver enzymes of grade 4; two boluses or more, or
           low-dose vasopressors; plasma, cryoprecipitate or fibrinogen; any oxygen
    4      high-dose vasopressors; mechanical ventilation
    5      death
    =====  ==============================================================================

    Parameters
    ----------
    day : CrsDay
        Findings of the day.

    Returns
    -------
    Grade

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    No fraction of oxygen is asked for, and no fever. "Multiple" boluses are two. The scale gives
    higher grades than others on the same day. Source: [porter2015], [porter2018]. Checked against
    `tests/spec/test_crs.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.crs_day import QUIET_CRS_DAY
    >>> grade_crs_penn(replace(QUIET_CRS_DAY, o2_device="nasal_cannula")).value
    3
    """
    return grade_crs_day(SCALE, day)
