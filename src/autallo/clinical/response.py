"""Best response in the window of assessment, responders, and early relapse."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from autallo.errors import ArgumentError

__all__ = [
    "EARLY_RELAPSE_DAYS",
    "FIRST_RESPONSE_DAY",
    "RESPONSES",
    "RESPONSE_DAY",
    "RESPONSE_TOLERANCE_DAYS",
    "BestResponse",
    "EarlyRelapse",
    "OverallResponse",
    "classify_best_response",
    "classify_early_relapse",
    "classify_overall_response",
    "classify_responder",
]

#: Categories of response, the best first; NE is "not evaluable".
RESPONSES = ("CR", "CRh", "CRi", "MLFS", "PR", "NR", "NE")
RESPONDING = frozenset({"CR", "CRh", "CRi"})
RANK = {category: place for place, category in enumerate(RESPONSES)}
#: The first day on which an assessment counts as response to the infusion [days].
FIRST_RESPONSE_DAY = 7
#: "By day 30", read with its tolerance: assessments up to day 35 [days].
RESPONSE_DAY = 30
RESPONSE_TOLERANCE_DAYS = 5
#: Six months in whole days [days].
EARLY_RELAPSE_DAYS = 183


@dataclass(frozen=True, slots=True)
class BestResponse:
    """The best response of one patient.

    Attributes
    ----------
    category : str
        One of `RESPONSES`; NE without an evaluable assessment in the window.
    day : int or None
        First day on which the category was met [days]; None for NE.
    """

    category: str
    day: int | None


@dataclass(frozen=True, slots=True)
class OverallResponse:
    """Whether a patient counts as a response, a failure, or not at all.

    Attributes
    ----------
    value : bool or None
        None if the patient is not in the denominator.
    reason : str or None
        Why `value` is None.
    """

    value: bool | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EarlyRelapse:
    """Whether a responder relapsed within six months.

    Attributes
    ----------
    value : bool or None
        None if the patient does not belong to the comparison.
    reason : str or None
        Why `value` is None.
    """

    value: bool | None
    reason: str | None = None


def classify_best_response(
    assessments: Iterable[tuple[int, str]],
    *,
    by_day: int = RESPONSE_DAY,
    tolerance_days: int = RESPONSE_TOLERANCE_DAYS,
) -> BestResponse:
    """Decide the best response among the assessments of the window.

    Rule
    ----
    =====================================  ================================================
    question                               answer
    =====================================  ================================================
    which assessments                      day 7 to day `by_day` + `tolerance_days`, both
                                           included
    which is the best                      CR, CRh, CRi, MLFS, PR, NR in this order
    when                                   the first day on which the best was met
    no evaluable assessment in the window  NE
    =====================================  ================================================

    Parameters
    ----------
    assessments : iterable of (int, str)
        Day [days from day 0] and category, in any order.
    by_day : int
        Day of the assessment as planned, at least 7 [days].
    tolerance_days : int
        Days that an assessment may come later, at least 0 [days].

    Returns
    -------
    BestResponse

    Raises
    ------
    ArgumentError
        If a category is not one of `RESPONSES`, `by_day` is before day 7 or the tolerance is
        negative.

    Notes
    -----
    An assessment before day 7 shows the disease before the product could act. Durability is not
    asked for. A patient who was in remission at the infusion is not eligible for this response.
    Source: [gokbuget2024] for the categories; the window (day 28, 7 days earlier or later) is a
    convention of this package. Checked against `tests/spec/test_response.py`.

    Examples
    --------
    >>> classify_best_response([(14, "NR"), (28, "CRi"), (90, "CR")])
    BestResponse(category='CRi', day=28)
    """
    if by_day < FIRST_RESPONSE_DAY or tolerance_days < 0:
        raise ArgumentError("`by_day` must be at least 7 and `tolerance_days` at least 0.")
    best, first = RANK["NE"], None
    for day, category in assessments:
        if category not in RANK:
            raise ArgumentError(f"A response must be one of {', '.join(RESPONSES)}.")
        if not FIRST_RESPONSE_DAY <= day <= by_day + tolerance_days or category == "NE":
            continue
        if first is None or (RANK[category], day) < (best, first):
            best, first = RANK[category], day
    return BestResponse(RESPONSES[best], first)


def classify_responder(
    category: str | None,
    *,
    death_day: int | None = None,
    by_day: int = RESPONSE_DAY + RESPONSE_TOLERANCE_DAYS,
) -> bool | None:
    """Decide whether a patient responded, or that it is not known.

    Rule
    ----
    =========================================  =========
    best response                              responder
    =========================================  =========
    CR, CRh, CRi                               yes
    MLFS, PR, NR                               no
    NE, died by the end of the window          no
    NE or no entry, otherwise                  not known
    =========================================  =========

    Parameters
    ----------
    category : str or None
        Best response; None if not recorded.
    death_day : int or None
        Day of death [days]; None if alive.
    by_day : int
        Last day of the window [days].

    Returns
    -------
    bool or None

    Raises
    ------
    ArgumentError
        If `category` is not one of `RESPONSES`.

    Notes
    -----
    A patient who lived past the window without an assessment may have responded; he is left out
    of what concerns responders and never counted as one who failed.
    Source: [gokbuget2024]; MLFS and PR do not count as response in acute lymphoblastic leukaemia.
    Checked against `tests/spec/test_response.py`.

    Examples
    --------
    >>> classify_responder("CRh"), classify_responder("NE", death_day=14), classify_responder("NE")
    (True, False, None)
    """
    if category is not None and category not in RANK:
        raise ArgumentError(f"A response must be one of {', '.join(RESPONSES)}.")
    if category not in (None, "NE"):
        return category in RESPONDING
    return False if death_day is not None and death_day <= by_day else None


def classify_overall_response(
    category: str | None,
    *,
    patients: Literal["infused", "evaluable"] = "infused",
    in_remission_at_infusion: bool | None = False,
) -> OverallResponse:
    """Decide how a patient counts in the rate of response.

    Rule
    ----
    ==========================  ===============  ==================
    best response               of all infused   of the evaluable
    ==========================  ===============  ==================
    CR, CRh, CRi                response         response
    MLFS, PR, NR                failure          failure
    NE                          failure          not counted
    in remission before         not counted      not counted
    ==========================  ===============  ==================

    Parameters
    ----------
    category : str or None
        Best response; None if it cannot be told, which is never a failure.
    patients : {"infused", "evaluable"}
        The denominator.
    in_remission_at_infusion : bool or None
        Whether the patient was in CR, CRh or CRi on day 0; None if not known.

    Returns
    -------
    OverallResponse

    Raises
    ------
    ArgumentError
        If `category` or `patients` is none of its words.

    Notes
    -----
    A patient infused in remission cannot reach a morphological one; his response is the loss of
    residual disease and reported apart. Source: [gokbuget2024]; the denominators are conventions of
    this package. Checked against `tests/spec/test_all_response.py`.

    Examples
    --------
    >>> classify_overall_response("NE").value
    False
    >>> classify_overall_response("NE", patients="evaluable").reason
    'not evaluable: response not assessed'
    """
    if category is not None and category not in RANK:
        raise ArgumentError(f"A response must be one of {', '.join(RESPONSES)}.")
    if patients not in ("infused", "evaluable"):
        raise ArgumentError("`patients` must be infused or evaluable.")
    if in_remission_at_infusion is None:
        return OverallResponse(None, "not evaluable: remission at infusion not known")
    if in_remission_at_infusion:
        return OverallResponse(None, "in remission at infusion")
    if category is None:
        return OverallResponse(None, "not evaluable: response cannot be told")
    if category == "NE" and patients == "evaluable":
        return OverallResponse(None, "not evaluable: response not assessed")
    return OverallResponse(category in RESPONDING)


def classify_early_relapse(
    *,
    responder: bool | None,
    relapse_day: int | None,
    death_day: int | None,
    last_day: int | None,
) -> EarlyRelapse:
    """Decide whether a responder relapsed within six months of the infusion.

    Rule
    ----
    ==============================================  =======================================
    responder who                                   early relapse
    ==============================================  =======================================
    relapsed before day 183                         yes
    relapsed on day 183 or later                    no
    was followed to day 183 or beyond, no relapse   no
    died in remission before day 183                not evaluable: death competes
    was followed for less, alive in remission       not evaluable
    ==============================================  =======================================

    Parameters
    ----------
    responder : bool or None
        Whether the patient reached CR, CRh or CRi; others are not in the comparison.
    relapse_day : int or None
        Day of the first morphological or extramedullary relapse [days]; None without relapse.
    death_day : int or None
        Day of death [days]; None if alive.
    last_day : int or None
        Last day of follow-up [days].

    Returns
    -------
    EarlyRelapse

    Raises
    ------
    ArgumentError
        If a day is negative.

    Notes
    -----
    Six months are 182.625 days, so that day 183 is the first whole day beyond them. A relapse on
    the day of death counts as relapse. A molecular (MRD) relapse does not count.
    Source: [hu2019] for the comparison; the treatment of deaths in remission is a convention of
    this package. Checked against `tests/spec/test_response.py`.

    Examples
    --------
    >>> classify_early_relapse(responder=True, relapse_day=182, death_day=None, last_day=400).value
    True
    """
    if any(day is not None and day < 0 for day in (relapse_day, death_day, last_day)):
        raise ArgumentError("Days must be at least 0.")
    if responder is None:
        return EarlyRelapse(None, "not evaluable: response not assessed")
    if not responder:
        return EarlyRelapse(None, "not a responder")
    if relapse_day is not None:
        return EarlyRelapse(relapse_day < EARLY_RELAPSE_DAYS)
    followed = death_day if death_day is not None else last_day
    if followed is not None and followed >= EARLY_RELAPSE_DAYS:
        return EarlyRelapse(False)
    if death_day is not None:
        return EarlyRelapse(None, "not evaluable: died in remission before day 183")
    return EarlyRelapse(None, "not evaluable: followed for less than 183 days")
