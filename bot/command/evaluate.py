"""`./parley evaluate`: what the models are worth on texts that they did not learn from."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from bot.command import figures
from bot.command.datasets import optional_data_sets
from bot.command.models import load_scorer, require_model
from bot.command.output import OutputFile, writing
from bot.command.progress import progress
from bot.command.store import load_settings
from bot.policy import AttributeLevels
from sentiment.scores import Attribute

if TYPE_CHECKING:
    from sentiment.comparison import Comparison
    from sentiment.evaluation import Evaluation, Sheet
    from sentiment.report.plots import Threshold
    from sentiment.scorer import Scorer


@click.command(name="evaluate")
@optional_data_sets
@click.option("--model", help="An earlier version. Default: $PARLEY_MODEL, or the current one.")
@click.option("--against", metavar="VERSION", help="Another version, measured on the same texts beside the first.")
@click.option(
    "--folds",
    type=click.IntRange(2, 20),
    metavar="K",
    help="Train K times on other parts of the data and print means with intervals instead; takes K trainings.",
)
@click.option(
    "--report",
    type=OutputFile(),
    metavar="FILE",
    help="Where the report with curves and tables goes, one HTML file. Default: evaluation-VERSION.html, here.",
)
@click.option("--output", type=OutputFile(), help="Also write every figure there, as JSON.")
def command(
    data: Path | None,
    model: str | None,
    against: str | None,
    folds: int | None,
    report: Path | None,
    output: Path | None,
) -> None:
    """Measure the models on Parley's own sentences and, with --data, on what was held out of the data sets in DIR.

    Without --data it takes seconds. With it some minutes; then there is also a report to look at.
    """
    # Measuring needs much that nothing else does.
    from sentiment.datasets import DataUnusable

    if data is None and (against or folds or report):
        raise click.UsageError("--against, --folds and --report need data sets to measure on; name them with --data.")
    try:
        if data is None:
            _measure_sentences(model, output)
        elif folds is not None:
            _cross_validate(data, folds, output)
        else:
            _measure(data, model, against, report, output)
    except DataUnusable as refused:
        raise click.UsageError(str(refused)) from refused


def _scorer(model: str | None) -> "Scorer":
    settings = load_settings(model=model)
    require_model(settings)
    return load_scorer(settings)


def _measure_sentences(model: str | None, output: Path | None) -> None:
    from sentiment.stated import judge, stated, tallies

    scorer = _scorer(model)
    suites = tallies(judge(scorer, stated()))
    _write({"stated": {name: asdict(suite) for name, suite in suites.items()}}, output)
    Console(soft_wrap=True).print(figures.stated(scorer.version, suites))


def _measure(data: Path, model: str | None, against: str | None, report: Path | None, output: Path | None) -> None:
    from sentiment.comparison import compare
    from sentiment.evaluation import fill, measure
    from sentiment.stated import tallies

    scorer, other = _scorer(model), _scorer(against) if against else None
    report = report or OutputFile().convert(f"evaluation-{scorer.version}.html", None, None)
    with progress() as told:
        sheet = fill(data, scorer, told)
        other_sheet = fill(data, other, told) if other else None
        measured = measure(data, scorer, sheet, told)
        comparison = compare(sheet, other_sheet, _holding()) if other_sheet else None
    suites = tallies(measured.cases)
    document = asdict(measured) | {"stated": {name: asdict(suite) for name, suite in suites.items()}}
    del document["cases"]
    _write(document | ({"comparison": asdict(comparison)} if comparison else {}), output)
    console = Console(soft_wrap=True)
    figures.show(measured, console)
    console.print(figures.stated(scorer.version, suites))
    for table in figures.differences(comparison) if comparison else ():
        console.print(table)
    _report(report, measured, sheet, other_sheet, comparison)


def _report(
    file: Path, measured: "Evaluation", sheet: "Sheet", other: "Sheet | None", comparison: "Comparison | None"
) -> None:
    try:
        from sentiment.report.page import Subject, page
    except ModuleNotFoundError:
        click.echo("No report: its pictures need matplotlib, which pip install 'parley[report]' brings.", err=True)
        return
    subject: Subject = Subject(measured, sheet, _thresholds(), other, comparison)
    with progress() as told:
        told("Drawing the report", 0, None)
        with writing(file) as written:
            written.write(page(subject))
    click.echo(f"The report, to open in a browser: {file}", err=True)


def _cross_validate(data: Path, folds: int, output: Path | None) -> None:
    from sentiment.datasets import examples
    from sentiment.folds import cross_validate
    from sentiment.training import Recipe

    with progress() as told:
        found = cross_validate(list(examples(data)), folds, Recipe(), told)
    _write({f"{attribute}, {source}": asdict(one) for (attribute, source), one in found.items()}, output)
    Console(soft_wrap=True).print(figures.folded(found, folds))


def _write(document: Mapping[str, object], output: Path | None) -> None:
    if output is not None:
        with writing(output) as written:
            written.write(json.dumps(document, indent=1) + "\n")


# --- what the default policy does -------------------------------------------------------------------------------------


def _holding() -> dict[Attribute, float]:
    levels = AttributeLevels()
    return {attribute: found.hold for attribute in Attribute if (found := levels.of(attribute))}


def _thresholds() -> "dict[Attribute, list[Threshold]]":
    from sentiment.report.plots import Threshold

    levels = AttributeLevels()
    return {
        attribute: [
            Threshold(name, score)
            for name, score in (("hold", found.hold), ("reject", found.reject))
            if score is not None
        ]
        for attribute in Attribute
        if (found := levels.of(attribute))
    }
