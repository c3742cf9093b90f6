"""How often authors were asked to think again before they posted, and what they did then."""

from datetime import UTC, datetime, timedelta
from typing import Final

from aiohttp import web

from bot.store import nudges
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.shown import NudgesAnswered, NudgesQuery, write_nudges


async def list_nudges(ask: Ask[None, NudgesQuery, None]) -> web.Response:
    """Day by day."""
    since = datetime.now(UTC).date() - timedelta(days=ask.query.days - 1)
    return answer(write_nudges(await ask.parts.database.read(nudges.since, ask.key.site, since)))


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/nudges",
        Group.MODERATION,
        Scope.MODERATE,
        list_nudges,
        "Count nudges",
        "On each of the last `days`: how often the widget asked an author of a hurtful comment to think again, how "
        "many then edited it before they posted it, and how many posted it as it was. The rest did not post it.",
        {200: NudgesAnswered},
        query=NudgesQuery,
    ),
)
