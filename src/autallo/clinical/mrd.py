"""Measurable residual disease of one assessment: negative enough, low, or positive."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Status
from autallo.errors import ArgumentError

__all__ = ["CRITERIA", "MRD_LIMIT_PCT", "MRD_METHODS", "Mrd", "MrdSample", "classify_mrd"]

Method = Literal["flow", "ngs", "pcr_ig_tr", "bcrabl"]
Result = Literal["negative", "positive", "not_evaluable"]
Category = Literal["negative", "insufficient", "low_positive", "positive", "not_evaluable"]
#: The tests, the one that decides first.
MRD_METHODS = ("flow", "ngs", "pcr_ig_tr", "bcrabl")
RESULTS = ("negative", "positive", "not_evaluable")
#: One cell in ten thousand [%].
MRD_LIMIT_PCT = 0.01
SCALE = "mrd"

CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=SCALE, key=key, grade=None, words=words, source=source, evidence=evidence)
    for key, words, source, evidence in (
        ("negative", "no disease found by a test that finds 0.01 % or less", "gokbuget2024", "V"),
        (
            "insufficient",
            (
                "no disease found, but the test finds only more than 0.01 %: counts neither as"
                " negative nor as positive"
            ),
            "gokbuget2024",
            "V",
        ),
        ("low_positive", "disease found, below 0.01 %: not negative", "gokbuget2024", "V"),
        ("positive", "disease found, 0.01 % or more", "gokbuget2024", "V"),
        ("not_evaluable", "no test, or a test without a result", "house", "D"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MrdSample:
    """One test of one sample; None is "not known".

    Attributes
    ----------
    method : {"flow", "ngs", "pcr_ig_tr", "bcrabl"} or None
        Flow cytometry, sequencing, PCR of immunoglobulin or T-cell receptor, PCR of BCR-ABL.
    value_pct : float or None
        Share of leukaemic cells [%], 100 times the fraction.
    result : {"negative", "positive", "not_evaluable"} or None
        What the laboratory said.
    lod_pct : float or None
        Smallest share that the test finds [%].
    """

    method: Method | None = None
    value_pct: float | None = None
    result: Result | None = None
    lod_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mrd:
    """What the tests of one assessment say together.

    Attributes
    ----------
    status : Status
        OK; INDETERMINATE where a negative test has no known limit, a positive one no amount, or
        result and amount contradict each other; NOT_EVALUABLE without a result; INVALID.
    category : str or None
        Key of `CRITERIA`; None if INDETERMINATE or INVALID.
    negative : bool or None
        Whether no disease was found at 0.01 % or less; None if it cannot be told.
    value_pct : float or None
        Share measured by the test that decides [%], where it was positive.
    method : str or None
        The test that decides.
    missing, flags : tuple of str
        What is unknown and matters; what a reader must know.
    by_method : tuple of (str or None, str or None)
        Every test with its own category, by method.
    """

    status: Status
    category: Category | None = None
    negative: bool | None = None
    value_pct: float | None = None
    method: Method | None = None
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    by_method: tuple[tuple[str | None, str | None], ...] = ()


def classify_mrd(samples: Sequence[MrdSample] | None) -> Mrd:
    """Decide the residual disease of one assessment from its tests.

    Rule
    ----
    ==========================================  ==========================================
    test                                        category
    ==========================================  ==========================================
    negative, finds 0.01 % or less              negative
    negative, finds only more than 0.01 %       insufficient: neither negative nor positive
    negative, limit not known                   negative or insufficient: not told
    positive, below 0.01 %                      low_positive, not negative
    positive, 0.01 % or more                    positive
    positive, amount not known                  not negative; which one is not told
    no result, amount known                     positive from the limit on, else negative
    several tests                               the first that tells of flow, sequencing, PCR of
                                                receptors, PCR of BCR-ABL
    ==========================================  ==========================================

    Parameters
    ----------
    samples : sequence of MrdSample or None
        The tests of the assessment, in any order; None or empty is not evaluable.

    Returns
    -------
    Mrd

    Raises
    ------
    ArgumentError
        If a method or result is none of the words.

    Notes
    -----
    "No disease found" by a test that cannot find one cell in ten thousand says nothing about that
    one cell. Flow cytometry decides before the PCR of BCR-ABL, all tests are kept
    (``MRD_DISCORDANT`` where one is positive and another negative); of two tests by one method the
    positive one counts. Source: [gokbuget2024] for the categories; the order of the methods and
    the category from the amount alone are conventions of this package. Checked against
    `tests/spec/test_all_response.py`.

    Examples
    --------
    >>> flow = MrdSample(method="flow", result="negative", lod_pct=0.01)
    >>> classify_mrd([flow]).category
    'negative'
    >>> classify_mrd([flow, MrdSample(method="bcrabl", result="positive", value_pct=0.05)]).flags
    ('MRD_DISCORDANT',)
    """
    found = sorted((_one(sample) for sample in samples or ()), key=_place)
    wrong = [one for one in found if one.status is Status.INVALID]
    by_method = tuple((one.method, one.category) for one in found)
    if wrong:
        return Mrd(status=Status.INVALID, flags=wrong[0].flags, by_method=by_method)
    told = [one for one in found if one.status is not Status.NOT_EVALUABLE]
    if not told:
        return Mrd(status=Status.NOT_EVALUABLE, category="not_evaluable", by_method=by_method)
    first = told[0]
    discordant = {one.negative for one in told} >= {True, False}
    return Mrd(
        status=first.status,
        category=first.category,
        negative=first.negative,
        value_pct=first.value_pct,
        method=first.method,
        missing=first.missing,
        flags=first.flags + (("MRD_DISCORDANT",) if discordant else ()),
        by_method=by_method,
    )


def _place(one: Mrd) -> tuple[bool, int, bool, float, str, str]:
    """Order by whether it tells, by method, then what is worse first: no order of samples is left.

    A test that found nothing but could not have found it gives way to one that could.
    """
    method = MRD_METHODS.index(one.method) if one.method else len(MRD_METHODS)
    value = -(one.value_pct or 0.0)
    return one.negative is None, method, one.negative is True, value, one.status, str(one.category)


def _one(sample: MrdSample) -> Mrd:
    if sample.method not in (None, *MRD_METHODS) or sample.result not in (None, *RESULTS):
        raise ArgumentError(
            f"`method` must be one of {', '.join(MRD_METHODS)} and `result` one of"
            f" {', '.join(RESULTS)}."
        )
    for field in ("value_pct", "lod_pct"):
        value = getattr(sample, field)
        if value is not None and (isnan(value) or not 0 <= value <= 100):
            flags = (f"impossible:mrd_{field}",)
            return Mrd(status=Status.INVALID, method=sample.method, flags=flags)
    value, limit = sample.value_pct, sample.lod_pct
    if sample.result == "not_evaluable" or (sample.result is None and value is None):
        return Mrd(status=Status.NOT_EVALUABLE, category="not_evaluable", method=sample.method)
    inferred: tuple[str, ...] = ()
    positive = sample.result == "positive"
    if sample.result is None and value is not None:
        positive, inferred = value > 0 and value >= (limit or 0), ("MRD_RESULT_INFERRED",)
    elif value is not None and _contradicts(value, limit, positive=positive):
        return Mrd(
            status=Status.INDETERMINATE,
            method=sample.method,
            missing=("mrd_result",),
            flags=("MRD_CONTRADICTION",),
        )
    return _positive(sample, inferred) if positive else _negative(sample, inferred)


def _contradicts(value: float, limit: float | None, *, positive: bool) -> bool:
    """Say whether the amount is against the result; one printed as the limit itself is not."""
    if positive:
        return value == 0
    return value > (MRD_LIMIT_PCT if limit is None else limit)


def _positive(sample: MrdSample, flags: tuple[str, ...]) -> Mrd:
    value = sample.value_pct
    if value is None:
        return Mrd(
            status=Status.INDETERMINATE,
            negative=False,
            method=sample.method,
            missing=("mrd_value_pct",),
            flags=(*flags, "MRD_UNQUANTIFIED"),
        )
    low = value < MRD_LIMIT_PCT
    return Mrd(
        status=Status.OK,
        category="low_positive" if low else "positive",
        negative=False,
        value_pct=value,
        method=sample.method,
        flags=(*flags, "MRD_LOW_POSITIVE") if low else flags,
    )


def _negative(sample: MrdSample, flags: tuple[str, ...]) -> Mrd:
    if sample.lod_pct is None:
        return Mrd(
            status=Status.INDETERMINATE,
            method=sample.method,
            missing=("mrd_lod_pct",),
            flags=flags,
        )
    enough = sample.lod_pct <= MRD_LIMIT_PCT
    return Mrd(
        status=Status.OK,
        category="negative" if enough else "insufficient",
        negative=True if enough else None,
        method=sample.method,
        flags=flags if enough else (*flags, "MRD_INSUFFICIENT"),
    )
