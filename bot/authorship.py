"""Who writes in the widget: gives out passes to guests and to users that their site vouches for, and reads them."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from bot.comment import Author
from bot.identity import GUEST, GUEST_PASS, Identity, Pass, check_name, read_assertion, read_pass, write_pass
from bot.store import sealing
from bot.store.database import Database

SEAL_FRESHNESS: Final = 5.0
"""Seconds after which a process asks whether a site's seal was changed."""

_MOST_KEPT = 1000


class Authorship:
    """Gives out and reads the passes of every site; holds nothing but seals read a moment ago."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._clock = clock
        self._seals: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def seal(self, site: str) -> bytes | None:
        """What the site's passes are signed with; None where there is no such site. Raises StoreUnavailable."""
        kept = self._seals.get(site)
        if kept is not None and time.monotonic() - kept[0] < SEAL_FRESHNESS:
            return kept[1]
        asked_at = time.monotonic()
        found = await self._database.read(sealing.seal, site)
        if found is None:
            found = await self._database.write(sealing.begin_seal, site, secrets.token_hex(32), self._clock())
        if found is None:
            return None
        self._seals[site] = asked_at, bytes.fromhex(found)
        self._seals.move_to_end(site)
        if len(self._seals) > _MOST_KEPT:
            self._seals.popitem(last=False)
        return self._seals[site][1]

    async def read(self, site: str, text: str) -> Pass | None:
        """The pass that a browser showed, where it is good now."""
        seal = await self.seal(site)
        return None if seal is None else read_pass(text, site, seal, self._clock())

    async def as_guest(self, site: str, name: str, before: Pass | None) -> tuple[str, Pass]:
        """A pass for a guest: a new one, or the one of `before` under this name. Raises BadName."""
        check_name(name)
        known = before is not None and before.identity.is_guest
        author = before.identity.author.id if known and before is not None else GUEST + secrets.token_hex(16)
        given = Pass(Identity(Author(author, name)), self._clock() + GUEST_PASS)
        return await self._write(site, given), given

    async def as_user(self, site: str, assertion: str) -> tuple[str, Pass]:
        """A pass for a user that the site vouches for, as long as its assertion holds. Raises BadAssertion."""
        keys = [listed.key for listed in await self._database.read(sealing.keys, site)]
        given = read_assertion(assertion, site, keys, self._clock())
        await self._database.write(sealing.introduce, site, given.identity)
        return await self._write(site, given), given

    async def _write(self, site: str, given: Pass) -> str:
        seal = await self.seal(site)
        assert seal is not None, "whoever asks for a pass asked whether there is such a site"
        return write_pass(given, site, seal)
