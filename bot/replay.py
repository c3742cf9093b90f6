"""Asks Perspective about a site's own comments, once each, no faster than it allows, and keeps every answer."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from bot.records import Record, Records
from bot.upstream import Said, Upstream, UpstreamAway

_MOST_TRIES = 8
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_AT_ONCE = 32


class ReplayStopped(Exception):
    """Perspective did not answer for a while; what was answered is kept."""

    def __init__(self, done: int, why: str) -> None:
        super().__init__(
            f"Perspective gives no answer ({why}). {done:,} answers are kept; the same command goes on from there."
        )


class Replay:
    """Starts `per_second` questions a second at most, however long the answers take."""

    def __init__(
        self,
        upstream: Upstream,
        records: Records,
        attributes: Sequence[str],
        language: str | None,
        per_second: float,
    ) -> None:
        self._upstream = upstream
        self._records = records
        self._attributes = attributes
        self._language = language
        self._pause = 1 / per_second
        self._next = 0.0
        self._stop = asyncio.Event()
        self.done = 0

    async def run(self, texts: Iterable[str], report: Callable[[int], None]) -> None:
        """Asks about each text that has no record yet; `report` is told how many are done.

        When it is cancelled or fails, what is on the way still gets its answer, and no other question is asked.
        Raises ReplayStopped and upstream.KeyRefused, and what writing the records raises.
        """
        waiting: set[asyncio.Task[None]] = set()
        try:
            for text in dict.fromkeys(texts):
                if self._records.has(text):
                    continue
                if len(waiting) >= _AT_ONCE:
                    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    # Several may have failed for the same reason; one of them tells it.
                    failed = [error for one in done if (error := one.exception()) is not None]
                    if failed:
                        raise failed[0]
                await self._turn()
                waiting.add(asyncio.create_task(self._ask(text, report)))
            await asyncio.gather(*waiting)
        finally:
            self._stop.set()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _turn(self) -> None:
        """Wait until the next question may be asked."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._pause
        await self._wait(turn - now)

    async def _wait(self, seconds: float) -> None:
        """Wait that long, or until nothing is to be asked any more."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), seconds)

    async def _ask(self, text: str, report: Callable[[int], None]) -> None:
        said = await self._answer(text)
        self._records.add(Record(said.scores, text, refused=said.refused))
        self.done += 1
        report(self.done)

    async def _answer(self, text: str) -> Said:
        wait = _FIRST_WAIT
        for trial in range(1, _MOST_TRIES + 1):
            try:
                return await self._upstream.analyze(text, self._attributes, self._language)
            except UpstreamAway as away:
                if trial == _MOST_TRIES or self._stop.is_set():
                    raise ReplayStopped(self.done, str(away)) from away
                await self._wait(min(wait if away.wait is None else away.wait, _LONGEST_WAIT))
                wait = min(2 * wait, _LONGEST_WAIT)
                await self._turn()
        raise AssertionError("Every trial ends in an answer or in an error.")
