"""Who of the cohort is in each sensitivity analysis."""

import polars as pl

from autallo.derive.conditions import derive_condition
from autallo.derive.problems import Problems
from autallo.model.cohort import Subset
from autallo.model.expression import parse_expression
from autallo.model.protocol import Protocol

__all__ = ["derive_subsets"]


def derive_subsets(
    frame: pl.DataFrame, protocol: Protocol, problems: Problems
) -> dict[str, Subset]:
    """Return for each sensitivity analysis who meets its condition, and of whom it is unknown."""
    return {
        name: _subset(frame, again.include, problems, place=f"sensitivity.{name}.include")
        for name, again in protocol.sensitivity.items()
    }


def _subset(frame: pl.DataFrame, include: str, problems: Problems, *, place: str) -> Subset:
    condition = derive_condition(parse_expression(include), frame, problems, place=place)
    met = frame.select(pl.repeat(value=True, n=pl.len()).and_(condition).alias("met"))["met"]
    return Subset(inside=met.fill_null(value=False).to_numpy(), unknown=met.is_null().to_numpy())
