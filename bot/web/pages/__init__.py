"""The pages for people: front page, reference, moving from elsewhere, the desk, and the demo.

They are files beside this one, plain HTML, CSS and JS. Nothing comes from elsewhere and nothing is inline, so the
browser is told to refuse both.
"""

from hashlib import sha256
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Final

from aiohttp import web

from bot.address import is_loopback
from bot.web.guards.answers import answer
from bot.web.guards.parts import OPENING
from bot.web.guards.problems import NOT_FOUND, Refusal
from bot.web.guards.routes import Group, PublicEndpoint, PublicRoute

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Server": "parley",
}
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_ALWAYS: Final = {
    "/": "index.html",
    "/reference": "reference.html",
    "/desk": "desk.html",
    "/moving": "moving.html",
    "/moving/perspective": "moving-perspective.html",
    "/moving/akismet": "moving-akismet.html",
    "/moving/openai": "moving-openai.html",
    "/moving/coral": "moving-coral.html",
    "/pages/moving.css": "moving.css",
    "/pages/notice.css": "notice.css",
    "/pages/parley.css": "parley.css",
    "/pages/element.js": "element.js",
    "/pages/index.js": "index.js",
    "/pages/reference.css": "reference.css",
    "/pages/reference.js": "reference.js",
    "/pages/icon.svg": "icon.svg",
    "/pages/verdict.js": "verdict.js",
}
_DEMO: Final = {
    "/demo": "demo.html",
    "/pages/demo.css": "demo.css",
    "/pages/demo.js": "demo.js",
}


def routes(*, shows_demo: bool) -> tuple[PublicRoute, ...]:
    """The addresses of the pages; those of the demo only where it is shown."""
    shown = _ALWAYS | _of_desk()
    if shows_demo:
        shown |= _DEMO
    found = tuple(_route(address, _file(name, shows_demo=shows_demo)) for address, name in shown.items())
    return (*found, _route("/demo/key", read_demo_key)) if shows_demo else found


def _of_desk() -> dict[str, str]:
    """The desk has many small files; all that its folder holds are its own."""
    folder = files(__name__) / "desk"
    return {f"/pages/desk/{file.name}": f"desk/{file.name}" for file in folder.iterdir() if "." in file.name}


def _route(address: str, handler: PublicEndpoint) -> PublicRoute:
    return PublicRoute(address, Group.OPERATION, handler, "", "", {})


def _file(name: str, *, shows_demo: bool) -> PublicEndpoint:
    body = files(__name__).joinpath(*PurePosixPath(name).parts).read_bytes()
    if name.endswith(".html") and not shows_demo:
        # parley.css hides what leads to the demo.
        body = body.replace(b"<html ", b'<html data-demo="off" ', 1)
    mark = f'"{sha256(body).hexdigest()[:16]}"'
    headers = _HEADERS | {"Content-Type": _TYPES[name.rpartition(".")[2]], "ETag": mark}

    async def read(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == mark:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers)

    return read


async def read_demo_key(request: web.Request) -> web.StreamResponse:
    """The demo's key, for the demo page on this very machine and for nobody else.

    A page from elsewhere cannot read the answer (same origin), and cannot make its own name point here, because the
    Host must be a loopback one (DNS rebinding).
    """
    parts = await request.app[OPENING].opened()
    host = request.url.host or ""
    if parts.demo_key is None or not is_loopback(host):
        raise Refusal(NOT_FOUND, NOT_FOUND.advice)
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Refusal(NOT_FOUND, NOT_FOUND.advice)
    return answer({"key": parts.demo_key})
