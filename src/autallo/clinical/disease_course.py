"""Remission, relapse and residual disease of one patient from all assessments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autallo.clinical.all_response import (
    DiseaseFindings,
    Response,
    ResponseRules,
    classify_response,
)
from autallo.clinical.mrd import Mrd
from autallo.clinical.relapse import RelapseEvidence, RelapseRule, classify_relapse
from autallo.clinical.response import (
    FIRST_RESPONSE_DAY,
    RESPONSE_DAY,
    RESPONSE_TOLERANCE_DAYS,
    BestResponse,
    classify_best_response,
)

__all__ = ["Assessment", "DiseaseCourse", "classify_disease_course"]

#: Residual disease is confirmed by a second sample so many days later or more [days].
CONFIRM_MRD_DAYS = 7
#: A remission that is still there so many days later is confirmed [days].
CONFIRM_REMISSION_DAYS = 28
#: Categories of residual disease that say whether a positive sample was one.
TELLING = ("negative", "low_positive", "positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One assessment of the disease.

    Attributes
    ----------
    day : int
        Day of the assessment [days from day 0].
    findings : DiseaseFindings
        What it found.
    evidence : RelapseEvidence or None
        What was found out about the blasts; None is nothing.
    """

    day: int
    findings: DiseaseFindings
    evidence: RelapseEvidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseCourse:
    """The disease of one patient after the infusion.

    Attributes
    ----------
    responses : tuple of (int, str)
        Day [days] and category of every assessment whose category is known, NE included.
    unsure : tuple of (int, str, str)
        Day, best and worst category of every assessment that leaves it open.
    best : BestResponse
        Best category in the window.
    best_possible, best_at_least : str
        The best category in the window if every open one was as good, and as bad, as it could be.
    mrd_negative : bool or None
        Whether a remission without residual disease was seen in the window.
    mrd_negative_day : int or None
        Its first day at any time [days].
    remission_day : int or None
        First day in CR, CRh or CRi at any time; 0 where the patient was infused in remission.
    confirmed : bool or None
        Whether the remission was still there 28 days later or more; None if nobody looked.
    relapse_day : int or None
        First relapse in the marrow, in blood or outside the marrow, after a remission [days].
    relapse_sites : tuple of str
        Where that relapse was.
    possible_relapse_day : int or None
        First day on which such a relapse cannot be excluded; `relapse_day` if nothing is open.
    mrd_relapse_day : int or None
        First sample with 0.01 % or more after a remission without residual disease, before a
        relapse, confirmed [days].
    possible_mrd_relapse_day : int or None
        The same with those that nothing confirmed or refuted.
    last_assessment_day : int or None
        Last assessment from day 0 on whose category or relapse is known [days].
    flags : tuple of str
        ``MRD_UNCONFIRMED``, ``RELAPSE_OPEN``, and those of impossible findings.
    """

    responses: tuple[tuple[int, str], ...] = ()
    unsure: tuple[tuple[int, str, str], ...] = ()
    best: BestResponse
    best_possible: str = "NE"
    best_at_least: str = "NE"
    mrd_negative: bool | None = None
    mrd_negative_day: int | None = None
    remission_day: int | None = None
    confirmed: bool | None = None
    relapse_day: int | None = None
    relapse_sites: tuple[str, ...] = ()
    possible_relapse_day: int | None = None
    mrd_relapse_day: int | None = None
    possible_mrd_relapse_day: int | None = None
    last_assessment_day: int | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One assessment as read: response, whether a relapse is certain, and whether possible."""

    day: int
    response: Response
    relapsed: bool
    may_relapse: bool
    sites: tuple[str, ...]


def classify_disease_course(
    assessments: Iterable[Assessment],
    *,
    in_remission_at_infusion: bool | None = False,
    rules: ResponseRules | None = None,
    relapse_rule: RelapseRule = "standard",
    confirm_mrd: bool = True,
    by_day: int = RESPONSE_DAY,
    tolerance_days: int = RESPONSE_TOLERANCE_DAYS,
) -> DiseaseCourse:
    """Decide response, relapse and relapse of residual disease from every assessment.

    Rule
    ----
    ==============================  ======================================================
    question                        answer
    ==============================  ======================================================
    best response                   the best category from day 7 to `by_day` +
                                    `tolerance_days`
    relapse                         the first assessment after a remission (CR, CRh, CRi)
                                    that shows one by `relapse_rule`
    relapse of residual disease     after a remission without residual disease, the first
                                    sample with 0.01 % or more before a relapse, if the next
                                    sample 7 days later or more shows it again, or a
                                    relapse comes before such a sample
    remission confirmed             seen again 28 days later or more, no relapse between
    relapse not excluded            the first assessment that leaves it open, after the
                                    last one in remission
    ==============================  ======================================================

    Parameters
    ----------
    assessments : iterable of Assessment
        Every assessment, in any order; those before day 0 are not used.
    in_remission_at_infusion : bool or None
        Whether the patient was in CR, CRh or CRi on day 0, so that a relapse needs no response.
    rules : ResponseRules or None
        Variant of the categories; None is the default one.
    relapse_rule : {"standard", "nci2010", "ponte_di_legno"}
        Variant of relapse.
    confirm_mrd : bool
        Whether one positive sample is not enough for a relapse of residual disease.
    by_day, tolerance_days : int
        The window of the response [days].

    Returns
    -------
    DiseaseCourse

    Notes
    -----
    The course of a `PatientCourse` is made of it: `responses`, `unsure`, `relapse_day`,
    `possible_relapse_day`, `mrd_relapse_day` and `last_assessment_day` have the same names there.
    An assessment in remission shows that an open one before it was no relapse. Source: [nci2010],
    [buchmann2022] for relapse; windows and confirmation are conventions of this package. Checked
    against `tests/spec/test_relapse.py`.

    Examples
    --------
    >>> free = dict(pb_blasts=False, emd_status="none", anc_1e9_l=2, platelets_1e9_l=200)
    >>> course = classify_disease_course([
    ...     Assessment(day=28, findings=DiseaseFindings(bm_blast_pct=1, **free)),
    ...     Assessment(day=120, findings=DiseaseFindings(bm_blast_pct=6, **free),
    ...                evidence=RelapseEvidence(confirmed=True))])
    >>> course.best.category, course.relapse_day, course.relapse_sites
    ('CR', 120, ('marrow',))
    """
    read = _read(assessments, rules, relapse_rule)
    responses = tuple((one.day, one.response.category) for one in read if one.response.category)
    unsure = tuple(
        (one.day, one.response.best, one.response.worst)
        for one in read
        if one.response.best and one.response.worst and one.response.best != one.response.worst
    )
    window = {"by_day": by_day, "tolerance_days": tolerance_days}
    good = [(day, best) for day, best, _ in unsure]
    bad = [(day, worst) for day, _, worst in unsure]
    infused_so = 0 if in_remission_at_infusion else None
    remission = _first((one.day for one in read if one.response.responder), infused_so)
    relapse = _relapse(read, remission)
    possible = _possible(read, relapse, unknown=in_remission_at_infusion is None)
    relapse_day = None if relapse is None else relapse.day
    negative_day = _first(one.day for one in read if one.response.mrd_negative)
    mrd_day, mrd_open = _mrd_relapse(read, negative_day, relapse_day, confirm=confirm_mrd)
    flags = tuple(sorted({f for one in read for f in one.response.grade.flags if ":" in f}))
    return DiseaseCourse(
        responses=responses,
        unsure=unsure,
        best=classify_best_response(responses, **window),
        best_possible=classify_best_response([*responses, *good], **window).category,
        best_at_least=classify_best_response([*responses, *bad], **window).category,
        mrd_negative=_mrd_negative(read, by_day + tolerance_days),
        mrd_negative_day=negative_day,
        remission_day=remission,
        confirmed=_confirmed(read, remission, relapse_day),
        relapse_day=relapse_day,
        relapse_sites=() if relapse is None else relapse.sites,
        possible_relapse_day=possible,
        mrd_relapse_day=mrd_day,
        possible_mrd_relapse_day=mrd_day if mrd_open is None else mrd_open,
        last_assessment_day=max((one.day for one in read if _told(one)), default=None),
        flags=flags
        + (("MRD_UNCONFIRMED",) if mrd_open is not None else ())
        + (("RELAPSE_OPEN",) if possible != relapse_day else ()),
    )


def _read(
    assessments: Iterable[Assessment], rules: ResponseRules | None, rule: RelapseRule
) -> list[_Read]:
    read = []
    for one in assessments:
        if one.day < 0:
            continue
        response = classify_response(one.findings, rules=rules)
        relapse = classify_relapse(one.findings, one.evidence, rule=rule)
        grade = relapse.grade
        read.append(
            _Read(
                day=one.day,
                response=response,
                relapsed=grade.low == 1,
                may_relapse=grade.high == 1,
                sites=grade.because,
            )
        )
    return sorted(read, key=_order)


def _order(one: _Read) -> tuple[int, str, str, bool, tuple[str, ...], str]:
    """Order by day and then by what was found, so that the order given is none."""
    best, worst = one.response.best or "", one.response.worst or ""
    return one.day, best, worst, one.relapsed, one.sites, str(one.response.mrd)


def _first(days: Iterable[int], *others: int | None) -> int | None:
    return min([*days, *(day for day in others if day is not None)], default=None)


def _told(one: _Read) -> bool:
    known = one.response.category not in (None, "NE")
    return known or one.relapsed


def _relapse(read: Sequence[_Read], remission: int | None) -> _Read | None:
    if remission is None:
        return None
    return next((one for one in read if one.day > remission and one.relapsed), None)


def _possible(read: Sequence[_Read], relapse: _Read | None, *, unknown: bool) -> int | None:
    """Return the first day on which a relapse cannot be excluded."""
    end = None if relapse is None else relapse.day
    before = [one for one in read if end is None or one.day < end]
    start = _first(one.day for one in before if one.response.responder is not False)
    if unknown:
        start = 0
    if start is None:
        return end
    seen = max((one.day for one in before if one.response.responder), default=start)
    open_days = (one.day for one in before if one.day > max(start, seen) and one.may_relapse)
    return _first(open_days, end)


def _confirmed(
    read: Sequence[_Read], remission: int | None, relapse_day: int | None
) -> bool | None:
    if remission is None:
        return None
    later = remission + CONFIRM_REMISSION_DAYS
    again = (one.day for one in read if one.response.responder and one.day >= later)
    first = _first(again)
    if first is not None and (relapse_day is None or first < relapse_day):
        return True
    return False if relapse_day is not None and relapse_day < later else None


def _mrd_negative(read: Sequence[_Read], last: int) -> bool | None:
    found = [one.response.mrd_negative for one in read if FIRST_RESPONSE_DAY <= one.day <= last]
    if True in found:
        return True
    return None if None in found or not found else False


def _mrd_relapse(
    read: Sequence[_Read], start: int | None, relapse_day: int | None, *, confirm: bool
) -> tuple[int | None, int | None]:
    """Return the day of the relapse of residual disease, and an earlier one that is open."""
    if start is None:
        return None, None
    samples: list[tuple[int, Mrd]] = [
        (one.day, one.response.mrd)
        for one in read
        if one.day > start
        and (relapse_day is None or one.day < relapse_day)
        and one.response.mrd.category in TELLING
    ]
    open_day = None
    for day, mrd in samples:
        if mrd.category != "positive":
            continue
        if not confirm:
            return day, None
        later = [(at, one) for at, one in samples if at >= day + CONFIRM_MRD_DAYS]
        if later and any(one.category == "positive" for at, one in later if at == later[0][0]):
            return day, None
        if not later and relapse_day is not None:
            return day, None
        if not later and open_day is None:
            open_day = day
    return None, open_day
