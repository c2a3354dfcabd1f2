"""Each bundled study is run once, by the command, into a folder with a space in its name."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autallo.model.results import Results


@dataclass(frozen=True)
class Ran:
    """A study that was run by the command: its folder, what it printed, its results."""

    folder: Path
    printed: str
    results: Results


def autallo(*arguments, folder=None, **how):
    """Call the command as a user does and return the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "autallo", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **how,
    )


def run_demo(name, place):
    done = autallo("demo", "--study", name, "--out", place)
    assert done.returncode == 0, done.stderr
    results = (place / "results" / "results.json").read_text(encoding="utf-8")
    return Ran(place, done.stdout, Results.from_json(results))


@pytest.fixture(scope="session")
def hu2019(tmp_path_factory):
    return run_demo("hu2019", tmp_path_factory.mktemp("a study of ours"))


@pytest.fixture(scope="session")
def kersey1987(tmp_path_factory):
    return run_demo("kersey1987", tmp_path_factory.mktemp("kersey"))


@pytest.fixture(scope="session")
def alloauto(tmp_path_factory):
    return run_demo("alloauto", tmp_path_factory.mktemp("alloauto"))


@pytest.fixture(scope="session")
def okiss(tmp_path_factory):
    return run_demo("okiss", tmp_path_factory.mktemp("okiss"))
