"""The endpoints as a table: whom they concern, what ends the time, and what is an option."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.errors import ArgumentError

__all__ = [
    "CRITERIA",
    "DEFAULT_OPTIONS",
    "ENDPOINTS",
    "ENDPOINT_RULES",
    "SAME_ENDPOINT",
    "TRANSPLANT_POLICIES",
    "Endpoint",
    "EndpointOptions",
    "EndpointRule",
]

Endpoint = Literal[
    "OS", "EFS", "EFS_STRICT", "LFS", "RFS", "DOR", "RI", "NRM", "TRM",
    "AGVHD_2_4", "AGVHD_3_4", "CGVHD", "CGVHD_MODERATE", "GRFS", "GRFS_REFINED", "CRFS",
    "BCA", "CAR_T", "CRS", "ICANS", "NEUTROPHILS", "PLATELETS",
]  # fmt: skip
Patients = Literal["infused", "responders"]
TransplantPolicy = Literal["ignore", "censor", "compete"]
#: What becomes of a later transplant; `time_dependent` is `classify_intervals`.
TRANSPLANT_POLICIES = ("ignore", "censor", "compete", "time_dependent")
#: Two names of one endpoint.
SAME_ENDPOINT: Mapping[str, str] = {"RFS": "LFS", "TRM": "NRM"}
#: What may compete with acute GVHD.
GVHD_COMPETING = frozenset({"death", "relapse", "new_cell_therapy"})
#: What may end B-cell aplasia or the presence of the product for another reason.
LOSS_COMPETING = frozenset({"relapse", "transplant", "death"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointOptions:
    """Every choice that an endpoint leaves open; the defaults are the ones of the rules.

    Attributes
    ----------
    patients : {"infused", "responders"} or None
        For RI and NRM: responders, or everybody infused, with failure of treatment as relapse.
        None is responders.
    start : {"infusion", "response"}
        For LFS, RI and NRM: where time begins. DOR begins with the response.
    transplant : {"ignore", "censor", "compete"}
        What a later allogeneic transplant does: nothing; it ends follow-up; it is a competing
        event.
    with_cell_therapy : bool
        Whether that concerns further CAR T cells and donor lymphocytes as well.
    follow_up : {"last_contact", "last_assessment"}
        Where follow-up of the disease ends without an event.
    mrd_relapse : bool
        Whether a relapse of residual disease is a relapse.
    death_in_remission : {"compete", "censor"}
        For DOR.
    leukaemia_death : bool
        For DOR: whether death from leukaemia is an event.
    gvhd_competing : frozenset of str
        For acute GVHD: of death (always), relapse and new_cell_therapy.
    gvhd_until : int or None
        For acute GVHD: last day that counts [days]; None without one.
    loss_competing : frozenset of str
        For BCA and CAR_T: of relapse, transplant and death, those that compete; the others end
        follow-up.
    least_grade : int
        For CRS and ICANS: the grade whose onset is timed.
    toxicity_until : int or None
        For CRS and ICANS: last day that counts [days].
    """

    patients: Patients | None = None
    start: Literal["infusion", "response"] = "infusion"
    transplant: TransplantPolicy = "ignore"
    with_cell_therapy: bool = False
    follow_up: Literal["last_contact", "last_assessment"] = "last_contact"
    mrd_relapse: bool = False
    death_in_remission: Literal["compete", "censor"] = "compete"
    leukaemia_death: bool = False
    gvhd_competing: frozenset[str] = GVHD_COMPETING
    gvhd_until: int | None = 100
    loss_competing: frozenset[str] = LOSS_COMPETING
    least_grade: int = 1
    toxicity_until: int | None = 28

    def __post_init__(self) -> None:
        """Refuse words and days that are none."""
        words = (
            ("patients", (None, "infused", "responders")),
            ("start", ("infusion", "response")),
            ("transplant", ("ignore", "censor", "compete")),
            ("follow_up", ("last_contact", "last_assessment")),
            ("death_in_remission", ("compete", "censor")),
        )
        for name, allowed in words:
            if getattr(self, name) not in allowed:
                listed = ", ".join(str(word) for word in allowed)
                raise ArgumentError(f"`{name}` must be one of {listed}.")
        if self.patients == "infused" and self.start == "response":
            raise ArgumentError("`start` must be infusion where all infused patients are meant.")
        if not {"death"} <= self.gvhd_competing <= GVHD_COMPETING:
            raise ArgumentError("`gvhd_competing` must hold death, and relapse, new_cell_therapy.")
        if not self.loss_competing <= LOSS_COMPETING:
            raise ArgumentError("`loss_competing` must be of relapse, transplant and death.")
        if not 1 <= self.least_grade <= 5:
            raise ArgumentError("`least_grade` must be from 1 to 5.")
        if any(day is not None and day < 1 for day in (self.gvhd_until, self.toxicity_until)):
            raise ArgumentError("`gvhd_until` and `toxicity_until` must be at least 1.")


DEFAULT_OPTIONS = EndpointOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRule:
    """One endpoint.

    Attributes
    ----------
    patients : {"infused", "responders"}
        Whom it concerns.
    events : tuple of (str, int)
        Facts that end the time, with their status; of two on one day the first named counts.
    follow_up : {"life", "disease"} or name of a field of `FurtherCourse`
        What follow-up without an event is: until last contact, of the disease, or until the last
        sample of that field.
    needs : tuple of str
        Fields of `FurtherCourse` that must be recorded.
    may_be_open : bool
        Whether facts of it may be unknown in a course (a grade, a reason, a cause).
    until : {"gvhd_until", "toxicity_until"} or None
        The option that holds the last day that counts.
    """

    patients: Patients
    events: tuple[tuple[str, int], ...]
    follow_up: str = "life"
    needs: tuple[str, ...] = ()
    may_be_open: bool = False
    until: Literal["gvhd_until", "toxicity_until"] | None = None


_EFS = (("failure", 1), ("relapse", 1), ("death", 1))
_GVHD_2 = (("death", 2), ("relapse", 2), ("new_cell_therapy", 2))
_LOSS_2 = (("relapse", 2), ("transplant", 2), ("death", 2))


def _graft(*events: str) -> EndpointRule:
    """Return a composite of GVHD, relapse or failure, and death."""
    listed = (*((event, 1) for event in events), *_EFS)
    return EndpointRule(patients="infused", events=listed, needs=("gvhd",), may_be_open=True)


def _acute(event: str) -> EndpointRule:
    return EndpointRule(
        patients="infused",
        events=((event, 1), *_GVHD_2),
        needs=("gvhd",),
        may_be_open=True,
        until="gvhd_until",
    )


def _chronic(event: str) -> EndpointRule:
    events = ((event, 1), ("relapse", 2), ("death", 2))
    return EndpointRule(patients="infused", events=events, needs=("gvhd",), may_be_open=True)


def _kept(field: str, *, patients: Patients) -> EndpointRule:
    events = ((f"{field}_lost", 1), *_LOSS_2)
    return EndpointRule(patients=patients, events=events, follow_up=field, needs=(field,))


def _onset(field: str) -> EndpointRule:
    return EndpointRule(
        patients="infused",
        events=((field, 1), ("death", 2)),
        needs=(field,),
        may_be_open=True,
        until="toxicity_until",
    )


def _recovery(field: str) -> EndpointRule:
    return EndpointRule(patients="infused", events=((field, 1), ("death", 2)), needs=(field,))


ENDPOINT_RULES: Mapping[str, EndpointRule] = {
    "OS": EndpointRule(patients="infused", events=(("death", 1),)),
    "EFS": EndpointRule(patients="infused", events=_EFS, follow_up="disease"),
    "EFS_STRICT": EndpointRule(
        patients="infused",
        events=(*_EFS, ("new_therapy", 1)),
        follow_up="disease",
        needs=("later",),
        may_be_open=True,
    ),
    "LFS": EndpointRule(
        patients="responders", events=(("relapse", 1), ("death", 1)), follow_up="disease"
    ),
    "DOR": EndpointRule(
        patients="responders",
        events=(("relapse", 1), ("leukaemia_death", 1), ("death", 2)),
        follow_up="disease",
        may_be_open=True,
    ),
    "RI": EndpointRule(
        patients="responders", events=(("relapse", 1), ("death", 2)), follow_up="disease"
    ),
    "NRM": EndpointRule(
        patients="responders", events=(("relapse", 2), ("death", 1)), follow_up="disease"
    ),
    "AGVHD_2_4": _acute("agvhd_2"),
    "AGVHD_3_4": _acute("agvhd_3"),
    "CGVHD": _chronic("cgvhd"),
    "CGVHD_MODERATE": _chronic("cgvhd_moderate"),
    "GRFS": _graft("agvhd_3", "cgvhd_systemic"),
    "GRFS_REFINED": _graft("agvhd_3", "cgvhd_severe"),
    "CRFS": _graft("cgvhd_moderate"),
    "BCA": _kept("b_cell_aplasia", patients="responders"),
    "CAR_T": _kept("car_t", patients="infused"),
    "CRS": _onset("crs"),
    "ICANS": _onset("icans"),
    "NEUTROPHILS": _recovery("neutrophils"),
    "PLATELETS": _recovery("platelets"),
}
ENDPOINTS = tuple(ENDPOINT_RULES)

_DEATH = "death from any cause"
_FAILURE = "failure: no CR, CRh or CRi by day 35"
#: Endpoint, its event in words, what competes, source, and how that was checked.
_WORDS = (
    ("OS", _DEATH, None, "laetsch2023", "V2"),
    ("EFS", f"the first of death, relapse, and {_FAILURE}", None, "house", "M"),
    (
        "EFS_STRICT",
        (
            "as EFS, or a new therapy against the leukaemia: further CAR T cells, drugs, a"
            " transplant for residual disease or for B cells that came back"
        ),
        None,
        "house",
        "D",
    ),
    ("LFS", "relapse or death of a responder", None, "house", "M"),
    ("DOR", "relapse after a response, timed from it", "death in remission", "laetsch2023", "M"),
    ("RI", "relapse of a responder", "death without relapse", "kim2013", "V2"),
    ("NRM", "death of a responder without relapse", "relapse", "kim2013", "V2"),
    (
        "AGVHD_2_4",
        "acute GVHD of grade II or more by day 100",
        "death, relapse, lymphocytes, a transplant or further cells",
        "house",
        "V",
    ),
    (
        "AGVHD_3_4",
        "acute GVHD of grade III or more by day 100",
        "death, relapse, lymphocytes, a transplant or further cells",
        "house",
        "V",
    ),
    ("CGVHD", "chronic GVHD of any severity", "death or relapse", "house", "M"),
    ("CGVHD_MODERATE", "moderate or severe chronic GVHD", "death or relapse", "house", "M"),
    (
        "GRFS",
        (
            "the first of acute GVHD III-IV, chronic GVHD with systemic therapy, relapse or"
            " failure, and death"
        ),
        None,
        "holtan2015",
        "V",
    ),
    (
        "GRFS_REFINED",
        (
            "the first of acute GVHD III-IV, severe or extensive chronic GVHD, relapse or failure,"
            " and death"
        ),
        None,
        "ruggeri2016",
        "M",
    ),
    (
        "CRFS",
        "the first of moderate, severe or extensive chronic GVHD, relapse or failure, and death",
        None,
        "house",
        "M",
    ),
    ("BCA", "loss of B-cell aplasia", "relapse, a transplant, death", "house", "D"),
    ("CAR_T", "loss of the infused cells", "relapse, a transplant, death", "house", "D"),
    ("CRS", "first day of the grade by day 28", "death", "house", "D"),
    ("ICANS", "first day of the grade by day 28", "death", "house", "D"),
    (
        "NEUTROPHILS",
        "the first of three neutrophil counts in a row of 0.5 x 10^9/L or more",
        "death",
        "cibmtr4100",
        "V",
    ),
    (
        "PLATELETS",
        "first platelet count of 20 x 10^9/L or more without transfusion in the 7 days before",
        "death",
        "cibmtr4100",
        "V",
    ),
)
CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(
        scale="endpoint", key=f"{name}_{status}", grade=status, words=words, source=source,
        evidence=evidence,
    )
    for name, event, competing, source, evidence in _WORDS
    for status, words in ((1, event), (2, competing))
    if words is not None
)  # fmt: skip
