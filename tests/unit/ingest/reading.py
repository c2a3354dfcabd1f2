"""A small study on disk, written and read in one call."""

from pathlib import Path

from autallo.ingest.files import Reading, read_tables
from autallo.ingest.study_file import read_study_file

STUDY = """\
study: {{id: s, title: A study}}
sources:
  patients:
    file: patients.csv
    id: PID
{options}    columns:
{columns}
groups: {{by: arm, levels: [a, b]}}
outcomes:
  x: {{kind: categorical, from: arm}}
"""


def read_records(folder: Path, columns: str, records: str | bytes, *, options: str = "") -> Reading:
    """Write patients.csv and a study file that names the columns, and read them."""
    data = records if isinstance(records, bytes) else records.encode()
    (folder / "patients.csv").write_bytes(data)
    lines = "\n".join(f"      {line.strip()}" for line in columns.strip().splitlines())
    text = STUDY.format(columns=lines, options=f"    {options}\n" if options else "")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return read_tables(read_study_file(folder / "study.yaml"))


def read_values(folder: Path, spec: str, cells: list[str], *, name: str = "x") -> list:
    """Return the values of one column, which must be read without a complaint."""
    reading = read_column(folder, spec, cells, name=name)
    assert reading.findings == ()
    return reading.tables.tables["patients"].frame[name].to_list()


def read_codes(folder: Path, spec: str, cells: list[str], *, name: str = "x") -> dict:
    """Return the codes of the findings of one column with their rows."""
    reading = read_column(folder, spec, cells, name=name)
    return {finding.code: finding.rows for finding in reading.findings}


def read_column(folder: Path, spec: str, cells: list[str], *, name: str = "x") -> Reading:
    """Read one column of the table of patients."""
    rows = [f'P{at},"{cell}"' for at, cell in enumerate(cells)]
    return read_records(folder, f"{name}: {spec}", "\n".join(["PID,X", *rows]) + "\n")
