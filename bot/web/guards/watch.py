"""What goes round every request: its id, its line in the log, its metrics, and a problem for whatever went wrong."""

import os
import re
import time
from itertools import count

from aiohttp import web
from prometheus_client import Counter, Histogram

from bot.web.guards.door import KEY, Handler
from bot.web.guards.journal import Journal
from bot.web.guards.parts import Opening
from bot.web.guards.problems import BROKEN, Refusal, refusal_of, write_problem

_REQUESTS = Counter("parley_http_requests", "Answered requests.", ["method", "route", "status"])
_SECONDS = Histogram(
    "parley_http_seconds",
    "Time from a request's headers to its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_NOWHERE = "(none)"


class Watch:
    """The one middleware of Parley. Metric children are looked up once for each route and status, then kept."""

    # How aiohttp knows a middleware of today.
    __middleware_version__ = 1

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._journal = Journal()
        self._ids = count(1)
        self._prefix = os.urandom(6).hex()
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Runs the handler; whatever it raises becomes a problem."""
        began = time.perf_counter()
        request_id = self._request_id(request)
        fault: BaseException | None = None
        response: web.StreamResponse
        self._opening.under_way += 1
        try:
            response = await handler(request)
        except Exception as error:  # noqa: BLE001 whatever it is, the caller gets a problem and the log a line
            refusal = refusal_of(error)
            if refusal is None:
                fault = error
                refusal = Refusal(BROKEN, "This is a fault in Parley. It was logged.")
            response = write_problem(refusal, request_id, error)
        finally:
            self._opening.finished()
        response.headers["X-Request-Id"] = request_id
        if self._opening.draining:
            response.force_close()
        self._record(request, request_id, response.status, time.perf_counter() - began, fault)
        return response

    def _request_id(self, request: web.Request) -> str:
        """The caller's own id where it is fit for a log, else a new one."""
        given = request.headers.get("X-Request-Id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            return given
        return f"{self._prefix}{next(self._ids):08x}"

    def _record(
        self, request: web.Request, request_id: str, status: int, seconds: float, fault: BaseException | None
    ) -> None:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else _NOWHERE
        method = request.method if request.method in _METHODS else "other"
        counter = self._counters.get((method, route, status))
        if counter is None:
            counter = self._counters[method, route, status] = _REQUESTS.labels(method, route, str(status))
        counter.inc()
        timer = self._timers.get(route)
        if timer is None:
            timer = self._timers[route] = _SECONDS.labels(route)
        timer.observe(seconds)
        key = request.get(KEY)
        self._journal.write(request_id, method, route, status, seconds, key.site if key is not None else "", fault)
