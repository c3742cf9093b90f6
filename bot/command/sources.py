"""`./parley sources`: which other systems send a site's comments."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.arrival import GIVER, Giver, System
from bot.command.fields import read_options
from bot.command.store import data_option, require_site, with_store
from bot.connecting import SecretUnfit, address_of, secret_for
from bot.store import sources
from bot.store.database import Database
from bot.store.sources import NoSuchSource, Source
from bot.token import Token
from bot.web.wire.sources import SourceSecretAsked

secret_option = click.option(
    "--secret",
    help="The secret that the other system shows; - reads it from standard input, where no other program sees it. "
    "Default: one that Parley makes up, or asks for where only the other system can make it.",
)
source_argument = click.argument("source_id", metavar="SOURCE", type=click.IntRange(0, 2**63 - 1))


@click.group(name="sources")
def command() -> None:
    """Let other systems send a site's comments: add, list and remove them, and change their secrets."""


@command.command(short_help="Let a system send comments; print the address and the secret.")
@click.argument("site")
@click.argument("source", type=click.Choice([system.value for system in System]))
@secret_option
@data_option
def add(site: str, source: str, secret: str | None, data: Path | None) -> None:
    """Let SOURCE send SITE's comments, and print what to enter there: the address, and on a second line the secret.

    The address goes behind the one that Parley is found by. Neither is shown again. What to enter where: /connecting.
    """
    system, token = System(source), Token.fresh()
    kept = _secret(system, secret)

    async def work(database: Database) -> Source:
        await require_site(database, site)
        return await database.write(sources.create, site, token.key_id, system, token.hash, kept, datetime.now(UTC))

    added = with_store(data, work)
    click.echo(address_of(system, token.text))
    if kept is not None:
        click.echo(kept)
    click.echo(
        f"Source {added.id} may send comments of {site}. Keep address and secret: they are not shown again.", err=True
    )


@command.command(name="list", short_help="List the sources as JSON lines, without their secrets.")
@click.argument("site")
@data_option
def list_(site: str, data: Path | None) -> None:
    """List SITE's sources as JSON lines: never their addresses, and of their secrets only the numbers."""
    for source in with_store(data, lambda database: _of(database, site)):
        line = {
            "source": source.id,
            "system": source.system,
            "secrets": list(source.secrets),
            "created_at": source.created_at.isoformat(),
        }
        click.echo(json.dumps(line))


@command.command(short_help="Remove a source.")
@click.argument("site")
@source_argument
@data_option
def remove(site: str, source_id: int, data: Path | None) -> None:
    """Remove SOURCE of SITE: its address answers 404 from now on. Its comments stay."""

    async def work(database: Database) -> None:
        await require_site(database, site)
        await database.write(sources.remove, site, source_id)

    try:
        with_store(data, work)
    except NoSuchSource as missing:
        raise _unknown(site) from missing
    click.echo(f"Source {source_id} of {site} is removed.", err=True)


@command.command(short_help="Take one more secret, to change to it.")
@click.argument("site")
@source_argument
@secret_option
@data_option
def secret(site: str, source_id: int, secret: str | None, data: Path | None) -> None:
    """Take one more secret for SOURCE of SITE and print it: all are good until they are forgotten."""
    found = with_store(data, lambda database: _of(database, site))
    system = next((source.system for source in found if source.id == source_id), None)
    if system is None:
        raise _unknown(site)
    kept = _secret(system, secret)
    if kept is None:
        raise click.UsageError(f"{system} signs nothing; there is no secret to change.")

    async def work(database: Database) -> int:
        return await database.write(sources.add_secret, site, source_id, kept, datetime.now(UTC))

    number = with_store(data, work)
    click.echo(kept)
    click.echo(f"Secret {number} of source {source_id} is taken. Forget the old one once it is not used.", err=True)


@command.command(short_help="Forget a secret.")
@click.argument("site")
@source_argument
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@data_option
def forget(site: str, source_id: int, number: int, data: Path | None) -> None:
    """Forget secret NUMBER of SOURCE of SITE: what is signed with it is refused from now on."""

    async def work(database: Database) -> None:
        await require_site(database, site)
        await database.write(sources.remove_secret, site, source_id, number)

    try:
        with_store(data, work)
    except NoSuchSource as missing:
        raise _unknown(site) from missing
    click.echo(f"Secret {number} of source {source_id} is forgotten.", err=True)


async def _of(database: Database, site: str) -> list[Source]:
    await require_site(database, site)
    return await database.read(sources.of, site)


def _secret(system: System, given: str | None) -> str | None:
    if given == "-" or (given is None and GIVER[system] is Giver.SYSTEM):
        typed = click.prompt("Secret", hide_input=True) if sys.stdin.isatty() else sys.stdin.read()
        given = typed.strip()
    try:
        return secret_for(system, read_options(SourceSecretAsked, secret=given).secret)
    except SecretUnfit as unfit:
        raise click.UsageError(f"--secret: {unfit}") from unfit


def _unknown(site: str) -> click.UsageError:
    return click.UsageError(f"{site} has no such source or secret. List them with: ./parley sources list {site}")
