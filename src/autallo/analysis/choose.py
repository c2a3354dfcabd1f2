"""Which method for which comparison at which size, and the sentence that says why.

The limits below are where a method's type I error was measured to hold (decision record 0010);
an exact method is taken wherever it can be computed, because it holds at every size.
"""

from dataclasses import dataclass

__all__ = [
    "EXACT_LOGRANK_UP_TO",
    "EXACT_RANKS_UP_TO",
    "PERMUTATION_UP_TO",
    "Choice",
    "choose_gray_test",
    "choose_logrank_test",
    "choose_rank_test",
    "choose_table_test",
]

#: Largest number of patients for which all arrangements are enumerated.
EXACT_LOGRANK_UP_TO = 40
#: Largest number of patients for which the exact rank distribution is computed.
EXACT_RANKS_UP_TO = 200
#: Up to this many patients log-rank and Gray tests run over random permutations.
PERMUTATION_UP_TO = 200
DRAWS = 100_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A method by its key in `model.methods`, and why it was taken."""

    method: str
    why: str


def choose_table_test(rows: int, columns: int) -> Choice:
    """Choose the test of a table of counts: always exact."""
    if rows == 2 and columns == 2:
        why = "Exact at every size; chi-square approximations fail with small expected counts."
        return Choice("fisher_exact", why)
    why = "Exact at every size; the chi-square approximation needs larger expected counts."
    return Choice("freeman_halton", why)


def choose_rank_test(n: int) -> Choice:
    """Choose the form of the Mann-Whitney test for so many patients."""
    if n <= EXACT_RANKS_UP_TO:
        why = f"{n} patients: the exact distribution, ties included, can be computed."
        return Choice("mann_whitney_exact", why)
    why = f"{n} patients: the normal approximation with tie correction holds its level."
    return Choice("mann_whitney_asymptotic", why)


def choose_logrank_test(n: int, *, unequal_follow_up: bool = False) -> Choice:
    """Choose the form of the log-rank test for so many patients in two groups."""
    if unequal_follow_up and n <= PERMUTATION_UP_TO:
        why = (
            f"{n} patients whose follow-up differs between the groups: relabelling them as they "
            "are would compare the follow-up too, so what was censored is imputed in each draw."
        )
        return Choice("logrank_imputation", why)
    if n <= EXACT_LOGRANK_UP_TO:
        why = (
            f"{n} patients: all arrangements can be enumerated, and the asymptotic log-rank test "
            "exceeds its level in groups of this size."
        )
        return Choice("logrank_exact", why)
    if n <= PERMUTATION_UP_TO:
        why = (
            f"{n} patients: {DRAWS:,} random permutations, because the asymptotic log-rank test "
            "still exceeds its level slightly in groups of this size."
        )
        return Choice("logrank_monte_carlo", why)
    why = f"{n} patients: the asymptotic log-rank test holds its level."
    return Choice("logrank", why)


def choose_gray_test(n: int) -> Choice:
    """Choose the form of Gray's test for so many patients in two groups."""
    if n <= PERMUTATION_UP_TO:
        why = (
            f"{n} patients: permutations, all of them where they are few; the asymptotic test is "
            "relied on only in larger groups."
        )
        return Choice("gray_permutation", why)
    return Choice("gray", f"{n} patients: Gray's test holds its level.")
