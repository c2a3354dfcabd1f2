"""Products of factorials, which tell the probabilities of tables apart without rounding."""

from functools import cache
from hashlib import blake2b
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
#: Logarithms nearer than this, times the patients in thousands, are compared as whole numbers.
SLACK = 1e-9


def log_slack(patients: int) -> float:
    """Return how near logarithms of probabilities of so many patients may lie, but be unequal."""
    return SLACK * max(1.0, patients / 1000)


def product_of_factorials(counts: NDArray[np.int64]) -> int:
    """Return the product of the factorials of all counts."""
    return prod(map(factorial, counts.ravel().tolist()))


@cache
def factorial_keys(bits: int) -> Keys:
    """Return for each number of so many bits a fingerprint of the prime factors of its factorial.

    Each prime has a number of 64 bits; those of all prime factors are added, modulo 2 to the 64.
    So products of factorials have the sums of their keys, and equal products equal sums.
    """
    size = 2**bits
    keys = np.zeros(size, dtype=np.uint64)
    composite = np.zeros(size, dtype=np.bool_)
    for number in range(2, size):
        if composite[number]:
            continue
        composite[number::number] = True
        digest = blake2b(number.to_bytes(8, "little"), digest_size=8).digest()
        power = number
        while power < size:
            keys[power::power] += np.uint64(int.from_bytes(digest, "little"))
            power *= number
    return np.cumsum(keys, dtype=np.uint64)
