"""Values of one patient that contradict each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from autallo.errors import ArgumentError

__all__ = ["CONSISTENCY_RULES", "ConsistencyRule", "Contradiction", "classify_consistency"]

#: A total dose may differ by this share from the dose per kg times the weight.
DOSE_WITHIN = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyRule:
    """What must hold between values.

    Attributes
    ----------
    key : str
        Name of the rule.
    needs : tuple of str
        Values that must be known for the rule to be looked at.
    words : str
        What must be, as it is printed.
    """

    key: str
    needs: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One rule that the values of a patient break.

    Attributes
    ----------
    key : str
        Name of the rule.
    severity : {"warn"}
        All of these are unusual, none is impossible by itself: rounding and different tubes.
    fields : tuple of str
        The values concerned.
    words : str
        What must be.
    """

    key: str
    severity: Literal["warn"]
    fields: tuple[str, ...]
    words: str


CONSISTENCY_RULES: tuple[ConsistencyRule, ...] = (
    ConsistencyRule(
        key="anc_above_wbc",
        needs=("anc_1e9_l", "wbc_1e9_l"),
        words="Neutrophils must not exceed the white blood cells.",
    ),
    ConsistencyRule(
        key="alc_above_wbc",
        needs=("alc_1e9_l", "wbc_1e9_l"),
        words="Lymphocytes must not exceed the white blood cells.",
    ),
    ConsistencyRule(
        key="dose_and_weight",
        needs=("dose_total", "dose_per_kg", "weight_kg"),
        words="The dose in all must be the dose per kg times the weight, within 5 %.",
    ),
    ConsistencyRule(
        key="mrd_without_blasts",
        needs=("mrd_positive",),
        words="Where residual disease was found, blasts must be reported.",
    ),
)
_FIELDS = (*dict.fromkeys(name for rule in CONSISTENCY_RULES for name in rule.needs), "blasts_pct")
_BROKEN: Mapping[str, Callable[[Mapping[str, float]], bool]] = {
    "anc_above_wbc": lambda known: known["anc_1e9_l"] > known["wbc_1e9_l"],
    "alc_above_wbc": lambda known: known["alc_1e9_l"] > known["wbc_1e9_l"],
    "dose_and_weight": lambda known: (
        abs(known["dose_total"] - known["dose_per_kg"] * known["weight_kg"])
        > DOSE_WITHIN * known["dose_per_kg"] * known["weight_kg"] * (1 + 1e-12)
    ),
    "mrd_without_blasts": lambda known: bool(known["mrd_positive"]) and "blasts_pct" not in known,
}


def classify_consistency(values: Mapping[str, float | bool | None]) -> tuple[Contradiction, ...]:
    """Find the values of one patient that contradict each other.

    Rule
    ----
    ==========================================================================  ========
    must be                                                                     else
    ==========================================================================  ========
    neutrophils and lymphocytes not above the white blood cells                 warn
    total dose within 5 % of dose per kg times weight                           warn
    residual disease found: blasts reported                                     warn
    ==========================================================================  ========

    Parameters
    ----------
    values : mapping of str to float or bool
        ``wbc_1e9_l``, ``anc_1e9_l``, ``alc_1e9_l`` of one day; ``dose_total``, ``dose_per_kg``,
        ``weight_kg``; ``mrd_positive``, ``blasts_pct``; None or absent: not known.

    Returns
    -------
    tuple of Contradiction
        In the order of `CONSISTENCY_RULES`; empty if none is broken.

    Raises
    ------
    ArgumentError
        If a name is another.

    Notes
    -----
    What is not known breaks nothing. Dates that must be there, as that of a marrow for a complete
    remission, are rules of `classify_dates`.
    Source: [house] rules. Checked by hand (`tests/unit/clinical/test_consistency.py`).

    Examples
    --------
    >>> [one.key for one in classify_consistency({"wbc_1e9_l": 1.0, "anc_1e9_l": 1.4})]
    ['anc_above_wbc']
    """
    if not set(values) <= set(_FIELDS):
        raise ArgumentError(f"`values` must name some of {', '.join(_FIELDS)}.")
    known = {name: float(value) for name, value in values.items() if value is not None}
    return tuple(
        Contradiction(rule.key, "warn", rule.needs, rule.words)
        for rule in CONSISTENCY_RULES
        if all(name in known for name in rule.needs) and _BROKEN[rule.key](known)
    )
