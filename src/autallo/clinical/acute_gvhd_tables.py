"""The tables of acute graft-versus-host disease: stages of the organs, grades of the whole."""

from autallo.clinical.criteria import Criterion

__all__ = ["CRITERIA", "IBMTR_LABELS", "ORGANS", "OVERALL", "ROMAN_LABELS"]

#: Grades as they are printed: Keystone and MAGIC, then the IBMTR index.
ROMAN_LABELS = ("0", "I", "II", "III", "IV")
IBMTR_LABELS = ("0", "A", "B", "C", "D")
#: Organs in the order of every table, with their highest stage.
ORGANS = {"skin": 4, "liver": 4, "upper_gut": 1, "lower_gut": 4}

_PAIN = "severe abdominal pain (opioids, performance impaired), with or without ileus"


def _rows(
    scale: str, source: str, evidence: str, rows: tuple[tuple[str, int, str], ...]
) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(scale=scale, key=key, grade=grade, words=words, source=source, evidence=evidence)
        for key, grade, words in rows
    )


_SKIN = (
    ("rash_1", 1, "active rash on less than 25 % of the body surface"),
    ("rash_2", 2, "active rash on 25 to 50 % of the body surface"),
    ("rash_3", 3, "active rash on more than 50 % of the body surface"),
)
_SKIN_KEYSTONE = (("bullae", 4, "rash all over with blisters and peeling"),)
_SKIN_MAGIC = (
    ("bullae", 4, "rash all over with blisters and peeling on more than 5 % of the surface"),
)
_LIVER_MG_DL = (
    ("mg_dl_1", 1, "total bilirubin from 2.0 to 3.0 mg/dL"),
    ("mg_dl_2", 2, "total bilirubin above 3.0 to 6.0 mg/dL"),
    ("mg_dl_3", 3, "total bilirubin above 6.0 to 15.0 mg/dL"),
    ("mg_dl_4", 4, "total bilirubin above 15.0 mg/dL"),
)
_LIVER_UMOL_L = (
    ("umol_l_1", 1, "total bilirubin from 34 to below 51 µmol/L"),
    ("umol_l_2", 2, "total bilirubin from 51 to below 103 µmol/L"),
    ("umol_l_3", 3, "total bilirubin from 103 to 255 µmol/L"),
    ("umol_l_4", 4, "total bilirubin above 255 µmol/L"),
)
_LOWER_KEYSTONE = (
    ("volume_adult_1", 1, "adult, liquid stool above 500 to 1000 mL a day"),
    ("volume_adult_2", 2, "adult, liquid stool above 1000 to 1500 mL a day"),
    ("volume_adult_3", 3, "adult, liquid stool above 1500 mL a day"),
    ("severe_pain", 4, _PAIN),
)
_LOWER_KEYSTONE_EPISODES = (
    ("episodes_adult_1", 1, "adult, not measured, at 200 mL an episode above 500 to 1000 mL"),
    ("episodes_adult_2", 2, "adult, not measured, at 200 mL an episode above 1000 to 1500 mL"),
    ("episodes_adult_3", 3, "adult, not measured, at 200 mL an episode above 1500 mL"),
)
_LOWER_MAGIC = (
    ("volume_adult_1", 1, "adult or above 50 kg, liquid stool from 500 to below 1000 mL a day"),
    ("volume_adult_2", 2, "adult or above 50 kg, liquid stool from 1000 to 1500 mL a day"),
    ("volume_adult_3", 3, "adult or above 50 kg, liquid stool above 1500 mL a day"),
    ("volume_child_1", 1, "child up to 50 kg, liquid stool from 10 to below 20 mL/kg a day"),
    ("volume_child_2", 2, "child up to 50 kg, liquid stool from 20 to 30 mL/kg a day"),
    ("volume_child_3", 3, "child up to 50 kg, liquid stool above 30 mL/kg a day"),
    ("episodes_adult_1", 1, "adult or above 50 kg, not measured, 3 or 4 episodes a day"),
    ("episodes_adult_2", 2, "adult or above 50 kg, not measured, 5 to 7 episodes a day"),
    ("episodes_adult_3", 3, "adult or above 50 kg, not measured, more than 7 episodes a day"),
    ("episodes_child_1", 1, "child up to 50 kg, not measured, 4 to 6 episodes a day"),
    ("episodes_child_2", 2, "child up to 50 kg, not measured, 7 to 10 episodes a day"),
    ("episodes_child_3", 3, "child up to 50 kg, not measured, more than 10 episodes a day"),
    ("severe_pain", 4, _PAIN),
    ("bloody_stool", 4, "grossly bloody stool of any volume"),
)
_OTHER_CAUSE = (("other_cause", 0, "another cause is documented: one stage less (an option)"),)

_KEYSTONE = (
    ("skin_1", 1, "skin stage 1"),
    ("skin_2", 1, "skin stage 2"),
    ("skin_3", 2, "skin stage 3"),
    ("skin_4", 4, "skin stage 4"),
    ("liver_1", 2, "liver stage 1"),
    ("liver_2", 3, "liver stage 2"),
    ("liver_3", 3, "liver stage 3"),
    ("liver_4", 4, "liver stage 4"),
    ("upper_gut_1", 2, "persistent nausea with a biopsy that shows it: gut stage 1"),
    ("lower_gut_1", 2, "gut stage 1"),
    ("lower_gut_2", 3, "gut stage 2"),
    ("lower_gut_3", 3, "gut stage 3"),
    ("lower_gut_4", 3, "gut stage 4"),
)
_MAGIC = (
    ("skin_1", 1, "skin stage 1"),
    ("skin_2", 1, "skin stage 2"),
    ("skin_3", 2, "skin stage 3"),
    ("skin_4", 4, "skin stage 4"),
    ("liver_1", 2, "liver stage 1"),
    ("liver_2", 3, "liver stage 2"),
    ("liver_3", 3, "liver stage 3"),
    ("liver_4", 4, "liver stage 4"),
    ("upper_gut_1", 2, "upper gut stage 1"),
    ("lower_gut_1", 2, "lower gut stage 1"),
    ("lower_gut_2", 3, "lower gut stage 2"),
    ("lower_gut_3", 3, "lower gut stage 3"),
    ("lower_gut_4", 4, "lower gut stage 4"),
)
_IBMTR = (
    ("skin_1", 1, "skin stage 1 and nothing else"),
    ("skin_2", 2, "skin stage 2"),
    ("skin_3", 3, "skin stage 3"),
    ("skin_4", 4, "skin stage 4"),
    ("liver_1", 2, "liver stage 1"),
    ("liver_2", 2, "liver stage 2"),
    ("liver_3", 3, "liver stage 3"),
    ("liver_4", 4, "liver stage 4"),
    ("upper_gut_1", 2, "persistent nausea with a biopsy that shows it: gut stage 1"),
    ("lower_gut_1", 2, "gut stage 1"),
    ("lower_gut_2", 2, "gut stage 2"),
    ("lower_gut_3", 3, "gut stage 3"),
    ("lower_gut_4", 4, "gut stage 4"),
)

CRITERIA: tuple[Criterion, ...] = (
    *_rows("agvhd_skin_magic", "nbk577669", "V", _SKIN + _SKIN_MAGIC),
    *_rows("agvhd_skin_keystone", "nbk577669", "V", _SKIN),
    *_rows("agvhd_skin_keystone", "nbk12966", "V2", _SKIN_KEYSTONE),
    *_rows("agvhd_liver_magic", "nbk577669", "V", _LIVER_MG_DL),
    *_rows("agvhd_liver_magic", "bloodref", "V2", _LIVER_UMOL_L),
    *_rows("agvhd_liver_keystone", "nbk577669", "V", _LIVER_MG_DL),
    *_rows("agvhd_liver_keystone", "bloodref", "V2", _LIVER_UMOL_L),
    *_rows("agvhd_liver_keystone", "nbk12966", "V2", _OTHER_CAUSE),
    *_rows("agvhd_lower_gut_magic", "nbk577669", "V", _LOWER_MAGIC),
    *_rows("agvhd_lower_gut_keystone", "nbk12966", "V2", _LOWER_KEYSTONE),
    *_rows("agvhd_lower_gut_keystone", "house", "D", _LOWER_KEYSTONE_EPISODES),
    *_rows("agvhd_lower_gut_keystone", "nbk12966", "V2", _OTHER_CAUSE),
    *_rows(
        "agvhd_upper_gut_magic",
        "harris2016",
        "V",
        (("symptoms", 1, "persistent nausea, vomiting or loss of appetite, for 3 days or more"),),
    ),
    *_rows(
        "agvhd_upper_gut_keystone",
        "nbk12966",
        "V2",
        (("biopsy", 1, "persistent nausea, and a biopsy of stomach or duodenum that shows it"),),
    ),
    *_rows("agvhd_keystone", "przepiorka1995", "M", _KEYSTONE),
    *_rows(
        "agvhd_keystone",
        "nbk12966",
        "V2",
        (
            ("lower_gut_4_as_iv", 4, "gut stage 4, where the study counts it so (an option)"),
            ("kps_below_30", 4, "any organ involved and Karnofsky score below 30 (an option)"),
        ),
    ),
    *_rows("agvhd_magic", "harris2016", "V2", _MAGIC),
    *_rows("agvhd_ibmtr", "bloodref", "V2", _IBMTR),
)

#: What each stage of an organ makes of the whole: by scale, then by key of the row.
OVERALL: dict[str, dict[str, int]] = {
    scale: {row.key: row.grade for row in CRITERIA if row.scale == scale and row.grade is not None}
    for scale in ("agvhd_keystone", "agvhd_magic", "agvhd_ibmtr")
}
