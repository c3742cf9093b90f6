"""`./parley stats`: a site's numbers for a person at a terminal, or as CSV."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table as Lines
from rich.text import Text

from bot.command.listing import harmless
from bot.command.store import data_option, require_site, with_store
from bot.inforce import current_policy
from bot.numbers import BadPeriod, Unit, period
from bot.policy import Policy
from bot.store import tallies
from bot.store.database import Database
from bot.verdict import Decision
from bot.web.guards.answers import Json
from bot.web.wire.stats import Table, write_stats, write_table

_REST: Final = 62
"""Columns of the terminal that the numbers beside the bars need."""

_MOST_REASONS: Final = 10
_COLOURS: Final = {Decision.APPROVE: "green", Decision.HOLD: "yellow", Decision.REJECT: "red"}
_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.command(name="stats")
@click.argument("site")
@click.option("--from", "first", type=_DAY, help="The first day (UTC). Default: 30 days before the last.")
@click.option("--to", "last", type=_DAY, help="The last day, itself included. Default: today.")
@click.option("--unit", type=click.Choice([unit.value for unit in Unit]), default=Unit.DAY.value, show_default=True)
@click.option("--csv", "table", type=click.Choice([table.value for table in Table]), help="Write this table as CSV.")
@data_option
def command(
    site: str, first: datetime | None, last: datetime | None, unit: str, table: str | None, data: Path | None
) -> None:
    """Tell SITE's numbers: what came in and what became of it, how long it waited, who decided how much."""
    now = datetime.now(UTC)
    try:
        wanted = period(first and first.date(), last and last.date(), Unit(unit), now.date())
    except BadPeriod as error:
        raise click.UsageError(f"--{error.field} {error.message}.") from error

    async def work(database: Database) -> Json:
        await require_site(database, site)
        policy = Policy.model_validate((await database.write(current_policy, site, now)).document)
        return write_stats(await database.read(tallies.of, site, wanted, now), policy.attributes, None)

    stats = with_store(data, work)
    if table is None:
        _show(stats, Console())
    else:
        click.echo(write_table(stats, Table(table)), nl=False)


def _show(stats: Json, console: Console) -> None:
    console.print(_series(stats, max(10, console.width - _REST)))
    queue, waits = stats["queue"], stats["waits"]
    oldest = f"; the oldest came in {queue['oldest']}" if queue["oldest"] else ""
    console.print(f"{queue['waiting']:,} wait now{oldest}.")
    if waits["decisions"]:
        told = f"median {_between(waits['median'])}, 90th percentile {_between(waits['ninetieth'])}"
        console.print(f"{waits['decisions']:,} decisions on held comments: {told}.")
    for title, headings, rows in (
        ("Reasons", ("reason", "comments"), [[*one.values()] for one in stats["reasons"][:_MOST_REASONS]]),
        (
            "Agreement of people with the model",
            ("attribute", "decided on", "agreed"),
            [
                [
                    one["attribute"],
                    sum(value for name, value in one.items() if "flagged" in name),
                    f"{one['agreed']:.0%}",
                ]
                for one in stats["agreement"]
                if one["agreed"] is not None
            ],
        ),
        (
            "Moderators",
            ("moderator", "decisions", "reversed", "median wait"),
            [
                [
                    one["moderator"],
                    one["decisions"],
                    one["by_themselves"] + one["by_others"] + one["on_appeal"],
                    _between(one["median"]),
                ]
                for one in stats["moderators"]
            ],
        ),
    ):
        if rows:
            console.print(_lines(title, headings, rows))


def _series(stats: Json, longest: int) -> Lines:
    lines = Lines(title="What came in, by what the rules decided", title_justify="left")
    for heading in ("from (UTC)", *Decision, "waiting"):
        lines.add_column(heading, justify="left" if heading == "from (UTC)" else "right", no_wrap=True)
    lines.add_column("", no_wrap=True)
    most = max(1, *(sum(step["arrived"].values()) for step in stats["series"]))
    for step in stats["series"]:
        bar = Text()
        for decision, number in step["arrived"].items():
            bar.append("█" * round(number / most * longest), style=_COLOURS[decision])
        waiting = "" if step["waiting"] is None else f"{step['waiting']:,}"
        at = step["at"][:10] if stats["unit"] == Unit.DAY else step["at"][:16].replace("T", " ")
        lines.add_row(at, *(f"{number:,}" for number in step["arrived"].values()), waiting, bar)
    return lines


def _lines(title: str, headings: tuple[str, ...], rows: list[list[object]]) -> Lines:
    lines = Lines(title=title, title_justify="left")
    for place, heading in enumerate(headings):
        lines.add_column(heading, justify="right" if place else "left")
    for row in rows:
        lines.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else harmless(str(cell))) for cell in row))
    return lines


def _between(between: Json | None) -> str:
    if between is None:
        return "–"
    more, most = between["more_than_seconds"], between["at_most_seconds"]
    return f"over {_span(more)}" if most is None else f"{_span(more)} to {_span(most)}"


def _span(seconds: int) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
