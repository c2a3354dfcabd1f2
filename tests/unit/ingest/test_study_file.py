"""The study file: what is read, and the places of what is wrong."""

import datetime as dt
import subprocess
import sys

import pytest

from autallo.errors import ProtocolError
from autallo.ingest.codes import Place
from autallo.ingest.marked_yaml import read_yaml
from autallo.ingest.study_file import read_study_file

GOOD = """\
study:
  id: s
  title: A study
  data_cutoff: 2018-06-30
sources:
  patients:
    file: patients.csv
    missing: [ND, -99, 1.5]
    columns:
      sex: {column: Sex, values: {1: female, 2.0: male, true: female, F: female}}
groups:
  by: arm
  levels: ["NO", yes]
outcomes:
  x: {kind: categorical, from: sex}
"""


def write(tmp_path, text):
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def finding_of(tmp_path, text):
    """Return the only finding of a study file."""
    with pytest.raises(ProtocolError) as caught:
        read_study_file(write(tmp_path, text))
    (finding,) = caught.value.findings
    return finding


def codes_of(tmp_path, text):
    """Return the codes of all findings of a study file."""
    with pytest.raises(ProtocolError) as caught:
        read_study_file(write(tmp_path, text))
    return {finding.code for finding in caught.value.findings}


def test_scalars_become_plain_python(tmp_path):
    path = write(tmp_path, GOOD.replace("true: female, ", ""))
    protocol = read_study_file(path).protocol
    assert type(protocol.study.data_cutoff) is dt.date
    assert protocol.study.data_cutoff == dt.date(2018, 6, 30)
    source = protocol.sources["patients"]
    assert source.missing == ("ND", -99, 1.5)
    assert [type(code) for code in source.missing] == [str, int, float]
    assert dict(source.columns["sex"].values) == {1: "female", 2.0: "male", "F": "female"}
    assert protocol.groups.levels == ("NO", "yes")  # YAML 1.2: no truth values by accident


def test_folder_and_hash(tmp_path):
    path = write(tmp_path, GOOD.replace("true: female, ", ""))
    study_file = read_study_file(path)
    assert study_file.folder == tmp_path
    assert len(study_file.sha256) == 64


def test_keys_that_mean_the_same_stand_twice(tmp_path):
    finding = finding_of(tmp_path, GOOD)  # 1 and true are one key for Python
    assert (finding.code, finding.line) == ("yaml-duplicate-key", 10)


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "fix"),
    [
        ("  id: s", "  id: 007", "value-type", (2, 7), 'Put it in quotes: id: "007"'),
        ("  by: arm", "  By: arm", "key-unknown", (12, 3), "Did you mean `by`?"),
        ("file: pat", "fil: pat", "key-unknown", (7, 5), "Did you mean `file`?"),
        ("kind: categorical", "kind: categoric", "value-choice", (15, 13),
         "Did you mean `categorical`?"),
        ("from: sex", "frm: sex", "key-unknown", (15, 26), "Did you mean `from`?"),
    ],
)  # fmt: skip
def test_place_and_remedy(tmp_path, old, new, code, place, fix):
    text = GOOD.replace("true: female, ", "").replace(old, new)
    with pytest.raises(ProtocolError) as caught:
        read_study_file(write(tmp_path, text))
    told = {finding.code: finding for finding in caught.value.findings}
    assert (told[code].line, told[code].position) == place
    assert told[code].fix == fix
    assert told[code].file == "study.yaml"


@pytest.mark.parametrize(
    ("text", "line", "position"),
    [
        ("a: 1\n b: 2\n", 2, 3), ("a: [1,\n", 1, 4), ("a: @x\n", 1, 4), ('a: "\\q"\n', 1, 6),
        ("a: x: y\n", 1, 5), ("a:\n  - 1\n - 2\n", 3, 2), ("a: \x01\n", 1, 4),
    ],
)  # fmt: skip
def test_breaches_of_yaml(tmp_path, text, line, position):
    finding = finding_of(tmp_path, text)
    assert finding.code == "yaml-syntax"
    assert (finding.line, finding.position) == (line, position)


@pytest.mark.parametrize("text", ["- a\n- b\n", "only words\n", "7\n"])
def test_text_without_keys(tmp_path, text):
    assert finding_of(tmp_path, text).code == "value-type"


@pytest.mark.parametrize(
    ("text", "value"),
    [("x: 0o17", 15), ("x: 0x1F", 31), ("x: 1_000", 1000), ("x: -3", -3), ("x: 1e3", 1000.0),
     ("x: ~", None), ("x: no", "no"), ("x: 12:30", "12:30"), ("x: 010", 10),
     ("x: 2020-01-02T03:04:05", "2020-01-02T03:04:05"), ("x: 'true'", "true")],
)  # fmt: skip
def test_scalars_of_yaml_1_2(text, value):
    tree, findings = read_yaml(text, Place())
    assert findings == []
    assert tree.value == {"x": value}


@pytest.mark.parametrize("number", [".inf", "-.INF", ".nan"])
def test_numbers_must_be_finite(number):
    _, findings = read_yaml(f"x: {number}", Place())
    assert [finding.code for finding in findings] == ["value-range"]


def test_study_file_that_is_not_there(tmp_path):
    write(tmp_path, GOOD)
    with pytest.raises(ProtocolError) as caught:
        read_study_file(tmp_path / "studi.yaml")
    (finding,) = caught.value.findings
    assert (finding.code, finding.fix) == ("study-missing", "Did you mean `study.yaml`?")
    assert str(tmp_path) not in str(caught.value)


def test_folder_instead_of_a_file(tmp_path):
    with pytest.raises(ProtocolError) as caught:
        read_study_file(tmp_path)
    assert caught.value.findings[0].code == "study-unreadable"


def test_study_file_that_is_too_large(tmp_path):
    assert finding_of(tmp_path, "# " + "x" * 2**20).code == "study-size"


def test_polars_is_not_loaded_to_read_a_study_file():
    code = "import sys, autallo.ingest.study_file; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("digits", ["9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000, "9" * 19])
def test_endless_whole_numbers_are_told(tmp_path, digits):
    text = GOOD.replace("  id: s\n", f"  id: s\n  seed: {digits}\n")
    assert "value-range" in codes_of(tmp_path, text)


def test_endless_whole_number_as_a_key_is_told(tmp_path):
    text = GOOD.replace("{1: female", "{" + "9" * 400 + ": female")
    assert "value-range" in codes_of(tmp_path, text)
