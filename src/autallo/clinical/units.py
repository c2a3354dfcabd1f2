"""Laboratory values from the unit of a report to the unit that the criteria are written in.

A unit is always told. Where it is missing, one may be proposed from the size of the value, with a
flag, and never used silently.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from numbers import Real

from autallo.clinical.ranges import RANGES, classify_value
from autallo.errors import ArgumentError

__all__ = [
    "CONVERSIONS",
    "Conversion",
    "UnitProposal",
    "classify_unit",
    "convert_dose_to_total",
    "convert_value",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """From one unit of a quantity to the unit that is kept: ``(value - zero) * times / over``.

    Attributes
    ----------
    quantity : str
        What is measured, without its unit (``bilirubin``).
    given, kept : str
        Unit of the report and unit of the criteria.
    times, over : float
        Factor and divisor, both kept so that no rounded reciprocal is needed.
    zero : float
        What is taken off first: 32 for degrees Fahrenheit.
    """

    quantity: str
    given: str
    kept: str
    times: float = 1.0
    over: float = 1.0
    zero: float = 0.0


@dataclass(frozen=True, slots=True)
class UnitProposal:
    """What the unit of a value without one may be.

    Attributes
    ----------
    unit : str or None
        The unit in which the value is plausible; None if none is, or if several are.
    flags : tuple of str
        ``UNIT_GUESSED`` where a unit is proposed.
    """

    unit: str | None
    flags: tuple[str, ...] = ()


def _cells(quantity: str) -> tuple[Conversion, ...]:
    """Return the units of a blood count, kept in 10^9/L."""
    same = ("10^9/l", "g/l", "10^3/ul", "k/ul", "10^3/mm3", "k/mm3", "/nl")
    single = ("/ul", "cells/ul", "/mm3", "cells/mm3")
    return tuple(Conversion(quantity=quantity, given=unit, kept="10^9/L") for unit in same) + tuple(
        Conversion(quantity=quantity, given=unit, kept="10^9/L", over=1000) for unit in single
    )


def _enzyme(quantity: str) -> tuple[Conversion, ...]:
    return (
        Conversion(quantity=quantity, given="u/l", kept="U/L"),
        Conversion(quantity=quantity, given="iu/l", kept="U/L"),
        Conversion(quantity=quantity, given="ukat/l", kept="U/L", times=60),
    )


def _share(quantity: str) -> tuple[Conversion, ...]:
    return (
        Conversion(quantity=quantity, given="%", kept="%"),
        Conversion(quantity=quantity, given="fraction", kept="%", times=100),
    )


def _unit(quantity: str, kept: str, **others: tuple[float, float]) -> tuple[Conversion, ...]:
    """Return the kept unit and others, named with `_per_` for the stroke, as factor and divisor."""
    listed = [Conversion(quantity=quantity, given=kept.casefold(), kept=kept)]
    listed += [
        Conversion(
            quantity=quantity, given=name.replace("_per_", "/"), kept=kept, times=times, over=over
        )
        for name, (times, over) in others.items()
    ]
    return tuple(listed)


CONVERSIONS: tuple[Conversion, ...] = (
    *_unit("bilirubin", "mg/dL", umol_per_l=(1, 17.104)),
    *_unit("creatinine", "mg/dL", umol_per_l=(1, 88.42)),
    *_unit("haemoglobin", "g/dL", g_per_l=(1, 10), mmol_per_l=(1.611, 1)),
    *_unit("crp", "mg/dL", mg_per_l=(1, 10)),
    *_unit("ferritin", "ng/mL", ug_per_l=(1, 1), pmol_per_l=(1, 2.247)),
    *_unit("fibrinogen", "mg/dL", g_per_l=(100, 1)),
    *_unit("triglycerides", "mg/dL", mmol_per_l=(88.57, 1)),
    *_unit("glucose", "mg/dL", mmol_per_l=(18.016, 1)),
    *_unit("il6", "pg/mL", ng_per_l=(1, 1)),
    *_unit("ifn_gamma", "pg/mL", ng_per_l=(1, 1)),
    *_cells("wbc"),
    *_cells("anc"),
    *_cells("alc"),
    *_cells("platelets"),
    *_enzyme("ldh"),
    *_enzyme("alt"),
    *_enzyme("ast"),
    *_share("mrd"),
    *_share("blasts"),
    *_share("donor"),
    *_unit("fio2", "fraction"),
    Conversion(quantity="fio2", given="%", kept="fraction", over=100),
    *_unit("temperature", "°C"),
    Conversion(quantity="temperature", given="c", kept="°C"),
    Conversion(quantity="temperature", given="°f", kept="°C", times=5, over=9, zero=32),
    Conversion(quantity="temperature", given="f", kept="°C", times=5, over=9, zero=32),
)
_TABLE: Mapping[tuple[str, str], Conversion] = {
    (one.quantity, one.given): one for one in CONVERSIONS
}
_QUANTITIES = tuple(dict.fromkeys(one.quantity for one in CONVERSIONS))
#: Quantity to the name of its range in the kept unit.
_RANGE_NAMES: Mapping[str, str] = {
    quantity: name
    for name in RANGES
    for quantity in _QUANTITIES
    if name == quantity or name.startswith(f"{quantity}_")
}


def convert_value(value: float, *, quantity: str, unit: str, to: str | None = None) -> float:
    """Convert a laboratory value to the unit that the criteria are written in, or another.

    Rule
    ----
    ======================  ===================  =========  ==================
    quantity                reported             kept       value kept
    ======================  ===================  =========  ==================
    bilirubin               µmol/L               mg/dL      / 17.104
    creatinine              µmol/L               mg/dL      / 88.42
    haemoglobin             g/L                  g/dL       / 10
    haemoglobin             mmol/L               g/dL       * 1.611
    crp                     mg/L                 mg/dL      / 10
    ferritin                µg/L                 ng/mL      the same
    ferritin                pmol/L               ng/mL      / 2.247
    fibrinogen              g/L                  mg/dL      * 100
    triglycerides           mmol/L               mg/dL      * 88.57
    glucose                 mmol/L               mg/dL      * 18.016
    wbc, anc, alc,          /µL                  10^9/L     / 1000
    platelets
    wbc, anc, alc,          10^3/µL, G/L         10^9/L     the same
    platelets
    ldh, alt, ast           µkat/L               U/L        * 60
    mrd, blasts, donor      fraction             %          * 100
    fio2                    %                    fraction   / 100
    temperature             °F                   °C         (F - 32) * 5 / 9
    ======================  ===================  =========  ==================

    Parameters
    ----------
    value : float
        The value as reported, finite.
    quantity : str
        What was measured, one of the table.
    unit : str
        Unit of the report; capitals, spaces and the sign for micro do not matter.
    to : str or None
        Unit wanted; None for the unit kept.

    Returns
    -------
    float

    Raises
    ------
    ArgumentError
        If the value is not a finite number, or the quantity or a unit of it is not in the table:
        interferon in IU/mL has no factor to pg/mL.

    Notes
    -----
    Stages of bilirubin are published with columns in both units which are no exact conversions of
    each other: there the reported unit is staged, not a converted value.
    Source: [house] table of conversions. Checked against the vectors of
    `tests/spec/test_units.py`.

    Examples
    --------
    >>> convert_value(120, quantity="crp", unit="mg/L")
    12.0
    >>> convert_value(100.4, quantity="temperature", unit="°F")
    38.0
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise ArgumentError("`value` must be a finite number.")
    one = _conversion(quantity, unit)
    kept = (float(value) - one.zero) * one.times / one.over
    if to is None:
        return kept
    other = _conversion(quantity, to)
    return kept * other.over / other.times + other.zero


def _conversion(quantity: str, unit: str) -> Conversion:
    if quantity not in _QUANTITIES:
        raise ArgumentError(f"`quantity` must be one of {', '.join(_QUANTITIES)}.")
    found = _TABLE.get((quantity, _key(unit)))
    if found is None:
        known = ", ".join(one.given for one in CONVERSIONS if one.quantity == quantity)
        raise ArgumentError(f"`unit` of {quantity} must be one of {known}.")
    return found


def _key(unit: str) -> str:
    """Return a unit as it is compared: small letters, one sign for micro, no blanks."""
    text = unicodedata.normalize("NFKC", unit).replace("\u03bc", "u").replace("\u00b5", "u")
    text = "".join(text.casefold().split()).replace("mcg", "ug").replace("x10", "10")
    text = text.replace("**", "^").replace("×10", "10").replace("10*", "10^")
    text = re.sub(r"10(\d)/", r"10^\1/", text.replace("10e", "10^"))
    return text.replace("º", "°").replace("mm^3", "mm3").replace("degc", "°c").replace("degf", "°f")


def convert_dose_to_total(cells_per_kg: float, *, weight_kg: float) -> float:
    """Convert a dose of cells per kg of body weight to the number of cells.

    Rule
    ----
    ======================  =============================
    dose                    cells
    ======================  =============================
    `d` cells per kg        `d` times the weight in kg
    ======================  =============================

    Parameters
    ----------
    cells_per_kg : float
        Dose, at least 0 [cells/kg].
    weight_kg : float
        Body weight, above 0 [kg].

    Returns
    -------
    float
        Cells infused.

    Raises
    ------
    ArgumentError
        If either is not a finite number in its range.

    Notes
    -----
    Source: [house] table of conversions. Checked against `tests/spec/test_units.py`.

    Examples
    --------
    >>> convert_dose_to_total(2.5e6, weight_kg=40)
    100000000.0
    """
    if not (isfinite(cells_per_kg) and cells_per_kg >= 0):
        raise ArgumentError("`cells_per_kg` must be at least 0.")
    if not (isfinite(weight_kg) and weight_kg > 0):
        raise ArgumentError("`weight_kg` must be above 0.")
    return float(cells_per_kg * weight_kg)


def classify_unit(value: float, *, quantity: str) -> UnitProposal:
    """Propose the unit of a value that was reported without one.

    Rule
    ----
    ==============================================  ==========================================
    value                                           proposal
    ==============================================  ==========================================
    plausible in the unit kept                      none: nothing speaks against that unit,
                                                    and nothing proves it
    not plausible there, plausible in one other     that unit, flag ``UNIT_GUESSED``
    not plausible there, plausible in none or in    none
    several that differ
    ==============================================  ==========================================

    Parameters
    ----------
    value : float
        The value as reported.
    quantity : str
        What was measured, one of those of `convert_value` that have a range.

    Returns
    -------
    UnitProposal

    Raises
    ------
    ArgumentError
        If the quantity has no range, or the value is not a finite number.

    Notes
    -----
    A proposal is for a person to accept; nothing in the package converts by it.
    Source: [house] rule. Checked against `tests/spec/test_units.py`.

    Examples
    --------
    >>> classify_unit(45000, quantity="platelets")
    UnitProposal(unit='/ul', flags=('UNIT_GUESSED',))
    >>> classify_unit(45, quantity="platelets")
    UnitProposal(unit=None, flags=())
    """
    if quantity not in _RANGE_NAMES:
        raise ArgumentError(f"`quantity` must be one of {', '.join(sorted(_RANGE_NAMES))}.")
    name = _RANGE_NAMES[quantity]
    fits: dict[float, str] = {}
    for one in CONVERSIONS:
        if one.quantity == quantity:
            kept = convert_value(value, quantity=quantity, unit=one.given)
            if classify_value(name, kept) == "plausible":
                fits.setdefault(kept, one.given)
    if len(fits) != 1 or float(value) in fits:
        return UnitProposal(None)
    return UnitProposal(next(iter(fits.values())), ("UNIT_GUESSED",))
