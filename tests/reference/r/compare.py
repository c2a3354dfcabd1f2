"""Run the R scripts of this folder again and compare every golden number with what R prints now.

Usage: ``python compare.py [--write] [name ...]``. Each script answers the cases of the golden file
of its own name, one folder up. Exit code 0: all agree. 1: some differ, or a script failed. 3: R or
one of its packages is missing. ``--write`` takes R's answer where a case differs or has no
expected numbers yet, and refreshes the head of the file.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
GOLDEN = HERE.parent
#: Longest first: two scripts run at a time.
NAMES = (
    "design", "permutation", "survival", "risks", "unconditional", "incidence", "cox", "gray_small",
    "gray", "homogeneity", "e_value", "matching", "weighted_curves", "propensity", "balancing",
    "logrank", "ranks", "nelson_aalen", "restricted_mean", "survival_difference",
    "restricted_loss", "brunner_munzel", "correlation", "jonckheere", "kruskal_wallis",
    "signed_rank", "superiority", "fragility", "stratified_tables", "trend", "mcnemar",
    "kinetics", "multiplicity", "freeman_halton", "contingency", "proportions", "confounding",
    "summary", "max_combo", "weighted_logrank", "fine_gray",
    "fine_gray_small", "multistate", "multistate_small", "changes", "logistic", "poisson",
    "linear", "bootstrap", "any_permutation", "imputations", "firth",
    "firth_small", "cox_residuals", "cox_zph", "cox_prediction", "concordance", "cox_small",
)  # fmt: skip
PACKAGES = ("survival", "cmprsk", "coin", "exactRankTests", "jsonlite")
DEBIAN = "r-base-core " + " ".join(f"r-cran-{package.lower()}" for package in PACKAGES)

#: The same versions of R and its packages must print the same number, to this relative deviation;
#: for other versions the `rtol` and `atol` of the case hold, which say why if they are wider.
LOOSEST = 1e-9
#: Parts of the expected numbers and the field of the case that holds their own tolerance.
OWN_TOLERANCE = (("/p_value", "rtol_p"), ("/cox/", "rtol_cox"))
#: A golden number below this may be 0 but for rounding: then differences below `NOTHING` pass.
SMALL, NOTHING = 1e-12, 1e-14
PLACES_SHOWN = 5
CHARACTERS_SHOWN = 60
MISSING_R = 3


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is let pass as equal in one number: relative, and absolute beside it."""

    relative: float
    absolute: float


@dataclass(slots=True)
class Tally:
    """What one golden file came to."""

    name: str
    cases: int = 0
    numbers: int = 0
    largest: float = 0.0
    largest_in: str = ""
    differing: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def main() -> int:
    """Compare the golden files that are named, or all of them, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("name", nargs="*", default=NAMES, help=f"of: {', '.join(NAMES)}")
    parser.add_argument("--write", action="store_true", help="write what R prints now")
    given = parser.parse_args()
    unknown = [name for name in given.name if name not in NAMES]
    if unknown:
        parser.error(f"there is no script {', '.join(unknown)}; choose of {', '.join(NAMES)}")
    missing = missing_in_r()
    if missing:
        say(f"{missing} On Debian: apt-get install {DEBIAN}")
        return MISSING_R
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as pool:
        tallies = list(pool.map(lambda name: compare(name, write=given.write), given.name))
    tallies += [
        Tally(path.stem, differing=[f"not recomputed: there is no script {path.stem}.R"])
        for path in sorted(GOLDEN.glob("*.json"))
        if path.stem not in NAMES
    ]
    found = report(tallies, seconds=time.monotonic() - started)
    if given.write:
        say("The golden files now hold what R prints; look at the difference, then compare again.")
    return found


def missing_in_r() -> str | None:
    """Return what is missing, as a sentence, or None."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return "Rscript was not found; R is needed to recompute the golden numbers."
    names = ", ".join(f'"{name}"' for name in PACKAGES)
    ask = f"for (p in c({names})) if (!requireNamespace(p, quietly = TRUE)) cat(p, '')"
    absent = run_r(rscript, "-e", ask).stdout.split()
    return f"R lacks the package(s) {', '.join(absent)}." if absent else None


def run_r(*command: str) -> subprocess.CompletedProcess[str]:
    """Run R in the folder of the scripts, in plain English and plain sorting order."""
    return subprocess.run(
        command,
        cwd=HERE,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def compare(name: str, *, write: bool) -> Tally:
    """Run one script and hold its answers against the golden file."""
    tally = Tally(name)
    done = run_r(str(shutil.which("Rscript")), f"{name}.R")
    if done.returncode:
        tally.differing.append(f"{name}.R stopped: {done.stderr.strip()[-500:]}")
        return tally
    printed = json.loads(done.stdout)
    path = GOLDEN / f"{name}.json"
    golden = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    cases = golden.get("cases", [])
    if "cases" in printed:  # the script makes its cases itself
        cases = made_again(cases, printed["cases"], tally)
    same = same_versions(golden.get("_generated", {}), printed["_generated"], tally)
    if len(cases) != len(printed["answers"]):
        tally.differing.append(f"{len(cases)} cases, R answers {len(printed['answers'])}")
        return tally
    tally.cases = len(cases)
    for case, answer in zip(cases, printed["answers"], strict=True):
        differing = check_case(case, answer, same=same, tally=tally)
        if differing and write:
            case["expected"] = answer
    if write:
        write_golden(path, printed["_generated"], cases)
    return tally


def made_again(
    stored: list[dict[str, Any]], made: list[dict[str, Any]], tally: Tally
) -> list[dict[str, Any]]:
    """Return the cases that the script made, with the golden numbers of the same stored case."""
    known = {case["id"]: case for case in stored}
    cases = []
    for case in made:
        old = dict(known.get(case["id"], {}))
        expected = old.pop("expected", None)
        if old and old != case:
            tally.differing.append(f"{case['id']}: the case itself is another one")
        cases.append(case if old != case or expected is None else {**case, "expected": expected})
    return cases


def same_versions(stored: dict[str, Any], printed: dict[str, Any], tally: Tally) -> bool:
    """Whether R and its packages are those that the golden file was made with."""
    keys = ("r_version", "packages")
    if all(stored.get(key) == printed[key] for key in keys):
        return True
    made, here = (
        ", ".join([f"R {head.get('r_version')}", *map(" ".join, head.get("packages", {}).items())])
        for head in (stored, printed)
    )
    tally.remarks.append(f"made with {made}; here {here}")
    return False


def check_case(case: dict[str, Any], answer: object, *, same: bool, tally: Tally) -> bool:
    """Compare all numbers of one case; note them in the tally; return whether any differ."""
    places = list(paired("", case.get("expected"), answer))
    wrong = []
    for place, golden, printed in places:
        deviation = deviation_of(golden, printed, tolerance_of(case, place, same=same))
        if deviation is None:
            wrong.append(f"{case['id']}{place}: golden {short(golden)}, R {short(printed)}")
        elif deviation > tally.largest:
            tally.largest, tally.largest_in = deviation, f"{case['id']}{place}"
    tally.numbers += sum(is_number(golden) for _, golden, _ in places)
    tally.differing += wrong
    return bool(wrong)


def paired(place: str, golden: Any, printed: Any) -> Any:
    """Yield each leaf of the expected numbers with R's at the same place; unlike shapes whole."""
    if isinstance(golden, dict) and isinstance(printed, dict) and golden.keys() == printed.keys():
        for key in golden:
            yield from paired(f"{place}/{key}", golden[key], printed[key])
    elif isinstance(golden, list) and isinstance(printed, list) and len(golden) == len(printed):
        for position, pair in enumerate(zip(golden, printed, strict=True)):
            yield from paired(f"{place}[{position}]", *pair)
    else:
        yield place, golden, printed


def tolerance_of(case: dict[str, Any], place: str, *, same: bool) -> Tolerance:
    """Return what may differ at one place of a case; some parts have a tolerance of their own."""
    own = [case[key] for part, key in OWN_TOLERANCE if part in place and key in case]
    relative = own[0] if own else case.get("rtol", LOOSEST)
    if same or not relative:
        return Tolerance(min(relative or LOOSEST, LOOSEST), 0.0)
    return Tolerance(relative, 0.0 if own else case.get("atol", 0.0))


def deviation_of(golden: Any, printed: Any, allowed: Tolerance) -> float | None:
    """Return the relative deviation of two leaves, 0 if both are nothing; None if they differ."""
    if not (is_number(golden) and is_number(printed)):
        return 0.0 if golden == printed else None
    gap = abs(golden - printed)
    relative = gap / abs(golden) if golden else (0.0 if not gap else math.inf)
    if relative <= allowed.relative:
        return relative
    rounding = abs(golden) <= SMALL and gap <= NOTHING
    return 0.0 if rounding or gap <= allowed.absolute else None


def short(value: object) -> str:
    """Return a value as text that fits on a line."""
    text = json.dumps(value)
    return text if len(text) <= CHARACTERS_SHOWN else text[:CHARACTERS_SHOWN] + " ..."


def is_number(value: object) -> bool:
    """Whether a leaf is a finite number; infinities are the words Inf and -Inf."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def write_golden(path: Path, head: dict[str, Any], cases: list[dict[str, Any]]) -> None:
    """Write a golden file, one case to a line."""
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    text = f'{{"_generated": {json.dumps(head)},\n "cases": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def report(tallies: list[Tally], *, seconds: float) -> int:
    """Print what each file came to, and the first cases that differ; return the exit code."""
    say(f"{'golden file':<16}{'cases':>7}{'numbers':>9}{'differ':>8}  largest relative deviation")
    for tally in tallies:
        where = f" in {tally.largest_in}" if tally.largest_in else ""
        say(
            f"{tally.name:<16}{tally.cases:>7}{tally.numbers:>9}{len(tally.differing):>8}"
            f"  {tally.largest:.1e}{where}"
        )
    total = sum(tally.numbers for tally in tallies)
    say(f"{sum(tally.cases for tally in tallies)} cases, {total} numbers, {seconds:.0f} s")
    for tally in tallies:
        for line in tally.remarks:
            say(f"{tally.name}: {line}")
        for line in tally.differing[:PLACES_SHOWN]:
            say(f"DIFFERS  {tally.name}: {line}")
        if len(tally.differing) > PLACES_SHOWN:
            say(f"DIFFERS  {tally.name}: and {len(tally.differing) - PLACES_SHOWN} more")
    return 1 if any(tally.differing for tally in tallies) else 0


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
