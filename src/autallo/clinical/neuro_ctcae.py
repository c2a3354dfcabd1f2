"""Neurotoxicity graded by the terms of CTCAE 4.03."""

from collections.abc import Callable, Mapping

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Grade
from autallo.clinical.neuro_day import NeuroDay
from autallo.clinical.neuro_findings import UNRECORDED, NeuroFindings, grade_neuro_day
from autallo.clinical.scales import Scale

__all__ = ["CRITERIA", "SCALE", "grade_ctcae_neuro"]

KEY = "ctcae4_neuro"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("ctcae_1_encephalopathy", 1, "encephalopathy: mild", "ctcae2010", "V"),
        (
            "ctcae_2_encephalopathy",
            2,
            "encephalopathy: limits instrumental activities of daily living",
            "ctcae2010",
            "V",
        ),
        ("ctcae_3_encephalopathy", 3, "encephalopathy: limits self-care", "ctcae2010", "V"),
        ("ctcae_4_encephalopathy", 4, "encephalopathy: life-threatening", "ctcae2010", "V"),
        ("ctcae_1_confusion", 1, "confusion: mild", "ctcae2010", "V"),
        (
            "ctcae_2_confusion",
            2,
            "confusion: limits instrumental activities of daily living",
            "ctcae2010",
            "V",
        ),
        ("ctcae_3_confusion", 3, "confusion: limits self-care", "ctcae2010", "V"),
        ("ctcae_4_confusion", 4, "confusion: life-threatening", "ctcae2010", "V"),
        ("ctcae_1_somnolence", 1, "somnolence: mild", "ctcae2010", "V"),
        (
            "ctcae_2_somnolence",
            2,
            "somnolence: limits instrumental activities of daily living",
            "ctcae2010",
            "V",
        ),
        ("ctcae_3_somnolence", 3, "somnolence: obtundation or stupor", "ctcae2010", "V"),
        ("ctcae_4_somnolence", 4, "somnolence: life-threatening", "ctcae2010", "V"),
        ("ctcae_1_dysphasia", 1, "dysphasia, grade 1; there is no higher grade", "ctcae2010", "V"),
        ("ctcae_2_dysphasia", 2, "dysphasia, grade 2; there is no higher grade", "ctcae2010", "V"),
        ("ctcae_3_dysphasia", 3, "dysphasia, grade 3; there is no higher grade", "ctcae2010", "V"),
        (
            "ctcae_1_seizure",
            1,
            "brief focal seizure without loss of consciousness",
            "ctcae2010",
            "V",
        ),
        ("ctcae_2_seizure", 2, "brief generalised seizure", "ctcae2010", "V"),
        ("ctcae_3_seizure", 3, "several seizures in spite of treatment", "ctcae2010", "V"),
        ("ctcae_4_seizure", 4, "prolonged, repetitive seizures", "ctcae2010", "V"),
        ("ctcae_5_death", 5, "death due to neurotoxicity", "house", "D"),
    )
)


def _seizure(found: NeuroFindings) -> int:
    """Return the grade given to the term, or that of the seizures recorded."""
    if found.seizure_term != UNRECORDED:
        return found.seizure_term
    if not found.seizure:
        return 0
    return 4 if found.unreturned else 3 if found.despite_treatment else found.seizure


HOLDS: Mapping[str, Callable[[NeuroFindings], bool]] = {
    "ctcae_1_encephalopathy": lambda found: found.encephalopathy >= 1,
    "ctcae_2_encephalopathy": lambda found: found.encephalopathy >= 2,
    "ctcae_3_encephalopathy": lambda found: found.encephalopathy >= 3,
    "ctcae_4_encephalopathy": lambda found: found.encephalopathy >= 4,
    "ctcae_1_confusion": lambda found: found.confusion >= 1,
    "ctcae_2_confusion": lambda found: found.confusion >= 2,
    "ctcae_3_confusion": lambda found: found.confusion >= 3,
    "ctcae_4_confusion": lambda found: found.confusion >= 4,
    "ctcae_1_somnolence": lambda found: found.somnolence >= 1,
    "ctcae_2_somnolence": lambda found: found.somnolence >= 2,
    "ctcae_3_somnolence": lambda found: found.somnolence >= 3,
    "ctcae_4_somnolence": lambda found: found.somnolence >= 4,
    "ctcae_1_dysphasia": lambda found: found.dysphasia >= 1,
    "ctcae_2_dysphasia": lambda found: found.dysphasia >= 2,
    "ctcae_3_dysphasia": lambda found: found.dysphasia >= 3,
    "ctcae_1_seizure": lambda found: _seizure(found) >= 1,
    "ctcae_2_seizure": lambda found: _seizure(found) >= 2,
    "ctcae_3_seizure": lambda found: _seizure(found) >= 3,
    "ctcae_4_seizure": lambda found: _seizure(found) >= 4,
    "ctcae_5_death": lambda found: found.death,
}
SCALE: Scale[NeuroFindings] = Scale(key=KEY, criteria=CRITERIA, holds=HOLDS)


def grade_ctcae_neuro(day: NeuroDay) -> Grade:
    """Return the worst CTCAE 4.03 grade of the terms of neurotoxicity on one day.

    Rule
    ----
    =====  ==============================  =========  ======================================
    grade  encephalopathy, confusion,      dysphasia  seizure
           somnolence
    =====  ==============================  =========  ======================================
    1      mild                            1          brief, focal
    2      limits instrumental activities  2          brief, generalised
    3      limits self-care; obtundation   3          several in spite of treatment
    4      life-threatening                           without return to baseline
    5      death due to neurotoxicity
    =====  ==============================  =========  ======================================

    Parameters
    ----------
    day : NeuroDay
        Findings of the day.

    Returns
    -------
    Grade
        The worst of the terms.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    A recorded grade of the seizure comes before the seizures themselves; a non-convulsive seizure
    is read as a focal one. Source: [ctcae2010]. Checked against
    `tests/spec/test_neurotoxicity.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.neuro_day import QUIET_NEURO_DAY
    >>> grade_ctcae_neuro(replace(QUIET_NEURO_DAY, confusion_grade=2, dysphasia_grade=3)).value
    3
    """
    return grade_neuro_day(SCALE, day)
