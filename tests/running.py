"""Parley as its callers meet it: on a real socket, with a store of its own and models that know one insult."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import LoadModels, build
from bot.settings import Settings
from bot.store import keys, sites
from bot.store.keys import Scope
from bot.token import Token
from bot.web.guards.parts import OPENING, Parts
from sentiment.scores import Analysis, Attribute, Span
from tests.builders import analysis

INSULT = re.compile("idiot", re.IGNORECASE)


class OneInsult:
    """Models that know what an idiot is, and nothing else."""

    version = "one-insult"

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        """0.8 for insult where the word stands, with its span."""
        return [self._analyse(text) for text in texts]

    def _analyse(self, text: str) -> Analysis:
        if not text.strip():
            return Analysis({}, None, "und", (), self.version)
        spans = [Span(Attribute.INSULT, found.start(), found.end(), 2.5) for found in INSULT.finditer(text)]
        return analysis(*spans, model=self.version, insult=0.8 if spans else 0.01)


def one_insult(version: str | None) -> OneInsult:
    """Loads them."""
    return OneInsult()


@dataclass(frozen=True)
class Answer:
    """What came back. `json` is None where the body is no JSON (Any: tests look into every shape)."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any


class Service:
    """A running Parley, and keys to its sites "demo" and "other"."""

    def __init__(self, app: web.Application, server: TestServer, session: aiohttp.ClientSession) -> None:
        self.app = app
        self.server = server
        self._session = session
        self._tokens: dict[tuple[str, Scope], str] = {}

    @property
    def parts(self) -> Parts:
        """What the service is made of."""
        parts = self.app[OPENING].parts
        assert parts is not None
        return parts

    def url(self, address: str) -> str:
        """The whole address."""
        return str(self.server.make_url("/")).rstrip("/") + address

    async def token(self, scope: Scope = Scope.ADMIN, site: str = "demo") -> str:
        """A key of the site, made when it is first asked for."""
        if (site, scope) not in self._tokens:
            token, now = Token.fresh(), datetime.now(UTC)
            await self.parts.database.write(keys.create, site, token.key_id, f"a {scope}", scope, token.hash, now)
            self._tokens[site, scope] = token.text
        return self._tokens[site, scope]

    async def ask(
        self,
        method: str,
        address: str,
        json: object = None,
        *,
        scope: Scope | None = Scope.ADMIN,
        site: str = "demo",
        headers: Mapping[str, str] | None = None,
        body: bytes | BytesIO | None = None,
    ) -> Answer:
        """Asks with a key of that scope and site; without one where the scope is None."""
        given = dict(headers or {})
        if scope is not None:
            given["Authorization"] = f"Bearer {await self.token(scope, site)}"
        if body is not None:
            given.setdefault("Content-Type", "application/json")
        async with self._session.request(
            method, self.url(address), json=json, data=body, headers=given, allow_redirects=False
        ) as response:
            text = await response.text()
            is_json = response.content_type in ("application/json", "application/problem+json")
            return Answer(
                response.status,
                response.headers,
                text,
                await response.json(content_type=None) if is_json and text else None,
            )

    async def submit(self, text: str = "You idiot.", *, site: str = "demo", **fields: object) -> Any:
        """A stored comment, as the service answered it; held, if the test does not say otherwise."""
        asked = {"thread": "article-1", "author": "ada", "text": text} | fields
        answer = await self.ask("POST", "/v1/comments", asked, site=site)
        assert answer.status == 201, answer.text
        return answer.json


@asynccontextmanager
async def serving(folder: Path, *, load: LoadModels | None = one_insult, **chosen: Any) -> AsyncIterator[Service]:
    """Parley on a free port of this machine until the end of the block; `chosen` are settings.

    `load` gives its models; None: those on disk, as Parley itself loads them.
    """
    app = await build(Settings.load(data=folder, **chosen), load)
    server = TestServer(app, skip_url_asserts=True)
    async with server, aiohttp.ClientSession() as session:
        service = Service(app, server, session)
        for site in ("demo", "other"):
            if not await service.parts.database.read(sites.exists, site):
                await service.parts.database.write(sites.add, site, datetime.now(UTC))
        yield service
