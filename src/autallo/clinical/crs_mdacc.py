"""Cytokine release graded by the MD Anderson group (CARTOX), 2018."""

from collections.abc import Callable, Mapping

from autallo.clinical.criteria import Criterion
from autallo.clinical.crs_day import CrsDay
from autallo.clinical.crs_findings import READINGS, CrsFindings, grade_crs_day
from autallo.clinical.grading import Grade
from autallo.clinical.scales import Scale

__all__ = ["CRITERIA", "SCALE", "grade_crs_mdacc"]

KEY = "crs_mdacc"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("mdacc_1_fever", 1, "temperature of 38.0 or more", "neelapu2018", "V2"),
        ("mdacc_1_organ", 1, "toxicity of an organ, grade 1", "neelapu2018", "V2"),
        ("mdacc_2_oxygen", 2, "oxygen at a fraction below 0.40", "neelapu2018", "V2"),
        ("mdacc_2_hypotension", 2, "hypotension that responds to fluids", "neelapu2018", "V2"),
        ("mdacc_2_low_dose", 2, "a vasopressor at a low dose", "neelapu2018", "V2"),
        ("mdacc_2_organ", 2, "toxicity of an organ, grade 2", "neelapu2018", "V2"),
        ("mdacc_2_transaminases", 2, "transaminases of grade 2", "neelapu2018", "V2"),
        ("mdacc_3_oxygen", 3, "oxygen at a fraction of 0.40 or more", "neelapu2018", "V2"),
        ("mdacc_3_high_dose", 3, "a vasopressor at a high dose", "neelapu2018", "V2"),
        (
            "mdacc_3_several",
            3,
            "two vasopressors or more, vasopressin counted",
            "neelapu2018",
            "V2",
        ),
        ("mdacc_3_organ", 3, "toxicity of an organ, grade 3", "neelapu2018", "V2"),
        (
            "mdacc_3_transaminases",
            3,
            "transaminases of grade 3, read as toxicity of an organ",
            "house",
            "D",
        ),
        ("mdacc_3_transaminases_4", 3, "transaminases of grade 4", "neelapu2018", "V2"),
        ("mdacc_4_ventilator", 4, "ventilator", "neelapu2018", "V2"),
        (
            "mdacc_4_refractory",
            4,
            "hypotension that high-dose vasopressors do not mend, read as life-threatening",
            "house",
            "D",
        ),
        (
            "mdacc_4_organ",
            4,
            "toxicity of an organ other than transaminases, grade 4",
            "neelapu2018",
            "V2",
        ),
        ("mdacc_5_death", 5, "death", "neelapu2018", "V2"),
    )
)
HOLDS: Mapping[str, Callable[[CrsFindings], bool]] = {
    "mdacc_1_fever": lambda found: found.fever.present,
    "mdacc_1_organ": lambda found: max(found.organ, found.creatinine, found.transaminases) >= 1,
    "mdacc_2_oxygen": lambda found: found.oxygen.given,
    "mdacc_2_hypotension": lambda found: found.hypotension.present,
    "mdacc_2_low_dose": lambda found: found.pressors.count > 0,
    "mdacc_2_organ": lambda found: max(found.organ, found.creatinine) >= 2,
    "mdacc_2_transaminases": lambda found: found.transaminases >= 2,
    "mdacc_3_oxygen": lambda found: found.high_fio2.present,
    "mdacc_3_high_dose": lambda found: found.pressors.high_dose,
    "mdacc_3_several": lambda found: found.pressors.count >= 2,
    "mdacc_3_organ": lambda found: max(found.organ, found.creatinine) >= 3,
    "mdacc_3_transaminases": lambda found: found.transaminases >= 3,
    "mdacc_3_transaminases_4": lambda found: found.transaminases >= 4,
    "mdacc_4_ventilator": lambda found: found.oxygen.invasive,
    "mdacc_4_refractory": lambda found: (
        found.refractory == "yes" or (found.refractory == "possible" and found.pressors.high_dose)
    ),
    "mdacc_4_organ": lambda found: max(found.organ, found.creatinine) >= 4,
    "mdacc_5_death": lambda found: found.death,
}
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "mdacc_1_fever": ("fever",),
    "mdacc_2_oxygen": ("high_fio2",),
    "mdacc_2_hypotension": ("hypotension",),
    "mdacc_2_low_dose": ("pressors",),
    "mdacc_3_oxygen": ("high_fio2",),
    "mdacc_3_high_dose": ("pressors",),
    "mdacc_4_ventilator": ("oxygen",),
    "mdacc_4_refractory": ("pressors",),
}
SCALE: Scale[CrsFindings] = Scale(
    key=KEY, criteria=CRITERIA, holds=HOLDS, rests_on=RESTS_ON, readings=READINGS
)


def grade_crs_mdacc(day: CrsDay) -> Grade:
    """Return the MDACC (CARTOX 2018) grade of cytokine release of one day.

    Rule
    ----
    =====  ==============================================================================
    grade  any of
    =====  ==============================================================================
    1      temperature of 38.0 or more; toxicity of an organ, grade 1
    2      hypotension that responds to fluids or to a low dose of a vasopressor; oxygen
           below 0.40; toxicity of an organ, grade 2
    3      a high dose or several vasopressors; oxygen of 0.40 or more; toxicity of an
           organ, grade 3; transaminases of grade 4
    4      hypotension that threatens life; ventilator; toxicity of an organ other than
           transaminases, grade 4
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
    Hypotension that does not respond to high-dose vasopressors is read as life-threatening, and
    transaminases of grade 3 as toxicity of an organ: conventions of this package. Source:
    [neelapu2018]. Checked against `tests/spec/test_crs.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.crs_day import QUIET_CRS_DAY
    >>> grade_crs_mdacc(replace(QUIET_CRS_DAY, transaminase_grade=4)).value
    3
    """
    return grade_crs_day(SCALE, day)
