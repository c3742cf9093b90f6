"""Who asks: the key in a request, looked up once a second at most."""

import asyncio
import time
from collections import OrderedDict
from functools import partial
from typing import Final

from bot.store import keys
from bot.store.database import Database
from bot.store.keys import Key
from bot.token import PREFIX, token_hash
from bot.web.guards.problems import UNIDENTIFIED, Refusal

FRESHNESS: Final = 1.0
"""Seconds for which a key may be believed without asking the store again."""

_MOST_KEPT = 10_000
_BEARER = "bearer "
_LONGEST_TOKEN = 200


class Keyring:
    """Knows the keys that asked lately; a revoked key is refused after a second at the latest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[str, tuple[float, Key | None]] = OrderedDict()
        self._asking: dict[str, asyncio.Future[Key | None]] = {}
        self._forgotten = 0

    def recent(self, authorization: str | None) -> Key | None:
        """The key behind an Authorization header, where it was looked up a moment ago; else ask `identify`."""
        kept = self._kept.get(authorization or "")
        return kept[1] if kept is not None and time.monotonic() - kept[0] < FRESHNESS else None

    async def identify(self, authorization: str | None) -> Key:
        """The key behind an Authorization header; raises a Refusal, or StoreUnavailable."""
        if authorization is None:
            raise _unidentified("Send a key in the header Authorization: Bearer parley_...")
        kept = self._kept.get(authorization)
        if kept is None or time.monotonic() - kept[0] >= FRESHNESS:
            key = await self._look_up(authorization)
        else:
            key = kept[1]
        if key is None:
            raise _unidentified("This key is not known or was revoked.")
        return key

    def forget(self) -> None:
        """A key was changed somewhere: ask the store before believing any."""
        self._kept.clear()
        # An answer that is under way may be from before the change.
        self._asking.clear()
        self._forgotten += 1

    async def _look_up(self, authorization: str) -> Key | None:
        """Everyone who asks about the same key at once shares one question to the store."""
        asking = self._asking.get(authorization)
        if asking is None:
            asking = asyncio.ensure_future(self._ask_store(authorization))
            self._asking[authorization] = asking
            asking.add_done_callback(partial(self._answered, authorization))
        return await asyncio.shield(asking)

    def _answered(self, authorization: str, asking: asyncio.Future[Key | None]) -> None:
        if self._asking.get(authorization) is asking:
            del self._asking[authorization]

    async def _ask_store(self, authorization: str) -> Key | None:
        token = authorization[len(_BEARER) :].strip()
        if authorization[: len(_BEARER)].lower() != _BEARER or not token.startswith(PREFIX):
            raise _unidentified("The header must read Authorization: Bearer and a key that begins with parley_.")
        if len(token) > _LONGEST_TOKEN:
            raise _unidentified("This key is not known or was revoked.")
        asked_at, forgotten = time.monotonic(), self._forgotten
        key = await self._database.read(keys.find, token_hash(token))
        if self._forgotten != forgotten:
            return key
        self._kept[authorization] = (asked_at, key)
        self._kept.move_to_end(authorization)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return key


def _unidentified(detail: str) -> Refusal:
    return Refusal(UNIDENTIFIED, detail, headers={"WWW-Authenticate": 'Bearer realm="parley"'})
