"""Measure regressions in time against a floor and against other libraries, in one run.

Data: exponential times with five covariates (three normal, two of yes and no), two causes and
about 40 % censored, in whole days (so with ties) and continuous. Floor: what a step of Newton's
method cannot do without, one weighted cross-product of the covariates, and one counting pass over
whole days or one sort of continuous times. The libraries run in the environment of `curves.py`,
one process for each library and method; a fit that takes over a minute is ended.

`python regressions.py SIZE ...` measures these sizes only.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from curves import HERE, best, environment, table, time_of
from numpy.typing import NDArray

from autallo.stats.cox.fit import fit_cox
from autallo.stats.fine_gray.model import fit_fine_gray
from autallo.stats.firth.cox import fit_firth_cox

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SMALL = "days-28"
STUDIES = 1_000
KINDS = {"days": "whole days", "continuous": "continuous times"}
METHODS = {"cox": "Cox, Efron's ties", "fine_gray": "Fine-Gray, `crr`'s standard errors"}
LIBRARIES = {
    "lifelines": ("cox",),
    "scikit-survival": ("cox",),
    "statsmodels": ("cox",),
    "surpyval": ("cox", "fine_gray"),
    "greenwood": ("cox", "fine_gray"),
    "survival": ("cox", "fine_gray"),
    "comprisk": ("fine_gray",),
    "firthmodels": ("firth",),
}
EFFECTS = np.array([0.5, -0.3, 0.1, 0.4, 0.0])
#: What the whole call may take at the largest size, and 1,000 small Firth fits [s].
AIMS = {"cox": 1.0, "fine_gray": 2.0}
FIRTH_AIM = 2.0
#: `crr` goes through all pairs of patients.
LARGEST_OF_CRR = 10_000
#: A coefficient further than this share of its standard error from that of R is wrong.
WRONG = 1e-3
#: All fits of one library and method together [s]; each fit has a limit of its own.
PATIENCE = 600
Data = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Answer:
    """What one fit gave: seconds, coefficients, standard errors, or what went wrong."""

    seconds: float | None = None
    coefficient: NDArray[np.float64] | None = None
    std_error: NDArray[np.float64] | None = None
    problem: str = ""


Answers = dict[str, Answer]


def patients_with_covariates(n: int, *, kind: str) -> Data:
    """Return so many patients with five covariates, the same every time."""
    rng = np.random.Generator(np.random.Philox(key=[n, 5]))
    x = np.column_stack([rng.normal(size=(n, 3)), rng.random((n, 2)) < 0.4])
    first = rng.exponential(1_000 * np.exp(-x @ EFFECTS))
    second = rng.exponential(1_500 * np.exp(-0.2 * x[:, 0]))
    end = rng.exponential(900, n)
    own = np.minimum(np.minimum(first, second), end)
    cause = np.where(own == end, 0, np.where(own == first, 1, 2))
    return {
        "time": np.ceil(own) if kind == "days" else own,
        "event": cause > 0,
        "cause": cause.astype(np.int64),
        "x": x.astype(np.float64),
    }


def small_studies(covariates: int) -> Data:
    """Return 1,000 studies of 28 patients without ties, one study to a row."""
    rng = np.random.Generator(np.random.Philox(key=[28, covariates]))
    x = rng.normal(size=(STUDIES, 28, covariates))
    x[:, :, 0] = np.repeat([0, 1], [17, 11])
    event = rng.random((STUDIES, 28)) < 0.6
    times = rng.exponential(300, (STUDIES, 28))
    return {"time": times, "event": event, "cause": event.astype(np.int64), "x": x}


def floor(data: Data, *, kind: str) -> float:
    """Return the time of one weighted cross-product and one counting pass, or one sort [s]."""
    times, event, x = data["time"], data["event"], data["x"]
    day, weight = times.astype(np.int64), np.exp(-np.abs(x[:, 0]))
    if kind == "days":
        return best(lambda: ((x * weight[:, None]).T @ x, np.bincount(day * 2 + event)))
    return best(lambda: ((x * weight[:, None]).T @ x, np.argsort(times)))


def own_calls(data: Data) -> dict[str, Callable[[], object]]:
    """Return our call for each method."""
    times, event, cause, x = (data[name] for name in ("time", "event", "cause", "x"))
    return {
        "cox": lambda: fit_cox(times, event, x, interval="Wald"),
        "fine_gray": lambda: fit_fine_gray(times, cause, x, n_causes=2),
    }


def measure_own(sets: dict[str, Data]) -> Answers:
    """Return our answers by data set and method."""
    found = {}
    for place, data in sets.items():
        for method, call in own_calls(data).items():
            fit = call()
            seconds = min(best(call) for _ in range(10)) if place == SMALL else best(call)
            found[f"{place}/{method}"] = Answer(seconds, fit.coefficient, fit.std_error)
    return found


def measure_more(sets: dict[str, Data]) -> dict[str, float]:
    """Return our times for what the others do not give [s]."""
    small = sets[SMALL]
    rows = {"Cox, 28 patients, two covariates, profile limits": _with_profile(small)}
    for place, data in sets.items():
        if place != SMALL and place.startswith("days"):
            n = data["time"].size
            rows[f"Cox, n = {n:,}, whole days, profile limits"] = _with_profile(data)
    return rows


def _with_profile(data: Data) -> float:
    return best(lambda: fit_cox(data["time"], data["event"], data["x"]))


def measure_firth(covariates: int) -> Answer:
    """Return the time of 1,000 Firth fits with profile limits and tests, and all coefficients."""
    studies = list(
        zip(*(small_studies(covariates)[k] for k in ("time", "event", "x")), strict=True)
    )
    fits = [fit_firth_cox(*study) for study in studies]
    seconds = best(lambda: [fit_firth_cox(*study) for study in studies])
    return Answer(
        seconds,
        np.concatenate([fit.coefficient for fit in fits]),
        np.concatenate([fit.std_error for fit in fits]),
    )


def write(folder: Path, name: str, data: Data) -> None:
    """Write one data set for Python and for R."""
    place = folder / name
    place.mkdir()
    shape = " ".join(map(str, data["x"].shape))
    (place / "shape.txt").write_text(shape + "\n", encoding="utf-8")
    for part, values in data.items():
        np.save(place / f"{part}.npy", values, allow_pickle=False)
        values.astype(np.float64).T.tofile(place / f"{part}.bin")


def measure_rivals(folder: Path, places: dict[str, list[str]]) -> tuple[dict[str, str], dict]:
    """Return the versions of the others, and their answers by library, data set and method."""
    versions: dict[str, str] = {}
    found: dict[str, Answers] = {}
    python, rscript = environment(), shutil.which("Rscript")
    for library, methods in LIBRARIES.items() if python else ():
        for method in methods:
            start = [str(python), str(HERE / "regression_rivals.py"), library, method, str(folder)]
            answers = _run(start, library, method, places[method], versions)
            found[library] = {**found.get(library, {}), **answers}
    for method in METHODS if rscript else ():
        start = [str(rscript), str(HERE / "regressions.R"), method, str(folder)]
        within = [
            place
            for place in places[method]
            if method == "cox" or int(place.split("-")[1]) <= LARGEST_OF_CRR
        ]
        found["R"] = {**found.get("R", {}), **_run(start, "R", method, within, versions)}
    return versions, found


def _run(
    start: list[str], library: str, method: str, places: list[str], versions: dict[str, str]
) -> Answers:
    """Run one library on these data sets, kind by kind, until one takes too long."""
    found: Answers = {}
    for kind in dict.fromkeys(place.split("-")[0] for place in places):
        wanted = [place for place in places if place.split("-")[0] == kind]
        lines, why = _lines([*start, *wanted])
        for line in lines:
            if "version" in line:
                versions[library] = line["version"]
                continue
            found[f"{line['place']}/{method}"] = _answer(line)
        missing = [place for place in wanted if f"{place}/{method}" not in found]
        for number, place in enumerate(missing):
            found[f"{place}/{method}"] = Answer(problem=why if number == 0 else "not tried")
    return found if library in versions else {}


def _lines(command: list[str]) -> tuple[list[dict], str]:
    """Return the lines of JSON that a process prints, and why there are no more."""
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        try:
            done = subprocess.run(
                command, stdout=printed, stderr=complaints, timeout=PATIENCE, check=False
            )
            why = "over 60 s" if done.returncode == -14 else "fails"
        except subprocess.TimeoutExpired:
            why = f"over {PATIENCE} s"
        printed.seek(0)
        complaints.seek(0)
        text = complaints.read().decode(errors="replace")[-300:].strip()
        print(" ".join(command[1:4]), text, file=sys.stderr)
        return [json.loads(line) for line in printed.read().decode().splitlines()], why


def _answer(line: dict) -> Answer:
    if "problem" in line:
        print(line, file=sys.stderr)
        memory = "emory" in line["problem"]
        return Answer(problem="out of memory" if memory else "fails")
    error = line["std_error"]
    return Answer(
        line["seconds"],
        np.array(line["coefficient"], dtype=np.float64),
        None if error is None else np.array(error, dtype=np.float64),
    )


def deviation(mine: Answer, other: Answer) -> float | None:
    """Return the largest distance of coefficients in standard errors of the second."""
    if mine.coefficient is None or other.coefficient is None or other.std_error is None:
        return None
    if mine.coefficient.shape != other.coefficient.shape:
        return float("inf")
    return float(np.max(np.abs(mine.coefficient - other.coefficient) / other.std_error))


def deviation_of_errors(mine: Answer, other: Answer) -> float | None:
    """Return the largest relative distance of the standard errors."""
    if mine.std_error is None or other.std_error is None:
        return None
    return float(np.max(np.abs(mine.std_error / other.std_error - 1)))


def section(sizes: tuple[int, ...] = SIZES) -> str:
    """Measure, and return the tables as Markdown."""
    sets = {f"{kind}-{n}": patients_with_covariates(n, kind=kind) for kind in KINDS for n in sizes}
    small = patients_with_covariates(28, kind="days")
    sets = {SMALL: {**small, "x": small["x"][:, [0, 3]]}, **sets}
    floors = {
        place: floor(data, kind=place.split("-")[0])
        for place, data in sets.items()
        if place != SMALL
    }
    own, more = measure_own(sets), measure_more(sets)
    firth = {f"firth-{covariates}": measure_firth(covariates) for covariates in (1, 2, 3)}
    own |= {f"{place}/firth": answer for place, answer in firth.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place, data in sets.items():
            write(folder, place, data)
        for covariates in (1, 2, 3):
            write(folder, f"firth-{covariates}", small_studies(covariates))
        places = {"cox": list(sets), "fine_gray": list(sets), "firth": list(firth)}
        versions, rivals = measure_rivals(folder, places)
    parts = ["## Regressions in time", _about(versions), _own_table(sizes, own, floors)]
    parts += [_rivals_table(method, list(sets), own, rivals) for method in METHODS]
    parts += [_small_table(more), _firth_table(own, rivals), _wrong(own, rivals)]
    return "\n\n".join([*parts, _missed(sizes, own, rivals)])


def _about(versions: dict[str, str]) -> str:
    others = ", ".join(f"{name} {version}" for name, version in versions.items())
    absent = [name for name in (*LIBRARIES, "R") if name not in versions]
    without = f" Not installed here: {', '.join(absent)}." if absent else ""
    return (
        "Seeded exponential times with five covariates, two causes, about 40 % censored; Wald "
        "limits, which all of them give. The floor is one weighted cross-product of the "
        "covariates with one `bincount` of the days, or one `argsort` of continuous times, in the "
        f"same run. A fit of more than a minute is ended. Others: {others or 'none installed'}."
        f"{without}"
    )


def _own_table(sizes: tuple[int, ...], own: Answers, floors: dict[str, float]) -> str:
    heads = ["Autallo", *[f"n = {n:,}" for n in sizes], f"floors at {sizes[-1]:,}"]
    rows = []
    for kind, called in KINDS.items():
        bottom = [floors[f"{kind}-{n}"] for n in sizes]
        rows.append([f"floor, {called}", *map(time_of, bottom), "1"])
        for method, name in METHODS.items():
            taken = [own[f"{kind}-{n}/{method}"].seconds for n in sizes]
            ratio = taken[-1] / bottom[-1]
            rows.append([f"{name}, {called}", *map(time_of, taken), f"{ratio:.0f}"])
    return table(heads, rows)


def _rivals_table(method: str, places: list[str], own: Answers, rivals: dict) -> str:
    libraries = [name for name in rivals if any(key.endswith(f"/{method}") for key in rivals[name])]
    heads = ["times as long as Autallo", "Autallo", *libraries]
    rows = []
    for place in places:
        key = f"{place}/{method}"
        kind, n = place.split("-")
        cells = [
            _cell(rivals[name].get(key), own[key], _truth(key, own, rivals)) for name in libraries
        ]
        rows.append([f"n = {int(n):,}, {KINDS[kind]}", time_of(own[key].seconds), *cells])
    return f"### {METHODS[method]}\n\n{table(heads, rows)}"


def _truth(key: str, own: Answers, rivals: dict) -> Answer:
    """Return R's answer, or ours where R has none."""
    theirs = rivals.get("R", {}).get(key)
    return own[key] if theirs is None or theirs.coefficient is None else theirs


def _cell(answer: Answer | None, own: Answer, truth: Answer) -> str:
    if answer is None:
        return ""
    if answer.seconds is None:
        return answer.problem
    off = deviation(answer, truth)
    wrong = " (wrong)" if off is not None and not off <= WRONG else ""
    return f"{answer.seconds / own.seconds:.2g}{wrong}"


def _small_table(more: dict[str, float]) -> str:
    return table(["Autallo", "time"], [[name, time_of(taken)] for name, taken in more.items()])


def _firth_table(own: Answers, rivals: dict) -> str:
    heads = [f"{STUDIES:,} Firth fits of 28, profile limits and tests", "Autallo [s]", "aim [s]"]
    rows = []
    for covariates in (1, 2, 3):
        key = f"firth-{covariates}/firth"
        other = rivals.get("firthmodels", {}).get(key)
        cells = [f"{own[key].seconds:.2f}", f"{FIRTH_AIM:g}", _cell(other, own[key], own[key])]
        rows.append([f"{covariates} covariate(s)", *cells])
    return table([*heads, "firthmodels, times as long"], rows)


def _wrong(own: Answers, rivals: dict) -> str:
    """Say which coefficients differ from those of R (from ours where R has none)."""
    lines = []
    for name, answers in {"Autallo": own, **rivals}.items():
        for key, answer in answers.items():
            truth = _truth(key, own, rivals)
            off, error = deviation(answer, truth), deviation_of_errors(answer, truth)
            against = "ours" if truth is own.get(key) else "R"
            if off is not None and not off <= WRONG:
                lines.append(
                    f"* {name}, {key}: a coefficient is {off:.2g} standard errors from {against}."
                )
            elif error is not None and not error <= WRONG:
                lines.append(
                    f"* {name}, {key}: a standard error is {100 * error:.2g} % off {against}."
                )
    return "### Answers that differ\n\n" + ("\n".join(lines) or "None.")


def _missed(sizes: tuple[int, ...], own: Answers, rivals: dict) -> str:
    """Say by how much each aim is missed."""
    lines = []
    for method, aim in AIMS.items():
        for kind, called in KINDS.items():
            taken = own[f"{kind}-{sizes[-1]}/{method}"].seconds
            if taken > aim:
                lines.append(
                    f"* {METHODS[method]}, {called}, n = {sizes[-1]:,}: {taken:.2f} s, "
                    f"aim {aim:g} s."
                )
    for covariates in (1, 2, 3):
        taken = own[f"firth-{covariates}/firth"].seconds
        if taken > FIRTH_AIM:
            lines.append(
                f"* {STUDIES:,} Firth fits with {covariates} covariate(s): {taken:.2f} s, "
                f"aim {FIRTH_AIM:g} s."
            )
    for name, answers in rivals.items():
        for key, answer in answers.items():
            if answer.seconds is not None and answer.seconds < own[key].seconds:
                ratio = own[key].seconds / answer.seconds
                lines.append(f"* {key}: {name} is {ratio:.1f} times as fast.")
    return "### Aims missed\n\n" + ("\n".join(lines) or "None.")


if __name__ == "__main__":
    print(section(tuple(map(int, sys.argv[1:])) or SIZES))
