"""The severity of chronic graft-versus-host disease as a whole, new and old."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autallo.clinical.chronic_gvhd_findings import MOST, ChronicOrgans
from autallo.clinical.chronic_gvhd_tables import CHRONIC_ORGANS
from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.clinical.recorded import grade_unless_possible
from autallo.clinical.worst_part import Part, grade_worst_part

__all__ = ["SeattleFindings", "grade_nih_severity", "grade_seattle"]

MILD, MODERATE, SEVERE = 1, 2, 3
#: Organs from which on the disease is moderate.
SEVERAL_ORGANS = 3
#: Wetting of the Schirmer strip below which the eye counts [mm].
SCHIRMER_MM = 5.0
#: Body surface above which disease of the skin is generalised [%].
GENERALISED_PCT = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeattleFindings:
    """What the Seattle extent asks for; None is "not known", never "no".

    Attributes
    ----------
    skin_bsa_pct : float or None
        Body surface with disease [%].
    liver : bool or None
        Liver function impaired by the disease.
    liver_histology : bool or None
        Biopsy with chronic aggressive hepatitis, bridging necrosis or cirrhosis.
    schirmer_mm : float or None
        Wetting of the Schirmer strip, the drier eye [mm].
    mouth : bool or None
        Minor salivary glands or oral mucosa involved.
    other_organ : bool or None
        Any other organ involved.
    """

    skin_bsa_pct: float | None = None
    liver: bool | None = None
    liver_histology: bool | None = None
    schirmer_mm: float | None = None
    mouth: bool | None = None
    other_organ: bool | None = None


def grade_nih_severity(organs: ChronicOrgans) -> Grade:
    """Return the global severity, none to severe as 0 to 3.

    Rule
    ----
    ========  ==================================================================
    severity  any of
    ========  ==================================================================
    mild      one or two organs, not the lung, with score 1
    moderate  three organs or more; an organ with score 2; lung with score 1
    severe    an organ with score 3; lung with score 2 or 3
    ========  ==================================================================

    Parameters
    ----------
    organs : ChronicOrgans
        The scores of the eight sites; performance status is no part of it.

    Returns
    -------
    Grade

    Notes
    -----
    A lung score of 2 is severe, not moderate. An organ that another cause explains counts as none.
    Source: [jagasia2015]. Checked against `tests/spec/test_chronic_gvhd.py`.

    Examples
    --------
    >>> from autallo.clinical.chronic_gvhd_organs import (
    ...     ChronicFindings, RecordedScores, grade_chronic_organs)
    >>> organs = grade_chronic_organs(ChronicFindings(fev1_pct=55))
    >>> grade_nih_severity(organs).value
    3
    """
    scale = "cgvhd_nih"
    scores: dict[str, Grade] = {organ: getattr(organs, organ) for organ in CHRONIC_ORGANS}
    flags = tuple(dict.fromkeys(flag for one in scores.values() for flag in one.flags))
    if any(one.status is Status.INVALID for one in scores.values()):
        wrong = tuple(flag for flag in flags if flag.startswith("impossible:"))
        return Grade(scale=scale, status=Status.INVALID, flags=wrong)
    open_scores = [one.status is Status.NOT_EVALUABLE for one in scores.values()]
    if any(open_scores) and all(one.low is None for one in scores.values()):
        missing = tuple(field for one in scores.values() for field in one.missing)
        return Grade(scale=scale, status=Status.NOT_EVALUABLE, missing=missing, flags=flags)
    low = {organ: one.low or 0 for organ, one in scores.items()}
    high = {organ: _highest(one) for organ, one in scores.items()}
    least, most = _severity(low, flags), _severity(high, flags)
    unknown = [
        field
        for organ in CHRONIC_ORGANS
        if _matters(organ, low, high, least.grade)
        for field in scores[organ].missing
    ]
    return grade_between(scale, lambda worst: most if worst else least, unknown=unknown)


def _highest(score: Grade) -> int:
    if score.high is not None:
        return score.high
    return MOST if score.status is Status.NOT_EVALUABLE else 0


def _alone(organ: str, score: int) -> int:
    """Return the severity of one organ without any other."""
    if organ == "lung":
        return (0, MODERATE, SEVERE, SEVERE)[score]
    return score


def _severity(scores: Mapping[str, int], flags: tuple[str, ...]) -> Decided:
    involved = [organ for organ, score in scores.items() if score]
    others = max(score for organ, score in scores.items() if organ != "lung")
    lung = _alone("lung", scores["lung"])
    several = MODERATE if len(involved) >= SEVERAL_ORGANS else 0
    severity = max(others, lung, several)
    if severity <= MILD:
        return Decided(severity, ("one_or_two_organs",) if severity else (), flags)
    rows = ((others, f"organ_{others}"), (lung, f"lung_{lung - 1}"), (several, "three_organs"))
    return Decided(severity, tuple(key for grade, key in rows if grade == severity), flags)


def _matters(organ: str, low: Mapping[str, int], high: Mapping[str, int], least: int) -> bool:
    """Tell whether the score of an organ can change the severity."""
    if _alone(organ, high[organ]) > least:
        return True
    if least >= MODERATE or low[organ] or not high[organ]:
        return False
    others = [one for one in CHRONIC_ORGANS if one not in (organ, "lung") and high[one]]
    return len(others) >= SEVERAL_ORGANS - 1


def grade_seattle(findings: SeattleFindings) -> Grade:
    """Return the Seattle extent, none, limited, extensive as 0 to 2.

    Rule
    ----
    =========  =====================================================================
    extent     findings
    =========  =====================================================================
    limited    skin up to 50 % of the surface, or liver function, or both, no more
    extensive  skin above 50 %; or liver biopsy, eyes, mouth or any other organ
    =========  =====================================================================

    Parameters
    ----------
    findings : SeattleFindings
        What was found.

    Returns
    -------
    Grade
        Flag ``NEITHER_SKIN_NOR_LIVER`` where only another organ is involved: the printed table asks
        for skin or liver beside it, and is read here as extensive.

    Notes
    -----
    Source: [shulman1980], [nbk12966]; above 50 % as generalised: [arai2011]. Checked against
    `tests/spec/test_chronic_gvhd.py`.

    Examples
    --------
    >>> grade_seattle(SeattleFindings(skin_bsa_pct=30, schirmer_mm=3)).value
    2
    """
    scale = "cgvhd_seattle"
    names = ("skin_bsa_pct", "liver", "liver_histology", "schirmer_mm", "mouth", "other_organ")
    refused = grade_unless_possible(
        scale,
        {name: getattr(findings, name) for name in names},
        decisive=names,
        ranges={"skin_bsa_pct": (0.0, 100.0), "schirmer_mm": (0.0, 60.0)},
    )
    if refused:
        return refused
    skin, wet = findings.skin_bsa_pct, findings.schirmer_mm
    area = skin or 0.0
    signs = (
        ("skin_bsa_pct", None if skin is None else area > 0, 1, "localised_skin"),
        ("skin_bsa_pct", None if skin is None else area > GENERALISED_PCT, 2, "generalised_skin"),
        ("liver", findings.liver, 1, "liver"),
        ("liver_histology", findings.liver_histology, 2, "liver_histology"),
        ("schirmer_mm", None if wet is None else wet < SCHIRMER_MM, 2, "eyes"),
        ("mouth", findings.mouth, 2, "mouth"),
        ("other_organ", findings.other_organ, 2, "other_organ"),
    )
    parts = [
        Part(0, extent, "", (field,))
        if found is None
        else Part(extent * found, extent * found, key)
        for field, found, extent, key in signs
    ]
    grade = grade_worst_part(scale, parts)
    alone = skin == 0 and findings.liver is False and not findings.liver_histology
    flags = ("NEITHER_SKIN_NOR_LIVER",) if alone and grade.low else ()
    return replace(grade, missing=tuple(dict.fromkeys(grade.missing)), flags=flags)
