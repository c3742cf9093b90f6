"""`./parley migrate`: brings the database to this version's tables, and a site from elsewhere to Parley."""

from pathlib import Path

import click

from bot.command.perspective import perspective
from bot.command.store import data_option, with_store
from bot.store.database import Database


@click.group(name="migrate", invoke_without_command=True)
@data_option
@click.pass_context
def command(context: click.Context, data: Path | None) -> None:
    """Bring the database to this version's tables; with a name behind it, bring a site from there to Parley.

    `serve` does the first when it starts; run this where the tables are to change before the service does.
    """
    if context.invoked_subcommand is not None:
        return

    async def work(database: Database) -> None:
        await database.ping()

    with_store(data, work)
    click.echo("The database is up to date.", err=True)


command.add_command(perspective)
