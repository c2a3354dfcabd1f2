"""What an endpoint came to in one patient: time and cause, its bounds, or intervals of a state."""

from dataclasses import dataclass

from autallo.clinical.grading import Status

__all__ = ["EndpointBounds", "EndpointIntervals", "EndpointStatus", "StateInterval"]


@dataclass(frozen=True, slots=True)
class EndpointStatus:
    """One endpoint of one patient.

    Attributes
    ----------
    days : float or None
        Time from the start to the event or the end of follow-up, above 0 [days]; None outside the
        population.
    status : {0, 1, 2}
        0 followed without event, 1 the event of interest, 2 the competing event.
    in_population : bool
        Whether the endpoint applies to the patient and can be told.
    reason : str or None
        Why the patient is outside the population.
    cause : str or None
        Key of the fact that ended the time; None where follow-up ended without one.
    """

    days: float | None
    status: int
    in_population: bool = True
    reason: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointBounds:
    """One endpoint of one patient of whom something is unknown.

    Attributes
    ----------
    status : Status
        OK if nothing unknown matters, INDETERMINATE if it does, NOT_APPLICABLE if the patient is
        outside the population in any case.
    value : EndpointStatus or None
        The answer, where it can be told.
    worst, best : EndpointStatus or None
        The shortest and the longest time that is possible with the patient in the population;
        None if he cannot be.
    in_population : bool or None
        Whether he is in the population; None if that is what cannot be told.
    """

    status: Status
    value: EndpointStatus | None
    worst: EndpointStatus | None
    best: EndpointStatus | None
    in_population: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateInterval:
    """One row of a counting process.

    Attributes
    ----------
    start, stop : float
        At risk after `start`, up to and including `stop` [days].
    state : {0, 1}
        1 from the later transplant on.
    status : {0, 1, 2}
        What happened at `stop`; 0 where only the state changed.
    """

    start: float
    stop: float
    state: int
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointIntervals:
    """One endpoint of one patient with the later transplant as a state that changes in time.

    Attributes
    ----------
    rows : tuple of StateInterval
        One or two, the second from the day of the transplant; none outside the population.
    in_population : bool
        Whether the endpoint applies and can be told.
    reason : str or None
        Why not.
    """

    rows: tuple[StateInterval, ...]
    in_population: bool = True
    reason: str | None = None
