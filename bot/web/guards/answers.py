"""How an answer becomes a response: JSON, never cached, never guessed at by a browser."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from multidict import CIMultiDict
from pydantic_core import PydanticSerializationError, to_json

# Any: JSON on its way out; its shape is a model of bot.web.wire.answered.
Json = dict[str, Any]

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
    response = answer_bytes(encode(body), status)
    if content_type is not None:
        response.headers["Content-Type"] = content_type
    if headers:
        response.headers.update(headers)
    return response


def answer_bytes(body: bytes, status: int = 200) -> web.Response:
    """A response with a body that was encoded before."""
    return web.Response(body=body, status=status, headers=_HEADERS)


def encode(body: Json) -> bytes:
    """Compact JSON in UTF-8."""
    try:
        return to_json(body, inf_nan_mode="null")
    except PydanticSerializationError:
        # A lone surrogate, as an address may hold one; only an escape can carry it.
        return json.dumps(body, separators=(",", ":")).encode()
