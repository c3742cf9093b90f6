"""`./parley queue`: the comments that wait for a moderator, as a table or as JSON lines."""

import json
import shlex
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import click
from click.core import ParameterSource
from rich.console import Console

from bot.command.decide import system_user
from bot.command.fields import read_options
from bot.command.listing import show
from bot.command.screen.terminal import work_the_queue
from bot.command.store import data_option, require_site, with_store
from bot.comment import Status
from bot.store import queue
from bot.store.cursor import BadCursor
from bot.store.database import Database
from bot.store.queue import Order, Page, QueueFilter, Sort
from bot.verdict import Reason
from bot.web.wire.answered import write_comment
from bot.web.wire.asked import Asked, Name, QueueQuery
from sentiment.scores import Attribute

_USUAL_SCORE = 0.5


class Moderator(Asked):
    """Who decides, as the trail names them."""

    moderator: Name


class Output(StrEnum):
    """How the queue is shown."""

    SCREEN = "screen"
    TABLE = "table"
    JSON = "json"


def _choice(values: type[StrEnum]) -> click.Choice[str]:
    return click.Choice([value.value for value in values])


@click.command(name="queue")
@click.argument("site")
@click.option("--status", type=_choice(Status), default=Status.HELD.value, show_default=True)
@click.option("--reason", type=_choice(Reason), metavar="REASON", help="Only comments held for this reason.")
@click.option("--attribute", type=_choice(Attribute), help="Only comments with --min-score or more of this.")
@click.option("--min-score", type=click.FloatRange(0, 1), help="Lowest score of --attribute. Default: 0.5.")
@click.option("--author", help="Only comments of the author with this id.")
@click.option("--thread", help="Only comments in this thread.")
@click.option("--text", help="Only comments with these words; casino* for any ending.")
@click.option("--since", type=click.DateTime(), help="From this moment on (UTC).")
@click.option("--until", type=click.DateTime(), help="Before this moment (UTC).")
@click.option("--sort", type=_choice(Sort), default=Sort.TIME.value, show_default=True)
@click.option("--order", type=_choice(Order), default=Order.DESC.value, show_default=True)
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--cursor", help="Where the page before ended.")
@click.option(
    "--output",
    type=_choice(Output),
    help="screen: decide with single keys (on a terminal, the default); table; json: a line for each (elsewhere).",
)
@click.option("--moderator", default=system_user, show_default="the system's user", help="Who decides on the screen.")
@data_option
def command(
    site: str,
    status: str,
    reason: str | None,
    attribute: str | None,
    min_score: float | None,
    author: str | None,
    thread: str | None,
    text: str | None,
    since: datetime | None,
    until: datetime | None,
    sort: str,
    order: str,
    limit: int,
    cursor: str | None,
    output: str | None,
    moderator: str | None,
    data: Path | None,
) -> None:
    """Work SITE's queue with single keys on a terminal (? lists them); elsewhere, list it as JSON lines.

    Decide on one comment without a terminal with: ./parley decide SITE ID approve
    """
    if attribute is None and min_score is not None:
        raise click.UsageError("--min-score needs --attribute: say which score is meant.")
    asked = read_options(
        QueueQuery,
        status=status,
        reason=reason,
        attribute=attribute,
        min_score=_USUAL_SCORE if attribute is not None and min_score is None else min_score,
        author=author,
        thread=thread,
        text=text,
        since=_utc(since),
        until=_utc(until),
        sort=sort,
        order=order,
        limit=limit,
        cursor=cursor,
    )
    wanted, shown = asked.filter(), _output(output)
    if shown is Output.SCREEN:
        _on_screen(data, site, wanted, moderator, limit)
        return

    async def work(database: Database) -> Page:
        await require_site(database, site)
        return await database.read(queue.page, site, wanted, asked.cursor, asked.limit)

    try:
        page = with_store(data, work)
    except BadCursor as bad:
        raise click.UsageError(f"--cursor: {bad}") from bad
    if shown is Output.TABLE:
        show(page, wanted.status, Console())
    else:
        for comment in page.comments:
            click.echo(json.dumps(write_comment(comment)))
    if page.next is not None:
        click.echo(f"More with: {_once_more(site, page.next)}", err=True)


def _output(asked: str | None) -> Output:
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if asked == Output.SCREEN and not is_terminal:
        raise click.UsageError("--output screen needs a terminal; take json or table.")
    if asked is not None:
        return Output(asked)
    # A terminal that cannot move its cursor has no screen to draw on.
    has_screen = is_terminal and not Console().is_dumb_terminal
    return Output.SCREEN if has_screen else Output.TABLE if sys.stdout.isatty() else Output.JSON


def _on_screen(data: Path | None, site: str, wanted: QueueFilter, moderator: str | None, limit: int) -> None:
    if moderator is None:
        raise click.UsageError("The system does not know who you are; say it with --moderator.")
    name = read_options(Moderator, moderator=moderator).moderator

    async def work(database: Database) -> None:
        await require_site(database, site)
        await work_the_queue(database, site, wanted, name, limit)

    with_store(data, work)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _once_more(site: str, cursor: str) -> str:
    """The command that was given, for the next page."""
    context = click.get_current_context()
    words = ["./parley", "queue", site]
    for option in context.command.params:
        name = option.name or ""
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if isinstance(option, click.Option) and given and name != "cursor":
            words += [option.opts[0], str(context.params[name])]
    return shlex.join([*words, "--cursor", cursor])
