"""A table before it is HTML or Word: frozen parts that keep the number beside the shown text."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from autallo.model.results import Estimate, Flag
from autallo.report.numbers import format_number

__all__ = ["Cell", "Column", "Footnotes", "Note", "Row", "Spanner", "Table"]

WIDE = 7
SHORT = 34
NOT_EVALUABLE = "not evaluable: "
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is shown, the number behind it, and the marks of its footnotes."""

    text: str = ""
    value: float | None = None
    marks: tuple[str, ...] = ()

    @classmethod
    def stacked(cls, text: str, value: float | None = None, marks: tuple[str, ...] = ()) -> "Cell":
        """Return a cell that puts what stands in brackets on a line of its own."""
        return cls(text.replace(" (", "\n(", 1), value, marks)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the cell."""
        return tuple(self.text.split("\n"))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and whether it holds words (left) or numbers (centred)."""

    label: str
    words: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the heading: the size of a group stands under its name."""
        return tuple(self.label.rsplit("\n", 1))


@dataclass(frozen=True, slots=True)
class Spanner:
    """A heading over several columns, first and last counted from 0."""

    label: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row: as many cells as columns; `indent` steps in; a heading row starts a group."""

    cells: tuple[Cell, ...]
    indent: int = 0
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A line under the table; without a mark it speaks of the whole table."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table as every document shows it.

    Attributes
    ----------
    name : str
        Short name, unique in a report; the anchor of the table.
    number : int
        Number in the caption; 0 until it stands in a document.
    title : str
        Caption without the number.
    columns, spanners, rows, notes : tuples
        The parts.
    notice : str or None
        The notice of the study, printed with the table.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    spanners: tuple[Spanner, ...] = ()
    notes: tuple[Note, ...] = ()
    notice: str | None = None
    number: int = 0

    def __post_init__(self) -> None:
        """Refuse a row that does not fill the columns."""
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"table {self.name}: a row has {len(row.cells)} cells")

    @property
    def wide(self) -> bool:
        """Whether the table needs a page on its side."""
        return len(self.columns) > WIDE

    @property
    def short(self) -> bool:
        """Whether the table with its notes should stay on one page."""
        return len(self.rows) + len(self.notes) <= SHORT

    def numbered(self, number: int) -> "Table":
        """Return the same table with its number."""
        return replace(self, number=number)


class Footnotes:
    """Gives each sentence one letter, in the order in which the sentences are first needed."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def mark(self, sentences: Iterable[str]) -> tuple[str, ...]:
        """Return the letters of these sentences, making new ones where needed."""
        marks = []
        for sentence in dict.fromkeys(sentences):
            if sentence not in self._marks:
                self._marks[sentence] = _letters(len(self._marks))
            marks.append(self._marks[sentence])
        return tuple(sorted(marks, key=lambda mark: (len(mark), mark)))

    def of(
        self, estimate: Estimate, *, silent: Iterable[Flag] = (), exclusions: bool = True
    ) -> tuple[str, ...]:
        """Return the letters for the flags and exclusions of an estimate."""
        quiet = set(silent)
        said = [flag.value for flag in estimate.flags if flag not in quiet]
        if estimate.excluded and exclusions:
            reasons = "; ".join(
                f"{reason.removeprefix(NOT_EVALUABLE)} ({count})"
                for reason, count in estimate.excluded
            )
            said.append(f"Not evaluable: {reasons}.")
        error = estimate.detail("monte_carlo_error")
        if error is not None:
            said.append(f"Monte Carlo standard error of p: {format_number(error)}.")
        return self.mark(said)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes in the order of their letters."""
        return tuple(Note(sentence, mark) for sentence, mark in self._marks.items())


def _letters(index: int) -> str:
    """Return a, b, ..., z, aa, ab, ... for 0, 1, ..."""
    front, back = divmod(index, len(LETTERS))
    return (_letters(front - 1) if front else "") + LETTERS[back]
