"""`./parley keys`: who may call the API for a site, and to do what."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.command.fields import read_options
from bot.command.store import data_option, require_site, with_store
from bot.store import keys
from bot.store.database import Database
from bot.store.keys import Key, Scope
from bot.token import Token
from bot.web.wire.asked import Asked, Name


class KeyTyped(Asked):
    """A key from the command line: there is no way to ask for one over the API."""

    name: Name


@click.group(name="keys")
def command() -> None:
    """Create, list and revoke a site's keys."""


@command.command(short_help="Create a key and print it.")
@click.argument("site")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    required=True,
    help="Each includes those before it: score texts; submit comments; work the queue; change the policy.",
)
@click.option("--name", help="Who or what uses the key; the audit trail shows it. Default: the scope.")
@data_option
def create(site: str, scope: str, name: str | None, data: Path | None) -> None:
    """Create a key for SITE and print it, alone, on standard output. It is stored hashed and never shown again."""
    called = read_options(KeyTyped, name=scope if name is None else name).name
    token = Token.fresh()

    async def work(database: Database) -> Key:
        await require_site(database, site)
        return await database.write(
            keys.create, site, token.key_id, called, Scope(scope), token.hash, datetime.now(UTC)
        )

    key = with_store(data, work)
    click.echo(token.text)
    click.echo(f"Key {key.id} for {site} may {scope}. Keep it: it is not shown again.", err=True)


@command.command(name="list", short_help="List the keys as JSON lines, without their secrets.")
@click.argument("site")
@data_option
def list_(site: str, data: Path | None) -> None:
    """List SITE's keys as JSON lines, also the revoked ones; never the keys themselves."""

    async def work(database: Database) -> list[Key]:
        await require_site(database, site)
        return await database.read(keys.of, site)

    for key in with_store(data, work):
        line = {
            "id": key.id,
            "name": key.name,
            "scope": key.scope,
            "created_at": key.created_at.isoformat(),
            "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
        }
        click.echo(json.dumps(line))


@command.command(short_help="Make a key worthless.")
@click.argument("site")
@click.argument("key_id", type=click.IntRange(0, 2**63 - 1))
@data_option
def revoke(site: str, key_id: int, data: Path | None) -> None:
    """Make key KEY_ID of SITE worthless, within a second, everywhere."""

    async def work(database: Database) -> bool:
        await require_site(database, site)
        return await database.write(keys.revoke, site, key_id, datetime.now(UTC))

    if not with_store(data, work):
        raise click.UsageError(
            f"{site} has no key {key_id} that is still good. List them with: ./parley keys list {site}"
        )
    click.echo(f"Key {key_id} of {site} is revoked.", err=True)
