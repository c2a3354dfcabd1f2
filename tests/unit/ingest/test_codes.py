"""The page of messages has every code that the source uses, and no other."""

import ast
import re
from pathlib import Path

import autallo
from autallo.errors import Severity
from autallo.ingest.codes import CODES, Place

PACKAGE = Path(autallo.__file__).parent
ROOT = PACKAGE.parent.parent
PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
BADINPUT = ROOT / "tests" / "badinput"
#: Calls whose first argument is a code.
MAKERS = {"one", "in_records", "in_study_file", "finding", "told", "refused"}
ENTRY = re.compile(
    r"^### (?P<code>\S+)\n\n(?P<meaning>[^\n]+) \((?P<weight>stop|warn|note)\)\n\n"
    r"```text\n(?P<example>.+?)\n```$",
    re.MULTILINE | re.DOTALL,
)
ENTRIES = {match["code"]: match for match in ENTRY.finditer(PAGE)}
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def codes_in_source() -> set[str]:
    """Collect every literal code of the package."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            given += node.args[:1] if name in MAKERS else []
            found |= {
                value.value
                for value in given
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            }
    return found


def test_every_code_of_the_source_is_on_the_page():
    assert codes_in_source() - set(ENTRIES) == set()


def test_every_code_of_the_page_is_in_the_source():
    source = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert {code for code in ENTRIES if f'"{code}"' not in source} == set()


def test_headings_are_complete_entries():
    assert re.findall(r"^### (\S+)$", PAGE, re.MULTILINE) == list(ENTRIES)


def test_codes_of_this_room_are_registered_used_and_explained():
    used = "".join(
        path.read_text(encoding="utf-8")
        for path in (PACKAGE / "ingest").glob("*.py")
        if path.name != "codes.py"
    )
    for code, (severity, meaning) in CODES.items():
        assert CODE.match(code)
        assert f'"{code}"' in used
        assert ENTRIES[code]["meaning"] == meaning
        assert ENTRIES[code]["weight"] == severity.value


def test_at_least_thirty_kinds_of_check():
    assert len(CODES) >= 30


def test_examples_are_real_messages():
    said = "".join(path.read_text(encoding="utf-8") for path in BADINPUT.glob("*/expected.txt"))
    provoked = {code for code in CODES if f"[{code}]" in said}
    assert len(provoked) > 100
    for code in provoked:
        assert f"{ENTRIES[code]['example']}\n" in said
    for code, entry in ENTRIES.items():
        assert entry["example"].splitlines()[0].endswith(f"[{code}]")


def test_place_is_printed_on_one_line_and_not_too_long():
    finding = Place(file="a\nb\u202ec.csv", column="x" * 400).finding("id-test", "One.")
    assert finding.file == "a b?c.csv"
    assert len(finding.column) == 300
    assert finding.severity is Severity.WARN
