"""The cohort: one row per patient and treatment, what was observed, and who was left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autallo.errors import Finding
from autallo.model.flow import FlowStep

__all__ = ["GROUP", "Cohort", "FollowUp", "Measured", "Observation", "Origin", "Subset"]

#: The column of `Cohort.frame` that holds the arm.
GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One outcome with one value per row of the cohort.

    Attributes
    ----------
    values : ndarray, shape (n,)
        float for continuous, int for ordinal and binary (0 or 1) and for categorical the index
        into `categories`; the entry is meaningless where `left_out` has a reason.
    categories : tuple of str
        Labels of the codes in their order (binary: "no", "yes"; ordinal: grades).
    left_out : tuple of str or None, length n
        Why a patient is not evaluable for this outcome; None if he is.
    limited : ndarray of int8, shape (n,) or None
        1 where the value lies above, -1 below the measuring limit that is printed instead.
    """

    values: NDArray[np.float64] | NDArray[np.int64]
    categories: tuple[str, ...]
    left_out: tuple[str | None, ...]
    limited: NDArray[np.int8] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One time-to-event outcome with one time per row of the cohort.

    Attributes
    ----------
    days : ndarray of float, shape (n,)
        Time from day 0 to the first event or to the end of follow-up [days].
    cause : ndarray of int, shape (n,)
        0 followed without event, 1 the event of interest, 2 and up competing events.
    causes : tuple of str
        Names of causes 1, 2, ...
    left_out : tuple of str or None, length n
        Why a patient is not evaluable for this outcome; None if he is.
    """

    days: NDArray[np.float64]
    cause: NDArray[np.int64]
    causes: tuple[str, ...]
    left_out: tuple[str | None, ...]


Observation = Measured | FollowUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a column of the cohort comes from, printed in the report.

    `how` is one sentence: "As given in patients.csv, column DOB" or "Derived: highest sample".
    """

    column: str
    derived: bool
    how: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """Who of the cohort meets the condition of a sensitivity analysis.

    Attributes
    ----------
    inside, unknown : ndarray of bool, shape (n,)
        Who meets it, and of whom it cannot be told.
    """

    inside: NDArray[np.bool_]
    unknown: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Patients who are analysed, one row each.

    Attributes
    ----------
    frame : polars.DataFrame, n rows
        ``patient_id``, ``group`` (the arm, one of the declared levels), and every baseline or
        summary column, typed; null where unknown. Rows are sorted by `patient_id`.
    outcomes : mapping of outcome id to Observation
        Row-aligned with `frame`.
    flow : tuple of FlowStep
        From the records read to the patients analysed; every loss has its reason.
    origins : tuple of Origin
        What was given and what was derived.
    findings : tuple of Finding
        Warnings and notes that do not stop the run.
    rules : tuple of (outcome or column, sentence)
        Definitions as applied ("Overall survival: from infusion to death from any cause; ...").
    subsets : mapping of sensitivity analysis to Subset
        Row-aligned with `frame`.
    """

    frame: pl.DataFrame
    outcomes: Mapping[str, Observation]
    flow: tuple[FlowStep, ...]
    origins: tuple[Origin, ...] = ()
    findings: tuple[Finding, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    subsets: Mapping[str, Subset] = field(default_factory=dict)
