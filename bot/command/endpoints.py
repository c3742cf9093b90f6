"""`./parley endpoints`: where a site's events are sent, whether they arrive, and sending them again."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.apprising import Apprising
from bot.command.fields import read_options
from bot.command.store import data_option, load_settings, require_site, with_store
from bot.comment import mint_id, read_id, write_id
from bot.courier import try_once
from bot.crier import Crier
from bot.event import EventType
from bot.posting import AddressForbidden, Posting
from bot.signature import Scheme, Secret
from bot.store import deliveries, endpoints
from bot.store.database import Database
from bot.store.deliveries import Delivery, NoSuchDelivery
from bot.store.endpoints import Endpoint, EndpointDisabled, Kept, NoSuchEndpoint, TooManyEndpoints
from bot.web.wire.endpoints import EndpointAsked, ReplayAsked, write_delivery, write_endpoint

_PATIENCE = 20.0


class _Id(click.ParamType[int]):
    """An endpoint or a delivery, as it is written."""

    name = "id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Its number."""
        number = read_id(value)
        if number is None:
            self.fail(f"{value!r} is no id; ./parley endpoints list SITE shows them.", param, ctx)
        return number


@click.group(name="endpoints")
def command() -> None:
    """Add, list and test the endpoints that a site's events are sent to, and send events again."""


@command.command(short_help="Add an endpoint; print its id and secret.")
@click.argument("site")
@click.argument("url")
@click.option(
    "--events",
    multiple=True,
    metavar="TYPE",
    help=f"Hear of these only; repeat it, or separate them with commas. Default: all. Types: {', '.join(EventType)}.",
)
@click.option("--description", default="", help="For people.")
@click.option(
    "--scheme",
    type=click.Choice([scheme.value for scheme in Scheme]),
    default=Scheme.V1.value,
    help="v1: a secret that both sides have. v1a: an ed25519 key, of which its public half is printed.",
)
@data_option
def add(site: str, url: str, events: tuple[str, ...], description: str, scheme: str, data: Path | None) -> None:
    """Send SITE's events to URL from now on.

    Prints the endpoint's id and, on a line of its own, the secret to verify messages with; it is not shown again.
    """
    types = [name for given in events for name in given.replace(",", " ").split()]
    asked = read_options(EndpointAsked, url=url, events=types or None, description=description, scheme=scheme)
    secret = Secret.of(Scheme(scheme), secrets.token_bytes(32))

    async def work(database: Database) -> Endpoint:
        await require_site(database, site)
        posting = Posting(load_settings(data=data).fence)
        try:
            await posting.check(asked.url)
            now = datetime.now(UTC)
            return await database.write(
                endpoints.add, site, mint_id(now, secrets.randbits(22)), asked.wanted, secret, now
            )
        except AddressForbidden as forbidden:
            raise click.UsageError(f"URL {forbidden}.") from forbidden
        except TooManyEndpoints as enough:
            raise click.UsageError(str(enough)) from enough
        finally:
            await posting.close()

    made = with_store(data, work)
    click.echo(write_id(made.id))
    click.echo(secret.shown_to_receivers)
    click.echo(
        f"Try it with: ./parley endpoints test {site} {write_id(made.id)}\n"
        "Keep the second line: messages are verified with it, and it is not shown again.",
        err=True,
    )


@command.command(name="list", short_help="List a site's endpoints as JSON lines, without their secrets.")
@click.argument("site")
@data_option
def list_(site: str, data: Path | None) -> None:
    """List SITE's endpoints as JSON lines: what they hear of, how they do, how much waits for them."""

    async def work(database: Database) -> list[tuple[Endpoint, int, list[Kept]]]:
        await require_site(database, site)
        found = await database.read(endpoints.of, site)
        ids = [one.id for one in found]
        waiting = await database.read(endpoints.waiting, ids)
        kept = await database.read(endpoints.secrets, ids, datetime.now(UTC))
        return [(one, waiting[one.id], kept[one.id]) for one in found]

    for endpoint, waiting, kept in with_store(data, work):
        click.echo(json.dumps(write_endpoint(endpoint, waiting, kept)))


@command.command(short_help="Send a ping, and print what was answered.")
@click.argument("site")
@click.argument("endpoint", type=_Id())
@data_option
def test(site: str, endpoint: int, data: Path | None) -> None:
    """Send a ping to ENDPOINT of SITE and print the delivery as JSON; exit code 1 where it was not taken."""

    async def work(database: Database) -> Delivery:
        await require_site(database, site)
        settings = load_settings(data=data)
        posting = Posting(settings.fence)
        crier = Crier(database, posting, Apprising(settings.fence.allowed), settings.address)
        try:
            sent = await database.write(deliveries.send_ping, site, endpoint, datetime.now(UTC))
            return await try_once(database, posting, crier, site, sent.id, _PATIENCE)
        except (NoSuchEndpoint, EndpointDisabled) as refused:
            raise click.UsageError(f"{refused} ./parley endpoints list {site} shows them.") from refused
        finally:
            await posting.close()

    tried = with_store(data, work)
    click.echo(json.dumps(write_delivery(tried)))
    if tried.last is None:
        raise click.ClickException("The endpoint was left alone until now, because it failed or asked for that.")
    if not tried.last.answer.took:
        said = tried.last.answer.status or tried.last.answer.failure
        raise click.ClickException(f"The endpoint did not take it ({said}); it is tried again.")


@command.command(short_help="Send events to an endpoint again.")
@click.argument("site")
@click.argument("endpoint", type=_Id())
@click.option("--delivery", type=_Id(), help="This one only.")
@click.option("--state", default="failed", help="Those that failed (the default), were delivered, or are waiting.")
@click.option("--since", help="Events of this moment and later, as 2026-11-23T12:00:00Z.")
@click.option("--until", help="Events before this moment.")
@data_option
def replay(
    site: str,
    endpoint: int,
    delivery: int | None,
    state: str,
    since: str | None,
    until: str | None,
    data: Path | None,
) -> None:
    """Send to ENDPOINT of SITE again what it did not take, and print how many deliveries that are.

    A running Parley delivers them; each keeps its webhook-id.
    """
    asked = read_options(ReplayAsked, state=state, since=since, until=until).replay

    async def work(database: Database) -> int:
        await require_site(database, site)
        if delivery is not None:
            if (await database.read(deliveries.find, site, delivery)).endpoint != endpoint:
                raise NoSuchDelivery(delivery)
            await database.write(deliveries.replay, site, delivery, datetime.now(UTC))
            return 1
        count, after = 0, None
        while True:
            now = datetime.now(UTC)
            some = await database.write(deliveries.replay_some, site, endpoint, asked, after, now)
            count, after = count + some.count, some.after
            if after is None:
                return count

    try:
        click.echo(with_store(data, work))
    except (NoSuchEndpoint, NoSuchDelivery, EndpointDisabled) as refused:
        raise click.UsageError(f"{refused} ./parley endpoints list {site} shows them.") from refused
