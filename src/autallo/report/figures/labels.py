"""The words inside figures: legends, comparisons in the corner, descriptions for the blind."""

from autallo.model.methods import METHODS
from autallo.model.results import Role
from autallo.report.figures.sheet import figure_text
from autallo.report.numbers import format_p
from autallo.report.phrases import phrase_flags
from autallo.report.scope import Scope

__all__ = ["figure_alt", "figure_comparison", "figure_group"]

MOST_PAIRS = 4


def figure_group(scope: Scope, group: str, n: int, *, longest: int = 32) -> str:
    """Return "autoCAR (n = 17)"."""
    return f"{figure_text(scope.name(group), longest)} (n = {n})"


def figure_comparison(scope: Scope, outcome: str) -> str:
    """Return p and method of each pair, one line each, for the corner of a figure."""
    lines = []
    for pair in scope.pairs:
        p_value = scope.compared(outcome, pair, Role.PRIMARY)
        if p_value is None or p_value.value is None:
            continue
        name = figure_text(scope.pair_name(pair), 48)
        lines.append(f"{name}: {format_p(p_value.value, equation=True)}")
        words = ", ".join(phrase_flags(scope, outcome, p_value))
        lines.append(f"{METHODS[p_value.method].name}{f' ({words})' if words else ''}")
    return "\n".join(lines[: 2 * MOST_PAIRS])


def figure_alt(scope: Scope, outcome: str) -> str:
    """Return the same as a sentence, or nothing."""
    text = figure_comparison(scope, outcome).replace("\n", ", ")
    return f" {text}." if text else ""
