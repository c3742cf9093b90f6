"""What may be forgotten: remembered scores, rate limits, conversations and wake-up calls, in this process or in Redis.

Nothing here is the truth about anything. With Redis all processes share scores and limits; without it, or while
it is away, every method gives the answer that its docstring declares, and `parley_redis_failures_total` counts it.

    cache = await Cache.open(url)      # None: this process alone
    cache.scores                       # ScoreCache: what the models said about a text
    cache.rates                        # RateLimits: how long a caller has to wait
    cache.conversations                # Conversations: what readers and the chat said
    cache.wake                         # Wake: tell the other processes that something changed
    await cache.close()
"""

from dataclasses import dataclass

from bot.cache.conversations import Conversations, Keeping, Kept, TurnLost
from bot.cache.link import CacheSettingsError, Link, RedisState
from bot.cache.rates import RateLimits
from bot.cache.scores import LocalScores, ScoreCache, SharedScores, digest
from bot.cache.wake import Topic, Wake

__all__ = [
    "Cache",
    "CacheSettingsError",
    "Conversations",
    "Keeping",
    "Kept",
    "LocalScores",
    "RateLimits",
    "RedisState",
    "ScoreCache",
    "Topic",
    "TurnLost",
    "Wake",
    "digest",
]


@dataclass(frozen=True, slots=True)
class Cache:
    """The four things that may be forgotten, opened and closed together."""

    scores: ScoreCache
    rates: RateLimits
    conversations: Conversations
    wake: Wake
    _link: Link | None

    @classmethod
    async def open(cls, url: str | None) -> "Cache":
        """Open on the Redis at `url` (`redis://`, `rediss://` or `unix://`), or in this process alone for None.

        A Redis that does not answer is no error: the cache starts without it and takes it up when it appears.
        Raises CacheSettingsError where the URL cannot be read.
        """
        if url is None:
            return cls(LocalScores(), RateLimits(None), Conversations(None), Wake(None), None)
        link = Link(url)
        cache = cls(SharedScores(link), RateLimits(link), Conversations(link), Wake(link), link)
        await link.greet()
        cache.wake.start()
        return cache

    @property
    def redis(self) -> RedisState:
        """How Redis does, as this process last saw it; costs nothing to ask."""
        return RedisState.ABSENT if self._link is None else self._link.state

    async def close(self) -> None:
        """Stop listening, send what waits for at most a moment, and close the connections."""
        await self.wake.close()
        await self.rates.close()
        await self.scores.close()
        if self._link is not None:
            await self._link.close()
