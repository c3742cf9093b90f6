"""Who asks from a browser: the session behind its cookie, for one of the sites that its moderator works for.

Another site's page can make a browser ask, and the browser would send the cookie along. Three things keep that out,
each by itself: the cookie is `SameSite=Strict`, browsers say where a request comes from, and a request needs a
header that pages from elsewhere cannot add.
"""

from typing import Final

from aiohttp import web

from bot.address import origin_of
from bot.moderator import Role, Session
from bot.store.keys import Key, Scope
from bot.web.guards.parts import Parts
from bot.web.guards.problems import FORBIDDEN, INVALID, UNIDENTIFIED, FieldError, Refusal

COOKIE: Final = "parley_session"
SITE: Final = "Parley-Site"
"""The header that names the site that a moderator asks for."""

_LONGEST_TOKEN = 200
_SCOPES: Final = {Role.MODERATOR: Scope.MODERATE, Role.ADMIN: Scope.ADMIN}


def require_same_origin(request: web.Request) -> None:
    """A Refusal for what a page from elsewhere made a browser ask."""
    said = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    # Browsers leave the first one out where Parley is reached without https and is not on the same machine.
    if said is not None:
        same = said == "same-origin"
    else:
        asking = None if origin is None else origin_of(origin)
        same = origin is None or (asking is not None and asking.host == request.host)
    if not same:
        raise Refusal(FORBIDDEN, "This can only be asked from Parley's own pages.")


async def session_of(request: web.Request, parts: Parts) -> Session:
    """The session behind the cookie; a Refusal where there is none, or it is over."""
    token = request.cookies.get(COOKIE, "")
    session = await parts.signing.session(token) if 0 < len(token) <= _LONGEST_TOKEN else None
    if session is None:
        raise Refusal(UNIDENTIFIED, "Nobody is signed in here, or not any more. Sign in at /desk.")
    return session


async def signed_in(request: web.Request, parts: Parts) -> Key:
    """What the moderator may do on the site that the request names, as a key would say it; a Refusal otherwise."""
    require_same_origin(request)
    session = await session_of(request, parts)
    site = request.headers.get(SITE)
    if site is None:
        error = FieldError(SITE, "is missing: this header names the site that you ask for")
        raise Refusal(INVALID, f"The header {SITE} {error.message}.", errors=[error])
    role = session.moderator.roles.get(site)
    if role is None:
        raise Refusal(FORBIDDEN, "You are no moderator of this site.")
    # Below zero, so that no key has the same number and each session has a rate of its own.
    number = -int.from_bytes(session.token_hash[:6])
    return Key(number, site, session.moderator.name, _SCOPES[role], session.created_at, None)
