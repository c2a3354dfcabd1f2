"""The definition of each outcome in one sentence, as it was applied."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from autallo.clinical.response import FIRST_RESPONSE_DAY, RESPONSE_DAY, RESPONSE_TOLERANCE_DAYS
from autallo.derive.followup import CENSORED
from autallo.derive.labels import derive_label, derive_labels
from autallo.model.cohort import Origin
from autallo.model.outcome import (
    Binary,
    Categorical,
    CompetingRisks,
    Continuous,
    Ordinal,
    Outcome,
    TimeToEvent,
)

__all__ = ["derive_rule"]

LAST_RESPONSE_DAY = RESPONSE_DAY + RESPONSE_TOLERANCE_DAYS
WINDOW = f"from day {FIRST_RESPONSE_DAY} to day {LAST_RESPONSE_DAY}"
RESPONDERS = f"responders (CR, CRh or CRi {WINDOW})"
ENDPOINT_RULES = {
    "OS": "All infused patients, from infusion (day 0) to death from any cause",
    "EFS": "All infused patients, from infusion (day 0) to the first of death, relapse and failure"
    f" (no CR, CRh or CRi {WINDOW}, dated on the last assessment of that window); in patients"
    f" without an assessment by day {LAST_RESPONSE_DAY} failure cannot be seen",
    "LFS": f"In {RESPONDERS}, from infusion (day 0) to relapse or death",
    "RI": f"In {RESPONDERS}, from infusion (day 0) to relapse, with death without relapse as the"
    " competing event; relapse counts first on the same day",
    "NRM": f"In {RESPONDERS}, from infusion (day 0) to death without relapse, with relapse as the"
    " competing event; relapse counts first on the same day",
}
Origins = Mapping[str, Origin]


def derive_rule(
    outcome: Outcome, frame: pl.DataFrame, *, origins: Sequence[Origin], data_cutoff: date | None
) -> str:
    """Return the definition as applied; `origins` says where the columns of `frame` come from."""
    known = {origin.column: origin for origin in origins}
    match outcome:
        case TimeToEvent() | CompetingRisks() if outcome.endpoint is not None:
            sentence = ENDPOINT_RULES[outcome.endpoint] + _censoring(outcome.endpoint, data_cutoff)
        case TimeToEvent():
            sentence = _given_event(outcome, known)
        case CompetingRisks():
            sentence = _given_cause(outcome, frame, known)
        case Binary():
            sentence = _binary(outcome, known)
        case Ordinal() | Categorical() | Continuous():
            sentence = _measured(outcome) + _origin(outcome.from_, known)
    groups = f"; in {' and '.join(outcome.groups)} only" if outcome.groups else ""
    return f"{sentence}{groups}."


def _measured(outcome: Ordinal | Categorical | Continuous) -> str:
    match outcome:
        case Ordinal() if outcome.order is not None:
            order = " < ".join(derive_label(value) for value in outcome.order)
            return f"{outcome.from_} in the order {order}{_scale(outcome)}"
        case Ordinal():
            return f"{outcome.from_} in whole grades{_scale(outcome)}"
        case Categorical():
            return f"{outcome.from_} in categories without order"
        case Continuous():
            unit = f" in {outcome.unit}" if outcome.unit else ""
            scale = "logarithmic" if outcome.axis == "log" else "linear"
            return f"{outcome.from_}{unit} on the {scale} axis"


def _origin(column: str, origins: Origins) -> str:
    """Return where a column comes from, or how it is derived, as the end of a sentence."""
    if column not in origins:
        return ""
    how = origins[column].how
    return f", {how[0].lower()}{how[1:]}"


def _scale(outcome: Binary | Ordinal) -> str:
    return f" (scale: {outcome.scale})" if outcome.scale else ""


def _binary(outcome: Binary, origins: Origins) -> str:
    origin = _origin(outcome.from_, origins)
    if outcome.at_least is not None:
        least = derive_label(outcome.at_least)
        return f"Yes if {outcome.from_} is {least} or higher{_scale(outcome)}{origin}"
    if outcome.is_ is None:
        return f"Yes if {outcome.from_} is true{origin}"
    sentence = f"Yes if {outcome.from_} is {_alternatives(outcome.is_)}{_scale(outcome)}"
    if outcome.from_ != "best_response" or not origins["best_response"].derived:
        return sentence + origin
    last = LAST_RESPONSE_DAY
    if outcome.by_day is not None:
        last = outcome.by_day + outcome.tolerance_days
    return (
        f"{sentence}, the best assessment from day {FIRST_RESPONSE_DAY} to day {last};"
        " patients without an assessment in that window (NE) are counted as no"
    )


def _alternatives(values: Sequence[str | bool | int | float]) -> str:
    return " or ".join(derive_label(value) for value in values)


def _censoring(endpoint: str, data_cutoff: date | None) -> str:
    end = "their last contact"
    if data_cutoff is not None:
        end += f" or to the data cutoff on {data_cutoff.isoformat()}, whichever came first"
    rule = f"; patients without event are followed to {end}, regardless of later transplant or"
    rule += " other therapy"
    if endpoint == "OS":
        return rule
    return f"{rule}; the last contact closes follow-up of the disease as well (a simplification)"


def _given_event(outcome: TimeToEvent, origins: Origins) -> str:
    time, event = outcome.time or "", outcome.event or ""
    return (
        f"From day 0 to {event}{_origin(event, origins)} (true means that it happened); time:"
        f" {time} [days]{_origin(time, origins)}; patients without the event are followed to that"
        " time"
    )


def _given_cause(outcome: CompetingRisks, frame: pl.DataFrame, origins: Origins) -> str:
    time, cause, wanted = outcome.time or "", outcome.cause or "", derive_label(outcome.is_ or "")
    competing = _alternatives(outcome.competing) if outcome.competing else "none"
    declared = [wanted, *(derive_label(value) for value in outcome.competing)]
    said = CENSORED not in declared and CENSORED in derive_labels(frame.get_column(cause)).to_list()
    without = (
        f"{CENSORED} means followed without event, and patients with an empty cause are left out"
        if said
        else "an empty cause means followed without event"
    )
    return (
        f"From day 0 to {wanted} (column {cause}{_origin(cause, origins)}), competing:"
        f" {competing}; time: {time} [days]{_origin(time, origins)}; {without}"
    )
