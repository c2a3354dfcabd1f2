"""Every number of a study: one frozen record each, and the whole as JSON that reads back equal.

A number that cannot be given is None with a flag that says why; infinity and NaN never occur.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from autallo.errors import Finding, Severity
from autallo.model.flow import FlowStep

__all__ = [
    "Curve",
    "Estimate",
    "Flag",
    "Provenance",
    "Results",
    "Role",
    "Sample",
    "StudyCard",
]

SCHEMA = 1
#: Analyses that look at the same outcomes and groups again.
AGAIN = ("subgroup", "model", "balance", "adjusted", "sensitivity")


class Flag(StrEnum):
    """What a reader must know about a number; the value is the sentence that is printed."""

    BEYOND_FOLLOW_UP = (
        "Follow-up ends before this time; the value is the last one observed, and has no interval."
    )
    FEW_AT_RISK = (
        "Fewer than five patients were still followed at this time: the interval is too narrow."
    )
    UNEQUAL_SPREAD = (
        "One group is spread more than twice as wide as the other: the interval is too narrow; the "
        "probability of superiority under Other measures does not suffer from that."
    )
    NOT_REACHED = "Not reached during follow-up."
    BOUND_NOT_REACHED = "This limit of the interval is not reached during follow-up."
    UNBOUNDED_ABOVE = "The data set no upper limit."
    UNBOUNDED_BELOW = "The data set no lower limit."
    INFINITE = "The estimate is infinite: a cell of the table is empty."
    MONOTONE = (
        "No finite estimate: the events of one group all come before those of the other, or one "
        "group has none; only one limit exists."
    )
    NO_MAXIMUM = (
        "No finite estimate: with the others of the model this term tells who has the event."
    )
    PENALISED = (
        "Penalised (Firth): the events of one group all come before those of the other, or one "
        "group has none, so that the model alone has no finite estimate."
    )
    NOT_ESTIMABLE = "Not estimable from these data."
    NO_EVENTS = "Nobody had it; the limit is the binomial one for the patients followed so far."
    ALL_EVENTS = "Everybody had it; the limit is the binomial one for the patients followed so far."
    CANNOT_REACH_ALPHA = (
        "With these numbers of patients and events (or ties) no result could have given p below "
        "0.05."
    )
    SMALL_GROUP = "Fewer than five patients in a group: counts and intervals say more than p."
    CURVES_CROSS = (
        "The curves cross: the log-rank test adds early and late differences of opposite sign "
        "and can miss both, so its p does not mean that the groups do alike."
    )
    NOT_PROPORTIONAL = (
        "The ratio of the hazards changes over time (test of proportional hazards, p below 0.05): "
        "one ratio does not describe the difference; read the mean event-free time and the curves."
    )
    NOT_PROPORTIONAL_TERM = (
        "The hazard ratio of this term changes over time (test of proportional hazards, p below "
        "0.05): it is an average over the follow-up."
    )
    FEW_EVENTS = "Fewer than ten events for each coefficient: the model is exploratory."
    TOO_FEW_EVENTS = "Not fitted: fewer than five events for each coefficient."
    NO_WEIGHTED_LIMITS = (
        "All patients of a group have the same value, so that the weighted difference has no "
        "interval and no p."
    )
    NOT_COMPARABLE = (
        "Not compared: the groups are too small, or overlap too little, to be adjusted."
    )
    UNEQUAL_FOLLOW_UP = (
        "Censoring differs between the groups, so a permutation p is only approximate."
    )
    MONTE_CARLO = "Computed from random permutations with the seed of the study."
    LIMIT_VALUES = "Values beyond the measuring limit are ranked as ties at the limit."
    TOO_FEW_EVALUABLE = "Too few patients are evaluable to compare."
    TOO_NARROW = (
        "In groups of this size the interval is too narrow: it covers less often than its level."
    )
    NO_CHANGE_SUFFICES = "No number of changed outcomes would carry p across 0.05."
    TIED_LIMITS = "So many values are tied that the interval would have no width; none is given."
    NO_VALID_TEST = "No p: no test holds its level in groups like these."
    UNPLANNED = "Not planned: for finding hypotheses only."


class Role(StrEnum):
    """Why a number is there."""

    DESCRIPTIVE = "descriptive"
    PRIMARY = "primary"
    CONVENTIONAL = "conventional"
    SENSITIVITY = "sensitivity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number with everything that belongs to it.

    Attributes
    ----------
    analysis : str
        follow_up, baseline, outcome, comparison, factor, subgroup, model, balance, adjusted or
        sensitivity.
    outcome : str
        Id of the outcome, or the column of Table 1.
    group : str
        The arm (or level of a factor, or term of a model); "all" for everybody.
    versus : str or None
        The reference arm of a comparison.
    subgroup : str or None
        Id of the factor, model, adjusted comparison or sensitivity analysis this belongs to.
    within : str or None
        Level of the factor that a comparison of the arms is restricted to.
    category : str or None
        Level of a categorical or ordinal variable, or the covariate of a model.
    at_days : float or None
        Day at which a curve is read off.
    measure : str
        What is estimated: proportion, count, median, p_value, odds_ratio, ...
    method : str
        Key in `model.methods`.
    role : Role
        Descriptive, primary, conventional or sensitivity.
    value, low, high : float or None
        Estimate and interval; None with a flag where there is none.
    level : float or None
        Confidence level of the interval.
    n : int
        Patients used.
    events : int or None
        Patients with the event, or with this category.
    unit : str or None
        Unit of `value`.
    excluded : tuple of (reason, count)
        Patients of the group (or pair) left out, by reason.
    flags : tuple of Flag
        What the reader must know.
    why : str or None
        Why this method was chosen, one sentence.
    details : tuple of (name, number)
        Further numbers of the method: statistic, df, smallest_p, monte_carlo_error, ...
    """

    analysis: str
    outcome: str
    group: str
    measure: str
    method: str
    n: int
    versus: str | None = None
    subgroup: str | None = None
    within: str | None = None
    category: str | None = None
    at_days: float | None = None
    role: Role = Role.DESCRIPTIVE
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    events: int | None = None
    unit: str | None = None
    excluded: tuple[tuple[str, int], ...] = ()
    flags: tuple[Flag, ...] = ()
    why: str | None = None
    details: tuple[tuple[str, float], ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this number from every other number of the study."""
        return (
            self.analysis, self.outcome, self.group, self.versus, self.subgroup, self.within,
            self.category, self.at_days, self.measure, self.method,
        )  # fmt: skip

    def detail(self, name: str) -> float | None:
        """Return a further number of the method by name, or None."""
        return dict(self.details).get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A step function with its interval and the numbers at risk.

    Attributes
    ----------
    analysis, outcome, group, subgroup
        As in `Estimate`.
    measure : str
        survival or incidence.
    cause : str or None
        The cause of an incidence curve.
    method : str
        Key in `model.methods`.
    days, value, low, high : tuple of float
        Steps: the value from each day on; before the first day survival is 1, incidence 0.
    censored_days : tuple of float
        Days at which follow-up of somebody ended without an event, one entry each patient.
    at_risk_days, at_risk : tuples
        Numbers under observation just before the days of the axis.
    n, events : int
        Patients, and patients with the event.
    """

    analysis: str
    outcome: str
    group: str
    measure: str
    method: str
    days: tuple[float, ...]
    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    censored_days: tuple[float, ...]
    at_risk_days: tuple[float, ...]
    at_risk: tuple[int, ...]
    n: int
    events: int
    subgroup: str | None = None
    cause: str | None = None
    level: float = 0.95
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The single values of a small group, sorted, without anything that identifies a patient.

    `limited` holds 1 for a value above and -1 for one below the measuring limit, else 0.
    """

    outcome: str
    group: str
    values: tuple[float, ...]
    limited: tuple[int, ...]
    unit: str | None = None
    subgroup: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCard:
    """What the report must know of the study file to print titles, labels and definitions.

    Attributes
    ----------
    id, title, notice
        As in the study file.
    levels : tuple of str
        The arms in declared order.
    labels : mapping
        Printed name of an arm, outcome, column, factor or value.
    outcomes : tuple of (id, kind)
        In declared order; kind as in the study file, with ``:log`` for a logarithmic axis.
    factors : tuple of (id, levels of the factor, groups within, outcomes)
        In declared order.
    comparisons : tuple of (first, second)
        Pairs of arms, the second is the reference.
    table1 : tuple of str
        Columns of Table 1 in declared order.
    rules : tuple of (subject, sentence)
        Definitions as applied.
    origins : tuple of (column, sentence)
        Given or derived, and from where.
    unplanned : tuple of str
        Ids of outcomes and factors that were not planned.
    sensitivity : tuple of (id, condition, outcomes)
        The comparisons made again, in declared order.
    subgroups : tuple of str
        Ids of the factors within whose levels the arms are compared.
    models, adjusted : tuple of (id, covariates, outcomes)
        In declared order.
    """

    id: str
    title: str
    notice: str | None
    level: float
    levels: tuple[str, ...]
    labels: Mapping[str, str]
    outcomes: tuple[tuple[str, str], ...]
    factors: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]
    comparisons: tuple[tuple[str, str], ...]
    table1: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    origins: tuple[tuple[str, str], ...]
    unplanned: tuple[str, ...] = ()
    sensitivity: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    subgroups: tuple[str, ...] = ()
    models: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    adjusted: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()

    def label(self, name: str) -> str:
        """Return the printed name, or the name itself with spaces."""
        return self.labels.get(name, name.replace("_", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What made these results: inputs by hash, versions, seed. No date, no machine, no user."""

    study_file_sha256: str
    inputs_sha256: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    seed: int
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Every number of a study, with the flow of patients, the findings and the provenance."""

    card: StudyCard
    estimates: tuple[Estimate, ...]
    curves: tuple[Curve, ...]
    samples: tuple[Sample, ...]
    flow: tuple[FlowStep, ...]
    findings: tuple[Finding, ...]
    cleaned: tuple[tuple[str, str, str, int], ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        """Refuse two numbers with the same key."""
        seen: set[tuple[object, ...]] = set()
        for estimate in self.estimates:
            if estimate.key in seen:
                raise ValueError(f"two numbers share the key {estimate.key}")
            seen.add(estimate.key)

    def find(self, **wanted: object) -> tuple[Estimate, ...]:
        """Return the estimates whose fields equal all of those given, in order."""
        return tuple(
            estimate
            for estimate in self.estimates
            if all(getattr(estimate, name) == value for name, value in wanted.items())
        )

    def one(self, **wanted: object) -> Estimate:
        """Return the only estimate with these fields.

        What only stands beside a chosen number is found by its role or its method; models,
        subgroups, adjusted comparisons and sensitivity analyses by their `analysis` or `subgroup`.
        """
        found = self.find(**wanted)
        if not wanted.keys() & {"analysis", "subgroup"}:
            found = tuple(e for e in found if e.analysis not in AGAIN)
        if not wanted.keys() & {"role", "method"}:
            found = tuple(e for e in found if e.role is not Role.SENSITIVITY)
        if len(found) != 1:
            raise LookupError(f"{len(found)} estimates match {wanted}")
        return found[0]

    def to_json(self) -> str:
        """Write all of it as JSON text: sorted keys, the same bytes each time."""
        tree = {"schema": SCHEMA, **asdict(self)}
        return (
            json.dumps(tree, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
        )

    @classmethod
    def from_json(cls, text: str) -> "Results":
        """Read back what `to_json` wrote; equal to the original."""
        tree = json.loads(text)
        if tree.pop("schema", None) != SCHEMA:
            raise ValueError("results.json was written by another version of Autallo")
        return cls(
            card=_record(StudyCard, tree["card"]),
            estimates=tuple(_estimate(item) for item in tree["estimates"]),
            curves=tuple(_flagged(Curve, item) for item in tree["curves"]),
            samples=tuple(_record(Sample, item) for item in tree["samples"]),
            flow=tuple(_record(FlowStep, item) for item in tree["flow"]),
            findings=tuple(_finding(item) for item in tree["findings"]),
            cleaned=_tuples(tree["cleaned"]),
            provenance=_record(Provenance, tree["provenance"]),
        )


def _tuples(value: Any) -> Any:
    """Turn the lists of JSON back into tuples, at every depth; mappings stay mappings."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {name: _tuples(item) for name, item in value.items()}
    return value


def _record(cls: type[Any], tree: dict[str, Any]) -> Any:
    names = {field.name for field in fields(cls)}
    return cls(**{name: _tuples(value) for name, value in tree.items() if name in names})


def _flagged(cls: type[Any], tree: dict[str, Any]) -> Any:
    return _record(cls, {**tree, "flags": [Flag(sentence) for sentence in tree["flags"]]})


def _estimate(tree: dict[str, Any]) -> Any:
    return _flagged(Estimate, {**tree, "role": Role(tree["role"])})


def _finding(tree: dict[str, Any]) -> Any:
    return _record(Finding, {**tree, "severity": Severity(tree["severity"])})
