"""What a value can be, and what it is likely to be: hard and soft ranges as data.

Outside the hard range a value is impossible in the unit of its name: it is rejected. Outside the
soft range it can be, but is more often a slip of the unit or the keyboard: it is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from numbers import Real
from typing import Literal

from autallo.errors import ArgumentError

__all__ = ["RANGES", "Plausibility", "ValueRange", "classify_value"]

Plausibility = Literal["impossible", "implausible", "plausible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRange:
    """The ranges of one finding; every limit belongs to its range unless said otherwise.

    Attributes
    ----------
    unit : str
        Unit of the limits.
    low, high : float
        Hard limits: beyond, the value is impossible.
    soft_low, soft_high : float or None
        Soft limits: beyond, the value is implausible; None where there is none.
    below_soft_high : bool
        Whether the upper soft limit itself is implausible already.
    whole : bool
        Whether only whole numbers can be.
    evidence : str
        V2 where the range is that of the instrument, D where it was decided here.
    """

    unit: str
    low: float
    high: float
    soft_low: float | None = None
    soft_high: float | None = None
    below_soft_high: bool = False
    whole: bool = False
    evidence: str = "D"


def _range(
    unit: str, hard: tuple[float, float], soft: tuple[float, float] | None = None
) -> ValueRange:
    low, high = soft or (None, None)
    return ValueRange(unit=unit, low=hard[0], high=hard[1], soft_low=low, soft_high=high)


def _count(unit: str, highest: int) -> ValueRange:
    return ValueRange(unit=unit, low=0, high=highest, whole=True, evidence="V2")


_PERCENT = _range("%", (0, 100))
#: Percentages that can be anything from none to all.
_SHARES = (
    "blasts_pct",
    "donor_pct",
    "cd3_pct",
    "cd19_pct",
    "car_pct_of_cd3",
    "rash_bsa_pct",
    "cellularity_pct",
    "bmi_centile",
    "ejection_fraction_pct",
    "kps",
)  # fmt: skip

RANGES: Mapping[str, ValueRange] = {
    "age_years": _range("years", (0, 110), (0, 85)),
    "weight_kg": _range("kg", (2, 300), (3, 180)),
    "temperature_c": _range("°C", (30, 44), (34, 42)),
    "sbp_mmhg": _range("mmHg", (30, 300), (60, 220)),
    "spo2_pct": _range("%", (30, 100), (70, 100)),
    "fio2": _range("fraction", (0.21, 1.0)),
    "norepinephrine_ug_min": _range("µg/min", (0, 300), (0, 100)),
    "wbc_1e9_l": _range("10^9/L", (0, 1000), (0, 200)),
    "anc_1e9_l": _range("10^9/L", (0, 200), (0, 50)),
    "alc_1e9_l": _range("10^9/L", (0, 500), (0, 50)),
    "platelets_1e9_l": _range("10^9/L", (0, 3000), (0, 1000)),
    "haemoglobin_g_dl": _range("g/dL", (1, 26), (3, 20)),
    "bilirubin_mg_dl": _range("mg/dL", (0, 80), (0, 40)),
    "alt_u_l": _range("U/L", (0, 30_000), (0, 5_000)),
    "ast_u_l": _range("U/L", (0, 30_000), (0, 5_000)),
    "creatinine_mg_dl": _range("mg/dL", (0.05, 40), (0.1, 15)),
    "ldh_u_l": _range("U/L", (10, 50_000), (80, 10_000)),
    "crp_mg_dl": _range("mg/dL", (0, 100), (0, 50)),
    "ferritin_ng_ml": _range("ng/mL", (0, 2_000_000), (1, 200_000)),
    "il6_pg_ml": _range("pg/mL", (0, 1_000_000), (0, 100_000)),
    "ifn_gamma_pg_ml": _range("pg/mL", (0, 1_000_000), (0, 50_000)),
    "fibrinogen_mg_dl": _range("mg/dL", (0, 2_000), (50, 1_000)),
    "mrd_pct": ValueRange(unit="%", low=0, high=100, soft_low=0, soft_high=5, below_soft_high=True),
    "dose_per_kg": _range("cells/kg", (1e3, 1e9), (1e5, 1e7)),
    "copies_per_ug": _range("copies/µg", (0, 1e7), (0, 5e5)),
    "stool_ml_day": _range("mL/day", (0, 20_000), (0, 6_000)),
    "ice": _count("points", 10),
    "cartox10": _count("points", 10),
    "capd": _count("points", 32),
    "ctcae_grade": _count("grade", 5),
    **dict.fromkeys(_SHARES, _PERCENT),
}


def classify_value(name: str, value: float) -> Plausibility:
    """Decide whether a value can be, and whether it is likely, in the unit of its name.

    Rule
    ----
    ==============  =============================================================
    answer          where the value lies
    ==============  =============================================================
    impossible      outside the hard range, or no whole number where only those
                    can be
    implausible     within the hard range, outside the soft one
    plausible       within both; the limits themselves belong to the ranges
    ==============  =============================================================

    Parameters
    ----------
    name : str
        One of `RANGES`; its unit is named there.
    value : float
        The value in that unit.

    Returns
    -------
    {"impossible", "implausible", "plausible"}

    Raises
    ------
    ArgumentError
        If the name has no range, or the value is not a number.

    Notes
    -----
    The soft range of residual disease ends below 5 %: from there on it is no minimal disease.
    A fraction of oxygen of 40 is 40 % and impossible as a fraction.
    Source: [house] ranges of clinical plausibility, not of any published criterion.

    Examples
    --------
    >>> [classify_value("fio2", one) for one in (0.4, 40)]
    ['plausible', 'impossible']
    >>> classify_value("mrd_pct", 5.0)
    'implausible'
    """
    if name not in RANGES:
        raise ArgumentError(f"`name` must be one that has a range, not {name!r}.")
    if isinstance(value, bool) or not isinstance(value, Real) or isnan(value):
        raise ArgumentError("`value` must be a number.")
    limits = RANGES[name]
    if not limits.low <= value <= limits.high or (limits.whole and value != int(value)):
        return "impossible"
    low = limits.low if limits.soft_low is None else limits.soft_low
    high = limits.high if limits.soft_high is None else limits.soft_high
    if not low <= value <= high or (limits.below_soft_high and value == high):
        return "implausible"
    return "plausible"
