"""The tables of chronic graft-versus-host disease: scores of the organs, severity of the whole."""

from autallo.clinical.criteria import Criterion

__all__ = ["CHRONIC_ORGANS", "CRITERIA", "NIH_LABELS", "SEATTLE_LABELS"]

#: Severity as it is printed: NIH consensus of 2014, then the older Seattle extent.
NIH_LABELS = ("none", "mild", "moderate", "severe")
SEATTLE_LABELS = ("none", "limited", "extensive")
#: The eight sites that count for the severity, in the order of every table.
CHRONIC_ORGANS = ("skin", "mouth", "eyes", "gut", "liver", "lung", "joints", "genital")


def _rows(scale: str, source: str, rows: tuple[tuple[str, int, str], ...]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(scale=scale, key=key, grade=grade, words=words, source=source, evidence="V2")
        for key, grade, words in rows
    )


_SKIN = (
    ("surface_1", 1, "disease on 1 to 18 % of the body surface"),
    ("surface_2", 2, "disease on 19 to 50 % of the body surface"),
    ("surface_3", 3, "disease on more than 50 % of the body surface"),
    ("sclerosis_superficial", 2, "hardening that can still be pinched"),
    ("sclerosis_deep", 3, "deep hardening, impaired mobility or ulcers"),
)
_MOUTH = (
    ("mouth_1", 1, "mild signs, eating not limited"),
    ("mouth_2", 2, "moderate signs, eating partly limited"),
    ("mouth_3", 3, "severe signs, eating much limited"),
)
_EYES = (
    ("dry_eye", 1, "mild dry eyes"),
    ("drops_1", 1, "drops up to three times a day"),
    ("drops_2", 2, "drops more than three times a day"),
    ("plugs", 2, "plugs in the tear ducts"),
    ("daily_life", 2, "daily life partly affected"),
    ("eyewear", 3, "special eyewear for pain"),
    ("unable_to_work", 3, "unable to work because of the eyes"),
    ("visual_loss", 3, "loss of sight from dryness of cornea and conjunctiva"),
)
_GUT = (
    ("symptoms", 1, "symptoms, loss of weight below 5 % in three months"),
    ("weight_loss_2", 2, "loss of weight of 5 to 15 % in three months"),
    ("weight_loss_3", 3, "loss of weight above 15 % in three months"),
    ("diarrhoea_1", 1, "mild diarrhoea"),
    ("diarrhoea_2", 2, "moderate diarrhoea"),
    ("diarrhoea_3", 3, "severe diarrhoea"),
    ("supplement", 3, "most calories from supplements"),
    ("dilation", 3, "oesophagus dilated"),
)
_LIVER = (
    ("alt_1", 1, "ALT from 3 to 5 times the upper limit"),
    ("ap_1", 1, "alkaline phosphatase 3 times the upper limit or more"),
    ("alt_2", 2, "ALT above 5 times the upper limit"),
    ("bilirubin_2", 2, "bilirubin above its upper limit, up to 3 mg/dL"),
    ("bilirubin_3", 3, "bilirubin above 3 mg/dL"),
)
_LUNG = (
    ("fev1_1", 1, "FEV1 from 60 to below 80 % of predicted"),
    ("fev1_2", 2, "FEV1 from 40 to below 60 % of predicted"),
    ("fev1_3", 3, "FEV1 below 40 % of predicted"),
    ("symptoms_1", 1, "FEV1 not known: breathless after one flight of stairs"),
    ("symptoms_2", 2, "FEV1 not known: breathless on flat ground"),
    ("symptoms_3", 3, "FEV1 not known: breathless at rest, or oxygen"),
)
_JOINTS = (
    ("joints_1", 1, "mild tightness, movement normal or a little less, daily life not affected"),
    ("joints_2", 2, "tightness or contractures, movement moderately less, daily life affected"),
    ("joints_3", 3, "contractures, movement much less, daily life much limited"),
)
_GENITAL = (
    ("genital_1", 1, "mild signs"),
    ("genital_2", 2, "moderate signs"),
    ("genital_3", 3, "severe signs"),
)

CRITERIA: tuple[Criterion, ...] = (
    *_rows("cgvhd_skin", "jagasia2015", _SKIN),
    *_rows("cgvhd_mouth", "jagasia2015", _MOUTH),
    *_rows("cgvhd_eyes", "jagasia2015", _EYES),
    *_rows("cgvhd_gut", "jagasia2015", _GUT),
    *_rows("cgvhd_liver", "jagasia2015", _LIVER),
    *_rows("cgvhd_lung", "jagasia2015", _LUNG),
    *_rows("cgvhd_joints", "jagasia2015", _JOINTS),
    *_rows("cgvhd_genital", "jagasia2015", _GENITAL),
    *_rows(
        "cgvhd_nih",
        "jagasia2015",
        (
            ("one_or_two_organs", 1, "one or two organs other than the lung, score 1"),
            ("three_organs", 2, "three organs or more"),
            ("organ_2", 2, "an organ other than the lung with score 2"),
            ("lung_1", 2, "lung score 1"),
            ("organ_3", 3, "an organ other than the lung with score 3"),
            ("lung_2", 3, "lung score 2 or 3"),
        ),
    ),
    *_rows(
        "cgvhd_seattle",
        "nbk12966",
        (
            ("localised_skin", 1, "skin, up to 50 % of the body surface"),
            ("liver", 1, "liver function impaired"),
            ("generalised_skin", 2, "skin, more than 50 % of the body surface"),
            ("liver_histology", 2, "liver biopsy: aggressive hepatitis, bridging or cirrhosis"),
            ("eyes", 2, "Schirmer test below 5 mm"),
            ("mouth", 2, "minor salivary glands or oral mucosa"),
            ("other_organ", 2, "any other organ"),
        ),
    ),
)
