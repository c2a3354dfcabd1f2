"""Cytokine release graded by Lee and others, 2014."""

from collections.abc import Callable, Mapping
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.crs_day import CrsDay
from autallo.clinical.crs_findings import READINGS, CrsFindings, grade_crs_day
from autallo.clinical.grading import Grade
from autallo.clinical.scales import Scale
from autallo.errors import ArgumentError

__all__ = ["CRITERIA", "SCALE", "grade_crs_lee"]

KEY = "crs_lee"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("lee_1_fever", 1, "fever, with or without constitutional symptoms", "lee2014", "V2"),
        ("lee_2_oxygen", 2, "oxygen at a fraction below 0.40", "lee2014", "V2"),
        ("lee_2_hypotension", 2, "hypotension that responds to fluids", "lee2014", "V2"),
        ("lee_2_low_dose", 2, "one vasopressor at a low dose", "lee2014", "V2"),
        ("lee_2_organ", 2, "toxicity of an organ, grade 2", "lee2014", "V2"),
        ("lee_2_transaminases", 2, "transaminases of grade 2", "lee2014", "V2"),
        ("lee_3_oxygen", 3, "oxygen at a fraction of 0.40 or more", "lee2014", "V2"),
        ("lee_3_high_dose", 3, "a vasopressor at a high dose", "lee2014", "V2"),
        ("lee_3_several", 3, "two vasopressors or more, vasopressin counted", "lee2014", "V2"),
        ("lee_3_organ", 3, "toxicity of an organ, grade 3", "lee2014", "V2"),
        (
            "lee_3_transaminases",
            3,
            "transaminases of grade 3, read as toxicity of an organ",
            "house",
            "D",
        ),
        ("lee_3_transaminases_4", 3, "transaminases of grade 4", "lee2014", "V2"),
        ("lee_4_ventilator", 4, "ventilator", "lee2014", "V2"),
        (
            "lee_4_noninvasive",
            4,
            "positive pressure without intubation read as a ventilator (option)",
            "house",
            "D",
        ),
        (
            "lee_4_organ",
            4,
            "toxicity of an organ other than transaminases, grade 4",
            "lee2014",
            "V2",
        ),
        ("lee_5_death", 5, "death", "lee2014", "V2"),
    )
)
HOLDS: Mapping[str, Callable[[CrsFindings], bool]] = {
    "lee_1_fever": lambda found: found.fever.present,
    "lee_2_oxygen": lambda found: found.oxygen.given,
    "lee_2_hypotension": lambda found: found.hypotension.present,
    "lee_2_low_dose": lambda found: found.pressors.count > 0,
    "lee_2_organ": lambda found: max(found.organ, found.creatinine) >= 2,
    "lee_2_transaminases": lambda found: found.transaminases >= 2,
    "lee_3_oxygen": lambda found: found.high_fio2.present,
    "lee_3_high_dose": lambda found: found.pressors.high_dose,
    "lee_3_several": lambda found: found.pressors.count >= 2,
    "lee_3_organ": lambda found: max(found.organ, found.creatinine) >= 3,
    "lee_3_transaminases": lambda found: found.transaminases >= 3,
    "lee_3_transaminases_4": lambda found: found.transaminases >= 4,
    "lee_4_ventilator": lambda found: found.oxygen.invasive,
    "lee_4_noninvasive": lambda found: found.oxygen.step == 4,
    "lee_4_organ": lambda found: max(found.organ, found.creatinine) >= 4,
    "lee_5_death": lambda found: found.death,
}
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "lee_1_fever": ("fever",),
    "lee_2_oxygen": ("high_fio2",),
    "lee_2_hypotension": ("hypotension",),
    "lee_2_low_dose": ("pressors",),
    "lee_3_oxygen": ("high_fio2",),
    "lee_3_high_dose": ("pressors",),
    "lee_4_ventilator": ("oxygen",),
    "lee_4_noninvasive": ("oxygen",),
}
SCALE: Scale[CrsFindings] = Scale(
    key=KEY, criteria=CRITERIA, holds=HOLDS, rests_on=RESTS_ON, readings=READINGS
)


def grade_crs_lee(
    day: CrsDay,
    *,
    lee_ta3: Literal["literal", "grade2"] = "literal",
    lee_niv_is_vent: bool = False,
) -> Grade:
    """Return the Lee 2014 grade of cytokine release of one day.

    Rule
    ----
    =====  ==============================================================================
    grade  any of
    =====  ==============================================================================
    1      fever, with or without constitutional symptoms
    2      oxygen below 0.40; hypotension that responds to fluids or to a low dose of one
           vasopressor; toxicity of an organ, grade 2
    3      oxygen of 0.40 or more; a high dose or several vasopressors; toxicity of an
           organ, grade 3; transaminases of grade 4
    4      ventilator; toxicity of an organ other than transaminases, grade 4
    5      death
    =====  ==============================================================================

    Parameters
    ----------
    day : CrsDay
        Findings of the day.
    lee_ta3 : {"literal", "grade2"}
        Whether transaminases of grade 3 are toxicity of an organ of grade 3, or grade 2 only; the
        published table can be read both ways.
    lee_niv_is_vent : bool
        Whether CPAP and BiPAP are a ventilator.

    Returns
    -------
    Grade

    Raises
    ------
    ArgumentError
        If `lee_ta3` or a word of the record is none of the words.

    Notes
    -----
    Grades 2 and more do not ask for fever. Vasopressin counts towards several vasopressors.
    Creatinine counts as an organ. One public copy of the table prints "below 40 %" in grade 3,
    which is a misprint. Source: [lee2014]. Checked against `tests/spec/test_crs.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.crs_day import QUIET_CRS_DAY
    >>> day = replace(QUIET_CRS_DAY, temperature_c=38.9, transaminase_grade=3)
    >>> grade_crs_lee(day).value, grade_crs_lee(day, lee_ta3="grade2").value
    (3, 2)
    """
    return grade_crs_day(SCALE, day, omit=omitted_rows(lee_ta3, lee_niv_is_vent=lee_niv_is_vent))


def omitted_rows(lee_ta3: str, *, lee_niv_is_vent: bool) -> frozenset[str]:
    """Return the keys of the rows that the options leave out."""
    if lee_ta3 not in {"literal", "grade2"}:
        raise ArgumentError('`lee_ta3` must be "literal" or "grade2".')
    rows = {"lee_3_transaminases"} if lee_ta3 == "grade2" else set()
    return frozenset(rows | (set() if lee_niv_is_vent else {"lee_4_noninvasive"}))
