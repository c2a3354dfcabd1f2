"""The tables of record: problems in the data, definitions, what was cleaned, provenance."""

from collections.abc import Iterable

from autallo.model.results import Results
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Note, Row, Table

__all__ = ["table_cleaned", "table_definitions", "table_origins", "table_problems",
           "table_provenance"]  # fmt: skip

_SEVERITY = {"stop": "stops the run", "warn": "warning", "note": "note"}


def table_problems(results: Results) -> Table | None:
    """Return every finding of the data checks: what, where, how to mend it."""
    rows = [
        (
            _SEVERITY[finding.severity.value],
            finding.sentence,
            finding.where,
            finding.found or "",
            finding.fix or "",
        )
        for finding in results.findings
    ]
    columns = ("Weight", "Problem", "Where", "Found", "How to mend it")
    note = "Every row of every problem is listed in problems.csv."
    return _words(
        results, "problems", "Problems found in the records", note, columns=columns, rows=rows
    )


def table_cleaned(results: Results) -> Table | None:
    """Return the cells that were changed by a stated rule while they were read."""
    rows = [(file, column, rule, str(count)) for file, column, rule, count in results.cleaned]
    columns = ("File", "Column", "Rule", "Cells")
    return _words(
        results, "cleaned", "Cells cleaned by rule while reading", columns=columns, rows=rows
    )


def table_definitions(results: Results) -> Table | None:
    """Return the definitions as applied."""
    scope = Scope.of_study(results)
    rows = [(scope.label(subject), sentence) for subject, sentence in results.card.rules]
    columns = ("Term", "As applied")
    return _words(results, "definitions", "Definitions as applied", columns=columns, rows=rows)


def table_origins(results: Results) -> Table | None:
    """Return for each column whether it was given or derived, and from what."""
    rows = [
        (results.card.labels.get(column, column), sentence)
        for column, sentence in results.card.origins
    ]
    columns = ("Column", "Where it comes from")
    return _words(results, "origins", "Given or derived", columns=columns, rows=rows)


def table_provenance(results: Results) -> Table:
    """Return what made these results: files by hash, rows, versions, seed."""
    made = results.provenance
    rows = [("Study file", f"SHA-256 {made.study_file_sha256}")]
    rows += [(f"File {name}", f"SHA-256 {digest}") for name, digest in made.inputs_sha256]
    rows += [(f"Rows read: {name}", str(count)) for name, count in made.rows]
    rows += [(f"Version of {name}", version) for name, version in made.versions]
    rows.append(("Seed of the random numbers", str(made.seed)))
    note = "The same files, study file, versions and seed give the same results, to the last digit."
    table = _words(
        results, "provenance", "What made these results", note, columns=("Item", "Value"), rows=rows
    )
    assert table is not None
    return table


def _words(
    results: Results,
    name: str,
    title: str,
    *notes: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
) -> Table | None:
    """Return a table of words, or None if there is nothing to tell."""
    filled = tuple(Row(tuple(Cell(text) for text in row)) for row in rows)
    if not filled:
        return None
    return Table(
        name=name,
        title=title,
        columns=tuple(Column(label, words=True) for label in columns),
        rows=filled,
        notes=tuple(Note(text) for text in notes),
        notice=results.card.notice,
    )
