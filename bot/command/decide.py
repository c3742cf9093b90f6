"""`./parley decide`: a moderator's decision from the command line."""

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.command.fields import read_options
from bot.command.store import data_option, require_site, with_store
from bot.comment import Comment, DecisionRecord, Status, read_id
from bot.review import ReviewError
from bot.store import decisions
from bot.store.database import Database
from bot.store.decisions import NoSuchComment
from bot.verdict import Decision, DecisionSource
from bot.web.wire.answered import write_comment, write_decision
from bot.web.wire.asked import DecisionAsked, Name


class DecisionTyped(DecisionAsked):
    """A decision from the command line, which no key says who takes."""

    moderator: Name


def system_user() -> str | None:
    """Who the system says is here; None where it does not know."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        # In a container, processes may run as a number that has no name.
        return None


@click.command(name="decide")
@click.argument("site")
@click.argument("comment_id")
@click.argument("decision", type=click.Choice([decision.value for decision in Decision]))
@click.option("--reason", help="Why, as a code of the site's own.")
@click.option("--note", help="Anything the next moderator should know.")
@click.option("--moderator", default=system_user, show_default="the system's user", help="Who decides.")
@click.option(
    "--expected-status",
    type=click.Choice([status.value for status in Status]),
    default=Status.HELD.value,
    show_default=True,
    help="Decide only if the comment still has this status.",
)
@data_option
def command(
    site: str,
    comment_id: str,
    decision: str,
    reason: str | None,
    note: str | None,
    moderator: str | None,
    expected_status: str,
    data: Path | None,
) -> None:
    """Take DECISION on comment COMMENT_ID of SITE. Whoever comes second is told who was first."""
    number = read_id(comment_id)
    if number is None:
        raise click.UsageError(
            f"{comment_id!r} is no comment id; ids have 13 letters and digits, as in ./parley queue {site}"
        )

    if moderator is None:
        raise click.UsageError("The system does not know who you are; say it with --moderator.")
    asked = read_options(
        DecisionTyped,
        decision=decision,
        reason=reason,
        note=note,
        moderator=moderator,
        expected_status=expected_status,
    )

    async def work(database: Database) -> tuple[Comment, DecisionRecord]:
        await require_site(database, site)
        return await database.write(
            decisions.record,
            site,
            number,
            asked.decision,
            asked.expected_status,
            DecisionSource.MODERATOR,
            asked.moderator,
            asked.reason,
            asked.note,
            datetime.now(UTC),
        )

    try:
        comment, record = with_store(data, work)
    except (ReviewError, NoSuchComment) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(json.dumps({"comment": write_comment(comment), "decision": write_decision(record)}))
