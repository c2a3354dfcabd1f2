"""Vasopressors of a day: how many, their norepinephrine equivalent, and whether the dose is high.

The cut-offs of a high dose are absolute rates of adults; for a child they are flagged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.scales import Span
from autallo.errors import ArgumentError

__all__ = [
    "CRITERIA",
    "DRUGS",
    "Pressor",
    "VasopressorDose",
    "VasopressorUse",
    "classify_impossible_pressors",
    "classify_vasopressor_dose",
    "classify_vasopressor_use",
    "convert_norepinephrine_equivalent",
    "convert_vasopressor_rate",
]

Drug = Literal["norepinephrine", "epinephrine", "dopamine", "phenylephrine", "vasopressin", "other"]
Unit = Literal["ug/min", "ug/kg/min", "mg/h", "U/min", "U/h"]
DRUGS = ("norepinephrine", "epinephrine", "dopamine", "phenylephrine", "vasopressin", "other")
#: Highest rate of norepinephrine that is possible [ug/min].
MOST_NOREPINEPHRINE = 300.0
#: A high rate counts from so many hours on.
SUSTAINED_HOURS = 3.0
#: Own unit of each drug whose rate has an equivalent.
OWN_UNIT: Mapping[str, str] = {
    "norepinephrine": "ug/min",
    "epinephrine": "ug/min",
    "dopamine": "ug/kg/min",
    "phenylephrine": "ug/min",
    "vasopressin": "U/min",
}
#: Rate of each drug from which it is a high dose by itself, in its own unit.
HIGH_ALONE: Mapping[str, float] = {
    "norepinephrine": 20.0,
    "epinephrine": 10.0,
    "dopamine": 10.0,
    "phenylephrine": 200.0,
}
#: Norepinephrine equivalent of a high dose: of a combination, and of one with vasopressin [ug/min].
HIGH_COMBINED = 20.0
HIGH_WITH_VASOPRESSIN = 10.0
#: So far below a limit a sum still reaches it: 6.6 + 9.7 + 3.7 is 20.
SLACK = 1e-9

CRITERIA: tuple[Criterion, ...] = tuple(
    Criterion(
        scale="vasopressor_dose", key=key, grade=None, words=words, source=source, evidence=tag
    )
    for key, words, source, tag in (
        ("dose_norepinephrine", "norepinephrine 20 ug/min or more", "lee2014", "M"),
        ("dose_dopamine", "dopamine 10 ug/kg/min or more", "lee2014", "M"),
        ("dose_phenylephrine", "phenylephrine 200 ug/min or more", "lee2014", "M"),
        ("dose_epinephrine", "epinephrine 10 ug/min or more", "lee2014", "M"),
        (
            "dose_with_vasopressin",
            "vasopressin, and the others equal 10 ug/min of norepinephrine or more",
            "lee2014",
            "M",
        ),
        (
            "dose_combined",
            "a combination that equals 20 ug/min of norepinephrine or more",
            "lee2014",
            "M",
        ),
        ("dose_not_high", "none of the rates of a high dose is reached", "lee2014", "M"),
        ("dose_vasopressin_alone", "vasopressin alone is a low dose", "house", "D"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressor:
    """One vasopressor of a day; None is "not known", never "no".

    Attributes
    ----------
    drug : str or None
        One of `DRUGS`; None if a vasopressor was given and its name is not known.
    given : bool or None
        Whether it was given; a known rate decides instead.
    rate : float or None
        Highest rate of the day, in `unit`; 0 is "not given".
    unit : {"ug/min", "ug/kg/min", "mg/h", "U/min", "U/h"} or None
        Needed with a rate: a unit is never guessed.
    hours : float or None
        Hours for which this rate was held [h].
    """

    drug: Drug | None = None
    given: bool | None = True
    rate: float | None = None
    unit: Unit | None = None
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class VasopressorUse:
    """What the scales ask of the vasopressors of a day.

    Attributes
    ----------
    count : int
        Different vasopressors, vasopressin among them; 2 stands for two or more.
    other_than_vasopressin : int
        The same without vasopressin.
    high_dose : bool
        Whether the dose is high.
    because : tuple of str
        Rows of the table of doses that decided.
    flags : tuple of str
        ``PEDS_DOSE``, ``DURATION_UNKNOWN``, ``VASOPRESSIN_ALONE``, ``NO_EQUIVALENT``.
    """

    count: int = 0
    other_than_vasopressin: int = 0
    high_dose: bool = False
    because: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VasopressorDose:
    """The dose of the vasopressors of a day.

    Attributes
    ----------
    high_dose : bool or None
        Whether it is high; None if it cannot be told.
    equivalent_ug_min : float or None
        Norepinephrine equivalent [ug/min]; None if a rate is not known or has no equivalent.
    equivalent_ug_kg_min : float or None
        The same for each kilogram of body weight [ug/kg/min]; None without a weight.
    because : tuple of str
        Rows of the table of doses that decided.
    missing : tuple of str
        What is unknown and matters.
    flags : tuple of str
        What a reader must know of it.
    """

    high_dose: bool | None
    equivalent_ug_min: float | None = None
    equivalent_ug_kg_min: float | None = None
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def convert_vasopressor_rate(pressor: Pressor, *, weight_kg: float | None = None) -> float | None:
    """Convert a rate to the drug's own unit: ug/min, for dopamine ug/kg/min, vasopressin U/min.

    Rule
    ----
    ==========  ==================  =========================================
    from        to                  rate
    ==========  ==================  =========================================
    ug/kg/min   ug/min              times the weight
    ug/min      ug/kg/min           divided by the weight
    mg/h        ug/min              times 1000, divided by 60
    U/h         U/min               divided by 60
    ==========  ==================  =========================================

    Parameters
    ----------
    pressor : Pressor
        Drug, rate and unit.
    weight_kg : float or None
        Body weight [kg].

    Returns
    -------
    float or None
        None if the rate is not known, needs a weight that is not, or the drug has no own unit.

    Raises
    ------
    ArgumentError
        If a rate has no unit, or a unit that its drug cannot have.

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> norepinephrine = Pressor(drug="norepinephrine", rate=0.2, unit="ug/kg/min")
    >>> convert_vasopressor_rate(norepinephrine, weight_kg=50)
    10.0
    """
    rate, unit, own = pressor.rate, pressor.unit, OWN_UNIT.get(pressor.drug or "")
    if rate is None:
        return None
    if unit is None:
        raise ArgumentError("`unit` must be given with a rate.")
    if own is None:
        return None
    if (own == "U/min") != unit.startswith("U/"):
        raise ArgumentError(f"`unit` of {pressor.drug} must be convertible to {own}.")
    if unit in {"mg/h", "U/h"}:
        rate = rate / 60 if unit == "U/h" else rate * 1000 / 60
    per_kg = unit == "ug/kg/min"
    if per_kg == (own == "ug/kg/min"):
        return rate
    if weight_kg is None:
        return None
    return rate * weight_kg if per_kg else rate / weight_kg


def convert_norepinephrine_equivalent(
    *,
    norepinephrine: float = 0.0,
    epinephrine: float = 0.0,
    dopamine: float = 0.0,
    phenylephrine: float = 0.0,
) -> float:
    """Convert rates to the rate of norepinephrine that they equal.

    Rule
    ----
    ==============  ============  ==================================
    drug            unit          norepinephrine [ug/min]
    ==============  ============  ==================================
    norepinephrine  ug/min        the same
    epinephrine     ug/min        the same
    dopamine        ug/kg/min     half (the unit stays per kilogram)
    phenylephrine   ug/min        a tenth
    ==============  ============  ==================================

    Parameters
    ----------
    norepinephrine, epinephrine, phenylephrine : float
        Rates [ug/min].
    dopamine : float
        Rate [ug/kg/min].

    Returns
    -------
    float
        Norepinephrine equivalent [ug/min]; vasopressin has none.

    Notes
    -----
    Source: [russell2008].

    Examples
    --------
    >>> convert_norepinephrine_equivalent(norepinephrine=14, epinephrine=4)
    18.0
    """
    return norepinephrine + epinephrine + dopamine / 2 + phenylephrine / 10.0


def classify_vasopressor_use(
    pressors: tuple[Pressor, ...] | None,
    *,
    weight_kg: float | None = None,
    age_y: float | None = None,
) -> Span[VasopressorUse]:
    """Return how many vasopressors were given and whether at a high dose, least and most.

    Rule
    ----
    ==================================  =============================  ========================
    what is not known                   least                          most
    ==================================  =============================  ========================
    whether any was given               none                           several at a high dose
    whether this one was given          not given                      given
    its rate, or its equivalent         not high                       high
    its name                            that of another given, else    a further drug, not
                                        vasopressin                    vasopressin
    ==================================  =============================  ========================

    Parameters
    ----------
    pressors : tuple of Pressor or None
        Those given; a drug that is not listed was not given. None if it is not known.
    weight_kg : float or None
        Body weight [kg].
    age_y : float or None
        Age [years].

    Returns
    -------
    Span of VasopressorUse

    Notes
    -----
    Source: [lee2014] for high doses, [house] for what is not known.

    Examples
    --------
    >>> classify_vasopressor_use(()).most.count
    0
    """
    if pressors is None:
        return Span(VasopressorUse(), VasopressorUse(2, 2, True, ("dose_combined",)), ("pressors",))
    if not pressors:
        return Span(VasopressorUse(), VasopressorUse())
    listed = [_settled(pressor) for pressor in pressors]
    least = _use(_rates(listed, weight_kg, worst=False), listed, age_y)
    most = _use(_rates(listed, weight_kg, worst=True), listed, age_y)
    return Span(least, most, _missing(listed, weight_kg) if least != most else ())


def _settled(pressor: Pressor) -> Pressor:
    """Let a known rate decide whether the drug was given."""
    return pressor if pressor.rate is None else replace(pressor, given=pressor.rate > 0)


def _rates(listed: list[Pressor], weight_kg: float | None, *, worst: bool) -> dict[str, float]:
    """Return the rate of each drug given; 0 for one that cannot count as a high dose."""
    found: dict[str, float] = {}
    unnamed = 0
    for pressor in listed:
        if not (pressor.given or (worst and pressor.given is None)):
            continue
        rate = convert_vasopressor_rate(pressor, weight_kg=weight_kg)
        if pressor.hours is not None and pressor.hours < SUSTAINED_HOURS:
            rate = 0.0
        if rate is None:
            rate = inf if worst else 0.0
        if pressor.drug is None:
            unnamed += 1
            name = f"unnamed {unnamed}"
            found |= {name: rate} if worst else {}
        else:
            found[pressor.drug] = max(rate, found.get(pressor.drug, 0.0))
    return found or ({"vasopressin": 0.0} if unnamed else {})


def _use(rates: dict[str, float], listed: list[Pressor], age_y: float | None) -> VasopressorUse:
    if not rates:
        return VasopressorUse()
    because, flags = _high_rows(rates), []
    if set(rates) == {"vasopressin"}:
        because = ("dose_vasopressin_alone",)
        flags.append("VASOPRESSIN_ALONE")
    high = bool(because) and because != ("dose_vasopressin_alone",)
    if high and any(pressor.given is not False and pressor.hours is None for pressor in listed):
        flags.append("DURATION_UNKNOWN")
    if "other" in rates:
        flags.append("NO_EQUIVALENT")
    if age_y is not None and age_y < 18:
        flags.append("PEDS_DOSE")
    return VasopressorUse(
        count=min(2, len(rates)),
        other_than_vasopressin=min(2, len(set(rates) - {"vasopressin"})),
        high_dose=high,
        because=because or ("dose_not_high",),
        flags=tuple(flags),
    )


def _high_rows(rates: Mapping[str, float]) -> tuple[str, ...]:
    """Return the rows of a high dose that are reached; a drug high by itself stays so."""
    known = {drug: rates.get(drug, 0.0) for drug in HIGH_ALONE}
    rows = [f"dose_{drug}" for drug, high in HIGH_ALONE.items() if known[drug] >= high - SLACK]
    equivalent = convert_norepinephrine_equivalent(**known)
    equivalent += sum(rate for drug, rate in rates.items() if drug not in OWN_UNIT)
    if "vasopressin" in rates and equivalent >= HIGH_WITH_VASOPRESSIN - SLACK:
        rows.append("dose_with_vasopressin")
    if len(set(rates) - {"vasopressin"}) > 1 and equivalent >= HIGH_COMBINED - SLACK:
        rows.append("dose_combined")
    if not rows and equivalent == inf:
        rows.append("dose_combined")
    return tuple(rows)


def _missing(listed: list[Pressor], weight_kg: float | None) -> tuple[str, ...]:
    names: list[str] = []
    for pressor in listed:
        if pressor.given is False:
            continue
        if pressor.given is None:
            names.append("pressors.given")
        if pressor.drug is None:
            names.append("pressors.drug")
        elif pressor.rate is None and pressor.drug != "vasopressin":
            names.append("pressors.rate")
        elif weight_kg is None and convert_vasopressor_rate(pressor) is None:
            names.append("weight_kg" if pressor.drug in OWN_UNIT else "pressors.rate")
    return tuple(dict.fromkeys(names))


def classify_vasopressor_dose(
    pressors: tuple[Pressor, ...] | None,
    *,
    weight_kg: float | None = None,
    age_y: float | None = None,
) -> VasopressorDose:
    """Decide whether the vasopressors of a day are a high dose.

    Rule
    ----
    ===========================================  ==========================================
    vasopressors                                 high dose
    ===========================================  ==========================================
    norepinephrine                               from 20 ug/min
    dopamine                                     from 10 ug/kg/min
    phenylephrine                                from 200 ug/min
    epinephrine                                  from 10 ug/min
    vasopressin with others                      from a norepinephrine equivalent of
                                                 10 ug/min
    a combination without vasopressin            from a norepinephrine equivalent of
                                                 20 ug/min
    vasopressin alone                            never
    ===========================================  ==========================================

    Parameters
    ----------
    pressors : tuple of Pressor or None
        Those given; a drug that is not listed was not given. None if it is not known.
    weight_kg : float or None
        Body weight [kg].
    age_y : float or None
        Age [years].

    Returns
    -------
    VasopressorDose

    Raises
    ------
    ArgumentError
        If a drug or unit is none of the words, a rate has no unit or one its drug cannot have, or a
        number is impossible.

    Notes
    -----
    A rate held for less than 3 hours does not count; one of unknown duration counts and is flagged
    ``DURATION_UNKNOWN`` where it decides. A drug that is a high dose by itself stays one when
    another is added, so that more treatment never lowers a grade: a convention of this package.
    The cut-offs are those of adults: flag ``PEDS_DOSE`` below 18 years. Source: [lee2014],
    [russell2008]. Checked against `tests/spec/test_vasopressors.py`.

    Examples
    --------
    >>> classify_vasopressor_dose((Pressor(drug="norepinephrine", rate=25, unit="ug/min"),)).because
    ('dose_norepinephrine',)
    """
    impossible = classify_impossible_pressors(pressors, weight_kg=weight_kg)
    if impossible or (weight_kg is not None and not 2 <= weight_kg <= 300):
        raise ArgumentError("`pressors` and `weight_kg` must be possible.")
    span = classify_vasopressor_use(pressors, weight_kg=weight_kg, age_y=age_y)
    known = span.least.high_dose == span.most.high_dose
    equivalent = _equivalent(pressors, weight_kg)
    return VasopressorDose(
        high_dose=span.least.high_dose if known else None,
        equivalent_ug_min=equivalent,
        equivalent_ug_kg_min=(
            None if equivalent is None or weight_kg is None else equivalent / weight_kg
        ),
        because=span.least.because if known else (),
        missing=() if known else span.missing,
        flags=span.least.flags,
    )


def _equivalent(pressors: Iterable[Pressor] | None, weight_kg: float | None) -> float | None:
    if pressors is None:
        return None
    rates: dict[str, float] = {}
    for pressor in (_settled(pressor) for pressor in pressors):
        if pressor.given is False or (pressor.given and pressor.drug == "vasopressin"):
            continue
        rate = convert_vasopressor_rate(pressor, weight_kg=weight_kg)
        drug = pressor.drug
        if rate is None or not pressor.given or drug is None or drug not in HIGH_ALONE:
            return None
        rates[drug] = max(rate, rates.get(drug, 0.0))
    return convert_norepinephrine_equivalent(**rates)


def classify_impossible_pressors(
    pressors: tuple[Pressor, ...] | None, *, weight_kg: float | None = None
) -> tuple[str, ...]:
    """Return what is impossible among vasopressors.

    Rule
    ----
    ===============================  ===========================
    number                           impossible
    ===============================  ===========================
    a rate                           negative or not finite
    norepinephrine                   above 300 ug/min
    hours                            negative or not finite
    ===============================  ===========================

    Parameters
    ----------
    pressors : tuple of Pressor or None
        Vasopressors of a day.
    weight_kg : float or None
        Body weight [kg].

    Returns
    -------
    tuple of str
        ``pressors`` or nothing.

    Raises
    ------
    ArgumentError
        If a drug or unit is none of the words.

    Notes
    -----
    Source: [house], limits of plausibility.

    Examples
    --------
    >>> classify_impossible_pressors((Pressor(drug="dopamine", rate=-1, unit="ug/kg/min"),))
    ('pressors',)
    """
    for pressor in pressors or ():
        if pressor.drug is not None and pressor.drug not in DRUGS:
            raise ArgumentError(f"`drug` must be one of {', '.join(DRUGS)}.")
        if pressor.unit not in {None, "ug/min", "ug/kg/min", "mg/h", "U/min", "U/h"}:
            raise ArgumentError("`unit` must be ug/min, ug/kg/min, mg/h, U/min or U/h.")
        if any(
            n is not None and not (isfinite(n) and n >= 0) for n in (pressor.rate, pressor.hours)
        ):
            return ("pressors",)
        rate = convert_vasopressor_rate(pressor, weight_kg=weight_kg)
        if pressor.drug == "norepinephrine" and (rate or 0.0) > MOST_NOREPINEPHRINE:
            return ("pressors",)
    return ()
