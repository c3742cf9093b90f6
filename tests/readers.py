"""Readers on a site's page, as the widget asks for them: a guest or a user of the site, each with a pass."""

import base64
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from bot.proof import write_ticket
from tests.running import Answer, Service

SECRET = "a secret of at least thirty-two letters"
PAGE = "https://gazette.example.org"
THREAD = "article-1"


@dataclass
class Reader:
    """Somebody who reads `site`, from the page at `origin` (None: one of Parley's own)."""

    service: Service
    pass_: str | None = None
    id: str | None = None
    site: str = "demo"
    origin: str | None = None

    async def ask(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Asks below /embed/SITE."""
        given = {"Origin": self.origin or self.service.url("")} | dict(headers or {})
        if self.pass_ is not None:
            given["Authorization"] = f"Bearer {self.pass_}"
        return await self.service.ask(method, f"/embed/{self.site}{path}", body, scope=None, headers=given)

    async def post(self, text: str = "A fair point.", *, thread: str = THREAD, **fields: object) -> Answer:
        """Writes a comment, having looked at the page for a minute."""
        asked = {"text": text, "ticket": await self.ticket(thread), "nudged": "anyway"} | fields
        return await self.ask("POST", f"/threads/{thread}/comments", {k: v for k, v in asked.items() if v is not None})

    async def ticket(self, thread: str = THREAD, age: timedelta = timedelta(minutes=1)) -> str:
        """A ticket as the thread gave it so long ago."""
        seal = await self.service.parts.authorship.seal(self.site)
        assert seal is not None
        return write_ticket(seal, thread, datetime.now(UTC) - age)

    async def thread(self, query: str = "", thread: str = THREAD) -> Any:
        """What this reader sees."""
        answer = await self.ask("GET", f"/threads/{thread}/comments{query}")
        assert answer.status == 200, answer.text
        return answer.json

    async def sees(self, thread: str = THREAD) -> list[tuple[str | None, str]]:
        """The texts and states of all comments and their replies."""
        items = (await self.thread("?sort=oldest", thread))["items"]
        return [(one["text"], one["state"]) for item in items for one in (item, *item["replies"])]


async def guest(service: Service, name: str = "Ada", site: str = "demo", origin: str | None = None) -> Reader:
    """Somebody new."""
    reader = Reader(service, site=site, origin=origin)
    answer = await reader.ask("POST", "/session", {"name": name})
    assert answer.status == 201, answer.text
    return Reader(service, answer.json["token"], answer.json["author"]["id"], site, origin)


def jwt(user: str = "u-17", name: str = "Ada", site: str = "demo", **claims: object) -> str:
    """What the site's server signs."""

    def part(raw: bytes) -> bytes:
        return base64.urlsafe_b64encode(raw).rstrip(b"=")

    said = {"id": user, "name": name, "aud": site, "exp": int(time.time()) + 900} | claims
    body = b".".join(part(json.dumps(one).encode()) for one in ({"alg": "HS256"}, said))
    return (body + b"." + part(hmac.digest(SECRET.encode(), body, "sha256"))).decode()


def prove(challenge: Mapping[str, Any]) -> str:
    """The work that a challenge asks for."""
    for number in count():
        proof = f"{challenge['challenge']}:{number}"
        if int.from_bytes(sha256(proof.encode()).digest()) >> (256 - challenge["bits"]) == 0:
            return proof
    raise AssertionError
