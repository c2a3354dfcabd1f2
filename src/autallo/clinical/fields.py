"""The fields of a daily record: what each may hold, and where a value is impossible.

One list of fields serves the record of one day and the columns of a million days: the limits, the
words of a choice, and the values at which a scale changes its mind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite

from autallo.errors import ArgumentError

__all__ = ["Choice", "Field", "Flag", "Number", "classify_impossible"]


@dataclass(frozen=True, slots=True)
class Flag:
    """True, False or unknown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words; in a column, the place of the word in `words`.

    Attributes
    ----------
    words : tuple of str
        In the order of their codes.
    """

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number.

    Attributes
    ----------
    low, high : float
        Beyond these the value is impossible.
    cuts : tuple of float
        Values from which on (inclusive) a rule can read differently, ascending.
    whole : bool
        Whether only whole numbers are possible.
    """

    low: float
    high: float
    cuts: tuple[float, ...] = ()
    whole: bool = False


Field = Flag | Choice | Number


def classify_impossible(record: object, fields: Mapping[str, Field]) -> tuple[str, ...]:
    """Return the fields of a record that hold an impossible number.

    Rule
    ----
    ===================================  ====================
    value                                answer
    ===================================  ====================
    unknown (None)                       possible
    within its limits, both included     possible
    outside, not finite, or broken
    where whole numbers are counted      impossible
    ===================================  ====================

    Parameters
    ----------
    record : object
        Record with the fields as attributes.
    fields : mapping of str to Field
        What each may hold.

    Returns
    -------
    tuple of str
        Names, in the order of `fields`.

    Raises
    ------
    ArgumentError
        If a word is not among the words of its field, or a flag is not True, False or None: a
        mistake of the program that made the record, not of the ward.

    Notes
    -----
    Source: [house], limits of plausibility.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> classify_impossible(SimpleNamespace(fio2=40.0), {"fio2": Number(0.21, 1.0)})
    ('fio2',)
    """
    return tuple(_impossible(record, fields.items()))


def _impossible(record: object, fields: Iterable[tuple[str, Field]]) -> Iterable[str]:
    for name, kind in fields:
        value = getattr(record, name)
        if value is None:
            continue
        if isinstance(kind, Number):
            if not _possible(value, kind, name):
                yield name
        elif isinstance(kind, Choice):
            if value not in kind.words:
                raise ArgumentError(f"`{name}` must be one of {', '.join(kind.words)}.")
        elif value is not True and value is not False:
            raise ArgumentError(f"`{name}` must be True, False or None.")


def _possible(value: object, kind: Number, name: str) -> bool:
    if isinstance(value, bool | str) or not isinstance(value, int | float):
        raise ArgumentError(f"`{name}` must be a number or None.")
    if not isfinite(value) or not kind.low <= value <= kind.high:
        return False
    return not kind.whole or value == int(value)
