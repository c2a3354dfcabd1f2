"""Autallo: from a cell-therapy centre's patient records to a checked comparison of groups.

>>> import autallo
>>> results = autallo.run("my-study/study.yaml")  # doctest: +SKIP

Importing it loads nothing heavy; what is needed is loaded when a study is run.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autallo.errors import Finding, UserError
    from autallo.model.results import Curve, Estimate, Results
    from autallo.study import check, demo, init, run, schema

__version__ = "0.1.0"
__all__ = [
    "Curve",
    "Estimate",
    "Finding",
    "Results",
    "UserError",
    "check",
    "demo",
    "init",
    "run",
    "schema",
]

_HOME = {
    "Curve": "autallo.model.results",
    "Estimate": "autallo.model.results",
    "Finding": "autallo.errors",
    "Results": "autallo.model.results",
    "UserError": "autallo.errors",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module the first time it is used."""
    if name not in __all__:
        raise AttributeError(f"module 'autallo' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME.get(name, "autallo.study")), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
