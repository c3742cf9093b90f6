"""Servers that webhooks are sent to: they keep what they got, and answer as a test tells them to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True)
class Got:
    """A message as it arrived."""

    headers: Mapping[str, str]
    body: bytes
    json: Any


Answer = Callable[[web.Request, Got], Awaitable[web.StreamResponse]]


async def take(request: web.Request, got: Got) -> web.StreamResponse:
    """Takes everything."""
    return web.Response(text="Thank you.")


def says(status: int, **headers: str) -> Answer:
    """Answers every message with this status."""

    async def answer(request: web.Request, got: Got) -> web.StreamResponse:
        return web.Response(status=status, headers={name.replace("_", "-"): said for name, said in headers.items()})

    return answer


@dataclass
class Receiver:
    """What arrived at a server, in the order of arrival; `answer` may be changed at any time."""

    url: str = ""
    answer: Answer = take
    got: list[Got] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def types(self) -> list[str]:
        """The types of the events that arrived."""
        return [got.json["type"] for got in self.got]

    async def until(self, condition: Callable[["Receiver"], bool], seconds: float = 30) -> None:
        """Returns once the condition holds."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: condition(self))

    async def until_got(self, many: int) -> list[Got]:
        """What arrived, once that many messages have."""
        await self.until(lambda receiver: len(receiver.got) >= many)
        return self.got

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One message."""
        body = await request.read()
        got = Got({name.lower(): value for name, value in request.headers.items()}, body, await request.json())
        async with self._changed:
            self.got.append(got)
            self._changed.notify_all()
        return await self.answer(request, got)


@asynccontextmanager
async def receiving(answer: Answer = take) -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine until the end of the block."""
    receiver = Receiver(answer=answer)
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", receiver.handle)
    async with TestServer(app) as server:
        receiver.url = str(server.make_url("/hook"))
        yield receiver
