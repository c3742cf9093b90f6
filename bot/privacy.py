"""What the law asks about people: all that is kept about an author, and its erasure.

Erasing goes in small steps, each stored by itself, so that others get their turn and a process that is killed leaves
nothing half done: whoever erases the same author again, or the sweeper of any process, goes on.
"""

import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from bot.cache.wake import Topic, Wake
from bot.comment import Status
from bot.example import StoredExample
from bot.question import Question
from bot.store import authors, erasure, kept, questions, search
from bot.store.authors import Sanction
from bot.store.database import Database
from bot.store.erasure import Erasure
from bot.store.kept import KeptComment, ReportMade, VoteMade

Kept = Sanction | KeptComment | ReportMade | VoteMade | Question | StoredExample
"""One thing that is kept about an author, in this order: sanctions, comments, what they did and asked, examples."""

T = TypeVar("T")

_TOGETHER: Final = 50
_READ_TOGETHER: Final = 200


async def _all_of(read: Callable[[int, int], Awaitable[Sequence[T]]], number: Callable[[T], int]) -> AsyncIterator[T]:
    """Page after page; `read` gives what comes after a number, up to a limit."""
    after = 0
    while page := await read(after, _READ_TOGETHER):
        for one in page:
            yield one
        after = number(page[-1])


async def _at_once() -> None:
    """Nobody need be asked before the next step."""


class Privacy:
    """Exports and erases for every site."""

    def __init__(
        self, database: Database, wake: Wake | None = None, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`wake` tells every process to forget texts that it remembers; None where there are none to tell."""
        self._database = database
        self._wake = wake
        self._clock = clock

    async def everything(self, site: str, author: str) -> AsyncIterator[Kept]:
        """All that is kept about the author, one thing after the other, whatever its size. Raises StoreUnavailable."""
        read = self._database.read
        for sanction in await read(authors.sanctions, site, author, None):
            yield sanction
        for status in Status:

            def written(after: int, most: int, status: Status = status) -> Awaitable[list[KeptComment]]:
                return read(kept.written, site, author, status, after, most)

            async for comment in _all_of(written, lambda one: one.comment.id):
                yield comment
        async for report in _all_of(
            lambda after, most: read(kept.reports_made, site, author, after, most), lambda one: one.comment
        ):
            yield report
        async for vote in _all_of(
            lambda after, most: read(kept.votes_made, site, author, after, most), lambda one: one.comment
        ):
            yield vote
        async for question in _all_of(
            lambda after, most: read(questions.asked_by, site, author, after, most), lambda one: one.id
        ):
            yield question
        begun, after = False, 0
        while after or not begun:
            begun = True
            examples, after = await read(kept.example_page, site, author, after, _READ_TOGETHER)
            for example in examples:
                yield example

    async def erase(
        self,
        site: str,
        author: str,
        moderator: str,
        *,
        seconds: float | None = None,
        done: Callable[[int], None] = lambda _: None,
    ) -> Erasure | None:
        """Erases the author; None where nothing is kept about them. Raises StoreUnavailable.

        After `seconds` (None: never) it returns an erasure that did not end yet, for the sweeper to go on with. `done`
        is called with the number of comments erased so far.
        """
        pseudonym = f"erased-{secrets.token_hex(8)}"
        begun = await self._database.write(erasure.begin, site, author, pseudonym, moderator, self._clock())
        return None if begun is None else await self.go_on(begun, seconds=seconds, done=done)

    async def go_on(
        self,
        begun: Erasure,
        *,
        seconds: float | None = None,
        done: Callable[[int], None] = lambda _: None,
        before_step: Callable[[], Awaitable[None]] = _at_once,
    ) -> Erasure:
        """Goes on with an erasure that was begun, by whoever; `before_step` is waited for between its steps."""
        write, ends = self._database.write, None if seconds is None else time.monotonic() + seconds
        after: int | None = 0
        # First, because texts are what tells whose examples they are.
        while after is not None:
            after = await write(erasure.erase_examples, begun, after, _TOGETHER)
        count = begun.comments
        while True:
            while erased := await write(erasure.erase_comments, begun, _TOGETHER, self._clock()):
                count += erased
                done(count)
                await before_step()
                if ends is not None and time.monotonic() > ends:
                    return await self._state(begun)
            while await write(erasure.erase_reports, begun, _TOGETHER):
                pass
            await self.clear_traces()
            if await write(erasure.finish, begun, self._clock()):
                await self._database.settle()
                return await self._state(begun)

    async def clear_traces(self) -> None:
        """Whatever still holds words of texts that are gone: memories of processes, SQLite's index, its log."""
        if self._wake is not None:
            await self._wake.announce(Topic.ERASED)
        begin = True
        while await self._database.write(search.merge, begin=begin):
            begin = False
        await self._database.settle()

    async def _state(self, begun: Erasure) -> Erasure:
        return await self._database.read(erasure.find, begun.site, begun.pseudonym) or begun
