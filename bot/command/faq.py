"""`./parley faq`: what a site's chat answers from, as a document in versions."""

from datetime import UTC, datetime
from pathlib import Path

import click
import yaml

from bot.command.documents import DOCUMENT_FILE, read_document
from bot.command.fields import read_options
from bot.command.store import data_option, require_site, with_store
from bot.dialogue.faq import Faq
from bot.faqs import shipped_faq
from bot.store import faqs
from bot.store.database import Database
from bot.store.faqs import FaqVersion
from bot.web.wire.faq import FaqAsked


@click.group(name="faq")
def command() -> None:
    """Show and set the FAQ that a site's chat answers from (YAML or JSON)."""


@command.command(short_help="Print the FAQ as YAML.")
@click.argument("site")
@click.option("--version", type=click.IntRange(min=0), help="An earlier version; 0 is Parley's. Default: in force.")
@data_option
def show(site: str, version: int | None, data: Path | None) -> None:
    """Print SITE's FAQ as YAML; what it prints can be edited and given to `faq set`."""

    async def work(database: Database) -> tuple[int, FaqVersion | None]:
        await require_site(database, site)
        wanted = await database.read(faqs.newest, site) if version is None else version
        return wanted, await database.read(faqs.find, site, wanted)

    wanted, found = with_store(data, work)
    if found is None and wanted:
        raise click.UsageError(f"{site} has no FAQ version {wanted}.")
    if found is None:
        click.echo(f"# {site}, the FAQ that Parley comes with", err=True)
        document = shipped_faq().model_dump(mode="json")
    else:
        click.echo(f"# {site}, version {found.version}, {found.created_at:%Y-%m-%d %H:%M} UTC", err=True)
        document = dict(found.document)
    click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), nl=False)


@command.command(name="set", short_help="Put the FAQ in a file in force.")
@click.argument("site")
@click.argument("file", type=DOCUMENT_FILE)
@click.option("--note", help="Why it was changed; kept with the version.")
@data_option
def set_(site: str, file: Path, note: str | None, data: Path | None) -> None:
    """Make the FAQ in FILE (- for standard input) the one that SITE's chat answers from, as its next version."""
    faq = read_document(file, Faq, "FAQ")
    read_options(FaqAsked, faq=faq, note=note)

    async def work(database: Database) -> int:
        await require_site(database, site)
        return await database.write(faqs.save, site, faq.model_dump(mode="json"), note, datetime.now(UTC))

    version = with_store(data, work)
    click.echo(f"Version {version} of {site}'s FAQ is in force within a second.", err=True)
