"""Cytokine release graded by the Memorial Sloan Kettering scale (Park 2018)."""

from collections.abc import Callable, Mapping

from autallo.clinical.criteria import Criterion
from autallo.clinical.crs_day import CrsDay
from autallo.clinical.crs_findings import READINGS, CrsFindings, grade_crs_day, has_sign
from autallo.clinical.grading import Grade
from autallo.clinical.scales import Scale

__all__ = ["CRITERIA", "SCALE", "grade_crs_mskcc"]

KEY = "crs_mskcc"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("mskcc_1_mild", 1, "mild: observation or supportive care", "park2018", "V2"),
        ("mskcc_2_vasopressor", 2, "any vasopressor for less than 24 hours", "park2018", "V2"),
        ("mskcc_2_oxygen", 2, "oxygen below 0.40 for hypoxia or dyspnoea", "park2018", "V2"),
        ("mskcc_3_vasopressor", 3, "any vasopressor for 24 hours or more", "park2018", "V2"),
        ("mskcc_3_oxygen", 3, "oxygen of 0.40 or more", "park2018", "V2"),
        (
            "mskcc_4_refractory",
            4,
            "hypotension that high-dose vasopressors do not mend",
            "park2018",
            "V2",
        ),
        ("mskcc_4_ventilator", 4, "mechanical ventilation", "park2018", "V2"),
        ("mskcc_5_death", 5, "death", "park2018", "V2"),
    )
)
HOLDS: Mapping[str, Callable[[CrsFindings], bool]] = {
    "mskcc_1_mild": has_sign,
    "mskcc_2_vasopressor": lambda found: found.pressors.count > 0,
    "mskcc_2_oxygen": lambda found: found.oxygen.given,
    "mskcc_3_vasopressor": lambda found: found.pressors.count > 0 and found.pressors_24h,
    "mskcc_3_oxygen": lambda found: found.high_fio2.present,
    "mskcc_4_refractory": lambda found: (
        found.refractory == "yes" or (found.refractory == "possible" and found.pressors.high_dose)
    ),
    "mskcc_4_ventilator": lambda found: found.oxygen.invasive,
    "mskcc_5_death": lambda found: found.death,
}
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "mskcc_1_mild": ("fever",),
    "mskcc_2_oxygen": ("high_fio2",),
    "mskcc_3_oxygen": ("high_fio2",),
    "mskcc_4_refractory": ("pressors",),
    "mskcc_4_ventilator": ("oxygen",),
}
SCALE: Scale[CrsFindings] = Scale(
    key=KEY, criteria=CRITERIA, holds=HOLDS, rests_on=RESTS_ON, readings=READINGS
)


def grade_crs_mskcc(day: CrsDay) -> Grade:
    """Return the MSKCC (Park 2018) grade of cytokine release of one day.

    Rule
    ----
    =====  ==============================================================================
    grade  any of
    =====  ==============================================================================
    1      any sign: mild, observation or supportive care; fluids alone for hypotension
    2      any vasopressor for less than 24 hours; oxygen below 0.40
    3      any vasopressor for 24 hours or more; oxygen of 0.40 or more
    4      hypotension that high-dose vasopressors do not mend; mechanical ventilation
    5      death
    =====  ==============================================================================

    Parameters
    ----------
    day : CrsDay
        Findings of the day; `pressor_hours` are added up over the episode.

    Returns
    -------
    Grade

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    Hypotension treated with fluids only is in no row of the scale: grade 1, a convention of this
    package. Source: [park2018]. Checked against `tests/spec/test_crs.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.crs_day import QUIET_CRS_DAY
    >>> grade_crs_mskcc(replace(QUIET_CRS_DAY, temperature_c=39.5, hypotension=True)).value
    1
    """
    return grade_crs_day(SCALE, day)
