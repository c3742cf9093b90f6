"""Google's HTTP batch: up to a hundred calls in one multipart/mixed body, and as many answers in another."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from typing import Final

from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from bot.web.compat.perspective.calls import Call
from bot.web.compat.perspective.refusals import CallRefused, invalid, write_refusal
from bot.web.guards.bodies import LARGEST_BODY, read_body
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import NOT_FOUND, Refusal, refusal_of

MOST_CALLS: Final = 100
_LARGEST_HEAD: Final = 16 * 1024
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
    """The calls; a Refusal where there are none, too many, or something else than calls.

    By splitting alone, which takes no longer for a hostile body than for any other of its size.
    """
    head = Message()
    head["Content-Type"] = "".join(content_type.splitlines())
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/mixed" or not boundary:
        raise _no_batch()
    # Clients end their lines in either way; JSON has no line ends inside its strings.
    pieces = (b"\n" + body.replace(b"\r\n", b"\n")).split(b"\n--" + boundary.encode("latin-1", "replace"))
    parts = [piece for piece in pieces[1:] if not piece.startswith(b"--")]
    if not parts:
        raise _no_batch()
    if len(parts) > MOST_CALLS:
        raise invalid(f"A batch has at most {MOST_CALLS} calls; this one has {len(parts)}. Send them in several.")
    return [_part(piece) for piece in parts]


def _no_batch() -> CallRefused:
    return invalid("A batch is a multipart/mixed body whose parts are application/http calls.")


def _part(raw: bytes) -> _Part:
    about, _, inside = raw.partition(b"\n\n")
    outer = _headers(about)
    call, _, body = inside.lstrip(b"\n").partition(b"\n\n")
    line, _, given = call.partition(b"\n")
    words = line.decode("latin-1").split(" ")
    if not outer.get("Content-Type", "").lower().startswith("application/http") or len(words) < 2:
        raise invalid("Each part of a batch is application/http: a request line, headers, an empty line, a body.")
    try:
        url = URL(words[1])
    except ValueError as error:
        raise invalid(f"{words[1][:100]!r} is no address.") from error
    return _Part(outer.get("Content-ID", ""), words[0], url, Call(url.query, _headers(given), body.strip()))


def _headers(block: bytes) -> CIMultiDict[str]:
    """Header lines as they stand; one that begins with a blank goes on where the line before ended."""
    found: CIMultiDict[str] = CIMultiDict()
    name = ""
    for line in block[:_LARGEST_HEAD].decode("latin-1").split("\n"):
        if line[:1] in (" ", "\t") and name:
            found[name] += line.rstrip()
        elif ":" in line:
            name, _, value = line.partition(":")
            found[name] = value.strip()
    return found


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
        inside = one.content_id.removeprefix("<").removesuffix(">")
        head.append(f"Content-ID: <response-{inside}>")
    body = said.body if isinstance(said.body, bytes) else b""
    head += ["", f"HTTP/1.1 {said.status} {HTTPStatus(said.status).phrase}", "Content-Type: application/json"]
    if "Retry-After" in said.headers:
        head.append(f"Retry-After: {said.headers['Retry-After']}")
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode("utf-8") + body + b"\r\n"
