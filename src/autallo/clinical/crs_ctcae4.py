"""Cytokine release graded by CTCAE 4.03: what the abstractor gave, and no less than is plain."""

from collections.abc import Callable, Mapping

from autallo.clinical.criteria import Criterion
from autallo.clinical.crs_day import CrsDay
from autallo.clinical.crs_findings import (
    READINGS,
    UNRECORDED_LEAST,
    UNRECORDED_MOST,
    CrsFindings,
    grade_crs_day,
    has_sign,
)
from autallo.clinical.grading import Grade
from autallo.clinical.scales import Scale

__all__ = ["CRITERIA", "SCALE", "grade_crs_ctcae4"]

KEY = "crs_ctcae4"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("ctcae4_1_mild", 1, "mild: infusion not interrupted, no intervention", "ctcae2010", "V"),
        ("ctcae4_2_prompt", 2, "treated for its symptoms with prompt response", "ctcae2010", "V"),
        ("ctcae4_3_prolonged", 3, "prolonged, or returned after it had improved", "ctcae2010", "V"),
        ("ctcae4_3_hospital", 3, "in hospital for sequelae in an organ", "ctcae2010", "V"),
        ("ctcae4_4_life_threatening", 4, "life-threatening", "ctcae2010", "V"),
        ("ctcae4_4_vasopressor", 4, "any vasopressor", "ctcae2010", "V"),
        ("ctcae4_4_ventilator", 4, "ventilator", "ctcae2010", "V"),
        ("ctcae4_5_death", 5, "death", "ctcae2010", "V"),
    )
)
HOLDS: Mapping[str, Callable[[CrsFindings], bool]] = {
    "ctcae4_1_mild": lambda found: _abstracted(found) >= 1,
    "ctcae4_2_prompt": lambda found: _abstracted(found) >= 2,
    "ctcae4_3_prolonged": lambda found: _abstracted(found) >= 3,
    "ctcae4_3_hospital": lambda found: found.sequelae,
    "ctcae4_4_life_threatening": lambda found: _abstracted(found) >= 4,
    "ctcae4_4_vasopressor": lambda found: found.pressors.count > 0,
    "ctcae4_4_ventilator": lambda found: found.oxygen.invasive,
    "ctcae4_5_death": lambda found: found.death or _abstracted(found) == 5,
}
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "ctcae4_4_ventilator": ("oxygen",),
}
SCALE: Scale[CrsFindings] = Scale(
    key=KEY, criteria=CRITERIA, holds=HOLDS, rests_on=RESTS_ON, readings=READINGS
)


def grade_crs_ctcae4(day: CrsDay) -> Grade:
    """Return the CTCAE 4.03 grade of cytokine release of one day.

    Rule
    ----
    =====  ==============================================================================
    grade  any of
    =====  ==============================================================================
    1-4    what the abstractor gave
    3      at least, if in hospital for sequelae in an organ
    4      at least, if any vasopressor or a ventilator was needed
    5      death
    =====  ==============================================================================

    Parameters
    ----------
    day : CrsDay
        Findings of the day.

    Returns
    -------
    Grade
        Between 1 and 4 if there is a sign of cytokine release and no grade of the abstractor.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    The grades tell interruption of an infusion and promptness of response, which no daily finding
    records; they are passed through. Without any sign there is nothing to grade: 0. Source:
    [ctcae2010]. Checked against `tests/spec/test_crs.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.crs_day import QUIET_CRS_DAY
    >>> day = replace(QUIET_CRS_DAY, temperature_c=39.2, ctcae4_grade=None)
    >>> grade_crs_ctcae4(day).low, grade_crs_ctcae4(day).high
    (1, 4)
    """
    return grade_crs_day(SCALE, day)


def _abstracted(found: CrsFindings) -> int:
    """Return the grade given, or what it could be at the least and the most if none was given."""
    if found.ctcae4 == UNRECORDED_LEAST:
        return 1 if has_sign(found) else 0
    if found.ctcae4 == UNRECORDED_MOST:
        return 4 if has_sign(found) else 0
    return found.ctcae4
