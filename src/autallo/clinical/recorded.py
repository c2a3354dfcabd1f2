"""What stands in the record before any rule: nothing, something impossible, or a grade itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Real

from autallo.clinical.grading import Grade, Status

__all__ = ["grade_recorded", "grade_unless_possible", "grade_with_record"]


def grade_unless_possible(
    scale: str,
    found: Mapping[str, object],
    *,
    decisive: Sequence[str],
    ranges: Mapping[str, tuple[float, float]],
) -> Grade | None:
    """Return the answer where no rule can be applied, or None where one can.

    Rule
    ----
    ==========================================  ==========================================
    findings                                    answer
    ==========================================  ==========================================
    one lies outside its possible range         INVALID, flag ``impossible:`` and the field
    none of the decisive ones is known          NOT_EVALUABLE, these fields missing
    otherwise                                   None: the rule is to be applied
    ==========================================  ==========================================

    Parameters
    ----------
    scale : str
        Key of the scale.
    found : mapping of str to object
        Findings by field; None is unknown.
    decisive : sequence of str
        Fields of which at least one must be known.
    ranges : mapping of str to (float, float)
        Least and largest possible value by field, both possible.

    Returns
    -------
    Grade or None

    Notes
    -----
    Not a number is outside every range. Source: [house] convention. Checked by hand
    (`tests/unit/clinical/test_recorded.py`).

    Examples
    --------
    >>> refused = grade_unless_possible("fever", {"temperature_c": 375.0},
    ...                                 decisive=["temperature_c"],
    ...                                 ranges={"temperature_c": (30, 44)})
    >>> refused.flags
    ('impossible:temperature_c',)
    """
    wrong = []
    for field, value in found.items():
        if field in ranges and isinstance(value, Real):
            least, largest = ranges[field]
            if not least <= float(value) <= largest:
                wrong.append(f"impossible:{field}")
    if wrong:
        return Grade(scale=scale, status=Status.INVALID, flags=tuple(wrong))
    if all(found.get(field) is None for field in decisive):
        return Grade(scale=scale, status=Status.NOT_EVALUABLE, missing=tuple(decisive))
    return None


def grade_recorded(scale: str, recorded: int | None, *, most: int) -> Grade:
    """Return a grade that somebody else told, as it stands.

    Rule
    ----
    =======================  ======================================
    recorded                 answer
    =======================  ======================================
    a grade of the scale     OK, flag ``AS_RECORDED``
    outside the scale        INVALID, flag ``impossible:`` and scale
    nothing                  NOT_EVALUABLE
    =======================  ======================================

    Parameters
    ----------
    scale : str
        Key of the scale.
    recorded : int or None
        The grade in the record; None if there is none.
    most : int
        Highest grade of the scale.

    Returns
    -------
    Grade

    Notes
    -----
    Source: [house] convention. Checked by hand (`tests/unit/clinical/test_recorded.py`).

    Examples
    --------
    >>> grade_recorded("agvhd_skin_magic", 2, most=4).value
    2
    """
    if recorded is None:
        return Grade(scale=scale, status=Status.NOT_EVALUABLE, missing=(scale,))
    if recorded not in range(most + 1):
        return Grade(scale=scale, status=Status.INVALID, flags=(f"impossible:{scale}",))
    return Grade(
        scale=scale,
        status=Status.OK,
        value=recorded,
        low=recorded,
        high=recorded,
        because=("as_recorded",),
        flags=("AS_RECORDED",),
    )


def grade_with_record(derived: Grade, recorded: int | None, *, most: int) -> Grade:
    """Return a derived grade, completed by a recorded one where the findings leave it open.

    Rule
    ----
    ==========================================  ==========================================
    derived from findings                       answer
    ==========================================  ==========================================
    nothing was recorded, scale does not apply  the recorded grade, flag ``AS_RECORDED``
    open, the recorded grade is within bounds   the recorded grade, flag ``AS_RECORDED``
    the recorded grade is against it            as derived, flag ``RECORD_DISAGREES``
    the two agree, or nothing is recorded       as derived
    impossible findings, or impossible record   INVALID
    ==========================================  ==========================================

    Parameters
    ----------
    derived : Grade
        What the findings give.
    recorded : int or None
        The grade in the record; None if there is none.
    most : int
        Highest grade of the scale.

    Returns
    -------
    Grade

    Notes
    -----
    Source: [house] convention: findings come before a summary of them. Checked by hand
    (`tests/unit/clinical/test_recorded.py`).

    Examples
    --------
    >>> open_grade = Grade(scale="s", status=Status.INDETERMINATE, low=1, high=3)
    >>> grade_with_record(open_grade, 2, most=4).value
    2
    """
    if recorded is None or derived.status is Status.INVALID:
        return derived
    told = grade_recorded(derived.scale, recorded, most=most)
    if told.status is Status.INVALID or derived.low is None or derived.high is None:
        return told
    if not derived.low <= recorded <= derived.high:
        return replace(derived, flags=(*derived.flags, "RECORD_DISAGREES"))
    return derived if derived.value is not None else replace(told, flags=derived.flags + told.flags)
