"""What a study file adjusts for: covariates, multivariable models, weighted comparisons."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from autallo.model.strict import Identifier, Strict, Text

__all__ = ["Adjusted", "Adjusting", "Covariate", "Model"]


class Covariate(Strict):
    """How a column enters: a number by steps, a category by its levels against a reference."""

    per: Annotated[float | None, Field(ge=1e-6, le=1e6)] = None
    """A number: how much more is one step; 1 if left out."""
    scale: Literal["linear", "log2"] = "linear"
    """A number: `log2` gives the effect of a doubling."""
    reference: Text | None = None
    """A category: the level that the others are compared with."""

    @model_validator(mode="after")
    def _number_or_category(self) -> Self:
        number = self.per is not None or self.scale == "log2"
        if number and self.reference is not None:
            raise ValueError("`reference` is for categories, `per` and `scale` are for numbers")
        if self.per is not None and self.scale == "log2":
            raise ValueError("give `per` or `scale: log2`, not both")
        return self


Covariates = Annotated[dict[Identifier, Covariate], Field(min_length=1, max_length=30)]


class Adjusting(Strict):
    """What models and weighted comparisons share."""

    outcomes: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """The outcomes."""
    covariates: Covariates
    """The columns, as a list of names, or each with how it enters."""
    planned: bool = True
    """Whether it was named before outcomes were looked at."""
    label: Text | None = None
    """Printed name."""

    @field_validator("covariates", mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        """Read ``[group, age_years]`` as ``{group: {}, age_years: {}}``."""
        if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
            return given
        if len(set(given)) < len(given):
            raise ValueError("each covariate must be listed once")
        return {name: {} for name in given}


class Model(Adjusting):
    """A multivariable model: each outcome on all covariates together; `group` is the arm."""

    within: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    """The arms it is fitted in; all of them if left out."""


class Adjusted(Adjusting):
    """The comparisons of the arms again, with weights that make the covariates alike."""

    weights: Literal["overlap", "everybody", "treated", "entropy"] = "overlap"
    """Whom the result speaks of: those who could be in either arm, everybody, or those in the
    first arm by propensity score (treated) or by exactly equal means (entropy)."""
