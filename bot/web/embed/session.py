"""Readers say who they are: guests by a name, users of the site by a JWT that the site signed."""

from contextlib import suppress
from typing import Final

from aiohttp import web

from bot.identity import Pass
from bot.web.guards.answers import answer
from bot.web.guards.author import pass_of
from bot.web.guards.embedding import address_of, take
from bot.web.guards.problems import BAD_ASSERTION, NO_PASS, Refusal
from bot.web.guards.routes import AnyEmbedRoute, EmbedAsk, EmbedRoute
from bot.web.wire.session import SessionAnswered, SessionAsked, write_session

GUESTS_OF_AN_ADDRESS: Final = 20
"""Passes a minute that one network address gets."""


async def begin_session(ask: EmbedAsk[SessionAsked, None, None]) -> web.Response:
    """201 with a pass."""
    parts, site, asked = ask.parts, ask.site, ask.body
    await take(parts, f"embed passes of {site} from {address_of(ask.request, parts)}", GUESTS_OF_AN_ADDRESS)
    if asked.jwt is not None:
        return answer(write_session(*await parts.authorship.as_user(site, asked.jwt)), 201)
    if not (await parts.moderation.policy(site)).document.widget.guests:
        raise Refusal(NO_PASS, "Only users who are signed in at the site may write here.")
    before: Pass | None = None
    # A pass that has ended is no reason to refuse a new one.
    with suppress(Refusal):
        before = await pass_of(ask.request, parts, site)
    return answer(write_session(*await parts.authorship.as_guest(site, asked.name or "", before)), 201)


ROUTES: Final[tuple[AnyEmbedRoute, ...]] = (
    EmbedRoute(
        "POST",
        "/embed/{site}/session",
        begin_session,
        "Say who writes",
        "For a guest, `name`: with the pass of a guest the same author goes on under that name, else a new author "
        "begins. For a user of the site, `jwt`: HS256 or EdDSA by one of the site's keys, with `id`, `name`, perhaps "
        "`avatar` and `role`, `aud` the site's name, and `exp` at most an hour ahead. The pass ends with the JWT; a "
        "guest's after 180 days.",
        {201: SessionAnswered},
        body=SessionAsked,
        refuses=(NO_PASS, BAD_ASSERTION),
    ),
)
