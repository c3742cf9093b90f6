"""`./parley retention`: erase what a site's policy keeps no longer, or only count it."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from bot.command.store import data_option, require_site, with_store
from bot.comment import Status
from bot.privacy import Privacy
from bot.store.database import Database
from bot.sweeping import Sweeper


@click.command(name="retention")
@click.argument("site")
@click.option("--dry-run", is_flag=True, help="Only say how many comments it would be; nothing changes.")
@data_option
def command(site: str, *, dry_run: bool, data: Path | None) -> None:
    """Erase the texts of SITE's comments that are older than `retention` of its policy says, and print how many.

    A service does the same by itself, every minute. Days count from the last decision on a comment. Its text, name,
    address and notes go; its status, scores, author's id and the lines of its trail stay.
    """

    async def work(database: Database) -> Mapping[Status, int]:
        await require_site(database, site)
        return await Sweeper(database, Privacy(database)).sweep_site(site, dry_run=dry_run)

    click.echo(json.dumps({"dry_run": dry_run, "erased": with_store(data, work)}))
