"""The sweeper: what a site's policy keeps only for a while goes when its time is over, and erasures that stopped go on.

One process of all sweeps at a time, in small steps that are each stored by themselves. A step does the same however
often it is tried, so a process that is killed in the middle costs a minute and nothing else.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.comment import Status
from bot.flight import end
from bot.policy import Policy, Retention
from bot.privacy import Privacy
from bot.store import erasure, policies, retention, shifts, sites
from bot.store.database import Database, StoreUnavailable

_LOG = logging.getLogger(__name__)
_WORK: Final = "sweep"
_TOGETHER: Final = 100
_LEASE: Final = timedelta(seconds=60)


class ShiftLost(Exception):
    """This process was away for so long that another one sweeps now."""

    def __str__(self) -> str:
        return "Another process sweeps now."


class Sweeper:
    """Sweeps every site, now and every `pause`."""

    def __init__(
        self,
        database: Database,
        privacy: Privacy,
        *,
        pause: timedelta = timedelta(seconds=60),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._privacy = privacy
        self._pause = pause
        self._clock = clock
        self._until: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to sweep, and goes on through every fault until closed."""
        self._task = asyncio.create_task(self._run(), name="sweep")

    async def close(self) -> None:
        """Ends between two steps; what is left waits for the next process."""
        if self._task is not None:
            await end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except (StoreUnavailable, ShiftLost) as error:
                _LOG.info("Sweeping stopped; the next try is in %s. %s", self._pause, error)
            except Exception:  # noqa: BLE001 - a fault in one sweep must not end all others
                _LOG.exception("Sweeping failed; the next try is in %s.", self._pause)
            await asyncio.sleep(self._pause.total_seconds())

    async def sweep(self) -> bool:
        """Does all there is to do; False where another process does it. Raises StoreUnavailable and ShiftLost."""
        now = self._clock()
        if not await self._database.write(shifts.take, _WORK, now + _LEASE, now):
            return False
        self._until = now + _LEASE
        for begun in await self._database.read(erasure.open_ones):
            await self._privacy.go_on(begun, before_step=self._keep_shift)
        for site in await self._database.read(sites.names):
            await self.sweep_site(site)
        while await self._database.write(retention.forget_requests, self._clock(), _TOGETHER):
            await self._keep_shift()
        await self._database.write(retention.forget_sign_ins, self._clock())
        # Nobody else need look before the pause is over.
        await self._keep_shift(self._pause)
        return True

    async def sweep_site(self, site: str, *, dry_run: bool = False) -> Mapping[Status, int]:
        """Erases what the site's policy keeps no longer; how many comments of each status that were, or would be."""
        swept: Counter[Status] = Counter()
        stored = await self._database.read(policies.current, site)
        kept = Retention() if stored is None else Policy.model_validate(stored.document).retention
        now = self._clock()
        for status, days in kept.of_each().items():
            before, after = now - timedelta(days=days), 0
            asked = (site, status, before)
            while True:
                if dry_run:
                    looked = await self._database.read(retention.look, *asked, after, _TOGETHER)
                else:
                    looked = await self._database.write(retention.erase, *asked, after, _TOGETHER, now)
                    await self._keep_shift()
                swept[status] += looked.over
                if looked.after is None:
                    break
                after = looked.after
        if not dry_run and swept.total():
            await self._privacy.clear_traces()
        return swept

    async def _keep_shift(self, longer: timedelta = _LEASE) -> None:
        """Whoever works on keeps the shift; it costs a write in half a minute."""
        if self._until is None:
            return
        now = self._clock()
        if longer is _LEASE and self._until - now > _LEASE / 2:
            return
        if not await self._database.write(shifts.extend, _WORK, self._until, now + longer):
            self._until = None
            raise ShiftLost
        self._until = now + longer
