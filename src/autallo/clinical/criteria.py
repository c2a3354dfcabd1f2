"""One row of the table of a scale: what is looked for, the grade it gives, and who says so."""

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
        Key of the row, as named in the `because` of a grade.
    grade : int or None
        The grade or points it gives; None where it gives none by itself.
    words : str
        The criterion in our own words.
    source : str
        Key of the source in the list of references, or ``house``.
    evidence : str
        How far the wording was checked: V a public copy of the source, V2 a secondary source,
        M from memory, D a decision of this package.
    """

    scale: str
    key: str
    grade: int | None
    words: str
    source: str
    evidence: str
