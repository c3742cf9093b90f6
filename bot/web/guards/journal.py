"""Structured logs: one JSON object a line on standard error, never with a word that somebody wrote in a comment."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Final

_REQUESTS: Final = logging.getLogger("parley.requests")


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
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__qualname__,
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
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


class Journal:
    """Writes the line of each request. Put together by hand: a log record would cost more than the whole line."""

    def __init__(self) -> None:
        self._wanted = _REQUESTS.isEnabledFor(logging.INFO)

    def write(
        self,
        request_id: str,
        method: str,
        route: str,
        status: int,
        seconds: float,
        site: str,
        error: BaseException | None,
    ) -> None:
        """All arguments but `error` are from closed alphabets, so nothing needs to be escaped."""
        if not self._wanted and error is None:
            return
        line = (
            f'{{"at":"{datetime.now(UTC).isoformat(timespec="milliseconds")}",'
            f'"level":"{"info" if error is None else "error"}","event":"request","request_id":"{request_id}",'
            f'"method":"{method}","route":"{route}","status":{status},"ms":{seconds * 1000:.2f},"site":"{site}"'
        )
        if error is not None:
            line += "," + json.dumps(fault(error))[1:-1]
        sys.stderr.write(line + "}\n")
