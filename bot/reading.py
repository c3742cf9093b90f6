"""By which curves a site's scores are read at the moment: known without the store for a second at a time."""

import time
from collections.abc import Mapping

from bot.agreement import Curve
from bot.store import curves
from bot.store.database import Database

_FRESHNESS = 1.0
_MOST_KEPT = 10_000


class Reading:
    """The curves of the sites that asked lately; a change is seen after a second at the latest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, tuple[float, Mapping[tuple[str, str], Curve]]] = {}

    async def of(self, site: str) -> Mapping[tuple[str, str], Curve]:
        """The site's curves by version of the models and attribute. Raises StoreUnavailable."""
        kept = self._kept.get(site)
        if kept is not None and time.monotonic() - kept[0] < _FRESHNESS:
            return kept[1]
        found = await self._database.read(curves.of, site)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[site] = (time.monotonic(), found)
        return found
