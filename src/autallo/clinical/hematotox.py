"""CAR-HEMATOTOX: marrow reserve and inflammation before lymphodepletion."""

from dataclasses import dataclass
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Grade
from autallo.clinical.points import Item, total_of
from autallo.clinical.unknowns import UNVERIFIED, at_least, at_most, over, refused, under

__all__ = ["CRITERIA", "HematotoxFindings", "classify_hematotox", "score_hematotox"]

SCALE, SOURCE = "car_hematotox", "rejeski2021"
#: From so many points on the risk is high.
HIGH_FROM = 2


def _row(key: str, points: int, words: str, evidence: str = "M") -> Criterion:
    return Criterion(
        scale=SCALE, key=key, grade=points, words=words, source=SOURCE, evidence=evidence
    )


CRITERIA = (
    _row("platelets_below_75", 2, "platelets below 75 x 10^9/L"),
    _row("platelets_75_to_175", 1, "platelets 75 to 175 x 10^9/L, both included"),
    _row("neutrophils_to_1_2", 1, "neutrophils at or below 1.2 x 10^9/L"),
    _row("haemoglobin_to_9", 1, "haemoglobin at or below 9.0 g/dL"),
    _row("crp_from_3", 1, "CRP at or above 3.0 mg/dL"),
    _row("ferritin_above_2000", 2, "ferritin above 2000 ng/mL"),
    _row("ferritin_650_to_2000", 1, "ferritin 650 to 2000 ng/mL, both included"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HematotoxFindings:
    """Laboratory values before lymphodepletion, about day -5; None is unknown.

    Attributes
    ----------
    platelets_1e9_l, anc_1e9_l : float or None
        Platelets and neutrophils [10^9/L].
    haemoglobin_g_dl : float or None
        Haemoglobin [g/dL].
    crp_mg_dl : float or None
        C-reactive protein [mg/dL], not mg/L.
    ferritin_ng_ml : float or None
        Ferritin [ng/mL].
    """

    platelets_1e9_l: float | None = None
    anc_1e9_l: float | None = None
    haemoglobin_g_dl: float | None = None
    crp_mg_dl: float | None = None
    ferritin_ng_ml: float | None = None


def score_hematotox(findings: HematotoxFindings) -> Grade:
    """Compute the CAR-HEMATOTOX score, 0 to 7 points.

    Rule
    ----
    ======================  ==========  ==================  ============
    finding                 0 points    1 point             2 points
    ======================  ==========  ==================  ============
    platelets (10^9/L)      > 175       75 to 175           < 75
    neutrophils (10^9/L)    > 1.2       up to 1.2
    haemoglobin (g/dL)      > 9.0       up to 9.0
    CRP (mg/dL)             < 3.0       from 3.0
    ferritin (ng/mL)        < 650       650 to 2000         > 2000
    ======================  ==========  ==================  ============

    Parameters
    ----------
    findings : HematotoxFindings
        Values before lymphodepletion.

    Returns
    -------
    Grade
        Points; bounds where a value is missing. Every score carries ``unverified_criterion``: the
        cut-points were written from memory.

    Notes
    -----
    A value exactly on a published bound takes the points shown, a choice of this package. In
    acute lymphoblastic leukaemia most patients have a high score, so it separates little.
    Source: [rejeski2021]. Checked against the vectors of `tests/spec/test_hematotox.py`.

    Examples
    --------
    >>> score_hematotox(HematotoxFindings(platelets_1e9_l=100, anc_1e9_l=1.5, haemoglobin_g_dl=10,
    ...                                   crp_mg_dl=5, ferritin_ng_ml=700)).value
    3
    """
    wrong = refused(SCALE, findings, {})
    if wrong is not None:
        return wrong
    platelets, ferritin = findings.platelets_1e9_l, findings.ferritin_ng_ml
    counts, iron = ("platelets_1e9_l",), ("ferritin_ng_ml",)
    groups = (
        (
            Item("platelets_below_75", 2, under(platelets, 75), counts),
            Item("platelets_75_to_175", 1, at_most(platelets, 175), counts),
        ),
        (Item("neutrophils_to_1_2", 1, at_most(findings.anc_1e9_l, 1.2), ("anc_1e9_l",)),),
        (
            Item(
                "haemoglobin_to_9",
                1,
                at_most(findings.haemoglobin_g_dl, 9.0),
                ("haemoglobin_g_dl",),
            ),
        ),
        (Item("crp_from_3", 1, at_least(findings.crp_mg_dl, 3.0), ("crp_mg_dl",)),),
        (
            Item("ferritin_above_2000", 2, over(ferritin, 2000), iron),
            Item("ferritin_650_to_2000", 1, at_least(ferritin, 650), iron),
        ),
    )
    return total_of(SCALE, findings, groups, flags=(UNVERIFIED,))


def classify_hematotox(score: Grade) -> Literal["low", "high"] | None:
    """Decide from the bounds of the score whether the risk is low or high.

    Rule
    ----
    ==========================================  ==================
    score                                       risk
    ==========================================  ==================
    at most 1 point in every completion         low
    at least 2 points in every completion       high
    else                                        cannot be told
    ==========================================  ==================

    Parameters
    ----------
    score : Grade
        From `score_hematotox`.

    Returns
    -------
    {"low", "high"} or None

    Notes
    -----
    The risk may be known where the score is not. Source: [rejeski2021]. Checked against the
    vectors of `tests/spec/test_hematotox.py`.

    Examples
    --------
    >>> classify_hematotox(score_hematotox(HematotoxFindings(platelets_1e9_l=40)))
    'high'
    """
    if score.low is None or score.high is None:
        return None
    if score.low >= HIGH_FROM:
        return "high"
    return "low" if score.high < HIGH_FROM else None
