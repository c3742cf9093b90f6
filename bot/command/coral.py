"""`./parley coral`: the secrets with which Coral signs what it asks of a site."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.command.store import data_option, require_site, with_store
from bot.store import coral
from bot.store.coral import Secret
from bot.store.database import Database
from bot.web.wire.answered import write_moment

_LONGEST = 1_000


@click.group(name="coral")
def command() -> None:
    """Take, list and forget the secrets that Coral signs with."""


@command.command(short_help="Take a secret from standard input.")
@click.argument("site")
@data_option
def add(site: str, data: Path | None) -> None:
    """Take the signing secret that Coral shows for an external moderation phase, from standard input.

    Coral's endpoint for SITE is then Parley's address and /coral/SITE/moderate. To change the secret, add the new one,
    change it in Coral, and remove the old one: in between, both are good.
    """
    typed = click.prompt("Secret", hide_input=True) if sys.stdin.isatty() else sys.stdin.read()
    secret = typed.strip()
    if not secret or "\0" in secret or len(secret) > _LONGEST:
        raise click.UsageError(f"The secret must be a line of 1 to {_LONGEST} characters; copy it from Coral's page.")

    async def work(database: Database) -> int:
        await require_site(database, site)
        return await database.write(coral.add, site, secret, datetime.now(UTC))

    number = with_store(data, work)
    click.echo(f"Secret {number} of {site} is taken. In Coral the endpoint is .../coral/{site}/moderate.", err=True)


@command.command(name="list", short_help="List the secrets as JSON lines, without what they are.")
@click.argument("site")
@data_option
def list_(site: str, data: Path | None) -> None:
    """List SITE's secrets as JSON lines: their numbers and ages, never the secrets themselves."""

    async def work(database: Database) -> list[Secret]:
        await require_site(database, site)
        return await database.read(coral.of, site)

    for secret in with_store(data, work):
        click.echo(json.dumps({"number": secret.number, "created_at": write_moment(secret.created_at)}))


@command.command(short_help="Forget a secret.")
@click.argument("site")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@data_option
def remove(site: str, number: int, data: Path | None) -> None:
    """Forget secret NUMBER of SITE: what is signed with it is refused from now on."""

    async def work(database: Database) -> bool:
        await require_site(database, site)
        return await database.write(coral.remove, site, number)

    if not with_store(data, work):
        raise click.UsageError(f"{site} has no secret {number}. List them with: ./parley coral list {site}")
    click.echo(f"Secret {number} of {site} is forgotten.", err=True)
