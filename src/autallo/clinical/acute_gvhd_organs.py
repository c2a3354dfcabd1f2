"""Acute graft-versus-host disease, organ by organ: stages from what was found at one assessment.

Skin and liver are staged alike by both systems; the gut is not. Keystone is the consensus of 1995
("modified Glucksberg"), MAGIC the standard of 2016.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from autallo.clinical.acute_gvhd_findings import (
    RANGES,
    AcuteFindings,
    AcuteOrgans,
    RecordedStages,
    System,
)
from autallo.clinical.acute_gvhd_stool import StoolFindings, grade_stool
from autallo.clinical.acute_gvhd_tables import ORGANS
from autallo.clinical.grading import Decided, Grade, grade_between
from autallo.clinical.recorded import grade_recorded, grade_unless_possible, grade_with_record
from autallo.errors import ArgumentError

__all__ = [
    "MG_DL_PER_UMOL_L",
    "grade_acute_liver",
    "grade_acute_lower_gut",
    "grade_acute_organs",
    "grade_acute_skin",
    "grade_acute_upper_gut",
]

BilirubinColumn = Literal["reported", "mg/dL"]
SYSTEMS = ("magic", "keystone")
UNITS = ("mg/dL", "umol/L")
#: Bilirubin in mg/dL for 1 µmol/L.
MG_DL_PER_UMOL_L = 1 / 17.104
MOST_MG_DL = 80.0
#: Share of the body surface above which a rash is all over [%].
GENERALISED_PCT = 50.0
#: Share with blisters and peeling above which MAGIC counts them [%].
BULLAE_PCT = 5.0


def _found(findings: AcuteFindings, names: Sequence[str]) -> dict[str, object]:
    return {name: getattr(findings, name) for name in names}


def _key_of(system: System) -> System:
    if system not in SYSTEMS:
        raise ArgumentError(f"`system` must be one of {', '.join(SYSTEMS)}.")
    return system


def grade_acute_skin(findings: AcuteFindings, *, system: System = "magic") -> Grade:
    """Return the stage of the skin.

    Rule
    ----
    =====  ================================================================================
    stage  active rash
    =====  ================================================================================
    0      none
    1      below 25 % of the body surface
    2      25 % to 50 %, both included
    3      above 50 %
    4      above 50 % with blisters and peeling (MAGIC: these on more than 5 %)
    =====  ================================================================================

    Parameters
    ----------
    findings : AcuteFindings
        What was found.
    system : {"magic", "keystone"}
        Which table.

    Returns
    -------
    Grade
        Stage 0 to 4.

    Raises
    ------
    ArgumentError
        If `system` is not one of the two words.

    Notes
    -----
    A rash all over without a figure stands for more than 50 %; where a figure is known it decides,
    and a contradiction is flagged ``ERYTHRODERMA_DISAGREES``.
    Source: [harris2016], [przepiorka1995]. Checked against `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> grade_acute_skin(AcuteFindings(rash_bsa_pct=50.0)).value
    2
    """
    scale = f"agvhd_skin_{_key_of(system)}"
    decisive = ("rash_bsa_pct", "generalised_erythroderma", "bullae_and_desquamation")
    refused = grade_unless_possible(
        scale,
        _found(findings, (*decisive, "bullae_bsa_pct")),
        decisive=decisive,
        ranges=RANGES,
    )
    return refused or grade_between(
        scale,
        lambda worst: _skin_stage(findings, system, worst=worst),
        unknown=_skin_unknown(findings, system),
    )


def _skin_unknown(findings: AcuteFindings, system: System) -> list[str]:
    """Return the unknown findings that can matter."""
    rash, everywhere = findings.rash_bsa_pct, findings.generalised_erythroderma
    unknown = ["rash_bsa_pct"] if rash is None and everywhere is not True else []
    if rash > GENERALISED_PCT if rash is not None else everywhere is not False:
        if findings.bullae_and_desquamation is None:
            unknown.append("bullae_and_desquamation")
        area = findings.bullae_bsa_pct
        if system == "magic" and area is None and findings.bullae_and_desquamation is not False:
            unknown.append("bullae_bsa_pct")
    return unknown


def _skin_stage(findings: AcuteFindings, system: System, *, worst: bool) -> Decided:
    rash, everywhere = findings.rash_bsa_pct, findings.generalised_erythroderma
    disagree = rash is not None and everywhere is not None
    disagree = disagree and everywhere != ((rash or 0.0) > GENERALISED_PCT)
    flags = ("ERYTHRODERMA_DISAGREES",) if disagree else ()
    if rash is None:
        if everywhere is None:
            rash = 100.0 if worst else 0.0
        elif everywhere:
            rash = 100.0
        else:
            rash = GENERALISED_PCT if worst else 0.0
    if rash > GENERALISED_PCT:
        peeling = findings.bullae_and_desquamation
        area = findings.bullae_bsa_pct
        if (worst if peeling is None else peeling) and (
            system == "keystone" or (worst if area is None else area > BULLAE_PCT)
        ):
            return Decided(4, ("bullae",), flags)
        return Decided(3, ("rash_3",), flags)
    if rash >= 25:
        return Decided(2, ("rash_2",), flags)
    return Decided(1, ("rash_1",), flags) if rash > 0 else Decided(0, (), flags)


def grade_acute_liver(
    findings: AcuteFindings,
    *,
    system: System = "magic",
    bilirubin_as: BilirubinColumn = "reported",
    downgrade: bool = False,
) -> Grade:
    """Return the stage of the liver.

    Rule
    ----
    =====  =====================  =======================
    stage  bilirubin in mg/dL     bilirubin in µmol/L
    =====  =====================  =======================
    0      below 2                below 34
    1      2 to 3                 34 to below 51
    2      above 3 to 6           51 to below 103
    3      above 6 to 15          103 to 255
    4      above 15               above 255
    =====  =====================  =======================

    Parameters
    ----------
    findings : AcuteFindings
        What was found.
    system : {"magic", "keystone"}
        Only names the scale: both stage the liver alike.
    bilirubin_as : {"reported", "mg/dL"}
        Use the column of the unit reported, or convert all to mg/dL (17.104 µmol/L to 1 mg/dL),
        as is right where units are mixed in one study.
    downgrade : bool
        Keystone only: one stage less where another cause is documented.

    Returns
    -------
    Grade
        Stage 0 to 4.

    Raises
    ------
    ArgumentError
        If an option is not one of its words, or MAGIC is asked to downgrade.

    Notes
    -----
    The two columns are those printed and no exact conversions of each other: 51 µmol/L is 2.98
    mg/dL. Without a unit both columns bound the stage.
    Source: [nbk577669], [bloodref], [przepiorka1995]. Checked against
    `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> [grade_acute_liver(AcuteFindings(bilirubin=51, bilirubin_unit="umol/L"),
    ...                    bilirubin_as=column).value for column in ("reported", "mg/dL")]
    [2, 1]
    """
    _check_downgrade(system, downgrade=downgrade)
    if bilirubin_as not in ("reported", "mg/dL"):
        raise ArgumentError("`bilirubin_as` must be reported or mg/dL.")
    scale = f"agvhd_liver_{_key_of(system)}"
    unit = findings.bilirubin_unit
    most = MOST_MG_DL if unit == "mg/dL" else MOST_MG_DL / MG_DL_PER_UMOL_L
    refused = grade_unless_possible(
        scale,
        {"bilirubin": findings.bilirubin, "bilirubin_unit": 1 if unit in (None, *UNITS) else 0},
        decisive=("bilirubin",),
        ranges={"bilirubin": (0.0, most), "bilirubin_unit": (1, 1)},
    )
    if refused or findings.bilirubin is None:
        return refused or grade_recorded(scale, None, most=4)
    units = (unit,) if unit else UNITS
    staged = sorted(_liver_stage(findings.bilirubin, one, bilirubin_as) for one in units)
    unknown = [] if unit else ["bilirubin_unit"]
    bounds = (Decided(staged[0][0], staged[0][1]), Decided(staged[-1][0], staged[-1][1]))
    if downgrade:
        return _less(scale, bounds, unknown, cause=findings.liver_other_cause, of="liver")
    return grade_between(scale, lambda worst: bounds[worst], unknown=unknown)


def _liver_stage(
    bilirubin: float, unit: str, bilirubin_as: BilirubinColumn
) -> tuple[int, tuple[str, ...]]:
    if unit == "umol/L" and bilirubin_as == "reported":
        stage = sum((bilirubin >= 34, bilirubin >= 51, bilirubin >= 103, bilirubin > 255))
        return stage, (f"umol_l_{stage}",) if stage else ()
    if unit == "umol/L":
        bilirubin = round(bilirubin * MG_DL_PER_UMOL_L, 9)
    stage = sum((bilirubin >= 2, bilirubin > 3, bilirubin > 6, bilirubin > 15))
    return stage, (f"mg_dl_{stage}",) if stage else ()


def _check_downgrade(system: System, *, downgrade: bool) -> None:
    if downgrade and system != "keystone":
        raise ArgumentError("`downgrade` belongs to the keystone system: MAGIC takes no stage off.")


def _less(
    scale: str,
    bounds: tuple[Decided, Decided],
    unknown: list[str],
    *,
    cause: bool | None,
    of: str,
) -> Grade:
    """Take one stage off where another cause is documented, or may be."""
    if cause is None and bounds[1].grade:
        unknown = [*unknown, f"{of}_other_cause"]
    least, most = bounds
    if cause is not False:
        least = _one_less(least)
    if cause:
        most = _one_less(most)
    return grade_between(scale, lambda worst: most if worst else least, unknown=unknown)


def _one_less(found: Decided) -> Decided:
    if found.grade == 0:
        return found
    return Decided(found.grade - 1, (*found.because, "other_cause"), found.flags)


def grade_acute_lower_gut(
    findings: AcuteFindings, *, system: System = "magic", downgrade: bool = False
) -> Grade:
    """Return the stage of the lower gut.

    Rule
    ----
    =====  ==================  ==================================  =================================
    stage  Keystone, adult     MAGIC, adult or above 50 kg         MAGIC, child up to 50 kg
    =====  ==================  ==================================  =================================
    0      to 500 mL a day     below 500 mL, or below 3 episodes   below 10 mL/kg, or below 4
    1      above 500 to 1000   500 to below 1000, or 3 to 4        10 to below 20, or 4 to 6
    2      above 1000 to 1500  1000 to 1500, or 5 to 7             20 to 30, or 7 to 10
    3      above 1500          above 1500, or above 7              above 30, or above 10
    4      severe pain         severe pain, or grossly bloody      as for adults
    =====  ==================  ==================================  =================================

    Parameters
    ----------
    findings : AcuteFindings
        What was found.
    system : {"magic", "keystone"}
        Which table.
    downgrade : bool
        Keystone only: one stage less where another cause is documented.

    Returns
    -------
    Grade
        Stage 0 to 4.

    Raises
    ------
    ArgumentError
        If `system` is not one of the two words, or MAGIC is asked to downgrade.

    Notes
    -----
    A measured volume comes before the number of episodes; half of it counts where urine is in it.
    An adult is staged by the adult column at any weight, a child of more than 50 kg too; where
    age and weight do not tell, both columns bound the stage. Keystone has no column for children:
    their stage is bounded by the adult's below and 3 above, flag ``NO_CHILD_COLUMN``. Keystone
    counts 200 mL for an episode that was not measured, flag ``STOOL_ESTIMATED``.
    Source: [nbk577669], [harris2016], [nbk12966]. Checked against `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> child = AcuteFindings(stool_ml_day=400, weight_kg=20, age_y=6,
    ...                       severe_abdominal_pain=False, grossly_bloody_stool=False)
    >>> grade_acute_lower_gut(child).value
    2
    """
    _check_downgrade(system, downgrade=downgrade)
    scale = f"agvhd_lower_gut_{_key_of(system)}"
    four = ("severe_abdominal_pain",) + (("grossly_bloody_stool",) if system == "magic" else ())
    stool = ("stool_ml_day", "stool_episodes_day")
    refused = grade_unless_possible(
        scale,
        _found(findings, (*stool, *four, "weight_kg", "age_y")),
        decisive=(*stool, *four),
        ranges=RANGES,
    )
    if refused:
        return refused
    bounds, unknown = _lower_bounds(findings, system, four)
    if downgrade:
        return _less(scale, bounds, unknown, cause=findings.gut_other_cause, of="gut")
    return grade_between(scale, lambda worst: bounds[worst], unknown=unknown)


def _lower_bounds(
    findings: AcuteFindings, system: System, four: tuple[str, ...]
) -> tuple[tuple[Decided, Decided], list[str]]:
    """Return the stage at the least and at the worst, and what of the unknown matters."""
    pain = findings.severe_abdominal_pain
    flags = ("ILEUS_WITHOUT_SEVERE_PAIN",) if findings.ileus and pain is not True else ()
    signs = _found(findings, four)
    keys = {"severe_abdominal_pain": "severe_pain", "grossly_bloody_stool": "bloody_stool"}
    present = tuple(keys[name] for name in four if signs[name])
    if present:
        certain = Decided(4, present, flags)
        return (certain, certain), []
    stool = grade_stool(
        StoolFindings(
            ml_day=findings.stool_ml_day,
            episodes_day=findings.stool_episodes_day,
            mixed_with_urine=findings.stool_mixed_with_urine,
            weight_kg=findings.weight_kg,
            age_y=findings.age_y,
        ),
        system=system,
    )
    open_signs = [name for name in four if signs[name] is None]
    least = Decided(stool.low or 0, stool.because, flags + stool.flags)
    high = 4 if open_signs else stool.high if stool.high is not None else 3
    return (least, Decided(high, (), least.flags)), [*stool.missing, *open_signs]


def grade_acute_upper_gut(findings: AcuteFindings, *, system: System = "magic") -> Grade:
    """Return the stage of the upper gut.

    Rule
    ----
    =====  ==========================================  =======================================
    stage  MAGIC                                       Keystone
    =====  ==========================================  =======================================
    0      no symptoms, or now and then                otherwise
    1      persistent nausea, vomiting or anorexia     the same with a biopsy that shows it
    =====  ==========================================  =======================================

    Parameters
    ----------
    findings : AcuteFindings
        What was found.
    system : {"magic", "keystone"}
        Which table.

    Returns
    -------
    Grade
        Stage 0 or 1.

    Raises
    ------
    ArgumentError
        If `system` is not one of the two words.

    Notes
    -----
    Keystone knows no stage of the upper gut: it counts as stage 1 of the gut. Whether symptoms
    were persistent is for the reader of the chart; a limit of 2 days for vomiting, which is
    remembered from the paper of 2016 and could not be checked, is not built in.
    Source: [harris2016], [przepiorka1995]. Checked against `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> sick = AcuteFindings(upper_gi_symptoms=True)
    >>> grade_acute_upper_gut(sick).value, grade_acute_upper_gut(sick, system="keystone").missing
    (1, ('upper_gi_biopsy_pos',))
    """
    scale = f"agvhd_upper_gut_{_key_of(system)}"
    symptoms, biopsy = findings.upper_gi_symptoms, findings.upper_gi_biopsy_pos
    wanted = {"upper_gi_symptoms": symptoms}
    if system == "keystone":
        wanted["upper_gi_biopsy_pos"] = biopsy
    refused = grade_unless_possible(scale, wanted, decisive=tuple(wanted), ranges={})
    if refused:
        return refused
    if False in wanted.values():
        return grade_between(scale, lambda _: Decided(0))
    unknown = [name for name, finding in wanted.items() if finding is None]
    met = Decided(1, ("symptoms" if system == "magic" else "biopsy",))
    return grade_between(
        scale, lambda worst: met if worst or not unknown else Decided(0), unknown=unknown
    )


def grade_acute_organs(
    findings: AcuteFindings,
    *,
    system: System = "magic",
    recorded: RecordedStages | None = None,
    bilirubin_as: BilirubinColumn = "reported",
    downgrade: bool = False,
) -> AcuteOrgans:
    """Return the stage of every organ, from findings or, where these leave it open, as recorded.

    Rule
    ----
    ====================================  ================================================
    organ                                 stage
    ====================================  ================================================
    findings decide                       as they give it; a record against it is flagged
    findings leave it open                the recorded stage, if it lies within the bounds
    upper gut recorded, no symptoms told  symptoms as recorded; Keystone asks for a biopsy
    ====================================  ================================================

    Parameters
    ----------
    findings : AcuteFindings
        What was found.
    system : {"magic", "keystone"}
        Which tables.
    recorded : RecordedStages or None
        Stages in the record, of the same system.
    bilirubin_as : {"reported", "mg/dL"}
        See `grade_acute_liver`.
    downgrade : bool
        See `grade_acute_liver` and `grade_acute_lower_gut`.

    Returns
    -------
    AcuteOrgans

    Raises
    ------
    ArgumentError
        If an option is not one of its words, or MAGIC is asked to downgrade.

    Notes
    -----
    Source: [harris2016], [przepiorka1995]; findings before a record of stages is a convention of
    this package. Checked against `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> organs = grade_acute_organs(AcuteFindings(rash_bsa_pct=30.0),
    ...                             recorded=RecordedStages(liver=1))
    >>> organs.skin.value, organs.liver.value, organs.lower_gut.status.name
    (2, 1, 'NOT_EVALUABLE')
    """
    told = recorded or RecordedStages()
    upper = told.upper_gut
    if findings.upper_gi_symptoms is None and upper in (0, 1):
        findings, upper = replace(findings, upper_gi_symptoms=bool(upper)), None
    elif system == "keystone" and upper == 1:
        upper = None  # symptoms without a biopsy are no stage there: nothing to compare with
    return AcuteOrgans(
        system=system,
        skin=grade_with_record(grade_acute_skin(findings, system=system), told.skin, most=4),
        liver=grade_with_record(
            grade_acute_liver(
                findings, system=system, bilirubin_as=bilirubin_as, downgrade=downgrade
            ),
            told.liver,
            most=4,
        ),
        upper_gut=grade_with_record(
            grade_acute_upper_gut(findings, system=system), upper, most=ORGANS["upper_gut"]
        ),
        lower_gut=grade_with_record(
            grade_acute_lower_gut(findings, system=system, downgrade=downgrade),
            told.lower_gut,
            most=4,
        ),
        kps=findings.kps,
    )
