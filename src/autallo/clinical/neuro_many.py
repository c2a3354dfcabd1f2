"""Neurotoxicity of many days at once, in columns; every scale in the words of one day."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.clinical import cres, icans, neuro_ctcae
from autallo.clinical.columns_many import (
    Asked,
    Codes,
    GradeBounds,
    Group,
    classify_columns,
    convert_row,
    grade_columns,
)
from autallo.clinical.fields import Field
from autallo.clinical.neuro_day import NEURO_FIELDS, NeuroDay, classify_impossible_neuro_day
from autallo.clinical.neuro_findings import READS, SPANS, NeuroFindings
from autallo.clinical.neuro_scores import CARTOX_ITEMS, ICE_ITEMS
from autallo.clinical.scales import Span
from autallo.errors import ArgumentError

__all__ = ["NEURO_COLUMNS", "convert_neuro_row", "grade_neuro_many"]

Columns = Mapping[str, NDArray[Any]]

#: Every column that can be given; flags are 0, 1 or -1 (unknown), choices the place of the word in
#: the list of the field or -1, numbers may be NaN (unknown). The CAPD comes as its total.
NEURO_COLUMNS: Mapping[str, Field] = NEURO_FIELDS
SEIZURES = frozenset({"seizure", "status"})
DOMAINS = SEIZURES | {"consciousness", "motor", "oedema", "posture", "papilloedema", "death"}
ASKED: Mapping[str, Asked] = {
    asked.scale.key: asked
    for asked in (
        Asked(scale=icans.ADULT, names=DOMAINS | {"ice"}),
        Asked(scale=icans.CHILD, names=DOMAINS | {"capd"}),
        Asked(
            scale=cres.SCALE,
            names=SEIZURES | {"cartox", "papilloedema", "pressure", "oedema", "motor"},
        ),
        Asked(
            scale=neuro_ctcae.SCALE,
            names=frozenset(
                {
                    *("encephalopathy", "confusion", "somnolence", "dysphasia", "seizure_term"),
                    *("seizure", "unreturned", "despite_treatment", "death"),
                }
            ),
        ),
    )
}
SCALES = ("icans", *ASKED)
#: What tells the form of ICANS where the age is not known.
RECORDED = ("ice_total", "follows_command", "capd_total")
#: Items worth one point each in a score.
ITEMS = frozenset({*ICE_ITEMS, *CARTOX_ITEMS})
FORMS = ("adult", "child", "either")
#: What is no finding of the day.
NOT_FINDINGS = ("age_y", "developmental_delay", "only_haemorrhage", "tremor_grade")


def convert_neuro_row(columns: Columns, row: int) -> NeuroDay:
    """Convert one row of columns to the record of a day.

    Rule
    ----
    ==============  ==========================
    column          record
    ==============  ==========================
    unknown         None
    flag            False, True
    choice          the word
    number          the number
    ==============  ==========================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        Columns by name, see `NEURO_COLUMNS`.
    row : int
        Number of the row, from 0.

    Returns
    -------
    NeuroDay

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> convert_neuro_row({"wakes_to": np.array([1])}, 0).wakes_to
    'voice'
    """
    return NeuroDay(**convert_row(columns, NEURO_FIELDS, tuple(NEURO_FIELDS), row))


def grade_neuro_many(
    columns: Columns, *, scales: tuple[str, ...] = SCALES
) -> dict[str, GradeBounds]:
    """Return the bounds of the grade of neurotoxicity of many days on several scales.

    Rule
    ----
    =============================  ================================================
    day                            bounds
    =============================  ================================================
    nothing recorded               -1
    an impossible finding          -1
    haemorrhage alone (ICANS)      -1
    else                           those of the grade of one day on that scale
    =============================  ================================================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        Columns by name, see `NEURO_COLUMNS`; one that is not there is unknown on every day.
    scales : tuple of str
        Among ``icans`` (the form that fits the patient), ``icans_adult``, ``icans_child``, ``cres``
        and ``ctcae4_neuro``.

    Returns
    -------
    dict of str to GradeBounds
        For each scale.

    Raises
    ------
    ArgumentError
        If a column is not among `NEURO_COLUMNS`, columns differ in length, a code is none of those
        of its field, or a scale is none of the five.

    Notes
    -----
    Each different day is graded once by the rule of one day. Source: [lee2019], [traube2014],
    [neelapu2018], [ctcae2010]. Checked against `tests/laws/test_neurotoxicity.py`.

    Examples
    --------
    >>> columns = {"age_y": np.array([40.0, 5.0]), "ice_total": np.array([2, -1]),
    ...            "capd_total": np.array([-1, 9])}
    >>> grade_neuro_many(columns, scales=("icans",))["icans"].low.tolist()
    [3, 3]
    """
    if not set(scales) <= set(SCALES):
        raise ArgumentError(f"`scales` must be among {', '.join(SCALES)}.")
    codes = classify_columns(columns, NEURO_COLUMNS)
    recorded = np.zeros(len(codes["seizure"].level), np.bool_)
    for name, code in codes.items():
        if name not in NOT_FINDINGS:
            recorded |= code.level > 0
    both = ("icans_adult", "icans_child")
    wanted = [key for key in ASKED if key in scales or (key in both and "icans" in scales)]
    groups = _groups(columns, codes)
    graded = grade_columns([ASKED[key] for key in wanted], groups, NeuroFindings, recorded=recorded)
    haemorrhage = codes["only_haemorrhage"].level == 2
    for key in both:
        for bound in graded.get(key, ()):
            bound[haemorrhage] = -1
    if "icans" in scales:
        graded["icans"] = _fitting(graded["icans_adult"], graded["icans_child"], columns, codes)
    return {key: graded[key] for key in scales}


def _fitting(
    adult: GradeBounds, child: GradeBounds, columns: Columns, codes: Mapping[str, Codes]
) -> GradeBounds:
    """Choose the form of each day by one representative of each kind of patient."""
    packed = codes["age_y"].level.astype(np.int64) * 3 + codes["developmental_delay"].level
    for name in RECORDED:
        packed = packed * 2 + (codes[name].level > 0)
    form = np.zeros(len(packed), np.int8)
    for kind in np.unique(packed):
        days = packed == kind
        form[days] = FORMS.index(
            icans.classify_form(convert_neuro_row(columns, int(days.argmax())))
        )
    either_low = np.minimum(adult.low, child.low)
    either_high = np.maximum(adult.high, child.high)
    low = np.choose(form, (adult.low, child.low, either_low))
    high = np.choose(form, (adult.high, child.high, either_high))
    return GradeBounds(low.astype(np.int8), high.astype(np.int8))


def _groups(columns: Columns, codes: Mapping[str, Codes]) -> list[Group]:
    by_fields: dict[tuple[str, ...], list[str]] = {}
    for name, fields in READS.items():
        by_fields.setdefault(fields, []).append(name)
    for name in NOT_FINDINGS:
        by_fields[(name,)] = []
    return [
        Group(
            names=tuple(names),
            codes=_codes_of(fields, codes),
            read=partial(_read, columns, fields, tuple(names)),
        )
        for fields, names in by_fields.items()
    ]


def _codes_of(fields: tuple[str, ...], codes: Mapping[str, Codes]) -> tuple[Codes, ...]:
    """Return the codes of fields; the items of a score by what they add up to."""
    items = [codes[field] for field in fields if field in ITEMS]
    others = [codes[field] for field in fields if field not in ITEMS]
    if not items:
        return tuple(others)
    objects = codes["names_objects"]
    named = np.clip(objects.level.astype(np.int8) - 2, 0, 3)
    low = named + sum((item.level == 2).astype(np.int8) for item in items)
    unknown = 3 * (objects.level == 0) + sum((item.level == 0).astype(np.int8) for item in items)
    return (*others, Codes(low.astype(np.uint8), 11), Codes(unknown.astype(np.uint8), 11))


def _read(
    columns: Columns, fields: tuple[str, ...], names: tuple[str, ...], row: int
) -> tuple[Span[Any], ...] | None:
    day = NeuroDay(**convert_row(columns, NEURO_FIELDS, fields, row))
    if classify_impossible_neuro_day(day):
        return None
    return tuple(SPANS[name](day) for name in names)
