"""Measure everything and write bench/README.md and docs/reference/speed.md."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import commands
import curves
import regressions

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measure, print and write the page."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "polars", "matplotlib"))
    machine = (
        f"Machine: {processor()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {libraries}."
    )
    head = ["# How long it takes", "Written by `make bench`.", machine]
    sections = (commands.section(), curves.section(), regressions.section())
    text = "\n\n".join([*head, *sections]) + "\n"
    for page in (ROOT / "bench" / "README.md", ROOT / "docs" / "reference" / "speed.md"):
        page.write_text(text, encoding="utf-8")
    print(text)


def processor() -> str:
    """Return the name of the processor."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown processor"


if __name__ == "__main__":
    main()
