import pytest

from autallo.clinical.consistency import CONSISTENCY_RULES, classify_consistency
from autallo.errors import ArgumentError


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ({}, []),
        ({"wbc_1e9_l": 2, "anc_1e9_l": 2, "alc_1e9_l": 2}, []),
        ({"wbc_1e9_l": 2, "anc_1e9_l": 2.1}, ["anc_above_wbc"]),
        ({"wbc_1e9_l": 2, "alc_1e9_l": 2.1}, ["alc_above_wbc"]),
        ({"wbc_1e9_l": None, "alc_1e9_l": 2.1}, []),
        ({"dose_total": 1.05e8, "dose_per_kg": 2.5e6, "weight_kg": 40}, []),
        ({"dose_total": 1.06e8, "dose_per_kg": 2.5e6, "weight_kg": 40}, ["dose_and_weight"]),
        ({"dose_total": 0.95e8, "dose_per_kg": 2.5e6, "weight_kg": 40}, []),
        ({"dose_total": 0.94e8, "dose_per_kg": 2.5e6, "weight_kg": 40}, ["dose_and_weight"]),
        ({"dose_total": 2.5e6, "dose_per_kg": 2.5e6, "weight_kg": 40}, ["dose_and_weight"]),
        ({"mrd_positive": True}, ["mrd_without_blasts"]),
        ({"mrd_positive": True, "blasts_pct": 0}, []),
        ({"mrd_positive": False}, []),
    ],
)
def test_each_rule(values, keys):
    found = classify_consistency(values)
    assert [one.key for one in found] == keys
    assert all(one.severity == "warn" and one.words for one in found)


def test_every_rule_can_be_broken_and_other_names_are_refused():
    everything = {"wbc_1e9_l": 1, "anc_1e9_l": 2, "alc_1e9_l": 2, "dose_total": 1,
                  "dose_per_kg": 1, "weight_kg": 9, "mrd_positive": True}  # fmt: skip
    assert len(classify_consistency(everything)) == len(CONSISTENCY_RULES)
    with pytest.raises(ArgumentError, match="name some of"):
        classify_consistency({"wbc": 1})
