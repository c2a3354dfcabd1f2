"""Rows in the order in which they leave the risk sets of the events.

A slot is a time at which somebody of a stratum has the event; the slots of all strata stand in one
line, stratum after stratum, in order of time. A row is at risk in a stretch of slots, `first` to
`last`. Rows that are at risk in no slot say nothing, and are left out like those of weight 0.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autallo.stats.cox.rows import BLOCK, Checked
from autallo.stats.cox.running_sums import Stretches, stretches

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]
Ties = Literal["efron", "breslow", "exact"]

#: Tables of times by strata up to this size, or this many times the rows, are kept whole.
SMALL_TABLE, TABLE_PER_ROW = 1_000_000, 4

#: Codes below this are sorted by counting.
COUNTED = 65_536


@dataclass(frozen=True, slots=True)
class Block:
    """Some neighbouring rows, all with the event or all without.

    Attributes
    ----------
    rows : slice
        The rows.
    with_event : bool
        Whether they have the event.
    start : ndarray of int, shape (k,)
        Where in the block the rows of a slot begin.
    slot : slice or ndarray of int, shape (k,)
        The slots, in which these rows are at risk for the last time.
    """

    rows: slice
    with_event: bool
    start: Integers
    slot: slice | Integers


@dataclass(frozen=True)
class Ordered:
    """Rows with the event by slot, then the others by the last slot in which they are at risk.

    Attributes
    ----------
    x1 : ndarray of float, shape (p + 1, m)
        A line of ones, then the covariates, centred and scaled.
    weight : ndarray of float, shape (m,), or None
        Weights, more than 0; None for 1.
    row : ndarray of int, shape (m,)
        Place of each row among those given.
    n_with_event : int
        So many rows have the event.
    first, last : ndarray of int, shape (m,)
        First and last slot in which each row is at risk.
    delayed : ndarray of int, shape (k,)
        Rows that are not yet at risk in the first slot of their stratum.
    stratum_start : ndarray of int, shape (s,)
        First slot of each stratum that has slots.
    event_start : ndarray of int, shape (d,)
        First row of each slot among those with the event.
    tied : ndarray of int, shape (d,)
        Events of each slot.
    mean_weight : ndarray of float, shape (d,)
        Mean weight of the events of each slot.
    staying_share : ndarray of float, shape (e,), or None
        Share of the tied events still counted as at risk when an event's turn comes; None if it
        is 1 for all.
    event_x : ndarray of float, shape (p, d)
        Weighted covariates of the events of each slot, summed.
    event_weight : float
        Weight of all events together.
    blocks : tuple of Block
        All rows, cut into blocks.
    slot_code, slot_stratum : ndarray of int, shape (d,)
        Code of the time, and stratum, of each slot.
    """

    x1: Floats
    weight: Floats | None
    row: Integers
    n_with_event: int
    first: Integers
    last: Integers
    delayed: Integers
    stratum_start: Integers
    event_start: Integers
    tied: Integers
    mean_weight: Floats
    staying_share: Floats | None
    event_x: Floats
    event_weight: float
    blocks: tuple[Block, ...]
    slot_code: Integers
    slot_stratum: Integers

    @property
    def x(self) -> Floats:
        """Covariates, shape (p, m)."""
        return self.x1[1:]

    @property
    def event_slot(self) -> Integers:
        """Slot of each row with the event."""
        return self.last[: self.n_with_event]

    @property
    def n_slots(self) -> int:
        """Number of slots."""
        return self.tied.size

    @cached_property
    def surviving(self) -> Stretches:
        """The slots that each row is at risk in and survives."""
        end = self.last.copy()
        end[: self.n_with_event] -= 1
        return stretches(self.first, end, self.n_slots)


def in_order(checked: Checked, ties: Ties) -> Ordered:
    """Put the rows in order."""
    first, last, slot_cell, stratum_start = _slots(checked)
    n_slots, n_codes = slot_cell.size, checked.moment.size
    order = _order(checked, first, last, n_slots)
    first, last = first[order], last[order]
    n_with_event = int(np.count_nonzero(checked.event))
    x1 = _standard_columns(checked, order)
    weight = None if checked.weight is None else checked.weight[order]
    tied = np.bincount(last[:n_with_event], minlength=n_slots)
    event_start = tied.cumsum() - tied
    of_events = x1[:, :n_with_event]
    if weight is not None:
        of_events = of_events * weight[:n_with_event]
    of_events = np.add.reduceat(of_events, event_start, axis=1)
    slot_stratum = slot_cell // n_codes
    begin = stratum_start[slot_stratum[first]]
    return Ordered(
        x1=x1,
        weight=weight,
        row=order,
        n_with_event=n_with_event,
        first=first,
        last=last,
        delayed=np.flatnonzero(first > begin),
        stratum_start=np.flatnonzero(stratum_start[slot_stratum] == np.arange(n_slots)),
        event_start=event_start,
        tied=tied,
        mean_weight=of_events[0] / tied,
        staying_share=_staying_share(tied, event_start) if ties == "efron" else None,
        event_x=of_events[1:],
        event_weight=float(of_events[0].sum()),
        blocks=tuple(_blocks(last, n_with_event)),
        slot_code=slot_cell % n_codes,
        slot_stratum=slot_stratum,
    )


def _order(checked: Checked, first: Integers, last: Integers, n_slots: int) -> Integers:
    """Return the rows that are at risk in any slot: events by slot, then others by last slot."""
    key = last + n_slots * ~checked.event
    if 2 * n_slots < COUNTED:
        order = key.astype(np.uint16).argsort(kind="stable")
    else:
        order = key.argsort(kind="stable")
    absent = first > last
    if checked.weight is not None:
        absent |= checked.weight == 0
    return order[~absent[order]] if absent.any() else order


def _standard_columns(checked: Checked, order: Integers) -> Floats:
    """Return a line of ones, and the covariates of the rows in order, centred and scaled."""
    x1 = np.empty((checked.scale.size + 1, order.size))
    x1[0] = 1.0
    centre, scale = checked.centre[:, None], checked.scale[:, None]
    for start in range(0, order.size, BLOCK):
        own = checked.covariates.values.take(order[start : start + BLOCK], axis=0)
        columns = x1[1:, start : start + BLOCK]
        np.subtract(own.T, centre, out=columns)
        columns /= scale
    return x1


def _slots(checked: Checked) -> tuple[Integers, Integers, Integers, Integers]:
    """Return first and last slot of each row, the cell of each slot, and where strata begin.

    A cell is a time of a stratum: the code of the time, after the cells of the strata before.
    """
    n_codes = checked.moment.size
    before = 0 if checked.stratum is None else checked.stratum * n_codes
    cell = checked.time + before
    n_cells = checked.n_strata * n_codes
    strata = np.arange(checked.n_strata)
    if n_cells <= max(SMALL_TABLE, TABLE_PER_ROW * cell.size):
        happened = np.zeros(n_cells + 1, dtype=np.bool_)
        happened[cell[checked.event] + 1] = True
        slot_cell = np.flatnonzero(happened[1:])
        count = happened.cumsum()  # slots before each cell
        after, begin = count[1:], count[strata * n_codes]
        last = after[cell] - 1
        entered = None if checked.entry is None else after[checked.entry + before]
    else:
        slot_cell = np.unique(cell[checked.event])
        begin = np.searchsorted(slot_cell, strata * n_codes)
        last = np.searchsorted(slot_cell, cell, side="right") - 1
        entered = (
            None
            if checked.entry is None
            else np.searchsorted(slot_cell, checked.entry + before, side="right")
        )
    if entered is not None:
        return entered, last, slot_cell, begin
    first = np.zeros_like(last) if checked.stratum is None else begin[checked.stratum]
    return first, last, slot_cell, begin


def _staying_share(tied: Integers, event_start: Integers) -> Floats | None:
    """Return, for the k-th of d tied events (from 0), 1 - k / d."""
    if tied.max() == 1:
        return None
    place = np.arange(int(tied.sum())) - np.repeat(event_start, tied)
    return np.asarray(1 - place / np.repeat(tied, tied), dtype=np.float64)


def _blocks(last: Integers, n_with_event: int) -> list[Block]:
    blocks = []
    for low, high, with_event in ((0, n_with_event, True), (n_with_event, last.size, False)):
        for start in range(low, high, BLOCK):
            own = last[start : min(start + BLOCK, high)]
            new = np.flatnonzero(own[1:] != own[:-1]) + 1
            begin = np.concatenate(([0], new))
            slot: slice | Integers = own[begin]
            if with_event:  # every slot has an event
                slot = slice(int(own[0]), int(own[-1]) + 1)
            blocks.append(Block(slice(start, start + own.size), with_event, begin, slot))
    return blocks
