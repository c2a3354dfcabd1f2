"""The modules of the folder `sizes`, which is no package."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

SIZES = Path(__file__).resolve().parents[3] / "sizes"


@pytest.fixture(scope="module")
def sizes():
    """Every module of the folder, each under its name, for one file of tests."""
    before = set(sys.modules)
    sys.path.insert(0, str(SIZES))
    try:
        names = sorted(path.stem for path in SIZES.glob("*.py"))
        yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    finally:
        sys.path.remove(str(SIZES))
        for name in set(sys.modules) - before:
            if getattr(sys.modules[name], "__file__", None) in map(str, SIZES.glob("*.py")):
                del sys.modules[name]
