"""The house stands as DEVELOPERS.md draws it: what the import contract cannot see."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path

import pytest

import autallo
from autallo.model.references import REFERENCES

PACKAGE = Path(autallo.__file__).parent
ROOT = PACKAGE.parent.parent
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if "studies" not in path.relative_to(PACKAGE).parts[:-1]
)
ROOMS = {"stats", "clinical", "model", "ingest", "derive", "analysis", "report"}

#: The only modules that may open, write, move or remove a file.
DISK = {
    "analysis/measured.py",
    "ingest/study_file.py",
    "ingest/files.py",
    "ingest/delimited.py",
    "ingest/workbooks.py",
    "ingest/template.py",
    "report/folder.py",
    "report/documents.py",
    "studies/__init__.py",
}
DISK_CALLS = {
    "open", "read_bytes", "read_text", "write_bytes", "write_text", "unlink", "mkdir", "rmtree",
    "rename", "replace_file", "iterdir", "rglob", "remove",
}  # fmt: skip
FIRST_WORDS = {
    "clinical": ("grade_", "classify_", "convert_", "days_", "age_", "best_", "score_"),
    "ingest": ("read_", "check_", "write_"),
    "derive": ("derive_", "check_"),
    "analysis": (
        "describe_", "compare_", "adjust_", "choose_", "analyse", "observe_", "pair_",
        "p_value_", "count_", "measured_", "factor_", "axis_", "order_", "regress_",
        "fit_", "weigh_", "mark_", "keep_",        "evaluable", "bounded", "finite", "make_card",
    ),
}  # fmt: skip
#: A list of sources is as long as it is.
LISTS = {"model/references.py"}
MOST_LINES, MOST_BODY, MOST_BY_POSITION = 350, 40, 4


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _body_lines(function: ast.FunctionDef) -> int:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return (body[-1].end_lineno - body[0].lineno + 1) if body else 0


def _code_lines(text: str) -> int:
    """Lines of code: neither blank, nor comment, nor docstring."""
    tree = ast.parse(text)
    documented = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                documented |= set(range(first.lineno, first.end_lineno + 1))
    return sum(
        1
        for number, line in enumerate(text.splitlines(), start=1)
        if number not in documented and line.strip() and not line.strip().startswith("#")
    )


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_modules_are_small_and_functions_short(path):
    text = path.read_text(encoding="utf-8")
    assert _code_lines(text) <= MOST_LINES or _name(path) in LISTS
    for function in _functions(ast.parse(text)):
        assert _body_lines(function) <= MOST_BODY, f"{function.name} is too long"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_functions_take_few_arguments_by_position(path):
    if _name(path) == "cli.py":
        return  # typer reads the signature; nothing is called by position
    for function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
        named = [a for a in function.args.args if a.arg not in {"self", "cls"}]
        public = not function.name.startswith("_")
        assert not public or len(named) <= MOST_BY_POSITION + 1, function.name


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_few_modules_touch_the_disk(path):
    if _name(path) in DISK:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            assert called not in DISK_CALLS, f"{called} in line {node.lineno}"


@pytest.mark.parametrize("room", sorted(FIRST_WORDS))
def test_the_first_word_of_a_function_tells_the_room(room):
    package = importlib.import_module(f"autallo.{room}")
    for info in pkgutil.walk_packages(package.__path__, prefix=f"autallo.{room}."):
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", []):
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                assert name.startswith(FIRST_WORDS[room]), f"{info.name}.{name}"


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_all_records_are_frozen(room):
    package = importlib.import_module(f"autallo.{room}")
    for info in pkgutil.walk_packages(package.__path__, prefix=f"autallo.{room}."):
        module = importlib.import_module(info.name)
        for thing in vars(module).values():
            if inspect.isclass(thing) and is_dataclass(thing) and thing.__module__ == info.name:
                assert thing.__dataclass_params__.frozen, f"{info.name}.{thing.__name__}"


@pytest.mark.parametrize("room", ["stats", "clinical"])
def test_public_functions_of_the_pure_rooms_are_documented_in_full(room):
    package = importlib.import_module(f"autallo.{room}")
    for info in pkgutil.walk_packages(package.__path__, prefix=f"autallo.{room}."):
        if info.name.endswith("arguments"):
            continue
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", []):
            thing = getattr(module, name)
            if not inspect.isfunction(thing):
                continue
            text = inspect.getdoc(thing) or ""
            wanted = ["Parameters", "Returns", "Notes" if room == "stats" else "Rule", "Examples"]
            for section in wanted:
                assert f"{section}\n---" in text, f"{info.name}.{name} has no {section}"
            assert "Source" in text, f"{info.name}.{name} names no source"


def test_every_source_named_in_a_docstring_is_in_the_list_of_references():
    known = {*REFERENCES, "house"}
    for path in MODULES:
        for source in re.findall(r"\[([a-z_]+\d{4}|cibmtr_\w+|house)\]", path.read_text("utf-8")):
            assert source in known, f"{_name(path)}: {source}"


def test_public_names_exist():
    for path in MODULES:
        parts = ["autallo", *path.relative_to(PACKAGE).with_suffix("").parts]
        if parts[-1] in {"__main__", "__init__"}:
            continue
        module = importlib.import_module(".".join(parts))
        for name in getattr(module, "__all__", []):
            assert hasattr(module, name), f"{module.__name__}.{name}"


def _loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


HEAVY = {"numpy", "scipy", "polars", "pydantic", "matplotlib", "docx", "jinja2", "openpyxl"}


@pytest.mark.parametrize("statement", ["import autallo", "import autallo.cli"])
def test_importing_the_front_door_loads_nothing_heavy(statement):
    assert not _loaded_after(statement) & (HEAVY - {"pydantic"} if "cli" in statement else HEAVY)


@pytest.mark.parametrize("room", ["stats", "clinical"])
def test_cold_room_numpy_and_scipy_are_enough(room):
    package = importlib.import_module(f"autallo.{room}")
    found = pkgutil.walk_packages(package.__path__, prefix=f"autallo.{room}.")
    statement = "; ".join(f"import {info.name}" for info in found)
    loaded = _loaded_after(statement)
    assert not loaded & (HEAVY - {"numpy", "scipy"})
    code = f"{statement}; import sys; assert 'scipy.stats' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_import_contract_is_kept():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_of_the_workplace_is_named():
    words = ["/work" + "/", "farm-" + "studio", "pypi" + ".org", "python" + "hosted", "deb.debian"]
    tracked = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False
    ).stdout.split("\n")
    for name in tracked:
        path = ROOT / name
        if name and path.is_file() and path.suffix not in {".png", ".xlsx", ".docx"}:
            text = path.read_text(encoding="utf-8", errors="replace")
            found = [word for word in words if word in text]
            assert not found or name.endswith("test_house.py"), f"{name}: {found}"
