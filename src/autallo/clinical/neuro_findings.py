"""How the neurological findings of a day are read before any scale grades them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from autallo.clinical.grading import Grade
from autallo.clinical.neuro_day import (
    FINDINGS,
    HIGH_OPENING_MMHG,
    PROLONGED_MINUTES,
    NeuroDay,
    classify_impossible_neuro_day,
)
from autallo.clinical.neuro_scores import DELIRIUM, Score, score_capd, score_cartox, score_ice
from autallo.clinical.scales import Scale, Span, grade_on_scale, grade_refused

__all__ = ["READS", "SPANS", "NeuroFindings", "grade_neuro_day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuroFindings:
    """The findings of a day, each read in one way; what the rows of every scale ask.

    Attributes
    ----------
    ice : int
        0 for a score of 10, 1 for 7 to 9, 2 for 3 to 6, 3 for 0 to 2.
    cartox : int
        The same, and 4 if the patient could not be tested.
    capd : int
        0 for a score of 0, 1 for 1 to 8, 3 for 9 and more, 4 if the child could not be tested.
    consciousness : int
        0 awake, 1 wakes by itself, 2 to voice, 3 to touch only, 4 less.
    seizure : int
        0 none, 1 focal or non-convulsive, 2 generalised.
    status : bool
        Whether a seizure was prolonged or did not return to baseline.
    unreturned, despite_treatment : bool
        Seizures without return to baseline; several in spite of treatment.
    motor, posture : bool
        Deep focal weakness; signs of herniation.
    oedema : int
        0 none, 1 focal, 2 diffuse.
    papilloedema : int
        0 none, 1 stage 1 or 2, 2 stage 3 to 5.
    pressure : int
        0 not raised, 1 raised with an opening pressure below 20 mmHg, 2 from 20 mmHg.
    encephalopathy, confusion, somnolence, dysphasia : int
        CTCAE grade of the term.
    seizure_term : int
        CTCAE grade of the term; `UNRECORDED` if it is read from the seizures.
    death : bool
        As recorded.
    """

    ice: int
    cartox: int
    capd: int
    consciousness: int
    seizure: int
    status: bool
    unreturned: bool
    despite_treatment: bool
    motor: bool
    posture: bool
    oedema: int
    papilloedema: int
    pressure: int
    encephalopathy: int
    confusion: int
    somnolence: int
    dysphasia: int
    seizure_term: int
    death: bool


UNRECORDED = -1
UNAROUSABLE = ("vigorous", "none")
WAKES: Mapping[str, int] = {"voice": 2, "touch": 3, "vigorous": 4, "none": 4}


def _sedation(day: NeuroDay, span: Span[int]) -> Span[int]:
    """Under sedation what was seen is no more than the most there can be."""
    return Span(0, span.most, ("sedated",)) if day.sedated and span.most else span


def _band(score: int) -> int:
    return 0 if score == 10 else 1 if score >= 7 else 2 if score >= 3 else 3


def _tested(score: Score) -> bool:
    """Whether at least one item of a test of ten points was recorded."""
    return score.low > 0 or score.high < 10


def _ice(day: NeuroDay) -> Span[int]:
    score = score_ice(day)
    if score.value is None and (day.unable_to_perform or day.wakes_to == "none"):
        return _sedation(day, Span(3, 3))
    return _sedation(day, Span(_band(score.high), _band(score.low), score.missing))


def _cartox(day: NeuroDay) -> Span[int]:
    if day.unable_to_perform or day.wakes_to in UNAROUSABLE:
        return _sedation(day, Span(4, 4))
    score = score_cartox(day)
    unable = day.unable_to_perform is None and not _tested(score)
    missing = (*score.missing, *(("unable_to_perform",) if unable else ()))
    return _sedation(day, Span(_band(score.high), 4 if unable else _band(score.low), missing))


def _delirium(score: int) -> int:
    return 3 if score >= DELIRIUM else 1 if score >= 1 else 0


def _capd(day: NeuroDay) -> Span[int]:
    if day.unable_to_perform or day.wakes_to == "none":
        return _sedation(day, Span(4, 4))
    score = score_capd(day)
    unable = day.unable_to_perform is None and day.capd_total is None and day.capd_answers is None
    missing = (*score.missing, *(("unable_to_perform",) if unable else ()))
    return _sedation(
        day, Span(_delirium(score.low), 4 if unable else _delirium(score.high), missing)
    )


def _consciousness(day: NeuroDay) -> Span[int]:
    depressed = day.consciousness_depressed
    woken = WAKES.get(day.wakes_to or "")
    if woken is not None:
        return _sedation(day, Span(woken, woken))
    if depressed is False:
        return Span(0, 0)
    most = 1 if day.wakes_to == "spontaneous" else 4
    missing = [
        *(["wakes_to"] if most == 4 else []),
        *(["consciousness_depressed"] if depressed is None else []),
    ]
    return _sedation(day, Span(1 if depressed else 0, most, tuple(missing)))


def _happened(day: NeuroDay) -> bool:
    """Whether something recorded says that there was a seizure."""
    return bool(
        day.seizure not in {None, "none"}
        or day.seizure_minutes
        or day.seizures_without_return
        or day.seizures_despite_treatment
    )


def _seizure(day: NeuroDay) -> Span[int]:
    if day.seizure is None:
        return Span(1 if _happened(day) else 0, 2, ("seizure",))
    kind = {"none": 0, "generalised": 2}.get(day.seizure, 1)
    return Span(kind, kind)


def _status(day: NeuroDay) -> Span[bool]:
    prolonged = None if day.seizure_minutes is None else day.seizure_minutes > PROLONGED_MINUTES
    unreturned = day.seizures_without_return
    if day.seizure == "none" or (prolonged is False and unreturned is False):
        return Span(False, False)
    if prolonged or unreturned:
        return Span(True, True)
    names = {"seizure_minutes": prolonged, "seizures_without_return": unreturned}
    return Span(False, True, tuple(name for name, value in names.items() if value is None))


def _if_seizure(name: str, day: NeuroDay) -> Span[bool]:
    return Span(False, False) if day.seizure == "none" else _flag(name, day)


def _pressure(day: NeuroDay) -> Span[int]:
    opening, raised = day.csf_opening_mmhg, day.raised_icp
    if opening is not None and opening >= HIGH_OPENING_MMHG:
        return Span(2, 2)
    if raised is False:
        return Span(0, 0)
    missing: tuple[str, ...] = ("csf_opening_mmhg",) if opening is None else ()
    missing += ("raised_icp",) if raised is None else ()
    return Span(1 if raised else 0, 2 if opening is None else 1, missing)


def _papilloedema(day: NeuroDay) -> Span[int]:
    stage = day.papilloedema_stage
    if stage is None:
        return Span(0, 2, ("papilloedema_stage",))
    step = 2 if stage >= 3 else 1 if stage >= 1 else 0
    return Span(step, step)


def _oedema(day: NeuroDay) -> Span[int]:
    if day.oedema is None:
        return Span(0, 2, ("oedema",))
    step = ("none", "focal", "diffuse").index(day.oedema)
    return Span(step, step)


def _seizure_term(day: NeuroDay) -> Span[int]:
    grade = UNRECORDED if day.seizure_grade is None else day.seizure_grade
    return Span(grade, grade)


def _flag(name: str, day: NeuroDay) -> Span[bool]:
    value = getattr(day, name)
    return Span(False, True, (name,)) if value is None else Span(value, value)


def _number(name: str, most: int, day: NeuroDay) -> Span[int]:
    value = getattr(day, name)
    return Span(0, most, (name,)) if value is None else Span(value, value)


#: How each finding is read from a day.
SPANS: Mapping[str, Callable[[NeuroDay], Span[Any]]] = {
    "ice": _ice,
    "cartox": _cartox,
    "capd": _capd,
    "consciousness": _consciousness,
    "seizure": _seizure,
    "status": _status,
    "unreturned": partial(_if_seizure, "seizures_without_return"),
    "despite_treatment": partial(_if_seizure, "seizures_despite_treatment"),
    "motor": partial(_flag, "motor_weakness"),
    "posture": partial(_flag, "posturing_or_cushing"),
    "oedema": _oedema,
    "papilloedema": _papilloedema,
    "pressure": _pressure,
    "encephalopathy": partial(_number, "encephalopathy_grade", 4),
    "confusion": partial(_number, "confusion_grade", 4),
    "somnolence": partial(_number, "somnolence_grade", 4),
    "dysphasia": partial(_number, "dysphasia_grade", 3),
    "seizure_term": _seizure_term,
    "death": partial(_flag, "death_due_to_icans"),
}
ORIENTED = (
    *("knows_year", "knows_month", "knows_city", "knows_hospital"),
    *("names_objects", "writes_sentence", "counts_back"),
)
TESTING = ("unable_to_perform", "wakes_to", "sedated")
SEIZURES = (
    *("seizure", "seizure_minutes", "seizures_without_return"),
    "seizures_despite_treatment",
)
#: Which fields of the day each reading takes.
READS: Mapping[str, tuple[str, ...]] = {
    "ice": ("ice_total", *ORIENTED, "follows_command", *TESTING),
    "cartox": ("cartox_total", *ORIENTED, "knows_head_of_state", *TESTING),
    "capd": ("capd_total", *TESTING),
    "consciousness": ("consciousness_depressed", "wakes_to", "sedated"),
    "seizure": SEIZURES,
    "status": SEIZURES,
    "unreturned": SEIZURES,
    "despite_treatment": SEIZURES,
    "motor": ("motor_weakness",),
    "posture": ("posturing_or_cushing",),
    "oedema": ("oedema",),
    "papilloedema": ("papilloedema_stage",),
    "pressure": ("csf_opening_mmhg", "raised_icp"),
    "encephalopathy": ("encephalopathy_grade",),
    "confusion": ("confusion_grade",),
    "somnolence": ("somnolence_grade",),
    "dysphasia": ("dysphasia_grade",),
    "seizure_term": ("seizure_grade",),
    "death": ("death_due_to_icans",),
}


def grade_neuro_day(scale: Scale[NeuroFindings], day: NeuroDay) -> Grade:
    """Return the grade of one day on one scale of neurotoxicity.

    Rule
    ----
    ================================  ==========================================
    day                               grade
    ================================  ==========================================
    with an impossible finding        none: INVALID
    with nothing recorded             none: NOT_EVALUABLE
    with unknown findings             between the least and the most they allow
    sedated                           test and consciousness bound it from above
    ================================  ==========================================

    Parameters
    ----------
    scale : Scale
        Rows and their conditions.
    day : NeuroDay
        Findings of the day.

    Returns
    -------
    Grade
        Flag ``SEDATED`` where drugs depressed consciousness.

    Notes
    -----
    Sedation counts only if it is recorded. Source: [house].

    Examples
    --------
    >>> from autallo.clinical.icans import ADULT
    >>> grade_neuro_day(ADULT, NeuroDay()).status.name
    'NOT_EVALUABLE'
    """
    impossible = classify_impossible_neuro_day(day)
    if impossible:
        return grade_refused(scale.key, impossible=impossible)
    if all(getattr(day, name) is None for name in FINDINGS):
        return grade_refused(scale.key)
    spans = {name: read(day) for name, read in SPANS.items()}
    flags = ("SEDATED",) if day.sedated else ()
    return grade_on_scale(scale, spans, NeuroFindings, flags=flags)
