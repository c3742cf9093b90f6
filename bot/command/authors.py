"""`./parley authors`: give an author all that is kept about them, and erase it."""

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.command.output import OutputFile, writing
from bot.command.progress import progress
from bot.command.store import data_option, require_site, with_store
from bot.privacy import Privacy
from bot.store import authors, erasure, kept
from bot.store.authors import AuthorRecord
from bot.store.database import Database
from bot.store.erasure import Erasure
from bot.web.wire.answered import write_moment
from bot.web.wire.privacy import write_erasure, write_export

_WHAT_GOES = (
    "Their comments' texts, names, addresses, notes, messages, search words and examples go for good. Statuses, scores,"
    " counts and the lines of the audit trail stay, under a pseudonym that nothing leads back from."
)


@click.group(name="authors")
def command() -> None:
    """Export and erase what is kept about an author."""


@command.command(short_help="Write all that is kept about an author as one JSON document.")
@click.argument("site")
@click.argument("author")
@click.option("--output", type=OutputFile(), default="-", help="Where it goes. Default: standard output.")
@data_option
def export(site: str, author: str, output: Path, data: Path | None) -> None:
    """Write everything that SITE keeps about AUTHOR, by the site's own id, as one JSON document.

    It names neither moderators nor the readers who reported.
    """

    async def work(database: Database) -> None:
        await require_site(database, site)
        if not await database.read(kept.has_traces, site, author):
            raise _nobody(site, author)
        record = await database.read(authors.find, site, author) or AuthorRecord.of_nobody(author)
        profile = await database.read(kept.profile, site, author)
        with writing(output) as written:
            everything = Privacy(database).everything(site, author)
            async for piece in write_export(site, record, profile, everything, datetime.now(UTC)):
                written.write(piece.decode())
            written.write("\n")

    with_store(data, work)


@command.command(short_help="Erase an author.")
@click.argument("site")
@click.argument("author")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
@data_option
def erase(site: str, author: str, *, yes: bool, data: Path | None) -> None:
    """Erase AUTHOR, by the site's own id, from SITE. It can be stopped and run again; what is done stays done.

    A service that runs meanwhile may remember texts for as long as it does not hear of it: ask it over its API instead
    (DELETE /v1/authors/AUTHOR), or start it again.
    """
    if not yes:
        click.echo(_WHAT_GOES, err=True)
        click.confirm(f"Erase {author!r} from {site}?", abort=True, err=True)

    async def work(database: Database) -> Erasure | None:
        await require_site(database, site)
        record = await database.read(authors.find, site, author)
        total = None if record is None else record.approved + record.held + record.rejected
        with progress() as report:
            return await Privacy(database).erase(
                site, author, _who(), done=lambda count: report("Comments erased", count, total)
            )

    erased = with_store(data, work)
    if erased is None:
        raise _nobody(site, author)
    click.echo(json.dumps(write_erasure(erased)))


@command.command(short_help="List who was erased, as far as it is known: when, and by whom.")
@click.argument("site")
@data_option
def erased(site: str, data: Path | None) -> None:
    """List SITE's erasures as JSON lines, newest first: pseudonym, number of comments, when, and who asked for it."""

    async def work(database: Database) -> list[Erasure]:
        await require_site(database, site)
        return await database.read(erasure.of, site)

    for one in with_store(data, work):
        line = write_erasure(one) | {"moderator": one.moderator, "began_at": write_moment(one.began_at)}
        click.echo(json.dumps(line))


def _who() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        # In a container, processes may run as a number that has no name.
        return "command line"


def _nobody(site: str, author: str) -> click.UsageError:
    return click.UsageError(f"{site} keeps nothing about an author {author!r}; give the id, not the name.")
