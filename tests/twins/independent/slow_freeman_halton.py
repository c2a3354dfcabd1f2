"""Freeman-Halton test by listing every table with the observed margins, in whole numbers.

Freeman, Halton, Biometrika 1951;38:141-149. Given its margins a table has the probability

    prod(row totals!) prod(column totals!) / (total! prod(cells!)),

and p adds the probabilities of all tables that are not more probable than the observed one.
"""

from fractions import Fraction
from math import factorial


def rows_of(total, room):
    """List every way to put `total` patients into cells that hold at most `room` each."""
    if len(room) == 1:
        return [[total]] if total <= room[0] else []
    ways = []
    for first in range(min(total, room[0]) + 1):
        ways += [[first, *rest] for rest in rows_of(total - first, room[1:])]
    return ways


def tables_with(row_totals, column_totals):
    """List every table with these margins, row after row."""
    if not row_totals:
        # Every patient of every column must have been placed.
        return [[]] if all(left == 0 for left in column_totals) else []
    tables = []
    for row in rows_of(row_totals[0], column_totals):
        left = [room - used for room, used in zip(column_totals, row, strict=True)]
        tables += [[row, *others] for others in tables_with(row_totals[1:], left)]
    return tables


def probability(table):
    """Give the probability of a table when its margins are known."""
    row_totals = [sum(row) for row in table]
    column_totals = [sum(column) for column in zip(*table, strict=True)]
    above = 1
    for total in row_totals + column_totals:
        above *= factorial(total)
    below = factorial(sum(row_totals))
    for row in table:
        for cell in row:
            below *= factorial(cell)
    return Fraction(above, below)


def freeman_halton_p(table):
    """Give the exact two-sided p, after a check that the probabilities add up to 1."""
    observed = probability(table)
    row_totals = [sum(row) for row in table]
    column_totals = [sum(column) for column in zip(*table, strict=True)]
    p_value = Fraction(0)
    everything = Fraction(0)
    for other in tables_with(row_totals, column_totals):
        chance = probability(other)
        everything += chance
        if chance <= observed:
            p_value += chance
    assert everything == 1
    return p_value
