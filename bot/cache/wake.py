"""Wake-up calls between processes: something changed, look again.

A call may arrive twice and, while Redis is away, not at all; so what it wakes must also look by itself now and then.
"""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.cache.link import Link, RedisAway
from bot.flight import end

_CHANNEL = "parley:wake"
_SITE = "site:"
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0
_SILENCE = 15.0


class Topic(StrEnum):
    """What can have changed."""

    KEYS = "keys"
    POLICIES = "policies"
    ERASED = "erased"
    FAQS = "faqs"


class Wake:
    """Carries topics between the processes on one Redis; without Redis, inside this process."""

    def __init__(self, link: Link | None) -> None:
        self._link = link
        self._name = os.urandom(8).hex()
        self._callbacks: dict[Topic, list[Callable[[], None]]] = {topic: [] for topic in Topic}
        self._of_sites: list[Callable[[str | None], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    def on(self, topic: Topic, callback: Callable[[], None]) -> None:
        """Call `callback` whenever the topic is announced anywhere, and after every time when calls may have been lost.

        Callbacks are quick and do not raise.
        """
        self._callbacks[topic].append(callback)

    def on_site(self, callback: Callable[[str | None], None]) -> None:
        """Call `callback` with the site whose queue changed; with None after a time when calls may have been lost."""
        self._of_sites.append(callback)

    async def announce(self, topic: Topic) -> None:
        """Wake this process at once and the others soon; while Redis is away, this process only."""
        self._call(topic)
        await self._publish(topic)

    async def announce_site(self, site: str) -> None:
        """The same for a site whose queue changed."""
        self._call_site(site)
        await self._publish(_SITE + site)

    async def _publish(self, word: str) -> None:
        link = self._link
        if link is None:
            return

        async def publish(redis: Redis) -> None:
            await redis.publish(_CHANNEL, f"{self._name} {word}")

        with suppress(RedisAway):
            await link.ask("wake.announce", publish)

    def start(self) -> None:
        """Begin to listen to the other processes, and go on through every fault until closed."""
        if self._link is not None and self._task is None:
            self._task = asyncio.create_task(self._listen_for_ever(self._link), name="wake")

    async def listening(self) -> None:
        """Return once this process hears the others."""
        await self._listening.wait()

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            await end(self._task)
            self._task = None

    async def _listen_for_ever(self, link: Link) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._listen(link)
            except (RedisError, OSError):
                pause = _FIRST_PAUSE if self._listening.is_set() else min(2 * pause, _LONGEST_PAUSE)
            self._listening.clear()
            await asyncio.sleep(pause)

    async def _listen(self, link: Link) -> None:
        async with link.subscription() as subscription:
            await subscription.subscribe(_CHANNEL)
            asked = False
            while True:
                message = await subscription.get_message(timeout=_SILENCE)
                if message is not None:
                    asked = False
                    self._hear(message["type"], message["data"])
                elif asked:
                    raise ConnectionResetError("Redis no longer answers this subscription.")
                else:
                    await subscription.ping()
                    asked = True

    def _hear(self, kind: str, data: object) -> None:
        if kind == "subscribe":
            self._listening.set()
            for topic in Topic:
                self._call(topic)
            self._call_site(None)
        elif kind == "message" and isinstance(data, bytes):
            name, _, word = data.decode("ascii", "replace").partition(" ")
            if name == self._name:
                return
            if word.startswith(_SITE):
                self._call_site(word.removeprefix(_SITE))
            for topic in Topic:
                if topic == word:
                    self._call(topic)

    def _call_site(self, site: str | None) -> None:
        for callback in self._of_sites:
            callback(site)

    def _call(self, topic: Topic) -> None:
        for callback in self._callbacks[topic]:
            callback()
