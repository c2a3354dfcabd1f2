"""Neurotoxicity (CRES) graded by the CARTOX group, 2018."""

from collections.abc import Callable, Mapping

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Grade
from autallo.clinical.neuro_day import NeuroDay
from autallo.clinical.neuro_findings import NeuroFindings, grade_neuro_day
from autallo.clinical.scales import Scale

__all__ = ["CRITERIA", "SCALE", "grade_cres"]

KEY = "cres"
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(scale=KEY, key=key, grade=grade, words=words, source=source, evidence=tag)
    for key, grade, words, source, tag in (
        ("cres_1_score", 1, "CARTOX-10 score 7 to 9", "neelapu2018", "V"),
        ("cres_2_score", 2, "CARTOX-10 score 3 to 6", "neelapu2018", "V"),
        ("cres_3_score", 3, "CARTOX-10 score 0 to 2", "neelapu2018", "V"),
        ("cres_4_score", 4, "obtunded or critical: cannot be scored", "neelapu2018", "M"),
        ("cres_3_papilloedema", 3, "papilloedema of stage 1 or 2", "neelapu2018", "M"),
        (
            "cres_3_pressure",
            3,
            "raised intracranial pressure with an opening pressure below 20 mmHg",
            "neelapu2018",
            "M",
        ),
        (
            "cres_3_seizure",
            3,
            "focal seizure, or a non-convulsive one that responds to treatment",
            "neelapu2018",
            "M",
        ),
        ("cres_4_papilloedema", 4, "papilloedema of stage 3 to 5", "neelapu2018", "M"),
        ("cres_4_pressure", 4, "opening pressure of 20 mmHg or more", "neelapu2018", "M"),
        ("cres_4_oedema", 4, "oedema of the brain", "neelapu2018", "M"),
        ("cres_4_seizure", 4, "generalised seizure", "neelapu2018", "M"),
        (
            "cres_4_status",
            4,
            "status epilepticus: more than 5 minutes, or no return to baseline",
            "neelapu2018",
            "M",
        ),
        ("cres_4_motor", 4, "new motor weakness", "neelapu2018", "M"),
    )
)
HOLDS: Mapping[str, Callable[[NeuroFindings], bool]] = {
    "cres_1_score": lambda found: found.cartox >= 1,
    "cres_2_score": lambda found: found.cartox >= 2,
    "cres_3_score": lambda found: found.cartox >= 3,
    "cres_4_score": lambda found: found.cartox >= 4,
    "cres_3_papilloedema": lambda found: found.papilloedema >= 1,
    "cres_3_pressure": lambda found: found.pressure >= 1,
    "cres_3_seizure": lambda found: found.seizure >= 1,
    "cres_4_papilloedema": lambda found: found.papilloedema >= 2,
    "cres_4_pressure": lambda found: found.pressure >= 2,
    "cres_4_oedema": lambda found: found.oedema >= 1,
    "cres_4_seizure": lambda found: found.seizure >= 2,
    "cres_4_status": lambda found: found.seizure >= 1 and found.status,
    "cres_4_motor": lambda found: found.motor,
}
SCALE: Scale[NeuroFindings] = Scale(key=KEY, criteria=CRITERIA, holds=HOLDS)


def grade_cres(day: NeuroDay) -> Grade:
    """Return the CRES grade of one day (CARTOX 2018).

    Rule
    ----
    =====  ==================  ================================  ==============================
    grade  CARTOX-10           raised intracranial pressure      seizure, motor
    =====  ==================  ================================  ==============================
    1      7-9
    2      3-6
    3      0-2                 papilloedema of stage 1-2, or     focal, or non-convulsive with
                               opening pressure below 20 mmHg    response to treatment
    4      cannot be scored    papilloedema of stage 3-5,        generalised, status
                               opening pressure from 20 mmHg,    epilepticus, new weakness
                               or oedema of the brain
    =====  ==================  ================================  ==============================

    Parameters
    ----------
    day : NeuroDay
        Findings of the day.

    Returns
    -------
    Grade
        Flag ``unverified_criterion`` where a row that was not yet checked in the source decided.

    Raises
    ------
    ArgumentError
        If a word is none of those of its field.

    Notes
    -----
    An opening pressure below 20 mmHg counts only where intracranial pressure was judged raised: by
    itself it is normal. A patient who is woken by vigorous stimuli only, or not at all, cannot be
    scored. The scale has no grade 5. Source: [neelapu2018], [cibmtr4100] for the bands of the
    score. Checked against `tests/spec/test_neurotoxicity.py`.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from autallo.clinical.neuro_day import QUIET_NEURO_DAY
    >>> grade_cres(replace(QUIET_NEURO_DAY, cartox_total=7)).value
    1
    """
    return grade_neuro_day(SCALE, day)
