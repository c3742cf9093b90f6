"""Thousands of requests made from the reference itself: no 5xx, and every answer has its documented shape."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.web import ops, reference, routing
from bot.web.guards.routes import ForeignRoute
from bot.web.reference import DOCUMENT
from tests.running import Service, serving

CHECKS: list[CheckFunction] = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@contextmanager
def in_thread(folder: Path) -> Iterator[tuple[Service, str]]:
    """A service in a thread of its own, and a key that may do everything; schemathesis blocks this one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    stop = asyncio.Event()
    ready: asyncio.Future[tuple[Service, str]] = loop.create_future()

    async def run() -> None:
        async with serving(folder, rate_limit=0) as service:
            comment = await service.submit()
            ready.set_result((service, await service.token()))
            assert comment["status"] == "held"
            await stop.wait()

    running = asyncio.run_coroutine_threadsafe(run(), loop)
    try:
        yield asyncio.run_coroutine_threadsafe(asyncio.wait_for(ready, 30), loop).result()
    finally:
        loop.call_soon_threadsafe(stop.set)
        running.result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """The reference of a running service, with a key for it."""
    with in_thread(tmp_path_factory.mktemp("schemathesis")) as (service, token):
        schema = schemathesis.openapi.from_dict(service.app[DOCUMENT].document)
        schema.config.update(base_url=service.url(""), headers={"Authorization": f"Bearer {token}"})
        yield schema


OPERATIONS = [
    # A stream goes on for as long as it is asked to; tests/test_live.py watches it.
    *((route.address, route.method) for route in routing.ROUTES if route.address != "/v1/queue/events"),
    *((public.address, "GET") for public in (*ops.ROUTES, *reference.ROUTES)),
]


@pytest.mark.parametrize(("address", "method"), OPERATIONS)
@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_one_that_the_reference_has(
    api: schemathesis.BaseSchema, address: str, method: str, mode: GenerationMode
) -> None:
    """Requests as the reference wants them, and requests that break it on purpose."""
    operation = api[address][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    with suppress(Unsatisfiable):
        ask()


@pytest.mark.parametrize("route", routing.FOREIGN, ids=lambda route: f"{route.method} {route.address}")
@pytest.mark.parametrize("mode", GenerationMode)
def test_what_speaks_for_others_never_fails_either(
    api: schemathesis.BaseSchema, route: ForeignRoute, mode: GenerationMode
) -> None:
    """Their errors have shapes of their own; none of them is one of Parley's."""
    operation = api[route.address][route.method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=[not_a_server_error])

    with suppress(Unsatisfiable):
        ask()
