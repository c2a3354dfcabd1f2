"""Samples of infused cells sorted into series, before any number is estimated from them.

Which belong together, which are below the limit and what that counts as, and where the series of
an infusion ends. Peak, area, half-lives, persistence, return and loss of cells are estimated in
`stats.kinetics` from the series made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.errors import ArgumentError

__all__ = [
    "CRITERIA",
    "CellSample",
    "Position",
    "SampleSeries",
    "SeriesEnd",
    "classify_positions",
    "classify_samples",
    "classify_series_end",
    "convert_copies_to_copies_per_cell",
    "convert_flow_to_cells_per_ul",
    "convert_peak_for_logarithm",
]

Unit = Literal["copies_per_ug", "cells_per_ul", "pct_of_cd3"]
Matrix = Literal["blood", "marrow"]
Position = Literal[
    "before_infusion", "quantifiable", "replicate", "leading", "middle", "trailing", "later", "all"
]
UNITS, MATRICES = ("copies_per_ug", "cells_per_ul", "pct_of_cd3"), ("blood", "marrow")
#: Genomes of two sets of chromosomes in a microgram of human DNA: 1e6 pg over 6.6 pg.
GENOMES_PER_UG = 1e6 / 6.6
#: Samples nearer to each other than this many days are replicates.
SAME_TIME = 1e-6

CRITERIA = tuple(
    Criterion(scale="below_limit", key=key, grade=None, words=words, source=source,
              evidence=evidence)
    for key, words, source, evidence in (
        ("leading", "before the first quantifiable sample: 0", "denney2015", "V"),
        ("middle", "between quantifiable samples: not used", "denney2015", "V"),
        ("trailing", "the first after the last quantifiable sample: 0", "house", "D"),
        ("later", "after that one: not used", "house", "D"),
        ("all", ("nothing quantifiable: peak 0, no day of peak, no area; for logarithms half the"
                " limit"), "house", "D"),
        ("before_infusion", "before the infusion: level 0 on day 0", "house", "D"),
        ("replicate", "another sample of the same time is quantifiable: not used", "house", "D"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSample:
    """One measurement of infused cells.

    Attributes
    ----------
    day : float
        Actual day from the infusion, fractions allowed; 0 and before: drawn before it.
    unit : {"copies_per_ug", "cells_per_ul", "pct_of_cd3"}
        What was measured: gene copies in 1 µg of DNA, cells in 1 µL, or share of T cells [%].
    matrix : {"blood", "marrow"}
        Where.
    value : float or None
        The level; None: not reported.
    below_limit : bool or None
        Whether the laboratory reported "below the limit of quantification"; None: told by `value`.
    limit : float or None
        Lower limit of quantification of the assay, in the unit of `value`.
    """

    day: float
    unit: Unit
    matrix: Matrix = "blood"
    value: float | None = None
    below_limit: bool | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class SampleSeries:
    """The samples of one assay in one tissue, by day.

    Attributes
    ----------
    matrix, unit : str
        Where and what.
    day, value : tuple of float
        Day and level; 0 where below the limit.
    below : tuple of bool
        Whether the level is below the limit.
    limit : tuple of float, or None
        Limit of each sample; None unless every sample has one.
    position : tuple of str
        Where each sample stands: see `classify_positions`.
    left_out : int
        Samples without a level that are not known to be below the limit.
    """

    matrix: Matrix
    unit: Unit
    day: tuple[float, ...]
    value: tuple[float, ...]
    below: tuple[bool, ...]
    limit: tuple[float, ...] | None
    position: tuple[Position, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class SeriesEnd:
    """Where the series of one infusion ends.

    Attributes
    ----------
    day : float or None
        Last day that belongs to the infusion; None if nothing ends it.
    reason : {"next_infusion", "transplant"} or None
        What ends it.
    """

    day: float | None
    reason: Literal["next_infusion", "transplant"] | None


def classify_samples(samples: Sequence[CellSample]) -> tuple[SampleSeries, ...]:
    """Sort samples of infused cells into series that may be joined by a curve.

    Rule
    ----
    ==============================================  =====================================
    samples                                         belong
    ==============================================  =====================================
    of blood and of marrow                          to different series
    of gene copies, of cells, and of a share        to different series
    marked below the limit, of level 0, or of a     below the limit
    level under the limit of the assay
    without a level, not marked                     nowhere: counted as left out
    ==============================================  =====================================

    Parameters
    ----------
    samples : sequence of CellSample
        Of one patient and one infusion, in any order.

    Returns
    -------
    tuple of SampleSeries
        Blood before marrow, copies before cells before shares; by day within each.

    Raises
    ------
    ArgumentError
        If a day is not finite, a level below 0, a share above 100, a limit not above 0, a word
        unknown, or a sample marked below the limit has a level above it.

    Notes
    -----
    A level equal to the limit is quantifiable. `stats.kinetics.series.kinetic_series` takes
    day, value, below and limit as they stand and merges replicates.
    Source: [denney2015] for the positions, [house] for the rest. Checked against the vectors of
    `tests/spec/test_expansion.py`.

    Examples
    --------
    >>> listed = [CellSample(day=7, unit="copies_per_ug", value=20, limit=50),
    ...           CellSample(day=10, unit="copies_per_ug", value=5000, limit=50)]
    >>> classify_samples(listed)[0].position
    ('leading', 'quantifiable')
    """
    for one in samples:
        _check(one)
    found = []
    for matrix in MATRICES:
        for unit in UNITS:
            chosen = [one for one in samples if (one.matrix, one.unit) == (matrix, unit)]
            if chosen:
                found.append(_series(chosen))
    return tuple(found)


def _check(one: CellSample) -> None:
    if one.unit not in UNITS or one.matrix not in MATRICES:
        raise ArgumentError(f"`unit` must be one of {UNITS}, `matrix` one of {MATRICES}.")
    if not isfinite(one.day):
        raise ArgumentError("`day` must be finite.")
    highest = 100.0 if one.unit == "pct_of_cd3" else float("inf")
    if one.value is not None and not (0 <= one.value <= highest and isfinite(one.value)):
        raise ArgumentError("`value` must be at least 0, and a share at most 100.")
    if one.limit is not None and not (isfinite(one.limit) and one.limit > 0):
        raise ArgumentError("`limit` must be above 0.")
    marked = one.below_limit and one.value is not None and one.limit is not None
    if marked and (one.value or 0) > (one.limit or 0):
        raise ArgumentError("`value` must not be above `limit` where `below_limit` is true.")


def _series(chosen: list[CellSample]) -> SampleSeries:
    known = [one for one in chosen if one.value is not None or one.below_limit]
    known.sort(key=lambda one: (one.day, one.value or 0.0, one.limit or 0.0))
    below = [_is_below(one) for one in known]
    limits = [one.limit for one in known if one.limit is not None]
    days = tuple(float(one.day) for one in known)
    return SampleSeries(
        matrix=chosen[0].matrix,
        unit=chosen[0].unit,
        day=days,
        value=tuple(
            0.0 if low else float(one.value or 0) for one, low in zip(known, below, strict=True)
        ),
        below=tuple(below),
        limit=tuple(map(float, limits)) if limits and len(limits) == len(known) else None,
        position=classify_positions(days, below),
        left_out=len(chosen) - len(known),
    )


def _is_below(one: CellSample) -> bool:
    if one.below_limit or not one.value:
        return True
    return one.limit is not None and one.value < one.limit


def classify_positions(day: Sequence[float], below: Sequence[bool]) -> tuple[Position, ...]:
    """Decide what each sample below the limit is by its place among the quantifiable ones.

    Rule
    ----
    ==================  =================================================  ======================
    position            sample below the limit                             counts as
    ==================  =================================================  ======================
    before_infusion     on day 0 or before (quantifiable or not)           level on day 0
    leading             before the first quantifiable sample after day 0   0
    middle              between quantifiable samples                       nothing
    trailing            the first after the last quantifiable one          0
    later               after that one                                     nothing
    all                 nothing is quantifiable after day 0                peak 0
    replicate           another of the same time is quantifiable           nothing
    quantifiable        no: it is not below the limit                      itself
    ==================  =================================================  ======================

    Parameters
    ----------
    day : sequence of float
        Days from the infusion, in any order.
    below : sequence of bool
        Whether the sample is below the limit.

    Returns
    -------
    tuple of str
        Position of each sample, in the order given.

    Raises
    ------
    ArgumentError
        If the two differ in length.

    Notes
    -----
    What each counts as is the default of `stats.kinetics`, which knows alternatives for leading,
    middle and trailing samples. Replicates that are all below the limit share one position.
    Source: [denney2015]; trailing samples [house]. Checked against the vectors of
    `tests/spec/test_expansion.py` and, by laws, against the areas of `stats.kinetics`.

    Examples
    --------
    >>> classify_positions([0, 7, 10, 14, 28, 60], [True, True, False, True, False, True])
    ('before_infusion', 'leading', 'quantifiable', 'middle', 'quantifiable', 'trailing')
    """
    if len(day) != len(below):
        raise ArgumentError("`day` and `below` must have the same length.")
    seen = [one for one, low in zip(day, below, strict=True) if not low and one > 0]
    low_days = sorted(one for one, low in zip(day, below, strict=True) if low)
    after = [one for one in low_days if seen and one > max(seen) + SAME_TIME]
    first_after = after[0] if after else None
    return tuple(
        _position(one, low, seen=seen, first_after=first_after)
        for one, low in zip(day, below, strict=True)
    )


def _position(
    day: float,
    low: bool,  # noqa: FBT001
    *,
    seen: list[float],
    first_after: float | None,
) -> Position:
    if day <= 0:
        return "before_infusion"
    if not low:
        return "quantifiable"
    if not seen:
        return "all"
    if any(abs(day - one) <= SAME_TIME for one in seen):
        return "replicate"
    if day < min(seen):
        return "leading"
    if first_after is None or day < first_after:
        return "middle"
    return "trailing" if day <= first_after + SAME_TIME else "later"


def classify_series_end(
    *, next_infusion_day: float | None = None, conditioning_day: float | None = None
) -> SeriesEnd:
    """Decide where the series of one infusion ends.

    Rule
    ----
    ==========================================  ======================================
    what follows                                the series
    ==========================================  ======================================
    another infusion of such cells              ends with the sample of that day,
                                                drawn before it
    conditioning for an allogeneic transplant   the same
    both                                        ends with the first of them
    steroids or tocilizumab                     goes on
    ==========================================  ======================================

    Parameters
    ----------
    next_infusion_day, conditioning_day : float or None
        Days from the infusion, above 0; None: there was none.

    Returns
    -------
    SeriesEnd

    Raises
    ------
    ArgumentError
        If a day is not after the infusion.

    Notes
    -----
    The day is the `end` of `stats.kinetics.series.kinetic_series`. On the same day the infusion is
    named. Source: [house] rule. Checked against `tests/spec/test_expansion.py`.

    Examples
    --------
    >>> classify_series_end(next_infusion_day=120, conditioning_day=90)
    SeriesEnd(day=90.0, reason='transplant')
    """
    given = [day for day in (next_infusion_day, conditioning_day) if day is not None]
    if not given:
        return SeriesEnd(None, None)
    if not all(isfinite(day) and day > 0 for day in given):
        raise ArgumentError("Next infusion and conditioning must come after day 0.")
    end = min(given)
    return SeriesEnd(float(end), "next_infusion" if next_infusion_day == end else "transplant")


def convert_flow_to_cells_per_ul(
    car_pct_of_cd3: float, *, cd3_pct: float, lymphocytes_1e9_l: float
) -> float:
    """Convert shares of flow cytometry to CAR T cells per microlitre.

    Rule
    ----
    ==========================  =====================================================
    number                      from
    ==========================  =====================================================
    T cells per µL              share of lymphocytes * lymphocytes (10^9/L) * 1000
    CAR T cells per µL          share of T cells * T cells per µL
    ==========================  =====================================================

    Parameters
    ----------
    car_pct_of_cd3 : float
        CAR T cells among T cells, 0 to 100 [%].
    cd3_pct : float
        T cells among lymphocytes, 0 to 100 [%].
    lymphocytes_1e9_l : float
        Lymphocytes, at least 0 [10^9/L].

    Returns
    -------
    float
        CAR T cells [per µL].

    Raises
    ------
    ArgumentError
        If a share is not a percentage, or the lymphocytes are below 0.

    Notes
    -----
    Source: [house] arithmetic. Checked against `tests/spec/test_expansion.py`.

    Examples
    --------
    >>> convert_flow_to_cells_per_ul(12, cd3_pct=75, lymphocytes_1e9_l=2.0)
    180.0
    """
    if not (0 <= car_pct_of_cd3 <= 100 and 0 <= cd3_pct <= 100):
        raise ArgumentError("`car_pct_of_cd3` and `cd3_pct` must be between 0 and 100.")
    if not (isfinite(lymphocytes_1e9_l) and lymphocytes_1e9_l >= 0):
        raise ArgumentError("`lymphocytes_1e9_l` must be at least 0.")
    return car_pct_of_cd3 * cd3_pct * lymphocytes_1e9_l * 1000 / 10_000


def convert_copies_to_copies_per_cell(copies_per_ug: float) -> float:
    """Convert copies of the transgene in a microgram of DNA to copies in a cell.

    Rule
    ----
    ==========================================  ==================================
    number                                      from
    ==========================================  ==================================
    cells in 1 µg of DNA                        1e6 pg / 6.6 pg = 151,515
    copies per cell                             copies per µg / 151,515
    ==========================================  ==================================

    Parameters
    ----------
    copies_per_ug : float
        Copies in 1 µg of DNA, at least 0.

    Returns
    -------
    float
        Copies per cell of the sample, with and without the transgene.

    Raises
    ------
    ArgumentError
        If the copies are below 0.

    Notes
    -----
    To become a share of cells it needs the number of copies in a cell of the product. The weight
    of the genome was written from memory and is to be checked before it is published.
    Source: [house] arithmetic. Checked against `tests/spec/test_expansion.py`.

    Examples
    --------
    >>> round(convert_copies_to_copies_per_cell(30_000), 3)
    0.198
    """
    if not (isfinite(copies_per_ug) and copies_per_ug >= 0):
        raise ArgumentError("`copies_per_ug` must be at least 0.")
    return copies_per_ug / GENOMES_PER_UG


def convert_peak_for_logarithm(peak: float, *, limit: float | None) -> float | None:
    """Convert a peak to a number above 0, for analysis on the logarithmic scale.

    Rule
    ----
    ==================================  ==================
    peak                                number
    ==================================  ==================
    above 0                             the peak
    0, so never quantifiable            half the limit
    0, and the limit is not known       none
    ==================================  ==================

    Parameters
    ----------
    peak : float
        Highest level, at least 0.
    limit : float or None
        Lower limit of quantification, above 0.

    Returns
    -------
    float or None

    Raises
    ------
    ArgumentError
        If the peak is below 0, or the limit not above 0.

    Notes
    -----
    Source: [house] rule; half the limit is M5 of [beal2001]. Checked against
    `tests/spec/test_expansion.py`.

    Examples
    --------
    >>> convert_peak_for_logarithm(0, limit=50), convert_peak_for_logarithm(800, limit=50)
    (25.0, 800.0)
    """
    if not (isfinite(peak) and peak >= 0):
        raise ArgumentError("`peak` must be at least 0.")
    if limit is not None and not (isfinite(limit) and limit > 0):
        raise ArgumentError("`limit` must be above 0.")
    if peak > 0:
        return float(peak)
    return None if limit is None else limit / 2
