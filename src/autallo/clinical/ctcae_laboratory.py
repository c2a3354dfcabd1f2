"""CTCAE grades of the laboratory values that toxicity scales ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf, isclose, isfinite
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.clinical.scales import UNVERIFIED, grade_refused
from autallo.errors import ArgumentError

__all__ = ["CRITERIA", "TESTS", "LaboratoryValue", "grade_ctcae_laboratory"]

Test = Literal[
    "alt", "ast", "bilirubin", "creatinine", "fibrinogen", "anc", "platelets", "haemoglobin"
]
SCALE = "ctcae5_laboratory"
#: Multiples of the upper limit of normal, or of the baseline, above which grades 1 to 4 begin.
ABOVE: Mapping[str, tuple[float, ...]] = {
    "alt": (1.0, 3.0, 5.0, 20.0),
    "ast": (1.0, 3.0, 5.0, 20.0),
    "bilirubin": (1.0, 1.5, 3.0, 10.0),
    "creatinine": (1.0, 1.5, 3.0, 6.0),
}
#: Values below which grades 2 to 4 begin, in the unit of the test; grade 1 is below normal.
BELOW: Mapping[str, tuple[float, ...]] = {
    "anc": (1.5, 1.0, 0.5),
    "platelets": (75.0, 50.0, 25.0),
    "haemoglobin": (10.0, 8.0),
}
#: Shares of the lower limit of normal below which grades 1 to 4 begin.
FIBRINOGEN_SHARES = (1.0, 0.75, 0.5, 0.25)
FIBRINOGEN_SEVERE = 50.0
TESTS = (*ABOVE, "fibrinogen", *BELOW)

CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(
        scale=SCALE,
        key=f"{test}_{grade}",
        grade=grade,
        words=words,
        source="ctcae2017",
        evidence="M",
    )
    for test, rows in (
        (
            "transaminases",
            (
                "above normal to 3 times; 1.5 to 3 times a raised baseline",
                "above 3 to 5 times normal, or a raised baseline",
                "above 5 to 20 times normal, or a raised baseline",
                "above 20 times normal, or a raised baseline",
            ),
        ),
        (
            "bilirubin",
            (
                "above normal to 1.5 times",
                "above 1.5 to 3 times normal",
                "above 3 to 10 times normal",
                "above 10 times normal",
            ),
        ),
        (
            "creatinine",
            (
                "above normal to 1.5 times",
                "above 1.5 to 3 times normal or baseline",
                "above 3 to 6 times normal, or above 3 times baseline",
                "above 6 times normal",
            ),
        ),
        (
            "fibrinogen",
            (
                "below normal to 0.75 of its lower limit",
                "below 0.75 to 0.5 of the lower limit",
                "below 0.5 to 0.25 of the lower limit",
                "below 0.25 of the lower limit, or below 50 mg/dL",
            ),
        ),
        (
            "anc",
            ("below normal to 1.5", "below 1.5 to 1.0", "below 1.0 to 0.5", "below 0.5 (10^9/L)"),
        ),
        (
            "platelets",
            ("below normal to 75", "below 75 to 50", "below 50 to 25", "below 25 (10^9/L)"),
        ),
        (
            "haemoglobin",
            (
                "below normal to 10 g/dL",
                "below 10 to 8 g/dL",
                "below 8 g/dL, or a transfusion",
                "threatens life",
            ),
        ),
    )
    for grade, words in enumerate(rows, start=1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryValue:
    """One laboratory value; None is "not known".

    Attributes
    ----------
    test : str
        One of `TESTS`.
    value : float or None
        The value: ALT, AST, bilirubin and creatinine in the unit of `upper_normal`, fibrinogen
        [mg/dL], ANC and platelets [10^9/L], haemoglobin [g/dL].
    upper_normal, lower_normal : float or None
        Limits of normal, in the same unit.
    baseline : float or None
        Value before treatment, in the same unit.
    transfused, life_threatening : bool or None
        Of anaemia.
    """

    test: Test
    value: float | None = None
    upper_normal: float | None = None
    lower_normal: float | None = None
    baseline: float | None = None
    transfused: bool | None = None
    life_threatening: bool | None = None


def grade_ctcae_laboratory(found: LaboratoryValue) -> Grade:
    """Return the CTCAE 5.0 grade of a laboratory value.

    Rule
    ----
    ===============================  ==============  ============  ============  ===============
    test                             1               2             3             4
    ===============================  ==============  ============  ============  ===============
    ALT, AST (x normal)              above 1         above 3       above 5       above 20
    ALT, AST (x raised baseline)     from 1.5        above 3       above 5       above 20
    bilirubin (x normal)             above 1         above 1.5     above 3       above 10
    creatinine (x normal)            above 1         above 1.5     above 3       above 6
    creatinine (x baseline)                          above 1.5     above 3
    fibrinogen (x lower limit)       below 1         below 0.75    below 0.5     below 0.25, or
                                                                                 below 50 mg/dL
    ANC (10^9/L)                     below normal    below 1.5     below 1.0     below 0.5
    platelets (10^9/L)               below normal    below 75      below 50      below 25
    haemoglobin (g/dL)               below normal    below 10      below 8 or    threatens life
                                                                   transfusion
    ===============================  ==============  ============  ============  ===============

    Parameters
    ----------
    found : LaboratoryValue
        Value, with the limits of normal and the baseline.

    Returns
    -------
    Grade
        A value on a shared bound takes the lower grade. Flags: ``unverified_criterion`` always;
        ``BASELINE_ASSUMED_NORMAL`` where the baseline of ALT or AST is not known. NOT_APPLICABLE
        for bilirubin with a raised baseline.

    Raises
    ------
    ArgumentError
        If `test` is none of the words.

    Notes
    -----
    A threat to life of anaemia, and a transfusion, count only if they are recorded. Source:
    [ctcae2017], not yet checked there. Checked against
    `tests/unit/clinical/test_ctcae_laboratory.py`.

    Examples
    --------
    >>> grade_ctcae_laboratory(LaboratoryValue(test="ast", value=200, upper_normal=40)).value
    2
    """
    if found.test not in TESTS:
        raise ArgumentError(f"`test` must be one of {', '.join(TESTS)}.")
    impossible = tuple(
        name
        for name in ("value", "upper_normal", "lower_normal", "baseline")
        if not _possible(name, getattr(found, name))
    )
    if impossible:
        return grade_refused(SCALE, impossible=impossible)
    if found.value is None and not (found.transfused or found.life_threatening):
        return grade_refused(SCALE)
    raised = _raised(found)
    if found.test == "bilirubin" and raised:
        return Grade(scale=SCALE, status=Status.NOT_APPLICABLE, flags=("BASELINE_RAISED",))
    unknown = _unknown(found)
    grade = grade_between(SCALE, lambda worst: _decide(found, worst=worst), unknown=unknown)
    assumed = found.test in {"alt", "ast"} and found.baseline is None
    flags = ("BASELINE_ASSUMED_NORMAL",) if assumed else ()
    return replace(grade, flags=(*grade.flags, *flags))


def _possible(name: str, value: float | None) -> bool:
    if value is None:
        return True
    return isfinite(value) and (value >= 0 if name == "value" else value > 0)


def _above(value: float, bound: float) -> bool:
    """Whether a value is above a bound that is a product: 0.9 is not above 3 times 0.3."""
    return value > bound and not isclose(value, bound, rel_tol=1e-9)


def _raised(found: LaboratoryValue) -> bool:
    if found.baseline is None or found.upper_normal is None:
        return False
    return found.baseline > found.upper_normal


def _unknown(found: LaboratoryValue) -> tuple[str, ...]:
    """Return the fields that are needed and not known."""
    needed = ["value", "upper_normal" if found.test in ABOVE else "lower_normal"]
    if found.test == "creatinine":
        needed.append("baseline")
    return tuple(name for name in needed if getattr(found, name) is None)


def _decide(found: LaboratoryValue, *, worst: bool) -> Decided:
    grade = RULES.get(found.test, _high)(found, worst)
    name = "transaminases" if found.test in {"alt", "ast"} else found.test
    return Decided(grade, (f"{name}_{grade}",) if grade else (), (UNVERIFIED,))


def _high(found: LaboratoryValue, worst: bool) -> int:  # noqa: FBT001
    """Grade a value against the upper limit of normal, or a raised baseline."""
    if found.value is None:
        return 4 if worst else 0
    limits = ABOVE[found.test]
    if found.test in {"alt", "ast"} and _raised(found) and found.baseline is not None:
        above = sum(_above(found.value, limit * found.baseline) for limit in limits[1:])
        return above + 1 if above else int(not _above(1.5 * found.baseline, found.value))
    normal = found.upper_normal
    if normal is None:
        return 4 if worst and found.value > 0 else 0
    return sum(_above(found.value, limit * normal) for limit in limits)


def _creatinine(found: LaboratoryValue, worst: bool) -> int:  # noqa: FBT001
    grade = _high(found, worst)
    if found.value is None or grade == 4:
        return grade
    if found.baseline is None:
        return max(grade, 3) if worst and found.value > 0 else grade
    if _above(found.value, 3 * found.baseline):
        return 3
    return max(grade, 2 if _above(found.value, 1.5 * found.baseline) else 0)


def _fibrinogen(found: LaboratoryValue, worst: bool) -> int:  # noqa: FBT001
    value, normal = found.value, found.lower_normal
    if value is None:
        return 4 if worst else 0
    if value < FIBRINOGEN_SEVERE:
        return 4
    if normal is None:
        normal = inf if worst else 0.0
    return sum(_above(share * normal, value) for share in FIBRINOGEN_SHARES)


def _low(found: LaboratoryValue, worst: bool) -> int:  # noqa: FBT001
    """Grade a count against fixed values; above them grade 1 is below normal."""
    value, normal = found.value, found.lower_normal
    limits = BELOW[found.test]
    if value is None:
        return len(limits) + 1 if worst else 0
    below = sum(value < limit for limit in limits)
    if below:
        return below + 1
    return int(worst if normal is None else value < normal)


def _haemoglobin(found: LaboratoryValue, worst: bool) -> int:  # noqa: FBT001
    if found.life_threatening:
        return 4
    return 3 if found.transfused else _low(found, worst)


RULES: Mapping[str, Callable[[LaboratoryValue, bool], int]] = {
    "creatinine": _creatinine,
    "fibrinogen": _fibrinogen,
    "anc": _low,
    "platelets": _low,
    "haemoglobin": _haemoglobin,
}
