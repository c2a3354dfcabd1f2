"""The report before it has a form: sections of paragraphs, tables and figures, numbered in order.

HTML and Word are made from the same outline, so the two cannot say different things.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from autallo.model.results import Results
from autallo.report.picture import Picture
from autallo.report.prose import (
    sentence_comparison,
    sentence_crossing,
    sentence_follow_up,
    sentence_limits,
    sentence_methods,
    sentence_outcome,
    sentence_summary,
)
from autallo.report.scope import Scope
from autallo.report.tables import (
    Table,
    table_1,
    table_adjusted,
    table_balance,
    table_cleaned,
    table_definitions,
    table_details,
    table_factors,
    table_follow_up,
    table_further,
    table_incidence,
    table_key_results,
    table_models,
    table_origins,
    table_outcomes,
    table_problems,
    table_provenance,
    table_sensitivity,
    table_subgroups,
    table_survival,
    table_tests,
    table_toxicity,
    table_univariate,
)

__all__ = ["Block", "Numbered", "Outline", "Paragraph", "Section", "write_outline"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; a caution is set apart, a heading starts a part of a section."""

    text: str
    kind: Literal["text", "caution", "heading"] = "text"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered list: the references."""

    items: tuple[str, ...]


Block = Paragraph | Numbered | Table | Picture
Drawn = dict[tuple[str | None, str | None], Picture]


@dataclass(frozen=True, slots=True)
class Section:
    """One section: the anchor, the heading, and what stands under it."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole report, ready to be given a form."""

    title: str
    notice: str | None
    lead: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table in order."""
        return tuple(b for section in self.sections for b in section.blocks if isinstance(b, Table))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every figure in order."""
        found = (block for section in self.sections for block in section.blocks)
        return tuple(block for block in found if isinstance(block, Picture))


def write_outline(results: Results, pictures: Iterable[Picture] = ()) -> Outline:
    """Return the report of a study; figures take their place by their subject."""
    drawn = {picture.subject: picture for picture in pictures}
    study = Scope.of_study(results)
    sections = (
        _section("key-results", "Key results", table_key_results(results)),
        _section("flow", "Flow of patients", drawn.get((None, None))),
        _section("patients", "Patients", table_1(results)),
        _section("follow-up", "Follow-up", sentence_follow_up(results), table_follow_up(results)),
        _outcomes("outcomes", "Outcomes by group", study, drawn, table=table_outcomes(results)),
        _outcomes("toxicity", "Grades", study, drawn, table=table_toxicity(results)),
        _outcomes("survival", "Survival", study, drawn, table=table_survival(results)),
        _outcomes("incidence", "Competing events", study, drawn, table=table_incidence(results)),
        _factors(results, drawn),
        _section("subgroups", "Subgroups", table_subgroups(results)),
        _section("models", "Multivariable models", *table_models(results)),
        _section("adjusted", "Adjusted comparisons", *_adjusted(results)),
        _section("sensitivity", "Sensitivity analyses", table_sensitivity(results)),
        _section("further", "Other measures", table_further(results)),
        _section("limits", "What this study cannot show", *sentence_limits(results)),
        _methods(results),
        _section("numbers", "Numbers in full", table_details(results)),
        _section("definitions", "Definitions", table_definitions(results), table_origins(results)),
        _section("problems", "Data problems", table_problems(results), table_cleaned(results)),
        _section("provenance", "Provenance", table_provenance(results)),
    )
    lead = (sentence_summary(results), sentence_follow_up(results))
    return Outline(
        title=results.card.title,
        notice=results.card.notice,
        lead=tuple(text for text in lead if text),
        sections=_numbered(section for section in sections if section.blocks),
    )


def _section(name: str, title: str, *blocks: Block | str | None) -> Section:
    """Return a section without the parts that are empty."""
    made = (Paragraph(block) if isinstance(block, str) else block for block in blocks if block)
    return Section(name, title, tuple(made))


_KINDS = {
    "outcomes": ("binary", "categorical", "continuous"),
    "toxicity": ("ordinal",),
    "survival": ("time_to_event",),
    "incidence": ("competing_risks",),
}


def _outcomes(name: str, title: str, scope: Scope, drawn: Drawn, *, table: Table | None) -> Section:
    """Return the words of each outcome with its figure, and the table of all of them."""
    if table is None:
        return Section(name, title, ())
    blocks: list[Block] = []
    for outcome, kind in scope.outcomes:
        if kind.partition(":")[0] in _KINDS[name]:
            blocks += _told(scope, outcome, kind)
            blocks += [drawn[key] for key in [(scope.subgroup, outcome)] if key in drawn]
    return Section(name, title, (*blocks, table))


def _factors(results: Results, drawn: Drawn) -> Section:
    whole = table_univariate(results)
    blocks: list[Block] = [whole] if whole else []
    tables = table_factors(results)
    for scope, table in zip(Scope.of_factors(results), tables, strict=True):
        blocks.append(Paragraph(table.title, "heading"))
        for outcome, kind in scope.outcomes:
            blocks += _told(scope, outcome, kind)
            blocks += [drawn[key] for key in [(scope.subgroup, outcome)] if key in drawn]
        blocks.append(table)
    return Section("factors", "Univariate analysis of factors", tuple(blocks))


def _adjusted(results: Results) -> Iterator[Table | None]:
    """Yield the balance of each adjusted comparison before its effects."""
    for name, _covariates, _outcomes in results.card.adjusted:
        yield table_balance(results, name)
        yield table_adjusted(results, name)


def _told(scope: Scope, outcome: str, kind: str) -> Iterator[Paragraph]:
    described = sentence_outcome(scope, outcome, kind)
    compared = [sentence_comparison(scope, outcome, pair) for pair in scope.pairs]
    text = " ".join(part for part in (described, *compared) if part)
    if text:
        yield Paragraph(text)
    for pair in scope.pairs:
        crossing = sentence_crossing(scope, outcome, pair)
        if crossing:
            yield Paragraph(crossing, "caution")


def _methods(results: Results) -> Section:
    text = sentence_methods(results)
    blocks: list[Block] = []
    for heading, paragraph in text.paragraphs:
        blocks += [Paragraph(heading, "heading"), Paragraph(paragraph)]
    tests = table_tests(results)
    if tests is not None:
        blocks.append(tests)
    if text.choices:
        blocks.append(Paragraph("Why these tests", "heading"))
        blocks += [Paragraph(f"{name}: {why}") for name, why in text.choices]
    if text.references:
        blocks += [Paragraph("References", "heading"), Numbered(text.references)]
    return Section("methods", "Statistical methods", tuple(blocks))


def _numbered(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return the sections with tables and figures numbered in the order of reading."""
    tables = figures = 0
    found = []
    for section in sections:
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Table):
                tables += 1
                blocks.append(block.numbered(tables))
            elif isinstance(block, Picture):
                figures += 1
                blocks.append(block.numbered(figures))
            else:
                blocks.append(block)
        found.append(replace(section, blocks=tuple(blocks)))
    return tuple(found)
