"""How intense the conditioning before a transplant was."""

from dataclasses import dataclass
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.errors import ArgumentError

__all__ = ["CRITERIA", "Conditioning", "Intensity", "classify_conditioning"]

UNVERIFIED = "unverified_criterion"
#: Limits above which conditioning is myeloablative; thiotepa counts from its limit on.
TBI_SINGLE_CGY, TBI_FRACTIONATED_CGY = 500, 800
BUSULFAN_IV_MG_KG, BUSULFAN_ORAL_MG_KG = 7.2, 9.0
MELPHALAN_MG_M2 = 140
THIOTEPA_MG_KG = 10


def _row(key: str, words: str) -> Criterion:
    return Criterion(
        scale="conditioning", key=key, grade=1, words=words, source="house", evidence="M"
    )


CRITERIA: tuple[Criterion, ...] = (
    _row("tbi_single", "total body irradiation above 500 cGy in one fraction"),
    _row("tbi_fractionated", "total body irradiation above 800 cGy in fractions"),
    _row("busulfan_iv", "busulfan above 7.2 mg/kg into the vein"),
    _row("busulfan_oral", "busulfan above 9 mg/kg by mouth"),
    _row("melphalan", "melphalan above 140 mg/m²"),
    _row("thiotepa", "thiotepa 10 mg/kg or more"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditioning:
    """Total doses; 0 is "not given", None is "not known".

    Attributes
    ----------
    tbi_cgy : float or None
        Total body irradiation [cGy].
    tbi_fractionated : bool or None
        Whether in more than one fraction.
    busulfan_mg_kg : float or None
        Busulfan [mg/kg].
    busulfan_oral : bool or None
        Whether by mouth; otherwise into the vein.
    melphalan_mg_m2 : float or None
        Melphalan [mg/m²].
    thiotepa_mg_kg : float or None
        Thiotepa [mg/kg].
    """

    tbi_cgy: float | None = None
    tbi_fractionated: bool | None = None
    busulfan_mg_kg: float | None = None
    busulfan_oral: bool | None = None
    melphalan_mg_m2: float | None = None
    thiotepa_mg_kg: float | None = None


@dataclass(frozen=True, slots=True)
class Intensity:
    """The intensity of conditioning.

    Attributes
    ----------
    value : {"MAC", "RIC/NMA"} or None
        Myeloablative, or reduced intensity and non-myeloablative; None if it cannot be told.
    because : tuple of str
        Rows of the table that are met.
    missing : tuple of str
        What is not known and matters.
    flags : tuple of str
        ``unverified_criterion``: the limits could not be checked in their source.
    """

    value: Literal["MAC", "RIC/NMA"] | None
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = (UNVERIFIED,)


def classify_conditioning(given: Conditioning) -> Intensity:
    """Decide whether conditioning was myeloablative.

    Rule
    ----
    ==============================================================  ===========
    any of                                                          intensity
    ==============================================================  ===========
    irradiation above 500 cGy at once, or above 800 in fractions    MAC
    busulfan above 7.2 mg/kg into the vein, or 9 by mouth           MAC
    melphalan above 140 mg/m², thiotepa 10 mg/kg or more            MAC
    none of these                                                   RIC/NMA
    what would decide is not known                                  not told
    ==============================================================  ===========

    Parameters
    ----------
    given : Conditioning
        Total doses.

    Returns
    -------
    Intensity

    Raises
    ------
    ArgumentError
        If a dose is negative.

    Notes
    -----
    The limits are remembered and could not be checked in a source, hence the flag. Source:
    [house] convention until then. Checked against `tests/spec/test_transplant_arm.py`.

    Examples
    --------
    >>> classify_conditioning(Conditioning(tbi_cgy=1200, tbi_fractionated=True)).value
    'MAC'
    """
    doses = ("tbi_cgy", "busulfan_mg_kg", "melphalan_mg_m2", "thiotepa_mg_kg")
    found = {name: getattr(given, name) for name in doses}
    if not all(dose is None or dose >= 0 for dose in found.values()):
        raise ArgumentError("A dose must be at least 0.")
    melphalan, thiotepa = given.melphalan_mg_m2, given.thiotepa_mg_kg
    signs = {
        **_either(
            given.tbi_cgy,
            given.tbi_fractionated,
            yes=("tbi_fractionated", TBI_FRACTIONATED_CGY),
            no=("tbi_single", TBI_SINGLE_CGY),
        ),
        **_either(
            given.busulfan_mg_kg,
            given.busulfan_oral,
            yes=("busulfan_oral", BUSULFAN_ORAL_MG_KG),
            no=("busulfan_iv", BUSULFAN_IV_MG_KG),
        ),
        "melphalan": None if melphalan is None else melphalan > MELPHALAN_MG_M2,
        "thiotepa": None if thiotepa is None else thiotepa >= THIOTEPA_MG_KG,
    }
    met = tuple(key for key, sign in signs.items() if sign)
    if met:
        return Intensity("MAC", met)
    if None not in signs.values():
        return Intensity("RIC/NMA")
    ways = {"tbi_cgy": "tbi_fractionated", "busulfan_mg_kg": "busulfan_oral"}
    ways = {dose: way for dose, way in ways.items() if signs.get(way, False) is None}
    missing = [name for name, dose in found.items() if dose is None]
    missing += [way for dose, way in ways.items() if found[dose] is not None]
    return Intensity(None, missing=tuple(missing))


def _either(
    dose: float | None,
    way: bool | None,  # noqa: FBT001
    *,
    yes: tuple[str, float],
    no: tuple[str, float],
) -> dict[str, bool | None]:
    """Compare a dose with the limit of its way, or with both where the way is not known."""
    if dose is None:
        return {no[0]: None}
    known: dict[str, bool | None] = {key: dose > limit for key, limit in (yes, no)}
    if way is not None:
        key = yes[0] if way else no[0]
        return {key: known[key]}
    return known if len(set(known.values())) == 1 else {yes[0]: None}
