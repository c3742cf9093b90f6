"""What commands on stored comments share: the `--data` option, an open store, and failures as sentences."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from bot.settings import Settings, SettingsError, unknown_variables
from bot.store.database import Database
from bot.store.faults import StoreUnavailable, folder_unusable
from bot.store.migrations import SchemaTooNew
from bot.store.sites import exists

P = ParamSpec("P")
T = TypeVar("T")

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder of the embedded database. Default: $PARLEY_DATA, or ./data. "
    "With PARLEY_DATABASE_URL set, that database is used instead.",
)


def with_store(data: Path | None, work: Callable[[Database], Awaitable[T]]) -> T:
    """Opens the store, does the work and closes it again; a store that is away ends the command with a sentence."""
    settings = load_settings(data=data)
    url = settings.database_url.get_secret_value() if settings.database_url else None
    place = f"in {settings.data} (see --data)" if url is None else "of PARLEY_DATABASE_URL"

    async def run() -> T:
        try:
            database = await Database.open(url, settings.data)
        except OSError as error:
            raise click.UsageError(folder_unusable(settings.data, error)) from error
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except StoreUnavailable as away:
        raise click.ClickException(f"The database {place} cannot be used: {away}") from away
    except SchemaTooNew as too_new:
        raise click.ClickException(str(too_new)) from too_new


def load_settings(**chosen: object) -> Settings:
    """The settings of the environment with the command's options on top; a wrong one ends it with exit code 2."""
    for warning in unknown_variables():
        click.echo(f"Warning: {warning}", err=True)
    try:
        return Settings.load(**chosen)
    except SettingsError as wrong:
        raise click.UsageError(str(wrong)) from wrong


async def require_site(database: Database, site: str) -> None:
    """Ends the command with exit code 2 and what to do where there is no such site."""
    # No other letters are in a site's name, and what a shell passes on need not even be text.
    if not site.isascii() or not await database.read(exists, site):
        raise click.UsageError(f"There is no site {site!r}. Add it with: ./parley sites add {shlex.quote(site)}")
