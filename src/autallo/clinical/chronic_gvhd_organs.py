"""Chronic graft-versus-host disease, organ by organ: the scores of the NIH consensus of 2014.

Each score is the highest of what several findings give by themselves. Mouth, joints and genital
are scored by the examiner; their scores are taken as recorded.
"""

from collections.abc import Sequence
from dataclasses import replace

from autallo.clinical.acute_gvhd_organs import MG_DL_PER_UMOL_L, MOST_MG_DL, UNITS
from autallo.clinical.chronic_gvhd_findings import (
    MOST,
    RANGES,
    ChronicFindings,
    ChronicOrgans,
    RecordedScores,
)
from autallo.clinical.chronic_gvhd_tables import CHRONIC_ORGANS
from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.clinical.recorded import grade_recorded, grade_unless_possible, grade_with_record
from autallo.clinical.worst_part import (
    Part,
    grade_worst_part,
    sign_part,
    steps_part,
    word_part,
)
from autallo.errors import ArgumentError

__all__ = [
    "grade_chronic_eyes",
    "grade_chronic_gut",
    "grade_chronic_liver",
    "grade_chronic_lung",
    "grade_chronic_organs",
    "grade_chronic_skin",
]

SCLEROSIS = {"none": 0, "superficial": 2, "deep": 3}
DIARRHOEA = {"none": 0, "mild": 1, "moderate": 2, "severe": 3}
#: Bilirubin above which the liver has the highest score, also the largest thinkable limit [mg/dL].
BILIRUBIN_MG_DL = 3.0


def _refused(
    scale: str,
    findings: ChronicFindings,
    fields: Sequence[str],
    *,
    words: dict[str, dict[str, int]] | None = None,
) -> Grade | None:
    found = {field: getattr(findings, field) for field in fields}
    wrong = [
        f"impossible:{field}"
        for field, allowed in (words or {}).items()
        if found[field] is not None and found[field] not in allowed
    ]
    if wrong:
        return Grade(scale=scale, status=Status.INVALID, flags=tuple(wrong))
    return grade_unless_possible(scale, found, decisive=fields, ranges=RANGES)


def grade_chronic_skin(findings: ChronicFindings) -> Grade:
    """Return the score of the skin: the higher of surface and hardening.

    Rule
    ----
    =====  =========================  ======================================
    score  surface                    hardening
    =====  =========================  ======================================
    0      none                       none
    1      1 to 18 %
    2      19 to 50 %                 can be pinched
    3      above 50 %                 deep, or impairs movement, or ulcers
    =====  =========================  ======================================

    Parameters
    ----------
    findings : ChronicFindings
        What was found.

    Returns
    -------
    Grade
        Score 0 to 3.

    Notes
    -----
    Between 18 and 19 % the score is 1 below 18.5. Any surface above 0 is at least 1.
    Source: [jagasia2015]. Checked against `tests/spec/test_chronic_gvhd.py`.

    Examples
    --------
    >>> grade_chronic_skin(ChronicFindings(skin_bsa_pct=18.5, skin_sclerosis="none")).value
    2
    """
    scale = "cgvhd_skin"
    refused = _refused(
        scale,
        findings,
        ("skin_bsa_pct", "skin_sclerosis"),
        words={"skin_sclerosis": SCLEROSIS},
    )
    if refused:
        return refused
    surface = findings.skin_bsa_pct
    share = surface or 0.0
    rows = ((share > 0, 1, "surface_1"), (share >= 18.5, 2, "surface_2"))
    return grade_worst_part(
        scale,
        [
            steps_part("skin_bsa_pct", surface, (*rows, (share > 50, 3, "surface_3"))),
            word_part("skin_sclerosis", findings.skin_sclerosis, SCLEROSIS, "sclerosis_{word}"),
        ],
    )


def grade_chronic_eyes(findings: ChronicFindings) -> Grade:
    """Return the score of the eyes.

    Rule
    ----
    =====  =====================================================================
    score  any of
    =====  =====================================================================
    1      dry eyes; drops up to three times a day
    2      drops more often; plugs; daily life partly affected
    3      special eyewear; unable to work; loss of sight from dryness
    =====  =====================================================================

    Parameters
    ----------
    findings : ChronicFindings
        What was found.

    Returns
    -------
    Grade
        Score 0 to 3.

    Notes
    -----
    Source: [jagasia2015]. Checked by hand (`tests/unit/clinical/test_chronic_gvhd.py`).

    Examples
    --------
    >>> grade_chronic_eyes(ChronicFindings(eye_visual_loss=True)).value
    3
    """
    scale = "cgvhd_eyes"
    signs = (
        ("dry_eye", 1, "dry_eye"),
        ("eye_plugs", 2, "plugs"),
        ("eye_limits_daily_life", 2, "daily_life"),
        ("eye_special_eyewear", 3, "eyewear"),
        ("eye_unable_to_work", 3, "unable_to_work"),
        ("eye_visual_loss", 3, "visual_loss"),
    )
    refused = _refused(scale, findings, (*(name for name, _, _ in signs), "eye_drops_per_day"))
    if refused:
        return refused
    drops = findings.eye_drops_per_day
    often = drops or 0.0
    rows = ((often > 0, 1, "drops_1"), (often > 3, 2, "drops_2"))
    parts = [
        sign_part(name, score, key, found=getattr(findings, name)) for name, score, key in signs
    ]
    return grade_worst_part(scale, [*parts, steps_part("eye_drops_per_day", drops, rows)])


def grade_chronic_gut(findings: ChronicFindings) -> Grade:
    """Return the score of the gut.

    Rule
    ----
    =====  =====================================================================
    score  any of
    =====  =====================================================================
    1      symptoms; mild diarrhoea
    2      5 to 15 % of weight lost in three months; moderate diarrhoea
    3      more than 15 % lost; most calories from supplements; oesophagus
           dilated; severe diarrhoea
    =====  =====================================================================

    Parameters
    ----------
    findings : ChronicFindings
        What was found.

    Returns
    -------
    Grade
        Score 0 to 3.

    Notes
    -----
    A loss below 5 % without symptoms is score 0. Source: [jagasia2015]. Checked by hand
    (`tests/unit/clinical/test_chronic_gvhd.py`).

    Examples
    --------
    >>> grade_chronic_gut(ChronicFindings(weight_loss_pct=15.1)).value
    3
    """
    scale = "cgvhd_gut"
    signs = (
        ("gut_symptoms", 1, "symptoms"),
        ("gut_supplement", 3, "supplement"),
        ("oesophageal_dilation", 3, "dilation"),
    )
    refused = _refused(
        scale,
        findings,
        (*(name for name, _, _ in signs), "weight_loss_pct", "diarrhoea"),
        words={"diarrhoea": DIARRHOEA},
    )
    if refused:
        return refused
    loss = findings.weight_loss_pct
    lost = loss or 0.0
    rows = ((lost >= 5, 2, "weight_loss_2"), (lost > 15, 3, "weight_loss_3"))
    return grade_worst_part(
        scale,
        [
            *(
                sign_part(name, score, key, found=getattr(findings, name))
                for name, score, key in signs
            ),
            steps_part("weight_loss_pct", loss, rows),
            word_part("diarrhoea", findings.diarrhoea, DIARRHOEA, "diarrhoea_{score}"),
        ],
    )


def grade_chronic_liver(findings: ChronicFindings) -> Grade:
    """Return the score of the liver.

    Rule
    ----
    =====  =======================================================================
    score  any of
    =====  =======================================================================
    1      ALT 3 to 5 times its limit; alkaline phosphatase 3 times or more
    2      ALT above 5 times; bilirubin above its limit, up to 3 mg/dL
    3      bilirubin above 3 mg/dL
    =====  =======================================================================

    Parameters
    ----------
    findings : ChronicFindings
        What was found.

    Returns
    -------
    Grade
        Score 0 to 3.

    Notes
    -----
    Bilirubin in µmol/L is converted (17.104 to 1 mg/dL); without a unit both are thought of.
    Source: [jagasia2015]. Checked against `tests/spec/test_chronic_gvhd.py`.

    Examples
    --------
    >>> grade_chronic_liver(ChronicFindings(bilirubin=2.5, bilirubin_uln=1.2,
    ...     bilirubin_unit="mg/dL", alt_times_uln=1, ap_times_uln=1)).value
    2
    """
    scale = "cgvhd_liver"
    refused = _refused(scale, findings, ("bilirubin", "alt_times_uln", "ap_times_uln"))
    if refused:
        return refused
    wrong = _impossible_bilirubin(findings)
    if wrong:
        return Grade(scale=scale, status=Status.INVALID, flags=wrong)
    alt, ap = findings.alt_times_uln, findings.ap_times_uln
    rows = (((alt or 0.0) >= 3, 1, "alt_1"), ((alt or 0.0) > 5, 2, "alt_2"))
    return grade_worst_part(
        scale,
        [
            _bilirubin(findings),
            steps_part("alt_times_uln", alt, rows),
            steps_part("ap_times_uln", ap, (((ap or 0.0) >= 3, 1, "ap_1"),)),
        ],
    )


def _impossible_bilirubin(findings: ChronicFindings) -> tuple[str, ...]:
    unit = findings.bilirubin_unit
    if unit not in (None, *UNITS):
        return ("impossible:bilirubin_unit",)
    factor = 1.0 if unit == "mg/dL" else MG_DL_PER_UMOL_L
    wrong: tuple[str, ...] = ()
    bilirubin, limit = findings.bilirubin, findings.bilirubin_uln
    if bilirubin is not None and not 0 <= bilirubin * factor <= MOST_MG_DL:
        wrong += ("impossible:bilirubin",)
    if limit is not None and not 0 < limit * factor <= BILIRUBIN_MG_DL:
        wrong += ("impossible:bilirubin_uln",)
    return wrong


def _bilirubin(findings: ChronicFindings) -> Part:
    bilirubin, limit = findings.bilirubin, findings.bilirubin_uln
    if bilirubin is None:
        return Part(0, MOST, "", ("bilirubin",))
    unit = findings.bilirubin_unit
    scores = []
    for one in (unit,) if unit else UNITS:
        mg_dl = bilirubin if one == "mg/dL" else round(bilirubin * MG_DL_PER_UMOL_L, 9)
        if mg_dl > BILIRUBIN_MG_DL:
            scores.append(3)
        elif limit is None:
            scores += [0, 2]
        else:
            scores.append(2 if bilirubin > limit else 0)
    low, high = min(scores), max(scores)
    names = ("bilirubin_uln", "bilirubin_unit")
    missing = tuple(name for name in names if getattr(findings, name) is None)
    return Part(low, high, f"bilirubin_{low}", missing)


def grade_chronic_lung(findings: ChronicFindings) -> Grade:
    """Return the score of the lung: by FEV1, by breathlessness only where FEV1 is not known.

    Rule
    ----
    =====  ==================  ===========================
    score  FEV1                breathless
    =====  ==================  ===========================
    0      80 % or more        not
    1      60 to below 80 %    after a flight of stairs
    2      40 to below 60 %    on flat ground
    3      below 40 %          at rest, or oxygen
    =====  ==================  ===========================

    Parameters
    ----------
    findings : ChronicFindings
        What was found.

    Returns
    -------
    Grade
        Score 0 to 3; flag ``LUNG_BY_SYMPTOMS`` where FEV1 was not known.

    Notes
    -----
    Source: [jagasia2015], [nci_c225388]. Checked against `tests/spec/test_chronic_gvhd.py`.

    Examples
    --------
    >>> grade_chronic_lung(ChronicFindings(fev1_pct=85, lung_symptoms=1)).value
    0
    """
    scale = "cgvhd_lung"
    refused = _refused(scale, findings, ("fev1_pct", "lung_symptoms"))
    if refused:
        return refused
    volume = findings.fev1_pct
    if volume is None:
        score, key = int(findings.lung_symptoms or 0), "symptoms"
    else:
        score, key = sum((volume < 80, volume < 60, volume < 40)), "fev1"
    flags = ("LUNG_BY_SYMPTOMS",) if volume is None else ()
    decided = Decided(score, (f"{key}_{score}",) if score else (), flags)
    return grade_between(scale, lambda _: decided)


def grade_chronic_organs(
    findings: ChronicFindings, *, recorded: RecordedScores | None = None
) -> ChronicOrgans:
    """Return the score of every organ, from findings or, where these leave it open, as recorded.

    Rule
    ----
    ======================================  ==============================================
    organ                                   score
    ======================================  ==============================================
    wholly explained by another cause       does not apply
    findings decide                         as they give it; a record against it is flagged
    findings leave it open                  the recorded score, if within the bounds
    mouth, joints, genital                  as recorded
    ======================================  ==============================================

    Parameters
    ----------
    findings : ChronicFindings
        What was found.
    recorded : RecordedScores or None
        Scores in the record.

    Returns
    -------
    ChronicOrgans

    Raises
    ------
    ArgumentError
        If `explained_otherwise` names something that is no organ.

    Notes
    -----
    Source: [jagasia2015], [nci_c225388]. Checked against `tests/spec/test_chronic_gvhd.py`.

    Examples
    --------
    >>> organs = grade_chronic_organs(ChronicFindings(explained_otherwise=("liver",)))
    >>> organs.liver.status.name
    'NOT_APPLICABLE'
    """
    told = recorded or RecordedScores()
    unknown = set(findings.explained_otherwise) - set(CHRONIC_ORGANS)
    if unknown:
        raise ArgumentError(f"`explained_otherwise` must name {', '.join(CHRONIC_ORGANS)}.")
    derived = {
        "skin": grade_chronic_skin(findings),
        "eyes": grade_chronic_eyes(findings),
        "gut": grade_chronic_gut(findings),
        "liver": grade_chronic_liver(findings),
        "lung": grade_chronic_lung(findings),
    }
    scores = {}
    for organ in CHRONIC_ORGANS:
        score = getattr(told, organ)
        if organ in findings.explained_otherwise:
            flags = ("EXPLAINED_OTHERWISE",)
            scores[organ] = Grade(scale=f"cgvhd_{organ}", status=Status.NOT_APPLICABLE, flags=flags)
        elif organ in derived:
            scores[organ] = grade_with_record(derived[organ], score, most=MOST)
        else:
            scores[organ] = _as_told(organ, score)
    return ChronicOrgans(**scores)


def _as_told(organ: str, score: int | None) -> Grade:
    grade = grade_recorded(f"cgvhd_{organ}", score, most=MOST)
    return replace(grade, because=(f"{organ}_{score}",) if grade.value else ())
