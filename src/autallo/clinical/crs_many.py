"""Cytokine release of many days at once, in columns; every scale in the words of one day."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from math import inf, nextafter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autallo.clinical import (
    crs_astct,
    crs_ctcae4,
    crs_ctcae5,
    crs_lee,
    crs_mdacc,
    crs_mskcc,
    crs_penn,
)
from autallo.clinical.columns_many import (
    Asked,
    Codes,
    GradeBounds,
    Group,
    classify_columns,
    convert_row,
    grade_columns,
)
from autallo.clinical.crs_day import CRS_FIELDS, CrsDay, classify_impossible_crs_day
from autallo.clinical.crs_findings import READS, SPANS, CrsFindings
from autallo.clinical.fields import Field, Flag, Number
from autallo.clinical.scales import Span
from autallo.clinical.vasopressors import (
    DRUGS,
    HIGH_ALONE,
    HIGH_COMBINED,
    HIGH_WITH_VASOPRESSIN,
    MOST_NOREPINEPHRINE,
    OWN_UNIT,
    SLACK,
    Pressor,
    convert_norepinephrine_equivalent,
)
from autallo.errors import ArgumentError

__all__ = ["CRS_COLUMNS", "convert_crs_row", "grade_crs_many"]

Columns = Mapping[str, NDArray[Any]]

MOST_RATE = 1e9
ABOVE_ZERO = nextafter(0.0, 1.0)
RATES: Mapping[str, Field] = {
    f"{drug}_rate": Number(
        0.0,
        MOST_NOREPINEPHRINE if drug == "norepinephrine" else MOST_RATE,
        (ABOVE_ZERO, *((HIGH_ALONE[drug] - SLACK,) if drug in HIGH_ALONE else ())),
    )
    for drug in OWN_UNIT
}
PRESSORS: Mapping[str, Field] = {
    "any_pressor": Flag(),
    **{drug: Flag() for drug in DRUGS},
    **RATES,
}
#: Every column that can be given. Flags are 0, 1 or -1 (unknown), choices the place of the word in
#: the list of the field or -1, numbers may be NaN (unknown); rates are in the unit of the drug.
CRS_COLUMNS: Mapping[str, Field] = {**CRS_FIELDS, **PRESSORS}
#: The findings that the rows of each scale read.
SIGNS = frozenset(
    {
        *("fever", "constitutional", "hypotension", "boluses", "pressors", "oxygen"),
        *("organ", "transaminases", "creatinine", "death"),
    }
)
VITAL = frozenset({"fever", "hypotension", "pressors", "oxygen", "death"})
ORGANS = VITAL | {"high_fio2", "organ", "transaminases", "creatinine"}
ASKED: Mapping[str, Asked] = {
    asked.scale.key: asked
    for asked in (
        Asked(scale=crs_astct.SCALE, names=VITAL),
        Asked(scale=crs_lee.SCALE, names=ORGANS),
        Asked(scale=crs_penn.SCALE, names=SIGNS | {"hospitalised", "iv_therapy", "coagulopathy"}),
        Asked(scale=crs_mskcc.SCALE, names=SIGNS | {"high_fio2", "pressors_24h", "refractory"}),
        Asked(scale=crs_mdacc.SCALE, names=ORGANS | {"refractory"}),
        Asked(scale=crs_ctcae4.SCALE, names=SIGNS | {"sequelae", "ctcae4"}),
        Asked(scale=crs_ctcae5.SCALE, names=VITAL | {"high_fio2"}),
    )
}


def convert_crs_row(columns: Columns, row: int) -> CrsDay | None:
    """Convert one row of columns to the record of a day.

    Rule
    ----
    ====================================  ================================================
    columns of vasopressors               record
    ====================================  ================================================
    any_pressor 0                         none given
    any_pressor 1, none named for sure    one of unknown name, and those that may be
    any_pressor unknown                   those named, those unknown as unknown
    any_pressor 0, and one named          no record: impossible
    ====================================  ================================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        Columns by name, see `CRS_COLUMNS`.
    row : int
        Number of the row, from 0.

    Returns
    -------
    CrsDay or None
        None if the columns of vasopressors contradict each other.

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> convert_crs_row({"norepinephrine_rate": np.array([6.0])}, 0).pressors[0].rate
    6.0
    """
    day = CrsDay(**convert_row(columns, CRS_FIELDS, tuple(CRS_FIELDS), row))
    return _with_pressors(day, convert_row(columns, PRESSORS, tuple(PRESSORS), row))


def _with_pressors(day: CrsDay, values: Mapping[str, Any]) -> CrsDay | None:
    if values["any_pressor"] is None and all(value is None for value in values.values()):
        return day
    listed = []
    for drug in DRUGS:
        given, rate = values[drug], values.get(f"{drug}_rate")
        if given is not False or rate:
            unit: Any = OWN_UNIT[drug] if rate is not None else None
            name: Any = drug
            listed.append(Pressor(drug=name, given=given, rate=rate, unit=unit))
    certain = any(pressor.rate if pressor.rate is not None else pressor.given for pressor in listed)
    if values["any_pressor"] is False:
        return None if certain else replace(day, pressors=())
    if values["any_pressor"] and not certain:
        listed.append(Pressor(given=True))
    return replace(day, pressors=tuple(listed))


def grade_crs_many(
    columns: Columns,
    *,
    scales: tuple[str, ...] = tuple(ASKED),
    lee_ta3: Literal["literal", "grade2"] = "literal",
    lee_niv_is_vent: bool = False,
) -> dict[str, GradeBounds]:
    """Return the bounds of the grade of cytokine release of many days on several scales.

    Rule
    ----
    =============================  ================================================
    day                            bounds
    =============================  ================================================
    nothing recorded               -1
    an impossible finding          -1
    else                           those of the grade of one day on that scale
    =============================  ================================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        Columns by name, see `CRS_COLUMNS`; one that is not there is unknown on every day.
    scales : tuple of str
        Keys of the scales.
    lee_ta3, lee_niv_is_vent
        Options of the Lee scale.

    Returns
    -------
    dict of str to GradeBounds
        For each scale.

    Raises
    ------
    ArgumentError
        If a column is not among `CRS_COLUMNS`, columns differ in length, a code is none of those of
        its field, or a scale is none of the seven.

    Notes
    -----
    Each different day is graded once by the rule of one day. Source: [lee2019], [lee2014],
    [porter2018], [park2018], [neelapu2018], [ctcae2010], [ctcae2017]. Checked against
    `tests/laws/test_crs.py`.

    Examples
    --------
    >>> columns = {"temperature_c": np.array([36.5, 39.0]), "death_due_to_crs": np.array([1, 0])}
    >>> bounds = grade_crs_many(columns, scales=("crs_astct",))["crs_astct"]
    >>> bounds.low.tolist(), bounds.high.tolist()
    ([5, 1], [5, 4])
    """
    if not set(scales) <= set(ASKED):
        raise ArgumentError(f"`scales` must be among {', '.join(ASKED)}.")
    asked = dict(ASKED)
    omitted = crs_lee.omitted_rows(lee_ta3, lee_niv_is_vent=lee_niv_is_vent)
    asked["crs_lee"] = replace(ASKED["crs_lee"], omit=omitted)
    codes = classify_columns(columns, CRS_COLUMNS)
    recorded = np.zeros(len(codes["fio2"].level), np.bool_)
    for name, code in codes.items():
        if name not in {"age_y", "weight_kg", "fever_other_cause"}:
            recorded |= code.level > 0
    groups = _groups(columns, codes)
    return grade_columns([asked[scale] for scale in scales], groups, CrsFindings, recorded=recorded)


def _groups(columns: Columns, codes: Mapping[str, Codes]) -> list[Group]:
    by_fields: dict[tuple[str, ...], list[str]] = {}
    for name, fields in READS.items():
        by_fields.setdefault(fields, []).append(name)
    by_fields[("weight_kg",)] = []
    groups = []
    for fields, names in by_fields.items():
        if fields == ("pressors",):
            used = [codes["any_pressor"], _equivalent_codes(columns, codes)]
            used += [_drug_codes(drug, codes) for drug in DRUGS]
            read = partial(_read_pressors, columns)
        else:
            used = [codes[name] for name in fields]
            used += [_sbp_codes(columns, codes)] if "sbp_mmhg" in fields else []
            read = partial(_read, columns, fields, tuple(names))
        groups.append(Group(names=tuple(names), codes=tuple(used), read=read))
    return groups


def _read(
    columns: Columns, fields: tuple[str, ...], names: tuple[str, ...], row: int
) -> tuple[Span[Any], ...] | None:
    day = CrsDay(**convert_row(columns, CRS_FIELDS, fields, row))
    if classify_impossible_crs_day(day):
        return None
    return tuple(SPANS[name](day) for name in names)


def _read_pressors(columns: Columns, row: int) -> tuple[Span[Any], ...] | None:
    day = _with_pressors(CrsDay(), convert_row(columns, PRESSORS, tuple(PRESSORS), row))
    if day is None or classify_impossible_crs_day(day):
        return None
    return (SPANS["pressors"](day),)


def _known(columns: Columns, name: str, length: int) -> NDArray[np.float64]:
    """Return a column of numbers with NaN where it is unknown."""
    if name not in columns:
        return np.full(length, np.nan)
    values = np.asarray(columns[name])
    return np.where(values == -1, np.nan, values.astype(np.float64))


def _drug_codes(drug: str, codes: Mapping[str, Codes]) -> Codes:
    """Code a drug to: not given, given below or from its high dose, given, unknown, impossible.

    A known rate decides whether it was given; the levels of a rate are those of `RATES`.
    """
    given = codes[drug].level
    rate = codes.get(f"{drug}_rate")
    # unknown -> 4, not given -> 0, given at an unknown rate -> 3
    state = np.array([4, 0, 3], np.uint8)[given]
    if rate is None or rate.count == 1:
        return Codes(state, 6)
    cuts = 2 if drug in HIGH_ALONE else 1
    # unknown, below its limit, zero, above zero (and from the high dose), above its limit
    by_rate = np.array([0, 5, 0, *range(1, cuts + 1), 5], np.uint8)[rate.level]
    return Codes(np.where(rate.level == 0, state, by_rate), 6)


def _equivalent_codes(columns: Columns, codes: Mapping[str, Codes]) -> Codes:
    """Code the norepinephrine equivalent of the known rates to the levels of a high dose."""
    length = len(codes["fio2"].level)
    rates = {
        drug: np.nan_to_num(_known(columns, f"{drug}_rate", length), nan=0.0, posinf=inf)
        for drug in HIGH_ALONE
    }
    equivalent: Any = convert_norepinephrine_equivalent(**rates)  # type: ignore[arg-type]
    edges = [HIGH_WITH_VASOPRESSIN - SLACK, HIGH_COMBINED - SLACK]
    return Codes(np.searchsorted(edges, equivalent, side="right").astype(np.uint8), 3)


def _sbp_codes(columns: Columns, codes: Mapping[str, Codes]) -> Codes:
    """Code whether the systolic pressure is below the lowest normal of a known age."""
    length = len(codes["fio2"].level)
    age, sbp = _known(columns, "age_y", length), _known(columns, "sbp_mmhg", length)
    lowest = np.where(age < 1, 70.0, np.where(age <= 10, 70.0 + 2.0 * age, 90.0))
    return Codes((sbp < lowest).astype(np.uint8), 2)
