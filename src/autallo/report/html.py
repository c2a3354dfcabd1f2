"""The report as one HTML file that needs nothing else: no request, no script, no other file."""

import re
from typing import Any

from autallo.report.numbers import format_text
from autallo.report.outline import Numbered, Outline, Paragraph
from autallo.report.picture import Picture
from autallo.report.tables.parts import Cell, Column, Table

__all__ = ["write_html"]

_PROLOG = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)
_OPENING = re.compile(r"<svg\b[^>]*>")
_VIEW_BOX = re.compile(r'viewBox="([^"]*)"')
_IDENTIFIER = re.compile(r'(\bid="|href="#|url\(#)')
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
LONGEST_WHOLE = 40
_PLAIN = re.compile(r"[A-Za-z0-9 ]")


def write_html(outline: Outline) -> str:
    """Return the report as HTML; whatever stands in the data is text, never markup."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("autallo.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        cell_class=_cell_class,
        inline_svg=_inline_svg,
        kind_of=_kind_of,
        spanner_cells=_spanner_cells,
    )
    return environment.get_template("report.html.j2").render(
        outline=outline, page_notice=_page_notice(outline.notice)
    )


def _clean(value: Any) -> Any:
    """Make every text that enters the page one that may stand there; markup of ours stays."""
    return format_text(value) if type(value) is str else value


def _kind_of(block: object) -> str:
    """Return the name of the template part that shows a block."""
    if isinstance(block, Paragraph):
        return block.kind
    names: dict[type[Any], str] = {Numbered: "numbered", Table: "table", Picture: "picture"}
    return names[type(block)]


def _cell_class(cell: Cell, column: Column) -> str:
    """Return how a cell breaks its lines: words anywhere, short numbers nowhere."""
    if column.words:
        return "words"
    return "whole" if all(len(line) <= LONGEST_WHOLE for line in cell.lines) else ""


def _spanner_cells(table: Table) -> list[tuple[str, int]]:
    """Return the row over the headings as (label, width), gaps with an empty label."""
    cells: list[tuple[str, int]] = []
    column = 0
    for spanner in table.spanners:
        if spanner.first > column:
            cells.append(("", spanner.first - column))
        cells.append((spanner.label, spanner.last - spanner.first + 1))
        column = spanner.last + 1
    if table.spanners and column < len(table.columns):
        cells.append(("", len(table.columns) - column))
    return cells


def _inline_svg(picture: Picture) -> Any:
    """Return a figure as part of the page: own identifiers, no size of its own, described."""
    from markupsafe import Markup, escape

    view = _VIEW_BOX.search(picture.svg)
    body = _STYLE.sub("", _OPENING.sub("", _PROLOG.sub("", picture.svg), count=1))
    body = _IDENTIFIER.sub(rf"\g<1>{picture.name}-", body)
    opening = (
        f'<svg viewBox="{view.group(1) if view else "0 0 100 100"}" role="img" '
        f'aria-label="{escape(format_text(picture.alt))}">'
    )
    return Markup(opening + body)  # noqa: S704


def _page_notice(notice: str | None) -> Any:
    """Return the notice for the margin of every printed page, as a string of CSS."""
    from markupsafe import Markup

    if not notice:
        return Markup("")
    text = "".join(c if _PLAIN.match(c) else f"\\{ord(c):06x}" for c in format_text(notice))
    return Markup(f'@page {{ @top-center {{ content: "{text}"; }} }}')  # noqa: S704
