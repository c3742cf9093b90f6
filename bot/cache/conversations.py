"""Conversations that readers go on with: kept for as long as their site allows, in Redis or in this process.

A conversation is a numbered document, one number more with every turn. While Redis is away a process goes on with its
own copy, and says so; the higher number wins once Redis is back.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from redis.asyncio import Redis

from bot.cache.link import Link, RedisAway

_MOST_KEPT: Final = 10_000
_LONGEST: Final = 64 * 1024
_DIGITS: Final = 10

# KEYS: the conversation. ARGV: the document with its number in front, how many digits that has, and milliseconds.
# Of two turns that were made from the same one the first is kept. Answers 1, or 0 where it came second.
_PUT: Final = """
local stored = redis.call('GET', KEYS[1])
if stored and string.sub(stored, 1, ARGV[2]) >= string.sub(ARGV[1], 1, ARGV[2]) then
    return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
"""


class Keeping(StrEnum):
    """Where a conversation is kept; `alone` while Redis is away: another process may not know of it."""

    SHARED = "shared"
    PROCESS = "process"
    ALONE = "alone"


class TurnLost(Exception):
    """Another turn of the same conversation was kept in the meantime."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation after so many turns, as bytes that only its reader understands."""

    turns: int
    document: bytes


class Conversations:
    """Kept conversations by their key; `clock` gives seconds that only ever grow."""

    def __init__(self, link: Link | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Share them through Redis, or keep them in this process for None."""
        self._link = link
        self._clock = clock
        self._here: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    async def get(self, key: str) -> Kept | None:
        """The conversation; None where there is none, or no longer. While Redis is away: what this process keeps."""
        own = self._get_here(key)
        if self._link is None:
            return own

        async def fetch(redis: Redis) -> bytes | str | None:
            return await redis.get(_name(key))

        try:
            shared = _read(await self._link.ask("conversations.get", fetch))
        except RedisAway:
            return own
        return max((one for one in (own, shared) if one), key=lambda one: one.turns, default=None)

    async def put(self, key: str, kept: Kept, seconds: float) -> Keeping:
        """Keep the next turn for so many seconds. While Redis is away: in this process alone.

        Raises TurnLost where as many turns are kept already: somebody spoke in another window at the same moment.
        """
        own = self._get_here(key)
        if own is not None and own.turns >= kept.turns:
            raise TurnLost
        if self._link is None:
            self._put_here(key, kept, seconds)
            return Keeping.PROCESS
        written = _write(kept)

        async def store(redis: Redis) -> int:
            answer: int = await redis.eval(_PUT, 1, _name(key), written, _DIGITS, max(1, int(seconds * 1000)))
            return answer

        try:
            stored = await self._link.ask("conversations.put", store)
        except RedisAway:
            self._put_here(key, kept, seconds)
            return Keeping.ALONE
        self._here.pop(key, None)
        if not stored:
            raise TurnLost
        return Keeping.SHARED

    async def forget(self, key: str) -> None:
        """Keep nothing of it. While Redis is away its copy there ends with its time."""
        self._here.pop(key, None)
        if self._link is None:
            return

        async def delete(redis: Redis) -> None:
            await redis.delete(_name(key))

        try:
            await self._link.ask("conversations.forget", delete)
        except RedisAway:
            return

    def sweep(self) -> None:
        """Let go of what this process kept for long enough."""
        now = self._clock()
        for key in [key for key, (until, _) in self._here.items() if until <= now]:
            del self._here[key]

    def __len__(self) -> int:
        """How many this process keeps itself."""
        return len(self._here)

    def _get_here(self, key: str) -> Kept | None:
        found = self._here.get(key)
        return found[1] if found is not None and self._clock() < found[0] else None

    def _put_here(self, key: str, kept: Kept, seconds: float) -> None:
        self._here[key] = (self._clock() + seconds, kept)
        self._here.move_to_end(key)
        if len(self._here) > _MOST_KEPT:
            self._here.popitem(last=False)


def _name(key: str) -> str:
    return f"parley:chat:{key}"


def _write(kept: Kept) -> bytes:
    return f"{kept.turns:0{_DIGITS}d}".encode() + kept.document


def _read(found: bytes | str | None) -> Kept | None:
    """What `_write` wrote; None for whatever else stands under the name."""
    if not isinstance(found, bytes) or len(found) > _LONGEST or not found[:_DIGITS].isdigit():
        return None
    return Kept(int(found[:_DIGITS]), found[_DIGITS:])
