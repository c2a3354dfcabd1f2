"""Scores of the bedside tests of neurotoxicity, between bounds where an item is not known."""

from dataclasses import dataclass

from autallo.clinical.neuro_day import CAPD_ANSWERS, NeuroDay

__all__ = ["DELIRIUM", "Score", "score_capd", "score_cartox", "score_ice"]

#: CAPD from which the screen for delirium is positive.
DELIRIUM = 9
ORIENTATION = ("knows_year", "knows_month", "knows_city", "knows_hospital")
ICE_ITEMS = (*ORIENTATION, "follows_command", "writes_sentence", "counts_back")
CARTOX_ITEMS = (*ORIENTATION, "knows_head_of_state", "writes_sentence", "counts_back")
#: Items of the CAPD in which "always" is healthy; in the others it is not.
CAPD_HEALTHY_ITEMS = 4


@dataclass(frozen=True, slots=True)
class Score:
    """A score between its least and its greatest possible value.

    Attributes
    ----------
    low, high : int
        Bounds; equal if every item is known.
    value : int or None
        The score, if it is known.
    missing : tuple of str
        Items that are not known.
    """

    low: int
    high: int
    value: int | None = None
    missing: tuple[str, ...] = ()


def score_ice(day: NeuroDay) -> Score:
    """Add up the ICE score: 10 is unimpaired.

    Rule
    ----
    =======================================  ======
    item                                     points
    =======================================  ======
    year, month, city, hospital              1 each
    three objects named                      1 each
    follows a simple command                 1
    writes a standard sentence               1
    counts from 100 back by tens             1
    =======================================  ======

    Parameters
    ----------
    day : NeuroDay
        Total or items.

    Returns
    -------
    Score
        A recorded total comes before the items.

    Notes
    -----
    For patients of 12 years and more. Source: [lee2019]. Checked against
    `tests/spec/test_neurotoxicity.py`.

    Examples
    --------
    >>> score_ice(NeuroDay(knows_year=True, knows_month=False, names_objects=3)).high
    9
    """
    return _ten_points(day, day.ice_total, ICE_ITEMS, "ice_total")


def score_cartox(day: NeuroDay) -> Score:
    """Add up the CARTOX-10 score: 10 is unimpaired.

    Rule
    ----
    ===========================================  ======
    item                                         points
    ===========================================  ======
    year, month, city, hospital, head of state   1 each
    three objects named                          1 each
    writes a sentence                            1
    counts from 100 back by tens                 1
    ===========================================  ======

    Parameters
    ----------
    day : NeuroDay
        Total or items.

    Returns
    -------
    Score
        A recorded total comes before the items.

    Notes
    -----
    The ICE score asks for a command in place of the head of state: without its items a total of
    one test cannot be converted to the other. Source: [neelapu2018].

    Examples
    --------
    >>> score_cartox(NeuroDay(cartox_total=7)).value
    7
    """
    return _ten_points(day, day.cartox_total, CARTOX_ITEMS, "cartox_total")


def _ten_points(day: NeuroDay, total: int | None, items: tuple[str, ...], name: str) -> Score:
    if total is not None:
        return Score(total, total, total)
    answers = {item: getattr(day, item) for item in (*items, "names_objects")}
    missing = tuple(item for item, answer in answers.items() if answer is None)
    low = sum(int(answer) for answer in answers.values() if answer is not None)
    high = low + sum(3 if item == "names_objects" else 1 for item in missing)
    if len(missing) == len(answers):
        missing = (name,)
    return Score(low, high, low if low == high else None, missing)


def score_capd(day: NeuroDay) -> Score:
    """Add up the CAPD score: 0 is unimpaired, 9 or more a positive screen for delirium.

    Rule
    ----
    =================================================  =====  ======  =========  =====  ======
    item                                               never  rarely  sometimes  often  always
    =================================================  =====  ======  =========  =====  ======
    1-4: eye contact, purposeful, aware, communicates  4      3       2          1      0
    5-8: restless, inconsolable, underactive, slow     0      1       2          3      4
    =================================================  =====  ======  =========  =====  ======

    Parameters
    ----------
    day : NeuroDay
        Total or answers.

    Returns
    -------
    Score
        A recorded total comes before the answers.

    Notes
    -----
    For children below 12 years, and older patients with delayed development. Source:
    [traube2014]. Checked against `tests/unit/clinical/test_neuro.py`.

    Examples
    --------
    >>> score_capd(NeuroDay(capd_answers=("often",) * 4 + ("never",) * 4)).value
    4
    """
    if day.capd_total is not None:
        return Score(day.capd_total, day.capd_total, day.capd_total)
    answers = day.capd_answers
    if answers is None:
        return Score(0, 32, None, ("capd_total",))
    low, unknown = 0, 0
    for place, answer in enumerate(answers):
        if answer is None:
            unknown += 1
            continue
        points = CAPD_ANSWERS.index(answer)
        low += 4 - points if place < CAPD_HEALTHY_ITEMS else points
    missing = ("capd_answers",) if unknown else ()
    return Score(low, low + 4 * unknown, None if unknown else low, missing)
