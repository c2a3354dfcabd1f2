"""The score of an organ: that of its worst part, where a part may be unknown."""

from collections.abc import Sequence
from dataclasses import dataclass

from autallo.clinical.grading import Decided, Grade, grade_between

__all__ = ["Part", "grade_worst_part"]


@dataclass(frozen=True, slots=True)
class Part:
    """What one finding gives by itself.

    Attributes
    ----------
    low, high : int
        Bounds; equal where the finding is known.
    key : str
        Row of the table that gives `low`.
    missing : tuple of str
        Fields that would close the bounds.
    """

    low: int
    high: int
    key: str = ""
    missing: tuple[str, ...] = ()


def grade_worst_part(scale: str, parts: Sequence[Part]) -> Grade:
    """Return the highest of what several findings give.

    Rule
    ----
    =====================  ================================================
    bound                  answer
    =====================  ================================================
    least                  the highest of the lower bounds
    most severe            the highest of the upper bounds
    what is missing        of the parts that could be above the least
    =====================  ================================================

    Parameters
    ----------
    scale : str
        Key of the scale.
    parts : sequence of Part
        At least one.

    Returns
    -------
    Grade

    Notes
    -----
    Source: [house] convention. Checked by hand (`tests/unit/clinical/test_chronic_gvhd.py`).

    Examples
    --------
    >>> grade_worst_part("s", [Part(1, 1, "rash"), Part(0, 3, "", ("sclerosis",))]).high
    3
    """
    least = max(part.low for part in parts)
    most = max(part.high for part in parts)
    because = tuple(part.key for part in parts if least and part.low == least)
    missing = [field for part in parts if part.high > least for field in part.missing]
    low = Decided(least, because)
    return grade_between(scale, lambda worst: Decided(most) if worst else low, unknown=missing)


def sign_part(field: str, score: int, key: str, *, found: bool | None) -> Part:
    if found is None:
        return Part(0, score, "", (field,))
    return Part(score, score, key) if found else Part(0, 0)


def steps_part(field: str, found: float | None, rows: Sequence[tuple[bool, int, str]]) -> Part:
    """Return the last row that holds; `rows` are (holds, score, key) in rising order."""
    if found is None:
        return Part(0, max(score for _, score, _ in rows), "", (field,))
    met = [(score, key) for holds, score, key in rows if holds]
    return Part(met[-1][0], met[-1][0], met[-1][1]) if met else Part(0, 0)


def word_part(field: str, found: str | None, words: dict[str, int], key: str) -> Part:
    if found is None:
        return Part(0, max(words.values()), "", (field,))
    return Part(words[found], words[found], key.format(word=found, score=words[found]))
