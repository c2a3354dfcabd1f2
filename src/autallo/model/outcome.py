"""The outcomes of a study file, one class for each kind."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from autallo.model.strict import Identifier, Scalar, Strict, Text

__all__ = [
    "DAYS_PER_MONTH",
    "DAYS_PER_YEAR",
    "Binary",
    "Categorical",
    "CompetingRisks",
    "Continuous",
    "Ordinal",
    "Outcome",
    "TimeToEvent",
]

DAYS_PER_MONTH = 30.4375
DAYS_PER_YEAR = 365.25


class OutcomeBase(Strict):
    """What all outcomes share: a label for print, the groups it applies to, planned or not."""

    label: Text | None = None
    """Printed name."""
    groups: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    """The arms it applies to; all of them if left out."""
    planned: bool = True
    """Whether it was named before outcomes were looked at."""


class Binary(OutcomeBase):
    """Yes or no: a column that is one of some values, or at least some grade."""

    kind: Literal["binary"]
    """Says that the outcome is yes or no."""
    from_: Annotated[Identifier, Field(alias="from")]
    """The column it is read from, given or derived."""
    is_: Annotated[tuple[Scalar, ...] | None, Field(alias="is", min_length=1)] = None
    """The values that count as yes."""
    at_least: int | float | None = None
    """The smallest grade that counts as yes."""
    by_day: Annotated[int, Field(ge=1, le=3650)] | None = None
    """For `best_response`: the planned day of the assessment."""
    tolerance_days: Annotated[int, Field(ge=0, le=365)] = 5
    """How many days later an assessment still counts."""
    scale: Text | None = None
    """Grading scale, printed."""

    @field_validator("is_", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return value if value is None or isinstance(value, list | tuple) else (value,)

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if self.is_ is not None and self.at_least is not None:
            raise ValueError("give `is` or `at_least`, not both")
        return self


class Ordinal(OutcomeBase):
    """Grades in order: a whole-number column, or categories in the order of `order`."""

    kind: Literal["ordinal"]
    """Says that the outcome is a grade."""
    from_: Annotated[Identifier, Field(alias="from")]
    """The column it is read from."""
    order: tuple[Scalar, ...] | None = None
    """Categories from lowest to highest, where they are not numbers."""
    scale: Text | None = None
    """Grading scale, printed."""


class Categorical(OutcomeBase):
    """Categories without order."""

    kind: Literal["categorical"]
    """Says that the outcome has categories without order."""
    from_: Annotated[Identifier, Field(alias="from")]
    """The column it is read from."""


class Continuous(OutcomeBase):
    """A measurement, on the linear or the logarithmic axis."""

    kind: Literal["continuous"]
    """Says that the outcome is a measurement."""
    from_: Annotated[Identifier, Field(alias="from")]
    """The column it is read from."""
    axis: Literal["linear", "log"] = "linear"
    """Logarithmic: compared as ratio, drawn on a log axis."""
    unit: Text | None = None
    """Printed unit, where the data dictionary knows none."""


class _Timed(OutcomeBase):
    time: Identifier | None = None
    """Column with the time, where no endpoint is derived."""
    at_months: tuple[Annotated[int | float, Field(gt=0, le=1200)], ...] = ()
    """Months at which the curve is read off."""
    at_days: tuple[Annotated[int | float, Field(gt=0, le=36525)], ...] = ()
    """Days at which the curve is read off."""

    @property
    def landmarks_days(self) -> tuple[float, ...]:
        """Every day at which the curve is read off, ascending [days]."""
        months = {round(month * DAYS_PER_MONTH, 6) for month in self.at_months}
        return tuple(sorted(months | {float(day) for day in self.at_days}))


class TimeToEvent(_Timed):
    """Time to one event: a derived endpoint, or a time and an event column as given."""

    kind: Literal["time_to_event"]
    """Says that the outcome is the time to one event."""
    endpoint: Literal["OS", "EFS", "LFS"] | None = None
    """Endpoint derived by rule from dates."""
    event: Identifier | None = None
    """Column that says whether the event happened."""

    @model_validator(mode="after")
    def _derived_or_given(self) -> Self:
        given = self.time is not None and self.event is not None
        if given == (self.endpoint is not None) or (self.time is None) != (self.event is None):
            raise ValueError("give `endpoint`, or `time` and `event` together")
        return self


class CompetingRisks(_Timed):
    """Time to one of several events that exclude each other."""

    kind: Literal["competing_risks"]
    """Says that the outcome is the time to one of several events."""
    endpoint: Literal["RI", "NRM"] | None = None
    """Endpoint derived by rule from dates."""
    cause: Identifier | None = None
    """Column that says what happened; empty for none."""
    is_: Annotated[Scalar | None, Field(alias="is")] = None
    """The cause of interest."""
    competing: tuple[Scalar, ...] = ()
    """The causes that compete with it."""

    @model_validator(mode="after")
    def _derived_or_given(self) -> Self:
        parts = [self.time is not None, self.cause is not None, self.is_ is not None]
        if all(parts) == (self.endpoint is not None) or any(parts) != all(parts):
            raise ValueError("give `endpoint`, or `time`, `cause` and `is` together")
        return self


Outcome = Annotated[
    Binary | Ordinal | Categorical | Continuous | TimeToEvent | CompetingRisks,
    Field(discriminator="kind"),
]
