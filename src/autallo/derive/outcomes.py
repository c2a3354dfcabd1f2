"""Every outcome of the study file as an observation of each patient of the cohort."""

from autallo.derive.evidence import Evidence
from autallo.derive.followup import derive_follow_up
from autallo.derive.measured import (
    derive_binary,
    derive_categorical,
    derive_continuous,
    derive_ordinal,
)
from autallo.derive.problems import Problems
from autallo.model.cohort import Observation
from autallo.model.outcome import Binary, Categorical, Continuous, Ordinal, Outcome

__all__ = ["derive_outcome"]


def derive_outcome(
    evidence: Evidence, name: str, outcome: Outcome, problems: Problems
) -> Observation | None:
    """Derive one outcome for every patient; None if a problem was noted."""
    match outcome:
        case Binary():
            return derive_binary(evidence, name, outcome, problems)
        case Ordinal():
            return derive_ordinal(evidence, name, outcome, problems)
        case Categorical():
            return derive_categorical(evidence, name, outcome, problems)
        case Continuous():
            return derive_continuous(evidence, name, outcome, problems)
        case _:
            return derive_follow_up(evidence, name, outcome, problems)
