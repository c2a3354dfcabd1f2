"""Which chimerism sample stands for the day of collection, and its category."""

from datetime import date, timedelta

import pytest

from autallo.clinical.product import ChimerismSample, classify_chimerism

TITLE = "T-cell chimerism at collection"
RULE = (
    ("days that count", "30 before to 7 after the collection"),
    ("cells that count", "CD3; else whole blood with a flag"),
    ("several samples", "the nearest; of two as near the earlier"),
    ("95 % or more", "full"),
    ("5 % to below 95 %", "mixed"),
    ("below 5 %", "lost"),
)
COLUMNS = ("case", "samples: (day from collection, cells, donor %)", "category", "donor %", "flags")
CASES = (
    ("at the upper limit", ((0, "CD3", 95.0),), "full", 95.0, ()),
    ("just below it", ((0, "CD3", 94.9),), "mixed", 94.9, ()),
    ("at the lower limit", ((0, "CD3", 5.0),), "mixed", 5.0, ()),
    ("just below it, graft lost", ((0, "CD3", 4.9),), "lost", 4.9, ()),
    ("first day of the window", ((-30, "CD3", 99.0),), "full", 99.0, ()),
    ("a day too early", ((-31, "CD3", 99.0),), None, None, ()),
    ("last day of the window", ((7, "CD3", 99.0),), "full", 99.0, ()),
    ("a day too late", ((8, "CD3", 99.0),), None, None, ()),
    ("the nearest counts", ((-10, "CD3", 99.0), (3, "CD3", 50.0)), "mixed", 50.0, ()),
    ("as near: the earlier", ((4, "CD3", 50.0), (-4, "CD3", 99.0)), "full", 99.0, ()),
    ("CD3 before whole blood", ((0, "whole_blood", 50.0), (-20, "CD3", 99.0)), "full", 99.0, ()),
    ("whole blood for want of CD3", ((-2, "whole_blood", 80.0), (0, "CD33", 99.0)), "mixed", 80.0,
     ("CHIMERISM_WHOLE_BLOOD",)),
    ("marrow does not count", ((0, "marrow", 99.0),), None, None, ()),
    ("twice on one day: the lower", ((0, "CD3", 99.0), (0, "CD3", 90.0)), "mixed", 90.0, ()),
)  # fmt: skip

COLLECTED = date(2020, 3, 10)


def samples_of(listed):
    return [
        ChimerismSample(day=COLLECTED + timedelta(days=gap), cell_fraction=cells, donor_pct=share)
        for gap, cells, share in listed
    ]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_sample_chosen_and_its_category(case):
    _, listed, category, share, flags = case
    for order in (listed, listed[::-1]):
        found = classify_chimerism(samples_of(order), COLLECTED)
        assert (found.category, found.donor_pct, found.flags) == (category, share, flags)


def test_without_a_day_of_collection_nothing_can_be_chosen():
    assert classify_chimerism(samples_of([(0, "CD3", 99.0)]), None).category is None
