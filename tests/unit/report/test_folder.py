"""A results folder is the earlier one or the new one, whole, whatever happens."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from autallo.errors import InUseError, SystemFaultError, UserError
from autallo.report import folder as folder_module
from autallo.report.folder import results_folder


def write(target, text, *, study="s", replace=False):
    with results_folder(target, study=study, replace=replace) as folder:
        (folder / "results.json").write_text(json.dumps({"card": {"id": study}, "text": text}))
        (folder / "report.html").write_text(text)


def read(target):
    return json.loads((target / "results.json").read_text())["text"]


def strays(target):
    return sorted(path.name for path in target.parent.iterdir() if path != target)


def test_a_new_folder_is_made_and_nothing_else_is_left(tmp_path):
    target = tmp_path / "deep" / "results"
    write(target, "first")
    assert read(target) == "first"
    assert strays(target) == []


def test_earlier_results_of_the_study_are_replaced_whole(tmp_path):
    target = tmp_path / "results"
    write(target, "first")
    (target / "old.txt").write_text("left from before")
    write(target, "second")
    assert read(target) == "second"
    assert sorted(path.name for path in target.iterdir()) == ["report.html", "results.json"]
    assert strays(target) == []


def test_without_an_exchange_in_one_step_two_renames_do(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_module, "_exchanged", lambda first, second: False)
    target = tmp_path / "results"
    write(target, "first")
    write(target, "second")
    assert read(target) == "second"
    assert strays(target) == []


def test_stopped_between_the_two_renames_is_mended_by_the_next_run(tmp_path):
    target = tmp_path / "results"
    write(target, "first")
    target.rename(tmp_path / ".results.earlier")
    with pytest.raises(ZeroDivisionError), results_folder(target, study="s"):
        raise ZeroDivisionError
    assert read(target) == "first"
    assert strays(target) == []


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_a_run_that_fails_leaves_the_earlier_results(tmp_path, error):
    target = tmp_path / "results"
    write(target, "first")
    with pytest.raises(error), results_folder(target, study="s") as folder:
        (folder / "results.json").write_text("half")
        raise error
    assert read(target) == "first"
    assert strays(target) == []


def test_a_run_that_fails_makes_no_folder(tmp_path):
    target = tmp_path / "results"
    with pytest.raises(ZeroDivisionError), results_folder(target, study="s"):
        raise ZeroDivisionError
    assert not target.exists()
    assert strays(target) == []


def test_other_files_are_refused_and_stay(tmp_path):
    target = tmp_path / "results"
    target.mkdir()
    (target / "thesis.docx").write_text("years of work")
    with pytest.raises(UserError) as caught:
        write(target, "first")
    assert caught.value.findings[0].code == "folder-taken"
    assert (target / "thesis.docx").read_text() == "years of work"
    write(target, "first", replace=True)
    assert read(target) == "first"


def test_results_of_another_study_are_refused_by_name(tmp_path):
    target = tmp_path / "results"
    write(target, "first", study="other")
    with pytest.raises(UserError, match="'other'"):
        write(target, "second", study="s")
    assert read(target) == "first"


def test_two_runs_at_once_are_kept_apart(tmp_path):
    target = tmp_path / "results"
    with results_folder(target, study="s"), pytest.raises(InUseError):
        write(target, "second")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_a_fault_of_the_system_not_a_traceback(tmp_path):
    target = tmp_path / "results"
    write(target, "first")
    with (
        pytest.raises(SystemFaultError, match="no space left"),
        results_folder(target, study="s"),
        open("/dev/full", "w") as full,
    ):
        full.write("x")
        full.flush()
    assert read(target) == "first"


def test_killed_at_any_instant_the_folder_is_whole(tmp_path):
    target = tmp_path / "results"
    code = textwrap.dedent("""
        import json, pathlib, sys
        from autallo.report.folder import results_folder
        target = pathlib.Path(sys.argv[1])
        print("ready", flush=True)
        for number in range(100000):
            with results_folder(target, study="s") as folder:
                for name in ("a", "b", "c"):
                    (folder / name).write_text(str(number))
                (folder / "results.json").write_text(json.dumps({"card": {"id": "s"}}))
    """)
    chance = random.Random(7)
    for _ in range(12):
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE, text=True
        )
        child.stdout.readline()
        time.sleep(0.02 + 0.1 * chance.random())
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        if target.exists():
            numbers = {(target / name).read_text() for name in ("a", "b", "c")}
            assert len(numbers) == 1
            assert (target / "results.json").exists()
    write(target, "after")
    assert read(target) == "after"
    assert strays(target) == []


def test_the_records_are_never_replaced_whatever_is_said(tmp_path):
    records = tmp_path / "study" / "patients.csv"
    records.parent.mkdir()
    records.write_text("years of work")
    for target in (tmp_path / "study", tmp_path, records, tmp_path / "study" / "x" / ".."):
        with (
            pytest.raises(UserError, match="folder-of-records"),
            results_folder(target, study="s", keep=[records.parent, records], replace=True),
        ):
            pass
    assert records.read_text() == "years of work"


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    real = tmp_path / "share"
    real.mkdir()
    link = tmp_path / "results"
    link.symlink_to(real)
    write(link, "first")
    write(link, "second")
    assert link.is_symlink()
    assert read(real) == "second"


@pytest.mark.parametrize("stray", ["file", "link"])
def test_what_stands_in_the_way_of_the_hidden_folder_is_removed(tmp_path, stray):
    partial = tmp_path / ".results.partial"
    if stray == "file":
        partial.write_text("left over")
    else:
        partial.symlink_to(tmp_path / "nowhere")
    write(tmp_path / "results", "first")
    assert read(tmp_path / "results") == "first"
