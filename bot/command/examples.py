"""`./parley examples`: what people said about a site's comments, as JSON lines to learn from."""

from pathlib import Path
from typing import Any

import click

from bot.command.jsonlines import write_line
from bot.command.output import OutputFile, writing
from bot.command.store import data_option, require_site, with_store
from bot.example import StoredExample
from bot.store import examples
from bot.store.database import Database
from bot.web.wire.answered import write_moment

_AT_ONCE = 500


@click.command(name="examples")
@click.argument("site")
@click.option("--output", type=OutputFile(), default="-", help="Where the lines go. Default: standard output.")
@data_option
def command(site: str, output: Path, data: Path | None) -> None:
    """List SITE's labelled examples as JSON lines, oldest first.

    They come from moderators, by way of the tools that speak Perspective's API to Parley. A line is
    {"text", "labels", "spans", "source", "language", "context", "community", "reference", "at"}; a label is 0 to 1,
    and of two lines about the same text the later one corrects the earlier.
    """

    async def work(database: Database) -> None:
        await require_site(database, site)
        with writing(output) as written:
            after = 0
            while page := await database.read(examples.of, site, after, _AT_ONCE):
                for stored in page:
                    write_line(written, _line(stored))
                after = page[-1].id

    with_store(data, work)


def _line(stored: StoredExample) -> dict[str, Any]:
    """The example as an object (Any: JSON)."""
    example = stored.example
    return {
        "text": example.text,
        "labels": dict(example.labels),
        "spans": [
            {"attribute": span.attribute, "begin": span.begin, "end": span.end, "value": span.value}
            for span in example.spans
        ],
        "source": example.source.value,
        "language": example.language,
        "context": list(example.context),
        "community": example.community,
        "reference": example.reference,
        "at": write_moment(stored.at),
    }
