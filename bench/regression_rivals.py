"""Time one regression in another library on some data sets, the small ones first.

`python regression_rivals.py LIBRARY METHOD FOLDER PLACE ...` prints a line of JSON for each PLACE.
FOLDER holds what `bench/regressions.py` has written. One fit of the first data set, which may
have to compile something, comes before. The alarm ends the process where a fit takes longer than
`LIMIT`. Runs in an environment that holds `bench/rivals.txt`.
"""

import json
import resource
import signal
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

#: Longest time of one fit [s], and of its repetitions.
LIMIT = 60
BUDGET = 3.0
MOST_REPEATS = 20
#: Memory that a library may take [bytes].
MEMORY = 12 * 2**30


def columns(d):
    return [f"x{k}" for k in range(d["x"].shape[1])]


def frame(d):
    import pandas as pd

    table = pd.DataFrame(d["x"], columns=columns(d))
    return table.assign(time=d["time"], event=d["event"].astype(int))


def lifelines_cox(d):
    from lifelines import CoxPHFitter

    fit = CoxPHFitter().fit(frame(d), "time", "event")
    return fit.params_.to_numpy(), fit.standard_errors_.to_numpy()


def scikit_survival_cox(d):
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.util import Surv

    y = Surv.from_arrays(d["event"], d["time"])
    return CoxPHSurvivalAnalysis(ties="efron").fit(d["x"], y).coef_, None


def statsmodels_cox(d):
    from statsmodels.duration.hazard_regression import PHReg

    fit = PHReg(d["time"], d["x"], status=d["event"].astype(int), ties="efron").fit()
    return fit.params, fit.bse


def surpyval_cox(d):
    import surpyval

    fit = surpyval.CoxPH.fit(d["time"], d["x"], c=(~d["event"]).astype(int), tie_method="efron")
    return fit.params, None


def surpyval_fine_gray(d):
    import surpyval

    cause = d["cause"].astype(float)
    cause[cause == 0] = np.nan
    censored = (~d["event"]).astype(int)
    return surpyval.FineGray.fit(d["time"], d["x"], cause, c=censored, event=1).params, None


def greenwood_cox(d):
    import greenwood

    fit = greenwood.CoxPH(ties="efron").fit(greenwood.Surv(d["time"], event=d["event"]), d["x"])
    return fit.coef_, fit.std_error_


def greenwood_fine_gray(d):
    import greenwood
    import pandas as pd

    states = greenwood.Surv(d["time"], event=pd.Categorical(d["cause"], categories=[0, 1, 2]))
    fit = greenwood.FineGray(cause=1).fit(states, d["x"])
    return fit.coef_, fit.std_error_


def survival_cox(d):
    import survival

    fit = survival.coxph(f"Surv(time, event) ~ {' + '.join(columns(d))}", frame(d), ties="efron")
    return fit.coefficients, np.sqrt(np.diag(fit.var))


def survival_fine_gray(d):
    import pandas as pd
    import survival

    cause = pd.Categorical(d["cause"], categories=[0, 1, 2])
    table = frame(d).assign(cause=cause, person=np.arange(len(cause)))
    terms = " + ".join(columns(d))
    weighted = survival.finegray(f"Surv(time, cause) ~ {terms} + person", table, etype="1")
    fit = survival.coxph(
        f"Surv(fgstart, fgstop, fgstatus) ~ {terms}",
        weighted,
        weights="fgwt",
        cluster="person",
        ties="breslow",
    )
    return fit.coefficients, np.sqrt(np.diag(fit.var))


def comprisk_fine_gray(d):
    import comprisk

    fit = comprisk.FineGrayRegression(robust_se=True)
    fit.fit(d["x"], time=d["time"], event=d["cause"])
    return fit.coef_, fit.se_


def firthmodels_firth(d):
    from firthmodels import FirthCoxPH

    found = []
    for x, event, times in zip(d["x"], d["event"], d["time"], strict=True):
        fit = FirthCoxPH().fit(x, (event, times)).lrt()
        limits = fit.conf_int(method="pl")
        found.append(np.column_stack([fit.coef_, fit.bse_, limits]))
    found = np.array(found)
    return found[:, :, 0].ravel(), found[:, :, 1].ravel()


CALLS = {
    ("lifelines", "cox"): lifelines_cox,
    ("scikit-survival", "cox"): scikit_survival_cox,
    ("statsmodels", "cox"): statsmodels_cox,
    ("surpyval", "cox"): surpyval_cox,
    ("surpyval", "fine_gray"): surpyval_fine_gray,
    ("greenwood", "cox"): greenwood_cox,
    ("greenwood", "fine_gray"): greenwood_fine_gray,
    ("survival", "cox"): survival_cox,
    ("survival", "fine_gray"): survival_fine_gray,
    ("comprisk", "fine_gray"): comprisk_fine_gray,
    ("firthmodels", "firth"): firthmodels_firth,
}


def read(place):
    """Return one data set."""
    return {
        part: np.load(place / f"{part}.npy", allow_pickle=False)
        for part in ("time", "event", "cause", "x")
    }


def prepare(call, data):
    """Fit once, and of many studies two, so that nothing is left to compile."""
    if data["x"].ndim > 2:
        data = {name: values[:2] for name, values in data.items()}
    try:
        call(data)
    except Exception as problem:
        print(repr(problem)[:200], file=sys.stderr)


def measure(call, data):
    """Return the shortest time of a few fits [s], with the coefficients and standard errors."""
    shortest, spent, runs = float("inf"), 0.0, 0
    signal.alarm(LIMIT)
    while runs < MOST_REPEATS and spent < BUDGET:
        start = time.perf_counter()
        coefficient, error = call(data)
        taken = time.perf_counter() - start
        signal.alarm(0)
        shortest, spent, runs = min(shortest, taken), spent + taken, runs + 1
    return {
        "seconds": shortest,
        "coefficient": [float(value) for value in coefficient],
        "std_error": None if error is None else [float(value) for value in error],
    }


def main():
    """Time the fit on every data set."""
    warnings.simplefilter("ignore")
    library, method, folder, *places = sys.argv[1:]
    call = CALLS[library, method]
    print(json.dumps({"version": version(library)}), flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    prepare(call, read(Path(folder) / places[0]))
    for place in places:
        try:
            found = measure(call, read(Path(folder) / place))
        except Exception as problem:
            found = {"problem": repr(problem)[:200]}
        print(json.dumps({"place": place, **found}), flush=True)


if __name__ == "__main__":
    main()
