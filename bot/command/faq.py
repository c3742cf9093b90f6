"""`./parley faq`: what a site's chat answers from, in versions; whether it is sound and told apart well."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml
from rich.console import Console
from rich.table import Table

from bot.command.faqfile import FILE, read_faq
from bot.command.fields import read_options
from bot.command.output import OutputFile, writing
from bot.command.store import data_option, require_site, with_store
from bot.store import faqs
from bot.store.database import Database
from bot.store.faqs import FaqVersion

if TYPE_CHECKING:
    from bot.dialogue.findings import IntentFigures
    from bot.dialogue.nearest import Checked
    from bot.dialogue.rules import ReadyFaq


@click.group(name="faq")
def command() -> None:
    """Show, check and set the FAQ that a site's chat answers from; measure how well questions are understood."""


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
        from bot.faqs import shipped_faq

        click.echo(f"# {site}, the FAQ that Parley comes with", err=True)
        document = shipped_faq().model_dump(mode="json", exclude_defaults=True)
    else:
        click.echo(f"# {site}, version {found.version}, {found.created_at:%Y-%m-%d %H:%M} UTC", err=True)
        document = dict(found.document)
    click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), nl=False)


@command.command(name="set", short_help="Put the FAQ in a file in force.")
@click.argument("site")
@click.argument("file", type=FILE)
@click.option("--note", help="Why it was changed; kept with the version.")
@data_option
def set_(site: str, file: Path, note: str | None, data: Path | None) -> None:
    """Make the FAQ in FILE (- for standard input) the one that SITE's chat answers from, as its next version."""
    from bot.web.wire.faq import FaqAsked

    faq = read_faq(file)
    read_options(FaqAsked, faq=faq, note=note)

    async def work(database: Database) -> int:
        await require_site(database, site)
        return await database.write(
            faqs.save, site, faq.model_dump(mode="json", exclude_defaults=True), note, datetime.now(UTC)
        )

    version = with_store(data, work)
    click.echo(f"Version {version} of {site}'s FAQ is in force within a second.", err=True)


@command.command(short_help="Name what is wrong with a FAQ, and tell how well its questions are told apart.")
@click.argument("file", type=FILE)
@click.option("--report", type=OutputFile(), metavar="FILE", help="Draw which are taken for which, as SVG.")
def check(file: Path, report: Path | None) -> None:
    """Name duplicate questions, patterns in each other's way and dead ones in FILE (- for standard input).

    Then every question is answered by a model that has not seen it, with the patterns first and without them: how many
    come out right, and what the others are taken for. Exit code 1 where something was found.
    """
    from bot.dialogue.findings import figures, findings
    from bot.dialogue.rules import ReadyFaq

    ready = ReadyFaq(read_faq(file))
    unseen = ready.unseen()
    _show(ready, figures(ready, unseen))
    if report is not None:
        _draw(ready, unseen, report)
    found = findings(ready)
    for one in found:
        click.echo(f"{one.intent}: {one.sentence}")
    click.echo(f"{len(found)} findings." if found else "Nothing is wrong with it.", err=True)
    sys.exit(1 if found else 0)


@command.command(short_help="Measure on public sets of questions, parts of which are held out.")
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, metavar="DIR",
    help="A folder with banking77 or clinc150, as .jsonl.gz.",
)  # fmt: skip
@click.option("--questions", type=click.IntRange(2), metavar="N", help="At most so many questions for each intent.")
def measure(data: Path, questions: int | None) -> None:
    """Make a FAQ of a part of each set in DIR, ask it the rest, and print how well it does."""
    from bot.intents import NoSets, measure_all

    try:
        for one in measure_all(data, questions):
            click.echo(
                f"{one.name}: {one.intents} intents, {one.questions} questions, learned in {one.load_seconds:.1f} s"
            )
            click.echo(f"  {one.right:.4f} of {one.asked} others came out right, {one.declined:.4f} were declined")
            if one.elsewhere_declined is not None:
                click.echo(f"  {one.elsewhere_declined:.4f} of what is none of the intents was declined")
            click.echo(f"  an answer takes {one.answer_milliseconds:.2f} ms")
    except NoSets as missing:
        raise click.UsageError(str(missing)) from missing


def _show(ready: "ReadyFaq", measured: "list[IntentFigures]") -> None:
    table = Table("intent", "questions", "right", "without patterns", "declined", "most often taken for")
    for one in measured:
        table.add_row(
            one.intent, str(one.questions), str(one.right), str(one.alone), str(one.declined), one.mistaken_for or ""
        )
    console = Console(soft_wrap=True)
    console.print(table)
    asked, right = sum(one.questions for one in measured), sum(one.right for one in measured)
    if asked:
        console.print(
            f"{right / asked:.3f} of {asked} questions came out right; answered from {ready.threshold:.2f} on."
        )
        alone = sum(one.alone for one in measured)
        console.print(f"{alone / asked:.3f} without the patterns, which were written for these very questions.")


def _draw(ready: "ReadyFaq", unseen: "list[Checked]", file: Path) -> None:
    from bot.dialogue.findings import answered

    checked = answered(ready, unseen)
    try:
        from sentiment.report.confusions import confusions
    except ModuleNotFoundError:
        click.echo("No picture: it needs matplotlib, which pip install 'parley[report]' brings.", err=True)
        return
    names = [intent.id for intent in ready.intents]
    picture = confusions([one.truth for one in checked], [one.guess for one in checked], names)
    with writing(file) as written:
        written.write(picture)
    click.echo(f"The picture: {file}", err=True)
