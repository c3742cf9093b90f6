"""Structured logs: one JSON object a line on standard error, never with a word that somebody wrote in a comment."""

import asyncio
import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Final

from aiohttp.http_exceptions import HttpProcessingError

from bot.web.guards.parts import Visit

_REQUESTS: Final = logging.getLogger("parley.requests")
_DELAY: Final = 0.05


class JsonLines(logging.Formatter):
    """A log record as one JSON object.

    Of an exception it keeps the type and the place, not the message: messages may quote what they choked on.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": "log",
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= fault(record.exc_info[1])
        return json.dumps(line)


def fault(error: BaseException) -> dict[str, object]:
    """Type and place of an exception, innermost call last."""
    frames = list(traceback.walk_tb(error.__traceback__))[-12:]
    return {
        "error": type(error).__qualname__,
        "trace": [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in frames],
    }


def configure(level: str) -> None:
    """Send every log of this process to standard error as JSON lines, from `level` (debug, info, ...) up.

    Libraries are heard from `warning` up: what they say below that is for their own authors.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in ("bot", _REQUESTS.name):
        logging.getLogger(ours).setLevel(level.upper())
    logging.getLogger("aiohttp.server").addFilter(_is_our_fault)


def _is_our_fault(record: logging.LogRecord) -> bool:
    """What is no HTTP at all is answered with 400; any stranger could fill the log with it."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


class Journal:
    """Writes the line of each request, put together by hand: a log record would cost more than the whole line.

    Lines are written in one go, a moment after the first of them, because a write costs more than ten lines.
    """

    def __init__(self) -> None:
        self._wanted = _REQUESTS.isEnabledFor(logging.INFO)
        self._owed: list[str] = []
        self._second = 0
        self._stamp = ""

    def write(
        self, visit: Visit, method: str, route: str, status: int, seconds: float, error: Exception | None
    ) -> None:
        """All that is written comes from closed alphabets, so only an error needs to be escaped."""
        if not self._wanted and error is None:
            return
        line = (
            f'{{"at":"{self._now()}",'
            f'"level":"{"info" if error is None else "error"}","event":"request","request_id":"{visit.request_id}",'
            f'"method":"{method if method.isalpha() else "other"}","route":"{route}",'
            f'"status":{status},"ms":{seconds * 1000:.2f},"site":"{visit.site}"'
        )
        if error is not None:
            line += "," + json.dumps(fault(error))[1:-1]
        if not self._owed:
            asyncio.get_running_loop().call_later(_DELAY, self.flush)
        self._owed.append(line + "}\n")

    def _now(self) -> str:
        """RFC 3339 in UTC; the part before the dot is made once a second."""
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._stamp = datetime.fromtimestamp(self._second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._stamp}.{int(now % 1 * 1000):03d}Z"

    def flush(self) -> None:
        """Writes what is owed."""
        sys.stderr.write("".join(self._owed))
        sys.stderr.flush()
        self._owed.clear()
