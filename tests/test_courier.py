"""Couriers share the work, keep each comment's order, and leave nothing behind, whoever dies when."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.apprising import Apprising
from bot.comment import Status
from bot.courier import LEASE, Courier
from bot.crier import Crier
from bot.delivery import FAILING_FOR, DeliveryState
from bot.event import DisabledBecause, EventType
from bot.fence import Fence, read_networks
from bot.posting import Posting
from bot.signature import Scheme, Secret, verify
from bot.store import deliveries, endpoints, outbox
from bot.store.database import Database
from bot.store.deliveries import Delivery, DeliveryFilter, Replay
from bot.store.endpoints import Endpoint, EndpointDisabled, EndpointState, Wanted
from bot.verdict import Decision
from tests.parley import ask, calling
from tests.parley import serving as parley_serving
from tests.receivers import Got, Receiver, receiving, says
from tests.stored import decided, stored

HERE = Fence(read_networks("127.0.0.1"))
SECRET = Secret(Scheme.V1, b"s" * 32)
_numbers = itertools.count(1)


class Clock:
    """The time of day, and however much later a test says that it is."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@asynccontextmanager
async def delivering(database: Database, clock: Clock | None = None) -> AsyncIterator[Courier]:
    posting = Posting(HERE, within=5)
    crier = Crier(database, posting, Apprising(HERE.allowed), "https://parley.example")
    courier = Courier(database, posting, crier, clock=clock or Clock())
    courier.start()
    try:
        yield courier
    finally:
        await courier.close()
        await posting.close()


async def add(database: Database, url: str, *events: EventType, site: str = "demo") -> Endpoint:
    wanted = Wanted(url, "", events or None)
    return await database.write(endpoints.add, site, next(_numbers), wanted, SECRET, datetime.now(UTC))


async def find(database: Database, endpoint: Endpoint) -> Endpoint:
    return await database.read(endpoints.find, endpoint.site, endpoint.id)


async def all_of(database: Database, endpoint: Endpoint) -> list[Delivery]:
    """Newest first."""
    page = await database.read(deliveries.page, endpoint.site, DeliveryFilter(endpoint.id), None, 200)
    return list(page.deliveries)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - a store does not call back
            await asyncio.sleep(0.02)


async def test_messages_are_signed_with_every_secret_that_is_good(database: Database) -> None:
    new = Secret(Scheme.V1, b"n" * 32)
    async with receiving() as receiver, delivering(database):
        endpoint = await add(database, receiver.url)
        await database.write(endpoints.rotate, "demo", endpoint.id, new, datetime.now(UTC))
        await stored(database)
        (got,) = await receiver.until_got(1)
        for secret in (SECRET, new):
            assert verify([secret], got.headers, got.body, datetime.now(UTC))
        later = datetime.now(UTC) + endpoints.KEPT
        left = (await database.read(endpoints.secrets, [endpoint.id], later))[endpoint.id]
        assert [kept.secret for kept in left] == [new]


async def test_a_later_event_of_a_comment_waits_for_an_earlier_one(database: Database) -> None:
    """Others do not wait; and once the first is taken, the rest follow in their order."""
    stuck: list[str] = []

    async def answer(_: web.Request, got: Got) -> web.StreamResponse:
        return web.Response(status=500 if got.json["data"]["comment"]["id"] in stuck else 200)

    clock = Clock()
    async with receiving(answer) as receiver, delivering(database, clock) as courier:
        await add(database, receiver.url)
        first = await stored(database)
        await receiver.until_got(1)
        stuck.append(receiver.got[0].json["data"]["comment"]["id"])
        await decided(database, first)
        await decided(database, first, Decision.REJECT, expected=Status.APPROVED)
        courier.stir()
        await receiver.until_got(2)
        await stored(database, "Another comment.")
        clock.ahead = timedelta(seconds=4)
        courier.stir()
        await receiver.until(lambda seen: seen.types.count("comment.held") == 2)
        stuck.clear()
        clock.ahead = timedelta(minutes=1)
        await receiver.until_got(7)
        told = [
            one.json
            for one in receiver.got
            if one.json["data"]["comment"]["id"] == receiver.got[0].json["data"]["comment"]["id"]
        ]
        assert [one["data"]["sequence"] for one in told] == [1, 2, 2, 3, 4, 5]


async def test_an_endpoint_that_is_dead_keeps_no_other_waiting(database: Database) -> None:
    """It hangs on every message that it gets, and a hundred wait for it."""
    over = asyncio.Event()

    async def hang(_: web.Request, __: Got) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    async with receiving(hang) as dead, receiving() as well, delivering(database):
        await add(database, dead.url)
        for _ in range(100):
            await stored(database)
        await dead.until_got(1)
        await add(database, well.url)
        await stored(database, "For both.")
        await well.until_got(1)
        assert len(dead.got) == 1
        over.set()


async def test_an_endpoint_that_asks_to_wait_is_left_alone(database: Database) -> None:
    clock = Clock()
    async with receiving(says(429, Retry_After="3600")) as receiver, delivering(database, clock) as courier:
        endpoint = await add(database, receiver.url)
        await stored(database)
        await receiver.until_got(1)
        await until(lambda: _paused(database, endpoint))
        receiver.answer = says(200)
        await stored(database, "Another comment.")
        clock.ahead = timedelta(minutes=59)
        courier.stir()
        async with receiving() as other:
            await add(database, other.url)
            await stored(database, "The third.")
            await other.until_got(1)
        assert len(receiver.got) == 1
        clock.ahead = timedelta(minutes=61)
        await receiver.until_got(4)


async def _paused(database: Database, endpoint: Endpoint) -> bool:
    return (await find(database, endpoint)).paused_until is not None


async def test_410_disables_an_endpoint_and_the_others_hear_of_it(database: Database) -> None:
    async with receiving(says(410)) as gone, receiving() as other, delivering(database):
        endpoint = await add(database, gone.url)
        await add(database, other.url, EventType.ENDPOINT_DISABLED)
        await stored(database)
        (told,) = await other.until_got(1)
        assert told.json["data"] | {"endpoint": 0} == {
            "site": "demo",
            "endpoint": 0,
            "url": gone.url,
            "because": "gone",
        }
        assert (await find(database, endpoint)).disabled_because is DisabledBecause.GONE
        assert [one.state for one in await all_of(database, endpoint)] == [DeliveryState.FAILED]
        await stored(database, "Not told to it.")
        assert len(await all_of(database, endpoint)) == 1


async def test_five_days_of_failure_disable_it_and_enabling_delivers_what_waited(database: Database) -> None:
    clock = Clock()
    async with receiving(says(500)) as receiver, delivering(database, clock) as courier:
        endpoint = await add(database, receiver.url)
        first = await stored(database)
        await decided(database, first)
        await receiver.until_got(1)
        await until(lambda: _paused(database, endpoint))
        clock.ahead = FAILING_FOR + timedelta(minutes=1)
        courier.stir()
        await until(lambda: _is(database, endpoint, EndpointState.DISABLED))
        assert len(receiver.got) == 2
        receiver.answer = says(200)
        enabled = await database.write(
            endpoints.change, "demo", endpoint.id, lambda before: before, EndpointState.ENABLED, clock()
        )
        assert enabled.health.failing_since is None
        await receiver.until_got(5)
        assert receiver.types[2:] == ["comment.held", "decision.made", "comment.approved"]


async def _is(database: Database, endpoint: Endpoint, state: EndpointState) -> bool:
    return (await find(database, endpoint)).state is state


async def test_what_failed_can_be_sent_again(database: Database) -> None:
    async with receiving(says(410)) as receiver, delivering(database) as courier:
        endpoint = await add(database, receiver.url)
        await stored(database)
        await until(lambda: _is(database, endpoint, EndpointState.DISABLED))
        receiver.answer = says(200)
        now = datetime.now(UTC)
        with pytest.raises(EndpointDisabled):
            await database.write(deliveries.replay_some, "demo", endpoint.id, Replay(), None, now)
        await database.write(endpoints.change, "demo", endpoint.id, lambda it: it, EndpointState.ENABLED, now)
        too_late = Replay(since=now + timedelta(days=1))
        assert (await database.write(deliveries.replay_some, "demo", endpoint.id, too_late, None, now)).count == 0
        assert (await database.write(deliveries.replay_some, "demo", endpoint.id, Replay(), None, now)).count == 1
        courier.stir()
        await until(lambda: _all(database, endpoint, DeliveryState.DELIVERED))
        (delivery,) = await all_of(database, endpoint)
        tried = await database.read(deliveries.attempts, "demo", delivery.id)
        assert [one.answer.status for one in tried] == [410, 200]


async def _all(database: Database, endpoint: Endpoint, state: DeliveryState) -> bool:
    return all(one.state is state for one in await all_of(database, endpoint))


async def test_several_couriers_share_the_work_and_send_nothing_twice(database: Database) -> None:
    async with AsyncExitStack() as open_:
        receivers = [await open_.enter_async_context(receiving()) for _ in range(4)]
        for receiver in receivers:
            await add(database, receiver.url)
        couriers = [await open_.enter_async_context(delivering(database)) for _ in range(3)]
        await asyncio.gather(*(stored(database, f"Comment {number}.", author=f"a-{number}") for number in range(50)))
        for courier in couriers:
            courier.stir()
        for receiver in receivers:
            got = await receiver.until_got(50)
            assert len({one.headers["webhook-id"] for one in got}) == len(got) == 50


async def test_a_courier_that_is_closed_gives_its_turns_back(database: Database) -> None:
    over = asyncio.Event()

    async def hang(_: web.Request, __: Got) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    async with receiving(hang) as receiver:
        await add(database, receiver.url)
        async with delivering(database):
            await stored(database)
            await receiver.until_got(1)
        receiver.answer = says(200)
        over.set()
        async with delivering(database):
            first, second = await receiver.until_got(2)
        assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_what_is_old_is_forgotten_and_what_waits_is_not(database: Database) -> None:
    clock = Clock()
    async with receiving() as receiver:
        endpoint = await add(database, receiver.url)
        async with delivering(database, clock):
            await stored(database)
            await receiver.until_got(1)
            await until(lambda: _all(database, endpoint, DeliveryState.DELIVERED))
        waits = await stored(database, "Nobody delivers this.")
        later = clock() + timedelta(days=1)
        assert await database.write(outbox.sweep, later, 100) == 1
        assert [one.event.comment for one in await all_of(database, endpoint)] == [waits.id]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_killed_between_commit_and_send_nothing_is_lost(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Comments arrive while Parley is killed; each that was answered is told."""
    urls = {"database_url": request.getfixturevalue("postgres_url")} if kind == "postgresql" else {}
    answered: set[str] = set()
    async with receiving() as receiver:
        with parley_serving(tmp_path / "parley", webhook_allow="127.0.0.1", **urls) as parley:
            if urls:
                parley.command("sites", "add", "demo")
            parley.command("endpoints", "add", "demo", receiver.url, "--events", "comment.approved,comment.held")
            async with calling(parley) as client:
                sending = [asyncio.create_task(_submit_until_killed(client, name, answered)) for name in "abcd"]
                await receiver.until_got(60)
                await asyncio.to_thread(parley.kill)
                await asyncio.gather(*sending)
        database = await Database.open(urls.get("database_url"), tmp_path / "parley" / "data")
        clock = Clock()
        # Turns of the killed are free once their leases are over.
        clock.ahead = LEASE
        async with delivering(database, clock):
            await receiver.until(lambda seen: answered <= _comments(seen))
        await database.close()


async def _submit_until_killed(client: aiohttp.ClientSession, name: str, answered: set[str]) -> None:
    with suppress(aiohttp.ClientError):
        for number in itertools.count():
            asked = {"thread": name, "author": f"{name}-{number}", "text": f"Comment {name} {number}."}
            status, made = await ask(client, "POST", "/v1/comments", asked)
            assert status == 201
            answered.add(made["id"])


def _comments(receiver: Receiver) -> set[str]:
    return {got.json["data"]["comment"]["id"] for got in receiver.got}


async def test_killed_between_send_and_mark_it_is_sent_again_under_the_same_id(tmp_path: Path) -> None:
    async with receiving() as receiver:
        with parley_serving(tmp_path / "parley", webhook_allow="127.0.0.1") as parley:

            async def kill(_: web.Request, __: Got) -> web.StreamResponse:
                await asyncio.to_thread(parley.kill)
                return web.Response()

            receiver.answer = kill
            parley.command("endpoints", "add", "demo", receiver.url)
            async with calling(parley) as client:
                await ask(client, "POST", "/v1/comments", {"thread": "t", "author": "ada", "text": "Fine."})
            await receiver.until_got(1)
        receiver.answer = says(200)
        database = await Database.open(None, tmp_path / "parley" / "data")
        clock = Clock()
        clock.ahead = LEASE
        async with delivering(database, clock):
            first, second = await receiver.until_got(2)
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        await database.close()
