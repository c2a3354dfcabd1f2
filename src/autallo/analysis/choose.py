"""Which method for which comparison, and the sentence that says why.

Methods are tried in this order: exact, permutation, imputation-permutation where follow-up
differs, asymptotic. The first is taken whose p was 0.05 or less in at most 5.5% of the simulated
studies like the comparison in which nothing differed (`analysis.measured`). If none is, there is no
p (decision 0010). The profile `ezr` names the method that EZR uses, whatever it was measured to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from autallo.analysis.measured import Setting, measured_size
from autallo.analysis.topic import Profile

__all__ = [
    "AS_EZR",
    "DRAWS",
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
#: Below this size of each group R, and so EZR, has the exact test of ranks without ties.
R_EXACT_BELOW = 50
AS_EZR = "The study file asks for what EZR gives (profile ezr)."
#: The level, and by how much a measured size may exceed it.
ALPHA, TOLERATED = 0.05, 0.005


@dataclass(frozen=True, slots=True)
class Choice:
    """A method by its key in `model.methods`, None if none is valid, and why."""

    method: str | None
    why: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A method, the name it was measured under, and what speaks for it."""

    method: str
    measured: str
    reason: str


def choose_table_test(
    rows: int, columns: int, setting: Setting, profile: Profile = "default"
) -> Choice:
    """Choose the test of a table of counts: always exact, which EZR gives too."""
    if profile == "ezr":
        return Choice("fisher_exact" if (rows, columns) == (2, 2) else "freeman_halton", AS_EZR)
    if (rows, columns) != (2, 2):
        why = "Exact at every size; the chi-square approximation needs larger expected counts."
        return Choice("freeman_halton", why)
    exact = _Candidate("fisher_exact", "fisher_exact", "exact at every size")
    return _first_valid("tables", setting, [exact], asymptotic="chi_squared")


def choose_rank_test(setting: Setting, profile: Profile = "default") -> Choice:
    """Choose the form of the Mann-Whitney test."""
    if profile == "ezr":
        small = max(setting.first, setting.second) < R_EXACT_BELOW
        exactly = small and setting.tied == 0
        return Choice("mann_whitney_exact" if exactly else "mann_whitney_corrected", AS_EZR)
    exact = _Candidate(
        "mann_whitney_exact",
        "mann_whitney_exact",
        "the exact distribution, ties included, can be computed",
    )
    normal = _Candidate(
        "mann_whitney_asymptotic",
        "mann_whitney",
        "the normal approximation with correction for ties holds its level",
    )
    candidates = [exact, normal] if setting.patients <= EXACT_RANKS_UP_TO else [normal]
    return _first_valid("values", setting, candidates, asymptotic="mann_whitney")


def choose_logrank_test(setting: Setting, profile: Profile = "default") -> Choice:
    """Choose the form of the log-rank test."""
    if profile == "ezr":
        return Choice("logrank", AS_EZR)
    candidates = list(_logrank_tests(setting))
    return _first_valid("survival", setting, candidates, asymptotic="logrank")


def choose_gray_test(setting: Setting, profile: Profile = "default") -> Choice:
    """Choose the form of Gray's test."""
    if profile == "ezr":
        return Choice("gray", AS_EZR)
    permuted = _Candidate(
        "gray_permutation", "gray_permutation", "permutations, all of them where they are few"
    )
    plain = _Candidate("gray", "gray", "the asymptotic test holds its level")
    candidates = [permuted, plain] if setting.patients <= PERMUTATION_UP_TO else [plain]
    return _first_valid("incidence", setting, candidates, asymptotic="gray")


def _logrank_tests(setting: Setting) -> Iterator[_Candidate]:
    measured = "logrank_permutation"
    if setting.patients <= EXACT_LOGRANK_UP_TO:
        yield _Candidate("logrank_exact", measured, "all arrangements can be enumerated")
    elif setting.patients <= PERMUTATION_UP_TO:
        yield _Candidate("logrank_monte_carlo", measured, f"{DRAWS:,} random permutations")
    if setting.censored_sooner != "neither" and setting.patients <= PERMUTATION_UP_TO:
        yield _Candidate(
            "logrank_imputation",
            "logrank_imputation",
            "follow-up differs between the groups, and relabelling the patients as they are would "
            "compare the follow-up too, so what was censored is imputed in each draw",
        )
    yield _Candidate("logrank", "logrank", "the asymptotic test holds its level")


def _first_valid(
    kind: str, setting: Setting, candidates: list[_Candidate], *, asymptotic: str
) -> Choice:
    """Return the first candidate that holds its level in studies like this one."""
    who = f"{setting.patients} patients"
    conventional = measured_size(kind, asymptotic, setting)
    failed = []
    for candidate in candidates:
        size = measured_size(kind, candidate.measured, setting)
        if size is not None and size <= ALPHA + TOLERATED:
            beside = ""
            if candidate.measured != asymptotic and conventional is not None:
                beside = f", asymptotically in {conventional:.1%}"
            return Choice(
                candidate.method,
                f"{who}: {candidate.reason}. In simulated studies like this one without any "
                f"difference, p was 0.05 or less in {size:.1%}{beside}.",
            )
        failed.append(f"{candidate.method.replace('_', ' ')} {size or 0:.1%}")
    return Choice(
        None,
        f"{who}: in simulated studies like this one without any difference every test gave p of "
        f"0.05 or less too often ({', '.join(failed)}), so none is given.",
    )
