"""The methods section: one sentence for each method that occurs in the results, with sources."""

from dataclasses import dataclass

from autallo.model.methods import METHODS
from autallo.model.references import REFERENCES
from autallo.model.results import Results, Role
from autallo.report.numbers import format_level

__all__ = ["MethodsText", "sentence_methods"]

#: The order in which a reader expects the methods; any other follows.
_PARAGRAPHS = (
    (
        "Description",
        (
            "count",
            "clopper_pearson",
            "quartiles",
            "geometric_mean",
            "standardised_difference",
            "reverse_kaplan_meier",
            "observed_follow_up",
        ),
    ),
    (
        "Comparison of proportions, grades and measurements",
        (
            "fisher_exact",
            "conditional_odds_ratio",
            "miettinen_nurminen",
            "boschloo",
            "fragility_index",
            "freeman_halton",
            "freeman_halton_monte_carlo",
            "mann_whitney_exact",
            "mann_whitney_asymptotic",
            "mann_whitney_corrected",
            "probability_of_superiority",
            "hodges_lehmann",
        ),
    ),
    (
        "Time to event and competing events",
        (
            "kaplan_meier",
            "beta_product",
            "logrank_exact",
            "logrank_monte_carlo",
            "logrank_imputation",
            "logrank",
            "cox_efron",
            "cox_breslow",
            "firth_cox",
            "cox_zph",
            "restricted_mean",
            "aalen_johansen",
            "gray_permutation",
            "gray",
            "fine_gray",
            "none_valid",
        ),
    ),
    (
        "Subgroups and models",
        (
            "zelen",
            "breslow_day",
            "interaction_cox",
            "interaction_linear",
            "multivariable_logistic",
            "multivariable_firth_logistic",
            "multivariable_linear",
            "multivariable_cox",
            "multivariable_firth_cox",
            "multivariable_fine_gray",
            "multivariable_logistic_wald",
            "multivariable_linear_plain",
            "multivariable_cox_breslow",
        ),
    ),
    (
        "Adjusted comparisons",
        (
            "overlap_weights",
            "inverse_probability_weights",
            "treated_weights",
            "entropy_weights",
            "weighted_risks",
            "weighted_means",
            "weighted_cox",
            "weighted_kaplan_meier",
            "weighted_aalen_johansen",
        ),
    ),
    ("Several comparisons", ("holm", "hochberg", "benjamini_hochberg")),
)


@dataclass(frozen=True, slots=True)
class MethodsText:
    """The methods in words.

    Attributes
    ----------
    paragraphs : tuple of (heading, text)
        Sentences with the numbers of their references in brackets.
    references : tuple of str
        The references in the order of their numbers, from 1.
    choices : tuple of (method, sentence)
        Why each method was chosen, once for each method and reason.
    """

    paragraphs: tuple[tuple[str, str], ...]
    references: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]


def sentence_methods(results: Results) -> MethodsText:
    """Return the methods that occur, in words, with numbered references."""
    used = {estimate.method for estimate in results.estimates}
    used |= {curve.method for curve in results.curves}
    listed = {key for _, keys in _PARAGRAPHS for key in keys}
    others = tuple(key for key in METHODS if key in used - listed)
    numbers: dict[str, int] = {}
    paragraphs = []
    for heading, keys in (*_PARAGRAPHS, ("Further methods", others)):
        sentences = [_cited(key, numbers) for key in keys if key in used]
        if sentences:
            paragraphs.append((heading, " ".join(sentences)))
    paragraphs.append(("Conventions", _conventions(results)))
    return MethodsText(
        paragraphs=tuple(paragraphs),
        references=tuple(REFERENCES[key] for key in numbers),
        choices=_choices(results),
    )


def _cited(key: str, numbers: dict[str, int]) -> str:
    """Return the sentence of a method with the numbers of its references before the stop."""
    method = METHODS[key]
    for reference in method.references:
        numbers.setdefault(reference, len(numbers) + 1)
    cited = ",".join(str(number) for number in sorted(numbers[r] for r in method.references))
    return f"{method.sentence[:-1]} [{cited}]." if cited else method.sentence


def _conventions(results: Results) -> str:
    level = format_level(results.card.level)
    sentences = [
        f"All p values are two-sided and intervals have a confidence level of {level}.",
        "A month has 30.4375 days.",
        "Patients with a missing value are left out of that analysis only, and counted.",
    ]
    if any(e.role is Role.CONVENTIONAL for e in results.estimates):
        sentences.append(
            "Where a conventional p stands beside p, p is the one to read; the conventional one "
            "makes the comparison with other papers possible."
        )
    versions = dict(results.provenance.versions)
    if "autallo" in versions:
        sentences.append(f"Computed with Autallo {versions['autallo']}.")
    return " ".join(sentences)


def _choices(results: Results) -> tuple[tuple[str, str], ...]:
    found = {
        (METHODS[estimate.method].name, estimate.why): None
        for estimate in results.estimates
        if estimate.why and estimate.value is not None
    }
    return tuple((f"{name[:1].upper()}{name[1:]}", why) for name, why in found)
