"""Measure how long the commands take as whole processes.

Each command runs once to compile byte code and then `REPEATS` times; the median is written.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PYTHON = sys.executable
REPEATS = 7


def seconds(arguments: list[str], folder: Path) -> float:
    """Return the median wall time of a command [s]."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    taken = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        subprocess.run(
            [PYTHON, *arguments], cwd=folder, env=environment, check=True, capture_output=True
        )
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def section() -> str:
    """Measure, and return the table as Markdown."""
    autallo = ["-m", "autallo"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("hu2019", "kersey1987"):
            seconds([*autallo, "demo", "--no-figures", "--study", name, "--out", name], folder)
        hu2019, kersey = "hu2019/study.yaml", "kersey1987/study.yaml"
        bare = seconds(["-c", "pass"], folder)
        imported = seconds(["-c", "import autallo"], folder)
        rows = [
            ("bare Python", bare, None),
            ("`import autallo`, over bare Python", imported - bare, 0.15),
            ("`autallo --help`", seconds([*autallo, "--help"], folder), 0.4),
            ("`autallo check`, hu2019", seconds([*autallo, "check", hu2019], folder), None),
            ("`autallo run --no-figures`, hu2019",
             seconds([*autallo, "run", hu2019, "--no-figures"], folder), 1.5),
            ("`autallo run`, hu2019", seconds([*autallo, "run", hu2019], folder), 8.0),
            ("`autallo run`, kersey1987", seconds([*autallo, "run", kersey], folder), None),
        ]  # fmt: skip
    lines = [
        "## Commands",
        "",
        f"Whole processes, warm byte code, median wall time of {REPEATS}.",
        "",
        "| command | seconds | aim |",
        "|---|--:|--:|",
    ]
    lines += [
        f"| {name} | {taken:.2f} | {'' if aim is None else f'{aim:g}'} |"
        for name, taken, aim in rows
    ]
    return "\n".join(lines)
