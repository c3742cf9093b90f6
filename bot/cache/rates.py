"""How long a caller has to wait: token buckets, shared through Redis or kept in this process.

A bucket of N per minute holds at most N tokens and gains N a minute. So that not every request asks Redis, a
process takes about one second's worth of tokens at a time and spends them by itself: with P processes the limit
can be passed by P seconds' worth, never by more.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import TypeVar

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from bot.cache.link import Link, RedisAway
from bot.flight import Flight

_MOST_KEYS = 10_000
_BATCH = 100

# KEYS: the buckets. ARGV: for each bucket its tokens per minute and how many are asked for.
# Answers for each bucket how many were granted, and milliseconds until there is another one.
# The clock is that of Redis: the machines' own may differ.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local answer = {}
for place, key in ipairs(KEYS) do
    local limit, asked = tonumber(ARGV[2 * place - 1]), tonumber(ARGV[2 * place])
    local stored = redis.call('HMGET', key, 'tokens', 'at')
    local tokens, at = tonumber(stored[1]) or limit, tonumber(stored[2]) or now
    tokens = math.min(limit, tokens + math.max(0, now - at) * limit / 60000)
    local granted = math.min(asked, math.floor(tokens))
    tokens = tokens - granted
    redis.call('HSET', key, 'tokens', tokens, 'at', now)
    redis.call('PEXPIRE', key, 60000)
    answer[2 * place - 1] = granted
    answer[2 * place] = math.ceil(math.max(0, 1 - tokens) * 60000 / limit)
end
return answer
"""
_TAKE_SHA = sha1(_TAKE.encode(), usedforsecurity=False).hexdigest()


Kept = TypeVar("Kept")


@dataclass(slots=True)
class _Bucket:
    """A bucket of this process alone: how many tokens it held, and when (seconds)."""

    tokens: float
    at: float

    def take(self, limit: int, now: float) -> float:
        self.tokens = min(limit, self.tokens + max(0.0, now - self.at) * limit / 60)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) * 60 / limit


@dataclass(slots=True)
class _Share:
    """What this process holds of a shared bucket, and until when (seconds) Redis has refused more."""

    tokens: int = 0
    refused_until: float = 0.0

    def take(self, now: float) -> float | None:
        """As `RateLimits.take`; None where only Redis can tell."""
        if self.tokens > 0:
            self.tokens -= 1
            return 0.0
        return self.refused_until - now if now < self.refused_until else None


class RateLimits:
    """Token buckets by key; `clock` gives seconds that only ever grow."""

    def __init__(self, link: Link | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Share the buckets through Redis, or keep them in this process for None."""
        self._link = link
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._shares: OrderedDict[str, _Share] = OrderedDict()
        self._flight: Flight[tuple[str, int], float] = Flight(self._fetch, _BATCH)

    async def take(self, key: str, per_minute: int) -> float:
        """Take one token of the bucket `key`: 0 when there was one, else the seconds until there is.

        `per_minute` is at least 1. While Redis is away each process counts by itself.
        """
        answer = self.take_at_once(key, per_minute)
        return await self._flight.ask((key, per_minute)) if answer is None else answer

    def take_at_once(self, key: str, per_minute: int) -> float | None:
        """As `take`, without waiting; None where only Redis can tell, which is seldom."""
        now = self._clock()
        if self._link is None:
            return self._take_here(key, per_minute, now)
        return _kept(self._shares, key, _Share).take(now)

    async def close(self) -> None:
        """Forget what this process holds."""
        await self._flight.close(0)

    def _take_here(self, key: str, per_minute: int, now: float) -> float:
        return _kept(self._buckets, key, lambda: _Bucket(per_minute, now)).take(per_minute, now)

    async def _fetch(self, questions: Sequence[tuple[str, int]]) -> Sequence[float]:
        """Fill the shares that these callers need with one message, then serve them in the order of asking."""
        limits = dict(questions)
        needs = Counter(key for key, _ in questions)
        shares = {key: _kept(self._shares, key, _Share) for key in needs}
        asked = {key: max(need - shares[key].tokens, limits[key] // 60, 1) for key, need in needs.items()}
        try:
            grants = await self._ask_redis(asked, limits)
        except RedisAway:
            return [self._take_here(key, limit, self._clock()) for key, limit in questions]
        now = self._clock()
        for (key, wanted), (granted, wait) in zip(asked.items(), grants, strict=True):
            shares[key].tokens += granted
            shares[key].refused_until = now + wait / 1000 if granted < wanted else 0.0
        return [shares[key].take(now) or 0.0 for key, _ in questions]

    async def _ask_redis(self, asked: Mapping[str, int], limits: Mapping[str, int]) -> list[tuple[int, int]]:
        if self._link is None:
            raise RedisAway
        keys = [f"parley:rate:{key}" for key in asked]
        words = [word for key, wanted in asked.items() for word in (limits[key], wanted)]

        async def run(redis: Redis) -> list[int]:
            try:
                answer: list[int] = await redis.evalsha(_TAKE_SHA, len(keys), *keys, *words)
            except NoScriptError:
                answer = await redis.eval(_TAKE, len(keys), *keys, *words)
            return answer

        flat = await self._link.ask("rates.take", run)
        return list(zip(flat[::2], flat[1::2], strict=True))


def _kept(store: OrderedDict[str, Kept], key: str, fresh: Callable[[], Kept]) -> Kept:
    """The entry of the key, made where there is none; the least recently used ones make room."""
    entry = store.get(key)
    if entry is None:
        entry = store[key] = fresh()
        if len(store) > _MOST_KEYS:
            store.popitem(last=False)
    else:
        store.move_to_end(key)
    return entry
