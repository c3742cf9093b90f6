"""What the app built and the endpoints work with, and the wait until it is there."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.authorship import Authorship
from bot.cache import Cache
from bot.chat import Chat
from bot.courier import Courier
from bot.crier import Crier
from bot.faqs import Faqs
from bot.live import Live
from bot.moderation import Moderation
from bot.posting import Posting
from bot.privacy import Privacy
from bot.reading import Reading
from bot.scoring import Scoring
from bot.signing import Signing
from bot.store.database import Database
from bot.sweeping import Sweeper
from bot.web.guards.keyring import Keyring
from bot.web.guards.problems import STARTING, Refusal
from bot.web.guards.remembered import Remembered
from sentiment.registry import Registry


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a minute and key (0: no limit), seconds in which a body must be complete, proxies before Parley."""

    requests_per_minute: int
    body_seconds: float
    proxies: int = 0


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything an endpoint may use. `remembered` is None where Redis does that, `demo_key` without a demo page.

    `is_https` tells whether browsers find Parley by https, whatever speaks to this process.
    """

    database: Database
    cache: Cache
    scoring: Scoring
    registry: Registry
    moderation: Moderation
    privacy: Privacy
    sweeper: Sweeper
    live: Live
    posting: Posting
    crier: Crier
    courier: Courier
    reading: Reading
    keyring: Keyring
    signing: Signing
    authorship: Authorship
    chat: Chat
    faqs: Faqs
    limits: Limits
    remembered: Remembered | None
    demo_key: str | None
    is_https: bool


class Visit:
    """What is known of a request while it is served. `site` is empty until a key was shown."""

    __slots__ = ("request_id", "site")

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.site = ""


class Opening:
    """The parts once they are built, and whether this process still takes work."""

    def __init__(self, metrics_folder: Path | None = None, patience: float = 10.0) -> None:
        """`metrics_folder` is where workers share metrics; a request waits `patience` seconds for the parts."""
        self.metrics_folder = metrics_folder
        self.parts: Parts | None = None
        self.drain_began = asyncio.Event()
        self.under_way = 0
        self._patience = patience
        self._done: asyncio.Future[Parts] = asyncio.get_running_loop().create_future()
        self._quiet = asyncio.Event()

    @property
    def draining(self) -> bool:
        """Was the process told to stop?"""
        return self.drain_began.is_set()

    def drain(self) -> None:
        """Take no more work, and let streams end."""
        self.drain_began.set()

    def done(self, parts: Parts) -> None:
        """The parts are there."""
        self.parts = parts
        self._done.set_result(parts)

    def finished(self) -> None:
        """A request under way has its answer."""
        self.under_way -= 1
        if self.draining and not self.under_way:
            self._quiet.set()

    async def drained(self) -> None:
        """Return once no request is under way; the door must be closed by then."""
        if self.under_way:
            await self._quiet.wait()

    async def drained_before(self, event: asyncio.Event, seconds: float) -> bool:
        """Waits for the event, for so many seconds, or for the end of this process; True where it was that."""
        waiting = [asyncio.ensure_future(one.wait()) for one in (self.drain_began, event)]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        return self.draining

    async def opened(self) -> Parts:
        """The parts; a Refusal where they are not there in time."""
        try:
            return await asyncio.wait_for(asyncio.shield(self._done), self._patience)
        except TimeoutError as error:
            raise Refusal(STARTING, "Parley is starting, or waits for its database.") from error


OPENING = web.AppKey("opening", Opening)
