"""The queue as it changes: a stream that says when to look again, and who is at the desk."""

import asyncio
import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.comment import Status
from bot.store import claims, counts, questions
from bot.store.counts import Totals
from bot.store.database import StoreUnavailable
from bot.store.keys import Scope
from bot.web.guards.answers import Json, answer
from bot.web.guards.door import identify
from bot.web.guards.parts import OPENING, Opening
from bot.web.guards.problems import NOT_FOUND, TOO_MANY, Refusal
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.desk import ClaimAsked, EventsQuery, PresenceAnswered, write_presence

MOST_WATCHERS: Final = 500
"""Streams that one process keeps open for a site."""

HEARTBEAT: Final = 15.0
"""Seconds after which something is said in any case, so that nobody in between takes the stream for dead."""

_BREATH = 1.0
_HEADERS: Final = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    # Proxies would otherwise collect what should arrive at once.
    "X-Accel-Buffering": "no",
    "Server": "parley",
}


async def watch(ask: Ask[None, EventsQuery, None]) -> web.StreamResponse:
    """Says `queue` with counts and presence at once, and whenever they may have changed."""
    live, site = ask.parts.live, ask.key.site
    if live.watchers(site) >= MOST_WATCHERS:
        raise Refusal(
            TOO_MANY, f"{MOST_WATCHERS} streams are open for this site; ask again in a while.", retry_after=30
        )
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(ask.request)
    opening, end = ask.request.app[OPENING], time.monotonic() + ask.query.seconds
    # What goes wrong ends the stream, and whoever asks for another one gets it as a problem.
    with live.watching(site) as changed, suppress(StoreUnavailable, Refusal, ConnectionError):
        await _stream(ask, response, changed, opening, end)
    return response


async def _stream(
    ask: Ask[None, EventsQuery, None],
    response: web.StreamResponse,
    changed: asyncio.Event,
    opening: Opening,
    end: float,
) -> None:
    while True:
        changed.clear()
        await response.write(await _event(ask))
        pause = min(HEARTBEAT, end - time.monotonic())
        if pause <= 0 or await opening.drained_before(changed, pause):
            return
        # Whoever's key or session ended meanwhile hears no more.
        await identify(ask.request, ask.parts)
        # One breath, so that a flood of comments is told a few times and not a thousand.
        if await opening.drained_before(asyncio.Event(), min(_BREATH, max(0.0, end - time.monotonic()))):
            return


async def _event(ask: Ask[None, EventsQuery, None]) -> bytes:
    site = ask.key.site
    totals = await ask.parts.database.read(counts.of, site, Status.HELD)
    now = datetime.now(UTC)
    present = await ask.parts.database.read(claims.of, site, now)
    waiting = await ask.parts.database.read(questions.waiting, site, now)
    said = {"totals": _write_totals(totals), **write_presence(present), "questions": waiting}
    return f"event: queue\ndata: {json.dumps(said)}\n\n".encode()


def _write_totals(totals: Totals) -> Json:
    return {"all": totals.all, "by_reason": dict(totals.by_reason)}


async def claim(ask: Ask[ClaimAsked, None, None]) -> web.Response:
    """Looks at a comment, or only sits at the desk."""
    now = datetime.now(UTC)
    await ask.parts.database.write(claims.claim, ask.key.site, ask.key.name, ask.body.number, now)
    ask.parts.live.changed(ask.key.site)
    return answer(write_presence(await ask.parts.database.read(claims.of, ask.key.site, now)))


async def leave(ask: Ask[None, None, None]) -> web.Response:
    """Leaves the desk."""
    await ask.parts.database.write(claims.leave, ask.key.site, ask.key.name)
    ask.parts.live.changed(ask.key.site)
    return answer(write_presence(await ask.parts.database.read(claims.of, ask.key.site, datetime.now(UTC))))


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/queue/events",
        Group.MODERATION,
        Scope.MODERATE,
        watch,
        "Watch the queue",
        "Server-sent events. Each `queue` event holds the counts of held comments and who is at the desk, as `totals` "
        "and `presence` of the other answers, and how many `questions` of readers wait; it comes at once, whenever one "
        "of these may have changed anywhere, and every 15 seconds. Look at the queue again when it comes. The stream "
        "ends after `seconds`, or when Parley stops: ask for another one.",
        {200: "text/event-stream"},
        query=EventsQuery,
    ),
    Route(
        "PUT",
        "/v1/queue/claim",
        Group.MODERATION,
        Scope.MODERATE,
        claim,
        "Say which comment you look at",
        "Other moderators see it, so that two do not work on the same comment; it keeps nobody from deciding. It holds "
        "for 60 seconds: say it again before that.",
        {200: PresenceAnswered},
        body=ClaimAsked,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "DELETE",
        "/v1/queue/claim",
        Group.MODERATION,
        Scope.MODERATE,
        leave,
        "Leave the desk",
        "From now on you look at no comment.",
        {200: PresenceAnswered},
    ),
)
