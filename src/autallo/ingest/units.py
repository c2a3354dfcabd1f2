"""Factors from the unit that a study gives to the unit that the data dictionary keeps.

Source: clinical-criteria section 11.2 (exact factors); a month is 30.4375 days and a year
365.25 days everywhere in Autallo.
"""

import re
import unicodedata
from collections.abc import Mapping

from autallo.model.outcome import DAYS_PER_MONTH, DAYS_PER_YEAR

__all__ = ["DAYS", "read_factor", "read_time_unit", "read_unit_key"]

DAYS = "days"
#: Days in one unit of time.
TIMES: Mapping[str, float] = {
    "days": 1.0,
    "weeks": 7.0,
    "months": DAYS_PER_MONTH,
    "years": DAYS_PER_YEAR,
}
SHORT: Mapping[str, str] = {
    "d": "days",
    "day": "days",
    "w": "weeks",
    "wk": "weeks",
    "wks": "weeks",
    "week": "weeks",
    "mo": "months",
    "mos": "months",
    "month": "months",
    "y": "years",
    "yr": "years",
    "yrs": "years",
    "year": "years",
}
#: (kept unit, given unit) to the factor that turns a given number into a kept one.
FACTORS: Mapping[tuple[str, str], float] = {
    ("ng/ml", "ug/l"): 1.0,
    ("ng/ml", "pmol/l"): 1 / 2.247,
    ("kg", "g"): 0.001,
    ("kg", "lb"): 0.45359237,
    ("%", "percent"): 1.0,
    ("%", "fraction"): 100.0,
    ("10^6/kg", "cells/kg"): 1e-6,
    ("10^6/kg", "10^5/kg"): 0.1,
    ("10^6/kg", "10^7/kg"): 10.0,
    ("10^6/kg", "10^8/kg"): 100.0,
    ("10^6/kg", "10^6 cells/kg"): 1.0,
    ("10^6/kg", "e6/kg"): 1.0,
    ("copies/ug dna", "copies/ug"): 1.0,
    ("copies/ug dna", "copies/ng dna"): 1000.0,
}


def read_unit_key(unit: str) -> str:
    """Return a unit in lower case, with one sign for micro, to compare."""
    text = unicodedata.normalize("NFKC", unit).replace("\u03bc", "u").replace("\u00b5", "u")
    text = " ".join(text.casefold().split()).replace("mcg", "ug").replace("x10", "10")
    return re.sub(r"\s*([/^])\s*", r"\1", text)


def read_time_unit(unit: str) -> str | None:
    """Return days, weeks, months or years, or None if the unit is none of time."""
    key = read_unit_key(unit)
    name = SHORT.get(key, key)
    return name if name in TIMES else None


def read_factor(given: str, kept: str) -> float | None:
    """Return the factor from one unit to the other, or None if there is none."""
    first, second = read_time_unit(given), read_time_unit(kept)
    if first and second:
        return TIMES[first] / TIMES[second]
    keys = read_unit_key(kept), read_unit_key(given)
    return 1.0 if keys[0] == keys[1] else FACTORS.get(keys)
