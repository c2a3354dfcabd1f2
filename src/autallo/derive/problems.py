"""Everything that is wrong in one derivation, gathered before anything is raised."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from autallo.errors import DataError, Finding, ProtocolError, Severity
from autallo.model.tables import Table

__all__ = ["Problems"]

NAMES_SHOWN = 12


class Problems:
    """Collects findings, apart for the study file and for the records."""

    def __init__(self) -> None:
        self._study_file: list[Finding] = []
        self._records: list[Finding] = []

    @property
    def going_on(self) -> tuple[Finding, ...]:
        """Warnings and notes: what does not stop the run."""
        both = self._study_file + self._records
        return tuple(finding for finding in both if finding.severity is not Severity.STOP)

    def personal(self, column: str, *, place: str) -> None:
        """Note that a column identifies persons and cannot be analysed."""
        self.in_study_file(
            "personal-column",
            "A column that identifies persons, or holds free text, must not be analysed.",
            place=place,
            found=f"the column `{column}`",
            fix="Choose another, or map it to categories: `type: category` and `values`.",
        )

    def in_study_file(
        self,
        code: str,
        sentence: str,
        *,
        place: str,
        found: str | None = None,
        fix: str | None = None,
        severity: Severity = Severity.STOP,
    ) -> None:
        """Note something wrong at a place in the study file (``outcomes.severe_crs.from``)."""
        self._study_file.append(
            Finding(
                code=code,
                severity=severity,
                sentence=sentence,
                file=f"study file, {place}",
                found=found,
                fix=fix,
            )
        )

    def in_records(
        self,
        code: str,
        sentence: str,
        *,
        table: Table | None = None,
        column: str | None = None,
        rows: Iterable[int] = (),
        found: str | None = None,
        fix: str | None = None,
        severity: Severity = Severity.STOP,
    ) -> None:
        """Note something wrong in the records; never with a patient's value."""
        self._records.append(
            Finding(
                code=code,
                severity=severity,
                sentence=sentence,
                file=table.file if table else None,
                sheet=table.sheet if table else None,
                column=table.header_of(column) if table and column else column,
                rows=tuple(sorted(rows)),
                found=found,
                fix=fix,
            )
        )

    def unknown_column(self, name: str, known: Sequence[str], *, place: str) -> None:
        """Note a column that the study file names and the cohort does not have."""
        names = sorted(known)
        close = get_close_matches(name, names, n=1, cutoff=0.6)
        listed = ", ".join(names[:NAMES_SHOWN]) + (", ..." if len(names) > NAMES_SHOWN else "")
        self.in_study_file(
            "unknown-column",
            f"`{place}` must name a column of the cohort.",
            place=place,
            found=f"`{name}`; columns: {listed}",
            fix=f"Did you mean `{close[0]}`?" if close else "Name one of these columns.",
        )

    def raise_if_any(self) -> None:
        """Raise everything that stops the run: the study file's problems weigh first."""
        stops = [
            finding
            for finding in self._study_file + self._records
            if finding.severity is Severity.STOP
        ]
        if not stops:
            return
        of_file = any(finding.severity is Severity.STOP for finding in self._study_file)
        raise ProtocolError(stops) if of_file else DataError(stops)
