"""What the report must know of the study file: levels, labels, what was declared."""

from collections.abc import Mapping

from autallo.analysis.analyse import factor_levels
from autallo.model.adjusting import Adjusting
from autallo.model.cohort import Cohort
from autallo.model.protocol import Protocol
from autallo.model.results import StudyCard

__all__ = ["make_card"]


def make_card(protocol: Protocol, cohort: Cohort) -> StudyCard:
    """Return the card of a study."""
    return StudyCard(
        id=protocol.study.id,
        title=protocol.study.title,
        notice=protocol.study.notice,
        level=protocol.study.level,
        levels=protocol.groups.levels,
        labels=_labels(protocol),
        outcomes=_outcomes(protocol),
        factors=_factors(protocol, cohort),
        comparisons=protocol.groups.compare,
        table1=protocol.table1,
        rules=cohort.rules,
        origins=tuple((origin.column, origin.how) for origin in cohort.origins),
        unplanned=tuple(
            name
            for part in (protocol.outcomes, protocol.factors, protocol.models, protocol.adjusted)
            for name, item in part.items()
            if not item.planned
        ),
        sensitivity=tuple(
            (name, again.include, again.outcomes or tuple(protocol.outcomes))
            for name, again in protocol.sensitivity.items()
        ),
        subgroups=tuple(name for name, factor in protocol.factors.items() if factor.subgroups),
        models=_adjusting(protocol.models),
        adjusted=_adjusting(protocol.adjusted),
    )


def _outcomes(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    log = {
        name: ":log" if getattr(outcome, "axis", "linear") == "log" else ""
        for name, outcome in protocol.outcomes.items()
    }
    return tuple((name, outcome.kind + log[name]) for name, outcome in protocol.outcomes.items())


def _factors(
    protocol: Protocol, cohort: Cohort
) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...]:
    return tuple(
        (
            name,
            factor_levels(cohort, protocol, name),
            factor.within or protocol.groups.levels,
            factor.outcomes,
        )
        for name, factor in protocol.factors.items()
    )


def _adjusting(
    declared: Mapping[str, Adjusting],
) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    return tuple((name, tuple(item.covariates), item.outcomes) for name, item in declared.items())


def _labels(protocol: Protocol) -> dict[str, str]:
    """Return every printed name that the study file gives."""
    columns = {
        name: column.label
        for source in protocol.sources.values()
        for name, column in source.columns.items()
    }
    parts = {
        name: item.label
        for part in (
            protocol.factors,
            protocol.outcomes,
            protocol.sensitivity,
            protocol.models,
            protocol.adjusted,
        )
        for name, item in part.items()
    }
    given = {name: label for name, label in (columns | parts).items() if label is not None}
    return given | protocol.labels | protocol.groups.labels
