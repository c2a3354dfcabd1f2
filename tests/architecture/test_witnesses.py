"""Every public function of `stats` has at least three kinds of witness."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import autallo.stats

TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "validation.md"
KINDS = ("byhand", "reference", "twins", "laws", "published")
FEWEST = 3


def public_functions():
    for info in pkgutil.walk_packages(autallo.stats.__path__, prefix="autallo.stats."):
        short = info.name.removeprefix("autallo.stats.")
        if info.ispkg or short == "arguments":
            continue  # refusals: every function that refuses is a witness
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", []):
            if inspect.isfunction(getattr(module, name)):
                yield f"{short}.{name}"


@cache
def kinds_of_witness():
    """Which folders of tests import a function of `stats` and use it."""
    found = defaultdict(set)
    for kind in KINDS:
        for path in sorted((TESTS / kind).rglob("test_*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            imported = {
                alias.asname
                or alias.name: f"{node.module.removeprefix('autallo.stats.')}.{alias.name}"
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom)
                and (node.module or "").startswith("autallo.stats.")
                for alias in node.names
            }
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            for name in used & imported.keys():
                found[imported[name]].add(kind)
    return found


@pytest.mark.parametrize("function", sorted(public_functions()))
def test_a_public_function_has_three_kinds_of_witness(function):
    kinds = sorted(kinds_of_witness()[function])
    assert len(kinds) >= FEWEST, f"{function} has only {kinds}"


def test_the_page_of_witnesses_shows_every_public_function():
    shown = set(re.findall(r"^\| `([\w.]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert shown == set(public_functions())
