"""Measure curves and tests in time against two floors and against other libraries, in one run.

Data: exponential times of two groups with two causes and about 40 % censored, in whole days (so
with ties) and continuous. Floors: one counting pass over whole days, and one sort with one
cumulative sum. The libraries run in an environment of their own, made from `rivals.txt`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.fisher_batch import fisher_batch_test
from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.incidence.gray import gray_test
from autallo.stats.incidence.gray_batch import gray_batch_test
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.logrank_batch import logrank_batch_test
from autallo.stats.logrank.permutation import logrank_permutation_test
from autallo.stats.proportions.unconditional import boschloo_test
from autallo.stats.ranks.mann_whitney import mann_whitney_test
from autallo.stats.ranks.mann_whitney_batch import mann_whitney_batch_test
from autallo.stats.survival.bpcp import beta_product_interval
from autallo.stats.survival.kaplan_meier import kaplan_meier
from autallo.stats.survival.kaplan_meier_batch import kaplan_meier_batch

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".rivals"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
KINDS = ("days", "continuous")
METHODS = {
    "kaplan_meier": "Kaplan-Meier, variance and limits",
    "logrank": "log-rank test",
    "incidence": "cumulative incidence, variance and limits",
    "gray": "Gray's test",
}
LIBRARIES = (
    "lifelines", "scikit-survival", "statsmodels", "surpyval", "greenwood", "survival", "comprisk",
)  # fmt: skip
BUDGET = 2.0
STUDIES = 1_000
MOST_REPEATS = 7
#: What the whole call may take, in floors.
AIMS = {"days": 4.0, "continuous": 1.5}
Data = dict[str, NDArray[np.generic]]


def patients(n: int, *, kind: str) -> Data:
    """Return times, events, causes and groups of so many patients, the same every time."""
    rng = np.random.Generator(np.random.Philox(key=n))
    first, second = rng.exponential(1_000, n), rng.exponential(1_500, n)
    end = rng.exponential(900, n)
    own = np.minimum(np.minimum(first, second), end)
    cause = np.where(own == end, 0, np.where(own == first, 1, 2))
    times = np.ceil(own) if kind == "days" else own
    return {
        "time": times,
        "event": cause > 0,
        "cause": cause.astype(np.int64),
        "group": rng.integers(0, 2, n),
    }


def best(call: Callable[[], object]) -> float:
    """Return the shortest wall time of a few runs [s]."""
    shortest, spent, runs = float("inf"), 0.0, 0
    while runs < MOST_REPEATS and spent < BUDGET:
        start = time.perf_counter()
        call()
        taken = time.perf_counter() - start
        shortest, spent, runs = min(shortest, taken), spent + taken, runs + 1
    return shortest


def often(call: Callable[[], object], *, times: int = 200) -> float:
    """Return the time of one of many calls in a row, the best of five rounds [s]."""
    return min(_round(call, times) for _ in range(5)) / times


def _round(call: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return time.perf_counter() - start


def floors(data: Data) -> dict[str, float]:
    """Return the time of one counting pass, and of one sort with one cumulative sum [s]."""
    day, group = data["time"].astype(np.int64), data["group"]
    event, times = data["event"], data["time"]
    return {
        "days": best(lambda: np.bincount((day * 2 + group) * 2 + event)),
        "continuous": best(lambda: np.cumsum(event[np.argsort(times)])),
    }


def own_calls(data: Data) -> dict[str, Callable[[], object]]:
    """Return our call for each method."""
    days, event, cause, group = (data[name] for name in ("time", "event", "cause", "group"))
    return {
        "kaplan_meier": lambda: kaplan_meier(days, event),
        "logrank": lambda: logrank_test(days, event, group),
        "incidence": lambda: cumulative_incidence(days, cause, n_causes=2),
        "gray": lambda: gray_test(days, cause, group, n_causes=2),
    }


def measure_own() -> tuple[dict[str, float], dict[str, float]]:
    """Return our times and the floors, by data set and method."""
    taken, bottom = {}, {}
    for kind in KINDS:
        for n in SIZES:
            data = patients(n, kind=kind)
            bottom[f"{kind}-{n}"] = floors(data)[kind]
            for method, call in own_calls(data).items():
                taken[f"{kind}-{n}/{method}"] = best(call)
    return taken, bottom


def measure_small() -> dict[str, float]:
    """Return our times for 28 patients, one call [s]."""
    data = patients(28, kind="days")
    data["group"] = np.repeat([0, 1], [17, 11])
    return {method: often(call) for method, call in own_calls(data).items()}


def measure_exact() -> dict[str, float]:
    """Return our times for exact tests of 17 against 11, one call [s]."""
    rng = np.random.Generator(np.random.Philox(key=17))
    x, y = rng.normal(size=17), rng.normal(size=11)
    grades = (rng.integers(0, 5, 17), rng.integers(0, 5, 11))
    data = patients(28, kind="days")
    days, event, group = data["time"], data["event"], np.repeat([0, 1], [17, 11])
    return {
        "Fisher with odds ratio and limits": often(lambda: fisher_test([[8, 9], [1, 10]])),
        "Mann-Whitney, exact, no ties": often(lambda: mann_whitney_test(x, y)),
        "Mann-Whitney, exact, five grades": often(lambda: mann_whitney_test(*grades)),
        "log-rank, all 21 million arrangements": best(
            lambda: logrank_permutation_test(days, event, group)
        ),
        "Boschloo": best(lambda: boschloo_test([[8, 9], [1, 10]])),
        "beta product limits at two times": often(
            lambda: beta_product_interval(days, event, at=[180, 365]), times=20
        ),
    }


def measure_studies() -> dict[str, float]:
    """Return the time of 1,000 studies of 17 against 11 by the batched forms [s]."""
    rng = np.random.Generator(np.random.Philox(key=1_000))
    group = np.repeat([0, 1], [17, 11])
    days = np.ceil(rng.exponential(300, (STUDIES, 28)))
    event = rng.random((STUDIES, 28)) < 0.6
    cause = np.where(event, rng.integers(1, 3, event.shape), 0)
    x, y = rng.normal(size=(STUDIES, 17)), rng.normal(size=(STUDIES, 11))
    with_event = np.stack([rng.binomial(17, 0.5, STUDIES), rng.binomial(11, 0.3, STUDIES)], 1)
    tables = np.stack([with_event, [17, 11] - with_event], axis=2)
    arms = [group == 0, group == 1]
    return {
        "Kaplan-Meier of both groups at two times": best(
            lambda: [kaplan_meier_batch(days[:, arm], event[:, arm], at=[180, 365]) for arm in arms]
        ),
        "log-rank": best(lambda: logrank_batch_test(days, event, group)),
        "Fisher": best(lambda: fisher_batch_test(tables)),
        "Mann-Whitney, exact": best(lambda: mann_whitney_batch_test(x, y)),
        "Gray": best(lambda: gray_batch_test(days, cause, group, n_causes=2)),
    }


def measure_rivals(folder: Path) -> dict[str, dict[str, object]]:
    """Return the times of every other library that could be installed, and of R."""
    _write_data(folder)
    python = environment()
    found: dict[str, dict[str, object]] = {}
    for library in LIBRARIES if python else ():
        done = subprocess.run(
            [str(python), str(HERE / "rivals.py"), library, str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            found[library] = json.loads(done.stdout.splitlines()[-1])
        print(library, done.stderr[-500:].strip(), file=sys.stderr)
    rscript = shutil.which("Rscript")
    if rscript:
        done = subprocess.run(
            [rscript, str(HERE / "rivals.R"), str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            found["R"] = json.loads(done.stdout)
        print("R", done.stderr[-500:].strip(), file=sys.stderr)
    return found


def _write_data(folder: Path) -> None:
    places = []
    for n in SIZES:
        for kind in KINDS:
            place = folder / f"{kind}-{n}"
            place.mkdir()
            places.append(place.name)
            for name, values in patients(n, kind=kind).items():
                np.save(place / f"{name}.npy", values, allow_pickle=False)
                values.astype(np.float64).tofile(place / f"{name}.bin")
    (folder / "sets.json").write_text(json.dumps(places), encoding="utf-8")


def environment() -> Path | None:
    """Return the Python of the environment of the other libraries, made or renewed if need be."""
    python, wanted = ENVIRONMENT / "bin" / "python", HERE / "rivals.txt"
    made = ENVIRONMENT / wanted.name
    if made.exists() and made.read_bytes() == wanted.read_bytes():
        return python
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    done = subprocess.run([*install, "-r", str(wanted)], check=False)
    if done.returncode:
        shutil.rmtree(ENVIRONMENT)
        return None
    shutil.copy(wanted, made)
    return python


def section() -> str:
    """Measure, and return the tables as Markdown."""
    own, bottom = measure_own()
    small = measure_small()
    with tempfile.TemporaryDirectory() as place:
        rivals = measure_rivals(Path(place))
    parts = ["## Curves and tests in time", _about(rivals)]
    for kind in KINDS:
        parts.append(_own_table(kind, own, bottom))
        parts.append(_rivals_table(kind, own, rivals))
    parts.append(_small_table(small))
    rows = [[name, f"{taken * 1e3:.2f}"] for name, taken in measure_exact().items()]
    parts.append("### 17 against 11 patients\n\n" + table(["test", "ms a call"], rows))
    parts.append(_studies_table(measure_studies()))
    return "\n\n".join(parts)


def _studies_table(taken: dict[str, float]) -> str:
    rows = [[name, f"{seconds * 1e3:.1f}"] for name, seconds in taken.items()]
    first = sum(list(taken.values())[:4])
    rows.append(["the first four together (aim: 50)", f"{first * 1e3:.1f}"])
    heads = ["batched form", "ms"]
    return f"### {STUDIES:,} studies of 17 against 11 at once\n\n{table(heads, rows)}"


def _about(rivals: dict[str, dict[str, object]]) -> str:
    versions = ", ".join(f"{name} {found['version']}" for name, found in rivals.items())
    return (
        "Seeded exponential times of two groups, two causes, about 40 % censored. Best wall time "
        "of a few runs of the whole call, checks of the arguments included. The counting floor is "
        "one `bincount` of group and outcome by day; the sorting floor is one `argsort` with one "
        f"`cumsum`; both are measured in the same run. Others: {versions or 'none installed'}."
    )


def _own_table(kind: str, own: dict[str, float], bottom: dict[str, float]) -> str:
    title = {"days": "Whole days", "continuous": "Continuous times"}[kind]
    heads = ["method", *[f"n = {n:,}" for n in SIZES], f"floors at {SIZES[-1]:,} (aim)"]
    floor = {"days": "counting floor", "continuous": "sorting floor"}[kind]
    rows = [[floor, *[time_of(bottom[f"{kind}-{n}"]) for n in SIZES], "1"]]
    for method, name in METHODS.items():
        times = [own[f"{kind}-{n}/{method}"] for n in SIZES]
        ratio = times[-1] / bottom[f"{kind}-{SIZES[-1]}"]
        rows.append([name, *map(time_of, times), f"{ratio:.1f} ({AIMS[kind]:g})"])
    return f"### {title}\n\n{table(heads, rows)}"


def _rivals_table(kind: str, own: dict[str, float], rivals: dict[str, dict[str, object]]) -> str:
    heads = ["times as long as Autallo", *rivals]
    rows = []
    for method, name in METHODS.items():
        for n in SIZES:
            key = f"{kind}-{n}/{method}"
            ratios = [_ratio(found["seconds"], key, own[key]) for found in rivals.values()]
            rows.append([f"{name}, n = {n:,}", *ratios])
    return table(heads, rows)


def _ratio(seconds: object, key: str, own: float) -> str:
    assert isinstance(seconds, dict)
    if key not in seconds:
        return ""
    taken = seconds[key]
    return "fails" if taken is None else f"{taken / own:.1f}"


def _small_table(small: dict[str, float]) -> str:
    rows = [[METHODS[method], f"{taken * 1e6:.0f}", "100"] for method, taken in small.items()]
    return "### 28 patients\n\n" + table(["method", "microseconds a call", "aim"], rows)


def time_of(seconds: float) -> str:
    return f"{seconds * 1e3:.3g} ms"


def table(heads: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "--:|" * (len(heads) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


if __name__ == "__main__":
    print(section())
