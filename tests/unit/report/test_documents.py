"""The folder of a report: which files, which bytes, and what a spreadsheet must not run."""

import csv
import io
import subprocess
import sys

import pytest

from autallo.errors import Finding, Severity
from autallo.model.results import Results
from autallo.report.documents import PROBLEM_COLUMNS, write_problems, write_report
from unit.report.example import example, hostile


def test_names_written_are_the_files_of_the_folder(tmp_path):
    names = write_report(example(), tmp_path)
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert set(names) == found
    assert names[:4] == ("report.html", "report.docx", "results.json", "problems.csv")
    assert {"figures/flow.svg", "figures/flow.png"} <= found
    html = (tmp_path / "report.html").read_text("utf-8")
    assert html.count("<svg") == html.count('role="img"') == 6
    assert "http:" not in html
    assert Results.from_json((tmp_path / "results.json").read_text("utf-8")) == example()


def test_without_figures_twice_the_same_bytes(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        write_report(example(), folder, figures=False)
    names = [path.name for path in sorted(first.iterdir())]
    assert names == ["problems.csv", "report.docx", "report.html", "results.json"]
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_without_figures_the_drawing_program_is_not_loaded(tmp_path):
    code = (
        "import sys; from pathlib import Path; from unit.report.example import example;"
        "from autallo.report.documents import write_report;"
        "assert not {'jinja2', 'docx', 'matplotlib'} & set(sys.modules);"
        f"write_report(example(), Path({str(tmp_path)!r}), figures=False);"
        "assert 'matplotlib' not in sys.modules"
    )
    paths = [path for path in sys.path if path]
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(paths)})


def test_the_folder_must_be_there_and_empty(tmp_path):
    (tmp_path / "old.txt").write_text("x")
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ValueError, match="existing empty folder"):
            write_report(example(), folder, figures=False)


def test_half_a_surrogate_pair_does_not_stop_the_report(tmp_path):
    results = hostile("a\ud800b")
    write_report(results, tmp_path, figures=False)
    assert Results.from_json((tmp_path / "results.json").read_text("utf-8")) == results


def problems(**fields):
    about = {"code": "c", "severity": Severity.WARN, "sentence": "S."}
    text = write_problems((Finding(**{**about, **fields}),))
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_problems_have_one_line_for_each_row():
    rows = problems(file="p.csv", sheet="s", column="c", rows=(12, 25), found="2", fix="Mend.")
    assert [row["row"] for row in rows] == ["12", "25"]
    assert rows[0] == {
        "code": "c", "severity": "warn", "file": "p.csv", "sheet": "s", "row": "12",
        "column": "c", "found": "2", "sentence": "S.", "fix": "Mend.",
    }  # fmt: skip
    assert tuple(rows[0]) == PROBLEM_COLUMNS


def test_a_problem_without_rows_has_one_line():
    assert [row["row"] for row in problems()] == [""]
    assert [row["row"] for row in problems(line=7)] == ["7"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+cmd", "'+cmd"), ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "' =1"), ("\r=1", "' =1"), ("-2.5", "-2.5"),
        ("+1e3", "+1e3"), ("plain", "plain"), (" =1", "' =1"), ("a\x00=1", "a�=1"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(text, written):
    assert problems(fix=text)[0]["fix"] == written
