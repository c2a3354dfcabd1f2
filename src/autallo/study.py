"""The whole flow on one page: read, check, derive, analyse, write."""

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

import numpy as np

from autallo.errors import DataError, Finding, Severity
from autallo.model.results import Provenance, Results

if TYPE_CHECKING:
    from autallo.ingest.study_file import StudyFile
    from autallo.model.tables import Tables

__all__ = ["analyse_study", "check", "demo", "init", "run", "schema"]

Progress = Callable[[str], None]
NUMERIC_LIBRARIES = ("numpy", "scipy", "polars", "pydantic")


def _silent(_: str) -> None:
    """Show no progress."""


def run(
    study: str | Path,
    *,
    out: str | Path | None = None,
    figures: bool = True,
    replace: bool = False,
    progress: Progress = _silent,
) -> Results:
    """Run a whole study and write its results folder.

    Parameters
    ----------
    study : path
        The study file; records are found beside it.
    out : path, optional
        The results folder; by default ``results`` beside the study file.
    figures : bool
        Whether to draw the figures.
    replace : bool
        Whether the folder may hold something else that is then replaced.
    progress : callable
        Is told the name of each step as it begins.

    Returns
    -------
    Results

    Raises
    ------
    UserError
        With every problem of the stage that failed; no results folder is made then.
    """
    from autallo.report.documents import write_report
    from autallo.report.folder import results_folder

    progress("reading the study file")
    study_file = _study_file(study)
    target = Path(out) if out is not None else study_file.folder / "results"
    protocol = study_file.protocol
    keep = [study_file.folder, study_file.path]
    keep += [study_file.folder / source.file for source in protocol.sources.values()]
    with results_folder(target, study=protocol.study.id, keep=keep, replace=replace) as folder:
        results = analyse_study(study_file, progress=progress)
        progress("writing the report")
        write_report(results, folder, figures=figures)
    return results


def analyse_study(study_file: "StudyFile", *, progress: Progress = _silent) -> Results:
    """Read, check, derive and analyse; write nothing."""
    from autallo.analysis.analyse import analyse
    from autallo.analysis.card import make_card
    from autallo.derive.cohort import derive_cohort

    protocol = study_file.protocol
    progress("reading the records")
    tables, findings = _read_and_check(study_file)
    progress("deriving the cohort")
    cohort = derive_cohort(tables, protocol)
    progress("analysing")
    numbers = analyse(cohort, protocol, streams=_streams(protocol.study.seed))
    return Results(
        card=make_card(protocol, cohort),
        estimates=numbers.estimates,
        curves=numbers.curves,
        samples=numbers.samples,
        flow=cohort.flow,
        findings=(*findings, *cohort.findings),
        cleaned=tuple((c.file, c.column, c.rule, len(c.rows)) for c in tables.cleaned),
        provenance=_provenance(study_file, tables),
    )


def check(study: str | Path) -> tuple[Finding, ...]:
    """Return everything that is wrong in a study file and its records; write nothing."""
    from autallo.derive.cohort import derive_cohort

    study_file = _study_file(study)
    try:
        tables, findings = _read_and_check(study_file)
        cohort = derive_cohort(tables, study_file.protocol)
    except DataError as error:
        return error.findings
    return (*findings, *cohort.findings)


def demo(name: str, folder: str | Path, **how: Any) -> tuple[Results, Path]:
    """Copy a bundled study into a folder, run it, and return results and study file."""
    from autallo.studies import copy_study

    study = copy_study(name, Path(folder))
    return run(study, **how), study


def init(folder: str | Path) -> tuple[Path, ...]:
    """Write a study file, a workbook to fill in and its dictionary into a new folder."""
    from autallo.ingest.template import write_template

    return write_template(Path(folder))


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the study file."""
    from autallo.model.protocol import Protocol

    return Protocol.model_json_schema(by_alias=True)


def _study_file(study: str | Path) -> "StudyFile":
    from autallo.ingest.study_file import read_study_file

    return read_study_file(Path(study))


def _read_and_check(study_file: "StudyFile") -> tuple["Tables", tuple[Finding, ...]]:
    """Return the tables and what was found; stop with all problems if one of them must stop."""
    from autallo.ingest.checks import check_tables
    from autallo.ingest.files import read_tables

    reading = read_tables(study_file)
    findings = reading.findings
    if not any(finding.severity is Severity.STOP for finding in findings):
        findings = (*findings, *check_tables(reading.tables, study_file.protocol))
    if any(finding.severity is Severity.STOP for finding in findings):
        raise DataError(findings)
    return reading.tables, findings


def _streams(seed: int) -> Callable[[str], np.random.Generator]:
    """Return what gives each named comparison its own generator, whatever else is computed."""

    def stream(name: str) -> np.random.Generator:
        key = hashlib.sha256(f"{seed}/{name}".encode()).digest()[:16]
        return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))

    return stream


def _provenance(study_file: "StudyFile", tables: "Tables") -> Provenance:
    libraries = [("python", python_version()), ("autallo", version("autallo"))]
    libraries += [(name, version(name)) for name in NUMERIC_LIBRARIES]
    return Provenance(
        study_file_sha256=study_file.sha256,
        inputs_sha256=tuple(sorted(tables.sha256.items())),
        versions=tuple(libraries),
        seed=study_file.protocol.study.seed,
        rows=tuple((name, table.rows_read) for name, table in tables.tables.items()),
    )
