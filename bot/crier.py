"""The crier: tells people what happened, in one letter for all that is due.

What is told is looked up at this very moment, so that nothing is shown that was erased and nothing asked that somebody
decided already.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot import blocks, notice
from bot.apprising import Apprising
from bot.delivery import Answer
from bot.flight import end
from bot.notice import Found, Letter, Looked
from bot.posting import Posting
from bot.store import notices
from bot.store.database import Database
from bot.store.endpoints import EndpointKind
from bot.store.notices import Notice
from bot.store.turns import Turn
from bot.ticket import GOOD_FOR, Ticket

_LOG = logging.getLogger(__name__)

SHORTEST_REST: Final = timedelta(seconds=20)
"""However much happens, people get no more than one letter in this time."""

_NOTHING: Final = Answer(200, None, 0, "Nothing was left to tell.")


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a letter, and how long nothing more is sent there (None: nothing was sent)."""

    answer: Answer
    rest: timedelta | None


class Crier:
    """Tells people; `address` is where their browsers find Parley."""

    def __init__(
        self,
        database: Database,
        posting: Posting,
        apprising: Apprising,
        address: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is opened until somebody is told something."""
        self._database = database
        self._posting = posting
        self._apprising = apprising
        self._address = address
        self._clock = clock
        self._following: set[asyncio.Task[None]] = set()

    async def tell(self, turn: Turn, *, is_all: bool) -> Told | None:
        """One letter about every parcel of the turn; None where others kept us from trying.

        `is_all`: no more waits there, or else people hear of the rest soon, whatever rest they asked for. Raises
        NoSuchEndpoint and StoreUnavailable.
        """
        now = self._clock()
        known = await self._database.read(notices.find, turn.site, turn.endpoint, now)
        happenings = [notice.read(parcel.body) for parcel in turn.parcels]
        looked = await self._database.read(notices.look, turn.site, happenings)
        letter = self.compose(known, happenings, looked)
        if letter is None:
            return Told(_NOTHING, None)
        answer = await self.send(known, letter)
        rest = known.reach.rest if is_all else SHORTEST_REST
        return None if answer is None else Told(answer, max(rest, SHORTEST_REST))

    def compose(self, known: Notice, happenings: list[notice.Happening], looked: Looked) -> Letter | None:
        """The letter about these; None where nothing is left to tell."""
        site, until = known.endpoint.site, self._clock() + GOOD_FOR

        def ticket(about: Found) -> str:
            return Ticket(known.endpoint.id, about.comment.id, about.lines, until).sealed(site, known.secrets[0])

        return notice.compose(site, happenings, looked, self._address, ticket, shows_text=known.reach.shows_text)

    async def send(self, known: Notice, letter: Letter) -> Answer | None:
        """Sends one letter there; None where others kept us from trying."""
        if known.reach.kind is EndpointKind.SLACK:
            return await self._posting.post(known.reach.address, {}, json.dumps(blocks.written(letter)).encode())
        return await self._apprising.send(known.reach.address, letter)

    # Any: JSON for Slack.
    def follow_up(self, url: str, body: dict[str, Any]) -> None:
        """Posts to Slack what follows from a button, after Slack has its answer."""
        task = asyncio.create_task(self._follow_up(url, json.dumps(body).encode()))
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _follow_up(self, url: str, body: bytes) -> None:
        answer = await self._posting.post(url, {}, body)
        if not answer.took:
            # The decision stands; only the message in Slack still shows its buttons.
            _LOG.warning("Slack was not told what became of a button: %s.", answer.status or answer.failure)

    async def close(self) -> None:
        """Ends what is still under way."""
        for task in tuple(self._following):
            await end(task)
