"""Which groups and pairs a table, a figure or a paragraph speaks of, and their numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autallo.model.results import Curve, Estimate, Results, Role, Sample, StudyCard

__all__ = ["EVERYBODY", "Scope"]

EVERYBODY = "all"
P_VALUES = ("p_value", "adjusted_p_value", "proportional_hazards")
#: What stands beside the first size of a difference.
BESIDE = {
    "cause_specific_hazard_ratio": "subdistribution_hazard_ratio",
    "restricted_mean_difference": "hazard_ratio",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The arms of the study, or the levels of one factor, with everything known about them.

    Attributes
    ----------
    results : Results
        The whole study.
    groups : tuple of str
        Arms or levels in the order of their columns.
    pairs : tuple of (first, second)
        Comparisons; the second group is the reference.
    outcomes : tuple of (id, kind)
        Outcomes in order.
    subgroup : str or None
        Id of the factor; None for the whole study.
    estimates : mapping of outcome to estimates
        The numbers of this scope.
    """

    results: Results
    groups: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...]
    subgroup: str | None
    estimates: Mapping[str, tuple[Estimate, ...]]

    @property
    def card(self) -> StudyCard:
        """The labels and definitions of the study."""
        return self.results.card

    def find(self, outcome: str, **wanted: object) -> Iterator[Estimate]:
        """Yield the estimates of an outcome whose fields equal all of those given."""
        for estimate in self.estimates.get(outcome, ()):
            if all(getattr(estimate, name) == value for name, value in wanted.items()):
                yield estimate

    def first(self, outcome: str, **wanted: object) -> Estimate | None:
        """Return the first such estimate, or None."""
        return next(self.find(outcome, **wanted), None)

    def compared(self, outcome: str, pair: tuple[str, str], role: Role) -> Estimate | None:
        """Return the p value of a pair in that role, or None."""
        group, versus = pair
        return self.first(outcome, group=group, versus=versus, measure="p_value", role=role)

    def effect(self, outcome: str, pair: tuple[str, str]) -> Estimate | None:
        """Return the size of the difference of a pair, or None."""
        group, versus = pair
        found = self.find(outcome, group=group, versus=versus)
        return next((e for e in found if e.measure not in P_VALUES), None)

    def beside(self, outcome: str, pair: tuple[str, str]) -> Estimate | None:
        """Return the second size of a difference, which stands beside the first; or None."""
        effect = self.effect(outcome, pair)
        measure = BESIDE.get(effect.measure) if effect is not None else None
        if measure is None:
            return None
        return self.first(outcome, group=pair[0], versus=pair[1], measure=measure)

    def adjusted(self, outcome: str, pair: tuple[str, str]) -> Estimate | None:
        """Return the p value of a pair adjusted for its family, or None."""
        group, versus = pair
        return self.first(outcome, group=group, versus=versus, measure="adjusted_p_value")

    def curves(self, outcome: str) -> tuple[Curve, ...]:
        """Return the curves of an outcome, in the order of the groups."""
        found = [
            curve
            for curve in self.results.curves
            if curve.outcome == outcome and curve.subgroup == self.subgroup
        ]
        return tuple(curve for group in self.groups for curve in found if curve.group == group)

    def samples(self, outcome: str) -> tuple[Sample, ...]:
        """Return the single values of an outcome, in the order of the groups."""
        found = {
            sample.group: sample
            for sample in self.results.samples
            if sample.outcome == outcome and sample.subgroup == self.subgroup
        }
        return tuple(found[group] for group in self.groups if group in found)

    def size(self, group: str) -> int | None:
        """Return the number of patients of a group: from the flow, else used and left out."""
        if self.subgroup is None and self.results.flow:
            last = self.results.flow[-1]
            sizes = dict(last.by_group) | {EVERYBODY: last.remaining}
            if group in sizes:
                return sizes[group]
        used = [
            estimate.n + sum(count for _, count in estimate.excluded)
            for estimates in self.estimates.values()
            for estimate in estimates
            if estimate.group == group and estimate.versus is None
        ]
        return max(used, default=None)

    def name(self, group: str) -> str:
        """Return the printed name of a group."""
        return "All patients" if group == EVERYBODY else self.card.labels.get(group, group)

    def quoted(self, group: str) -> str:
        """Return the name of an arm, or the level of a factor in quotation marks."""
        return self.name(group) if self.subgroup is None else f"“{self.name(group)}”"

    def among(self, group: str) -> str:
        """Return "with autoCAR", or for a factor "in the group “yes”"."""
        quoted = self.quoted(group)
        return f"with {quoted}" if self.subgroup is None else f"in the group {quoted}"

    def pair_name(self, pair: tuple[str, str]) -> str:
        """Return "RD-alloCAR v autoCAR"."""
        return f"{self.name(pair[0])} v {self.name(pair[1])}"

    def label(self, outcome: str) -> str:
        """Return the printed name of an outcome; an id gets spaces and a capital."""
        if outcome in self.card.labels:
            return self.card.labels[outcome]
        words = outcome.replace("_", " ")
        return words[:1].upper() + words[1:]

    def category_name(self, outcome: str, category: str) -> str:
        """Return the printed name of a category; a grade that is a number is called a grade."""
        graded = (outcome, "ordinal") in self.outcomes and category.isdigit()
        return self.card.labels.get(category, f"grade {category}" if graded else category)

    def categories(self, outcome: str) -> tuple[str, ...]:
        """Return the categories or causes of an outcome in the order they were written."""
        seen = (
            estimate.category
            for estimate in self.estimates.get(outcome, ())
            if estimate.versus is None
        )
        return tuple(dict.fromkeys(category for category in seen if category is not None))

    def days(self, outcome: str) -> tuple[float, ...]:
        """Return the days at which the curves of an outcome are read off."""
        seen = {estimate.at_days for estimate in self.estimates.get(outcome, ())}
        return tuple(sorted(day for day in seen if day is not None))

    @property
    def with_competing_events(self) -> tuple[str, ...]:
        """The outcomes with competing events; where there are several, causes occur twice."""
        return tuple(outcome for outcome, kind in self.outcomes if kind == "competing_risks")

    def unplanned(self, outcome: str) -> bool:
        """Return whether the outcome, or the factor of this scope, was not planned."""
        return outcome in self.card.unplanned or self.subgroup in self.card.unplanned

    @classmethod
    def of_study(
        cls,
        results: Results,
        *,
        analyses: tuple[str, ...] = ("outcome", "comparison"),
        further: bool = False,
    ) -> "Scope":
        """Return the arms of the study with the numbers of the analyses named.

        Numbers that only stand beside the chosen ones are left out, or with `further` kept.
        """
        chosen = [
            e
            for e in _leading(results, further=further)
            if e.analysis in analyses and e.subgroup is None
        ]
        return cls(
            results=results,
            groups=results.card.levels,
            pairs=results.card.comparisons,
            outcomes=results.card.outcomes,
            subgroup=None,
            estimates=_by_outcome(chosen),
        )

    @classmethod
    def of_factors(cls, results: Results, *, further: bool = False) -> "Iterator[Scope]":
        """Yield one scope for each factor of the univariate analysis."""
        estimates = _leading(results, further=further)
        kinds = dict(results.card.outcomes)
        for name, levels, _within, outcomes in results.card.factors:
            chosen = [e for e in estimates if e.analysis == "factor" and e.subgroup == name]
            pairs = dict.fromkeys((e.group, e.versus) for e in chosen if e.versus is not None)
            yield cls(
                results=results,
                groups=levels,
                pairs=tuple((first, second) for first, second in pairs if second is not None),
                outcomes=tuple((outcome, kinds[outcome]) for outcome in outcomes),
                subgroup=name,
                estimates=_by_outcome(chosen),
            )

    @classmethod
    def of_sensitivity(cls, results: Results) -> "Iterator[Scope]":
        """Yield one scope for each sensitivity analysis: the arms, among fewer patients."""
        kinds = dict(results.card.outcomes)
        for name, _condition, outcomes in results.card.sensitivity:
            chosen = [
                e for e in results.estimates if e.analysis == "sensitivity" and e.subgroup == name
            ]
            yield cls(
                results=results,
                groups=results.card.levels,
                pairs=results.card.comparisons,
                outcomes=tuple((outcome, kinds[outcome]) for outcome in outcomes),
                subgroup=name,
                estimates=_by_outcome(chosen),
            )


def _by_outcome(estimates: list[Estimate]) -> dict[str, tuple[Estimate, ...]]:
    found: dict[str, list[Estimate]] = {}
    for estimate in estimates:
        found.setdefault(estimate.outcome, []).append(estimate)
    return {outcome: tuple(several) for outcome, several in found.items()}


def _leading(results: Results, *, further: bool) -> list[Estimate]:
    """Return the estimates, without those that only stand beside others unless asked for."""
    return [e for e in results.estimates if further or e.role is not Role.SENSITIVITY]
