"""`./parley migrate`: brings the database to this version's tables."""

from pathlib import Path

import click

from bot.command.store import data_option, with_store
from bot.store.database import Database


@click.command(name="migrate")
@data_option
def command(data: Path | None) -> None:
    """Bring the database to this version's tables.

    `serve` does the same when it starts; run this first where the tables are to change before the service does.
    """

    async def work(database: Database) -> None:
        await database.ping()

    with_store(data, work)
    click.echo("The database is up to date.", err=True)
