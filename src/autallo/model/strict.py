"""What every part of the study file is: frozen, strict, closed to unknown keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Identifier", "Scalar", "Strict", "Text"]

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Scalar = str | bool | int | float


class Strict(BaseModel):
    """A part of the study file."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, populate_by_name=True,
        use_attribute_docstrings=True,
    )  # fmt: skip
