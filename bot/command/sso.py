"""`./parley sso`: the keys that a site vouches for its users with, and the end of all passes."""

import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.command.store import data_option, require_site, with_store
from bot.identity import Algorithm, BadKey, SiteKey, check_key
from bot.store import sealing
from bot.store.database import Database
from bot.store.sealing import ListedKey
from bot.web.wire.answered import write_moment

_LONGEST = 2_000


@click.group(name="sso")
def command() -> None:
    """Take, list and forget the keys that a site signs its users in with, and end passes."""


@command.command(short_help="Take a key from standard input.")
@click.argument("site")
@click.option(
    "--algorithm",
    type=click.Choice([one.value for one in Algorithm]),
    default=Algorithm.HS256.value,
    show_default=True,
    help="HS256: a secret that both sides know. EdDSA: an Ed25519 public key in PEM.",
)
@data_option
def add(site: str, algorithm: str, data: Path | None) -> None:
    """Take a key that SITE signs JWTs with, from standard input.

    Parley checks with it, so an HS256 secret is kept as it is; of an EdDSA key only the public half is needed. To
    change a key, add the new one, sign with it, and remove the old one: in between, both are good.
    """
    typed = click.prompt("Key", hide_input=True) if sys.stdin.isatty() else sys.stdin.read(_LONGEST + 1)
    key = SiteKey(Algorithm(algorithm), typed.strip())
    if "\0" in key.text or len(key.text) > _LONGEST:
        raise click.UsageError(f"The key must be text of at most {_LONGEST} characters.")
    try:
        check_key(key)
    except BadKey as error:
        raise click.UsageError(str(error)) from error

    async def work(database: Database) -> int:
        await require_site(database, site)
        return await database.write(sealing.add_key, site, key, datetime.now(UTC))

    click.echo(f"Key {with_store(data, work)} of {site} is taken: see /embedding for how to sign.", err=True)


@command.command(name="list", short_help="List the keys as JSON lines, without what they are.")
@click.argument("site")
@data_option
def list_(site: str, data: Path | None) -> None:
    """List SITE's keys as JSON lines: their numbers, algorithms and ages, never the keys themselves."""

    async def work(database: Database) -> list[ListedKey]:
        await require_site(database, site)
        return await database.read(sealing.keys, site)

    for listed in with_store(data, work):
        line = {"number": listed.number, "algorithm": listed.key.algorithm, "at": write_moment(listed.created_at)}
        click.echo(json.dumps(line))


@command.command(short_help="Forget a key.")
@click.argument("site")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@data_option
def remove(site: str, number: int, data: Path | None) -> None:
    """Forget key NUMBER of SITE: JWTs that it signed let nobody in from now on. Passes stay good until their end."""

    async def work(database: Database) -> bool:
        await require_site(database, site)
        return await database.write(sealing.remove_key, site, number)

    if not with_store(data, work):
        raise click.UsageError(f"{site} has no key {number}. List them with: ./parley sso list {site}")
    click.echo(f"Key {number} of {site} is forgotten.", err=True)


@command.command(short_help="End all passes of a site.")
@click.argument("site")
@data_option
def end(site: str, data: Path | None) -> None:
    """End every pass of SITE within seconds: guests begin anew, users of the site are vouched for again."""

    async def work(database: Database) -> None:
        await require_site(database, site)
        await database.write(sealing.change_seal, site, secrets.token_hex(32), datetime.now(UTC))

    with_store(data, work)
    click.echo(f"All passes of {site} have ended.", err=True)
