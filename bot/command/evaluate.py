"""`./parley evaluate`: what the models are worth on texts that they did not learn from."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from bot.command.datasets import data_sets_option
from bot.command.models import require_model
from bot.command.output import OutputFile, writing
from bot.command.progress import progress
from bot.command.store import load_settings

if TYPE_CHECKING:
    from sentiment.evaluation import Evaluation
    from sentiment.measures import Measure
    from sentiment.stated import Outcome


@click.command(name="evaluate")
@data_sets_option
@click.option("--model", help="An earlier version. Default: $PARLEY_MODEL, or the current one.")
@click.option("--output", type=OutputFile(), help="Also write every figure there, as JSON.")
def command(data: Path, model: str | None, output: Path | None) -> None:
    """Measure the models on the parts of the data sets in DIR that were held out, and on Parley's own sentences."""
    # Measuring needs much that nothing else does.
    from sentiment.datasets import DataUnusable
    from sentiment.evaluation import evaluate
    from sentiment.modelfile import ModelUnusable
    from sentiment.scorer import Scorer

    settings = load_settings(model=model)
    require_model(settings)
    try:
        scorer = Scorer.load(settings.model)
        with progress() as report:
            measured = evaluate(data, scorer, report)
    except DataUnusable as refused:
        raise click.UsageError(str(refused)) from refused
    except ModelUnusable as unusable:
        raise click.ClickException(str(unusable)) from unusable
    if output is not None:
        with writing(output) as written:
            written.write(json.dumps(asdict(measured), indent=1) + "\n")
    _show(measured)


def _show(measured: "Evaluation") -> None:
    console = Console(soft_wrap=True)
    console.print(_attributes(measured))
    console.print(_sentiment(measured))
    console.print(_cases(measured.cases))
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


def _cases(outcomes: "tuple[Outcome, ...]") -> Table:
    table = Table(title="Parley's own sentences", title_justify="left")
    for heading in ("category", "as stated", "of"):
        table.add_column(heading, justify="left" if heading == "category" else "right")
    stated = Counter(outcome.case.category for outcome in outcomes)
    as_stated = Counter(outcome.case.category for outcome in outcomes if not outcome.broken)
    for category, count in stated.items():
        table.add_row(category, str(as_stated[category]), str(count))
    return table
