"""The way out to people: Slack, Discord, Teams, Telegram, Mattermost, e-mail and a hundred more, through Apprise.

Each message is sent by a process of its own (`__main__`), which ends afterwards: Apprise speaks dozens of protocols in
blocking code, and whatever one of them does, it does it there. That process may open no connection that the fence
forbids, write no file, start no program and see no setting of Parley's; and it is killed when it takes too long. So
the service neither loads Apprise nor waits for it. Starting one takes a third of a second.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.delivery import Answer, Failure
from bot.fence import Network
from bot.notice import Letter

WITHIN: Final = 25.0
"""Seconds after which a message counts as not sent."""

AT_ONCE: Final = 4
"""Messages of this process that are sent at the same time."""

_PATIENCE: Final = 10.0
_SOURCES: Final = str(Path(__file__).parents[2])


class BadReach(ValueError):
    """A URL that Apprise cannot send to, or that Parley does not let it; the message says what it must be."""


@dataclass(frozen=True, slots=True)
class Described:
    """A URL of Apprise's: which service it leads to, and what may be shown of it."""

    service: str
    shown: str


class Apprising:
    """Sends messages; `allowed` are the networks that may be reached although they are not public."""

    def __init__(self, allowed: Sequence[Network], within: float = WITHIN) -> None:
        """A message that is not sent `within` seconds is not sent."""
        self._allowed = ",".join(map(str, allowed))
        self._within = within
        self._room = asyncio.Semaphore(AT_ONCE)

    async def send(self, url: str, letter: Letter) -> Answer | None:
        """What came of it, 200 where the service took the message; None where others kept us from trying."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._room.acquire()
        except TimeoutError:
            return None
        began = time.monotonic()
        try:
            told = await self._ask(
                {
                    "url": url,
                    "title": letter.title,
                    "lead": letter.lead,
                    "items": [item.written for item in letter.items],
                    "more": letter.more,
                    "foot": letter.desk,
                }
            )
        finally:
            self._room.release()
        milliseconds = round((time.monotonic() - began) * 1000)
        if told is None:
            return Answer(None, Failure.TIMEOUT, milliseconds)
        failure = None if told["failure"] is None else Failure(told["failure"])
        return Answer(told["status"], failure, milliseconds, told["begin"])

    async def describe(self, url: str) -> Described:
        """What the URL leads to; nothing is sent. Raises BadReach."""
        told = await self._ask({"url": url})
        if told is None:
            raise BadReach("could not be read in time; try again")
        if told["refused"] is not None:
            raise BadReach(told["refused"])
        return Described(told["service"], told["shown"])

    # Any: JSON of the other process.
    async def _ask(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """What the other process answers; None where it took too long."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-B", "-m", "bot.apprising"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of Parley's settings, no proxy, no home.
            env={"PYTHONPATH": _SOURCES, "PYTHONIOENCODING": "utf-8"},
            cwd="/",
        )
        try:
            async with asyncio.timeout(self._within):
                said, _ = await process.communicate(json.dumps(asked | {"allowed": self._allowed}).encode())
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            return {"status": None, "failure": Failure.BROKEN_ANSWER, "begin": "", "refused": "cannot be read"}
        told: dict[str, Any] = json.loads(said)
        return told
