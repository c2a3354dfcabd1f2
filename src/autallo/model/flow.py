"""The flow of patients: one step of the way from the records to the analysis."""

from dataclasses import dataclass

__all__ = ["FlowStep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStep:
    """One step of the way from the records to the analysis.

    Attributes
    ----------
    label : str
        What the patients who remain have in common ("With a CAR T infusion").
    remaining : int
        Patients after this step.
    excluded : tuple of (reason, count)
        Who left at this step, by reason; sums with `remaining` to the step before.
    by_group : tuple of (group, count)
        The remaining patients by arm; empty until the arm is known.
    """

    label: str
    remaining: int
    excluded: tuple[tuple[str, int], ...] = ()
    by_group: tuple[tuple[str, int], ...] = ()
