"""Tells whoever watches a site's queue that something changed there, in this process or in another.

What changed is not told: whoever hears of it asks again. So a call that is lost costs a moment and nothing else.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bot.cache import Wake

_TOGETHER = 0.25


class Live:
    """Changes of one site within a quarter of a second are told as one."""

    def __init__(self, wake: Wake) -> None:
        self._wake = wake
        self._watching: dict[str, set[asyncio.Event]] = {}
        self._owed: dict[str, asyncio.Task[None]] = {}
        wake.on_site(self._heard)

    def changed(self, site: str) -> None:
        """A comment arrived or was decided on, or somebody turned to another one."""
        if site not in self._owed:
            self._owed[site] = asyncio.create_task(self._announce(site), name=f"tell of {site}")

    @contextmanager
    def watching(self, site: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever something changed; whoever waits for it clears it."""
        event = asyncio.Event()
        self._watching.setdefault(site, set()).add(event)
        try:
            yield event
        finally:
            self._watching[site].discard(event)
            if not self._watching[site]:
                del self._watching[site]

    def watchers(self, site: str) -> int:
        """How many watch the site in this process."""
        return len(self._watching.get(site, ()))

    async def close(self) -> None:
        """Tells what is owed."""
        await asyncio.gather(*self._owed.values())

    async def _announce(self, site: str) -> None:
        await asyncio.sleep(_TOGETHER)
        del self._owed[site]
        await self._wake.announce_site(site)

    def _heard(self, site: str | None) -> None:
        for watched, events in self._watching.items():
            if site in (watched, None):
                for event in events:
                    event.set()
