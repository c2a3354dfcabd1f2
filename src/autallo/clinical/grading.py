"""A grade with its bounds: what it is, or what it could be, and which criterion decided.

Unknown is never read as absent. A rule is applied twice, with every unknown finding at its least
and at its most severe value; where both give the same grade, the unknown does not matter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = ["Decided", "Grade", "Policy", "Status", "grade_between", "grade_by_policy"]

Policy = Literal["strict", "lower_bound", "upper_bound"]


class Status(StrEnum):
    """Whether a grade could be told; the value is printed."""

    OK = "graded"
    INDETERMINATE = "cannot be told from the findings recorded"
    NOT_APPLICABLE = "the scale does not apply"
    NOT_EVALUABLE = "nothing was recorded"
    INVALID = "a finding is impossible"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a rule gives where every finding is known.

    Attributes
    ----------
    grade : int
        The grade; 0 where nothing happened.
    because : tuple of str
        Keys of the rows of the scale's table that decided.
    flags : tuple of str
        What a reader must know of it.
    """

    grade: int
    because: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A grade on one scale.

    Attributes
    ----------
    scale : str
        Key of the scale (``astct_crs``).
    status : Status
        Whether it could be told.
    value : int or None
        The grade; None unless `status` is OK.
    low, high : int or None
        The least and the most severe grade that the findings allow; both `value` if it is known,
        None if the scale does not apply or nothing was recorded.
    missing : tuple of str
        Findings that are unknown and matter, in order.
    because : tuple of str
        Rows of the scale's table that decided `low` (and `value`).
    flags : tuple of str
        What a reader must know of it.
    """

    scale: str
    status: Status
    value: int | None = None
    low: int | None = None
    high: int | None = None
    missing: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def grade_between(
    scale: str,
    rule: Callable[[bool], Decided],
    *,
    unknown: Sequence[str] = (),
) -> Grade:
    """Return the grade of a rule that is applied to the least and the most severe completion.

    Parameters
    ----------
    scale : str
        Key of the scale.
    rule : callable
        Takes True for the most severe value of every unknown finding, False for the least, and
        gives the grade.
    unknown : sequence of str
        The findings that are unknown.

    Returns
    -------
    Grade
        OK if both completions agree, else INDETERMINATE with its bounds.

    Rule
    ----
    ==============================================  ============================
    least and most severe completion                grade
    ==============================================  ============================
    the same                                        that one: the unknown does
                                                    not matter
    different                                       open between the two
    ==============================================  ============================

    Source: [house].

    Examples
    --------
    >>> grade_between("fever", lambda worst: Decided(int(worst)), unknown=["temperature"]).high
    1
    """
    least = rule(False)
    most = rule(True) if unknown else least
    known = least.grade == most.grade
    return Grade(
        scale=scale,
        status=Status.OK if known else Status.INDETERMINATE,
        value=least.grade if known else None,
        low=least.grade,
        high=most.grade,
        missing=() if known else tuple(unknown),
        because=least.because,
        flags=least.flags,
    )


def grade_by_policy(grade: Grade, policy: Policy) -> int | None:
    """Return what an analysis uses of a grade: the grade itself, or a bound of one that is open.

    Parameters
    ----------
    grade : Grade
        Of any scale.
    policy : {"strict", "lower_bound", "upper_bound"}
        What is done where it is open.

    Returns
    -------
    int or None
        None where it is left out, or the scale does not apply.

    Rule
    ----
    ==============  =====================================================
    policy          a grade that is open
    ==============  =====================================================
    strict          is left out
    lower_bound     is the least severe: what was not written down was not there
    upper_bound     is the most severe
    ==============  =====================================================

    Source: [house].

    Examples
    --------
    >>> open_grade = grade_between("fever", lambda worst: Decided(int(worst)), unknown=["t"])
    >>> [grade_by_policy(open_grade, policy) for policy in ("strict", "lower_bound", "upper_bound")]
    [None, 0, 1]
    """
    if grade.status is Status.INDETERMINATE:
        return {"strict": None, "lower_bound": grade.low, "upper_bound": grade.high}[policy]
    return grade.value
