"""A real Redis is killed, frozen, flushed and refused; every method gives its declared answer, counted and in time."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import redis
from prometheus_client import REGISTRY

from bot.cache import Cache, RedisState, Topic, digest
from tests.builders import analysis
from tests.servers import Redis
from tests.waiting import eventually

DIGEST = digest("text")


@pytest.fixture
async def cache(redis_server: Redis) -> AsyncIterator[Cache]:
    """A cache on a Redis that may be ill-treated; it knows one text."""
    opened = await Cache.open(redis_server.url)
    opened.scores.put_many("test-1", {DIGEST: analysis()})
    await eventually(lambda: opened.scores.get_many("test-1", [DIGEST]), [analysis()])
    await opened.wake.listening()
    yield opened
    await opened.close()


def failures(method: str) -> float:
    """How often a method has answered without Redis so far."""
    return REGISTRY.get_sample_value("parley_redis_failures_total", {"method": method}) or 0.0


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_a_lookup_is_a_miss_while_redis_is_away(cache: Cache, redis_server: Redis, how: str) -> None:
    """Slower, never wrong: what cannot be looked up counts as unknown."""
    before = failures("scores.get")
    redis_server.kill() if how == "killed" else redis_server.freeze()
    assert await cache.scores.get_many("test-1", [DIGEST, DIGEST]) == [None, None]
    assert failures("scores.get") > before


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_what_cannot_be_remembered_is_forgotten(cache: Cache, redis_server: Redis, how: str) -> None:
    """Storing never fails and never waits."""
    before = failures("scores.put")
    redis_server.kill() if how == "killed" else redis_server.freeze()
    cache.scores.put_many("test-1", {digest(str(number)): analysis() for number in range(10_000)})
    await eventually(lambda: failures("scores.put") > before, True)


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_a_process_limits_by_itself_while_redis_is_away(cache: Cache, redis_server: Redis, how: str) -> None:
    """The limit still holds in each process."""
    before = failures("rates.take")
    redis_server.kill() if how == "killed" else redis_server.freeze()
    waits = [await cache.rates.take("site", 5) for _ in range(8)]
    assert [wait > 0 for wait in waits] == [False] * 5 + [True] * 3
    assert failures("rates.take") > before


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_an_announcement_still_wakes_its_own_process(cache: Cache, redis_server: Redis, how: str) -> None:
    """Whoever changed something sees the change, Redis or not."""
    heard: list[str] = []
    before = failures("wake.announce")
    cache.wake.on(Topic.KEYS, lambda: heard.append("keys"))
    redis_server.kill() if how == "killed" else redis_server.freeze()
    await cache.wake.announce(Topic.KEYS)
    assert heard == ["keys"]
    assert failures("wake.announce") > before


async def test_a_frozen_redis_costs_one_wait_and_never_piles_up(cache: Cache, redis_server: Redis) -> None:
    """Two hundred callers lose half a second together; those who come later lose nothing."""
    redis_server.freeze()
    begun = time.monotonic()
    await asyncio.gather(*(cache.scores.get_many("test-1", [DIGEST]) for _ in range(200)))
    # One wait each, one after the other, would take 80 s.
    assert time.monotonic() - begun < 10
    assert cache.redis is RedisState.AWAY
    begun = time.monotonic()
    for _ in range(200):
        assert await cache.scores.get_many("test-1", [DIGEST]) == [None]
    # A wait each would take 80 s.
    assert time.monotonic() - begun < 10


async def test_a_thawed_redis_is_used_again(cache: Cache, redis_server: Redis) -> None:
    """What it knew is known again, without anyone's help."""
    redis_server.freeze()
    await cache.scores.get_many("test-1", [DIGEST])
    assert REGISTRY.get_sample_value("parley_redis_up") == 0
    redis_server.thaw()
    await eventually(lambda: cache.scores.get_many("test-1", [DIGEST]), [analysis()])
    assert cache.redis is RedisState.UP
    assert REGISTRY.get_sample_value("parley_redis_up") == 1


async def test_a_redis_that_was_started_again_is_used_again(cache: Cache, redis_server: Redis) -> None:
    """Scores are stored and limits shared again, and processes hear each other again."""
    heard = asyncio.Event()
    cache.wake.on(Topic.KEYS, heard.set)
    redis_server.kill()
    assert await cache.scores.get_many("test-1", [DIGEST]) == [None]
    redis_server.start()
    await eventually(lambda: cache.redis, RedisState.UP)
    cache.scores.put_many("test-1", {DIGEST: analysis()})
    await eventually(lambda: cache.scores.get_many("test-1", [DIGEST]), [analysis()])
    await asyncio.wait_for(heard.wait(), 10)
    heard.clear()
    other = await Cache.open(redis_server.url)
    await other.wake.announce(Topic.KEYS)
    await asyncio.wait_for(heard.wait(), 10)
    await other.close()


async def test_a_redis_that_comes_late_is_taken_up(redis_server: Redis) -> None:
    """Parley starts without it."""
    redis_server.kill()
    cache = await Cache.open(redis_server.url)
    assert cache.redis is RedisState.AWAY
    redis_server.start()
    await eventually(lambda: cache.redis, RedisState.UP)
    await asyncio.wait_for(cache.wake.listening(), 10)
    await cache.close()


async def test_limits_survive_a_flush_of_the_scripts(cache: Cache, redis_server: Redis) -> None:
    """A Redis that forgot Parley's script is told it again, and nobody notices."""
    before = failures("rates.take")
    assert await cache.rates.take("one", 5) == 0
    with redis.Redis.from_url(redis_server.url) as plain:
        plain.script_flush()
    assert [await cache.rates.take("one", 5) > 0 for _ in range(5)] == [False] * 4 + [True]
    assert failures("rates.take") == before


async def test_a_redis_without_memory_still_answers_lookups(cache: Cache, redis_server: Redis) -> None:
    """Refused writes are counted; Redis is not given up for them."""
    with redis.Redis.from_url(redis_server.url) as plain:
        plain.config_set("maxmemory", 1)
    before = failures("scores.put")
    cache.scores.put_many("test-1", {digest("other"): analysis()})
    await eventually(lambda: failures("scores.put") > before, True)
    assert cache.redis is RedisState.UP
    assert await cache.scores.get_many("test-1", [DIGEST]) == [analysis()]


async def test_a_foreign_key_in_the_way_makes_a_process_limit_by_itself(cache: Cache, redis_server: Redis) -> None:
    """Something else under a bucket's name is no reason to refuse or to fail."""
    with redis.Redis.from_url(redis_server.url) as plain:
        plain.set("parley:rate:site", "not a bucket")
    assert [await cache.rates.take("site", 2) > 0 for _ in range(3)] == [False, False, True]


async def test_closing_does_not_wait_for_a_frozen_redis(redis_server: Redis) -> None:
    """A process that is told to stop stops."""
    cache = await Cache.open(redis_server.url)
    redis_server.freeze()
    cache.scores.put_many("test-1", {DIGEST: analysis()})
    await asyncio.wait_for(cache.close(), 3)
