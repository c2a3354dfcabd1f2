"""Twin of tables with shared margins: every deal of the outcome to the patients."""

from fractions import Fraction
from itertools import combinations

from autallo.stats.contingency.fisher import fisher_test, table_p_values


def dealt(row, other, column):
    counted = {}
    for events in combinations(range(row + other), column):
        inside = sum(patient < row for patient in events)
        counted[inside] = counted.get(inside, 0) + 1
    return counted


def test_every_table_of_7_against_5_patients():
    for column in range(13):
        counted = dealt(7, 5, column)
        total = sum(counted.values())
        tables = [(k, 7 - k, column - k, 5 - column + k) for k in sorted(counted)]
        for cells, shared in zip(tables, table_p_values(tables), strict=True):
            observed = counted[cells[0]]
            p_value = Fraction(sum(n for n in counted.values() if n <= observed), total)
            alone = fisher_test([cells[:2], cells[2:]])
            assert shared.p_value == alone.p_value == float(p_value)
            assert shared.smallest_p == alone.smallest_p <= alone.p_value
