"""The whole way from the tables and the study file to the cohort."""

from autallo.derive.baseline import derive_baseline
from autallo.derive.courses import derive_courses, derive_recorded_response
from autallo.derive.evidence import Evidence
from autallo.derive.outcomes import derive_outcome
from autallo.derive.population import derive_population
from autallo.derive.problems import Problems
from autallo.derive.records import derive_records
from autallo.derive.rules import derive_rule
from autallo.derive.summaries import derive_summaries
from autallo.errors import Severity
from autallo.model.cohort import GROUP, Cohort
from autallo.model.flow import FlowStep
from autallo.model.protocol import Protocol
from autallo.model.tables import Tables

__all__ = ["derive_cohort"]


def derive_cohort(tables: Tables, protocol: Protocol) -> Cohort:
    """Derive who is analysed, in which arm, what was known on day 0, and every outcome.

    Raises
    ------
    ProtocolError
        If the study file asks for what the records do not have, an empty arm included.
    DataError
        If the records contradict themselves: two day 0, a death before it, and the like. Either
        error carries every problem found, not only the first.
    """
    problems = Problems()
    cutoff = protocol.study.data_cutoff
    records = derive_records(tables, problems)
    frame, origins = derive_baseline(records, tables, problems)
    frame, flow = derive_population(frame, records, protocol, problems)
    frame = derive_recorded_response(frame, records.patients, problems)
    courses = derive_courses(frame, tables, cutoff, problems)
    summaries = derive_summaries(frame, courses, tables, cutoff)
    evidence = Evidence(
        frame=summaries.frame,
        courses=courses,
        has_events=tables.get("events") is not None,
        has_response="best_response" in summaries.frame.columns,
        columns=records.columns,
        reasons=summaries.reasons,
    )
    found = {
        name: derive_outcome(evidence, name, outcome, problems)
        for name, outcome in protocol.outcomes.items()
    }
    _check_columns(protocol, evidence, problems)
    _check_assessed(evidence, protocol, problems)
    problems.raise_if_any()
    _must_add_up(flow, frame.height)
    outcomes = {name: observed for name, observed in found.items() if observed is not None}
    derived = [origin.column for origin in (*origins, *summaries.origins) if origin.derived]
    return Cohort(
        frame=summaries.frame.select(_arm_first(evidence.names)),
        outcomes=outcomes,
        flow=flow,
        origins=(*origins, *summaries.origins),
        findings=problems.going_on,
        rules=tuple(
            (name, derive_rule(outcome, data_cutoff=cutoff, derived=derived))
            for name, outcome in protocol.outcomes.items()
        ),
    )


def _check_columns(protocol: Protocol, evidence: Evidence, problems: Problems) -> None:
    """Note every factor and every line of Table 1 that the cohort has no column for."""
    named = [
        (factor.column or name, f"factors.{name}" + (".column" if factor.column else ""))
        for name, factor in protocol.factors.items()
    ]
    named += [(name, "table1") for name in protocol.table1]
    for name, place in named:
        if name not in evidence.names:
            problems.unknown_column(name, evidence.names, place=place)


def _check_assessed(evidence: Evidence, protocol: Protocol, problems: Problems) -> None:
    """Say how many patients without an assessment count as no response."""
    if evidence.courses is None or "best_response" in evidence.columns:
        return
    if not any(
        getattr(outcome, "from_", None) == "best_response" for outcome in protocol.outcomes.values()
    ):
        return
    unknown = int((evidence.frame.get_column("best_response") == "NE").sum())
    if unknown:
        problems.in_records(
            "response-not-assessed",
            "A patient without an assessment in the window counts as no response.",
            column="best_response",
            found=f"{unknown} of {evidence.frame.height} patients",
            severity=Severity.NOTE,
        )


def _must_add_up(flow: tuple[FlowStep, ...], analysed: int) -> None:
    """Refuse to go on if a patient was lost without a reason: that would be our own fault."""
    excluded = sum(count for step in flow for _, count in step.excluded)
    if flow[0].remaining != analysed + excluded or flow[-1].remaining != analysed:
        raise RuntimeError("the flow of patients does not add up")


def _arm_first(names: list[str]) -> list[str]:
    first = ["patient_id", GROUP]
    return first + [name for name in names if name not in first]
