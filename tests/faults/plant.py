"""Plant known mistakes in a copy of the package, one at a time, and see that the tests find them.

Usage: ``python plant.py [word ...]``: all faults, or those whose module holds a word. Each must
turn at least two tests red. Exit code 0: every fault was found. The checkout is not touched.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FEWEST = 2
#: A fault is found as soon as so many tests are red.
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--maxfail={FEWEST}")
FOLDERS = ("byhand", "reference", "twins", "laws", "published", "spec", "unit")


def main():
    """Plant the faults, print one line for each, and return the exit code."""
    words = sys.argv[1:]
    faults = json.loads((HERE / "faults.json").read_text(encoding="utf-8"))
    chosen = [f for f in faults if not words or any(word in f["module"] for word in words)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(tests_turned_red, chosen))
    for fault, red in zip(chosen, found, strict=True):
        verdict = "found" if red >= FEWEST else "MISSED"
        say(f"{verdict} ({red} tests): {fault['module']}: {fault['what']}")
    missed = sum(red < FEWEST for red in found)
    say(f"{len(chosen) - missed} of {len(chosen)} faults found")
    return 1 if missed else 0


def tests_turned_red(fault):
    """Return how many tests fail with this fault in the package, counted up to `FEWEST`."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "src"
        shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
        path = copy / "autallo" / fault["module"]
        text = path.read_text(encoding="utf-8")
        if text.count(fault["old"]) != 1:
            raise SystemExit(f"{fault['module']}: {fault['old']!r} must occur once")
        path.write_text(text.replace(fault["old"], fault["new"]), encoding="utf-8")
        done = subprocess.run(
            [*PYTEST, *tests_of(fault)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    counted = re.findall(r"(\d+) (failed|error)", done.stdout)
    return sum(int(number) for number, _ in counted)


def tests_of(fault):
    """Return the test files of the module: named after it, its folder, or both."""
    module = Path(fault["module"])
    stem, folder = module.stem, module.parent.name
    names = fault.get("tests", [stem, f"{folder}_{stem}", folder])
    return [
        str(path)
        for folder in FOLDERS
        for name in names
        for path in sorted((ROOT / "tests" / folder).rglob(f"test_{name}.py"))
    ]


def say(text):
    """Print a line."""
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
