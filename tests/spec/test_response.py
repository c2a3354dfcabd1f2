"""Best response, responders, and early relapse."""

import pytest

from autallo.clinical.response import (
    classify_best_response,
    classify_early_relapse,
    classify_responder,
)

TITLE = "Best response and early relapse"
RULE = (
    ("which assessments", "day 7 to day 35"),
    ("order, the best first", "CR, CRh, CRi, MLFS, PR, NR"),
    ("no evaluable assessment in the window", "NE"),
    ("responder", "CR, CRh or CRi"),
    ("early relapse", "a responder's relapse before day 183"),
    ("no early relapse", "relapse later, or followed to day 183 without relapse"),
    ("not evaluable", "died in remission, or followed for less, before day 183"),
)
COLUMNS = ("case", "assessments (day, category)", "best response", "first day")
CASES = (
    ("the best of two", ((14, "NR"), (28, "CR")), "CR", 28),
    ("the first day of the best", ((28, "CR"), (21, "CR"), (14, "CRi")), "CR", 21),
    ("CRh before CRi", ((21, "CRi"), (28, "CRh")), "CRh", 28),
    ("CRi before MLFS", ((21, "MLFS"), (28, "CRi")), "CRi", 28),
    ("MLFS before PR", ((21, "PR"), (28, "MLFS")), "MLFS", 28),
    ("PR before NR", ((21, "NR"), (28, "PR")), "PR", 28),
    ("first day of the window", ((7, "CR"),), "CR", 7),
    ("a day too early", ((6, "CR"),), "NE", None),
    ("last day of the window", ((35, "CR"),), "CR", 35),
    ("a day too late", ((28, "NR"), (36, "CR")), "NR", 28),
    ("not evaluable", ((28, "NE"),), "NE", None),
    ("no assessment, died on day 14", (), "NE", None),
)
EARLY_COLUMNS = ("case", "responder", "relapse", "death", "last contact", "early relapse")
EARLY_CASES = (
    ("relapse on day 182", True, 182, None, 400, True),
    ("relapse on day 183", True, 183, None, 400, False),
    ("relapse and death on day 172", True, 172, 172, None, True),
    ("no relapse, last contact day 183", True, None, None, 183, False),
    ("no relapse, last contact day 182", True, None, None, 182, None),
    ("died in remission on day 141", True, None, 141, None, None),
    ("died in remission on day 183", True, None, 183, None, False),
    ("no responder", False, 100, 150, None, None),
    ("response not known", None, None, None, 400, None),
)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_best_response_and_its_day(case):
    _, assessments, category, day = case
    for order in (assessments, assessments[::-1]):
        found = classify_best_response(order)
        assert (found.category, found.day) == (category, day)


@pytest.mark.parametrize("case", EARLY_CASES, ids=[case[0] for case in EARLY_CASES])
def test_early_relapse(case):
    _, responder, relapse, death, last, wanted = case
    found = classify_early_relapse(
        responder=responder, relapse_day=relapse, death_day=death, last_day=last
    )
    assert found.value is wanted
    assert (found.reason is None) == (wanted is not None)


def test_another_window_is_by_its_own_day():
    listed = [(28, "NR"), (95, "CR")]
    assert classify_best_response(listed, by_day=90, tolerance_days=5).category == "CR"
    assert classify_best_response(listed, by_day=90, tolerance_days=4).category == "NR"


@pytest.mark.parametrize(
    ("category", "death", "wanted"),
    [("CR", None, True), ("CRh", 20, True), ("CRi", None, True), ("MLFS", None, False),
     ("PR", None, False), ("NR", None, False), ("NE", 35, False), ("NE", 36, None),
     ("NE", None, None), (None, None, None)],
)  # fmt: skip
def test_who_is_a_responder(category, death, wanted):
    assert classify_responder(category, death_day=death) is wanted
