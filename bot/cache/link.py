"""The one way to Redis: short waits, one retry, and a pause after a failure.

A dead server refuses at once and costs little. A frozen one answers nothing, and every question would cost its
full wait; so after a failure nobody asks until a probe in the background has been answered.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from typing import TypeVar

from prometheus_client import Counter, Gauge
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.maint_notifications import MaintNotificationsConfig

from bot.flight import end

_FAILURES = Counter(
    "parley_redis_failures", "Calls that got their declared answer because Redis gave none.", ["method"]
)
_UP = Gauge(
    "parley_redis_up",
    "1 while Redis answers, 0 while it is left alone after a failure, or where there is none.",
    multiprocess_mode="livemin",
)

_WAIT = 0.2
_LONGEST = 0.45
_PAUSE = 1.0

Answer = TypeVar("Answer")


class RedisState(StrEnum):
    """What this process knows about Redis."""

    ABSENT = "absent"
    UP = "up"
    AWAY = "away"


class CacheSettingsError(ValueError):
    """The address of Redis cannot be read."""


class RedisAway(Exception):
    """Redis gave no usable answer; the caller gives its declared one."""


class Link:
    """Connections to one Redis. `wait` bounds each read and connect, `pause` lies between probes, both in seconds."""

    def __init__(self, url: str, *, wait: float = _WAIT, pause: float = _PAUSE) -> None:
        """Read the address; nothing is connected yet. Raises CacheSettingsError."""
        try:
            self._client = _client(url, wait)
        except ValueError as error:
            raise CacheSettingsError(
                "PARLEY_REDIS_URL cannot be read. Give an address like redis://localhost:6379/0, "
                "rediss://:password@host:6380/0 or unix:///run/redis/redis.sock."
            ) from error
        self._pause = pause
        self._probe: asyncio.Task[None] | None = None
        _UP.set(1)

    @property
    def state(self) -> RedisState:
        """UP until a call fails, then AWAY until a probe is answered."""
        return RedisState.UP if self._probe is None else RedisState.AWAY

    async def ask(self, method: str, question: Callable[[Redis], Awaitable[Answer]]) -> Answer:
        """Put the question, or raise RedisAway: at once while Redis is left alone, else within half a second."""
        if self._probe is not None:
            _FAILURES.labels(method).inc()
            raise RedisAway
        try:
            async with asyncio.timeout(_LONGEST):
                return await question(self._client)
        except (RedisError, OSError) as error:
            _FAILURES.labels(method).inc()
            # An answer that refuses (out of memory, read-only replica, wrong type) is still a Redis that answers.
            if not isinstance(error, ResponseError):
                self._leave_alone()
            raise RedisAway from error

    async def greet(self) -> None:
        """Ask once whether Redis is there, so that the first caller does not find out."""
        with suppress(RedisAway):
            await self.ask("greet", _ping)

    def subscription(self) -> PubSub:
        """A connection of its own to listen on; its reads may wait for ever."""
        return self._client.pubsub()

    async def close(self) -> None:
        """Close the connections; nothing can be asked afterwards."""
        if self._probe is not None:
            await end(self._probe)
        with suppress(RedisError, OSError):
            await self._client.aclose()

    def _leave_alone(self) -> None:
        if self._probe is None:
            _UP.set(0)
            self._probe = asyncio.create_task(self._probe_until_answered(), name="redis probe")

    async def _probe_until_answered(self) -> None:
        answered = False
        while not answered:
            await asyncio.sleep(self._pause)
            with suppress(RedisError, OSError):
                async with asyncio.timeout(_LONGEST):
                    answered = await _ping(self._client)
        self._probe = None
        _UP.set(1)


def _client(url: str, wait: float) -> Redis:
    client: Redis = Redis.from_url(
        url,
        socket_connect_timeout=wait,
        socket_timeout=wait,
        retry=Retry(NoBackoff(), 1),
        client_name="parley",
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    return client


async def _ping(client: Redis) -> bool:
    return bool(await client.ping())
