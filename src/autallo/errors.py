"""What can be wrong, where, and how to mend it.

Tree of what is raised::

    UserError                 something the user can mend; exit code 2, never a traceback
    ├── ProtocolError         the study file
    ├── DataError             the records
    ├── SystemFaultError      the machine: disk full, no permission; exit code 3
    └── InUseError            another run holds the results folder; exit code 4
    ArgumentError             one argument of a function (a ValueError); one sentence
    StoppedError              Ctrl-C or a request to end (a BaseException); exit code 130

A `UserError` carries `Finding`s: every problem of one stage, not only the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

__all__ = [
    "ArgumentError",
    "DataError",
    "ExitCode",
    "Finding",
    "InUseError",
    "ProtocolError",
    "Severity",
    "StoppedError",
    "SystemFaultError",
    "UserError",
]

PLACES_SHOWN = 5


class ExitCode(IntEnum):
    """What the command says to the shell that called it."""

    DONE = 0
    BAD_INPUT = 2
    SYSTEM_FAULT = 3
    IN_USE = 4
    PARTIAL_OUTPUT = 5
    STOPPED = 130


class Severity(StrEnum):
    """How much a finding weighs: a run stops, goes on with a warning, or only notes it."""

    STOP = "stop"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, with the place, what was found, and how to mend it.

    Attributes
    ----------
    code : str
        Short name of the kind of problem; has a heading in ``docs/reference/errors.md``.
    severity : Severity
        Whether the run stops, warns or notes.
    sentence : str
        What must be, or what cannot be done; a whole sentence, no patient value.
    file, sheet, column : str or None
        Where; `column` is the user's own name, with ours in brackets if it differs.
    rows : tuple of int
        Every row as the user's program numbers it, header counted.
    line, position : int or None
        Line and column in the study file, counted from 1.
    found : str or None
        A count, or the *shape* of a value (digit 9, letter a), never the value itself.
    fix : str or None
        One act that mends it; a guess ends in a question mark.
    """

    code: str
    severity: Severity
    sentence: str
    file: str | None = None
    sheet: str | None = None
    column: str | None = None
    rows: tuple[int, ...] = ()
    line: int | None = None
    position: int | None = None
    found: str | None = None
    fix: str | None = None

    @property
    def where(self) -> str:
        """The place in words: file, sheet, column, first rows; or file, line, position."""
        parts = [self.file] if self.file else []
        parts += [f'sheet "{self.sheet}"'] if self.sheet else []
        parts += [f'column "{self.column}"'] if self.column else []
        parts += [self._rows_in_words()] if self.rows else []
        parts += [f"line {self.line}"] if self.line else []
        parts += [f"column {self.position}"] if self.position else []
        return ", ".join(parts)

    def _rows_in_words(self) -> str:
        shown = ", ".join(str(row) for row in self.rows[:PLACES_SHOWN])
        more = len(self.rows) - PLACES_SHOWN
        word = "row" if len(self.rows) == 1 else "rows"
        return f"{word} {shown}" + (f" and {more} more" if more > 0 else "")

    def __str__(self) -> str:
        """Return the message as the user reads it on the terminal."""
        lines = [f"{self.sentence}  [{self.code}]"]
        if self.where:
            lines.append(f"  where  {self.where}")
        if self.found:
            lines.append(f"  found  {self.found}")
        if self.fix:
            lines.append(f"  fix    {self.fix}")
        return "\n".join(lines)


class UserError(Exception):
    """Something the user can mend; carries every finding of the stage that failed."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n\n".join(str(finding) for finding in self.findings))

    @classmethod
    def one(
        cls,
        code: str,
        sentence: str,
        *,
        file: str | None = None,
        found: str | None = None,
        fix: str | None = None,
    ) -> "UserError":
        """Return an error of this class with a single stopping finding."""
        finding = Finding(
            code=code,
            severity=Severity.STOP,
            sentence=sentence,
            file=file,
            found=found,
            fix=fix,
        )
        return cls([finding])


class ProtocolError(UserError):
    """The study file cannot be read or contradicts itself."""


class DataError(UserError):
    """The records cannot be used as they stand."""


class ArgumentError(ValueError):
    """An argument of a function must be something else; one sentence, no patient value."""


class SystemFaultError(UserError):
    """The machine refuses: no space, no permission, a file that vanished."""


class StoppedError(BaseException):
    """The user or the system asked the command to stop."""


class InUseError(UserError):
    """Another run is writing to the same results folder."""
