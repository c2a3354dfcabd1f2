"""Liquid stool in acute graft-versus-host disease: what counts as a day's volume, and its stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.errors import ArgumentError

__all__ = ["StoolFindings", "StoolVolume", "convert_stool_days", "grade_stool"]

#: Up to this weight a child is staged by volume for body weight [kg].
CHILD_KG = 50.0
#: From this age on a patient is an adult [years].
ADULT_YEARS = 18
#: Lightest patient that is thought of where the weight of a child is not known [kg].
LIGHTEST_KG = 2.0
#: Volume of an episode that was not measured, adult [mL].
ML_PER_EPISODE = 200.0
#: Share of stool in a measured mixture with urine.
STOOL_SHARE = 0.5

Staged = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoolFindings:
    """The liquid stool of one day; None is "not known".

    Attributes
    ----------
    ml_day : float or None
        Volume [mL].
    episodes_day : float or None
        Episodes; read only where the volume is not known [number].
    mixed_with_urine : bool
        Whether urine is in the volume.
    weight_kg, age_y : float or None
        Weight [kg] and age [years].
    """

    ml_day: float | None = None
    episodes_day: float | None = None
    mixed_with_urine: bool = False
    weight_kg: float | None = None
    age_y: float | None = None


@dataclass(frozen=True, slots=True)
class StoolVolume:
    """The volume that stands for a day.

    Attributes
    ----------
    ml_day : float or None
        Volume [mL]; None if no day was measured.
    days : int
        How many of the days were measured.
    """

    ml_day: float | None
    days: int


def convert_stool_days(volumes: Sequence[float | None], *, at_onset: bool) -> StoolVolume:
    """Convert the volumes of the last days to the one that is staged.

    Rule
    ----
    ======================  ==========================================
    assessment              volume
    ======================  ==========================================
    at onset                the highest of the three days before
    later                   the mean of three days
    ======================  ==========================================

    Parameters
    ----------
    volumes : sequence of float or None
        Liquid stool of up to three days; None for a day that was not measured [mL].
    at_onset : bool
        Whether this is the first assessment with diarrhoea.

    Returns
    -------
    StoolVolume

    Raises
    ------
    ArgumentError
        If there are more than three days, or a volume is negative.

    Notes
    -----
    Days that were not measured are left out and the number that was measured is told.
    Source: [harris2016] and its abstract of 2015. Checked by hand
    (`tests/unit/clinical/test_acute_gvhd_stool.py`).

    Examples
    --------
    >>> convert_stool_days([400, 900, None], at_onset=False)
    StoolVolume(ml_day=650.0, days=2)
    """
    known = [volume for volume in volumes if volume is not None]
    if len(volumes) > 3 or not all(volume >= 0 for volume in known):
        raise ArgumentError("`volumes` must be those of at most three days, none negative.")
    if not known:
        return StoolVolume(None, 0)
    return StoolVolume(max(known) if at_onset else sum(known) / len(known), len(known))


def grade_stool(findings: StoolFindings, *, system: Literal["magic", "keystone"]) -> Grade:
    """Return the stage that the stool alone gives, pain and blood left aside.

    Rule
    ----
    ==============================  =====================================================
    patient                         column
    ==============================  =====================================================
    18 years or older               adult
    younger, above 50 kg            adult
    younger, up to 50 kg            child, by volume for body weight
    age or weight not known         both, where they differ the stage is open
    ==============================  =====================================================

    Parameters
    ----------
    findings : StoolFindings
        The liquid stool of one day.
    system : {"magic", "keystone"}
        Which table.

    Returns
    -------
    Grade
        Stage 0 to 3; the limits stand at `grade_acute_lower_gut`.

    Notes
    -----
    Volumes for body weight are compared to 1e-9, so that 999 mL at 33.3 kg is 30 mL/kg.
    Source: [nbk577669], [harris2016]. Checked against `tests/spec/test_acute_gvhd.py`.

    Examples
    --------
    >>> grade_stool(StoolFindings(ml_day=900, weight_kg=55, age_y=14), system="magic").value
    1
    """
    scale = f"agvhd_lower_gut_{system}"
    if findings.ml_day is None and findings.episodes_day is None:
        return Grade(scale=scale, status=Status.NOT_EVALUABLE, missing=("stool_ml_day",))
    columns = _columns(findings)
    stage = _keystone_stages if system == "keystone" else _magic_stages
    staged = sorted(found for column in columns for found in stage(findings, column))
    flags: tuple[str, ...] = ()
    if system == "keystone" and "child" in columns:
        flags += ("NO_CHILD_COLUMN",)
    if system == "keystone" and findings.ml_day is None:
        flags += ("STOOL_ESTIMATED",)
    bounds = (Decided(*staged[0], flags), Decided(*staged[-1], flags))
    unknown = [name for name in ("weight_kg", "age_y") if getattr(findings, name) is None]
    if columns == ("child",):
        unknown = ["lower_gut_stage"]  # nothing else could close the bounds of Keystone
    return grade_between(scale, lambda worst: bounds[worst], unknown=unknown)


def _columns(findings: StoolFindings) -> tuple[str, ...]:
    """Return the columns that the patient may belong to."""
    age, weight = findings.age_y, findings.weight_kg
    if (age is not None and age >= ADULT_YEARS) or (weight is not None and weight > CHILD_KG):
        return ("adult",)
    if age is not None and weight is not None:
        return ("child",)
    return ("adult", "child")


def _volume(findings: StoolFindings) -> float | None:
    if findings.ml_day is None:
        return None
    return findings.ml_day * (STOOL_SHARE if findings.mixed_with_urine else 1.0)


def _named(kind: str, stage: int) -> Staged:
    return (stage, (f"{kind}_{stage}",) if stage else ())


def _magic_stages(findings: StoolFindings, column: str) -> Iterator[Staged]:
    volume = _volume(findings)
    if volume is None:
        episodes = findings.episodes_day or 0.0
        limits = (3, 5, 7) if column == "adult" else (4, 7, 10)
        stage = sum((episodes >= limits[0], episodes >= limits[1], episodes > limits[2]))
        yield _named(f"episodes_{column}", stage)
    elif column == "adult":
        yield _named("volume_adult", sum((volume >= 500, volume >= 1000, volume > 1500)))
    else:
        weight = findings.weight_kg
        for kilograms in (CHILD_KG, LIGHTEST_KG) if weight is None else (weight,):
            share = round(volume / kilograms, 9)
            yield _named("volume_child", sum((share >= 10, share >= 20, share > 30)))


def _keystone_stages(findings: StoolFindings, column: str) -> Iterator[Staged]:
    volume, kind = _volume(findings), "volume_adult"
    if volume is None:
        volume, kind = (findings.episodes_day or 0.0) * ML_PER_EPISODE, "episodes_adult"
    adult = sum((volume > 500, volume > 1000, volume > 1500))
    if column == "adult":
        yield _named(kind, adult)
        return
    yield (0, ()) if findings.ml_day is None else _named(kind, adult)
    yield (3 if volume else 0, ())
