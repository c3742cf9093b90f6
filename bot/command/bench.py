"""`./parley bench`: what the service costs beside a bare echo, and scoring beside others, on this machine, now."""

import asyncio
import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import count
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bot import __version__
from bot.bench import deliveries, pages, requests, scoring, starts
from bot.bench.children import BenchError
from bot.bench.figures import Figure, bar
from bot.command.datasets import optional_data_sets
from bot.command.models import load_scorer
from bot.command.output import OutputFile, writing
from bot.command.progress import Report, progress
from bot.command.store import load_settings

_STARTS = 3


class Part(StrEnum):
    """What can be measured by itself."""

    ALL = "all"
    HTTP = "http"
    START = "start"
    QUEUE = "queue"
    SCORING = "scoring"
    DELIVERIES = "deliveries"


@click.command(name="bench")
@click.argument("part", type=click.Choice([part.value for part in Part]), default=Part.ALL.value)
@click.option("--rounds", type=click.IntRange(1, 1000), default=7, show_default=True, help="Rounds of each case.")
@click.option(
    "--seconds", type=click.FloatRange(0.1, 600), default=1.5, show_default=True, help="Length of half an HTTP round."
)
@click.option(
    "--connections", type=click.IntRange(1, 1000), default=32, show_default=True, help="Requests under way at once."
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes of either server.")
@click.option(
    "--comments",
    type=click.IntRange(pages.FEW),
    default=1_000_000,
    show_default=True,
    help="Stored comments in the full queue. A million take several minutes to fill in.",
)
@click.option("--postgresql", metavar="URL", help="A PostgreSQL server on which two databases can be made and dropped.")
@optional_data_sets
@click.option("--output", type=OutputFile(), help="Write the figures as JSON as well.")
def command(
    part: str,
    rounds: int,
    seconds: float,
    connections: int,
    workers: int,
    comments: int,
    postgresql: str | None,
    data: Path | None,
    output: Path | None,
) -> None:
    """Measure the service: requests a second as a share of a bare echo's, start, memory, and pages of a full queue.

    And scoring: beside stock VADER, beside a model of BERT's size, with long texts and with hostile ones. With --data
    it is measured on real comments.

    Deliveries of webhooks take several minutes, because killed couriers' leases have to end; so ask for that part by
    its name.

    Everything runs on this machine in temporary folders, on free ports, and is ended and removed afterwards.
    """
    chosen = Part(part)
    plan = requests.Plan(rounds, seconds, connections, workers)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="parley-bench-", ignore_cleanup_errors=True) as name, progress() as report:
        folder = Path(name)
        try:
            if chosen in {Part.ALL, Part.START}:
                figures.append(starts.measure(_STARTS, folder, _steps(report, "Starts", _STARTS)))
            if chosen in {Part.ALL, Part.HTTP}:
                figures += requests.measure(plan, folder, _steps(report, "Requests", requests.steps(plan)))
            if chosen in {Part.ALL, Part.QUEUE}:
                figures += _pages(folder, comments, postgresql, report)
            if chosen in {Part.ALL, Part.SCORING}:
                figures += _scoring(data, rounds, report)
            if chosen is Part.DELIVERIES:
                step = _steps(report, "Deliveries", deliveries.steps())
                figures += deliveries.measure(deliveries.Plan(), folder, step)
        except BenchError as failed:
            raise click.ClickException(str(failed)) from failed
    _print(figures)
    if output is not None:
        with writing(output) as written:
            written.write(json.dumps(_as_json(figures), indent=2) + "\n")


def _steps(report: Report, what: str, total: int) -> Callable[[], None]:
    done = count(1)
    report(what, 0, total)
    return lambda: report(what, next(done), total)


def _pages(folder: Path, many: int, url: str | None, report: Report) -> Iterator[Figure]:
    async def on_sqlite() -> Figure:
        async with pages.sqlite(folder) as pair:
            return await pages.measure("SQLite", pair, many, _steps(report, "Queue on SQLite", pages.steps(many)))

    async def on_postgresql(url: str) -> Figure:
        async with pages.postgresql(url, folder) as pair:
            step = _steps(report, "Queue on PostgreSQL", pages.steps(many))
            return await pages.measure("PostgreSQL", pair, many, step)

    yield asyncio.run(on_sqlite())
    if url is None:
        note = (
            "Not measured: give the address of a PostgreSQL server, as in --postgresql postgresql://localhost/postgres"
        )
        yield pages.not_measured("PostgreSQL", many, note)
    else:
        yield asyncio.run(on_postgresql(url))


def _scoring(data: Path | None, rounds: int, report: Report) -> Iterator[Figure]:
    comments = scoring.made_up() if data is None else scoring.real(data)
    scorer = load_scorer(load_settings())
    return scoring.measure(scorer.analyse, comments, rounds, _steps(report, "Scoring", scoring.steps(rounds)))


def _print(figures: list[Figure]) -> None:
    table = Table(title="What Parley costs, as ratios", title_justify="left")
    table.add_column("What")
    table.add_column("Measured", justify="right")
    table.add_column("Target", justify="right")
    table.add_column("█ measured, ┃ target", no_wrap=True)
    for figure in figures:
        colour = {True: "green", False: "red", None: "yellow"}[figure.holds]
        measured = "not measured" if figure.value is None else f"{_number(figure.value)} {figure.unit}"
        target = f"{figure.better} {_number(figure.target)}"
        table.add_row(figure.name, f"[{colour}]{measured}[/]", target, f"[{colour}]{bar(figure)}[/]")
    console = Console()
    console.print(table)
    for figure in figures:
        if figure.note:
            console.print(f"{figure.name}: {figure.note}")


def _number(value: float) -> str:
    if value < 0.1:
        return f"{value:.2g}"
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _as_json(figures: list[Figure]) -> dict[str, object]:
    return {
        "parley": __version__,
        "machine": {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
        "figures": [figure.as_json() for figure in figures],
    }
