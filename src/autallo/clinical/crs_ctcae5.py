"""Cytokine release graded by CTCAE 5.0."""

from collections.abc import Callable, Mapping

from autallo.clinical.criteria import Criterion
from autallo.clinical.crs_day import CrsDay
from autallo.clinical.crs_findings import READINGS, CrsFindings, grade_crs_day
from autallo.clinical.grading import Grade
from autallo.clinical.scales import Scale

__all__ = ["CRITERIA", "SCALE", "grade_crs_ctcae5"]

KEY = "crs_ctcae5"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("ctcae5_1_fever", 1, "fever, with or without constitutional symptoms", "ctcae2017", "M"),
        ("ctcae5_2_hypotension", 2, "hypotension that responds to fluids", "ctcae2017", "M"),
        ("ctcae5_2_oxygen", 2, "hypoxia that responds to oxygen below 0.40", "ctcae2017", "M"),
        ("ctcae5_3_vasopressor", 3, "hypotension managed with one vasopressor", "ctcae2017", "M"),
        ("ctcae5_3_oxygen", 3, "hypoxia that needs oxygen of 0.40 or more", "ctcae2017", "M"),
        (
            "ctcae5_4_vasopressors",
            4,
            "two vasopressors or more, vasopressin counted, read as life-threatening",
            "house",
            "D",
        ),
        (
            "ctcae5_4_positive_pressure",
            4,
            "positive pressure, read as life-threatening",
            "house",
            "D",
        ),
        ("ctcae5_5_death", 5, "death", "ctcae2017", "M"),
    )
)
HOLDS: Mapping[str, Callable[[CrsFindings], bool]] = {
    "ctcae5_1_fever": lambda found: found.fever.present,
    "ctcae5_2_hypotension": lambda found: found.hypotension.present,
    "ctcae5_2_oxygen": lambda found: found.oxygen.given,
    "ctcae5_3_vasopressor": lambda found: found.pressors.count > 0,
    "ctcae5_3_oxygen": lambda found: found.high_fio2.present,
    "ctcae5_4_vasopressors": lambda found: found.pressors.count >= 2,
    "ctcae5_4_positive_pressure": lambda found: found.oxygen.step == 4,
    "ctcae5_5_death": lambda found: found.death,
}
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "ctcae5_1_fever": ("fever",),
    "ctcae5_2_hypotension": ("hypotension",),
    "ctcae5_2_oxygen": ("high_fio2",),
    "ctcae5_3_oxygen": ("high_fio2",),
    "ctcae5_4_positive_pressure": ("oxygen",),
}
SCALE: Scale[CrsFindings] = Scale(
    key=KEY, criteria=CRITERIA, holds=HOLDS, rests_on=RESTS_ON, readings=READINGS
)


def grade_crs_ctcae5(day: CrsDay) -> Grade:
    """Return the CTCAE 5.0 grade of cytokine release of one day.

    Rule
    ----
    =====  ==============================================================================
    grade  any of
    =====  ==============================================================================
    1      fever, with or without constitutional symptoms
    2      hypotension that responds to fluids; hypoxia that responds to oxygen below 0.40
    3      hypotension managed with one vasopressor; hypoxia that needs 0.40 or more
    4      two vasopressors or more; positive pressure
    5      death
    =====  ==============================================================================

    Parameters
    ----------
    day : CrsDay
        Findings of the day.

    Returns
    -------
    Grade
        Flag ``unverified_criterion``: the wording was not yet checked in the source.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    The two rows of grade 4 are readings of "urgent intervention" by this package. Source:
    [ctcae2017]. Checked against `tests/spec/test_crs.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.crs_day import QUIET_CRS_DAY
    >>> grade_crs_ctcae5(replace(QUIET_CRS_DAY, temperature_c=39.2, o2_device="bipap")).value
    4
    """
    return grade_crs_day(SCALE, day)
