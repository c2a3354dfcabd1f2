"""What an assessment of acute GVHD found: raw findings, recorded stages, the organs together."""

from dataclasses import dataclass
from typing import Literal

from autallo.clinical.grading import Grade

__all__ = ["AcuteFindings", "AcuteOrgans", "RecordedStages"]


System = Literal["magic", "keystone"]


RANGES = {
    "rash_bsa_pct": (0.0, 100.0),
    "bullae_bsa_pct": (0.0, 100.0),
    "stool_ml_day": (0.0, 20_000.0),
    "stool_episodes_day": (0.0, 100.0),
    "weight_kg": (2.0, 300.0),
    "age_y": (0.0, 110.0),
    "kps": (0.0, 100.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AcuteFindings:
    """What was found at one assessment; None is "not known", never "no".

    Attributes
    ----------
    rash_bsa_pct : float or None
        Body surface with active erythema, by the rule of nines; neither sclerosis nor pigment [%].
    generalised_erythroderma : bool or None
        Rash all over; read only where the surface is not known.
    bullae_and_desquamation : bool or None
        Blisters and peeling, both, on a rash that is all over.
    bullae_bsa_pct : float or None
        Body surface with them [%]; MAGIC asks for more than 5.
    bilirubin : float or None
        Total bilirubin, in `bilirubin_unit`.
    bilirubin_unit : {"mg/dL", "umol/L"} or None
        Unit of `bilirubin`.
    stool_ml_day : float or None
        Liquid stool in a day, best the mean of three [mL].
    stool_episodes_day : float or None
        Episodes in a day; read only where the volume is not known [number].
    stool_mixed_with_urine : bool
        Whether urine is in the measured volume; then half of it counts.
    weight_kg, age_y : float or None
        Weight [kg] and age [years]: the columns for children and adults differ.
    severe_abdominal_pain : bool or None
        Pain that needs new or more opioids and impairs performance.
    ileus : bool or None
        Ileus; without severe pain it gives no stage.
    grossly_bloody_stool : bool or None
        Blood in the stool that is no fleck or streak of another cause.
    upper_gi_symptoms : bool or None
        Persistent nausea (3 days), vomiting (twice a day) or loss of appetite with loss of weight.
    upper_gi_biopsy_pos : bool or None
        Biopsy of stomach or duodenum that shows graft-versus-host disease.
    liver_other_cause, gut_other_cause : bool or None
        Another documented cause; read only with the option `downgrade` of Keystone.
    kps : float or None
        Karnofsky score; read only with the option `kps_clause` of Keystone [0 to 100].
    """

    rash_bsa_pct: float | None = None
    generalised_erythroderma: bool | None = None
    bullae_and_desquamation: bool | None = None
    bullae_bsa_pct: float | None = None
    bilirubin: float | None = None
    bilirubin_unit: str | None = None
    stool_ml_day: float | None = None
    stool_episodes_day: float | None = None
    stool_mixed_with_urine: bool = False
    weight_kg: float | None = None
    age_y: float | None = None
    severe_abdominal_pain: bool | None = None
    ileus: bool | None = None
    grossly_bloody_stool: bool | None = None
    upper_gi_symptoms: bool | None = None
    upper_gi_biopsy_pos: bool | None = None
    liver_other_cause: bool | None = None
    gut_other_cause: bool | None = None
    kps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedStages:
    """Stages that somebody else told; None is "not recorded".

    Attributes
    ----------
    skin, liver, lower_gut : int or None
        Stage 0 to 4.
    upper_gut : int or None
        Stage 0 or 1: the symptoms, whether or not a biopsy was taken.
    """

    skin: int | None = None
    liver: int | None = None
    upper_gut: int | None = None
    lower_gut: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcuteOrgans:
    """The stage of every organ at one assessment, each with its bounds.

    Attributes
    ----------
    system : {"magic", "keystone"}
        By which system they were staged.
    skin, liver, upper_gut, lower_gut : Grade
        The stages.
    kps : float or None
        Karnofsky score [0 to 100].
    """

    system: System
    skin: Grade
    liver: Grade
    upper_gut: Grade
    lower_gut: Grade
    kps: float | None = None
