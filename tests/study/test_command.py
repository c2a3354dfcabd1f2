"""The command as a user meets it: help, exit codes, broken records, interruption, same bytes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

import autallo as library
from study.conftest import autallo

FAULTS = [
    # study, file, what is replaced, by what, code, words that the message must hold
    ("kersey1987", "kersey1987.csv", "k02,14,1", "k01,14,1", "id-conflict", ["rows 2, 3"]),
    ("kersey1987", "kersey1987.csv", "k02,14,1", "k02,-14,1", "number-range", ["row 3"]),
    ("kersey1987", "kersey1987.csv", "k02,14,1", "k02,14,2", None, ["row 3"]),
    ("kersey1987", "kersey1987.csv", "k02,14,1", "k02,,1", None, ["row 3"]),
    ("kersey1987", "kersey1987.csv", "Allogeneic", "Alogeneic", "level-misspelt", ["row 2"]),
    ("kersey1987", "study.yaml", "kersey1987.csv", "kersey1978.csv", None, ["kersey1987.csv"]),
    ("hu2019", "patients.csv", "19/01/2008", "31/02/2008", None, ["row 2", "DOB"]),
    ("hu2019", "patients.csv", ",30.4,", ',"30,4",', None, ["row 2", "Weight"]),
    ("hu2019", "responses.csv", "P01,2016-06-17", "P99,2016-06-17", None, ["row 2"]),
    ("hu2019", "events.csv", "P02,2017-05-16,death", "P02,2017-01-01,death", None, ["row"]),
    ("hu2019", "infusions.csv", "P01,1,2016-04-29", "P01,1,2016-07-29", None, ["row 2"]),
    ("hu2019", "study.yaml", "  compare: [[RD", "  comprae: [[RD", None, ["line", "compare"]),
]


def broken_copy(name, file, old, new, place):
    done = autallo("demo", "--study", name, "--out", place, "--no-figures")
    assert done.returncode == 0
    shutil.rmtree(place / "results")
    path = place / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return place / "study.yaml"


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "code", "words"),
    FAULTS,
    ids=[f"{fault[0]}: {fault[3]}" for fault in FAULTS],
)
def test_one_fault_gets_its_message_exit_2_and_no_results(
    name, file, old, new, code, words, tmp_path
):
    study = broken_copy(name, file, old, new, tmp_path / "copy")
    done = autallo("run", study)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert re.search(r"\[[a-z0-9-]+\]", done.stderr)
    assert "fix" in done.stderr
    assert code is None or code in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
    left = {path.name for path in study.parent.iterdir()}
    assert "results" not in left
    assert not [name for name in left if name.startswith(".")]
    again = autallo("check", study)
    assert again.returncode == 2
    assert "Traceback" not in again.stderr


def test_check_of_a_sound_study_says_it_can_be_run(hu2019):
    done = autallo("check", hu2019.folder / "study.yaml")
    assert done.returncode == 0
    assert "can be run" in done.stdout


def test_the_same_study_gives_the_same_bytes(hu2019, tmp_path):
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati"}
    done = autallo("demo", "--out", tmp_path / "again", env=environment)
    assert done.returncode == 0, done.stderr
    first, second = hu2019.folder / "results", tmp_path / "again" / "results"
    names = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(second) for p in second.rglob("*") if p.is_file())
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


@pytest.mark.parametrize("command", ["", "demo", "init", "check", "run", "schema"])
def test_every_command_has_help_with_an_example(command):
    done = autallo(*([command] if command else []), "--help")
    assert done.returncode == 0
    assert "autallo" in done.stdout
    assert ("Example" in done.stdout) == bool(command)


def test_version_and_unknown_words():
    assert autallo("--version").stdout.strip() == f"autallo {library.__version__}"
    assert autallo("rnu").returncode == 2
    assert autallo("run", "nowhere/study.yaml").returncode == 2
    assert autallo("demo", "--study", "nobody").returncode == 2


def test_schema_is_json_schema_of_the_study_file():
    import json

    schema = json.loads(autallo("schema").stdout)
    assert set(schema["required"]) == {"study", "sources", "groups", "outcomes"}
    assert "description" in schema["properties"]["study"]


def test_init_makes_a_study_that_check_reads(tmp_path):
    done = autallo("init", tmp_path / "mine")
    assert done.returncode == 0
    assert (tmp_path / "mine" / "study.yaml").exists()
    checked = autallo("check", tmp_path / "mine" / "study.yaml")
    assert checked.returncode == 2
    assert "Traceback" not in checked.stderr
    assert autallo("init", tmp_path / "mine").returncode == 2


def test_an_earlier_run_survives_a_broken_one(hu2019, tmp_path):
    place = tmp_path / "copy"
    shutil.copytree(hu2019.folder, place)
    before = (place / "results" / "results.json").read_bytes()
    path = place / "patients.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("19/01/2008", "31/02/2008"))
    assert autallo("run", place / "study.yaml").returncode == 2
    assert (place / "results" / "results.json").read_bytes() == before


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_says_so_and_leaves_the_earlier_results(hu2019, tmp_path, sent):
    place = tmp_path / "copy"
    shutil.copytree(hu2019.folder, place)
    before = (place / "results" / "results.json").read_bytes()
    child = subprocess.Popen(
        [sys.executable, "-m", "autallo", "run", str(place / "study.yaml")],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    partial = place / ".results.partial"
    while child.poll() is None and not partial.exists():
        time.sleep(0.01)
    child.send_signal(sent)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said
    assert (place / "results" / "results.json").read_bytes() == before
    assert not partial.exists()


def test_killed_while_writing_the_earlier_results_are_whole(hu2019, tmp_path):
    place = tmp_path / "copy"
    shutil.copytree(hu2019.folder, place)
    before = (place / "results" / "results.json").read_bytes()
    child = subprocess.Popen(
        [sys.executable, "-m", "autallo", "run", str(place / "study.yaml")],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while child.poll() is None and not (place / ".results.partial").exists():
        time.sleep(0.01)
    child.kill()
    child.wait()
    assert (place / "results" / "results.json").read_bytes() == before
    assert autallo("run", place / "study.yaml", "--no-figures").returncode == 0
    assert not (place / ".results.partial").exists()


def test_the_library_gives_the_same_results_as_the_command(hu2019, tmp_path):
    results = library.run(hu2019.folder / "study.yaml", out=tmp_path / "out", figures=False)
    assert results == hu2019.results
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "problems.csv", "report.docx", "report.html", "results.json",
    ]  # fmt: skip


def test_a_folder_with_other_files_is_refused(hu2019, tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    done = autallo("run", hu2019.folder / "study.yaml", "--out", tmp_path)
    assert done.returncode == 2
    assert "--replace" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_without_figures_matplotlib_is_not_loaded(hu2019, tmp_path):
    code = (
        "import sys, autallo; autallo.run(sys.argv[1], out=sys.argv[2], figures=False); "
        "sys.exit('matplotlib' in sys.modules)"
    )
    out = tmp_path / "out"
    command = [sys.executable, "-c", code, str(hu2019.folder / "study.yaml"), str(out)]
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize("out", [".", "..", "study.yaml"])
def test_the_study_itself_is_never_replaced(hu2019, tmp_path, out):
    place = tmp_path / "copy"
    shutil.copytree(hu2019.folder, place)
    before = sorted(path.name for path in place.iterdir())
    done = autallo("run", "study.yaml", "--no-figures", "--replace", "--out", out, folder=place)
    assert done.returncode == 2
    assert "folder-of-records" in done.stderr
    assert sorted(path.name for path in place.iterdir()) == before


@pytest.mark.parametrize("wait", [0.1, 0.15, 0.2, 0.3])
def test_stopped_in_the_first_moments_it_is_a_stop(hu2019, wait):
    # The interpreter itself takes most of the first tenth of a second.
    child = subprocess.Popen(
        [sys.executable, "-m", "autallo", "check", str(hu2019.folder / "study.yaml")],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    time.sleep(wait)
    child.send_signal(signal.SIGTERM)
    _, said = child.communicate(timeout=30)
    assert child.returncode in (0, 130, -signal.SIGTERM)
    assert "Traceback" not in said


@pytest.mark.parametrize("command", [["init", "/proc/x"], ["demo", "--out", "/proc/x"]])
def test_where_nothing_can_be_written_it_is_a_fault_of_the_system(command):
    done = autallo(*command)
    assert done.returncode == 3
    assert "cannot-write" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("  - sex", "  - sex\n  - sex", "contradiction"),
        ("  - sex", "  - birth_date", "personal-column"),
        ("  - sex", "  - patient_id", "personal-column"),
        ("[[RD-alloCAR, autoCAR]]", "[[RD-alloCAR, autoCAR], [autoCAR, RD-alloCAR]]",
         "contradiction"),
        ("level: 0.95", "level: 0.99999999", "value-range"),
        ("at_months: [6, 12]", "at_months: [1e9]", "value-range"),
        ("from: car_t_cmax", "from: patient_id", "personal-column"),
        ("by: product_source", "by: age_years", "group-levels"),
    ],
)  # fmt: skip
def test_study_files_that_cannot_be_are_told_by_check_already(hu2019, tmp_path, old, new, code):
    place = tmp_path / "copy"
    shutil.copytree(hu2019.folder, place)
    study = place / "study.yaml"
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = autallo("check", study)
    assert done.returncode == 2
    assert code in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert "1962" not in done.stderr
