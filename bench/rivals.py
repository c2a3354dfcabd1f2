"""Time the same calls in other libraries: `python rivals.py LIBRARY FOLDER` prints JSON.

FOLDER holds what `bench/curves.py` has written: for each data set `time`, `event`, `cause` and
`group` as `.npy`. Runs in an environment that holds `bench/rivals.txt`.
"""

import json
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

BUDGET = 3.0
MOST_REPEATS = 5
#: A data set ten times larger is left out if this one took longer than so many seconds.
TOO_LONG = 12.0


def best(call):
    """Return the shortest wall time of a few runs [s]."""
    shortest, spent, runs = float("inf"), 0.0, 0
    while runs < MOST_REPEATS and spent < BUDGET:
        start = time.perf_counter()
        call()
        taken = time.perf_counter() - start
        shortest, spent, runs = min(shortest, taken), spent + taken, runs + 1
    return shortest


def lifelines(d):
    from lifelines import AalenJohansenFitter, KaplanMeierFitter
    from lifelines.statistics import logrank_test

    first = d["group"] == 0
    return {
        "kaplan_meier": lambda: KaplanMeierFitter().fit(d["time"], d["event"]),
        "logrank": lambda: logrank_test(
            d["time"][first], d["time"][~first], d["event"][first], d["event"][~first]
        ),
        "incidence": lambda: AalenJohansenFitter(seed=1).fit(d["time"], d["cause"], 1),
    }


def scikit_survival(d):
    from sksurv.compare import compare_survival
    from sksurv.nonparametric import cumulative_incidence_competing_risks, kaplan_meier_estimator
    from sksurv.util import Surv

    y = Surv.from_arrays(d["event"], d["time"])
    return {
        "kaplan_meier": lambda: kaplan_meier_estimator(d["event"], d["time"], conf_type="log-log"),
        "logrank": lambda: compare_survival(y, d["group"]),
        "incidence": lambda: cumulative_incidence_competing_risks(
            d["cause"], d["time"], conf_type="log-log"
        ),
    }


def statsmodels(d):
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

    return {
        "kaplan_meier": lambda: SurvfuncRight(d["time"], d["event"].astype(int)),
        "logrank": lambda: survdiff(d["time"], d["event"].astype(int), d["group"]),
        "incidence": lambda: CumIncidenceRight(d["time"], d["cause"]),
    }


def surpyval(d):
    import surpyval

    censored = (~d["event"]).astype(int)
    cause = d["cause"].astype(float)
    cause[cause == 0] = np.nan
    return {
        "kaplan_meier": lambda: surpyval.KaplanMeier.fit(d["time"], c=censored),
        "logrank": lambda: surpyval.logrank(d["time"], d["group"], c=censored),
        "incidence": lambda: surpyval.CompetingRisks.fit(d["time"], cause, c=censored),
        "gray": lambda: surpyval.gray_test(d["time"], cause, d["group"], 1, c=censored),
    }


def greenwood(d):
    import greenwood

    surv = greenwood.Surv(d["time"], event=d["event"])
    import pandas as pd

    states = greenwood.Surv(d["time"], event=pd.Categorical(d["cause"], categories=[0, 1, 2]))
    return {
        "kaplan_meier": lambda: greenwood.KaplanMeier().fit(surv),
        "logrank": lambda: greenwood.logrank_test(surv, d["group"]),
        "incidence": lambda: greenwood.AalenJohansen().fit(states),
        "gray": lambda: greenwood.grays_test(states, d["group"], cause=1),
    }


def survival(d):
    import pandas as pd
    import survival

    frame = pd.DataFrame(
        {
            "time": d["time"],
            "event": d["event"].astype(int),
            "group": d["group"],
            "cause": pd.Categorical(d["cause"], categories=[0, 1, 2]),
        }
    )
    return {
        "kaplan_meier": lambda: survival.survfit("Surv(time, event) ~ 1", frame),
        "logrank": lambda: survival.survdiff("Surv(time, event) ~ group", frame),
        "incidence": lambda: survival.survfit("Surv(time, cause) ~ 1", frame),
    }


def comprisk(d):
    import comprisk

    return {
        "incidence": lambda: comprisk.CumulativeIncidence().fit(d["time"], d["cause"]),
        "gray": lambda: comprisk.gray_test(d["time"], d["cause"], d["group"]),
    }


LIBRARIES = {
    "lifelines": lifelines,
    "scikit-survival": scikit_survival,
    "statsmodels": statsmodels,
    "surpyval": surpyval,
    "greenwood": greenwood,
    "survival": survival,
    "comprisk": comprisk,
}


def main():
    """Time every method of one library on every data set, the small ones first."""
    warnings.simplefilter("ignore")
    name, folder = sys.argv[1], Path(sys.argv[2])
    taken = {}
    left_out = set()
    for place in json.loads((folder / "sets.json").read_text(encoding="utf-8")):
        data = {
            part: np.load(folder / place / f"{part}.npy", allow_pickle=False)
            for part in ("time", "event", "cause", "group")
        }
        kind = place.split("-")[0]
        for method, call in LIBRARIES[name](data).items():
            if (kind, method) in left_out:
                continue
            try:
                taken[f"{place}/{method}"] = best(call)
            except Exception as problem:
                taken[f"{place}/{method}"] = None
                print(place, method, repr(problem)[:200], file=sys.stderr)
                continue
            if taken[f"{place}/{method}"] > TOO_LONG:
                left_out.add((kind, method))
    print(json.dumps({"version": version(name), "seconds": taken}))


if __name__ == "__main__":
    main()
