"""The grade of acute graft-versus-host disease as a whole, on three scales.

Each scale takes the worst of what every organ gives by itself; that is not the highest stage: skin
stage 3 alone is grade II, lower gut stage 2 alone grade III.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from autallo.clinical.acute_gvhd_findings import RANGES, AcuteOrgans
from autallo.clinical.acute_gvhd_tables import ORGANS, OVERALL
from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.errors import ArgumentError

__all__ = ["UNVERIFIED", "grade_ibmtr", "grade_keystone", "grade_magic"]

#: Flag of a grade whose table could not be checked in its source.
UNVERIFIED = "unverified_criterion"
#: Karnofsky score below which Keystone may count any disease as grade IV.
KPS_LIMIT = 30
#: Grade of a patient with any disease and so low a score.
WORST_GRADE = 4

Rows = Mapping[str, int]


def grade_keystone(
    organs: AcuteOrgans,
    *,
    gut4: Literal["III", "IV"] = "III",
    kps_clause: bool = False,
) -> Grade:
    """Return the grade by the Keystone consensus, 0 to IV as 0 to 4.

    Rule
    ----
    =====  ============  =======================================
    grade  skin          liver or gut
    =====  ============  =======================================
    I      1 or 2        none
    II     3, or         liver 1, or gut 1
    III    any below 4   liver 2 to 3, or gut 2 to 4
    IV     4, or         liver 4
    =====  ============  =======================================

    Parameters
    ----------
    organs : AcuteOrgans
        Stages by the Keystone system.
    gut4 : {"III", "IV"}
        What gut stage 4 gives; some textbooks print IV.
    kps_clause : bool
        Whether any disease with a Karnofsky score below 30 is grade IV.

    Returns
    -------
    Grade

    Raises
    ------
    ArgumentError
        If the organs were staged by another system, or `gut4` is not one of the two words.

    Notes
    -----
    The table of 1995 could not be checked in its source: every grade is flagged
    ``unverified_criterion``. Source: [przepiorka1995], [glucksberg1974], [nbk12966]. Checked
    against `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> from autallo.clinical.acute_gvhd_organs import (
    ...     AcuteFindings, RecordedStages, grade_acute_organs)
    >>> organs = grade_acute_organs(AcuteFindings(), system="keystone",
    ...     recorded=RecordedStages(skin=2, upper_gut=0, lower_gut=0))
    >>> grade = grade_keystone(organs)
    >>> grade.low, grade.high, grade.missing
    (1, 4, ('bilirubin',))
    """
    if gut4 not in ("III", "IV"):
        raise ArgumentError("`gut4` must be III or IV.")
    rows = OVERALL["agvhd_keystone"]
    if gut4 == "IV":
        rows = {**rows, "lower_gut_4": WORST_GRADE}
    found = _grade("agvhd_keystone", organs, rows, kps_clause=kps_clause, flags=(UNVERIFIED,))
    if gut4 == "III":
        return found
    named = {"lower_gut_4": "lower_gut_4_as_iv"}
    return replace(found, because=tuple(named.get(key, key) for key in found.because))


def grade_magic(organs: AcuteOrgans) -> Grade:
    """Return the grade by MAGIC, 0 to IV as 0 to 4.

    Rule
    ----
    =====  =====================================================================
    grade  stages
    =====  =====================================================================
    0      no organ involved
    I      skin 1 or 2, nothing else
    II     skin 3, or liver 1, or upper gut 1, or lower gut 1
    III    liver 2 to 3, or lower gut 2 to 3
    IV     skin 4, or liver 4, or lower gut 4
    =====  =====================================================================

    Parameters
    ----------
    organs : AcuteOrgans
        Stages by MAGIC.

    Returns
    -------
    Grade

    Raises
    ------
    ArgumentError
        If the organs were staged by another system.

    Notes
    -----
    Source: [harris2016]. Checked against `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> from autallo.clinical.acute_gvhd_organs import (
    ...     AcuteFindings, RecordedStages, grade_acute_organs)
    >>> organs = grade_acute_organs(AcuteFindings(),
    ...     recorded=RecordedStages(skin=3, liver=0, upper_gut=0, lower_gut=0))
    >>> grade_magic(organs).value
    2
    """
    return _grade("agvhd_magic", organs, OVERALL["agvhd_magic"])


def grade_ibmtr(organs: AcuteOrgans) -> Grade:
    """Return the IBMTR severity index, 0 and A to D as 0 to 4.

    Rule
    ----
    =====  =====================================================================
    index  stages
    =====  =====================================================================
    0      no organ involved
    A      skin 1, nothing else
    B      liver 1, or gut 1, or any organ 2
    C      any organ 3
    D      any organ 4
    =====  =====================================================================

    Parameters
    ----------
    organs : AcuteOrgans
        Stages by the Keystone system, which are those of the index.

    Returns
    -------
    Grade

    Raises
    ------
    ArgumentError
        If the organs were staged by another system.

    Notes
    -----
    Source: [rowlings1997], [bloodref]. Checked against `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> from autallo.clinical.acute_gvhd_organs import (
    ...     AcuteFindings, RecordedStages, grade_acute_organs)
    >>> organs = grade_acute_organs(AcuteFindings(), system="keystone",
    ...     recorded=RecordedStages(skin=2, liver=0, upper_gut=0, lower_gut=0))
    >>> grade_ibmtr(organs).value
    2
    """
    return _grade("agvhd_ibmtr", organs, OVERALL["agvhd_ibmtr"])


def _grade(
    scale: str,
    organs: AcuteOrgans,
    rows: Rows,
    *,
    kps_clause: bool = False,
    flags: tuple[str, ...] = (),
) -> Grade:
    """Grade the whole by what each organ gives, and by the Karnofsky score if the study says so."""
    wanted = "magic" if scale == "agvhd_magic" else "keystone"
    if organs.system != wanted:
        raise ArgumentError(f"`organs` must be staged by the {wanted} system for this grade.")
    stages: dict[str, Grade] = {organ: getattr(organs, organ) for organ in ORGANS}
    flags = tuple(dict.fromkeys([*(f for one in stages.values() for f in one.flags), *flags]))
    kps = organs.kps if kps_clause else KPS_LIMIT
    wrong_kps = kps is not None and not RANGES["kps"][0] <= kps <= RANGES["kps"][1]
    if wrong_kps or any(one.status is Status.INVALID for one in stages.values()):
        said = (*flags, "impossible:kps") if wrong_kps else flags
        return Grade(
            scale=scale,
            status=Status.INVALID,
            flags=tuple(flag for flag in said if flag.startswith("impossible:")),
        )
    if all(one.status is Status.NOT_EVALUABLE for one in stages.values()):
        missing = tuple(field for one in stages.values() for field in one.missing)
        return Grade(scale=scale, status=Status.NOT_EVALUABLE, missing=missing)
    least = _worst(stages, rows, worst=False, kps=kps, flags=flags)
    unknown = [
        field
        for organ, one in stages.items()
        if rows.get(f"{organ}_{_stage(organ, one, worst=True)}", 0) > least.grade
        for field in one.missing
    ]
    most = _worst(stages, rows, worst=True, kps=kps, flags=flags)
    if kps is None and most.grade and least.grade < WORST_GRADE:
        unknown.append("kps")
    return grade_between(scale, lambda worst: most if worst else least, unknown=unknown)


def _stage(organ: str, grade: Grade, *, worst: bool) -> int:
    """Return the least or the most severe stage that is possible."""
    if grade.low is None or grade.high is None:
        return ORGANS[organ] if worst and grade.status is Status.NOT_EVALUABLE else 0
    return grade.high if worst else grade.low


def _worst(
    stages: Mapping[str, Grade],
    rows: Rows,
    *,
    worst: bool,
    kps: float | None,
    flags: tuple[str, ...],
) -> Decided:
    keys = [f"{organ}_{_stage(organ, one, worst=worst)}" for organ, one in stages.items()]
    grade = max(rows.get(key, 0) for key in keys)
    if grade and (worst if kps is None else kps < KPS_LIMIT):
        return Decided(WORST_GRADE, ("kps_below_30",), flags)
    because = tuple(key for key in keys if grade and rows.get(key, 0) == grade)
    return Decided(grade, because, flags)
