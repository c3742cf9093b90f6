"""Who writes from a site's page: the pass that the widget and the chat keep in the browser, and send as a bearer."""

from typing import Final

from aiohttp import web

from bot.comment import Author
from bot.identity import LONGEST, Pass
from bot.web.guards.parts import Parts
from bot.web.guards.problems import NO_PASS, Refusal

_BEARER: Final = "bearer "


async def author_of(request: web.Request, parts: Parts, site: str) -> Author | None:
    """Who asks, by the pass that the request shows; None where it shows none. A Refusal where the pass is not good."""
    shown = await pass_of(request, parts, site)
    return None if shown is None else shown.identity.author


async def require_author(request: web.Request, parts: Parts, site: str) -> Author:
    """The same where somebody must be known; a Refusal otherwise."""
    author = await author_of(request, parts, site)
    if author is None:
        raise Refusal(NO_PASS, "Say who you are first: ask for a pass at the site's `session`.")
    return author


async def pass_of(request: web.Request, parts: Parts, site: str) -> Pass | None:
    """The pass itself."""
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return None
    text = authorization[len(_BEARER) :].strip()
    is_bearer = authorization[: len(_BEARER)].lower() == _BEARER and len(text) <= LONGEST
    found = await parts.authorship.read(site, text) if is_bearer else None
    if found is None:
        raise Refusal(NO_PASS, "This pass has ended, or is not one of this site's. Ask for a new one.")
    return found
