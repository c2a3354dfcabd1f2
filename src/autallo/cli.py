"""The command `autallo`: arguments to `study`, errors to sentences and exit codes.

Nothing heavy is imported here: numbers, tables and figures are loaded inside the commands.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from autallo import __version__
from autallo.errors import ExitCode, Finding, InUseError, Severity, SystemFaultError, UserError

__all__ = ["run_command"]

app = typer.Typer(
    name="autallo",
    help="From a cell-therapy centre's patient records to a checked comparison of groups.",
    epilog="Start with: autallo demo",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
STEPS = 5
Study = Annotated[Path, typer.Argument(help="The study file, for example my-study/study.yaml.")]
Out = Annotated[Path | None, typer.Option(help="Where the results go.", show_default=False)]
NoFigures = Annotated[bool, typer.Option("--no-figures", help="Leave the figures out: faster.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace what is in the results folder.")]


def run_command() -> None:
    """Run the command line and leave with the exit code that says how it went."""
    try:
        app()
    except UserError as error:
        _leave_with(error)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"autallo {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Say what the command is for; each part has its own help."""


@app.command(epilog="Example: autallo demo --study kersey1987 --out kersey")
def demo(
    study: Annotated[str, typer.Option(help="hu2019, kersey1987, alloauto or okiss.")] = "hu2019",
    out: Annotated[Path, typer.Option(help="A folder for the records and results.")] = Path(
        "autallo-demo"
    ),
    no_figures: NoFigures = False,
) -> None:
    """Run a whole bundled study, from its records to the report."""
    from autallo import study as flow

    with _progress() as progress:
        results, file = flow.demo(study, out, figures=not no_figures, progress=progress)
    _print_results(results, file.parent / "results")


@app.command(epilog="Example: autallo init my-study")
def init(folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Make a folder with a study file, a workbook to fill in, and its dictionary."""
    from autallo import study as flow

    for path in flow.init(folder):
        typer.echo(f"wrote {path}")
    typer.echo(f"Fill in the workbook, then: autallo check {folder / 'study.yaml'}")


@app.command(epilog="Example: autallo check my-study/study.yaml")
def check(study: Study) -> None:
    """Say everything that is wrong in the study file and its records, and how to mend it."""
    from autallo import study as flow

    with _progress():
        findings = flow.check(study)
    _print_findings(findings)
    if any(finding.severity is Severity.STOP for finding in findings):
        raise typer.Exit(ExitCode.BAD_INPUT)
    typer.echo("The study can be run.")


@app.command(epilog="Example: autallo run my-study/study.yaml")
def run(
    study: Study,
    out: Out = None,
    no_figures: NoFigures = False,
    replace: Replace = False,
) -> None:
    """Run a study: report.html, report.docx, figures, results.json and problems.csv."""
    from autallo import study as flow

    with _progress() as progress:
        results = flow.run(
            study, out=out, figures=not no_figures, replace=replace, progress=progress
        )
    _print_results(results, out if out is not None else study.parent / "results")


@app.command(epilog="Example: autallo schema > study.schema.json")
def schema() -> None:
    """Print the JSON Schema of the study file, for editors that complete and check it."""
    import json

    from autallo import study as flow

    typer.echo(json.dumps(flow.schema(), indent=2, ensure_ascii=False))


def _print_results(results: "object", folder: Path) -> None:
    from autallo.model.results import Results
    from autallo.report.terminal import sentence_overview

    assert isinstance(results, Results)
    _print_findings([f for f in results.findings if f.severity is not Severity.NOTE])
    for line in sentence_overview(results):
        typer.echo(line)
    typer.echo(f"\nThe report lies at {folder / 'report.html'} (Word: {folder / 'report.docx'})")


def _print_findings(findings: Sequence[Finding]) -> None:
    for finding in findings:
        _say(f"{finding}\n")
    stops = sum(finding.severity is Severity.STOP for finding in findings)
    if stops:
        _say(f"{stops} problem{'s' if stops > 1 else ''} must be mended first.")


def _leave_with(error: UserError) -> NoReturn:
    _print_findings(error.findings)
    match error:
        case SystemFaultError():
            sys.exit(ExitCode.SYSTEM_FAULT)
        case InUseError():
            sys.exit(ExitCode.IN_USE)
        case _:
            sys.exit(ExitCode.BAD_INPUT)


def _say(text: str) -> None:
    typer.echo(text, err=True)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show a bar with the name of each step, on a terminal only and never in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (BarColumn(bar_width=20), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=STEPS)
        yield lambda step: bar.update(task, advance=1, description=step)
