"""What the study file asks of the finished cohort: columns, factors, models, what was assessed."""

import polars as pl

from autallo.clinical.endpoints import classify_endpoint
from autallo.clinical.response import FIRST_RESPONSE_DAY, RESPONSE_DAY, RESPONSE_TOLERANCE_DAYS
from autallo.derive.covariates import check_covariates, check_modelled
from autallo.derive.evidence import Evidence
from autallo.derive.factors import check_factor
from autallo.derive.problems import Problems
from autallo.derive.summaries import derive_best_response
from autallo.errors import Severity
from autallo.model.adjusting import Adjusting
from autallo.model.cohort import GROUP
from autallo.model.protocol import Protocol

__all__ = ["check_cohort"]

LAST_RESPONSE_DAY = RESPONSE_DAY + RESPONSE_TOLERANCE_DAYS


def check_cohort(evidence: Evidence, protocol: Protocol, problems: Problems) -> None:
    """Note every column and factor that cannot be used, and who was never assessed."""
    _check_table1(evidence, protocol, problems)
    for name, factor in protocol.factors.items():
        within = factor.within or protocol.groups.levels
        check_factor(evidence, name, factor, problems, within=within)
    _check_adjusting(evidence, protocol, problems)
    _check_assessed(evidence, protocol, problems)
    _check_failure(evidence, protocol, problems)


def _check_adjusting(evidence: Evidence, protocol: Protocol, problems: Problems) -> None:
    """Note covariates and outcomes that models and weights cannot use."""
    levels = protocol.groups.levels
    for name, model in protocol.models.items():
        place = f"models.{name}"
        check_modelled(model, protocol.outcomes, problems, place=place)
        own = _own_columns(protocol, model)
        arms = model.within or levels
        check_covariates(evidence, model, problems, place=place, arms=arms, own=own)
    for name, adjusted in protocol.adjusted.items():
        place = f"adjusted.{name}"
        check_modelled(adjusted, protocol.outcomes, problems, place=place)
        own = {**_own_columns(protocol, adjusted), GROUP: "the arm"}
        check_covariates(evidence, adjusted, problems, place=place, arms=levels, own=own)


def _own_columns(protocol: Protocol, adjusting: Adjusting) -> dict[str, str]:
    """Return the columns of the arms and of the outcomes, with what they are."""
    by = protocol.groups.by
    own = {} if by == GROUP else {by: f"the arm (`{GROUP}`)"}
    for name in adjusting.outcomes:
        outcome = protocol.outcomes[name]
        for part in ("from_", "time", "event", "cause"):
            column = getattr(outcome, part, None)
            if column is not None:
                own[column] = f"a column of the outcome `{name}`"
    return own


def _check_table1(evidence: Evidence, protocol: Protocol, problems: Problems) -> None:
    """Note columns that do not exist, tell who somebody is, or are empty."""
    for name in protocol.table1:
        if name not in evidence.names:
            problems.unknown_column(name, evidence.names, place="table1")
        elif evidence.is_personal(name) or evidence.frame.schema[name] == pl.Date:
            problems.personal(name, place="table1")
        elif evidence.frame.get_column(name).null_count() == evidence.frame.height:
            problems.in_study_file(
                "column-empty",
                "A column of Table 1 has no value in any patient.",
                place="table1",
                found=f"the column `{name}`",
                fix="Fill it in, or take it out of `table1`.",
                severity=Severity.WARN,
            )


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


def _check_failure(evidence: Evidence, protocol: Protocol, problems: Problems) -> None:
    """Say in how many patients of event-free survival a failure of treatment cannot be seen."""
    event_free = [
        outcome
        for outcome in protocol.outcomes.values()
        if getattr(outcome, "endpoint", None) == "EFS"
    ]
    if not event_free or evidence.courses is None or not evidence.has_response:
        return
    meant = {group for outcome in event_free for group in outcome.groups or protocol.groups.levels}
    groups = evidence.frame.get_column(GROUP).to_list()
    followed = [
        course
        for course, group in zip(evidence.courses, groups, strict=True)
        if group in meant and classify_endpoint(course, "EFS").in_population
    ]
    derived = derive_best_response(followed)
    best = [one.best_response or found for one, found in zip(followed, derived, strict=True)]
    unseen = best.count("NE")
    if unseen:
        problems.in_records(
            "failure-not-seen",
            f"In patients without an assessment by day {LAST_RESPONSE_DAY} failure of treatment"
            " cannot be seen.",
            column="best_response",
            found=f"{unseen} of {len(best)} patients without an assessment from day"
            f" {FIRST_RESPONSE_DAY} to day {LAST_RESPONSE_DAY}; in event-free survival only death"
            " and relapse count in them",
            severity=Severity.NOTE,
        )
