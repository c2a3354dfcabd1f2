"""What is known of a statistical method that a report may name."""

from dataclasses import dataclass

__all__ = ["Method"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One method as the report speaks of it.

    Attributes
    ----------
    key : str
        What `Estimate.method` holds.
    name : str
        Name in a footnote.
    sentence : str
        Whole sentence for the methods section, conventions included.
    references : tuple of str
        Keys in `model.references`.
    validated_by : str
        Public function whose witnesses stand behind the numbers.
    tails, ties : str
        Of a test: what its two-sided p is, and what it does with ties; else empty.
    """

    key: str
    name: str
    sentence: str
    references: tuple[str, ...]
    validated_by: str
    tails: str = ""
    ties: str = ""
