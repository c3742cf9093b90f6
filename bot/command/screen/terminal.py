"""The queue on a terminal: shows the state, takes keys, and does on the store what they ask for."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Final

from rich.console import Console

from bot.command.screen.keyboard import Keys, single_keys
from bot.command.screen.picture import Picture
from bot.command.screen.state import (
    Count,
    Counted,
    Decide,
    Decided,
    Effect,
    Leave,
    Load,
    Loaded,
    Look,
    Looked,
    Outcome,
    Refused,
    State,
    Turn,
    Wish,
    hear,
    press,
)
from bot.inforce import current_policy
from bot.moderation import canned_message
from bot.policy import ActivePolicy, Policy
from bot.review import AlreadyDecided, ReviewError
from bot.store import comments, context, decisions, queue
from bot.store.database import Database
from bot.store.decisions import NoSuchComment
from bot.store.queue import QueueFilter
from bot.verdict import Decision, DecisionSource

_SENT_AT_ONCE: Final = 1024
_TOGETHER: Final = 50


async def work_the_queue(database: Database, site: str, wanted: QueueFilter, moderator: str, limit: int) -> None:
    """Until the moderator leaves; the terminal is then as it was. Raises StoreUnavailable."""
    stored = await database.write(current_policy, site, datetime.now(UTC))
    policy = ActivePolicy.of(Policy.model_validate(stored.document), stored.version)
    store = _Store(database, site, moderator, limit, policy)
    console, terminal = Console(), sys.stdin.fileno()
    with single_keys(terminal), console.screen() as screen:
        await _Loop(store, State(site, policy, wanted), lambda state: screen.update(Picture(state))).run(terminal)


class _Loop:
    def __init__(self, store: "_Store", state: State, show: Callable[[State], None]) -> None:
        self._store = store
        self._state = state
        self._show = show
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._read = Keys()

    async def run(self, terminal: int) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(terminal, self._readable, terminal)
        loop.add_signal_handler(signal.SIGWINCH, lambda: self._show(self._state))
        try:
            stays = await self._take(Turn(self._state, (Load(self._state.filter),)))
            while stays:
                self._show(self._state)
                stays = await self._take(press(self._state, await self._keys.get(), datetime.now(UTC)))
        finally:
            loop.remove_signal_handler(signal.SIGWINCH)
            loop.remove_reader(terminal)

    def _readable(self, terminal: int) -> None:
        sent = b""
        with suppress(OSError):
            sent = os.read(terminal, _SENT_AT_ONCE)
        if not sent:
            asyncio.get_running_loop().remove_reader(terminal)
        # A terminal that was closed sends nothing more: whatever is open is left.
        for key in self._read.read(sent) if sent else ("escape", "escape", "q"):
            self._keys.put_nowait(key)

    async def _take(self, turn: Turn) -> bool:
        """Goes to the state and does what is to be done; False where that is to leave."""
        self._state = turn.state
        for effect in turn.effects:
            if isinstance(effect, Leave):
                return False
            await self._take(hear(self._state, await self._store.do(effect), datetime.now(UTC)))
        return True


class _Store:
    """Does what a state asks for, for one moderator of one site."""

    def __init__(self, database: Database, site: str, moderator: str, limit: int, policy: ActivePolicy) -> None:
        self._database = database
        self._site = site
        self._moderator = moderator
        self._limit = limit
        self._policy = policy

    async def do(self, effect: Effect) -> Outcome:
        if isinstance(effect, Load):
            page = await self._database.read(queue.page, self._site, effect.filter, effect.cursor, self._limit)
            return Loaded(page, effect)
        if isinstance(effect, Look):
            return Looked(await self._database.read(context.of, self._site, effect.comment))
        if isinstance(effect, Count):
            found = await self._database.read(comments.find_all, self._site, effect.wish.ids)
            there = tuple(comment.id for comment in found if comment.status is effect.wish.expected)
            return Counted(effect.wish, there)
        assert isinstance(effect, Decide)
        wish = effect.wish
        return await (self._one(wish) if len(wish.ids) == 1 else self._many(wish))

    async def _one(self, wish: Wish) -> Outcome:
        try:
            await self._database.write(
                decisions.record,
                self._site,
                wish.ids[0],
                wish.decision,
                wish.expected,
                DecisionSource.MODERATOR,
                self._moderator,
                wish.reason,
                None,
                datetime.now(UTC),
                None,
                self._canned(wish),
            )
        except (AlreadyDecided, NoSuchComment) as refused:
            return Refused(str(refused), wish.ids)
        except ReviewError as refused:
            return Refused(str(refused))
        return Decided(wish, wish.ids)

    async def _many(self, wish: Wish) -> Outcome:
        decided: list[int] = []
        for begin in range(0, len(wish.ids), _TOGETHER):
            decided += await self._database.write(
                decisions.record_many,
                self._site,
                wish.ids[begin : begin + _TOGETHER],
                wish.decision,
                wish.expected,
                self._moderator,
                wish.reason,
                None,
                datetime.now(UTC),
                None,
                self._canned(wish),
            )
        return Decided(wish, tuple(decided))

    def _canned(self, wish: Wish) -> Callable[[str], str | None]:
        if wish.decision is not Decision.REJECT or wish.undoes:
            return lambda _: None
        return partial(canned_message, self._policy, wish.reason)
