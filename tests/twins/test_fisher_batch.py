"""Twin of the batch: a plain loop over the tables and over all first cells."""

from fractions import Fraction
from math import comb

import numpy as np

from autallo.stats.contingency.fisher_batch import fisher_batch_test


def p_value(a, b, c, d):
    ways = {
        k: comb(a + b, k) * comb(c + d, a + c - k)
        for k in range(max(0, a - d), min(a + b, a + c) + 1)
    }
    return float(Fraction(sum(way for way in ways.values() if way <= ways[a]), sum(ways.values())))


def test_every_table_of_6_against_5_patients_and_studies_of_all_sizes():
    small = [(a, 6 - a, c, 5 - c) for a in range(7) for c in range(6)]
    drawn = np.random.default_rng(5).integers(0, 30, (300, 4)).tolist()
    tables = np.array(small + drawn + small).reshape(-1, 2, 2)
    expected = [p_value(*cells) for cells in small + drawn + small]
    assert fisher_batch_test(tables).p_value.tolist() == expected
