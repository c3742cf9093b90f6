"""Several moderators at once: what one does the others see, in this process or another, and nobody else does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.store import claims, keys
from bot.store.claims import KEPT, Claim
from bot.store.database import Database
from bot.store.decisions import NoSuchComment
from bot.store.keys import Scope
from bot.web.guards.parts import OPENING
from tests.builders import NOON
from tests.running import Service, serving
from tests.stored import stored
from tests.waiting import eventually


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


class Stream:
    """What /v1/queue/events says, one event after the other."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self) -> Any:
        """The data of the next event (Any: it is JSON); fails where none comes within 20 seconds."""
        async with asyncio.timeout(20):
            while not (line := (await self.response.content.readline()).decode()).startswith("data: "):
                assert line, "the stream ended"
        return json.loads(line[6:])

    async def until(self, held: int) -> Any:
        """The first event that counts so many held comments."""
        while (said := await self.next())["totals"]["all"] != held:
            pass
        return said

    async def ended(self) -> bool:
        """Nothing more comes, within 20 seconds."""
        async with asyncio.timeout(20):
            await self.response.content.read()
        return True


@asynccontextmanager
async def watching(service: Service, site: str = "demo", query: str = "") -> AsyncIterator[Stream]:
    """A stream of the site's events."""
    headers = {"Authorization": f"Bearer {await service.token(Scope.MODERATE, site)}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(service.url("/v1/queue/events") + query, headers=headers) as response,
    ):
        assert (response.status, response.content_type) == (200, "text/event-stream")
        yield Stream(response)


async def test_a_stream_tells_of_arrivals_and_decisions_as_they_happen(service: Service) -> None:
    async with watching(service) as stream:
        assert (await stream.next())["totals"] == {"all": 0, "by_reason": {}}
        held = await service.submit()
        assert (await stream.until(held=1))["totals"]["by_reason"] == {"detected_insult": 1}
        await service.ask("POST", f"/v1/comments/{held['id']}/decisions", {"decision": "approve"})
        await stream.until(held=0)


async def test_another_process_hears_of_it_through_redis(tmp_path: Path, postgres_url: str, redis_url: str) -> None:
    urls: dict[str, Any] = {"database_url": postgres_url, "redis_url": redis_url}
    async with serving(tmp_path / "a", **urls) as here, serving(tmp_path / "b", **urls) as there:
        await there.parts.cache.wake.listening()
        async with watching(there) as stream:
            await stream.next()
            await here.submit()
            await stream.until(held=1)


async def test_a_site_hears_nothing_of_another(service: Service) -> None:
    async with watching(service, "other") as stream:
        first = await stream.next()
        await service.submit()
        await service.ask("PUT", "/v1/queue/claim", {"comment": None})
        await service.submit(site="other")
        second = await stream.next()
    assert (first["totals"]["all"], second["totals"]["all"]) == (0, 1)
    assert first["presence"] == second["presence"] == []


async def test_claims_are_seen_by_others_until_they_are_left(service: Service) -> None:
    held = await service.submit()
    async with watching(service) as stream:
        await stream.next()
        answer = await service.ask("PUT", "/v1/queue/claim", {"comment": held["id"]})
        assert answer.json["presence"] == [{"moderator": "a admin", "comment": held["id"]}]
        while (await stream.next())["presence"] != answer.json["presence"]:
            pass
        await service.ask("DELETE", "/v1/queue/claim")
        while (await stream.next())["presence"] != []:
            pass


async def test_a_comment_of_another_site_cannot_be_claimed(service: Service) -> None:
    held = await service.submit()
    answer = await service.ask("PUT", "/v1/queue/claim", {"comment": held["id"]}, site="other")
    assert answer.status == 404


async def test_a_stream_ends_when_its_key_is_revoked(service: Service) -> None:
    async with watching(service) as stream:
        await stream.next()
        key = next(key for key in await service.parts.database.read(keys.of, "demo") if key.name == "a moderate")
        await service.parts.database.write(keys.revoke, "demo", key.id, NOON)
        service.parts.keyring.forget()
        await service.submit()
        assert await stream.ended()


async def test_a_stream_ends_after_the_time_that_was_asked_for(service: Service) -> None:
    async with watching(service, query="?seconds=0") as stream:
        await stream.next()
        assert await stream.ended()


async def test_a_process_that_stops_ends_its_streams_at_once(service: Service) -> None:
    opening = service.app[OPENING]
    async with watching(service) as stream:
        await stream.next()
        opening.drain()
        assert await stream.ended()
        await opening.drained()
    await eventually(lambda: service.parts.live.watchers("demo"), 0)


async def test_a_claim_ends_by_itself_and_the_first_stays_first(database: Database) -> None:
    comment = await stored(database)
    await database.write(claims.claim, "demo", "mia", comment.id, NOON)
    await database.write(claims.claim, "demo", "ben", comment.id, NOON + timedelta(seconds=10))
    await database.write(claims.claim, "demo", "mia", comment.id, NOON + timedelta(seconds=20))
    both = [Claim("mia", comment.id), Claim("ben", comment.id)]
    assert await database.read(claims.of, "demo", NOON + timedelta(seconds=30)) == both
    assert await database.read(claims.of, "demo", NOON + timedelta(seconds=10) + KEPT) == both[:1]
    await database.write(claims.claim, "demo", "mia", None, NOON + timedelta(seconds=71))
    await database.write(claims.claim, "demo", "ben", comment.id, NOON + timedelta(seconds=72))
    await database.write(claims.claim, "demo", "mia", comment.id, NOON + timedelta(seconds=73))
    assert await database.read(claims.of, "demo", NOON + timedelta(seconds=74)) == both[::-1]


async def test_nobody_looks_at_a_comment_that_the_site_does_not_have(database: Database) -> None:
    comment = await stored(database)
    with pytest.raises(NoSuchComment):
        await database.write(claims.claim, "other", "mia", comment.id, NOON)
