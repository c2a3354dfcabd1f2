"""What came first: dates that contradict each other.

Order of a course: birth, collection of cells, infusion (day 0), events, death.
Source: clinical-criteria section 11.3 (date-order rules).
"""

from collections.abc import Iterator

import polars as pl

from autallo.errors import Finding
from autallo.ingest.record_view import DATED, DAY0, ID, Records

__all__ = [
    "check_after_cutoff",
    "check_after_death",
    "check_birth",
    "check_collection",
    "check_events_before_day0",
    "check_infusions",
    "check_last_contact",
    "check_one_death",
    "check_relapses",
    "check_response_days",
    "check_responses_before_day0",
    "check_transplants",
]

REMISSIONS = ("CR", "CRh", "CRi")
FOLLOWING = ("relapse", "death", "new_therapy", "last_contact")
IGNORED = "Records after the data cutoff, {}, are ignored"
ALIVE = f"{IGNORED}; they only show that the patient was alive then"
AFTER_CUTOFF = {
    "infusions": "Infusions after the data cutoff, {}, are ignored; patients without an earlier one"
    " are left out",
    "responses": ALIVE,
    "events": ALIVE,
}
CORRECT = "Correct the dates at the source."


def check_infusions(records: Records) -> Iterator[Finding]:
    """Check that a patient has one first infusion, and that later ones have later dates."""
    frame = records.frame("infusions", "infusion_number", "infusion_date")
    if frame is None:
        return
    first = frame.drop_nulls(ID).filter(pl.col("infusion_number") == 1)
    yield from records.told(
        "two-day-0",
        "A patient must have one first infusion, which is day 0.",
        table="infusions",
        columns=("infusion_number",),
        rows=first.filter(pl.col(ID).is_duplicated()),
        fix="Number the infusions 1, 2, ...",
    )
    ordered = frame.drop_nulls([ID, "infusion_number", "infusion_date"]).sort(
        ID, "infusion_number", "infusion_date"
    )
    before = pl.col("infusion_date").shift(1).over(ID)
    earlier = pl.col("infusion_number").shift(1).over(ID)
    wrong = (pl.col("infusion_date") < before) & (pl.col("infusion_number") > earlier)
    yield from records.told(
        "infusion-order",
        "A later infusion must not have an earlier date.",
        table="infusions",
        columns=("infusion_number", "infusion_date"),
        rows=ordered.filter(wrong),
        fix=CORRECT,
    )


def check_birth(records: Records) -> Iterator[Finding]:
    """Check that an infusion comes after the birth."""
    born, infused = (
        records.frame("patients", "birth_date"),
        records.frame("infusions", "infusion_date"),
    )
    if born is None or infused is None:
        return
    births = born.drop_nulls(ID).select(ID, "birth_date").unique(ID)
    joined = infused.join(births, on=ID, how="inner")
    yield from records.told(
        "infusion-before-birth",
        "An infusion must come after the birth.",
        table="infusions",
        columns=("infusion_date",),
        rows=joined.filter(pl.col("infusion_date") < pl.col("birth_date")),
        fix=CORRECT,
    )


def check_collection(records: Records) -> Iterator[Finding]:
    """Check that cells were collected before they were infused."""
    frame = records.frame("infusions", "collection_date", "infusion_date")
    if frame is not None:
        yield from records.told(
            "collection-after-infusion",
            "Cells must be collected before they are infused.",
            table="infusions",
            columns=("collection_date", "infusion_date"),
            rows=frame.filter(pl.col("collection_date") > pl.col("infusion_date")),
            fix=CORRECT,
        )


def check_transplants(records: Records) -> Iterator[Finding]:
    """Tell transplants after day 0: they are not prior ones."""
    frame = records.with_day0("transplants", "transplant_date")
    if frame is not None:
        yield from records.told(
            "transplant-after-infusion",
            "A transplant after day 0 does not count as prior.",
            table="transplants",
            columns=("transplant_date",),
            rows=frame.filter(pl.col("transplant_date") > pl.col(DAY0)),
        )


def check_events_before_day0(records: Records) -> Iterator[Finding]:
    """Check that relapse, death, new therapy and last contact follow day 0."""
    frame = records.with_day0("events", "event", "event_date")
    if frame is not None:
        early = pl.col("event").is_in(FOLLOWING) & (pl.col("event_date") < pl.col(DAY0))
        yield from records.told(
            "event-before-day-0",
            "An event must not come before day 0, the first infusion.",
            table="events",
            columns=("event_date",),
            rows=frame.filter(early),
            fix="Correct the dates; leave out events before the infusion.",
        )


def _last_days(records: Records, event: str) -> pl.DataFrame | None:
    """Return the earliest day of one kind of event per patient, as column `limit`."""
    frame = records.frame("events", "event", "event_date")
    if frame is None:
        return None
    chosen = frame.drop_nulls([ID, "event_date"]).filter(pl.col("event") == event)
    return chosen.group_by(ID).agg(pl.col("event_date").min().alias("limit"))


def check_one_death(records: Records) -> Iterator[Finding]:
    """Check that a patient dies once, and is last seen once."""
    frame = records.frame("events", "event", "event_date")
    if frame is None:
        return
    for event, code, sentence in (
        ("death", "two-deaths", "A patient must have one death at most."),
        ("last_contact", "two-last-contacts", "A patient must have one last contact at most."),
    ):
        chosen = frame.drop_nulls(ID).filter(pl.col("event") == event)
        yield from records.told(
            code,
            sentence,
            table="events",
            columns=("event",),
            rows=chosen.filter(pl.col(ID).is_duplicated()),
            fix="Keep the right one.",
        )


def check_after_death(records: Records) -> Iterator[Finding]:
    """Check that nothing is dated after a death."""
    deaths = _last_days(records, "death")
    if deaths is None:
        return
    for name, column in DATED.items():
        frame = records.frame(name, column)
        if frame is None:
            continue
        late = frame.join(deaths, on=ID, how="inner").filter(pl.col(column) > pl.col("limit"))
        if name == "events":
            late = late.filter(~pl.col("event").is_in(["death", "last_contact"]))
        yield from records.told(
            "after-death",
            "Nothing must be dated after the death of the patient.",
            table=name,
            columns=(column,),
            rows=late,
            fix=CORRECT,
        )


def check_last_contact(records: Records) -> Iterator[Finding]:
    """Check that the last contact precedes the death, and events the last contact."""
    deaths, contacts = _last_days(records, "death"), _last_days(records, "last_contact")
    frame = records.frame("events", "event", "event_date")
    if deaths is None or contacts is None or frame is None:
        return
    seen = frame.filter(pl.col("event") == "last_contact").join(deaths, on=ID, how="inner")
    yield from records.told(
        "death-and-contact",
        "The last contact must not come after the death.",
        table="events",
        columns=("event_date",),
        rows=seen.filter(pl.col("event_date") > pl.col("limit")),
        fix=CORRECT,
    )
    later = frame.filter(~pl.col("event").is_in(["death", "last_contact"])).join(
        contacts, on=ID, how="inner"
    )
    yield from records.told(
        "event-after-contact",
        "An event should not come after the last contact.",
        table="events",
        columns=("event_date",),
        rows=later.filter(pl.col("event_date") > pl.col("limit")),
        fix="Bring the last contact up to date.",
    )


def check_responses_before_day0(records: Records) -> Iterator[Finding]:
    """Find assessments before day 0: they say nothing about the response."""
    frame = records.with_day0("responses", "assessment_date")
    if frame is not None:
        yield from records.told(
            "response-before-day-0",
            "An assessment before day 0 is no response to the infusion.",
            table="responses",
            columns=("assessment_date",),
            rows=frame.filter(pl.col("assessment_date") < pl.col(DAY0)),
            fix="Correct the dates?",
        )


def check_response_days(records: Records) -> Iterator[Finding]:
    """Check that one day has one response, and that a remission is no relapse."""
    frame = records.frame("responses", "assessment_date", "response")
    if frame is None:
        return
    known = frame.drop_nulls([ID, "assessment_date", "response"])
    kinds = pl.col("response").n_unique().over(ID, "assessment_date")
    yield from records.told(
        "response-conflict",
        "One day must have one response.",
        table="responses",
        columns=("assessment_date", "response"),
        rows=known.filter(kinds > 1),
        fix="Keep the right one.",
    )
    events = records.frame("events", "event", "event_date")
    if events is None:
        return
    relapses = events.filter(pl.col("event") == "relapse").select(
        ID, pl.col("event_date").alias("assessment_date")
    )
    remissions = known.filter(pl.col("response").is_in(REMISSIONS))
    yield from records.told(
        "response-on-relapse",
        "A remission and a relapse must not be on the same day.",
        table="responses",
        columns=("assessment_date", "response"),
        rows=remissions.join(relapses, on=[ID, "assessment_date"], how="semi"),
        fix=CORRECT,
    )


def check_relapses(records: Records) -> Iterator[Finding]:
    """Check that a relapse after day 0 follows the first remission, where there is one."""
    events = records.with_day0("events", "event", "event_date")
    responses = records.with_day0("responses", "assessment_date", "response")
    if events is None or responses is None:
        return
    reached = pl.col("response").is_in(REMISSIONS) & (pl.col("assessment_date") > pl.col(DAY0))
    first = pl.col("assessment_date").min().alias("limit")
    remissions = responses.filter(reached).group_by(ID).agg(first)
    relapses = events.filter((pl.col("event") == "relapse") & (pl.col("event_date") > pl.col(DAY0)))
    yield from records.told(
        "relapse-before-remission",
        "A relapse must come after the first remission.",
        table="events",
        columns=("event_date",),
        rows=relapses.join(remissions, on=ID, how="inner").filter(
            pl.col("event_date") <= pl.col("limit")
        ),
        fix=CORRECT,
    )


def check_after_cutoff(records: Records) -> Iterator[Finding]:
    """Tell the records after the data cutoff, and what becomes of them."""
    cutoff = records.protocol.study.data_cutoff
    for name, column in DATED.items():
        frame = records.frame(name, column)
        if frame is not None and cutoff is not None:
            yield from records.told(
                "records-after-cutoff",
                f"{AFTER_CUTOFF.get(name, IGNORED).format(cutoff)}.",
                table=name,
                columns=(column,),
                rows=frame.filter(pl.col(column) > cutoff),
            )
