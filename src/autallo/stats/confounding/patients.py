"""Treated and untreated patients with their covariates: checked, and named in every refusal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_array, as_events
from autallo.stats.regression.covariates import Covariates, as_covariates

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: What the two groups are called in a sentence; in every pair the untreated come first.
GROUPS = ("untreated", "treated")


@dataclass(frozen=True, slots=True)
class Patients:
    """Patients of two groups.

    Attributes
    ----------
    treated : ndarray of bool, shape (n,)
        Who is in the treated group; both groups have somebody.
    covariates : Covariates
        One row for each patient; may be the caller's own table.
    """

    treated: Flags
    covariates: Covariates


def as_treated(treated: ArrayLike) -> Flags:
    """Return who is treated, or refuse if that is nobody or everybody."""
    arms = as_events("treated", treated)
    among = int(np.count_nonzero(arms))
    if among in (0, arms.size):
        who = "everybody" if among else "nobody"
        raise ArgumentError(f"`treated` must differ between patients: {who} is treated.")
    return arms


def as_patients(treated: ArrayLike, covariates: ArrayLike, names: Sequence[str] | None) -> Patients:
    """Return the patients, or refuse; a covariate with missing values is named."""
    arms = as_treated(treated)
    _refuse_missing(covariates, names)
    with naming_covariates():
        table = as_covariates(covariates, names)
    if len(table.values) != arms.size:
        raise ArgumentError("`treated` and `covariates` must have one row for each patient.")
    return Patients(arms, table)


@contextmanager
def naming_covariates() -> Iterator[None]:
    """Refuse `covariates` where a model, whose argument has another name, refuses its `x`."""
    try:
        yield
    except ArgumentError as refused:
        raise ArgumentError(str(refused).replace("`x", "`covariates")) from None


def group_sizes(treated: Flags) -> tuple[int, int]:
    """Return how many are untreated, and how many are treated."""
    among = int(np.count_nonzero(treated))
    return treated.size - among, among


def _refuse_missing(covariates: ArrayLike, names: Sequence[str] | None) -> None:
    array = as_array("covariates", covariates)
    if array.dtype.kind != "f" or array.ndim not in (1, 2):
        return
    columns = array if array.ndim == 2 else array[:, None]
    lacking = np.flatnonzero(~np.isfinite(columns).all(axis=0)).tolist()
    if lacking:
        known = names is not None and len(names) == columns.shape[1]
        called = [names[k] if names is not None and known else f"column {k}" for k in lacking]
        raise ArgumentError(
            f"`covariates` must be finite: {', '.join(called)} has missing values. "
            "Leave those patients out before, or fill in the values."
        )
