"""A pytest plugin that records which public functions of `stats` each kind of test calls.

`python -m pytest -p witnesses.record --witnesses FILE tests/byhand tests/reference ...` writes, for
each public function and each kind of witness (the folder of the test), the number of tests that
called the function, the number of comparisons made in them, and the largest deviation between the
two sides of a comparison. `docs/validation.py` makes the page of it.

A deviation is the difference over the larger of the expected number and `SMALLEST`. Comparisons
whose own tolerance is looser than `TIGHT` are counted apart: their reason stands beside the test.
"""

import functools
import importlib
import inspect
import json
import pkgutil
import sys
from collections import defaultdict
from pathlib import Path

import _pytest.approx as approximate
import numpy as np
import pytest

import autallo.stats

KINDS = ("byhand", "reference", "twins", "laws", "published")
SMALLEST = 1e-6
TIGHT = 1e-6


class Recorder:
    """What has been seen so far, and the test that is running."""

    def __init__(self, path):
        self.path = path
        self.kind = self.test = None
        self.called = defaultdict(set)
        self.tests = defaultdict(set)
        self.compared = defaultdict(int)
        self.largest = defaultdict(float)
        self.loose = defaultdict(int)

    def begin(self, item):
        folder = [part for part in item.path.parts if part in KINDS]
        self.kind, self.test = (folder[0] if folder else None), item.nodeid

    def call(self, name):
        if self.kind:
            self.called[self.test].add(name)
            self.tests[name, self.kind].add(self.test)

    def compare(self, actual, expected, *, rtol, atol):
        if not self.kind:
            return
        deviation, size = deviations(actual, expected)
        for name in self.called[self.test]:
            key = name, self.kind
            self.compared[key] += size
            if rtol > TIGHT or atol > TIGHT:
                self.loose[key] += size
            else:
                self.largest[key] = max(self.largest[key], deviation)

    def write(self):
        rows = [
            {
                "function": name,
                "kind": kind,
                "tests": len(tests),
                "comparisons": self.compared[name, kind],
                "loose": self.loose[name, kind],
                "largest": self.largest[name, kind],
            }
            for (name, kind), tests in sorted(self.tests.items())
        ]
        Path(self.path).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def deviations(actual, expected):
    """Return the largest deviation of two arrays of numbers and how many there are."""
    try:
        mine, theirs = np.broadcast_arrays(
            np.asarray(actual, dtype=float), np.asarray(expected, dtype=float)
        )
    except (TypeError, ValueError):
        return 0.0, 0
    known = np.isfinite(mine) & np.isfinite(theirs)
    if not known.any():
        return 0.0, mine.size
    gap = np.abs(mine[known] - theirs[known]) / np.maximum(np.abs(theirs[known]), SMALLEST)
    return float(gap.max()), mine.size


def public_functions():
    """Yield module and name of every public function of `stats`."""
    for info in pkgutil.walk_packages(autallo.stats.__path__, prefix="autallo.stats."):
        module = importlib.import_module(info.name)
        for name in getattr(module, "__all__", []):
            function = getattr(module, name)
            if inspect.isfunction(function) and function.__module__ == info.name:
                yield module, name


def watched(function, name, recorder):
    """Return the function, noting each call that does not come from the product itself."""

    @functools.wraps(function)
    def call(*given, **named):
        if not sys._getframe(1).f_globals.get("__name__", "").startswith("autallo."):
            recorder.call(name)
        return function(*given, **named)

    return call


def pytest_addoption(parser):
    parser.addoption("--witnesses", help="where to write what was recorded")


def pytest_configure(config):
    recorder = Recorder(config.getoption("--witnesses"))
    config.stash[RECORDER] = recorder
    for module, name in list(public_functions()):
        short = f"{module.__name__.removeprefix('autallo.stats.')}.{name}"
        setattr(module, name, watched(getattr(module, name), short, recorder))
    watch_comparisons(recorder)


RECORDER = pytest.StashKey()


def watch_comparisons(recorder):
    """Note both sides of every `assert_allclose` and `approx`."""
    close, equal = np.testing.assert_allclose, approximate.ApproxScalar.__eq__

    @functools.wraps(close)
    def assert_allclose(actual, desired, rtol=1e-07, atol=0, **named):
        recorder.compare(actual, desired, rtol=rtol, atol=atol)
        return close(actual, desired, rtol=rtol, atol=atol, **named)

    def is_close(self, actual):
        rtol = 1e-6 if self.rel is None else self.rel
        recorder.compare(actual, self.expected, rtol=rtol, atol=self.abs or 0)
        return equal(self, actual)

    np.testing.assert_allclose = assert_allclose
    approximate.ApproxScalar.__eq__ = is_close


def pytest_runtest_setup(item):
    item.config.stash[RECORDER].begin(item)


def pytest_sessionfinish(session):
    recorder = session.config.stash[RECORDER]
    if recorder.path:
        recorder.write()
