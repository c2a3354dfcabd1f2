"""One day of cytokine release on every scale, side by side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autallo.clinical.crs_astct import grade_crs_astct
from autallo.clinical.crs_ctcae4 import grade_crs_ctcae4
from autallo.clinical.crs_ctcae5 import grade_crs_ctcae5
from autallo.clinical.crs_day import CrsDay
from autallo.clinical.crs_lee import grade_crs_lee
from autallo.clinical.crs_mdacc import grade_crs_mdacc
from autallo.clinical.crs_mskcc import grade_crs_mskcc
from autallo.clinical.crs_penn import grade_crs_penn
from autallo.clinical.grading import Grade

__all__ = ["SCALES", "WARNING", "CrsGrades", "grade_crs_all"]

#: The default scale first.
SCALES: Mapping[str, Callable[[CrsDay], Grade]] = {
    "crs_astct": grade_crs_astct,
    "crs_lee": grade_crs_lee,
    "crs_penn": grade_crs_penn,
    "crs_mskcc": grade_crs_mskcc,
    "crs_mdacc": grade_crs_mdacc,
    "crs_ctcae4": grade_crs_ctcae4,
    "crs_ctcae5": grade_crs_ctcae5,
}
WARNING = (
    "The scales define their grades differently: the same day can be grade 2 on one and grade 4 "
    "on another. Compare groups on one scale only; grades of different scales are never mixed, "
    "pooled or converted."
)


@dataclass(frozen=True, slots=True)
class CrsGrades:
    """The grades of one day on every scale.

    Attributes
    ----------
    grades : tuple of Grade
        In the order of `SCALES`.
    differ : bool
        Whether two scales certainly give different grades.
    warning : str
        What must stand beside the grades, whether they differ on this day or not.
    """

    grades: tuple[Grade, ...]
    differ: bool
    warning: str = WARNING


def grade_crs_all(day: CrsDay) -> CrsGrades:
    """Return the grade of cytokine release of one day on every scale.

    Rule
    ----
    ==========  ===================================================================
    scale       what sets it apart
    ==========  ===================================================================
    ASTCT 2019  fever is asked for; vasopressin and organs do not count
    Lee 2014    dose of vasopressors, oxygen from 0.40, organs
    Penn        any oxygen is grade 3; hospital is grade 2
    MSKCC       hours on vasopressors
    MDACC       as Lee; an organ of grade 1 counts
    CTCAE 4.03  the abstractor's grade
    CTCAE 5.0   number of vasopressors
    ==========  ===================================================================

    Parameters
    ----------
    day : CrsDay
        Findings of the day.

    Returns
    -------
    CrsGrades

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    Options of single scales stand at their defaults. Source: [lee2019], [lee2014], [porter2018],
    [park2018], [neelapu2018], [ctcae2010], [ctcae2017]. Checked against `tests/spec/test_crs.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.crs_day import QUIET_CRS_DAY
    >>> day = replace(QUIET_CRS_DAY, temperature_c=39.1, hosp_for_crs=True, ctcae4_grade=1)
    >>> [grade.value for grade in grade_crs_all(day).grades]
    [1, 1, 2, 1, 1, 1, 1]
    """
    grades = tuple(grade(day) for grade in SCALES.values())
    lows = [grade.low for grade in grades if grade.low is not None]
    highs = [grade.high for grade in grades if grade.high is not None]
    return CrsGrades(grades, differ=bool(lows) and max(lows) > min(highs))
