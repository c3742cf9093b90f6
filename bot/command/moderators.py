"""`./parley moderators`: who works a site's queue, and the links by which they sign in."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.command.fields import read_options
from bot.command.store import data_option, load_settings, require_site, with_store
from bot.moderator import Role, SignInEvent
from bot.signing import give_link
from bot.store import moderators, sessions
from bot.store.database import Database
from bot.store.moderators import ModeratorRecord
from bot.token import Token
from bot.web.wire.asked import Asked, Name

site_option = click.option("--site", required=True, help="The site that they work for.")


class ModeratorTyped(Asked):
    """A moderator from the command line: there is no way to ask for one over the API."""

    name: Name


@click.group(name="moderators")
def command() -> None:
    """Add, list and remove the people who work a site's queue at the desk."""


@command.command(short_help="Add a moderator and print their link to sign in.")
@click.argument("name")
@site_option
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.MODERATOR.value,
    show_default=True,
    help="An admin also changes the site's policy.",
)
@data_option
def add(name: str, site: str, role: str, data: Path | None) -> None:
    """Give NAME a role on a site and print a link, alone, on standard output.

    The link signs them in once, within a day. For somebody who has a role already this changes it and makes a new
    link; sessions and password stay.
    """
    called = read_options(ModeratorTyped, name=name).name
    token = Token.fresh()

    async def work(database: Database) -> None:
        await require_site(database, site)
        await database.write(give_link, site, called, Role(role), token.hash, datetime.now(UTC))

    with_store(data, work)
    click.echo(f"{load_settings().address}/desk#link={token.text}")
    click.echo(f"{called} is {role} of {site}. The link works once, within a day; then it is worthless.", err=True)


@command.command(name="list", short_help="List a site's moderators as JSON lines.")
@site_option
@data_option
def list_(site: str, data: Path | None) -> None:
    """List a site's moderators as JSON lines: role, password or not, browsers signed in, when last seen."""

    async def work(database: Database) -> list[ModeratorRecord]:
        await require_site(database, site)
        return await database.read(moderators.of, site)

    for found in with_store(data, work):
        line = {
            "name": found.name,
            "role": found.role,
            "has_password": found.has_password,
            "sessions": found.sessions,
            "seen_at": found.seen_at.isoformat() if found.seen_at else None,
        }
        click.echo(json.dumps(line))


@command.command(short_help="Take a moderator's role on a site away.")
@click.argument("name")
@site_option
@data_option
def remove(name: str, site: str, data: Path | None) -> None:
    """Take NAME's role on a site away, at once. What they decided stays in the audit trails."""

    async def work(database: Database) -> bool:
        await require_site(database, site)
        return await database.write(moderators.remove, site, name)

    if not with_store(data, work):
        raise _nobody(name, site)
    click.echo(f"{name} is no moderator of {site} any more.", err=True)


@command.command(name="sign-out", short_help="End every session of a moderator.")
@click.argument("name")
@site_option
@data_option
def sign_out(name: str, site: str, data: Path | None) -> None:
    """End every session of NAME at once, and their unused link: for a browser that was lost or left behind."""

    async def work(database: Database) -> int | None:
        await require_site(database, site)
        found = await database.read(moderators.find, name)
        if found is None or site not in found.roles:
            return None
        ended = await database.write(sessions.end_all, name)
        await database.write(sessions.note, name, SignInEvent.SIGNED_OUT_EVERYWHERE, None, datetime.now(UTC))
        return ended

    ended = with_store(data, work)
    if ended is None:
        raise _nobody(name, site)
    click.echo(f"{name} is signed out of {ended} browser(s).", err=True)


def _nobody(name: str, site: str) -> click.UsageError:
    return click.UsageError(f"{site} has no moderator {name!r}. List them with: ./parley moderators list --site {site}")
