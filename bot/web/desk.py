"""Signing in at the desk: what its page asks before it asks the API as everybody else does."""

from typing import Final

from aiohttp import web

from bot.moderator import SESSION_LONGEST
from bot.store import sessions
from bot.web.guards.answers import answer
from bot.web.guards.embedding import address_of
from bot.web.guards.parts import Parts
from bot.web.guards.problems import TOO_MANY, Refusal
from bot.web.guards.routes import AnyDeskRoute, DeskAsk, DeskRoute
from bot.web.guards.signed_in import COOKIE, session_of
from bot.web.wire.signing import PasswordAsked, SignInAsked, SignOutAsked, write_session

TRIES_OF_A_NAME: Final = 10
"""Passwords a minute that may be tried for one name."""

TRIES_OF_AN_ADDRESS: Final = 30
"""Sign-ins a minute that may be tried from one address; see PARLEY_PROXIES for what an address is."""

_LINES = 20


async def sign_in(ask: DeskAsk[SignInAsked]) -> web.Response:
    """A session for whoever shows a link or a password."""
    asked, signing, address = ask.body, ask.parts.signing, address_of(ask.request, ask.parts)
    await _take(ask.parts, f"sign-in from {address}", TRIES_OF_AN_ADDRESS)
    if asked.link is not None:
        token = await signing.by_link(asked.link, address)
    else:
        name, password = asked.name or "", asked.password or ""
        await _take(ask.parts, f"sign-in of {name}", TRIES_OF_A_NAME)
        token = await signing.by_password(name, password, address)
    response = answer({"signed_in": True}, 201)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LONGEST.total_seconds()),
        path="/",
        httponly=True,
        secure=ask.parts.is_https,
        samesite="Strict",
    )
    return response


async def _take(parts: Parts, bucket: str, per_minute: int) -> None:
    wait = await parts.cache.rates.take(bucket, per_minute)
    if wait:
        raise Refusal(TOO_MANY, "Too many tries to sign in. Wait a moment, then try again.", retry_after=wait)


async def read_session(ask: DeskAsk[None]) -> web.Response:
    """Who is signed in."""
    session = await session_of(ask.request, ask.parts)
    trail = await ask.parts.database.read(sessions.trail, session.moderator.name, _LINES)
    return answer(write_session(session, trail))


async def sign_out(ask: DeskAsk[SignOutAsked]) -> web.Response:
    """Ends the session, and the cookie with it."""
    session = await session_of(ask.request, ask.parts)
    await ask.parts.signing.sign_out(session, address_of(ask.request, ask.parts), everywhere=ask.body.everywhere)
    response = answer({"signed_in": False})
    response.del_cookie(COOKIE, path="/")
    return response


async def set_password(ask: DeskAsk[PasswordAsked]) -> web.Response:
    """A password of one's own, so that the next sign-in needs no link."""
    session = await session_of(ask.request, ask.parts)
    await _take(ask.parts, f"password of {session.moderator.name}", TRIES_OF_A_NAME)
    await ask.parts.signing.set_password(session, ask.body.password, address_of(ask.request, ask.parts))
    return answer({"signed_in": True})


ROUTES: Final[tuple[AnyDeskRoute, ...]] = (
    DeskRoute("POST", "/desk/session", sign_in, SignInAsked),
    DeskRoute("GET", "/desk/session", read_session),
    DeskRoute("DELETE", "/desk/session", sign_out, SignOutAsked),
    DeskRoute("PUT", "/desk/password", set_password, PasswordAsked),
)
