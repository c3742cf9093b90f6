"""What may be forgotten, in this process and through a real Redis: scores, rate limits, wake-up calls."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from bot.cache import Cache, CacheSettingsError, LocalScores, RateLimits, RedisState, Topic, digest
from bot.cache.link import Link
from sentiment.scores import Analysis, Attribute, Cause, Sentiment, Source, Span
from tests.builders import analysis
from tests.fakes import Clock
from tests.waiting import eventually


@pytest.fixture(params=["in process", "redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[Cache]:
    """Both kinds of cache, empty."""
    opened = await Cache.open(None if request.param == "in process" else request.getfixturevalue("redis_url"))
    yield opened
    await opened.close()


async def remembered(cache: Cache, version: str, *texts: str) -> list[Analysis | None]:
    """What the cache answers for texts."""
    return await cache.scores.get_many(version, [digest(text) for text in texts])


async def test_a_remembered_analysis_comes_back_exactly(cache: Cache) -> None:
    """Scores, sentiment and spans survive the way through the cache bit for bit."""
    known = analysis(Span(Attribute.INSULT, 4, 9, 1.0 / 3), insult=0.1 + 0.2)
    cache.scores.put_many("test-1", {digest("an insult"): known})
    await eventually(lambda: remembered(cache, "test-1", "an insult"), [known])


async def test_answers_stand_in_the_order_of_the_questions(cache: Cache) -> None:
    """A batch of known and unknown texts gets its answers place by place."""
    one, two = analysis(insult=0.1), analysis(insult=0.2)
    cache.scores.put_many("test-1", {digest("one"): one, digest("two"): two})
    await eventually(lambda: remembered(cache, "test-1", "two", "never seen", "one"), [two, None, one])


async def test_other_models_do_not_see_an_analysis(cache: Cache) -> None:
    """A new version of the models starts with nothing remembered."""
    cache.scores.put_many("test-1", {digest("text"): analysis()})
    await eventually(lambda: remembered(cache, "test-1", "text"), [analysis()])
    assert await remembered(cache, "test-2", "text") == [None]


async def test_many_readers_at_once_share_few_messages(redis_url: str) -> None:
    """A hundred lookups in one turn of the loop travel together."""
    cache = await Cache.open(redis_url)
    with redis.Redis.from_url(redis_url) as plain:
        plain.config_resetstat()
        await asyncio.gather(*(remembered(cache, "test-1", f"text {number}") for number in range(100)))
        assert plain.info("commandstats")["cmdstat_mget"]["calls"] <= 2
    await cache.close()


@pytest.mark.parametrize("entry", ["", "nonsense", "{}", '{"scores": {"beauty": 1}}', "\N{SNOWMAN}"])
async def test_an_entry_that_cannot_be_read_is_a_miss(redis_url: str, entry: str) -> None:
    """Whatever another program left under Parley's keys, nobody gets a wrong score."""
    with redis.Redis.from_url(redis_url) as plain:
        plain.set(f"parley:score:test-1:{digest('text')}", entry)
    cache = await Cache.open(redis_url)
    assert await remembered(cache, "test-1", "text") == [None]
    await cache.close()


async def test_an_entry_of_other_models_is_a_miss(redis_url: str) -> None:
    """An analysis names the models that made it, and is believed, not its key."""
    cache = await Cache.open(redis_url)
    cache.scores.put_many("test-2", {digest("text"): analysis(model="test-1")})
    with redis.Redis.from_url(redis_url) as plain:
        await eventually(lambda: asyncio.to_thread(plain.dbsize), 1)
    assert await remembered(cache, "test-2", "text") == [None]
    await cache.close()


async def test_scores_in_redis_are_forgotten_after_a_day(redis_url: str) -> None:
    """Nothing that Parley stores in Redis stays for ever."""
    cache = await Cache.open(redis_url)
    cache.scores.put_many("test-1", {digest("text"): analysis()})
    await eventually(lambda: remembered(cache, "test-1", "text"), [analysis()])
    with redis.Redis.from_url(redis_url) as plain:
        assert 86_000 < plain.ttl(f"parley:score:test-1:{digest('text')}") <= 86_400
    await cache.close()


async def test_the_least_recently_used_analysis_makes_room() -> None:
    """A full cache forgets what nobody asked for longest."""
    scores = LocalScores(most=2)
    scores.put_many("v", {"one": analysis(), "two": analysis()})
    await scores.get_many("v", ["one"])
    scores.put_many("v", {"three": analysis()})
    assert await scores.get_many("v", ["one", "two", "three"]) == [analysis(), None, analysis()]


async def test_long_analyses_fill_the_cache_sooner() -> None:
    """The bytes are bounded too, not only the number."""
    scores = LocalScores(most_bytes=40_000)
    spans = tuple(Span(Attribute.SPAM, place, place + 1, 1.0) for place in range(100))
    scores.put_many("v", {str(number): analysis(*spans) for number in range(10)})
    kept = await scores.get_many("v", [str(number) for number in range(10)])
    assert [found is not None for found in kept] == [False] * 8 + [True] * 2


@given(st.text())
def test_every_text_has_a_digest(text: str) -> None:
    """64 hexadecimal digits, for lone surrogates as well."""
    assert len(digest(text)) == 64


def test_lone_surrogates_have_digests_of_their_own() -> None:
    """Two texts that differ only in what UTF-8 cannot write are not the same text."""
    assert digest("\ud800") != digest("\udfff") != digest("?")


async def test_a_bucket_allows_a_minute_at_once_and_then_makes_wait() -> None:
    """Three a minute: three now, the next after twenty seconds."""
    clock = Clock()
    rates = RateLimits(None, clock)
    assert [await rates.take("site", 3) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert await rates.take("site", 3) == pytest.approx(20.0)
    clock.now += 20
    assert await rates.take("site", 3) == 0.0


@given(steps=st.lists(st.floats(0, 30), max_size=60), limit=st.integers(1, 50))
async def test_a_bucket_never_allows_more_than_it_says(steps: list[float], limit: int) -> None:
    """In any time of t seconds at most limit + t * limit / 60 requests pass, and a wait that is kept is rewarded."""
    clock = Clock()
    rates = RateLimits(None, clock)
    allowed = 0
    for step in steps:
        clock.now += step
        wait = await rates.take("key", limit)
        allowed += wait == 0
        assert allowed <= limit + clock.now * limit / 60 + 1e-6
        if wait:
            clock.now += wait + 1e-9
            assert await rates.take("key", limit) == 0
            allowed += 1


async def test_processes_share_one_bucket(redis_url: str) -> None:
    """Ten a minute are ten a minute, whichever process is asked."""
    processes = [await Cache.open(redis_url) for _ in range(3)]
    waits = [await processes[number % 3].rates.take("site", 10) for number in range(30)]
    assert sum(wait == 0 for wait in waits) == 10
    assert all(0 < wait <= 6 for wait in waits[10:])
    await asyncio.gather(*(process.close() for process in processes))


async def test_a_process_takes_a_second_s_worth_at_a_time(redis_url: str) -> None:
    """At 6000 a minute a hundred requests cost one message to Redis, and no more than the limit passes."""
    cache = await Cache.open(redis_url)
    with redis.Redis.from_url(redis_url) as plain:
        plain.config_resetstat()
        assert {await cache.rates.take("site", 6000) for _ in range(100)} == {0.0}
        calls = plain.info("commandstats")
        assert calls.get("cmdstat_evalsha", {"calls": 0})["calls"] == 1
    await cache.close()


async def test_callers_who_come_together_share_what_is_left(redis_url: str) -> None:
    """Fifty at once on a bucket of twenty: twenty pass, thirty are told how long to wait."""
    cache = await Cache.open(redis_url)
    waits = await asyncio.gather(*(cache.rates.take("site", 20) for _ in range(50)))
    assert sorted(wait > 0 for wait in waits) == [False] * 20 + [True] * 30
    await cache.close()


async def test_a_kept_wait_is_rewarded_through_redis(redis_url: str) -> None:
    """Who was told to wait gets through in the end."""
    cache = await Cache.open(redis_url)
    await asyncio.gather(*(cache.rates.take("site", 600) for _ in range(600)))
    assert await cache.rates.take("site", 600) > 0
    await eventually(lambda: cache.rates.take("site", 600), 0.0)
    await cache.close()


async def test_an_announcement_wakes_every_process(cache: Cache) -> None:
    """The process that announces is woken at once, the others through Redis."""
    heard: list[str] = []
    cache.wake.on(Topic.KEYS, lambda: heard.append("keys"))
    cache.wake.on(Topic.POLICIES, lambda: heard.append("policies"))
    if cache.redis is RedisState.UP:
        await cache.wake.listening()
        heard.clear()
    await cache.wake.announce(Topic.POLICIES)
    assert heard == ["policies"]


async def test_other_processes_hear_an_announcement(redis_url: str) -> None:
    """A key that one process revokes is forgotten by the others."""
    here, there = await Cache.open(redis_url), await Cache.open(redis_url)
    heard = asyncio.Event()
    await there.wake.listening()
    there.wake.on(Topic.KEYS, heard.set)
    await here.wake.announce(Topic.KEYS)
    await asyncio.wait_for(heard.wait(), 10)
    await asyncio.gather(here.close(), there.close())


@pytest.mark.parametrize("url", ["", "localhost", "http://localhost", "redis://localhost:port"])
async def test_an_address_that_cannot_be_read_is_explained(url: str) -> None:
    """The message names the setting and shows what an address looks like."""
    with pytest.raises(CacheSettingsError, match=r"PARLEY_REDIS_URL .* redis://localhost:6379/0"):
        await Cache.open(url)


async def test_a_password_in_the_address_is_in_no_message() -> None:
    """Secrets stay out of errors."""
    with pytest.raises(CacheSettingsError) as caught:
        Link("redis://:swordfish@localhost:port")
    assert "swordfish" not in str(caught.value)


async def test_without_redis_nothing_is_said_of_redis() -> None:
    """A process on its own says so."""
    cache = await Cache.open(None)
    assert cache.redis is RedisState.ABSENT
    await cache.close()


async def test_a_sentiment_that_is_missing_stays_missing(cache: Cache) -> None:
    """A blank text has no scores and no sentiment, remembered or not."""
    blank = Analysis({}, None, "und", (), "test-1")
    judged = Analysis({}, Sentiment(0, 1, 0, 0, Source.CLASSIFIER, Cause.NOT_ENGLISH), "de", (), "test-1")
    cache.scores.put_many("test-1", {digest(""): blank, digest("na ja"): judged})
    await eventually(lambda: remembered(cache, "test-1", "", "na ja"), [blank, judged])
