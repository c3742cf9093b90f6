"""Google's HTTP batch: up to a hundred calls in one multipart/mixed body, and as many answers in another."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from http import HTTPStatus
from typing import Final

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.web.compat.perspective.calls import Call
from bot.web.compat.perspective.refusals import invalid, write_refusal
from bot.web.guards.bodies import LARGEST_BODY, read_body
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import NOT_FOUND, Refusal, refusal_of

MOST_CALLS: Final = 100
Method = Callable[[Call, Parts, Visit], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class _Part:
    """One call of a batch: its line and what it brings. `content_id` names it, "" where it has no name."""

    content_id: str
    method: str
    url: URL
    call: Call


async def answer_batch(request: web.Request, parts: Parts, visit: Visit, methods: Mapping[str, Method]) -> web.Response:
    """200 with an answer for each call, in their order; `methods` by their paths. Each call counts by itself.

    Raises a Refusal where the body is no batch, and what is wrong with Parley rather than with one of the calls.
    """
    body = await read_body(request, LARGEST_BODY, parts.limits.body_seconds)
    calls = _read(request.headers.get("Content-Type", ""), body)
    visits = [Visit(visit.request_id) for _ in calls]
    answers = await asyncio.gather(
        *(_answer(one, parts, each, methods) for one, each in zip(calls, visits, strict=True))
    )
    visit.site = next((each.site for each in visits if each.site), "")
    boundary = f"batch_{secrets.token_hex(16)}"
    written = [_written(boundary, one, said) for one, said in zip(calls, answers, strict=True)]
    return web.Response(
        body=b"".join([*written, f"--{boundary}--\r\n".encode()]),
        headers={"Content-Type": f'multipart/mixed; boundary="{boundary}"', "Cache-Control": "no-store"},
    )


def _read(content_type: str, body: bytes) -> list[_Part]:
    """The calls; a Refusal where there are none, too many, or something else than calls."""
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser().parsebytes(head + body)
    inner = message.get_payload()
    if message.get_content_type() != "multipart/mixed" or not isinstance(inner, list):
        raise invalid("A batch is a multipart/mixed body whose parts are application/http calls.")
    if len(inner) > MOST_CALLS:
        raise invalid(f"A batch has at most {MOST_CALLS} calls; this one has {len(inner)}. Send them in several.")
    return [_part(part) for part in inner if isinstance(part, Message)]


def _part(part: Message) -> _Part:
    payload = part.get_payload(decode=True)
    raw = (payload if isinstance(payload, bytes) else b"").lstrip(b"\r\n")
    line, _, rest = raw.replace(b"\r\n", b"\n").partition(b"\n")
    words = line.decode("latin-1").split(" ")
    if part.get_content_type() != "application/http" or len(words) < 2:
        raise invalid("Each part of a batch is application/http: a request line, headers, an empty line, a body.")
    headers, _, body = rest.partition(b"\n\n")
    # Without an empty line there is no body; without headers the body follows at once.
    found = BytesHeaderParser().parsebytes(headers) if b":" in headers and headers[:1] not in b"{\n" else Message()
    try:
        url = URL(words[1])
    except ValueError as error:
        raise invalid(f"{words[1][:100]!r} is no address.") from error
    named = CIMultiDictProxy(CIMultiDict((name, str(value)) for name, value in found.items()))
    return _Part(part.get("Content-ID", ""), words[0], url, Call(url.query, named, body.strip()))


async def _answer(one: _Part, parts: Parts, visit: Visit, methods: Mapping[str, Method]) -> web.Response:
    """The answer to one call; what is wrong with it is its own, and leaves the others alone."""
    method = methods.get(one.url.path)
    try:
        if method is None or one.method != "POST":
            raise Refusal(NOT_FOUND, f"A batch takes POST on {' and '.join(methods)}.")
        return await method(one.call, parts, visit)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return write_refusal(refusal, visit.request_id, error)


def _written(boundary: str, one: _Part, said: web.Response) -> bytes:
    """An answer as a part: named after the call that it answers."""
    head = [f"--{boundary}", "Content-Type: application/http"]
    if one.content_id:
        inside = "".join(one.content_id.splitlines()).strip().removeprefix("<").removesuffix(">")
        head.append(f"Content-ID: <response-{inside}>")
    body = said.body if isinstance(said.body, bytes) else b""
    head += ["", f"HTTP/1.1 {said.status} {HTTPStatus(said.status).phrase}", "Content-Type: application/json"]
    if "Retry-After" in said.headers:
        head.append(f"Retry-After: {said.headers['Retry-After']}")
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode("utf-8") + body + b"\r\n"
