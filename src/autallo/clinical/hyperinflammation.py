"""Hyperinflammation that resembles haemophagocytic lymphohistiocytosis after CAR T cells."""

from dataclasses import dataclass

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Decided, Grade, grade_between
from autallo.clinical.points import Item, total_of
from autallo.clinical.unknowns import (
    UNVERIFIED,
    at_least,
    both,
    either,
    held,
    missing_of,
    over,
    refused,
    under,
)

__all__ = [
    "CRITERIA",
    "CarHlhFindings",
    "IecHsFindings",
    "classify_car_hlh",
    "grade_iec_hs",
    "score_iec_hs_features",
]

IEC, CAR, FEATURES = "iec_hs", "car_hlh", "iec_hs_features"
HINES, NEELAPU = "hines2023", "neelapu2018"

CRITERIA = tuple(
    Criterion(scale=scale, key=key, grade=grade, words=words, source=source, evidence="M")
    for scale, key, grade, words, source in (
        (IEC, "ferritin_required", None,
         "ferritin above twice the upper limit or twice its baseline, or rising rapidly", HINES),
        (IEC, "attributed", None,
         "not explained by cytokine release alone, infection or progression", HINES),
        (IEC, "no_intervention", 1, "no intervention needed", HINES),
        (IEC, "intervention", 2, "intervention, not immediately life-threatening", HINES),
        (IEC, "potentially_life_threatening", 3, "potentially life-threatening", HINES),
        (IEC, "life_threatening", 4, "life-threatening", HINES),
        (IEC, "death", 5, "death due to it", HINES),
        (FEATURES, "transaminases", None, ("AST or ALT above 5 times the upper limit, or above 5"
         " times an abnormal baseline"), HINES),
        (FEATURES, "fibrinogen", None, "fibrinogen below 150 mg/dL or below its lower limit",
         HINES),
        (FEATURES, "haemophagocytosis", None, "haemophagocytosis seen", HINES),
        (FEATURES, "cytopenia", None, "new or worse cytopenia, a lineage at grade 4", HINES),
        (CAR, "ferritin", None, "ferritin above 10 000 ng/mL during cytokine release", NEELAPU),
        (CAR, "liver", None, "bilirubin, AST or ALT at grade 3 or more", NEELAPU),
        (CAR, "kidney", None, "creatinine at grade 3 or more, or oliguria", NEELAPU),
        (CAR, "lung", None, "pulmonary oedema at grade 3 or more", NEELAPU),
        (CAR, "haemophagocytosis", None, "haemophagocytosis seen", NEELAPU),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class IecHsFindings:
    """Findings of one episode; None is unknown.

    Attributes
    ----------
    ferritin_ng_ml : float or None
        Highest ferritin [ng/mL].
    ferritin_limit_ng_ml, ferritin_baseline_ng_ml : float or None
        Upper limit of normal and baseline [ng/mL].
    ferritin_rising_rapidly : bool or None
        As judged by who abstracted the record.
    iec_hs_attributed : bool or None
        Judged not to be explained by cytokine release alone, infection or progression.
    transaminase_times_limit : float or None
        AST or ALT, the higher, as a multiple of the upper limit, or of an abnormal baseline.
    fibrinogen_mg_dl, fibrinogen_limit_mg_dl : float or None
        Lowest fibrinogen and lower limit of normal [mg/dL].
    haemophagocytosis, new_grade_4_cytopenia : bool or None
        Seen in marrow or elsewhere; a lineage newly at grade 4.
    intervention, potentially_life_threatening, life_threatening, death_due_to_iec_hs : bool or None
        How severe it was judged.
    """

    ferritin_ng_ml: float | None = None
    ferritin_limit_ng_ml: float | None = None
    ferritin_baseline_ng_ml: float | None = None
    ferritin_rising_rapidly: bool | None = None
    iec_hs_attributed: bool | None = None
    transaminase_times_limit: float | None = None
    fibrinogen_mg_dl: float | None = None
    fibrinogen_limit_mg_dl: float | None = None
    haemophagocytosis: bool | None = None
    new_grade_4_cytopenia: bool | None = None
    intervention: bool | None = None
    potentially_life_threatening: bool | None = None
    life_threatening: bool | None = None
    death_due_to_iec_hs: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarHlhFindings:
    """Findings during cytokine release; None is unknown.

    Attributes
    ----------
    ferritin_ng_ml : float or None
        Highest ferritin during cytokine release [ng/mL].
    bilirubin_grade, transaminase_grade, creatinine_grade, pulmonary_oedema_grade : int or None
        CTCAE grade, 0 to 5.
    oliguria, haemophagocytosis : bool or None
        Whether present.
    """

    ferritin_ng_ml: float | None = None
    bilirubin_grade: int | None = None
    transaminase_grade: int | None = None
    creatinine_grade: int | None = None
    pulmonary_oedema_grade: int | None = None
    oliguria: bool | None = None
    haemophagocytosis: bool | None = None


_RANGES = {
    "ferritin_limit_ng_ml": "ferritin_ng_ml",
    "ferritin_baseline_ng_ml": "ferritin_ng_ml",
    "fibrinogen_limit_mg_dl": "fibrinogen_mg_dl",
    **dict.fromkeys(
        ("bilirubin_grade", "transaminase_grade", "creatinine_grade", "pulmonary_oedema_grade"),
        "ctcae_grade",
    ),
}
#: The field that gives each grade, most severe first.
SEVERITY = (
    (5, "death", "death_due_to_iec_hs"),
    (4, "life_threatening", "life_threatening"),
    (3, "potentially_life_threatening", "potentially_life_threatening"),
    (2, "intervention", "intervention"),
)


def grade_iec_hs(findings: IecHsFindings) -> Grade:
    """Grade hyperinflammation associated with immune effector cells (IEC-HS).

    Rule
    ----
    ======================================================================  =====
    findings                                                                grade
    ======================================================================  =====
    ferritin neither above twice its upper limit, nor above twice its       0
    baseline, nor rising rapidly; or explained by something else
    else, without intervention                                              1
    intervention, not immediately life-threatening                          2
    potentially life-threatening                                            3
    life-threatening                                                        4
    death due to it                                                         5
    ======================================================================  =====

    Parameters
    ----------
    findings : IecHsFindings
        Findings of one episode.

    Returns
    -------
    Grade
        Every grade carries ``unverified_criterion``.

    Notes
    -----
    Whether something else explains the findings is a judgement, read from `iec_hs_attributed` and
    never made here. The features are counted by `score_iec_hs_features`.
    Source: [hines2023]. Checked against `tests/spec/test_hyperinflammation.py`.

    Examples
    --------
    >>> grade_iec_hs(IecHsFindings(ferritin_ng_ml=9000, ferritin_limit_ng_ml=300,
    ...                            iec_hs_attributed=False)).value
    0
    """
    wrong = refused(IEC, findings, _RANGES)
    if wrong is not None:
        return wrong
    present = both(_ferritin_required(findings), findings.iec_hs_attributed)

    def rule(worst: bool) -> Decided:  # noqa: FBT001
        if not held(present, worst):
            return Decided(0, (), (UNVERIFIED,))
        keys = ("ferritin_required", "attributed")
        for grade, key, name in SEVERITY:
            if held(getattr(findings, name), worst):
                return Decided(grade, (*keys, key), (UNVERIFIED,))
        return Decided(1, (*keys, "no_intervention"), (UNVERIFIED,))

    names = [
        *("ferritin_ng_ml", "ferritin_limit_ng_ml", "ferritin_baseline_ng_ml"),
        *("ferritin_rising_rapidly", "iec_hs_attributed", *(name for _, _, name in SEVERITY)),
    ]
    return grade_between(IEC, rule, unknown=missing_of(findings, names))


def _ferritin_required(findings: IecHsFindings) -> bool | None:
    doubled = [
        None if limit is None else over(findings.ferritin_ng_ml, 2 * limit)
        for limit in (findings.ferritin_limit_ng_ml, findings.ferritin_baseline_ng_ml)
    ]
    return either(*doubled, findings.ferritin_rising_rapidly)


def score_iec_hs_features(findings: IecHsFindings) -> Grade:
    """Count the common features of IEC-HS, 0 to 4.

    Rule
    ----
    ==================================================================================  =====
    feature                                                                             count
    ==================================================================================  =====
    AST or ALT above 5 times the upper limit, or 5 times an abnormal baseline           1
    fibrinogen below 150 mg/dL, or below its lower limit                                1
    haemophagocytosis                                                                   1
    new or worse cytopenia with a lineage at grade 4                                    1
    ==================================================================================  =====

    Parameters
    ----------
    findings : IecHsFindings
        Findings of one episode.

    Returns
    -------
    Grade
        The count, with bounds; every count carries ``unverified_criterion``.

    Notes
    -----
    Source: [hines2023]. Checked against `tests/spec/test_hyperinflammation.py`.

    Examples
    --------
    >>> score_iec_hs_features(IecHsFindings(fibrinogen_mg_dl=120)).low
    1
    """
    wrong = refused(FEATURES, findings, _RANGES)
    if wrong is not None:
        return wrong
    fibrinogen, limit = findings.fibrinogen_mg_dl, findings.fibrinogen_limit_mg_dl
    below = None if limit is None else under(fibrinogen, limit)
    enzymes = over(findings.transaminase_times_limit, 5)
    items = (
        Item("transaminases", 1, enzymes, ("transaminase_times_limit",)),
        Item("fibrinogen", 1, either(under(fibrinogen, 150), below),
             ("fibrinogen_mg_dl", "fibrinogen_limit_mg_dl")),
        Item("haemophagocytosis", 1, findings.haemophagocytosis, ("haemophagocytosis",)),
        Item("cytopenia", 1, findings.new_grade_4_cytopenia, ("new_grade_4_cytopenia",)),
    )  # fmt: skip
    return total_of(FEATURES, findings, [(item,) for item in items], flags=(UNVERIFIED,))


def classify_car_hlh(findings: CarHlhFindings) -> Grade:
    """Decide whether findings during cytokine release are those of carHLH.

    Rule
    ----
    ==============================================================================  ======
    findings                                                                        answer
    ==============================================================================  ======
    ferritin above 10 000 ng/mL during cytokine release, and at least two of:       1
    bilirubin, AST or ALT at grade 3 or more; creatinine at grade 3 or more or
    oliguria; pulmonary oedema at grade 3 or more; haemophagocytosis
    else                                                                            0
    ==============================================================================  ======

    Parameters
    ----------
    findings : CarHlhFindings
        Findings during cytokine release.

    Returns
    -------
    Grade
        1 for yes, 0 for no; every answer carries ``unverified_criterion``.

    Notes
    -----
    Source: [neelapu2018]. Checked against `tests/spec/test_hyperinflammation.py`.

    Examples
    --------
    >>> classify_car_hlh(CarHlhFindings(ferritin_ng_ml=12000, transaminase_grade=3,
    ...                                 creatinine_grade=3)).value
    1
    """
    wrong = refused(CAR, findings, _RANGES)
    if wrong is not None:
        return wrong
    organs = {
        "liver": either(
            at_least(findings.bilirubin_grade, 3), at_least(findings.transaminase_grade, 3)
        ),
        "kidney": either(at_least(findings.creatinine_grade, 3), findings.oliguria),
        "lung": at_least(findings.pulmonary_oedema_grade, 3),
        "haemophagocytosis": findings.haemophagocytosis,
    }
    high = over(findings.ferritin_ng_ml, 10_000)

    def rule(worst: bool) -> Decided:  # noqa: FBT001
        failing = tuple(key for key, finding in organs.items() if held(finding, worst))
        if held(high, worst) and len(failing) >= 2:
            return Decided(1, ("ferritin", *failing), (UNVERIFIED,))
        return Decided(0, (), (UNVERIFIED,))

    return grade_between(CAR, rule, unknown=missing_of(findings, CarHlhFindings.__slots__))
