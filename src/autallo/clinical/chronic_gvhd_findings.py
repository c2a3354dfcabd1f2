"""What an assessment of chronic GVHD found: raw findings, recorded scores, the organs together."""

from dataclasses import dataclass

from autallo.clinical.grading import Grade

__all__ = ["ChronicFindings", "ChronicOrgans", "RecordedScores"]


#: Highest score of every organ.
MOST = 3


RANGES = {
    "skin_bsa_pct": (0.0, 100.0),
    "eye_drops_per_day": (0.0, 100.0),
    "weight_loss_pct": (-100.0, 100.0),
    "alt_times_uln": (0.0, 1000.0),
    "ap_times_uln": (0.0, 1000.0),
    "fev1_pct": (0.0, 200.0),
    "lung_symptoms": (0, MOST),
    "word": (1, 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicFindings:
    """What was found at one assessment; None is "not known", never "no".

    Attributes
    ----------
    skin_bsa_pct : float or None
        Body surface with disease [%].
    skin_sclerosis : {"none", "superficial", "deep"} or None
        Hardening: none, can be pinched, cannot (or impairs movement, or has ulcers).
    dry_eye, eye_plugs, eye_limits_daily_life : bool or None
        Dry eyes; plugs in the tear ducts; daily life partly affected.
    eye_drops_per_day : float or None
        How often drops are needed [per day].
    eye_special_eyewear, eye_unable_to_work, eye_visual_loss : bool or None
        Eyewear for pain; unable to work because of the eyes; loss of sight from dryness.
    gut_symptoms : bool or None
        Any symptom of the gut.
    weight_loss_pct : float or None
        Loss of weight in three months, negative for a gain [%].
    diarrhoea : {"none", "mild", "moderate", "severe"} or None
        Diarrhoea.
    gut_supplement, oesophageal_dilation : bool or None
        Most calories from supplements; oesophagus dilated.
    bilirubin, bilirubin_uln : float or None
        Total bilirubin and its upper limit of normal, both in `bilirubin_unit`.
    bilirubin_unit : {"mg/dL", "umol/L"} or None
        Unit of both.
    alt_times_uln, ap_times_uln : float or None
        ALT and alkaline phosphatase as multiples of their upper limits.
    fev1_pct : float or None
        FEV1 [% of predicted].
    lung_symptoms : int or None
        Breathless: 0 not, 1 after a flight of stairs, 2 on flat ground, 3 at rest or oxygen; read
        only where FEV1 is not known.
    explained_otherwise : tuple of str
        Organs whose findings another cause explains wholly; they do not count. A cause that
        explains a part takes nothing off.
    """

    skin_bsa_pct: float | None = None
    skin_sclerosis: str | None = None
    dry_eye: bool | None = None
    eye_drops_per_day: float | None = None
    eye_plugs: bool | None = None
    eye_limits_daily_life: bool | None = None
    eye_special_eyewear: bool | None = None
    eye_unable_to_work: bool | None = None
    eye_visual_loss: bool | None = None
    gut_symptoms: bool | None = None
    weight_loss_pct: float | None = None
    diarrhoea: str | None = None
    gut_supplement: bool | None = None
    oesophageal_dilation: bool | None = None
    bilirubin: float | None = None
    bilirubin_uln: float | None = None
    bilirubin_unit: str | None = None
    alt_times_uln: float | None = None
    ap_times_uln: float | None = None
    fev1_pct: float | None = None
    lung_symptoms: int | None = None
    explained_otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedScores:
    """Scores that an examiner told, 0 to 3; None is "not recorded".

    Attributes
    ----------
    skin, mouth, eyes, gut, liver, lung, joints, genital : int or None
        The score of each organ.
    """

    skin: int | None = None
    mouth: int | None = None
    eyes: int | None = None
    gut: int | None = None
    liver: int | None = None
    lung: int | None = None
    joints: int | None = None
    genital: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicOrgans:
    """The score of every organ at one assessment, each with its bounds.

    Attributes
    ----------
    skin, mouth, eyes, gut, liver, lung, joints, genital : Grade
        The scores.
    """

    skin: Grade
    mouth: Grade
    eyes: Grade
    gut: Grade
    liver: Grade
    lung: Grade
    joints: Grade
    genital: Grade
