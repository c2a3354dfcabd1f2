"""The whole way from the tables and the study file to the cohort."""

from autallo.derive.baseline import derive_baseline
from autallo.derive.checks import check_cohort
from autallo.derive.closing import derive_closed
from autallo.derive.courses import derive_courses, derive_recorded_response
from autallo.derive.evidence import Evidence
from autallo.derive.outcomes import derive_outcome
from autallo.derive.population import derive_population
from autallo.derive.problems import Problems
from autallo.derive.records import derive_records
from autallo.derive.rules import derive_rule
from autallo.derive.subsets import derive_subsets
from autallo.derive.summaries import derive_summaries
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
    tables = derive_closed(tables, cutoff)
    records = derive_records(tables, problems)
    frame, origins = derive_baseline(records, tables, problems)
    frame, flow = derive_population(frame, records, protocol, problems)
    frame = derive_recorded_response(frame, records.patients, problems)
    courses = derive_courses(frame, tables, cutoff, problems)
    summaries = derive_summaries(frame, courses, tables)
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
    subsets = derive_subsets(summaries.frame, protocol, problems)
    check_cohort(evidence, protocol, problems)
    problems.raise_if_any()
    _must_add_up(flow, frame.height)
    outcomes = {name: observed for name, observed in found.items() if observed is not None}
    origins = (*origins, *summaries.origins)
    return Cohort(
        frame=summaries.frame.select(_arm_first(evidence.names)),
        outcomes=outcomes,
        flow=flow,
        origins=origins,
        findings=problems.going_on,
        rules=tuple(
            (name, derive_rule(outcome, summaries.frame, origins=origins, data_cutoff=cutoff))
            for name, outcome in protocol.outcomes.items()
        ),
        subsets=subsets,
    )


def _must_add_up(flow: tuple[FlowStep, ...], analysed: int) -> None:
    """Refuse to go on if a patient was lost without a reason: that would be our own fault."""
    excluded = sum(count for step in flow for _, count in step.excluded)
    if flow[0].remaining != analysed + excluded or flow[-1].remaining != analysed:
        raise RuntimeError("the flow of patients does not add up")


def _arm_first(names: list[str]) -> list[str]:
    first = ["patient_id", GROUP]
    return first + [name for name in names if name not in first]
