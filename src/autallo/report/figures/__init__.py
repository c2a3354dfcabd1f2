"""Results to figures: vector and 600 dpi bitmap; the only place that draws."""

from collections.abc import Iterator

from autallo.model.results import Results
from autallo.report.figures.curves import figure_incidence, figure_survival
from autallo.report.figures.flow import figure_flow
from autallo.report.figures.grades import figure_grades
from autallo.report.figures.values import figure_values
from autallo.report.picture import Picture
from autallo.report.scope import Scope

__all__ = [
    "figure_all",
    "figure_flow",
    "figure_grades",
    "figure_incidence",
    "figure_outcome",
    "figure_survival",
    "figure_values",
]


def figure_all(results: Results) -> Iterator[Picture]:
    """Yield every figure of a report under a name of its own, whatever the system's letter case."""
    taken: set[str] = set()
    for picture in _drawn(results):
        name, count = picture.name, 1
        while name.casefold() in taken:
            count += 1
            name = f"{picture.name}-{count}"
        taken.add(name.casefold())
        yield picture.renamed(name)


def _drawn(results: Results) -> Iterator[Picture]:
    """Yield the flow, each outcome, and survival by each factor."""
    flow = figure_flow(results)
    if flow is not None:
        yield flow
    for scope in (Scope.of_study(results), *Scope.of_factors(results)):
        for outcome, kind in scope.outcomes:
            if scope.subgroup is None or kind == "time_to_event":
                picture = figure_outcome(scope, outcome, kind)
                if picture is not None:
                    yield picture


def figure_outcome(scope: Scope, outcome: str, kind: str) -> Picture | None:
    """Draw the figure that belongs to this kind of outcome, or None."""
    match kind:
        case "time_to_event":
            return figure_survival(scope, outcome)
        case "competing_risks":
            return figure_incidence(scope, outcome)
        case "ordinal":
            return figure_grades(scope, outcome)
        case "continuous" | "continuous:log":
            return figure_values(scope, outcome, log=kind.endswith(":log"))
        case _:
            return None
