"""`./parley sites`: which sites this Parley moderates for."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bot.command.store import data_option, with_store
from bot.store import sites
from bot.store.database import Database
from bot.store.sites import BadSiteName, SiteExists


@click.group(name="sites")
def command() -> None:
    """Add and list sites. Each has its own keys, policy, comments and queue."""


@command.command(short_help="Add a site.")
@click.argument("site")
@data_option
def add(site: str, data: Path | None) -> None:
    """Add SITE: 1 to 63 of a-z, 0-9 and '-'."""

    async def work(database: Database) -> None:
        await database.write(sites.add, site, datetime.now(UTC))

    try:
        with_store(data, work)
    except (SiteExists, BadSiteName) as refused:
        raise click.UsageError(str(refused)) from refused
    click.echo(f"Added {site}. Make it a key with: ./parley keys create {site} --scope submit", err=True)


@command.command(name="list", short_help="List the sites, one a line.")
@data_option
def list_(data: Path | None) -> None:
    """List the sites, one a line."""

    async def work(database: Database) -> list[str]:
        return await database.read(sites.names)

    for name in with_store(data, work):
        click.echo(name)
