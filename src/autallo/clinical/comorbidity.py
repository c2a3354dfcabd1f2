"""The comorbidity index of haematopoietic cell transplantation (HCT-CI)."""

from dataclasses import dataclass
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Grade
from autallo.clinical.points import Item, total_of
from autallo.clinical.unknowns import UNVERIFIED, at_least, at_most, either, over, refused
from autallo.errors import ArgumentError

__all__ = ["CRITERIA", "Comorbidity", "classify_hct_ci", "score_hct_ci"]

SCALE, SOURCE = "hct_ci", "sorror2005"
ADULT_FROM, OLDER_FROM = 18, 40
#: Highest points of the groups none and intermediate.
INTERMEDIATE_TO = 2


def _row(key: str, points: int, words: str, evidence: str = "V2") -> Criterion:
    return Criterion(
        scale=SCALE, key=key, grade=points, words=words, source=SOURCE, evidence=evidence
    )


CRITERIA = (
    _row("arrhythmia", 1, "any arrhythmia"),
    _row("cardiac", 1, "coronary disease, heart failure, infarction, or ejection fraction to 50 %"),
    _row("inflammatory_bowel", 1, "Crohn disease or ulcerative colitis"),
    _row("diabetes", 1, "diabetes treated with a drug"),
    _row("cerebrovascular", 1, "transient ischaemic attack or stroke"),
    _row("psychiatric", 1, "depression or anxiety that needs consultation or treatment"),
    _row("mild_hepatic", 1, "chronic hepatitis, bilirubin above 1 to 1.5 times, or transaminases"
         " above 1 to 2.5 times the upper limit"),
    _row("obesity", 1, "body mass index above 35, in a child at or above the 95th centile"),
    _row("infection", 1, "infection treated before and after day 0"),
    _row("rheumatologic", 2, "rheumatologic disease"),
    _row("peptic_ulcer", 2, "peptic ulcer that was treated"),
    _row("renal", 2, "creatinine above 2 mg/dL, dialysis, or kidney transplant"),
    _row("moderate_pulmonary", 2, "DLCO or FEV1 above 65 to 80 %, or dyspnoea on slight activity"),
    _row("prior_malignancy", 3, "another malignancy that was treated, not of the skin unless"
         " melanoma"),
    _row("valve_disease", 3, "heart valve disease other than prolapse without symptoms"),
    _row("severe_pulmonary", 3, "DLCO or FEV1 to 65 %, dyspnoea at rest, or oxygen"),
    _row("severe_hepatic", 3, "cirrhosis, bilirubin above 1.5 times, or transaminases above 2.5"
         " times the upper limit"),
    _row("age_from_40", 1, "age 40 years or more (HCT-CI/Age only)", "M"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Comorbidity:
    """What is known of the patient before the infusion or transplant; None is unknown.

    Attributes
    ----------
    age_years : float or None
        Age [years].
    arrhythmia, cardiac, inflammatory_bowel, diabetes_on_drug, cerebrovascular : bool or None
        `cardiac`: coronary disease, heart failure or infarction.
    psychiatric, infection_across_day0, rheumatologic, peptic_ulcer : bool or None
        As in the table.
    ejection_fraction_pct : float or None
        Left ventricle [%].
    chronic_hepatitis, cirrhosis : bool or None
        As in the table.
    bilirubin_times_uln, transaminase_times_uln : float or None
        Multiple of the upper limit of normal; of AST and ALT the higher.
    bmi, bmi_centile : float or None
        Body mass index [kg/m2], and in a child its centile for age and sex.
    creatinine_mg_dl : float or None
        Creatinine [mg/dL].
    dialysis, kidney_transplant : bool or None
        As in the table.
    dlco_pct, fev1_pct : float or None
        Share of the predicted value, DLCO corrected for haemoglobin [%].
    dyspnoea : {"none", "slight_activity", "rest"} or None
        When breath is short.
    oxygen, prior_malignancy, valve_disease : bool or None
        As in the table.
    """

    age_years: float | None = None
    arrhythmia: bool | None = None
    cardiac: bool | None = None
    ejection_fraction_pct: float | None = None
    inflammatory_bowel: bool | None = None
    diabetes_on_drug: bool | None = None
    cerebrovascular: bool | None = None
    psychiatric: bool | None = None
    chronic_hepatitis: bool | None = None
    cirrhosis: bool | None = None
    bilirubin_times_uln: float | None = None
    transaminase_times_uln: float | None = None
    bmi: float | None = None
    bmi_centile: float | None = None
    infection_across_day0: bool | None = None
    rheumatologic: bool | None = None
    peptic_ulcer: bool | None = None
    creatinine_mg_dl: float | None = None
    dialysis: bool | None = None
    kidney_transplant: bool | None = None
    dlco_pct: float | None = None
    fev1_pct: float | None = None
    dyspnoea: Literal["none", "slight_activity", "rest"] | None = None
    oxygen: bool | None = None
    prior_malignancy: bool | None = None
    valve_disease: bool | None = None


def score_hct_ci(findings: Comorbidity, *, with_age: bool = False) -> Grade:
    """Compute the comorbidity index HCT-CI, or HCT-CI/Age.

    Rule
    ----
    ======  ====================================================================================
    points  each of
    ======  ====================================================================================
    1       arrhythmia; cardiac (coronary disease, failure, infarction, ejection fraction to
            50 %); inflammatory bowel disease; diabetes on a drug; stroke or transient attack;
            psychiatric treatment; mild hepatic (chronic hepatitis, bilirubin above 1 to 1.5
            times, transaminases above 1 to 2.5 times the upper limit); obesity (index above 35,
            in a child 95th centile or more); infection treated across day 0
    2       rheumatologic; peptic ulcer; renal (creatinine above 2 mg/dL, dialysis, transplant);
            moderate pulmonary (DLCO or FEV1 above 65 to 80 %, dyspnoea on slight activity)
    3       another malignancy; valve disease; severe pulmonary (DLCO or FEV1 to 65 %, dyspnoea
            at rest, oxygen); severe hepatic (cirrhosis, bilirubin above 1.5 times, transaminases
            above 2.5 times)
    1       age 40 or more, HCT-CI/Age only
    ======  ====================================================================================

    Parameters
    ----------
    findings : Comorbidity
        What is known of the patient.
    with_age : bool
        Whether age counts.

    Returns
    -------
    Grade
        Points, with bounds where findings are unknown; ``unverified_criterion`` where age counts.

    Raises
    ------
    ArgumentError
        If `dyspnoea` is another word.

    Notes
    -----
    Liver and lung count once, at their worst. Lung values between 65 and 66 % are moderate, which
    closes the gap of the printed table. The body mass index counts in adults, its centile in
    children; where the age is unknown either is enough.
    Source: [sorror2005], [sorror2013]. Checked against `tests/spec/test_comorbidity.py`.

    Examples
    --------
    >>> score_hct_ci(Comorbidity(diabetes_on_drug=True, bmi=36)).low
    2
    """
    if findings.dyspnoea not in (None, "none", "slight_activity", "rest"):
        raise ArgumentError("`dyspnoea` must be none, slight_activity, rest or None.")
    scale = f"{SCALE}_age" if with_age else SCALE
    wrong = refused(scale, findings, {})
    if wrong is not None:
        return wrong
    groups = [*_simple(findings), _heart(findings), _liver(findings), _kidney(findings)]
    groups += [_lung(findings), _weight(findings)]
    if with_age:
        older = at_least(findings.age_years, OLDER_FROM)
        groups.append((Item("age_from_40", 1, older, ("age_years",)),))
    return total_of(scale, findings, groups, flags=(UNVERIFIED,) if with_age else ())


Group = tuple[Item, ...]
#: Items that are one finding each: key of the row, field, points.
SIMPLE = (
    ("arrhythmia", "arrhythmia", 1),
    ("inflammatory_bowel", "inflammatory_bowel", 1),
    ("diabetes", "diabetes_on_drug", 1),
    ("cerebrovascular", "cerebrovascular", 1),
    ("psychiatric", "psychiatric", 1),
    ("infection", "infection_across_day0", 1),
    ("rheumatologic", "rheumatologic", 2),
    ("peptic_ulcer", "peptic_ulcer", 2),
    ("prior_malignancy", "prior_malignancy", 3),
    ("valve_disease", "valve_disease", 3),
)


def _simple(findings: Comorbidity) -> list[Group]:
    return [(Item(key, points, getattr(findings, name), (name,)),) for key, name, points in SIMPLE]


def _heart(findings: Comorbidity) -> Group:
    weak = at_most(findings.ejection_fraction_pct, 50)
    fields = ("cardiac", "ejection_fraction_pct")
    return (Item("cardiac", 1, either(findings.cardiac, weak), fields),)


def _liver(findings: Comorbidity) -> Group:
    bilirubin, enzymes = findings.bilirubin_times_uln, findings.transaminase_times_uln
    severe = either(findings.cirrhosis, over(bilirubin, 1.5), over(enzymes, 2.5))
    mild = either(findings.chronic_hepatitis, over(bilirubin, 1), over(enzymes, 1))
    values = ("bilirubin_times_uln", "transaminase_times_uln")
    return (
        Item("severe_hepatic", 3, severe, ("cirrhosis", *values)),
        Item("mild_hepatic", 1, mild, ("chronic_hepatitis", *values)),
    )


def _kidney(findings: Comorbidity) -> Group:
    fields = ("creatinine_mg_dl", "dialysis", "kidney_transplant")
    high = over(findings.creatinine_mg_dl, 2)
    return (Item("renal", 2, either(high, findings.dialysis, findings.kidney_transplant), fields),)


def _lung(findings: Comorbidity) -> Group:
    short, dlco, fev1 = findings.dyspnoea, findings.dlco_pct, findings.fev1_pct
    at_rest = None if short is None else short == "rest"
    on_activity = None if short is None else short != "none"
    severe = either(at_most(dlco, 65), at_most(fev1, 65), at_rest, findings.oxygen)
    moderate = either(at_most(dlco, 80), at_most(fev1, 80), on_activity)
    fields = ("dlco_pct", "fev1_pct", "dyspnoea")
    return (
        Item("severe_pulmonary", 3, severe, (*fields, "oxygen")),
        Item("moderate_pulmonary", 2, moderate, fields),
    )


def _weight(findings: Comorbidity) -> Group:
    heavy, high = over(findings.bmi, 35), at_least(findings.bmi_centile, 95)
    if findings.age_years is None:
        return (Item("obesity", 1, either(heavy, high), ("age_years", "bmi", "bmi_centile")),)
    if findings.age_years >= ADULT_FROM:
        return (Item("obesity", 1, heavy, ("bmi",)),)
    return (Item("obesity", 1, high, ("bmi_centile",)),)


def classify_hct_ci(score: Grade) -> Literal["0", "1-2", "3+"] | None:
    """Decide the group of the index from its bounds.

    Rule
    ----
    ==========================  ======
    points                      group
    ==========================  ======
    0                           0
    1 or 2                      1-2
    3 or more                   3+
    bounds in two groups        none
    ==========================  ======

    Parameters
    ----------
    score : Grade
        From `score_hct_ci`.

    Returns
    -------
    {"0", "1-2", "3+"} or None

    Notes
    -----
    Source: [sorror2005]. Checked against `tests/spec/test_comorbidity.py`.

    Examples
    --------
    >>> classify_hct_ci(score_hct_ci(Comorbidity(prior_malignancy=True)))
    '3+'
    """
    if score.low is None or score.high is None:
        return None
    groups = {_group(score.low), _group(score.high)}
    return groups.pop() if len(groups) == 1 else None


def _group(points: int) -> Literal["0", "1-2", "3+"]:
    if points == 0:
        return "0"
    return "1-2" if points <= INTERMEDIATE_TO else "3+"
