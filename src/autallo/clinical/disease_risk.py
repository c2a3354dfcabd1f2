"""Where the leukaemia stands before infusion: Disease Risk Index and burden of disease."""

from collections.abc import Sequence
from dataclasses import dataclass

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.clinical.unknowns import UNVERIFIED, at_least, held, refused, under
from autallo.errors import ArgumentError

__all__ = [
    "BURDEN_WORDS",
    "CRITERIA",
    "RISK_WORDS",
    "BurdenFindings",
    "DiseaseState",
    "MarrowSample",
    "best_marrow",
    "grade_disease_burden",
    "grade_disease_risk",
]

RISK, BURDEN = "disease_risk_index", "disease_burden"
#: Words of the grades, by number.
RISK_WORDS = {1: "intermediate", 2: "high", 3: "very high"}
BURDEN_WORDS = {0: "undetectable", 1: "MRD-level", 2: "low", 3: "high"}
#: Diseases that the part of the index built here is for.
LYMPHOBLASTIC = ("ALL", "B-ALL", "T-ALL")
MRD_FROM, HIGH_FROM, BULKY_FROM = 0.01, 5.0, 50.0
#: Days before the infusion in which a marrow tells the burden.
MARROW_DAYS = (-30, -1)

CRITERIA = tuple(
    Criterion(scale=scale, key=key, grade=grade, words=words, source=source, evidence=evidence)
    for scale, key, grade, words, source, evidence in (
        (RISK, "first_remission", 1, "acute lymphoblastic leukaemia in first remission",
         "armand2014", "M"),
        (RISK, "later_remission", 2, "acute lymphoblastic leukaemia in a later remission",
         "armand2014", "M"),
        (RISK, "no_remission", 3, "acute lymphoblastic leukaemia, not in remission",
         "armand2014", "M"),
        (BURDEN, "mrd_negative", 0, "residual disease below 0.01 %", "park2018", "M"),
        (BURDEN, "mrd_level", 1, "residual disease from 0.01 %, blasts below 5 %", "park2018", "M"),
        (BURDEN, "blasts_below_5", 2, "blasts below 5 %, residual disease not measured",
         "park2018", "M"),
        (BURDEN, "blasts_from_5", 3, "blasts 5 % or more", "park2018", "M"),
        (BURDEN, "cns3", 3, "leukaemia of the central nervous system, CNS3", "park2018", "M"),
        (BURDEN, "extramedullary", 3, "extramedullary disease elsewhere", "park2018", "M"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseState:
    """The disease before the infusion or transplant; None is unknown.

    Attributes
    ----------
    disease : str or None
        Name of the disease: ``B-ALL``, ``T-ALL``, ``ALL`` or another.
    in_remission : bool or None
        Whether it was in complete remission; primary induction failure is not.
    remission_number : int or None
        Which remission, from 1.
    """

    disease: str | None = None
    in_remission: bool | None = None
    remission_number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BurdenFindings:
    """Leukaemia before the infusion; None is unknown.

    Attributes
    ----------
    blasts_pct : float or None
        Blasts in the marrow [%].
    mrd_pct : float or None
        Residual disease by flow cytometry [%]; 0 where none was found. None: not measured.
    cns3 : bool or None
        Leukaemia of the central nervous system, CNS3.
    extramedullary : bool or None
        Extramedullary disease outside the central nervous system.
    """

    blasts_pct: float | None = None
    mrd_pct: float | None = None
    cns3: bool | None = None
    extramedullary: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarrowSample:
    """One marrow.

    Attributes
    ----------
    day : int
        Day from the infusion.
    blasts_pct, mrd_pct : float or None
        Blasts and residual disease [%]; None: not measured.
    """

    day: int
    blasts_pct: float | None = None
    mrd_pct: float | None = None


def grade_disease_risk(state: DiseaseState) -> Grade:
    """Grade the Disease Risk Index, its part on acute lymphoblastic leukaemia.

    Rule
    ----
    ==================================  =====  ==============
    disease                             grade  risk
    ==================================  =====  ==============
    ALL in first remission              1      intermediate
    ALL in a later remission            2      high
    ALL not in remission                3      very high
    another disease                     none   not applicable
    ==================================  =====  ==============

    Parameters
    ----------
    state : DiseaseState
        The disease before the infusion or transplant.

    Returns
    -------
    Grade
        Words of the grade in `RISK_WORDS`. Every grade carries ``unverified_criterion``.

    Notes
    -----
    Other diseases need the full table, which is not built here.
    Source: [armand2014]. Checked against `tests/spec/test_disease_risk.py`.

    Examples
    --------
    >>> grade_disease_risk(DiseaseState(disease="B-ALL", in_remission=True,
    ...                                 remission_number=2)).value
    2
    """
    number = state.remission_number
    if number is not None and (number < 1 or number != int(number)):
        flags = ("impossible:remission_number",)
        return Grade(scale=RISK, status=Status.INVALID, flags=flags)
    if state.disease is None:
        return Grade(scale=RISK, status=Status.NOT_EVALUABLE, missing=("disease",))
    if state.disease not in LYMPHOBLASTIC:
        return Grade(scale=RISK, status=Status.NOT_APPLICABLE)
    active = None if state.in_remission is None else not state.in_remission

    def rule(worst: bool) -> Decided:  # noqa: FBT001
        if held(active, worst):
            return Decided(3, ("no_remission",), (UNVERIFIED,))
        if held(None if number is None else number > 1, worst):
            return Decided(2, ("later_remission",), (UNVERIFIED,))
        return Decided(1, ("first_remission",), (UNVERIFIED,))

    names = ("in_remission", "remission_number")
    return grade_between(
        RISK, rule, unknown=[name for name in names if getattr(state, name) is None]
    )


def grade_disease_burden(findings: BurdenFindings) -> Grade:
    """Grade the burden of leukaemia before the infusion.

    Rule
    ----
    =======================================================  =====  ============
    leukaemia                                                grade  burden
    =======================================================  =====  ============
    blasts 5 % or more, CNS3, or extramedullary elsewhere    3      high
    blasts below 5 %, residual disease not measured          2      low
    blasts below 5 %, residual disease 0.01 % or more        1      MRD-level
    residual disease below 0.01 %                            0      undetectable
    =======================================================  =====  ============

    Parameters
    ----------
    findings : BurdenFindings
        Leukaemia before the infusion.

    Returns
    -------
    Grade
        Words of the grade in `BURDEN_WORDS`. Flags: ``BULKY`` for blasts 50 % or more,
        ``mrd_not_measured``, ``mrd_contradicts_blasts`` (no residual disease, but blasts 5 % or
        more); every grade carries ``unverified_criterion``.

    Notes
    -----
    Low is the word for less than 5 % where no residual disease was measured; it says less than
    the two grades below it. Disease outside the marrow overrides blasts, and unknown it leaves the
    grade open up to high. Without residual disease blasts that were not counted are taken to be
    below 5 %. The limit of 50 % for bulky disease is of this package.
    Source: [park2018]. Checked against `tests/spec/test_disease_risk.py`.

    Examples
    --------
    >>> grade_disease_burden(BurdenFindings(blasts_pct=3, cns3=False, extramedullary=False)).value
    2
    """
    wrong = refused(BURDEN, findings, {})
    if wrong is not None:
        return wrong
    blasts, mrd = findings.blasts_pct, findings.mrd_pct
    negative = under(mrd, MRD_FROM)
    many = at_least(blasts, HIGH_FROM)
    if many is None and negative:
        many = False
    known = {
        "BULKY": at_least(blasts, BULKY_FROM),
        "mrd_not_measured": mrd is None,
        "mrd_contradicts_blasts": many and negative,
        UNVERIFIED: True,
    }
    flags = tuple(flag for flag, holds in known.items() if holds)

    def rule(worst: bool) -> Decided:  # noqa: FBT001
        high = [
            key
            for key, finding in (
                ("blasts_from_5", many),
                ("cns3", findings.cns3),
                ("extramedullary", findings.extramedullary),
            )
            if held(finding, worst)
        ]
        if high:
            return Decided(3, tuple(high), flags)
        if negative is None and blasts is None:
            return Decided(0, (), flags)
        if negative is None:
            return Decided(2, ("blasts_below_5",), flags)
        if negative:
            return Decided(0, ("mrd_negative",), flags)
        return Decided(1, ("mrd_level",), flags)

    names = [name for name in ("cns3", "extramedullary") if getattr(findings, name) is None]
    unknown = (["blasts_pct"] if many is None else []) + names
    return grade_between(BURDEN, rule, unknown=unknown)


def best_marrow(samples: Sequence[MarrowSample]) -> MarrowSample | None:
    """Choose the marrow that tells the burden of disease before the infusion.

    Rule
    ----
    =================================================  ==========================
    marrows                                            which
    =================================================  ==========================
    one or more from day -30 to day -1                 the last
    none in these days, or nothing was measured        none
    =================================================  ==========================

    Parameters
    ----------
    samples : sequence of MarrowSample
        In any order.

    Returns
    -------
    MarrowSample or None

    Raises
    ------
    ArgumentError
        If a share is not a percentage.

    Notes
    -----
    A marrow after bridging therapy is preferred: the last one is after it whenever any is. Of two
    marrows of one day the one with more blasts counts, then more residual disease.
    Source: [house] rule. Checked against `tests/spec/test_disease_risk.py`.

    Examples
    --------
    >>> best_marrow([MarrowSample(day=-35, blasts_pct=60), MarrowSample(day=-9, blasts_pct=2)]).day
    -9
    """
    for one in samples:
        shares = [value for value in (one.blasts_pct, one.mrd_pct) if value is not None]
        if not all(0 <= value <= 100 for value in shares):
            raise ArgumentError("`blasts_pct` and `mrd_pct` must be between 0 and 100.")
    first, last = MARROW_DAYS
    inside = [
        one
        for one in samples
        if first <= one.day <= last and not (one.blasts_pct is None and one.mrd_pct is None)
    ]
    return max(inside, key=_latest, default=None)


def _latest(one: MarrowSample) -> tuple[int, float, float]:
    shares = [-1.0 if value is None else value for value in (one.blasts_pct, one.mrd_pct)]
    return one.day, shares[0], shares[1]
