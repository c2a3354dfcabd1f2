"""Sample sizes and powers of a comparison of two risks that were printed."""

import math

from autallo.stats.design.normal_proportions import (
    normal_proportions_power,
    normal_proportions_sample_size,
)


def test_the_table_of_fleiss():
    """Statistical Methods for Rates and Proportions: 60 % against 70 %, level 0.01, power 0.95."""
    found = normal_proportions_sample_size(0.6, 0.7, power=0.95, alpha=0.01)
    assert math.ceil(found.corrected_n_x) == 827


def test_the_examples_of_the_manual_of_r():
    """power.prop.test: what the comments of its examples print."""
    assert round(normal_proportions_power(50, 50, 0.5, 0.75).power, 3) == 0.740
    assert round(normal_proportions_power(50, 50, 0.5, 0.8026).power, 3) == 0.900
    assert round(normal_proportions_power(50, 50, 0.5, 0.9, alpha=0.00131).power, 3) == 0.900
    assert round(normal_proportions_sample_size(0.5, 0.75, power=0.9).n_x, 1) == 76.7
    assert round(normal_proportions_sample_size(0.9, 1.0).n_x, 2) == 73.37
    tiny = normal_proportions_sample_size(0.5, 0.501, power=0.9, alpha=0.001)
    assert round(tiny.n_x) == 10451937
