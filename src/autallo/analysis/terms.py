"""The covariates of a model as columns of numbers: one for each number, one for each level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autallo.analysis.levels import observe_levels, order_levels
from autallo.model.adjusting import Covariate
from autallo.model.cohort import GROUP
from autallo.model.outcome import DAYS_PER_MONTH, DAYS_PER_YEAR
from autallo.model.tables import LIMIT_SUFFIX

__all__ = ["Term", "Terms", "observe_terms", "observe_unknown"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
#: Days in each unit of time; times that the study file gives in another are held in days.
TIMES = {"days": 1.0, "weeks": 7.0, "months": DAYS_PER_MONTH, "years": DAYS_PER_YEAR}


@dataclass(frozen=True, slots=True)
class Term:
    """One coefficient: a step of a number, or a level against the reference.

    Attributes
    ----------
    covariate : str
        The column.
    shown : str
        The level, or the step ("per 10 years").
    versus : str or None
        The reference level; None for a number.
    """

    covariate: str
    shown: str
    versus: str | None

    @property
    def name(self) -> str:
        """What a message calls it."""
        return self.covariate.replace("_", " ") + (f" {self.shown}" if self.versus else "")


@dataclass(frozen=True, slots=True)
class Terms:
    """The columns of a model, row by row of the patients used.

    Attributes
    ----------
    values : ndarray of float, shape (n, p)
        One column for each term; 0 or 1 for a level.
    terms : tuple of Term, length p
        What the columns are.
    constant : tuple of str
        Covariates that are the same in all patients used; they have no column.
    limited : bool
        Whether a number lies beyond a measuring limit, and stands at the limit.
    """

    values: Floats
    terms: tuple[Term, ...]
    constant: tuple[str, ...]
    limited: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each column."""
        return tuple(term.name for term in self.terms)


def observe_unknown(
    frame: pl.DataFrame, covariates: Sequence[str], rows: Rows
) -> tuple[NDArray[np.bool_], tuple[tuple[str, int], ...]]:
    """Say of which rows a covariate is unknown, and count them by the first that is."""
    unknown = np.zeros(rows.size, dtype=bool)
    counts = []
    for name in covariates:
        missing = _missing(frame[name])[rows] & ~unknown
        if missing.any():
            counts.append((f"{name.replace('_', ' ')} not known", int(missing.sum())))
        unknown |= missing
    return unknown, tuple(sorted(counts))


def observe_terms(
    frame: pl.DataFrame,
    covariates: Mapping[str, Covariate],
    rows: Rows,
    *,
    arms: Sequence[str],
    units: Mapping[str, str | None],
    asked: Mapping[str, str],
) -> Terms:
    """Return the columns of the covariates in these rows, in which all must be known.

    `arms` are the arms in their order, the reference last; the last that occurs is the reference
    if none is named. `units` are those that columns are held in, `asked` those of the study file.
    """
    columns: list[Floats] = []
    terms: list[Term] = []
    constant = []
    for name, covariate in covariates.items():
        series = frame[name]
        if _is_number(series):
            unit, days = units.get(name), 1.0
            if unit == "days" and asked.get(name) in TIMES:
                unit, days = asked[name], TIMES[asked[name]]
            made, told = _number(series / days, covariate, rows, name=name, unit=unit)
        else:
            made, told = _levels(series, covariate, rows, name=name, arms=arms)
        if not told or bool((np.ptp(made, axis=0) == 0).any()):
            constant.append(name)
            continue
        columns.append(made)
        terms += told
    values = np.concatenate(columns, axis=1) if columns else np.empty((rows.size, 0))
    limits = [frame[name + LIMIT_SUFFIX] for name in covariates if name + LIMIT_SUFFIX in frame]
    beyond = any(bool((marks.fill_null(0).to_numpy()[rows] != 0).any()) for marks in limits)
    return Terms(values, tuple(terms), tuple(constant), beyond)


def _is_number(series: pl.Series) -> bool:
    """Say whether a column enters a model as a number."""
    return series.dtype.is_numeric()


def _missing(series: pl.Series) -> NDArray[np.bool_]:
    missing = series.is_null()
    if series.dtype.is_float():
        missing |= series.is_nan().fill_null(value=False)
    return missing.to_numpy()


def _number(
    series: pl.Series, covariate: Covariate, rows: Rows, *, name: str, unit: str | None
) -> tuple[Floats, list[Term]]:
    values = series.cast(pl.Float64).to_numpy()[rows]
    if covariate.scale == "log2":
        return np.log2(values)[:, None], [Term(name, "per doubling", None)]
    per = float(covariate.per or 1)
    step = f"per {unit.removesuffix('s')}" if per == 1 and unit in TIMES else (
        " ".join(part for part in (f"per {per:g}", unit or "") if part)
    )  # fmt: skip
    return (values / per)[:, None], [Term(name, step, None)]


def _levels(
    series: pl.Series, covariate: Covariate, rows: Rows, *, name: str, arms: Sequence[str]
) -> tuple[Floats, list[Term]]:
    texts = observe_levels(series)[rows]
    seen = set(texts.tolist())
    order = [arm for arm in arms if arm in seen] if name == GROUP else order_levels(series, seen)
    reference = covariate.reference if covariate.reference in seen else order[-1]
    others = [level for level in order if level != reference]
    columns = [(texts == level).astype(np.float64) for level in others]
    table = np.column_stack(columns) if columns else np.empty((rows.size, 0))
    return table, [Term(name, level, reference) for level in others]
