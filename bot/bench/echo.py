"""The bare minimum to compare with: aiohttp reads the body, pydantic reads it and writes it back. Nothing else.

It runs as aiohttp comes: on asyncio's own loop, without a log.

Started as `python -m bot.bench.echo PORT`.
"""

import sys

from aiohttp import web
from pydantic import BaseModel


class _Author(BaseModel):
    id: str
    name: str


class _Asked(BaseModel):
    """Both bodies that are sent: a bare text, or a comment."""

    text: str
    thread: str | None = None
    author: _Author | None = None


class _Analyzed(BaseModel):
    """The body that Perspective's callers send."""

    comment: dict[str, str]
    languages: list[str]
    requestedAttributes: dict[str, dict[str, str]]  # noqa: N815 - their name


async def _echo(request: web.Request) -> web.Response:
    asked = _Asked.model_validate_json(await request.read())
    return web.Response(text=asked.model_dump_json(), content_type="application/json")


async def _echo_analyzed(request: web.Request) -> web.Response:
    asked = _Analyzed.model_validate_json(await request.read())
    return web.Response(text=asked.model_dump_json(), content_type="application/json")


async def _ready(_: web.Request) -> web.Response:
    return web.Response()


def main(port: int) -> None:
    """Serve until terminated."""
    app = web.Application()
    app.router.add_get("/readyz", _ready)
    app.router.add_post("/v1/score", _echo)
    app.router.add_post("/v1/comments", _echo)
    app.router.add_post("/v1alpha1/comments:analyze", _echo_analyzed)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=lambda _: None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
