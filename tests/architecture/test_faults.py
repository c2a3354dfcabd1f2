"""The planted faults still fit the code: each old text stands in its module exactly once."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAULTS = json.loads((ROOT / "tests" / "faults" / "faults.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{f['module']}: {f['what']}" for f in FAULTS])
def test_the_place_of_a_planted_fault_is_there(fault):
    text = (ROOT / "src" / "autallo" / fault["module"]).read_text(encoding="utf-8")
    assert text.count(fault["old"]) == 1
