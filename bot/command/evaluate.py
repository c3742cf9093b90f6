"""`./parley evaluate`: what the models are worth on texts that they did not learn from."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from bot.command.datasets import optional_data_sets
from bot.command.models import require_model
from bot.command.output import OutputFile, writing
from bot.command.progress import progress
from bot.command.store import load_settings

if TYPE_CHECKING:
    from sentiment.evaluation import Evaluation
    from sentiment.measures import Measure
    from sentiment.stated import Suite, Tally


@click.command(name="evaluate")
@optional_data_sets
@click.option("--model", help="An earlier version. Default: $PARLEY_MODEL, or the current one.")
@click.option("--output", type=OutputFile(), help="Also write every figure there, as JSON.")
def command(data: Path | None, model: str | None, output: Path | None) -> None:
    """Measure the models on Parley's own sentences and, with --data, on what was held out of the data sets in DIR.

    Without --data it takes seconds.
    """
    # Measuring needs much that nothing else does.
    from sentiment.datasets import DataUnusable
    from sentiment.evaluation import evaluate
    from sentiment.modelfile import ModelUnusable
    from sentiment.scorer import Scorer
    from sentiment.stated import judge, stated, tallies

    settings = load_settings(model=model)
    require_model(settings)
    try:
        scorer = Scorer.load(settings.model)
        if data is None:
            measured, suites = None, tallies(judge(scorer, stated()))
        else:
            with progress() as report:
                measured = evaluate(data, scorer, report)
            suites = tallies(measured.cases)
    except DataUnusable as refused:
        raise click.UsageError(str(refused)) from refused
    except ModelUnusable as unusable:
        raise click.ClickException(str(unusable)) from unusable
    if output is not None:
        with writing(output) as written:
            figures = {} if measured is None else asdict(measured)
            figures["stated"] = {name: asdict(suite) for name, suite in suites.items()}
            written.write(json.dumps(figures, indent=1) + "\n")
    console = Console(soft_wrap=True)
    if measured is not None:
        _show(measured, console)
    console.print(_stated(scorer.version, suites))


def _show(measured: "Evaluation", console: Console) -> None:
    console.print(_attributes(measured))
    console.print(_sentiment(measured))
    if measured.figures.groups is not None:
        groups = measured.figures.groups
        console.print(f"False positives on {groups.texts:,} harmless templates: gap between groups {groups.gap:.3f}")
    if measured.span_f1 is not None:
        console.print(f"Characters marked as toxic, against raters: F1 {measured.span_f1:.3f}")


def _attributes(measured: "Evaluation") -> Table:
    table = Table(title=f"Attributes, model {measured.version}", title_justify="left")
    for heading in ("attribute", "texts from", "texts", "AUC", "AP", "ECE"):
        table.add_column(heading, justify="left" if heading in ("attribute", "texts from") else "right")
    for attribute, found in measured.figures.attributes.items():
        if found.natural is not None:
            table.add_row(attribute, "natural rate", *_numbers(found.natural))
        for name, measure in found.by_set.items():
            table.add_row(attribute, name, *_numbers(measure))
    return table


def _numbers(measure: "Measure") -> tuple[str, ...]:
    worth = (measure.auc, measure.average_precision, measure.calibration_error)
    return (f"{measure.rows:,}", *(_number(value) for value in worth))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _sentiment(measured: "Evaluation") -> Table:
    table = Table(title="Sentiment", title_justify="left")
    for heading in ("texts from", "macro recall", "Pearson's r with people"):
        table.add_column(heading, justify="left" if heading == "texts from" else "right")
    for name in sorted({*measured.figures.recall, *measured.agreement}):
        table.add_row(name, _number(measured.figures.recall.get(name)), _number(measured.agreement.get(name)))
    return table


def _stated(version: str, suites: "Mapping[str, Suite]") -> Table:
    table = Table(title=f"Parley's own sentences, model {version}", title_justify="left")
    for heading in ("suite, category", "sentences", "as stated", "AUC", "by"):
        table.add_column(heading, justify="left" if heading in ("suite, category", "by") else "right")
    for name, suite in suites.items():
        table.add_section()
        table.add_row(name, *_tally(suite.whole), style="bold")
        for category, tally in suite.categories.items():
            table.add_row(f"  {category}", *_tally(tally))
    return table


def _tally(tally: "Tally") -> tuple[str, ...]:
    by, worth = tally.best or ("", None)
    return (str(tally.sentences), f"{tally.held / tally.statements:.0%}", _number(worth), by)
