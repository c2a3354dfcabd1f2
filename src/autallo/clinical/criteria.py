"""One row of a published scale, as data: what a page and an audit sheet are made from."""

from dataclasses import dataclass

__all__ = ["Criterion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One row of the table of a scale.

    Attributes
    ----------
    scale : str
        Key of the scale (``crs_astct``).
    key : str
        Name of the row, as it stands in `Grade.because`.
    grade : int or None
        What the row gives; None for a row that only says how a finding is read.
    words : str
        The row in words of this package.
    source : str
        Key of the reference, or ``house`` for a convention of this package.
    evidence : str
        ``V`` checked in the primary source, ``V2`` in a secondary source, ``M`` not yet checked,
        ``D`` decided here.
    """

    scale: str
    key: str
    grade: int | None
    words: str
    source: str
    evidence: str
