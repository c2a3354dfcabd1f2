"""Stages and grades of acute graft-versus-host disease for millions of assessments at once.

Every finding is coded to the few levels that matter; the rule for one assessment is applied to one
row of each combination that occurs, and its answer is given to all rows of that combination. So
there is one rule, and it stands in `acute_gvhd_organs` and `acute_gvhd`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autallo.clinical.acute_gvhd import grade_ibmtr, grade_keystone, grade_magic
from autallo.clinical.acute_gvhd_findings import (
    RANGES,
    AcuteFindings,
    AcuteOrgans,
    RecordedStages,
    System,
)
from autallo.clinical.acute_gvhd_organs import (
    MG_DL_PER_UMOL_L,
    MOST_MG_DL,
    BilirubinColumn,
    grade_acute_organs,
)
from autallo.clinical.acute_gvhd_stool import ADULT_YEARS, CHILD_KG, LIGHTEST_KG, STOOL_SHARE
from autallo.clinical.acute_gvhd_tables import ORGANS
from autallo.clinical.grading import Grade, Status
from autallo.errors import ArgumentError

__all__ = [
    "grade_acute_liver_many",
    "grade_acute_lower_gut_many",
    "grade_acute_skin_many",
    "grade_acute_upper_gut_many",
    "grade_ibmtr_many",
    "grade_keystone_many",
    "grade_magic_many",
]

Columns = Mapping[str, NDArray[Any]]
Bounds = tuple[NDArray[np.int8], NDArray[np.int8]]
Codes = NDArray[np.int64]
#: Columns of yes and no that each organ reads, and of figures.
YES_NO = {
    "skin": ("generalised_erythroderma", "bullae_and_desquamation"),
    "liver": ("liver_other_cause",),
    "upper_gut": ("upper_gi_symptoms", "upper_gi_biopsy_pos"),
    "lower_gut": ("severe_abdominal_pain", "grossly_bloody_stool", "gut_other_cause"),
}
FIGURES = {
    "skin": ("rash_bsa_pct", "bullae_bsa_pct"),
    "liver": ("bilirubin",),
    "upper_gut": (),
    "lower_gut": ("stool_ml_day", "stool_episodes_day", "weight_kg", "age_y"),
}
WORDS = {"liver": ("bilirubin_unit",)}
PLAIN = {"lower_gut": ("stool_mixed_with_urine",)}
#: Codes of a finding that is unknown, and of one that is impossible.
UNKNOWN, IMPOSSIBLE = 0, 1


def _above(limit: float) -> float:
    """Return the least number that is above the limit."""
    return float(np.nextafter(limit, np.inf))


LEVELS: dict[str, tuple[float, ...]] = {
    "rash_bsa_pct": (_above(0), 25.0, _above(50)),
    "bullae_bsa_pct": (_above(5),),
    "mg/dL": (2.0, _above(3), _above(6), _above(15)),
    "umol/L": (34.0, 51.0, 103.0, _above(255)),
    "volume": (_above(0), 500.0, _above(500), 1000.0, _above(1000), _above(1500)),
    "share": (10.0, 20.0, _above(30)),
    "stool_episodes_day": (
        *(_above(0), _above(2.5), 3.0, 4.0, 5.0, _above(5), 7.0),
        *(_above(7), _above(7.5), _above(10)),
    ),
    "weight_kg": (_above(CHILD_KG),),
    "age_y": (float(ADULT_YEARS),),
    "kps": (30.0,),
}


def _count_rows(columns: Columns) -> int:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        raise ArgumentError("`columns` must hold at least one column, all of the same length.")
    return lengths.pop()


def _levels(
    values: NDArray[Any] | None, limits: Sequence[float], possible: tuple[float, float]
) -> tuple[Codes | int, int]:
    """Code figures: unknown, impossible, then the number of limits reached; and how many codes."""
    if values is None:
        return UNKNOWN, 1
    figures = np.asarray(values, dtype=np.float64)
    if np.asarray(values).dtype.kind == "i":
        figures = np.where(figures == -1, np.nan, figures)
    codes = np.searchsorted(np.asarray(limits), figures, side="right") + 2
    codes[(figures < possible[0]) | (figures > possible[1])] = IMPOSSIBLE
    codes[np.isnan(figures)] = UNKNOWN
    return codes, len(limits) + 3


def _yes_no(values: NDArray[Any] | None) -> tuple[Codes | int, int]:
    """Code yes and no: unknown (-1 or NaN) is 0, no 1, yes 2."""
    if values is None:
        return UNKNOWN, 1
    known = np.asarray(values)
    if known.dtype.kind == "f":
        known = np.where(np.isnan(known), -1, known)
    codes = known.astype(np.int64) + 1
    if codes.size and not 0 <= codes.min() <= codes.max() <= 2:
        raise ArgumentError("A column of yes and no must hold 1, 0, or -1 for unknown.")
    return codes, 3


def _stages(values: NDArray[Any] | None, most: int) -> tuple[Codes | int, int]:
    """Code stages as recorded: whole numbers, -1 or NaN for unknown."""
    if values is None:
        return UNKNOWN, 1
    stages = np.asarray(values, dtype=np.float64)
    if np.any(stages[~np.isnan(stages)] % 1):
        raise ArgumentError("A recorded stage must be a whole number.")
    return _levels(np.where(stages == -1, np.nan, stages), range(1, most + 1), (0, most))


def _units(columns: Columns) -> tuple[Codes | int, int]:
    unit = columns.get("bilirubin_unit")
    if unit is None:
        return UNKNOWN, 1
    unit = np.asarray(unit)
    codes = np.full(len(unit), IMPOSSIBLE, dtype=np.int64)
    for code, word in ((0, ""), (2, "mg/dL"), (3, "umol/L")):
        codes[unit == word] = code
    return codes, 4


def _packed(parts: Sequence[tuple[Codes | int, int]], rows: int) -> tuple[Codes, int]:
    """Pack several codes into one whole number."""
    code, size = np.zeros(rows, dtype=np.int64), 1
    for one, levels in parts:
        code *= levels
        code += one
        size *= levels
    return code, size


def _scattered(code: Codes, size: int, grade: Callable[[int], Grade]) -> Codes:
    """Apply the rule to the first row of each code, and give its answer to all of them.

    The answer is packed: status, least and most severe grade.
    """
    if size > 4_000_000:
        kept, first, inverse = np.unique(code, return_index=True, return_inverse=True)
        table = np.zeros(len(kept), dtype=np.int64)
        where, code = np.arange(len(kept)), inverse
    else:
        first_row = np.full(size, -1, dtype=np.int64)
        first_row[code[::-1]] = np.arange(len(code) - 1, -1, -1)
        where = np.flatnonzero(first_row >= 0)
        first, table = first_row[where], np.zeros(size, dtype=np.int64)
    table[where] = [_answer(grade(int(row))) for row in first]
    return table[code]


#: Low and high are packed as one more than they are, 0 for none; then what the status was.
STATES = (Status.OK, Status.INDETERMINATE, Status.NOT_EVALUABLE, Status.INVALID)
ANSWERS = 36 * len(STATES)


def _answer(grade: Grade) -> int:
    low, high = (0 if bound is None else bound + 1 for bound in (grade.low, grade.high))
    return (STATES.index(grade.status) * 6 + low) * 6 + high


def _grade_of(answer: int, scale: str) -> Grade:
    state, low, high = answer // 36, answer // 6 % 6, answer % 6
    return Grade(
        scale=scale,
        status=STATES[state],
        low=low - 1 if low else None,
        high=high - 1 if high else None,
        missing=("finding",),
    )


def _bounds(answers: Codes) -> Bounds:
    low = (answers // 6 % 6 - 1).astype(np.int8)
    return low, (answers % 6 - 1).astype(np.int8)


def _codes_of(organ: str, columns: Columns, rows: int) -> tuple[Codes, int]:
    parts = [_yes_no(columns.get(name)) for name in YES_NO[organ]]
    parts.append(_stages(columns.get(f"{organ}_stage"), ORGANS[organ]))
    if organ == "liver":
        bilirubin = columns.get("bilirubin")
        umol = (0.0, MOST_MG_DL / MG_DL_PER_UMOL_L)
        parts += [
            _units(columns),
            _levels(bilirubin, LEVELS["mg/dL"], (0.0, MOST_MG_DL)),
            _levels(bilirubin, LEVELS["umol/L"], umol),
            _levels(_scaled(bilirubin, MG_DL_PER_UMOL_L), LEVELS["mg/dL"], (-np.inf, np.inf)),
        ]
    elif organ == "lower_gut":
        parts += _stool_codes(columns, rows)
    else:
        parts += [_levels(columns.get(name), LEVELS[name], RANGES[name]) for name in FIGURES[organ]]
    return _packed(parts, rows)


def _scaled(values: NDArray[Any] | None, factor: Any) -> NDArray[np.float64] | None:
    return None if values is None else np.round(np.asarray(values, np.float64) * factor, 9)


def _stool_codes(columns: Columns, rows: int) -> list[tuple[Codes | int, int]]:
    volume, weight = columns.get("stool_ml_day"), columns.get("weight_kg")
    mixed = columns.get("stool_mixed_with_urine")
    share = 1.0 if mixed is None else np.where(np.asarray(mixed) == 1, STOOL_SHARE, 1.0)
    counted = None if volume is None else np.asarray(volume, np.float64) * share
    whole = (-np.inf, np.inf)
    parts = [
        _levels(volume, (), RANGES["stool_ml_day"]),
        _levels(counted, LEVELS["volume"], whole),
        *(
            _levels(columns.get(name), LEVELS[name], RANGES[name])
            for name in ("stool_episodes_day", "weight_kg", "age_y")
        ),
    ]
    if counted is not None:
        kilograms = np.full(rows, np.nan) if weight is None else np.asarray(weight, np.float64)
        for end in (CHILD_KG, LIGHTEST_KG):  # between these where the weight is not known
            divisor = np.where(kilograms > 0, kilograms, end)
            parts.append(_levels(np.round(counted / divisor, 9), LEVELS["share"], whole))
    return parts


def _findings_at(organ: str, columns: Columns, row: int) -> tuple[AcuteFindings, RecordedStages]:
    """Return one row as findings of one organ, and the stage recorded for it."""
    found: dict[str, Any] = {}
    for name in (*FIGURES[organ], *YES_NO[organ], *WORDS.get(organ, ()), *PLAIN.get(organ, ())):
        if name in columns:
            found[name] = _cell(columns[name], row, yes_no=name not in FIGURES[organ])
    if organ == "lower_gut":
        found["stool_mixed_with_urine"] = found.get("stool_mixed_with_urine") is True
    stage = columns.get(f"{organ}_stage")
    told = -1 if stage is None or np.isnan(stage[row]) else int(stage[row])
    return AcuteFindings(**found), RecordedStages(**{organ: None if told == -1 else told})


def _cell(column: NDArray[Any], row: int, *, yes_no: bool) -> Any:
    value = column[row]
    if isinstance(value, str):
        return str(value) or None
    if np.isnan(value) or (value == -1 and (yes_no or column.dtype.kind == "i")):
        return None
    return bool(value) if yes_no else float(value)


def _answers(organ: str, columns: Columns, system: System, options: Mapping[str, Any]) -> Codes:
    code, size = _codes_of(organ, columns, _count_rows(columns))

    def grade(row: int) -> Grade:
        findings, recorded = _findings_at(organ, columns, row)
        organs = grade_acute_organs(findings, system=system, recorded=recorded, **options)
        stage: Grade = getattr(organs, organ)
        return stage

    return _scattered(code, size, grade)


def _dense(answers: Codes) -> tuple[Codes, NDArray[np.int64]]:
    """Return the answers numbered from 0 on, and the list of those that occur."""
    kept = np.flatnonzero(np.bincount(answers, minlength=ANSWERS))
    table = np.zeros(ANSWERS, dtype=np.int64)
    table[kept] = np.arange(len(kept))
    return table[answers], kept


def _overall(
    columns: Columns,
    *,
    system: System,
    grade: Callable[[AcuteOrgans], Grade],
    options: Mapping[str, Any],
) -> Bounds:
    found = {organ: _answers(organ, columns, system, options) for organ in ORGANS}
    parts: list[tuple[Codes | int, int]] = []
    for answers in found.values():
        dense, kept = _dense(answers)
        parts.append((dense, len(kept)))
    kps = columns.get("kps")
    parts.append(_levels(kps, LEVELS["kps"], RANGES["kps"]))
    code, size = _packed(parts, _count_rows(columns))

    def whole(row: int) -> Grade:
        organs = {organ: _grade_of(int(found[organ][row]), organ) for organ in ORGANS}
        score = None if kps is None else _cell(kps, row, yes_no=False)
        return grade(AcuteOrgans(system=system, kps=score, **organs))

    return _bounds(_scattered(code, size, whole))


def grade_acute_skin_many(columns: Columns, *, system: System = "magic") -> Bounds:
    """Return the least and most severe stage of the skin of every assessment.

    Rule
    ----
    =====================  =============================================
    row                    answer
    =====================  =============================================
    stage is known         low and high are both the stage
    stage is open          its bounds, low below high
    nothing, impossible    -1 and -1
    =====================  =============================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        Fields of `AcuteFindings` by name, and ``skin_stage`` as recorded. Unknown is NaN, or -1 in
        whole numbers and in yes and no (1 and 0). An absent column is unknown throughout.
    system : {"magic", "keystone"}
        Which table.

    Returns
    -------
    low, high : int8 array (n,)

    Raises
    ------
    ArgumentError
        If the columns differ in length, or a yes and no is another number.

    Notes
    -----
    The rule is `grade_acute_skin`. Source: [harris2016], [przepiorka1995]. Checked against it row
    by row (`tests/laws/test_acute_gvhd.py`).

    Examples
    --------
    >>> low, high = grade_acute_skin_many({"rash_bsa_pct": np.array([0.0, 50.0, np.nan])})
    >>> low.tolist(), high.tolist()
    ([0, 2, -1], [0, 2, -1])
    """
    return _bounds(_answers("skin", columns, system, {}))


def grade_acute_liver_many(
    columns: Columns,
    *,
    system: System = "magic",
    bilirubin_as: BilirubinColumn = "reported",
    downgrade: bool = False,
) -> Bounds:
    """Return the least and most severe stage of the liver of every assessment.

    Rule
    ----
    =====================  =============================================
    row                    answer
    =====================  =============================================
    stage is known         low and high are both the stage
    stage is open          its bounds, low below high
    nothing, impossible    -1 and -1
    =====================  =============================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        ``bilirubin``, ``bilirubin_unit`` (words, "" for unknown), ``liver_other_cause``,
        ``liver_stage`` as recorded; unknown as in `grade_acute_skin_many`.
    system, bilirubin_as, downgrade
        As in `grade_acute_liver`.

    Returns
    -------
    low, high : int8 array (n,)

    Raises
    ------
    ArgumentError
        If the columns differ in length, or an option is not one of its words.

    Notes
    -----
    The rule is `grade_acute_liver`. Source: [nbk577669], [bloodref]. Checked against it row by row
    (`tests/laws/test_acute_gvhd.py`).

    Examples
    --------
    >>> low, high = grade_acute_liver_many({"bilirubin": np.array([3.0, 51.0]),
    ...                                     "bilirubin_unit": np.array(["mg/dL", "umol/L"])})
    >>> low.tolist(), high.tolist()
    ([1, 2], [1, 2])
    """
    options = {"bilirubin_as": bilirubin_as, "downgrade": downgrade}
    return _bounds(_answers("liver", columns, system, options))


def grade_acute_lower_gut_many(
    columns: Columns, *, system: System = "magic", downgrade: bool = False
) -> Bounds:
    """Return the least and most severe stage of the lower gut of every assessment.

    Rule
    ----
    =====================  =============================================
    row                    answer
    =====================  =============================================
    stage is known         low and high are both the stage
    stage is open          its bounds, low below high
    nothing, impossible    -1 and -1
    =====================  =============================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        The fields of `AcuteFindings` that `grade_acute_lower_gut` reads, and ``lower_gut_stage``
        as recorded; unknown as in `grade_acute_skin_many`.
    system, downgrade
        As in `grade_acute_lower_gut`.

    Returns
    -------
    low, high : int8 array (n,)

    Raises
    ------
    ArgumentError
        If the columns differ in length, or an option is not one of its words.

    Notes
    -----
    The rule is `grade_acute_lower_gut`. Source: [nbk577669], [harris2016]. Checked against it row
    by row (`tests/laws/test_acute_gvhd.py`).

    Examples
    --------
    >>> low, high = grade_acute_lower_gut_many({"stool_ml_day": np.array([400.0]),
    ...     "weight_kg": np.array([20.0]), "age_y": np.array([6.0]),
    ...     "severe_abdominal_pain": np.array([0]), "grossly_bloody_stool": np.array([-1])})
    >>> low.tolist(), high.tolist()
    ([2], [4])
    """
    return _bounds(_answers("lower_gut", columns, system, {"downgrade": downgrade}))


def grade_acute_upper_gut_many(columns: Columns, *, system: System = "magic") -> Bounds:
    """Return the least and most severe stage of the upper gut of every assessment.

    Rule
    ----
    =====================  =============================================
    row                    answer
    =====================  =============================================
    stage is known         low and high are both the stage
    stage is open          its bounds, low below high
    nothing, impossible    -1 and -1
    =====================  =============================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        ``upper_gi_symptoms``, ``upper_gi_biopsy_pos``, ``upper_gut_stage`` as recorded; unknown as
        in `grade_acute_skin_many`.
    system : {"magic", "keystone"}
        Which table.

    Returns
    -------
    low, high : int8 array (n,)

    Raises
    ------
    ArgumentError
        If the columns differ in length, or a yes and no is another number.

    Notes
    -----
    The rule is `grade_acute_upper_gut`. Source: [harris2016], [przepiorka1995]. Checked against it
    row by row (`tests/laws/test_acute_gvhd.py`).

    Examples
    --------
    >>> low, high = grade_acute_upper_gut_many({"upper_gi_symptoms": np.array([1, 0, -1])})
    >>> low.tolist(), high.tolist()
    ([1, 0, -1], [1, 0, -1])
    """
    return _bounds(_answers("upper_gut", columns, system, {}))


def grade_magic_many(columns: Columns, *, bilirubin_as: BilirubinColumn = "reported") -> Bounds:
    """Return the least and most severe grade by MAGIC of every assessment.

    Rule
    ----
    =====================  =============================================
    row                    answer
    =====================  =============================================
    grade is known         low and high are both the grade
    grade is open          its bounds, low below high
    nothing, impossible    -1 and -1
    =====================  =============================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        Fields of `AcuteFindings` by name, and stages as recorded (``skin_stage``, ``liver_stage``,
        ``upper_gut_stage``, ``lower_gut_stage``); unknown as in `grade_acute_skin_many`.
    bilirubin_as : {"reported", "mg/dL"}
        As in `grade_acute_liver`.

    Returns
    -------
    low, high : int8 array (n,)

    Raises
    ------
    ArgumentError
        If the columns differ in length, or an option is not one of its words.

    Notes
    -----
    The rule is `grade_magic`. Source: [harris2016]. Checked against it row by row
    (`tests/laws/test_acute_gvhd.py`).

    Examples
    --------
    >>> low, high = grade_magic_many({"skin_stage": np.array([3]), "lower_gut_stage": np.array([0]),
    ...     "upper_gut_stage": np.array([0]), "liver_stage": np.array([-1])})
    >>> low.tolist(), high.tolist()
    ([2], [4])
    """
    return _overall(
        columns, system="magic", grade=grade_magic, options={"bilirubin_as": bilirubin_as}
    )


def grade_keystone_many(
    columns: Columns,
    *,
    gut4: Literal["III", "IV"] = "III",
    kps_clause: bool = False,
    bilirubin_as: BilirubinColumn = "reported",
    downgrade: bool = False,
) -> Bounds:
    """Return the least and most severe grade by the Keystone consensus of every assessment.

    Rule
    ----
    =====================  =============================================
    row                    answer
    =====================  =============================================
    grade is known         low and high are both the grade
    grade is open          its bounds, low below high
    nothing, impossible    -1 and -1
    =====================  =============================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        As in `grade_magic_many`.
    gut4, kps_clause
        As in `grade_keystone`.
    bilirubin_as, downgrade
        As in `grade_acute_liver`.

    Returns
    -------
    low, high : int8 array (n,)

    Raises
    ------
    ArgumentError
        If the columns differ in length, or an option is not one of its words.

    Notes
    -----
    The rule is `grade_keystone`, whose table could not be checked in its source. Source:
    [przepiorka1995]. Checked against it row by row (`tests/laws/test_acute_gvhd.py`).

    Examples
    --------
    >>> low, high = grade_keystone_many({"skin_stage": np.array([2]), "liver_stage": np.array([-1]),
    ...     "upper_gut_stage": np.array([0]), "lower_gut_stage": np.array([0])})
    >>> low.tolist(), high.tolist()
    ([1], [4])
    """
    return _overall(
        columns,
        system="keystone",
        grade=lambda organs: grade_keystone(organs, gut4=gut4, kps_clause=kps_clause),
        options={"bilirubin_as": bilirubin_as, "downgrade": downgrade},
    )


def grade_ibmtr_many(
    columns: Columns, *, bilirubin_as: BilirubinColumn = "reported", downgrade: bool = False
) -> Bounds:
    """Return the least and most severe IBMTR index of every assessment, A to D as 1 to 4.

    Rule
    ----
    =====================  =============================================
    row                    answer
    =====================  =============================================
    index is known         low and high are both the index
    index is open          its bounds, low below high
    nothing, impossible    -1 and -1
    =====================  =============================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        As in `grade_magic_many`.
    bilirubin_as, downgrade
        As in `grade_acute_liver`.

    Returns
    -------
    low, high : int8 array (n,)

    Raises
    ------
    ArgumentError
        If the columns differ in length, or an option is not one of its words.

    Notes
    -----
    The rule is `grade_ibmtr`. Source: [rowlings1997], [bloodref]. Checked against it row by row
    (`tests/laws/test_acute_gvhd.py`).

    Examples
    --------
    >>> low, high = grade_ibmtr_many({"skin_stage": np.array([1]), "liver_stage": np.array([0]),
    ...     "upper_gut_stage": np.array([0]), "lower_gut_stage": np.array([0])})
    >>> low.tolist(), high.tolist()
    ([1], [1])
    """
    return _overall(
        columns,
        system="keystone",
        grade=grade_ibmtr,
        options={"bilirubin_as": bilirubin_as, "downgrade": downgrade},
    )
