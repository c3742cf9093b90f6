"""The pages for people: front page, reference, guides to embedding, moving and connecting, the desk, and the demo.

They are files beside this one, plain HTML, CSS and JS. Nothing comes from elsewhere and nothing is inline, so the
browser is told to refuse both.
"""

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Final

from aiohttp import web

from bot.address import is_loopback
from bot.arrival import System
from bot.web.guards.answers import answer
from bot.web.guards.parts import OPENING
from bot.web.guards.problems import NOT_FOUND, Refusal
from bot.web.guards.routes import Group, PublicEndpoint, PublicRoute
from bot.web.pages.packing import pack, small

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
_ELSEWHERE: Final = {
    # Pages of other sites include these, and the browser may not keep them from it.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_GZIP: Final = 31
# With less memory zlib begins new blocks more often, and what is sent becomes a little smaller.
_SMALLEST: Final = 6
_LOADER: Final = "embed/embed.js"
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
}
_GUIDES: Final = ("moving", "connecting")
_ALWAYS: Final = {
    "/": "index.html",
    "/reference": "reference.html",
    "/desk": "desk.html",
    "/embedding": "embedding.html",
    "/moving": "moving.html",
    "/moving/perspective": "moving-perspective.html",
    "/moving/akismet": "moving-akismet.html",
    "/moving/openai": "moving-openai.html",
    "/moving/coral": "moving-coral.html",
    "/connecting": "connecting.html",
    **{f"/connecting/{system}": f"connecting-{system}.html" for system in System},
    "/embed.js": _LOADER,
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
    "/demo": "article.html",
    "/demo/scores": "demo.html",
    "/pages/article.css": "article.css",
    "/pages/demo.css": "demo.css",
    "/pages/demo.js": "demo.js",
}


def routes(*, shows_demo: bool) -> tuple[PublicRoute, ...]:
    """The addresses of the pages; those of the demo only where it is shown."""
    shown = _ALWAYS | _of("desk") | _of("embed") | _of("embed/words")
    if shows_demo:
        shown |= _DEMO
    found = tuple(_route(address, _file(name, shows_demo=shows_demo)) for address, name in shown.items())
    found = (*found, _route("/pages/embed/packed.js", _reader(widget_script().encode(), "js", _ELSEWHERE)))
    return (*found, _route("/demo/key", read_demo_key)) if shows_demo else found


def _of(name: str) -> dict[str, str]:
    """A folder of many small files; all that it holds are served."""
    folder = files(__name__).joinpath(*PurePosixPath(name).parts)
    return {f"/pages/{name}/{file.name}": f"{name}/{file.name}" for file in folder.iterdir() if "." in file.name}


def _route(address: str, handler: PublicEndpoint) -> PublicRoute:
    return PublicRoute(address, Group.OPERATION, handler, "", "", {})


def _file(name: str, *, shows_demo: bool) -> PublicEndpoint:
    body = files(__name__).joinpath(*PurePosixPath(name).parts).read_bytes()
    if name.startswith(_GUIDES) and name.endswith(".html"):
        body = _framed(body)
    if name.endswith(".html") and not shows_demo:
        # parley.css hides what leads to the demo.
        body = body.replace(b"<html ", b'<html data-demo="off" ', 1)
    if name == _LOADER:
        body = small(body.decode()).encode()
    if name.endswith(".json"):
        body = json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
    elsewhere = name.startswith("embed/") or name == "element.js"
    return _reader(body, name.rpartition(".")[2], _ELSEWHERE if elsewhere else {})


def widget_script() -> str:
    """All that the loader loads, as one module."""
    folder = files(__name__) / "embed"
    sources = {
        file.name.removesuffix(".js"): file.read_text("utf-8") for file in folder.iterdir() if _is_script(file.name)
    }
    sources["element"] = (files(__name__) / "element.js").read_text("utf-8")
    return pack(sources, [name for name in ("api", "comments", "chat") if name in sources], given=["api"])


def _is_script(name: str) -> bool:
    return name.endswith(".js")


def _reader(body: bytes, kind: str, also: Mapping[str, str]) -> PublicEndpoint:
    mark = f'"{sha256(body).hexdigest()[:16]}"'
    headers = {**_HEADERS, **also} | {"Content-Type": _TYPES[kind], "ETag": mark, "Vary": "Accept-Encoding"}
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP, _SMALLEST)
    packed = packer.compress(body) + packer.flush()

    async def read(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == mark:
            return web.Response(status=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=packed, headers=headers | {"Content-Encoding": "gzip"})
        return web.Response(body=body, headers=headers)

    return read


def _framed(main: bytes) -> bytes:
    """A guide is only what it says; what stands round all of them is guide.html. Its heading is its title."""
    title = main.partition(b"<h1>")[2].partition(b"</h1>")[0]
    frame = files(__name__).joinpath("guide.html").read_bytes()
    return frame.replace(b"<!-- title -->", title).replace(b"<!-- main -->\n", main)


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
