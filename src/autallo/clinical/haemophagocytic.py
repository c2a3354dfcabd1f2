"""Haemophagocytic lymphohistiocytosis: the criteria HLH-2004 and the HScore."""

from dataclasses import dataclass
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Grade
from autallo.clinical.points import Item, total_of
from autallo.clinical.unknowns import (
    at_least,
    at_most,
    either,
    held,
    over,
    refused,
    under,
)

__all__ = ["CRITERIA", "HlhFindings", "classify_hlh_2004", "score_hlh_2004", "score_hscore"]

HLH, HSCORE = "hlh_2004", "hscore"
HENTER, FARDET = "henter2007", "fardet2014"
#: Criteria of HLH-2004 that are enough.
ENOUGH = 5
#: mg/dL in one mmol/L of triglycerides.
TRIGLYCERIDES = 88.57


def _rows(scale: str, source: str, rows: tuple[tuple[str, int, str], ...]) -> list[Criterion]:
    return [
        Criterion(scale=scale, key=key, grade=points, words=words, source=source, evidence="V")
        for key, points, words in rows
    ]


CRITERIA = (
    *_rows(HLH, HENTER, (
        ("fever", 1, "temperature 38.5 °C or more"),
        ("splenomegaly", 1, "enlarged spleen"),
        ("cytopenias", 1, ("two of haemoglobin below 9 g/dL, platelets below 100, neutrophils below"
         " 1.0 x 10^9/L")),
        ("lipids_or_fibrinogen", 1, ("triglycerides 265 mg/dL or more, or fibrinogen 150 mg/dL or"
         " less")),
        ("haemophagocytosis", 1, "haemophagocytosis seen"),
        ("nk_activity", 1, "natural killer cell activity low or absent"),
        ("ferritin", 1, "ferritin 500 ng/mL or more"),
        ("soluble_cd25", 1, "soluble CD25 2400 U/mL or more"),
    )),
    *_rows(HSCORE, FARDET, (
        ("immunosuppression", 18, "known immunosuppression"),
        ("temperature_to_39_4", 33, "temperature 38.4 to 39.4 °C"),
        ("temperature_above_39_4", 49, "temperature above 39.4 °C"),
        ("one_organ", 23, "liver or spleen enlarged"),
        ("two_organs", 38, "liver and spleen enlarged"),
        ("two_lineages", 24, ("two of haemoglobin to 9.2 g/dL, white cells to 5, platelets to 110"
         " x 10^9/L")),
        ("three_lineages", 34, "all three lineages low"),
        ("ferritin_to_6000", 35, "ferritin 2000 to 6000 ng/mL"),
        ("ferritin_above_6000", 50, "ferritin above 6000 ng/mL"),
        ("triglycerides_to_4", 44, "triglycerides 1.5 to 4 mmol/L"),
        ("triglycerides_above_4", 64, "triglycerides above 4 mmol/L"),
        ("fibrinogen", 30, "fibrinogen 2.5 g/L or less"),
        ("ast", 19, "AST 30 U/L or more"),
        ("haemophagocytosis", 35, "haemophagocytosis seen"),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class HlhFindings:
    """Worst findings of one episode; None is unknown.

    Attributes
    ----------
    temperature_c : float or None
        Highest temperature [°C].
    splenomegaly, hepatomegaly : bool or None
        Enlarged spleen, enlarged liver.
    haemoglobin_g_dl, platelets_1e9_l, anc_1e9_l, wbc_1e9_l : float or None
        Lowest counts [g/dL; 10^9/L].
    triglycerides_mmol_l : float or None
        Triglycerides [mmol/L]; 265 mg/dL are 2.99.
    fibrinogen_mg_dl : float or None
        Lowest fibrinogen [mg/dL]; 2.5 g/L are 250.
    ferritin_ng_ml : float or None
        Highest ferritin [ng/mL].
    soluble_cd25_u_ml : float or None
        Soluble interleukin-2 receptor [U/mL].
    ast_u_l : float or None
        AST [U/L].
    haemophagocytosis, low_nk_activity, immunosuppression : bool or None
        As in the tables; `immunosuppression` known before.
    """

    temperature_c: float | None = None
    splenomegaly: bool | None = None
    hepatomegaly: bool | None = None
    haemoglobin_g_dl: float | None = None
    platelets_1e9_l: float | None = None
    anc_1e9_l: float | None = None
    wbc_1e9_l: float | None = None
    triglycerides_mmol_l: float | None = None
    fibrinogen_mg_dl: float | None = None
    ferritin_ng_ml: float | None = None
    soluble_cd25_u_ml: float | None = None
    ast_u_l: float | None = None
    haemophagocytosis: bool | None = None
    low_nk_activity: bool | None = None
    immunosuppression: bool | None = None


def _enough(number: int, *findings: bool | None) -> bool | None:
    """Return whether so many hold; unknown if that rests on unknown ones."""
    least, most = (sum(held(one, worst) for one in findings) for worst in (False, True))
    return True if least >= number else None if most >= number else False


def score_hlh_2004(findings: HlhFindings) -> Grade:
    """Count the criteria of HLH-2004 that are met, 0 to 8.

    Rule
    ----
    ==================================================================================  =====
    criterion                                                                           count
    ==================================================================================  =====
    temperature 38.5 °C or more                                                         1
    enlarged spleen                                                                     1
    two or more of haemoglobin < 9 g/dL, platelets < 100, neutrophils < 1.0 x 10^9/L    1
    triglycerides 265 mg/dL or more, or fibrinogen 150 mg/dL or less                    1
    haemophagocytosis                                                                   1
    low or absent activity of natural killer cells                                      1
    ferritin 500 ng/mL or more                                                          1
    soluble CD25 2400 U/mL or more                                                      1
    ==================================================================================  =====

    Parameters
    ----------
    findings : HlhFindings
        Worst findings of one episode.

    Returns
    -------
    Grade
        Criteria met, with bounds.

    Notes
    -----
    Not made for what follows CAR T cells, where fever, cytopenias and ferritin are the rule.
    Source: [henter2007]. Checked against `tests/spec/test_haemophagocytic.py`.

    Examples
    --------
    >>> score_hlh_2004(HlhFindings(temperature_c=39, ferritin_ng_ml=800, splenomegaly=True)).low
    3
    """
    wrong = refused(HLH, findings, {})
    if wrong is not None:
        return wrong
    fats = findings.triglycerides_mmol_l
    mg_dl = None if fats is None else round(fats * TRIGLYCERIDES, 1)
    counts = (
        under(findings.haemoglobin_g_dl, 9),
        under(findings.platelets_1e9_l, 100),
        under(findings.anc_1e9_l, 1.0),
    )
    lipids = either(at_least(mg_dl, 265), at_most(findings.fibrinogen_mg_dl, 150))
    cells = ("haemoglobin_g_dl", "platelets_1e9_l", "anc_1e9_l")
    items = (
        Item("fever", 1, at_least(findings.temperature_c, 38.5), ("temperature_c",)),
        Item("splenomegaly", 1, findings.splenomegaly, ("splenomegaly",)),
        Item("cytopenias", 1, _enough(2, *counts), cells),
        Item("lipids_or_fibrinogen", 1, lipids, ("triglycerides_mmol_l", "fibrinogen_mg_dl")),
        Item("haemophagocytosis", 1, findings.haemophagocytosis, ("haemophagocytosis",)),
        Item("nk_activity", 1, findings.low_nk_activity, ("low_nk_activity",)),
        Item("ferritin", 1, at_least(findings.ferritin_ng_ml, 500), ("ferritin_ng_ml",)),
        Item("soluble_cd25", 1, at_least(findings.soluble_cd25_u_ml, 2400),
             ("soluble_cd25_u_ml",)),
    )  # fmt: skip
    return total_of(HLH, findings, [(item,) for item in items])


def classify_hlh_2004(score: Grade) -> Literal["met", "not_met"] | None:
    """Decide from the bounds of the count whether HLH-2004 is met.

    Rule
    ----
    ==================================  ==================
    criteria                            answer
    ==================================  ==================
    5 or more in every completion       met
    4 or fewer in every completion      not_met
    else                                cannot be told
    ==================================  ==================

    Parameters
    ----------
    score : Grade
        From `score_hlh_2004`.

    Returns
    -------
    {"met", "not_met"} or None

    Notes
    -----
    Source: [henter2007]. Checked against `tests/spec/test_haemophagocytic.py`.

    Examples
    --------
    >>> classify_hlh_2004(score_hlh_2004(HlhFindings(ferritin_ng_ml=800))) is None
    True
    """
    if score.low is None or score.high is None:
        return None
    if score.low >= ENOUGH:
        return "met"
    return "not_met" if score.high < ENOUGH else None


def score_hscore(findings: HlhFindings) -> Grade:
    """Compute the HScore, 0 to 337 points.

    Rule
    ----
    ==================================  ==========  ==================  ==================
    finding                             0 points    points              points
    ==================================  ==========  ==================  ==================
    immunosuppression                   no          yes 18
    temperature (°C)                    < 38.4      38.4 to 39.4: 33    > 39.4: 49
    liver, spleen enlarged              none        one: 23             both: 38
    lineages low (haemoglobin to 9.2    0 or 1      2: 24               3: 34
    g/dL, white cells to 5, platelets
    to 110 x 10^9/L)
    ferritin (ng/mL)                    < 2000      2000 to 6000: 35    > 6000: 50
    triglycerides (mmol/L)              < 1.5       1.5 to 4: 44        > 4: 64
    fibrinogen (g/L)                    > 2.5       to 2.5: 30
    AST (U/L)                           < 30        from 30: 19
    haemophagocytosis                   no          yes 35
    ==================================  ==========  ==================  ==================

    Parameters
    ----------
    findings : HlhFindings
        Worst findings of one episode.

    Returns
    -------
    Grade
        Points, with bounds.

    Notes
    -----
    A score of 169 or more is commonly taken for haemophagocytic lymphohistiocytosis.
    Source: [fardet2014]. Checked against `tests/spec/test_haemophagocytic.py`.

    Examples
    --------
    >>> score_hscore(HlhFindings(temperature_c=40, ferritin_ng_ml=8000)).low
    99
    """
    wrong = refused(HSCORE, findings, {})
    if wrong is not None:
        return wrong
    low = (
        at_most(findings.haemoglobin_g_dl, 9.2),
        at_most(findings.wbc_1e9_l, 5),
        at_most(findings.platelets_1e9_l, 110),
    )
    organs, organ_fields = (findings.hepatomegaly, findings.splenomegaly), (
        "hepatomegaly", "splenomegaly")  # fmt: skip
    cells = ("haemoglobin_g_dl", "wbc_1e9_l", "platelets_1e9_l")
    heat, iron = ("temperature_c",), ("ferritin_ng_ml",)
    groups = (
        (_single("immunosuppression", 18, findings.immunosuppression, "immunosuppression"),),
        (Item("temperature_above_39_4", 49, over(findings.temperature_c, 39.4), heat),
         Item("temperature_to_39_4", 33, at_least(findings.temperature_c, 38.4), heat)),
        (Item("two_organs", 38, _enough(2, *organs), organ_fields),
         Item("one_organ", 23, _enough(1, *organs), organ_fields)),
        (Item("three_lineages", 34, _enough(3, *low), cells),
         Item("two_lineages", 24, _enough(2, *low), cells)),
        (Item("ferritin_above_6000", 50, over(findings.ferritin_ng_ml, 6000), iron),
         Item("ferritin_to_6000", 35, at_least(findings.ferritin_ng_ml, 2000), iron)),
        _lipids(findings.triglycerides_mmol_l),
        (_single("fibrinogen", 30, at_most(findings.fibrinogen_mg_dl, 250), "fibrinogen_mg_dl"),),
        (_single("ast", 19, at_least(findings.ast_u_l, 30), "ast_u_l"),),
        (_single("haemophagocytosis", 35, findings.haemophagocytosis, "haemophagocytosis"),),
    )  # fmt: skip
    return total_of(HSCORE, findings, groups)


def _single(key: str, points: int, holds: bool | None, field: str) -> Item:  # noqa: FBT001
    return Item(key, points, holds, (field,))


def _lipids(mmol_l: float | None) -> tuple[Item, ...]:
    field = "triglycerides_mmol_l"
    return (
        _single("triglycerides_above_4", 64, over(mmol_l, 4), field),
        _single("triglycerides_to_4", 44, at_least(mmol_l, 1.5), field),
    )
