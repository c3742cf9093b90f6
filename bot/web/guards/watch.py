"""What goes round every request: its id, its line in the log, its metrics, and a problem for whatever went wrong."""

import os
import re
import time
from collections.abc import Awaitable, Callable
from itertools import count

from aiohttp import web
from prometheus_client import Counter, Histogram

from bot.web.guards.door import Handler
from bot.web.guards.journal import Journal
from bot.web.guards.parts import Opening, Visit
from bot.web.guards.problems import BROKEN, Refusal, refusal_of, write_problem
from bot.web.guards.routes import WriteRefusal

_REQUESTS = Counter("parley_http_requests", "Answered requests.", ["method", "route", "status"])
_SECONDS = Histogram(
    "parley_http_seconds",
    "Time from a request's headers to its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}", re.ASCII)
Watched = Callable[[web.Request], Awaitable[web.StreamResponse]]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})


class Watch:
    """Stands round every handler. Not an aiohttp middleware: those cost twice as much as all that is done here."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._journal = Journal()
        self._ids = count(1)
        self._prefix = os.urandom(6).hex()

    def around(self, handler: Handler, route: str, refuse: WriteRefusal = write_problem) -> Watched:
        """The handler, watched; `route` is its address with its parameters' names, as logs and metrics call it.

        `refuse` writes what is refused where the callers read another shape than Parley's own.
        """
        timer = _SECONDS.labels(route)
        # Looked up once for each outcome: labels() costs more than the counting.
        counters: dict[tuple[str, int], Counter] = {}

        async def watched(request: web.Request) -> web.StreamResponse:
            began = time.perf_counter()
            visit = Visit(self._request_id(request))
            self._opening.under_way += 1
            try:
                response, fault = await handler(request, visit), None
            except Exception as error:  # noqa: BLE001 whatever it is, the caller gets a refusal and the log a line
                response, fault = _refuse(error, visit.request_id, refuse)
            finally:
                self._opening.finished()
            response.headers["X-Request-Id"] = visit.request_id
            if self._opening.draining:
                response.force_close()
            method, status, seconds = request.method, response.status, time.perf_counter() - began
            counter = counters.get((method, status))
            if counter is None:
                known = method if method in _METHODS else "other"
                counter = counters[known, status] = _REQUESTS.labels(known, route, str(status))
            counter.inc()
            timer.observe(seconds)
            self._journal.write(visit, method, route, status, seconds, fault)
            return response

        return watched

    def flush(self) -> None:
        """Writes what the log still owes."""
        self._journal.flush()

    def _request_id(self, request: web.Request) -> str:
        """The caller's own id where it is fit for a log, else a new one."""
        given = request.headers.get("X-Request-Id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            return given
        return f"{self._prefix}{next(self._ids):08x}"


def _refuse(error: Exception, request_id: str, write: WriteRefusal) -> tuple[web.Response, Exception | None]:
    """The refusal that the caller gets, and the error itself where it is a fault of ours."""
    refusal = refusal_of(error)
    if refusal is not None:
        return write(refusal, request_id, error), None
    return write(Refusal(BROKEN, "This is a fault in Parley. It was logged."), request_id, None), error
