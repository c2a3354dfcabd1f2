"""The study file as a noun: everything that was decided before looking at the outcomes.

Strict and frozen; an unknown key is an error. `ingest.study_file` reads it from YAML and adds
line and column to every complaint.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from autallo.model.adjusting import Adjusted, Model
from autallo.model.expression import ExpressionError, parse_expression
from autallo.model.outcome import Outcome
from autallo.model.strict import Identifier, Scalar, Strict, Text

__all__ = [
    "Column",
    "Factor",
    "Groups",
    "Population",
    "Protocol",
    "Sensitivity",
    "Source",
    "Study",
]


class Study(Strict):
    """Who the study is, how it is analysed, and what must stand on every page."""

    id: Identifier
    """Short name of the study; results of another study are never overwritten."""
    title: Text
    """Title of the report."""
    profile: Literal["default", "ezr"] = "default"
    """The set of statistical conventions; `ezr` gives the numbers that EZR gives."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 20190217
    """Seed of everything random; the same seed gives the same bytes."""
    level: Annotated[float, Field(ge=0.5, le=0.999)] = 0.95
    """Confidence level of all intervals."""
    adjustment: Literal["holm", "hochberg", "benjamini_hochberg", "none"] = "holm"
    """How the p-values of a family of factors are adjusted for how many they are."""
    data_cutoff: Annotated[date | None, Field(strict=False)] = None
    """Nothing after this day counts."""
    notice: Text | None = None
    """Printed on every page, table and figure."""


class Column(Strict):
    """How one of the user's columns is read into one of ours.

    `column` is their header; `values` maps their codes to ours; `format` reads dates
    (``%d/%m/%Y``); `unit` names the unit of the numbers; `missing` lists codes that mean
    "not known"; `above` and `below` are the marks of a value outside the measuring range;
    `decimal` is the decimal mark.
    """

    column: Text
    """The header in the file."""
    type: Literal["text", "category", "boolean", "integer", "number", "date"] | None = None
    """How to read it; needed for columns that the data dictionary does not know."""
    values: dict[Scalar, Scalar] | None = None
    """Their codes to ours, for example `{F: female, M: male}`."""
    format: Text | None = None
    """How dates are written, for example `"%d/%m/%Y"`."""
    unit: Text | None = None
    """Unit of the numbers; times become days, known laboratory units the dictionary's."""
    missing: tuple[Scalar, ...] = ()
    """Codes that mean "not known"."""
    above: Text | None = None
    """Mark before a value above the measuring range, for example `">"`."""
    below: Text | None = None
    """Mark before a value below the measuring range, for example `"<"`."""
    decimal: Literal[".", ","] = "."
    """The decimal mark."""
    label: Text | None = None
    """Printed name."""


class Source(Strict):
    """One table of records: the file, the sheet, the id column and the map of columns."""

    file: Text
    """CSV or xlsx file, in the folder of the study file or below."""
    sheet: Text | None = None
    """Sheet of a workbook."""
    id: Text | None = None
    """Header of the column with the code of the patient."""
    encoding: Literal["utf-8", "utf-16", "windows-1252", "latin-1"] = "utf-8"
    """How the text of a CSV file is encoded."""
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    """What separates the cells of a CSV file, where it cannot be told."""
    header_row: Annotated[int, Field(ge=1, le=1000)] = 1
    """Row with the headers."""
    missing: tuple[Scalar, ...] = ()
    """Codes that mean "not known" in every column of the table."""
    columns: dict[Identifier, Column] = Field(default_factory=dict)
    """Our name of each column: theirs, and how to read it."""

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, columns: Any) -> Any:
        """Read ``sex: Sex`` as ``sex: {column: Sex}``."""
        if not isinstance(columns, dict):
            return columns
        return {
            name: {"column": given} if isinstance(given, str) else given
            for name, given in columns.items()
        }


class Groups(Strict):
    """The arms: by the clinical rule (`product_source`) or by any column; what to compare."""

    by: Identifier
    """`product_source` (by the clinical rule) or any column."""
    levels: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The arms in the order of print; nobody else is analysed."""
    compare: tuple[tuple[Text, Text], ...] = ()
    """Pairs of arms; the second is the reference."""
    labels: dict[Text, Text] = Field(default_factory=dict)
    """Printed name of a level."""

    @model_validator(mode="after")
    def _known_levels(self) -> Self:
        """Every level named anywhere must be among `levels`, and each only once."""
        if len(set(self.levels)) < len(self.levels):
            raise ValueError("each level must be listed once")
        named = {level for pair in self.compare for level in pair} | set(self.labels)
        unknown = sorted(named - set(self.levels))
        if unknown:
            raise ValueError(f"unknown level {unknown[0]!r}; levels are {', '.join(self.levels)}")
        if any(first == second for first, second in self.compare):
            raise ValueError("a group cannot be compared with itself")
        if len({frozenset(pair) for pair in self.compare}) < len(self.compare):
            raise ValueError("each pair must be compared once")
        return self


def _condition(text: str) -> str:
    """Return the text of a condition that follows the grammar."""
    try:
        parse_expression(text)
    except ExpressionError as error:
        raise ValueError(str(error)) from None
    return text


class Population(Strict):
    """Who is in: one condition in a small grammar of comparisons, `and`, `or`, `not`."""

    include: Text | None = None
    """Condition such as `disease == 'B-ALL' and infusion_number == 1`."""

    @field_validator("include")
    @classmethod
    def _readable(cls, text: str | None) -> str | None:
        return text if text is None else _condition(text)


class Factor(Strict):
    """One line of the univariate analysis: a column, within some groups, against outcomes."""

    column: Identifier | None = None
    """The column whose levels are compared; the name of the factor if left out."""
    levels: Annotated[tuple[Text, ...], Field(min_length=2)] | None = None
    """Levels in order, the last is the reference; others are left out."""
    within: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    """The arms it is studied in; all of them if left out."""
    outcomes: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """The outcomes it is compared in."""
    planned: bool = True
    """Whether it was named before outcomes were looked at."""
    subgroups: bool = False
    """Whether the arms are also compared within each level, with a test of interaction."""
    family: Identifier | None = None
    """Factors of one family are adjusted together; all without a family are one."""
    label: Text | None = None
    """Printed name."""


class Sensitivity(Strict):
    """The comparisons again, among those of the population who meet one more condition."""

    include: Text
    """Condition such as `dose_e6_per_kg >= 1`; derived columns may be named."""
    outcomes: Annotated[tuple[Identifier, ...], Field(min_length=1)] | None = None
    """The outcomes compared again; all of them if left out."""
    label: Text | None = None
    """Printed name."""

    @field_validator("include")
    @classmethod
    def _readable(cls, text: str) -> str:
        return _condition(text)


def _once(place: str, items: tuple[Scalar, ...]) -> None:
    """Refuse a list that names something twice; numbers would share a key."""
    twice = [item for i, item in enumerate(items) if item in items[:i]]
    if twice:
        raise ValueError(f"{place}: {twice[0]!r} must be listed once")


class Protocol(Strict):
    """The whole study file."""

    study: Study
    """Who the study is and how it is analysed."""
    sources: Annotated[dict[Identifier, Source], Field(min_length=1)]
    """One table per kind of record: patients, transplants, infusions, ..."""
    groups: Groups
    """The arms and what to compare."""
    population: Population = Population()
    """Who is in."""
    outcomes: Annotated[dict[Identifier, Outcome], Field(min_length=1)]
    """What is compared, each by a name of its own."""
    factors: dict[Identifier, Factor] = Field(default_factory=dict)
    """The univariate analysis."""
    models: dict[Identifier, Model] = Field(default_factory=dict)
    """Multivariable models."""
    adjusted: dict[Identifier, Adjusted] = Field(default_factory=dict)
    """The comparisons again, with weights that make the arms alike."""
    sensitivity: dict[Identifier, Sensitivity] = Field(default_factory=dict)
    """The comparisons again in other populations."""
    table1: tuple[Identifier, ...] = ()
    """Columns of Table 1 in order."""
    labels: dict[Identifier, Text] = Field(default_factory=dict)
    """Printed name of a column or value."""

    @model_validator(mode="after")
    def _references(self) -> Self:
        """Refuse a reference that does not exist or that is made twice."""
        _once("table1", self.table1)
        for name, factor in self.factors.items():
            _once(f"factors.{name}.outcomes", factor.outcomes)
            _once(f"factors.{name}.levels", factor.levels or ())
            _once(f"factors.{name}.within", factor.within or ())
        for name, outcome in self.outcomes.items():
            _once(f"outcomes.{name}.order", getattr(outcome, "order", None) or ())
            _once(f"outcomes.{name}.groups", outcome.groups or ())
        for name, outcome in self.outcomes.items():
            self._known("outcomes", name, outcome.groups or (), self.groups.levels)
        for name, factor in self.factors.items():
            self._known("factors", name, factor.within or (), self.groups.levels)
            self._known("factors", name, factor.outcomes, tuple(self.outcomes))
        for name, model in self.models.items():
            _once(f"models.{name}.within", model.within or ())
            self._known("models", name, model.within or (), self.groups.levels)
        for part in ("models", "adjusted"):
            for name, item in getattr(self, part).items():
                _once(f"{part}.{name}.outcomes", item.outcomes)
                self._known(part, name, item.outcomes, tuple(self.outcomes))
        self._arms_of_models()
        self._pairs_of_subgroups()
        for name, again in self.sensitivity.items():
            _once(f"sensitivity.{name}.outcomes", again.outcomes or ())
            self._known("sensitivity", name, again.outcomes or (), tuple(self.outcomes))
        return self

    def _arms_of_models(self) -> None:
        """Refuse a model of arms that its outcome does not have."""
        for name, model in self.models.items():
            for outcome in model.outcomes:
                arms = set(self.outcomes[outcome].groups or self.groups.levels)
                if not arms & set(model.within or self.groups.levels):
                    raise ValueError(f"models.{name}.within: outcome {outcome!r} has no such group")

    def _pairs_of_subgroups(self) -> None:
        """Refuse subgroups where no two arms are compared, or of the arms themselves."""
        for name, factor in self.factors.items():
            if not factor.subgroups:
                continue
            if (factor.column or name) in ("group", self.groups.by):
                raise ValueError(f"factors.{name}.subgroups: the groups cannot be split by group")
            within = set(factor.within or self.groups.levels)
            if not any(set(pair) <= within for pair in self.groups.compare):
                raise ValueError(
                    f"factors.{name}.subgroups: no two groups of `groups.compare` are in `within`"
                )

    @staticmethod
    def _known(part: str, name: str, used: tuple[str, ...], known: tuple[str, ...]) -> None:
        unknown = [item for item in used if item not in known]
        if unknown:
            raise ValueError(f"{part}.{name}: unknown {unknown[0]!r}; known: {', '.join(known)}")
