"""Relapse at one assessment, where it is, and what the blasts carry."""

from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Literal

from autallo.clinical.all_response import DiseaseFindings, classify_extramedullary
from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.clinical.mrd import classify_mrd
from autallo.errors import ArgumentError

__all__ = [
    "CRITERIA",
    "RELAPSE_RULES",
    "Relapse",
    "RelapseEvidence",
    "classify_antigen",
    "classify_relapse",
]

RelapseRule = Literal["standard", "nci2010", "ponte_di_legno"]
RELAPSE_RULES = ("standard", "nci2010", "ponte_di_legno")
#: Blasts in the marrow [%].
REMISSION_BELOW_PCT, CERTAIN_FROM_PCT = 5.0, 25.0
TRACE_FROM_PCT = 1.0
#: CD19 on the blasts below which they are negative, and from which they are positive [%].
CD19_NEGATIVE_PCT, CD19_POSITIVE_PCT = 10.0, 90.0
#: Impossible values and more tests than there are.
MOST_TESTS = 10

CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=scale, key=key, grade=1, words=words, source=source, evidence=evidence)
    for scale, key, words, source, evidence in (
        (
            "relapse_standard",
            "marrow",
            "after a remission, marrow blasts 5 % or more that are no regeneration",
            "house",
            "D",
        ),
        ("relapse_standard", "blood", "after a remission, blasts in blood", "house", "D"),
        (
            "relapse_standard",
            "extramedullary",
            "after a remission, disease outside the marrow: biopsy, CNS3, or imaging that fits",
            "house",
            "V2",
        ),
        (
            "relapse_nci2010",
            "marrow",
            "after a remission, marrow blasts 25 % or more, confirmed by flow or PCR",
            "nci2010",
            "V",
        ),
        (
            "relapse_nci2010",
            "blood",
            "after a remission, blasts in blood, confirmed by flow or PCR",
            "nci2010",
            "V",
        ),
        (
            "relapse_nci2010",
            "extramedullary",
            "after a remission, blasts outside the marrow, confirmed by flow or PCR",
            "nci2010",
            "V",
        ),
        (
            "relapse_ponte_di_legno",
            "marrow",
            (
                "after a remission, marrow blasts 25 % or more; or 5 to below 25 % and one other"
                " test with 1 % or more; or 1 to below 5 % and two such tests"
            ),
            "buchmann2022",
            "V",
        ),
        ("relapse_ponte_di_legno", "blood", "after a remission, blasts in blood", "house", "D"),
        (
            "relapse_ponte_di_legno",
            "extramedullary",
            "after a remission, disease outside the marrow",
            "house",
            "D",
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelapseEvidence:
    """What was found out about the blasts; None is "not known".

    Attributes
    ----------
    due_to_regeneration : bool or None
        Whether the blasts of the marrow are those of a recovering marrow.
    confirmed : bool or None
        Whether flow cytometry, PCR or cytogenetics showed the blasts to be leukaemic.
    other_tests_1pct : int or None
        Number of tests other than morphology and those in `mrd` with leukaemic cells of 1 % or
        more (karyotype, FISH, chimerism).
    cd19_pct : float or None
        Blasts with CD19 by flow cytometry [%].
    myeloid_phenotype, same_clone : bool or None
        Whether the blasts are myeloid, and whether they stem from the leukaemia treated.
    """

    due_to_regeneration: bool | None = None
    confirmed: bool | None = None
    other_tests_1pct: int | None = None
    cd19_pct: float | None = None
    myeloid_phenotype: bool | None = None
    same_clone: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relapse:
    """Whether an assessment after a remission shows a relapse.

    Attributes
    ----------
    grade : Grade
        1 relapse, 0 none, with bounds where it cannot be told; `because` names the sites.
    value : bool or None
        Whether it is a relapse; None if it cannot be told.
    isolated_extramedullary : bool or None
        Whether it is outside the marrow only: marrow blasts below 5 %, none in blood, and no
        residual disease.
    antigen : {"negative", "partial", "positive"} or None
        CD19 on the blasts.
    lineage_switch : bool or None
        Whether the same clone came back with a myeloid phenotype.
    """

    grade: Grade
    value: bool | None
    isolated_extramedullary: bool | None = None
    antigen: Literal["negative", "partial", "positive"] | None = None
    lineage_switch: bool | None = None


def classify_antigen(cd19_pct: float) -> Literal["negative", "partial", "positive"]:
    """Decide whether blasts carry CD19.

    Rule
    ----
    ====================  ========
    blasts with CD19      CD19
    ====================  ========
    below 10 %            negative
    10 % to below 90 %    partial
    90 % or more          positive
    ====================  ========

    Parameters
    ----------
    cd19_pct : float
        Blasts with CD19, 0 to 100 [%].

    Returns
    -------
    {"negative", "partial", "positive"}

    Raises
    ------
    ArgumentError
        If it is not a percentage.

    Notes
    -----
    Source: [house] convention.

    Examples
    --------
    >>> [classify_antigen(share) for share in (3, 10, 89.9, 90)]
    ['negative', 'partial', 'partial', 'positive']
    """
    if isnan(cd19_pct) or not 0 <= cd19_pct <= 100:
        raise ArgumentError("`cd19_pct` must be between 0 and 100.")
    if cd19_pct < CD19_NEGATIVE_PCT:
        return "negative"
    return "partial" if cd19_pct < CD19_POSITIVE_PCT else "positive"


def classify_relapse(
    findings: DiseaseFindings,
    evidence: RelapseEvidence | None = None,
    *,
    rule: RelapseRule = "standard",
) -> Relapse:
    """Decide whether an assessment after a remission (CR, CRh, CRi) shows a relapse.

    Rule
    ----
    ===============  ==========================  ==========================================
    rule             blood, outside the marrow   marrow
    ===============  ==========================  ==========================================
    standard         any                         5 % or more that are no regeneration
    nci2010          any, if confirmed           25 % or more, if confirmed
    ponte_di_legno   any                         25 % or more; from 5 % with one other test of
                                                 1 % or more; from 1 % with two
    ===============  ==========================  ==========================================

    Parameters
    ----------
    findings : DiseaseFindings
        What the assessment found.
    evidence : RelapseEvidence or None
        What was found out about the blasts; None is nothing.
    rule : {"standard", "nci2010", "ponte_di_legno"}
        Which variant.

    Returns
    -------
    Relapse

    Raises
    ------
    ArgumentError
        If the rule is not known, or a word is none of those allowed.

    Notes
    -----
    That there was a remission before is for the caller (`classify_disease_course`). Marrow blasts
    are no regeneration if flow cytometry or PCR shows them to be leukaemic, if residual disease is
    1 % or more; from 25 % on that is assumed where nothing else is known (``LEUKAEMIC_ASSUMED``);
    otherwise an unknown cause stays unknown. Between 1 % and 5 %
    without two other tests the marrow is to be repeated (``REPEAT_MARROW``). A marrow not taken
    leaves the answer open unless blood or another site decides. Residual disease alone is no
    relapse of this kind. Source: [nci2010], [buchmann2022]; the standard rule and the limits of
    CD19 are conventions of this package. Checked against `tests/spec/test_relapse.py`.

    Examples
    --------
    >>> six = DiseaseFindings(bm_blast_pct=6, pb_blasts=False, emd_status="none")
    >>> classify_relapse(six, RelapseEvidence(confirmed=True)).value
    True
    >>> print(classify_relapse(six).value)
    None
    """
    if rule not in RELAPSE_RULES:
        raise ArgumentError(f"`rule` must be one of {', '.join(RELAPSE_RULES)}.")
    evidence = evidence or RelapseEvidence()
    scale = f"relapse_{rule}"
    wrong = _impossible(findings, evidence)
    if wrong:
        return Relapse(grade=Grade(scale=scale, status=Status.INVALID, flags=wrong), value=None)
    unknown = _unknown(findings, evidence, rule)
    decide = partial(_decide, findings, evidence, rule)
    grade = grade_between(
        scale,
        lambda worst: decide(unknown if worst else frozenset()),
        unknown=[name for name in sorted(unknown) if _matters(decide, name, unknown)],
    )
    return _relapse(grade, findings, evidence, rule)


def _relapse(
    grade: Grade, findings: DiseaseFindings, evidence: RelapseEvidence, rule: RelapseRule
) -> Relapse:
    flags = _flags(grade, findings, evidence, rule)
    grade = Grade(
        scale=grade.scale,
        status=grade.status,
        value=grade.value,
        low=grade.low,
        high=grade.high,
        missing=grade.missing,
        because=grade.because,
        flags=flags,
    )
    if not grade.high:
        return Relapse(grade=grade, value=False)
    antigen = None if evidence.cd19_pct is None else classify_antigen(evidence.cd19_pct)
    return Relapse(
        grade=grade,
        value=True if grade.value else None,
        isolated_extramedullary=_isolated(findings),
        antigen=antigen,
        lineage_switch=_both(evidence.myeloid_phenotype, evidence.same_clone),
    )


def _flags(
    grade: Grade, findings: DiseaseFindings, evidence: RelapseEvidence, rule: RelapseRule
) -> tuple[str, ...]:
    blasts = findings.bm_blast_pct
    trace = blasts is not None and TRACE_FROM_PCT <= blasts < REMISSION_BELOW_PCT
    repeat = rule == "ponte_di_legno" and trace and "marrow" not in grade.because
    cd19 = evidence.cd19_pct
    partly = cd19 is not None and classify_antigen(cd19) == "partial"
    named = (
        ("REPEAT_MARROW", repeat),
        ("CD19_PARTIAL", partly and bool(grade.high)),
        ("LEUKAEMIC_ASSUMED", "marrow" in grade.because and _assumed(findings, evidence, rule)),
    )
    return tuple(flag for flag, holds in named if holds)


def _impossible(findings: DiseaseFindings, evidence: RelapseEvidence) -> tuple[str, ...]:
    wrong = []
    for field, value in (("bm_blast_pct", findings.bm_blast_pct), ("cd19_pct", evidence.cd19_pct)):
        if value is not None and (isnan(value) or not 0 <= value <= 100):
            wrong.append(f"impossible:{field}")
    tests = evidence.other_tests_1pct
    if tests is not None and not 0 <= tests <= MOST_TESTS:
        wrong.append("impossible:other_tests_1pct")
    mrd = classify_mrd(findings.mrd)
    return (*wrong, *(mrd.flags if mrd.status is Status.INVALID else ()))


def _leukaemic(findings: DiseaseFindings, evidence: RelapseEvidence) -> bool | None:
    """Say whether the blasts of the marrow are leukaemic rather than regenerating."""
    if _confirmed(findings, evidence):
        return True
    if evidence.due_to_regeneration is not None:
        return not evidence.due_to_regeneration
    if findings.bm_blast_pct is not None and findings.bm_blast_pct >= CERTAIN_FROM_PCT:
        return True
    return None


def _assumed(findings: DiseaseFindings, evidence: RelapseEvidence, rule: RelapseRule) -> bool:
    """Say whether the amount alone shows that the blasts are no regeneration."""
    unknown = evidence.due_to_regeneration is None and not _confirmed(findings, evidence)
    return rule == "standard" and unknown


def _other_tests(findings: DiseaseFindings, *, worst: bool, evidence: RelapseEvidence) -> int:
    """Count the tests other than morphology with 1 % or more; one for each method."""
    methods = {
        sample.method
        for sample in findings.mrd or ()
        if sample.value_pct is not None
        and sample.value_pct >= TRACE_FROM_PCT
        and sample.result in (None, "positive")
    }
    more = evidence.other_tests_1pct
    return len(methods) + ((2 if worst else 0) if more is None else more)


def _unknown(
    findings: DiseaseFindings, evidence: RelapseEvidence, rule: RelapseRule
) -> frozenset[str]:
    unknown = {name for name in ("bm_blast_pct", "pb_blasts") if getattr(findings, name) is None}
    if classify_extramedullary(findings) is None:
        unknown.add("emd_status")
    if rule == "standard" and _leukaemic(findings, evidence) is None:
        unknown.add("due_to_regeneration")
    if rule == "nci2010" and _confirmed(findings, evidence) is None:
        unknown.add("confirmed")
    if rule == "ponte_di_legno" and evidence.other_tests_1pct is None:
        unknown.add("other_tests_1pct")
    return frozenset(unknown)


def _confirmed(findings: DiseaseFindings, evidence: RelapseEvidence) -> bool | None:
    value = classify_mrd(findings.mrd).value_pct
    return True if value is not None and value >= TRACE_FROM_PCT else evidence.confirmed


def _decide(
    findings: DiseaseFindings,
    evidence: RelapseEvidence,
    rule: RelapseRule,
    worst: frozenset[str],
) -> Decided:
    """Return 1 for a relapse and its sites, with the findings named in `worst` at their worst."""
    sites = (
        ("marrow", _in_marrow(findings, evidence, rule, worst)),
        ("blood", bool(findings.pb_blasts) or "pb_blasts" in worst),
        ("extramedullary", bool(classify_extramedullary(findings)) or "emd_status" in worst),
    )
    found = tuple(site for site, holds in sites if holds)
    if rule == "nci2010" and not (_confirmed(findings, evidence) or "confirmed" in worst):
        found = ()
    return Decided(int(bool(found)), found)


def _in_marrow(
    findings: DiseaseFindings,
    evidence: RelapseEvidence,
    rule: RelapseRule,
    worst: frozenset[str],
) -> bool:
    blasts = findings.bm_blast_pct
    if blasts is None:
        blasts = 100.0 if "bm_blast_pct" in worst else 0.0
    if rule == "nci2010":
        return blasts >= CERTAIN_FROM_PCT
    if rule == "standard":
        leukaemic = _leukaemic(findings, evidence) or "due_to_regeneration" in worst
        return blasts >= REMISSION_BELOW_PCT and leukaemic
    tests = _other_tests(findings, worst="other_tests_1pct" in worst, evidence=evidence)
    needed = 0 if blasts >= CERTAIN_FROM_PCT else 1 if blasts >= REMISSION_BELOW_PCT else 2
    return blasts >= TRACE_FROM_PCT and tests >= needed


def _matters(decide: partial[Decided], name: str, unknown: frozenset[str]) -> bool:
    """Say whether one unknown finding changes the answer, the others at best or at worst."""
    alone = decide(frozenset({name})).grade != decide(frozenset()).grade
    return alone or decide(unknown - {name}).grade != decide(unknown).grade


def _isolated(findings: DiseaseFindings) -> bool | None:
    blasts = findings.bm_blast_pct
    low = None if blasts is None else blasts < REMISSION_BELOW_PCT
    free = None if findings.pb_blasts is None else not findings.pb_blasts
    negative = classify_mrd(findings.mrd).negative
    return _both(classify_extramedullary(findings), low, free, negative)


def _both(*facts: bool | None) -> bool | None:
    if False in facts:
        return False
    return None if None in facts else True
