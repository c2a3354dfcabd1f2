"""Data checks: each looks at one thing in the tables, all run, all that is found is told.

They are meant for tables whose cells could all be read; unreadable cells are empty here.
"""

from collections.abc import Callable, Iterable

from autallo.errors import Finding
from autallo.ingest import arms, chronology, identity
from autallo.ingest.codes import Place
from autallo.ingest.record_view import Records, read_records
from autallo.model.protocol import Protocol
from autallo.model.tables import Tables

__all__ = ["CHECKS", "check_tables"]

CHECKS: tuple[Callable[[Records], Iterable[Finding]], ...] = (
    identity.check_ids_missing,
    identity.check_id_twice,
    identity.check_id_variants,
    identity.check_id_unknown,
    identity.check_trial_entries,
    identity.check_rows_repeated,
    identity.check_filled,
    identity.check_without_infusion,
    chronology.check_infusions,
    chronology.check_birth,
    chronology.check_collection,
    chronology.check_transplants,
    chronology.check_events_before_day0,
    chronology.check_one_death,
    chronology.check_after_death,
    chronology.check_last_contact,
    chronology.check_responses_before_day0,
    chronology.check_response_days,
    chronology.check_relapses,
    chronology.check_after_cutoff,
    arms.check_levels,
    arms.check_times,
    arms.check_event_codes,
    arms.check_cause_codes,
    arms.check_outliers,
    arms.check_percentages,
)


def check_tables(tables: Tables, protocol: Protocol) -> tuple[Finding, ...]:
    """Run every check on the tables of a study; sorted by file and row."""
    patients = tables.get("patients")
    if patients is None:
        return ()
    if patients.frame.is_empty():
        place = Place(file=patients.file, sheet=patients.sheet)
        return (
            place.finding(
                "no-rows",
                "There are no patients yet.",
                found="a header and no rows",
                fix="Fill in one row per patient below the header.",
            ),
        )
    records = read_records(tables, protocol)
    found = [finding for check in CHECKS for finding in check(records)]
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[str, str, tuple[int, ...], str]:
    return finding.file or "", finding.sheet or "", finding.rows[:1], finding.code
