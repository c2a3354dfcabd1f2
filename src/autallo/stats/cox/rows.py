"""The rows a Cox model is fitted to: checked, or refused with a sentence."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import (
    TIE_TOLERANCE,
    as_events,
    as_groups,
    as_times,
    as_weights,
    same_length,
)
from autallo.stats.regression.covariates import Covariates, as_covariates, listed, standardise

__all__ = ["Rows"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]

#: Whole times are their own code if the highest is at most so many times the number of rows.
DAYS_PER_ROW = 2

#: Weights that are whole to this share of themselves are numbers of copies.
WHOLE = 1e-12

#: Covariates whose correlation matrix has no smaller root than this surely differ.
CLEARLY_DIFFERENT = 1e-4

#: A variance above this share of the squared mean is surely no rounding.
ROUGH = 1e-8

#: Rows that are worked on at a time, so that what is between two steps stays near the processor.
BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Rows:
    """How the rows of a Cox model were observed; what is None is the same for all.

    Attributes
    ----------
    entry : array_like of float, shape (n,), or None
        Start of each row [unit of `time`], less than its `time`: the row is at risk after it, up
        to and including the time. None: from the beginning.
    weight : array_like of float, shape (n,), or None
        Weight of each row, at least 0; None for 1. Whole numbers are numbers of copies; if any
        is not whole, they are sampling weights, and the variance is robust.
    stratum : array_like of int, shape (n,), or None
        Stratum of each row, 0, 1, ..., none empty: each has a baseline hazard of its own.
    patient : array_like of int, shape (n,), or None
        Patient of each row, 0, 1, ..., none empty. Rows of one patient in one stratum must not
        overlap in time; if a patient has several events, the variance is robust.
    cluster : array_like of int, shape (n,), or None
        Cluster of each row, 0, 1, ..., none empty, as a hospital: the variance is robust against
        dependence within it.
    """

    entry: ArrayLike | None = None
    weight: ArrayLike | None = None
    stratum: ArrayLike | None = None
    patient: ArrayLike | None = None
    cluster: ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """Times and events of the rows after the checks; times by their code.

    Attributes
    ----------
    time, entry : ndarray of int, shape (n,)
        Codes of the times, ascending with them; equal where times differ by rounding only. The
        entry of everybody may be None.
    moment : ndarray of float, shape (c,)
        The time that each code stands for.
    event : ndarray of bool, shape (n,)
        Events; those of weight 0 do not count.
    weight : ndarray of float, shape (n,), or None
        Weights over `weight_unit`, at least 0.
    weight_unit : float
        Mean of the weights above 0; 1 without weights.
    stratum, patient, cluster : ndarray of int, shape (n,), or None
        Codes as given.
    n_strata : int
        Number of strata.
    """

    time: Integers
    entry: Integers | None
    moment: Floats
    event: Truths
    weight: Floats | None
    weight_unit: float
    stratum: Integers | None
    patient: Integers | None
    cluster: Integers | None
    n_strata: int

    @property
    def n_counted(self) -> int:
        """Rows of weight above 0."""
        return self.time.size if self.weight is None else int(np.count_nonzero(self.weight))

    def counted(self) -> "Observed":
        """Return the rows of weight above 0."""
        if self.weight is None or self.weight.min() > 0:
            return self
        some = self.weight > 0
        parts = ("time", "entry", "event", "weight", "stratum", "patient", "cluster")
        given = {name: getattr(self, name) for name in parts}
        return replace(
            self, **{name: array[some] for name, array in given.items() if array is not None}
        )

    def cell(self, code: Integers) -> Integers:
        """Return the place of times of the rows among all times of all strata."""
        return code if self.stratum is None else self.stratum * self.moment.size + code

    def in_units_of_weights(self, log_likelihood: float, event_weight: float) -> float:
        """Return a log-likelihood as it is with the weights given."""
        return self.weight_unit * (log_likelihood - math.log(self.weight_unit) * event_weight)


@dataclass(frozen=True, slots=True)
class Checked(Observed):
    """Rows after the checks, with their covariates.

    Attributes
    ----------
    covariates : Covariates
        As given, with names.
    centre, scale : ndarray of float, shape (p,)
        Mean and standard deviation, to be taken off.
    """

    covariates: Covariates
    centre: Floats
    scale: Floats

    def linear_predictor(self, beta: Floats) -> Floats:
        """Return the linear predictors of all rows, of coefficients of standard covariates."""
        slope = beta / self.scale
        return np.asarray(self.covariates.values @ slope - self.centre @ slope, dtype=np.float64)

    def clusters_of_variance(self) -> Integers | None:
        """Return the clusters of a robust variance, if one is needed."""
        if self.cluster is not None:
            return self.cluster
        patient = self.patient
        several = patient is not None and bool((np.bincount(patient, self.event) > 1).any())
        if several or self._sampled():
            return np.arange(self.time.size) if patient is None else patient
        return None

    def _sampled(self) -> bool:
        if self.weight is None:
            return False
        given = self.weight * self.weight_unit
        return bool((np.abs(given - np.round(given)) > WHOLE * given).any())


def observed_rows(
    time: ArrayLike, event: ArrayLike, rows: Rows | None, **others: NDArray[np.float64]
) -> Observed:
    """Check times, events and how the rows were observed; `others` are as long."""
    rows = Rows() if rows is None else rows
    times, events = as_times("time", time), as_events("event", event)
    same_length(time=times, event=events, **others)
    entries = None if rows.entry is None else as_times("entry", rows.entry)
    weights = None if rows.weight is None else as_weights("weight", rows.weight)
    stratum, patient, cluster = (
        None if codes is None else as_groups(name, codes)
        for name, codes in (
            ("stratum", rows.stratum),
            ("patient", rows.patient),
            ("cluster", rows.cluster),
        )
    )
    for name, array in (
        ("entry", entries), ("weight", weights), ("stratum", stratum), ("patient", patient),
        ("cluster", cluster),
    ):  # fmt: skip
        if array is not None:
            same_length(**{"time": times, name: array})
    code, entry_code, moment = time_codes(times, entries)
    if entry_code is not None and (entry_code >= code).any():
        raise ArgumentError("`entry` must be earlier than `time` in every row.")
    if patient is not None:
        _refuse_overlap(patient, stratum, code, entry_code)
    unit = 1.0
    if weights is not None:
        events = events & (weights > 0)
        unit = float(weights[weights > 0].mean())
    return Observed(
        time=code,
        entry=entry_code,
        moment=moment,
        event=events,
        weight=None if weights is None else weights / unit,
        weight_unit=unit,
        stratum=stratum,
        patient=patient,
        cluster=cluster,
        n_strata=1 if stratum is None else int(stratum.max()) + 1,
    )


def checked_rows(
    time: ArrayLike,
    event: ArrayLike,
    x: ArrayLike,
    *,
    rows: Rows | None,
    names: Sequence[str] | None,
) -> Checked:
    """Check all that a Cox model is fitted to."""
    covariates = as_covariates(x, names)
    observed = observed_rows(time, event, rows, x=covariates.values[:, 0])
    _refuse_too_few_events(observed.event, covariates)
    centre, scale = _standard(covariates, observed.weight)
    parts = {field.name: getattr(observed, field.name) for field in fields(Observed)}
    return Checked(covariates=covariates, centre=centre, scale=scale, **parts)


def time_codes(times: Floats, entries: Floats | None) -> tuple[Integers, Integers | None, Floats]:
    """Return the code of each time and entry, and the time of each code.

    Times nearer to each other than rounding have one code. Whole numbers are their own codes
    where that makes a table no longer than the list of rows.
    """
    n = times.size
    both = times if entries is None else np.concatenate([times, entries])
    if both.max() <= DAYS_PER_ROW * n:
        whole = both.astype(np.int64)
        if (whole == both).all():
            moment = np.arange(int(whole.max()) + 1, dtype=np.float64)
            return whole[:n], None if entries is None else whole[n:], moment
    order = both.argsort()
    ordered = both[order]
    gap = ordered[1:] - ordered[:-1]
    distinct = gap > 0
    mean = (ordered[:-1][distinct].sum() + ordered[-1]) / (np.count_nonzero(distinct) + 1)
    new = np.empty(both.size, dtype=np.bool_)
    new[0] = False
    np.greater(gap, TIE_TOLERANCE * max(1.0, float(mean)), out=new[1:])
    code = np.empty(both.size, dtype=np.int64)
    code[order] = new.cumsum()
    new[0] = True
    return code[:n], None if entries is None else code[n:], ordered[new]


def _refuse_too_few_events(events: Truths, covariates: Covariates) -> None:
    n_events, p = np.count_nonzero(events), len(covariates.names)
    if not n_events:
        raise ArgumentError("The model cannot be fitted: no events.")
    if p > n_events:
        raise ArgumentError(
            f"`x` must have no more columns than there are events ({n_events}): "
            f"{listed(covariates, range(p))} are {p}."
        )


def _refuse_overlap(
    patient: Integers, stratum: Integers | None, time: Integers, entry: Integers | None
) -> None:
    start = np.full(time.size, -1, dtype=np.int64) if entry is None else entry
    keys = (time, start, patient) if stratum is None else (time, start, stratum, patient)
    order = np.lexsort(keys)
    same = patient[order[1:]] == patient[order[:-1]]
    if stratum is not None:
        same &= stratum[order[1:]] == stratum[order[:-1]]
    if (same & (start[order[1:]] < time[order[:-1]])).any():
        raise ArgumentError(
            "`patient` must not have rows that overlap in time: give `entry`, or mend the codes."
        )


def _standard(covariates: Covariates, weight: Floats | None) -> tuple[Floats, Floats]:
    """Return mean and deviation of the covariates; refuse constant ones and combinations."""
    values = covariates.values
    if weight is not None and weight.min() == 0:
        values = values[weight > 0]
    n, p = values.shape
    total, squares, ones = np.zeros(p), np.zeros((p, p)), np.ones(min(n, BLOCK))
    for start in range(0, n, BLOCK):
        part = values[start : start + BLOCK]
        total += ones[: len(part)] @ part
        squares += part.T @ part
    mean = total / n
    spread = squares / n - np.outer(mean, mean)
    variance = np.diag(spread)
    if (variance > ROUGH * mean**2).all() and variance.min() > 0:
        scale = np.sqrt(variance)
        if np.linalg.eigvalsh(spread / np.outer(scale, scale))[0] > CLEARLY_DIFFERENT:
            return mean, scale
    standard = standardise(covariates, weight)
    return standard.centre, standard.scale
