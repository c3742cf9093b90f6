"""The courier: takes the turns of endpoints where something is due, has it posted or told, and records how it went.

Each process has one; they share the work through the store. What was posted and not yet recorded when a process dies
is posted again: at least once, never less.
"""

import asyncio
import contextlib
import logging
import random
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from prometheus_client import Counter, Histogram

from bot.crier import Crier, Told
from bot.delivery import Answer, Failure, judge
from bot.flight import end
from bot.signature import sign
from bot.store import deliveries, outbox, turns
from bot.store.database import Database, StoreUnavailable
from bot.store.deliveries import Delivery
from bot.store.endpoints import EndpointKind
from bot.store.turns import TOLD_TOGETHER, Outlook, Parcel, Posted, Room, Turn

_LOG = logging.getLogger(__name__)

_SENT = Counter("parley_deliveries", "Attempts to deliver an event, by what came of them.", ["outcome"])
_SECONDS = Histogram("parley_delivery_seconds", "How long an attempt took.", buckets=(0.01, 0.05, 0.2, 1, 5, 15, 20))

LEASE: Final = timedelta(seconds=60)
"""After which a courier counts as dead; longer than a turn can take."""

LOOKS_EVERY: Final = 1.0
"""Seconds after which a courier looks by itself, whoever did not wake it."""

KEPT: Final = timedelta(days=30)
"""How long events, deliveries and attempts are kept."""

_ROOM: Final = Room(well=256, failing=128, parcels=32)
_ONE: Final = Room(well=1, failing=1, parcels=32)
_LOOKS_AGAIN: Final = 0.1
_TAKEN_AT_ONCE: Final = 64
_AT_ONCE: Final = 8
_TURN_SECONDS: Final = 20.0
_BREATH: Final = 0.01
_AWAY_PAUSE: Final = 2.0
_LAST_SECONDS: Final = 2.0
_SWEEPS_EVERY: Final = 60.0
_SWEPT_AT_ONCE: Final = 200


class Post(Protocol):
    """The way out, as a courier needs it."""

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """Posts the body; whatever happens is an Answer."""


class Courier:
    """Delivers for all sites until it is closed."""

    def __init__(
        self,
        database: Database,
        posting: Post,
        crier: Crier,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is delivered until `start`."""
        self._database = database
        self._posting = posting
        self._crier = crier
        self._clock = clock
        self._stirred = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], bool] = {}
        self._rounds: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._anybody = True

    def start(self) -> None:
        """Begins to deliver, and goes on through every fault."""
        self._tasks = [
            asyncio.create_task(self._deliver(), name="courier"),
            asyncio.create_task(self._sweep(), name="courier's broom"),
        ]

    def stir(self) -> None:
        """Something may be due: look now. Costs nothing where there are no endpoints."""
        if self._anybody:
            self._stirred.set()

    async def close(self) -> None:
        """Takes no more turns; those under way have a moment to end, and then are given back for others to take."""
        for task in self._tasks:
            await end(task)
        self._tasks = []
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_LAST_SECONDS)
        for round_ in self._rounds:
            round_.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_LAST_SECONDS)
        for task in tuple(self._under_way):
            await end(task)

    async def _deliver(self) -> None:
        while True:
            try:
                pause = await self._look()
            except StoreUnavailable:
                pause = _AWAY_PAUSE
            except Exception:  # noqa: BLE001 - whatever happened to one look, the next may well succeed
                _LOG.exception("The courier stumbled, and goes on.")
                pause = _AWAY_PAUSE
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), pause)
            self._stirred.clear()
            # What else is told in this moment is taken together.
            await asyncio.sleep(_BREATH)

    async def _look(self) -> float:
        """Takes what is due and there is room for; the seconds after which to look again."""
        seen: Outlook = await self._database.read(turns.outlook)
        self._anybody = seen.anybody
        now = self._clock()
        if seen.next is None:
            return LOOKS_EVERY
        if seen.next > now:
            return min(LOOKS_EVERY, (seen.next - now).total_seconds())
        failing = sum(self._under_way.values())
        room = Room(
            well=min(_TAKEN_AT_ONCE, _ROOM.well - (len(self._under_way) - failing)),
            failing=min(_TAKEN_AT_ONCE, _ROOM.failing - failing),
            parcels=_ROOM.parcels,
        )
        if room.well <= 0 and room.failing <= 0:
            return LOOKS_EVERY
        taken = await self._database.write(turns.take, now, now + LEASE, secrets.randbits(62), room)
        for turn in taken:
            task = asyncio.create_task(self._turn(turn))
            self._under_way[task] = turn.health.failing_since is not None
            task.add_done_callback(self._ended)
        # Where nothing was taken, what is due is locked or there is no room for it: each end of a turn stirs.
        return 0 if taken else LOOKS_EVERY

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._stirred.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("A turn ended badly; its endpoint is asked again when the lease is over.", exc_info=error)

    async def _turn(self, turn: Turn) -> None:
        round_ = _round(self._posting, self._crier, turn, self._clock)
        running = asyncio.create_task(round_.run())
        self._rounds.add(running)
        # Whatever ended it, what was posted is recorded.
        await asyncio.wait({running})
        self._rounds.discard(running)
        if not running.cancelled() and (error := running.exception()) is not None:
            _LOG.error("A round of deliveries ended badly; its endpoint is asked again in a minute.", exc_info=error)
            # What came of none of them is not known: the lease ends by itself, and nothing is asked over and over.
            if not round_.posted:
                return
        while True:
            try:
                await self._database.write(turns.give_back, turn, round_.posted, self._clock())
                return
            except StoreUnavailable:
                # Better recorded late than posted twice.
                await asyncio.sleep(_AWAY_PAUSE)

    async def _sweep(self) -> None:
        swept = 0
        while True:
            await asyncio.sleep(_BREATH if swept == _SWEPT_AT_ONCE else _SWEEPS_EVERY)
            try:
                swept = await self._database.write(outbox.sweep, self._clock() - KEPT, _SWEPT_AT_ONCE)
            except StoreUnavailable:
                swept = 0
            except Exception:  # noqa: BLE001 - what fails now may well succeed in a minute
                _LOG.exception("Old events could not be forgotten; trying again in a minute.")
                swept = 0


class _Round(Protocol):
    """One turn. `posted` has what was answered, in the order of the answers, whatever ended `run`."""

    posted: list[Posted]

    async def run(self) -> None: ...


def _round(posting: Post, crier: Crier, turn: Turn, clock: Callable[[], datetime]) -> _Round:
    if turn.kind is EndpointKind.WEBHOOK:
        return _Posting(posting, turn, clock)
    return _Telling(crier, turn, clock)


class _Telling:
    """One turn of people: one letter for all of its parcels."""

    def __init__(self, crier: Crier, turn: Turn, clock: Callable[[], datetime]) -> None:
        self._crier = crier
        self._turn = turn
        self._clock = clock
        self.posted: list[Posted] = []

    async def run(self) -> None:
        at, parcels = self._clock(), self._turn.parcels
        try:
            told = await self._crier.tell(self._turn, is_all=len(parcels) < TOLD_TOGETHER)
        except Exception:  # noqa: BLE001 - whatever it is, it is tried again as if nobody had answered
            _LOG.exception("A notice could not be written; it is tried again.")
            told = Told(Answer(None, Failure.BROKEN_ANSWER, 0), None)
        if told is None:
            return
        now, chance = self._clock(), random.random()
        for parcel in parcels:
            outcome = judge(told.answer, parcel.tries + 1, self._turn.health, now, chance)
            if told.answer.took and told.rest is not None:
                outcome = replace(outcome, paused_until=now + told.rest)
            self.posted.append(Posted(parcel, at, told.answer, outcome))
        _observe(told.answer)


class _Posting:
    """One turn of a webhook: its parcels, a few at a time, and no more once one of them was not taken."""

    def __init__(self, posting: Post, turn: Turn, clock: Callable[[], datetime]) -> None:
        self._posting = posting
        self._turn = turn
        self._clock = clock
        self._health = turn.health
        self.posted: list[Posted] = []
        self._stopped = False
        self._waiting = list(reversed(turn.parcels))

    async def run(self) -> None:
        """Posts; `posted` has what was answered, in the order of the answers."""
        late = asyncio.get_running_loop().call_later(_TURN_SECONDS, self._stop)
        try:
            # The first goes alone: an endpoint that hangs keeps one connection busy, and not eight.
            await self._post(self._waiting.pop())
            await asyncio.gather(*(self._carry() for _ in range(min(_AT_ONCE, len(self._waiting)))))
        finally:
            late.cancel()

    def _stop(self) -> None:
        self._stopped = True

    async def _carry(self) -> None:
        while self._waiting and not self._stopped:
            await self._post(self._waiting.pop())

    async def _post(self, parcel: Parcel) -> None:
        at = self._clock()
        body = parcel.body.encode()
        answer = await self._posting.post(self._turn.url, sign(self._turn.secrets, parcel.message_id, at, body), body)
        outcome = judge(answer, parcel.tries + 1, self._health, self._clock(), random.random())
        self._health = outcome.health
        self._stopped = self._stopped or not answer.took
        self.posted.append(Posted(parcel, at, answer, outcome))
        _observe(answer)


def _observe(answer: Answer) -> None:
    _SENT.labels("delivered" if answer.took else answer.failure or "not_taken").inc()
    _SECONDS.observe(answer.milliseconds / 1000)


async def try_once(
    database: Database, posting: Post, crier: Crier, site: str, delivery: int, patience: float
) -> Delivery:
    """The delivery as it is once it was tried, by this process or another, or after `patience` seconds.

    Raises NoSuchDelivery and StoreUnavailable.
    """
    deadline = asyncio.get_running_loop().time() + patience
    while True:
        found = await database.read(deliveries.find, site, delivery)
        if found.attempts or asyncio.get_running_loop().time() > deadline:
            return found
        now = datetime.now(UTC)
        for turn in await database.write(turns.take, now, now + LEASE, secrets.randbits(62), _ONE, found.endpoint):
            round_ = _round(posting, crier, turn, lambda: datetime.now(UTC))
            await round_.run()
            await database.write(turns.give_back, turn, round_.posted, datetime.now(UTC))
        await asyncio.sleep(_LOOKS_AGAIN)
