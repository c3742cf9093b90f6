"""A site's numbers, as JSON for pages and programs, and as CSV for spreadsheets."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.numbers import BadPeriod, period
from bot.store import tallies
from bot.store.keys import Scope
from bot.web.guards.answers import Json, answer
from bot.web.guards.problems import INVALID, FieldError, Refusal
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.stats import StatsAnswered, StatsQuery, TableQuery, write_stats, write_table


async def read_stats(ask: Ask[None, StatsQuery, None]) -> web.Response:
    """All numbers of a period."""
    return answer(await _stats(ask, ask.query))


async def read_stats_table(ask: Ask[None, TableQuery, None]) -> web.Response:
    """One of the tables."""
    stats = await _stats(ask, ask.query)
    name = f"parley-{ask.query.of}-{stats['from']}-{stats['to']}.csv"
    return web.Response(
        text=write_table(stats, ask.query.of),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Server": "parley",
        },
    )


async def _stats(ask: Ask[None, StatsQuery, None] | Ask[None, TableQuery, None], asked: StatsQuery) -> Json:
    now = datetime.now(UTC)
    try:
        wanted = period(asked.first, asked.last, asked.unit, now.date())
    except BadPeriod as error:
        wrong = FieldError(error.field, error.message)
        raise Refusal(INVALID, f"{wrong.field} {wrong.message}.", errors=[wrong]) from error
    site = ask.key.site
    numbers = await ask.parts.database.read(tallies.of, site, wanted, now)
    policy = await ask.parts.moderation.policy(site)
    only = None if ask.key.scope.includes(Scope.ADMIN) else ask.key.name
    return write_stats(numbers, policy.document.attributes, only)


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/stats",
        Group.MODERATION,
        Scope.MODERATE,
        read_stats,
        "Read the site's numbers",
        "For whole days of UTC, the last thirty where nothing else is asked for: comments by decision and the size of "
        "the queue over time, what waits now by its age, how long decisions took, scores with the policy's levels, how "
        "far people and the model agreed, the reasons, and each moderator's load. What the moderators did is told in "
        "full for the scope `admin`; a moderator's own lines are all that the scope `moderate` sees.",
        {200: StatsAnswered},
        query=StatsQuery,
    ),
    Route(
        "GET",
        "/v1/stats.csv",
        Group.MODERATION,
        Scope.MODERATE,
        read_stats_table,
        "Read one of the tables as CSV",
        "The same numbers for a spreadsheet (RFC 4180, UTF-8, with a line of headings). Texts that a spreadsheet would "
        "take for a formula begin with an apostrophe. Who sees which moderators is as for `/v1/stats`.",
        {200: "text/csv"},
        query=TableQuery,
    ),
)
