"""Response of B-cell acute lymphoblastic leukaemia at one assessment, from raw findings."""

from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.clinical.mrd import Mrd, MrdSample, classify_mrd
from autallo.clinical.response import RESPONDING, RESPONSES
from autallo.errors import ArgumentError

__all__ = [
    "CRITERIA",
    "DiseaseFindings",
    "Response",
    "ResponseRules",
    "classify_extramedullary",
    "classify_response",
]

Extramedullary = Literal["none", "present", "unknown"]
SCALE = "all_response"
CR, CRH, CRI, MLFS, PR, NR = range(6)
#: Blasts in the marrow from which there is no remission, and up to which there may be a part [%].
REMISSION_BELOW_PCT, PARTIAL_TO_PCT = 5.0, 25.0
#: Counts of CR, and those that CRh must exceed [10^9/L].
ANC_CR, PLATELETS_CR = 1.0, 100.0
ANC_CRH, PLATELETS_CRH = 0.5, 50.0
#: Residual disease from which there is no remission by the stricter European rule [%].
MRD_FAILURE_PCT = 1.0
#: Least and largest possible value; both can be.
RANGES = {
    "bm_blast_pct": (0.0, 100.0),
    "baseline_bm_blast_pct": (0.0, 100.0),
    "anc_1e9_l": (0.0, 200.0),
    "platelets_1e9_l": (0.0, 3000.0),
}

CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=SCALE, key=key, grade=grade, words=words, source=source, evidence=evidence)
    for key, grade, words, source, evidence in (
        (
            "cr", CR,
            ("marrow blasts below 5 %, none in blood, no disease outside the marrow, neutrophils"
            " 1.0 and platelets 100 x 10^9/L or more (option: more than)"),
            "nci2010", "V",
        ),
        (
            "crh", CRH,
            "as CR, with neutrophils above 0.5 and platelets above 50 x 10^9/L",
            "house", "M",
        ),
        ("cri", CRI, "as CR, with neutrophils or platelets below those of CR", "gokbuget2024", "V"),
        (
            "mlfs", MLFS,
            ("marrow blasts below 5 % in a marrow that is not cellular enough to call a remission,"
            " none in blood, no disease outside the marrow; counts do not matter"),
            "gokbuget2024", "V",
        ),
        (
            "pr", PR,
            "marrow blasts 5 to 25 % and at most half of those before; no response in this disease",
            "gokbuget2024", "V",
        ),
        ("nr_marrow", NR, "marrow blasts 5 % or more, not a partial remission", "nci2010", "V"),
        ("nr_blood", NR, "blasts in blood", "nci2010", "V"),
        ("nr_extramedullary", NR, "disease outside the marrow, or blasts of CNS3", "nci2010", "V"),
        ("nr_mrd", NR, "residual disease of 1 % or more (option)", "gokbuget2024", "V"),
        ("ne", None, "no marrow, and nothing that excludes a remission without it", "house", "D"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseFindings:
    """What one assessment found; None is "not known", never "no".

    Attributes
    ----------
    bm_blast_pct : float or None
        Blasts in the marrow by morphology [%]; None without a marrow.
    bm_cellularity_ok : bool or None
        Whether the marrow was cellular enough to be read.
    pb_blasts : bool or None
        Blasts in the blood.
    anc_1e9_l, platelets_1e9_l : float or None
        Neutrophils and platelets [10^9/L].
    plt_transfused_7d, gcsf_7d : bool or None
        Platelet transfusion, G-CSF in the 7 days before the count.
    rbc_transfused_30d : bool or None
        Red cell transfusion in the 30 days before.
    emd_status : {"none", "present", "unknown"} or None
        Disease outside the marrow by imaging or examination.
    emd_symptoms : bool or None
        Whether anything pointed to such disease.
    cns_status : {1, 2, 3} or None
        CNS1 no blasts in the fluid, CNS2 fewer than 5 leucocytes/uL with blasts, CNS3 5 or more
        with blasts, or clinical signs.
    mrd : tuple of MrdSample or None
        Tests for residual disease.
    baseline_bm_blast_pct : float or None
        Blasts in the last marrow before the infusion [%].
    baseline_emd : {"none", "present", "unknown"} or None
        Disease outside the marrow before the infusion.
    """

    bm_blast_pct: float | None = None
    bm_cellularity_ok: bool | None = None
    pb_blasts: bool | None = None
    anc_1e9_l: float | None = None
    platelets_1e9_l: float | None = None
    plt_transfused_7d: bool | None = None
    gcsf_7d: bool | None = None
    rbc_transfused_30d: bool | None = None
    emd_status: Extramedullary | None = None
    emd_symptoms: bool | None = None
    cns_status: int | None = None
    mrd: tuple[MrdSample, ...] | None = None
    baseline_bm_blast_pct: float | None = None
    baseline_emd: Extramedullary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRules:
    """Which variant of the categories.

    Attributes
    ----------
    use_crh : bool
        Whether partial recovery of the counts has its own category.
    eln_strict : bool
        The European table: counts must exceed 1.0 and 100, and there is no CRh.
    eln_mrd1 : bool
        Whether residual disease of 1 % or more excludes a remission.
    allow_pb_surrogate : bool
        Whether blood free of blasts may stand for a marrow that was not taken.
    """

    use_crh: bool = True
    eln_strict: bool = False
    eln_mrd1: bool = False
    allow_pb_surrogate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The response at one assessment.

    Attributes
    ----------
    grade : Grade
        Place in `RESPONSES` (0 CR ... 5 NR), its bounds, what is missing and what decided. A
        missing marrow is NOT_EVALUABLE and keeps the bounds.
    category : str or None
        One of `RESPONSES`; NE without a marrow; None if it cannot be told.
    best, worst : str or None
        The best and the worst category that the findings allow; None if a finding is impossible.
    responder : bool or None
        Whether it is CR, CRh or CRi.
    mrd : Mrd
        Residual disease.
    mrd_negative : bool or None
        Whether it is CR, CRh or CRi without residual disease.
    """

    grade: Grade
    category: str | None
    best: str | None
    worst: str | None
    responder: bool | None
    mrd: Mrd
    mrd_negative: bool | None


def classify_extramedullary(findings: DiseaseFindings) -> bool | None:
    """Decide whether there is disease outside the marrow, or that it cannot be told.

    Rule
    ----
    ==============================================  ==========
    findings                                        answer
    ==============================================  ==========
    present, or CNS3                                yes
    none                                            no
    not known, none before, nothing points to it    assumed no
    not known otherwise                             not told
    ==============================================  ==========

    Parameters
    ----------
    findings : DiseaseFindings
        What the assessment found.

    Returns
    -------
    bool or None

    Raises
    ------
    ArgumentError
        If a status is none of its words.

    Notes
    -----
    `classify_response` flags what was assumed (``EMD_ASSUMED``). Blasts of CNS2 are flagged and
    no relapse by themselves. Source: [house] convention; CNS3 as disease outside the marrow
    [nci2010].

    Examples
    --------
    >>> classify_extramedullary(DiseaseFindings(emd_status="none", cns_status=3))
    True
    >>> print(classify_extramedullary(DiseaseFindings(baseline_emd="present")))
    None
    """
    allowed = (None, "none", "present", "unknown")
    if findings.emd_status not in allowed or findings.baseline_emd not in allowed:
        raise ArgumentError("`emd_status` and `baseline_emd` must be none, present or unknown.")
    if findings.cns_status not in (None, 1, 2, 3):
        raise ArgumentError("`cns_status` must be 1, 2 or 3.")
    if findings.emd_status == "present" or findings.cns_status == 3:
        return True
    if findings.emd_status == "none" or _assumed_free(findings):
        return False
    return None


def _assumed_free(findings: DiseaseFindings) -> bool:
    unknown = findings.emd_status in (None, "unknown")
    return unknown and findings.baseline_emd == "none" and not findings.emd_symptoms


def classify_response(findings: DiseaseFindings, *, rules: ResponseRules | None = None) -> Response:
    """Decide the category of response and residual disease at one assessment.

    Rule
    ----
    ============================================================  ==========================
    the first that holds                                          category
    ============================================================  ==========================
    blasts in blood, or disease outside the marrow                NR
    no marrow                                                     NE
    marrow blasts 5 to 25 %, at most half of those before         PR
    marrow blasts 5 % or more                                     NR
    residual disease 1 % or more (option)                         NR
    marrow not cellular enough                                    MLFS
    neutrophils 1.0 and platelets 100 x 10^9/L or more            CR
    neutrophils above 0.5 and platelets above 50 x 10^9/L         CRh (option)
    otherwise                                                     CRi
    ============================================================  ==========================

    Parameters
    ----------
    findings : DiseaseFindings
        What the assessment found.
    rules : ResponseRules or None
        Which variant; None is the default one.

    Returns
    -------
    Response

    Raises
    ------
    ArgumentError
        If a word is none of those allowed.

    Notes
    -----
    Unknown findings give bounds: without counts a marrow free of blasts is CR to CRi, and a
    responder all the same. Not in doubt is a marrow of unknown cellularity (it was read;
    ``CELLULARITY_ASSUMED``). Counts under platelet transfusion or G-CSF keep the category and are
    flagged (``COUNT_SUPPORTED``, ``TRANSFUSION_DEPENDENT`` for red cells). CRh is built from memory
    (``unverified_criterion``). Remission need not last. Source: [nci2010], [gokbuget2024],
    [cibmtr_all]. Checked against `tests/spec/test_all_response.py`.

    Examples
    --------
    >>> found = classify_response(DiseaseFindings(
    ...     bm_blast_pct=2, pb_blasts=False, emd_status="none", anc_1e9_l=0.3))
    >>> found.category, found.best, found.responder
    ('CRi', 'CRi', True)
    """
    rules = rules or ResponseRules()
    mrd = classify_mrd(findings.mrd)
    wrong = _impossible(findings) + (mrd.flags if mrd.status is Status.INVALID else ())
    if wrong:
        grade = Grade(scale=SCALE, status=Status.INVALID, flags=wrong)
        return Response(
            grade=grade, category=None, best=None, worst=None, responder=None, mrd=mrd,
            mrd_negative=None,
        )  # fmt: skip
    unknown = _unknown(findings, rules, mrd)
    decide = partial(_decide, findings, rules, mrd)
    grade = grade_between(
        SCALE,
        lambda worst: decide(unknown if worst else frozenset()),
        unknown=[name for name in sorted(unknown) if _matters(decide, name, unknown)],
    )
    return _response(findings, mrd, _with_marrow(grade, unknown))


def _response(findings: DiseaseFindings, mrd: Mrd, grade: Grade) -> Response:
    low, high = grade.low or 0, NR if grade.high is None else grade.high
    best, worst = RESPONSES[low], RESPONSES[high]
    category = None if grade.value is None else RESPONSES[grade.value]
    if grade.status is Status.NOT_EVALUABLE:
        category = "NE"
    responder = best in RESPONDING if (best in RESPONDING) == (worst in RESPONDING) else None
    return Response(
        grade=_flagged(grade, findings, mrd),
        category=category,
        best=best,
        worst=worst,
        responder=responder,
        mrd=mrd,
        mrd_negative=_both(responder, mrd.negative),
    )


def _both(*facts: bool | None) -> bool | None:
    if False in facts:
        return False
    return None if None in facts else True


def _impossible(findings: DiseaseFindings) -> tuple[str, ...]:
    wrong = []
    for field, (low, high) in RANGES.items():
        value = getattr(findings, field)
        if value is not None and (isnan(value) or not low <= value <= high):
            wrong.append(f"impossible:{field}")
    return tuple(wrong)


def _unknown(findings: DiseaseFindings, rules: ResponseRules, mrd: Mrd) -> frozenset[str]:
    """Return the findings that are unknown and could have to do with the category."""
    numbers = ("bm_blast_pct", "anc_1e9_l", "platelets_1e9_l", "baseline_bm_blast_pct")
    unknown = {name for name in (*numbers, "pb_blasts") if getattr(findings, name) is None}
    if rules.allow_pb_surrogate and findings.pb_blasts is not None:
        unknown.discard("bm_blast_pct")
    if classify_extramedullary(findings) is None:
        unknown.add("emd_status")
    amount_open = mrd.negative is False and mrd.value_pct is None
    if rules.eln_mrd1 and (amount_open or "MRD_CONTRADICTION" in mrd.flags):
        unknown.add("mrd_value_pct")
    return frozenset(unknown)


def _decide(
    findings: DiseaseFindings, rules: ResponseRules, mrd: Mrd, worst: frozenset[str]
) -> Decided:
    """Return the category with the findings named in `worst` at their worst value."""
    if findings.pb_blasts or "pb_blasts" in worst:
        return Decided(NR, ("nr_blood",))
    if classify_extramedullary(findings) or "emd_status" in worst:
        return Decided(NR, ("nr_extramedullary",))
    blasts = findings.bm_blast_pct
    if blasts is None:
        blasts = 100.0 if "bm_blast_pct" in worst else 0.0
    if blasts >= REMISSION_BELOW_PCT:
        return _with_blasts(findings, blasts, worst)
    failed = mrd.value_pct is not None and mrd.value_pct >= MRD_FAILURE_PCT
    if rules.eln_mrd1 and (failed or "mrd_value_pct" in worst):
        return Decided(NR, ("nr_mrd",))
    if findings.bm_cellularity_ok is False:
        return Decided(MLFS, ("mlfs",))
    return _by_counts(
        _count(findings.anc_1e9_l, low="anc_1e9_l" in worst),
        _count(findings.platelets_1e9_l, low="platelets_1e9_l" in worst),
        rules,
    )


def _count(value: float | None, *, low: bool) -> float:
    if value is not None:
        return value
    return 0.0 if low else float("inf")


def _with_blasts(findings: DiseaseFindings, blasts: float, worst: frozenset[str]) -> Decided:
    before = findings.baseline_bm_blast_pct
    halved = "baseline_bm_blast_pct" not in worst if before is None else blasts <= before / 2
    if blasts <= PARTIAL_TO_PCT and halved:
        return Decided(PR, ("pr",))
    return Decided(NR, ("nr_marrow",))


def _by_counts(anc: float, platelets: float, rules: ResponseRules) -> Decided:
    if rules.eln_strict:
        recovered = anc > ANC_CR and platelets > PLATELETS_CR
    else:
        recovered = anc >= ANC_CR and platelets >= PLATELETS_CR
    if recovered:
        return Decided(CR, ("cr",))
    if rules.use_crh and not rules.eln_strict and anc > ANC_CRH and platelets > PLATELETS_CRH:
        return Decided(CRH, ("crh",))
    return Decided(CRI, ("cri",))


def _matters(decide: partial[Decided], name: str, unknown: frozenset[str]) -> bool:
    """Say whether one unknown finding changes the category, the others at best or at worst."""
    alone = decide(frozenset({name})).grade != decide(frozenset()).grade
    return alone or decide(unknown - {name}).grade != decide(unknown).grade


def _with_marrow(grade: Grade, unknown: frozenset[str]) -> Grade:
    """Return a grade without a marrow as not evaluable, unless it is no remission anyway."""
    if "bm_blast_pct" not in unknown or grade.status is Status.OK:
        return grade
    return Grade(
        scale=grade.scale,
        status=Status.NOT_EVALUABLE,
        low=grade.low,
        high=grade.high,
        missing=grade.missing,
        because=("ne",),
    )


def _flagged(grade: Grade, findings: DiseaseFindings, mrd: Mrd) -> Grade:
    """Add what a reader must know of findings that took part."""
    free = grade.low is not None and grade.low <= MLFS
    supported = bool(findings.plt_transfused_7d or findings.gcsf_7d)
    candidates = (
        ("unverified_criterion", grade.low == CRH),
        ("EMD_ASSUMED", free and _assumed_free(findings) and findings.cns_status != 3),
        ("CELLULARITY_ASSUMED", free and findings.bm_cellularity_ok is None
         and findings.bm_blast_pct is not None),
        ("COUNT_SUPPORTED", free and supported),
        ("TRANSFUSION_DEPENDENT", free and bool(findings.rbc_transfused_30d)),
        ("PB_SURROGATE", free and findings.bm_blast_pct is None and grade.because != ("ne",)),
        ("CNS2", findings.cns_status == 2),
    )  # fmt: skip
    flags = tuple(name for name, holds in candidates if holds) + mrd.flags
    return Grade(
        scale=grade.scale, status=grade.status, value=grade.value, low=grade.low, high=grade.high,
        missing=grade.missing, because=grade.because, flags=flags,
    )  # fmt: skip
