"""EASIX and its variants: endothelial activation and stress, as a product of laboratory values."""

from dataclasses import dataclass
from math import log2
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Status
from autallo.clinical.unknowns import impossible_of, missing_of
from autallo.errors import ArgumentError

__all__ = ["CRITERIA", "EasixFindings", "EasixIndex", "score_easix"]

Variant = Literal["easix", "s_easix", "m_easix"]
SOURCE = "pennisi2021"
#: What is multiplied in each variant, before division by the platelets.
FACTORS: dict[Variant, tuple[str, ...]] = {
    "easix": ("ldh_u_l", "creatinine_mg_dl"),
    "s_easix": ("ldh_u_l",),
    "m_easix": ("ldh_u_l", "crp_mg_dl"),
}
CRITERIA = tuple(
    Criterion(scale=scale, key=scale, grade=None, words=words, source=SOURCE, evidence="V")
    for scale, words in (
        ("easix", "LDH (U/L) times creatinine (mg/dL), divided by platelets (10^9/L)"),
        ("s_easix", "LDH (U/L) divided by platelets (10^9/L)"),
        ("m_easix", "LDH (U/L) times CRP (mg/dL), divided by platelets (10^9/L)"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EasixFindings:
    """Laboratory values of one day; None is unknown.

    Attributes
    ----------
    ldh_u_l : float or None
        Lactate dehydrogenase [U/L].
    creatinine_mg_dl : float or None
        Creatinine [mg/dL].
    crp_mg_dl : float or None
        C-reactive protein [mg/dL]; in mg/L it must be divided by 10 first. Where
        `crp_below_limit`, the limit of the assay.
    crp_below_limit : bool or None
        Whether the CRP was reported as below `crp_mg_dl`; None is no.
    platelets_1e9_l : float or None
        Platelets [10^9/L].
    """

    ldh_u_l: float | None = None
    creatinine_mg_dl: float | None = None
    crp_mg_dl: float | None = None
    crp_below_limit: bool | None = None
    platelets_1e9_l: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EasixIndex:
    """An index of the family.

    Attributes
    ----------
    scale : {"easix", "s_easix", "m_easix"}
        Which.
    status : Status
        OK, NOT_EVALUABLE (a value is missing) or INVALID.
    value : float or None
        The index.
    log2 : float or None
        Its logarithm to base 2, the form to analyse; None for an index of 0.
    missing, flags : tuple of str
        Values that are missing; what a reader must know.
    """

    scale: Variant
    status: Status
    value: float | None = None
    log2: float | None = None
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def score_easix(findings: EasixFindings, variant: Variant = "easix") -> EasixIndex:
    """Compute EASIX, simplified EASIX or modified EASIX.

    Rule
    ----
    =========  =========================================================
    variant    index
    =========  =========================================================
    easix      LDH (U/L) * creatinine (mg/dL) / platelets (10^9/L)
    s_easix    LDH (U/L) / platelets (10^9/L)
    m_easix    LDH (U/L) * CRP (mg/dL) / platelets (10^9/L)
    =========  =========================================================

    Parameters
    ----------
    findings : EasixFindings
        Laboratory values of one day.
    variant : {"easix", "s_easix", "m_easix"}
        Which index.

    Returns
    -------
    EasixIndex

    Raises
    ------
    ArgumentError
        If the variant is not known.

    Notes
    -----
    Platelets of 0 are impossible here, as nothing can be divided by them. A CRP below the limit of
    its assay counts as half the limit. No cut-off is published for general use: analyse the
    logarithm. CRP in mg/L would give ten times the index.
    Source: [pennisi2021]. Checked against the vectors of `tests/spec/test_easix.py`.

    Examples
    --------
    >>> day = EasixFindings(ldh_u_l=400, creatinine_mg_dl=1.0, crp_mg_dl=8, platelets_1e9_l=50)
    >>> score_easix(day).log2, score_easix(day, "m_easix").value
    (3.0, 64.0)
    """
    if variant not in FACTORS:
        raise ArgumentError(f"`variant` must be one of {', '.join(FACTORS)}.")
    needed = (*FACTORS[variant], "platelets_1e9_l")
    wrong = impossible_of(findings, {name: name for name in needed})
    if findings.platelets_1e9_l == 0:
        wrong = (*wrong, "impossible:platelets_1e9_l")
    if wrong:
        return EasixIndex(scale=variant, status=Status.INVALID, flags=wrong)
    missing = missing_of(findings, needed)
    if missing:
        return EasixIndex(scale=variant, status=Status.NOT_EVALUABLE, missing=missing)
    product = 1.0
    flags: tuple[str, ...] = ()
    for name in FACTORS[variant]:
        factor = float(getattr(findings, name))
        if name == "crp_mg_dl" and findings.crp_below_limit:
            factor, flags = factor / 2, ("LEFT_CENSORED",)
        product *= factor
    value = product / float(findings.platelets_1e9_l or 0)
    return EasixIndex(
        scale=variant,
        status=Status.OK,
        value=value,
        log2=log2(value) if value > 0 else None,
        flags=flags,
    )
