"""One row of a published table: what must be found, the grade it gives, and where it is printed."""

from dataclasses import dataclass

__all__ = ["Criterion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One row of the table of a scale.

    Attributes
    ----------
    scale : str
        Key of the scale (``astct_crs``).
    key : str
        Key of the row, named by `Grade.because`.
    grade : int or None
        The grade that the row gives; None for a row that gives none.
    words : str
        What must be found, in words of this package.
    source : str
        Key of the reference.
    evidence : str
        How it was checked: V in the source, V2 in a copy of it, M from memory, D decided here.
    """

    scale: str
    key: str
    grade: int | None
    words: str
    source: str
    evidence: str
