"""Families of comparisons: the p-values of the univariate analysis, adjusted for how many they are.

Planned and unplanned comparisons never share a family.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from autallo.model.protocol import Protocol
from autallo.model.results import Estimate, Role
from autallo.stats.multiplicity.adjust import adjust_p_values

__all__ = ["adjust_families"]


def adjust_families(estimates: Sequence[Estimate], protocol: Protocol) -> Iterator[Estimate]:
    """Yield the adjusted p of every primary comparison of a factor, family by family.

    What could not be tested is not in the family, and is counted beside it.
    """
    method = protocol.study.adjustment
    if method == "none":
        return
    families: dict[tuple[str, bool], list[Estimate]] = {}
    for estimate in estimates:
        if estimate.analysis == "factor" and _is_chosen_test(estimate):
            families.setdefault(_family(estimate, protocol), []).append(estimate)
    for members in families.values():
        adjusted = adjust_p_values([member.value for member in members], method=method)
        counts = (
            ("family_size", float(adjusted.family)),
            ("untestable", float(adjusted.untestable)),
        )
        for member, p_value in zip(members, adjusted.p_value, strict=True):
            if p_value is not None:
                yield replace(
                    member,
                    measure="adjusted_p_value",
                    method=method,
                    value=p_value,
                    flags=(),
                    why=None,
                    details=counts,
                )


def _is_chosen_test(estimate: Estimate) -> bool:
    return estimate.measure == "p_value" and estimate.role is Role.PRIMARY


def _family(estimate: Estimate, protocol: Protocol) -> tuple[str, bool]:
    """Return the name of the family, and whether the comparison was planned."""
    assert estimate.subgroup is not None
    factor = protocol.factors[estimate.subgroup]
    planned = factor.planned and protocol.outcomes[estimate.outcome].planned
    return factor.family or "", planned
