"""Doses of corticosteroids in one measure: milligrams of dexamethasone."""

from collections.abc import Mapping
from math import isfinite

from autallo.errors import ArgumentError

__all__ = ["DEXAMETHASONE_PER_MG", "convert_steroid_to_dexamethasone"]

#: Dexamethasone that equals one milligram of each [mg].
DEXAMETHASONE_PER_MG: Mapping[str, float] = {
    "dexamethasone": 1.0,
    "prednisone": 0.15,
    "methylprednisolone": 0.1875,
    "hydrocortisone": 0.0375,
}


def convert_steroid_to_dexamethasone(doses_mg: Mapping[str, float]) -> float:
    """Convert doses of corticosteroids to the dose of dexamethasone they equal together.

    Rule
    ----
    ==================  ========================
    one milligram of    dexamethasone [mg]
    ==================  ========================
    dexamethasone       1
    prednisone          0.15
    methylprednisolone  0.1875
    hydrocortisone      0.0375
    ==================  ========================

    Parameters
    ----------
    doses_mg : mapping of str to float
        Dose of each drug [mg].

    Returns
    -------
    float
        Dexamethasone [mg]; 0 if none was given.

    Raises
    ------
    ArgumentError
        If a drug is not in the table, or a dose is negative or not finite.

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> convert_steroid_to_dexamethasone({"methylprednisolone": 80, "dexamethasone": 10})
    25.0
    """
    unknown = sorted(set(doses_mg) - set(DEXAMETHASONE_PER_MG))
    if unknown:
        raise ArgumentError(f"`doses_mg` must name {', '.join(DEXAMETHASONE_PER_MG)} only.")
    if not all(isfinite(dose) and dose >= 0 for dose in doses_mg.values()):
        raise ArgumentError("`doses_mg` must be finite and at least 0.")
    return float(sum(DEXAMETHASONE_PER_MG[drug] * dose for drug, dose in doses_mg.items()))
