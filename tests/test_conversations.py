"""Conversations are kept as long as their site allows: in Redis, in this process, and while Redis comes and goes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis
from prometheus_client import REGISTRY

from bot.cache import Cache, Conversations, Keeping, Kept, RedisState, TurnLost
from tests.fakes import Clock
from tests.servers import Redis
from tests.waiting import eventually


@pytest.fixture(params=["in process", "on Redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    url = request.getfixturevalue("redis_url") if request.param == "on Redis" else None
    opened = await Cache.open(url)
    yield opened
    await opened.close()


@pytest.fixture
async def fragile(redis_server: Redis) -> AsyncIterator[Cache]:
    """On a Redis that may be ill-treated."""
    opened = await Cache.open(redis_server.url)
    yield opened
    await opened.close()


def failures(method: str) -> float:
    return REGISTRY.get_sample_value("parley_redis_failures_total", {"method": method}) or 0.0


async def test_a_conversation_is_gone_on_with(cache: Cache) -> None:
    talks = cache.conversations
    assert await talks.get("demo:1") is None
    for turn in (1, 2):
        await talks.put("demo:1", Kept(turn, b"said so far"), 60)
    assert await talks.get("demo:1") == Kept(2, b"said so far")
    assert await talks.get("other:1") is None
    await talks.forget("demo:1")
    assert await talks.get("demo:1") is None


async def test_of_two_turns_at_the_same_moment_one_is_kept(cache: Cache) -> None:
    talks = cache.conversations
    await talks.put("demo:1", Kept(1, b"begun"), 60)
    outcomes = await asyncio.gather(
        *(talks.put("demo:1", Kept(2, said), 60) for said in (b"here", b"there")), return_exceptions=True
    )
    assert [isinstance(outcome, TurnLost) for outcome in outcomes] == [False, True]
    assert await talks.get("demo:1") == Kept(2, b"here")


async def test_in_this_process_a_conversation_ends_with_its_time() -> None:
    clock = Clock()
    talks = Conversations(None, clock)
    await talks.put("short", Kept(1, b"a"), 60)
    await talks.put("long", Kept(1, b"b"), 3600)
    clock.now = 60
    assert await talks.get("short") is None
    assert await talks.get("long") == Kept(1, b"b")
    assert len(talks) == 2
    talks.sweep()
    assert len(talks) == 1


async def test_redis_is_told_when_to_forget(redis_url: str) -> None:
    cache = await Cache.open(redis_url)
    assert await cache.conversations.put("demo:1", Kept(1, b"a"), 90) is Keeping.SHARED
    with redis.Redis.from_url(redis_url) as plain:
        assert 0 < int(plain.pttl("parley:chat:demo:1")) <= 90_000
    assert len(cache.conversations) == 0
    await cache.close()


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_while_redis_is_away_a_process_goes_on_alone_and_says_so(
    fragile: Cache, redis_server: Redis, how: str
) -> None:
    talks = fragile.conversations
    before = {method: failures(f"conversations.{method}") for method in ("get", "put", "forget")}
    await talks.put("demo:1", Kept(1, b"shared"), 60)
    redis_server.kill() if how == "killed" else redis_server.freeze()
    assert await talks.get("demo:1") is None
    assert await talks.put("demo:1", Kept(2, b"alone"), 60) is Keeping.ALONE
    assert await talks.get("demo:1") == Kept(2, b"alone")
    await talks.forget("demo:2")
    assert all(failures(f"conversations.{method}") > number for method, number in before.items())


async def test_what_was_said_without_redis_is_shared_once_it_is_back(fragile: Cache, redis_server: Redis) -> None:
    talks = fragile.conversations
    await talks.put("demo:1", Kept(1, b"shared"), 60)
    redis_server.freeze()
    assert await talks.put("demo:1", Kept(2, b"alone"), 60) is Keeping.ALONE
    redis_server.thaw()
    await eventually(lambda: fragile.redis, RedisState.UP)
    assert await talks.get("demo:1") == Kept(2, b"alone")
    assert await talks.put("demo:1", Kept(3, b"again"), 60) is Keeping.SHARED
    other = await Cache.open(redis_server.url)
    assert await other.conversations.get("demo:1") == Kept(3, b"again")
    await other.close()


async def test_something_else_under_its_name_is_no_conversation(redis_url: str) -> None:
    cache = await Cache.open(redis_url)
    with redis.Redis.from_url(redis_url) as plain:
        plain.set("parley:chat:demo:1", "rubbish")
        plain.hset("parley:chat:demo:2", "a", "b")
    assert await cache.conversations.get("demo:1") is None
    assert await cache.conversations.get("demo:2") is None
    assert await cache.conversations.put("demo:2", Kept(1, b"a"), 60) is Keeping.ALONE
    await cache.close()
