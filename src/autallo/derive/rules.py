"""The definition of each outcome in one sentence, as it was applied."""

from collections.abc import Sequence
from datetime import date

from autallo.clinical.response import FIRST_RESPONSE_DAY, RESPONSE_DAY, RESPONSE_TOLERANCE_DAYS
from autallo.derive.labels import derive_label
from autallo.model.protocol import Binary, Categorical, CompetingRisks, Continuous, Ordinal, Outcome

__all__ = ["derive_rule"]

LAST_RESPONSE_DAY = RESPONSE_DAY + RESPONSE_TOLERANCE_DAYS
WINDOW = f"from day {FIRST_RESPONSE_DAY} to day {LAST_RESPONSE_DAY}"
RESPONDERS = f"responders (CR, CRh or CRi {WINDOW})"
ENDPOINT_RULES = {
    "OS": "All infused patients, from infusion (day 0) to death from any cause",
    "EFS": "All infused patients, from infusion (day 0) to the first of death, relapse and failure"
    f" (no CR, CRh or CRi {WINDOW}, dated on the last assessment of that window); patients"
    " observed beyond it without an assessment are not evaluable",
    "LFS": f"In {RESPONDERS}, from infusion (day 0) to relapse or death",
    "RI": f"In {RESPONDERS}, from infusion (day 0) to relapse, with death without relapse as the"
    " competing event; relapse counts first on the same day",
    "NRM": f"In {RESPONDERS}, from infusion (day 0) to death without relapse, with relapse as the"
    " competing event; relapse counts first on the same day",
}


def derive_rule(outcome: Outcome, *, data_cutoff: date | None, derived: Sequence[str]) -> str:
    """Return the definition as applied; `derived` names the columns that are not given."""
    match outcome:
        case Binary():
            sentence = _binary(outcome, derived)
        case Ordinal() if outcome.order is not None:
            order = " < ".join(derive_label(value) for value in outcome.order)
            sentence = f"{outcome.from_} in the order {order}{_scale(outcome)}"
        case Ordinal():
            sentence = f"{outcome.from_} in whole grades{_scale(outcome)}"
        case Categorical():
            sentence = f"{outcome.from_} in categories without order"
        case Continuous():
            unit = f" in {outcome.unit}" if outcome.unit else ""
            scale = "logarithmic" if outcome.axis == "log" else "linear"
            sentence = f"{outcome.from_}{unit} on the {scale} axis"
        case _ if outcome.endpoint is not None:
            sentence = ENDPOINT_RULES[outcome.endpoint] + _censoring(data_cutoff)
        case CompetingRisks():
            sentence = _given_cause(outcome)
        case _:
            sentence = (
                f"From day 0 to {outcome.event}, as given in the columns {outcome.time} [days] and"
                f" {outcome.event}; patients without the event are followed to {outcome.time}"
            )
    groups = f"; in {' and '.join(outcome.groups)} only" if outcome.groups else ""
    return f"{sentence}{groups}."


def _scale(outcome: Binary | Ordinal) -> str:
    return f" (scale: {outcome.scale})" if outcome.scale else ""


def _binary(outcome: Binary, derived: Sequence[str]) -> str:
    if outcome.at_least is not None:
        return f"Yes if {outcome.from_} is {derive_label(outcome.at_least)} or higher" + _scale(
            outcome
        )
    if outcome.is_ is None:
        return f"Yes if {outcome.from_} is true"
    sentence = f"Yes if {outcome.from_} is {_alternatives(outcome.is_)}{_scale(outcome)}"
    if outcome.from_ != "best_response" or "best_response" not in derived:
        return sentence
    last = LAST_RESPONSE_DAY
    if outcome.by_day is not None:
        last = outcome.by_day + outcome.tolerance_days
    return (
        f"{sentence}, the best assessment from day {FIRST_RESPONSE_DAY} to day {last};"
        " patients without an assessment in that window (NE) are counted as no"
    )


def _alternatives(values: Sequence[str | bool | int | float]) -> str:
    return " or ".join(derive_label(value) for value in values)


def _censoring(data_cutoff: date | None) -> str:
    end = "their last contact"
    if data_cutoff is not None:
        end += f" or to the data cutoff on {data_cutoff.isoformat()}, whichever came first"
    return f"; patients without event are followed to {end}"


def _given_cause(outcome: CompetingRisks) -> str:
    competing = _alternatives(outcome.competing) if outcome.competing else "none"
    return (
        f"From day 0 to {derive_label(outcome.is_ or '')} (column {outcome.cause}), competing:"
        f" {competing}; time as given in the column {outcome.time} [days]; an empty cause means"
        " followed without event"
    )
