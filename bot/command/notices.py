"""`./parley notices`: people who are told what happens on a site, through chat programs and e-mail."""

import json
import re
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

import click

from bot.apprising import Apprising, BadReach
from bot.command.store import data_option, load_settings, require_site, with_store
from bot.comment import mint_id, read_id, write_id
from bot.crier import SHORTEST_REST, Crier
from bot.delivery import Answer
from bot.event import EventType
from bot.notice import USUALLY, Happening, Looked
from bot.posting import AddressForbidden, Posting
from bot.settings import Settings
from bot.signature import Scheme, Secret
from bot.store import endpoints, notices
from bot.store.database import Database
from bot.store.endpoints import NoSuchEndpoint, TooManyEndpoints, Wanted
from bot.store.notices import Notice, Reach
from bot.web.wire.answered import write_moment

T = TypeVar("T")

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST: Final = timedelta(days=7)
_LONGEST_ADDRESS: Final = 2000
_LONGEST_NAME: Final = 80
_LONGEST_SECRET: Final = 200


class _Id(click.ParamType[int]):
    """A notice, as it is written."""

    name = "id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Its number."""
        number = read_id(value)
        if number is None:
            self.fail(f"{value!r} is no id; ./parley notices list SITE shows them.", param, ctx)
        return number


class _Rest(click.ParamType[timedelta]):
    """How long nothing is sent after a message, as in 30m."""

    name = "time"

    def convert(self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The time itself."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,6})([smhd])", value)
        rest = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)
        if not SHORTEST_REST <= rest <= _LONGEST:
            self.fail(f"{value!r} is no time as in 20s, 30m, 2h or 1d, from 20s to 7d.", param, ctx)
        return rest


class _Types(click.ParamType[tuple[EventType, ...]]):
    """Types of events, separated by commas."""

    name = "types"

    def convert(
        self, value: str | tuple[EventType, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[EventType, ...]:
        """The types."""
        if isinstance(value, tuple):
            return value
        names = list(dict.fromkeys(value.replace(",", " ").split()))
        unknown = [name for name in names if name not in list(EventType)]
        if unknown or not names:
            wrong = ", ".join(unknown) or "nothing"
            self.fail(f"{wrong} is no type of event; there are {', '.join(EventType)}.", param, ctx)
        return tuple(EventType(name) for name in names)


@click.group(name="notices")
def command() -> None:
    """Tell people about held comments and appeals: Slack, Discord, Teams, Telegram, Mattermost, e-mail and more."""


@command.command(short_help="Tell people at a URL of Apprise's.")
@click.argument("site")
@click.argument("url")
@click.option(
    "--every",
    "rest",
    type=_Rest(),
    default=SHORTEST_REST,
    help="A digest: after a message nothing more is sent for so long, as in 30m, 2h or 1d. "
    "Default: at once, though never more than one message in 20 seconds.",
)
@click.option(
    "--events",
    type=_Types(),
    default=USUALLY,
    help=f"Types of events, separated by commas. Default: {','.join(USUALLY)}.",
)
@click.option("--without-text", is_flag=True, help="Show nothing of what comments say in messages.")
@click.option("--name", default="", help="Under which decisions are recorded: `notice NAME`. Default: the service's.")
@click.option(
    "--slack-signing-secret",
    "slack",
    metavar="SECRET",
    help="Buttons that work, where URL is an incoming webhook of a Slack app of yours. - reads it from standard input.",
)
@data_option
def add(
    site: str,
    url: str,
    rest: timedelta,
    events: tuple[EventType, ...],
    without_text: bool,  # noqa: FBT001 - click's way
    name: str,
    slack: str | None,
    data: Path | None,
) -> None:
    """Tell the people behind URL what happens on SITE, with links to approve or reject. Prints the notice's id.

    URL is one of Apprise's, which stands for a service and who is to be told there, as in tgram://TOKEN/CHAT; - reads
    it from standard input, which keeps its secrets out of the shell's history. Whoever can read there can decide.
    """
    address = _given(url, "URL", _LONGEST_ADDRESS)
    secret = None if slack is None else _given(slack, "--slack-signing-secret", _LONGEST_SECRET)
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise click.UsageError(f"--name must have at most {_LONGEST_NAME} characters that can be seen.")
    settings = load_settings(data=data)

    async def work(database: Database) -> Notice:
        await require_site(database, site)
        shown, service = await (_of_apprise(address, settings) if secret is None else _of_slack(address, settings))
        reach = Reach(name.strip() or service, address, rest, not without_text, secret)
        now, seal = datetime.now(UTC), Secret.of(Scheme.V1, secrets.token_bytes(32))
        wanted = Wanted(shown, f"Notice {reach.name}", events)
        try:
            number = mint_id(now, secrets.randbits(22))
            return await database.write(notices.add, site, number, wanted, reach, seal, now)
        except TooManyEndpoints as enough:
            raise click.UsageError(str(enough)) from enough

    made = with_store(data, work)
    written = write_id(made.endpoint.id)
    click.echo(written)
    click.echo(f"Try it with: ./parley notices test {site} {written}", err=True)
    click.echo(f"Links lead to {settings.address}; PARLEY_PUBLIC_URL changes that.", err=True)
    if secret is not None:
        click.echo(
            "In Slack, at the app's Interactivity & Shortcuts, the Request URL is "
            f"{settings.address}/notices/slack/{written}",
            err=True,
        )


@command.command(name="list", short_help="List a site's notices as JSON lines, without their secrets.")
@click.argument("site")
@data_option
def list_(site: str, data: Path | None) -> None:
    """List SITE's notices as JSON lines: whom they reach, what of, how often, and how they do."""

    async def work(database: Database) -> list[tuple[Notice, int]]:
        await require_site(database, site)
        found = await database.read(notices.of, site, datetime.now(UTC))
        waiting = await database.read(endpoints.waiting, [one.endpoint.id for one in found])
        return [(one, waiting[one.endpoint.id]) for one in found]

    for notice, waiting in with_store(data, work):
        click.echo(json.dumps(_write(notice, waiting), ensure_ascii=False))


@command.command(short_help="Send a test message.")
@click.argument("site")
@click.argument("notice", type=_Id())
@data_option
def test(site: str, notice: int, data: Path | None) -> None:
    """Send a test message to NOTICE of SITE; exit code 1 where it was not taken."""

    async def work(database: Database, crier: Crier) -> Answer | None:
        known = await database.read(notices.find, site, notice, datetime.now(UTC))
        letter = crier.compose(known, [Happening(EventType.PING, None, {})], Looked({}, {}))
        assert letter is not None
        return await crier.send(known, letter)

    answer = _with_crier(site, data, work)
    if answer is None or not answer.took:
        said = None if answer is None else answer.status or answer.failure
        raise click.ClickException(f"The service did not take it ({said}).")
    click.echo("The service took it.", err=True)


@command.command(short_help="Tell these people nothing more.")
@click.argument("site")
@click.argument("notice", type=_Id())
@data_option
def remove(site: str, notice: int, data: Path | None) -> None:
    """Forget NOTICE of SITE, and with it every link that it sent."""

    async def work(database: Database) -> None:
        await require_site(database, site)
        try:
            await database.read(notices.find, site, notice, datetime.now(UTC))
            await database.write(endpoints.remove, site, notice, datetime.now(UTC))
        except NoSuchEndpoint as unknown:
            raise _unknown(site) from unknown

    with_store(data, work)
    click.echo(f"Notice {write_id(notice)} of {site} is forgotten.", err=True)


def _with_crier(site: str, data: Path | None, work: Callable[[Database, Crier], Awaitable[T]]) -> T:
    settings = load_settings(data=data)

    async def run(database: Database) -> T:
        await require_site(database, site)
        posting = Posting(settings.fence)
        try:
            return await work(database, Crier(database, posting, Apprising(settings.fence.allowed), settings.address))
        except NoSuchEndpoint as unknown:
            raise _unknown(site) from unknown
        finally:
            await posting.close()

    return with_store(data, run)


async def _of_apprise(url: str, settings: Settings) -> tuple[str, str]:
    try:
        described = await Apprising(settings.fence.allowed).describe(url)
    except BadReach as bad:
        raise click.UsageError(f"URL {bad}.") from bad
    return described.shown, described.service


async def _of_slack(url: str, settings: Settings) -> tuple[str, str]:
    posting = Posting(settings.fence)
    try:
        await posting.check(url)
    except AddressForbidden as forbidden:
        raise click.UsageError(f"URL {forbidden}.") from forbidden
    finally:
        await posting.close()
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/…", "Slack"


def _given(value: str, option: str, longest: int) -> str:
    text = (sys.stdin.readline() if value == "-" else value).strip()
    if not text or len(text) > longest or not text.isprintable():
        raise click.UsageError(f"{option} must have 1 to {longest} characters that can be seen.")
    return text


def _unknown(site: str) -> click.UsageError:
    return click.UsageError(f"The site has no such notice. ./parley notices list {site} shows them.")


def _write(notice: Notice, waiting: int) -> dict[str, object]:
    endpoint, reach = notice.endpoint, notice.reach
    return {
        "id": write_id(endpoint.id),
        "kind": endpoint.kind,
        "name": reach.name,
        "url": endpoint.wanted.url,
        "events": None if endpoint.wanted.events is None else list(endpoint.wanted.events),
        "every_seconds": int(reach.rest.total_seconds()),
        "with_text": reach.shows_text,
        "state": endpoint.state,
        "disabled_because": endpoint.disabled_because,
        "failures": endpoint.health.failures,
        "waiting": waiting,
        "created_at": write_moment(endpoint.created_at),
    }
