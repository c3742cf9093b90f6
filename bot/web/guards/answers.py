"""How an answer becomes a response: JSON, never cached, never guessed at by a browser."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

# Any: JSON on its way out; its shape is a model of bot.web.wire.answered.
Json = dict[str, Any]

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_HEADERS: CIMultiDict[str] = CIMultiDict(
    {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Server": "parley",
    }
)


def answer(
    body: Json,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_type: str | None = None,
) -> web.Response:
    """A response with this JSON body."""
    all_headers = _HEADERS.copy()
    if content_type is not None:
        all_headers["Content-Type"] = content_type
    if headers:
        all_headers.update(headers)
    return web.Response(body=encode(body), status=status, headers=all_headers)


def encode(body: Json) -> bytes:
    """Compact JSON in UTF-8."""
    return _ENCODER.encode(body).encode("utf-8", "replace")
