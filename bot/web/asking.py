"""The desk asked in words: a question becomes rows of the queue, a number, or an audit trail."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from bot.asking import Shows, Wanted, understand
from bot.comment import Comment, DecisionRecord, read_end, read_id
from bot.store import comments, counts, decisions, endings, queue
from bot.store.keys import Scope
from bot.store.queue import QueueFilter
from bot.web.guards.answers import answer
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.asking import AskAnswered, AskAsked, filter_of, write_ask

_COUNTED: Final = 500
"""Comments of one page, where no counter is kept for the question."""

_PAGES: Final = 4


async def ask_desk(ask: Ask[AskAsked, None, None]) -> web.Response:
    """Rows, whatever was asked; none where it was not understood."""
    wanted = understand(ask.body.question, ask.body.at(datetime.now(UTC)))
    database, site = ask.parts.database, ask.key.site
    if wanted is None:
        return answer(write_ask(None, [], None, [], more=False))
    if wanted.shows is Shows.DECISIONS:
        trails = await database.read(_trails, site, wanted.comment or "")
        return answer(write_ask(wanted, [], None, trails, more=False))
    asked = filter_of(wanted)
    if wanted.shows is Shows.COUNT:
        count, more = await database.read(_count, site, wanted, asked)
        return answer(write_ask(wanted, [], count, [], more=more))
    page = await database.read(queue.page, site, asked, None, min(ask.body.limit, wanted.limit or ask.body.limit))
    return answer(write_ask(wanted, list(page.comments), None, [], more=page.next is not None))


def _trails(conn: Connection, site: str, written: str) -> list[tuple[Comment, list[DecisionRecord]]]:
    number, end = read_id(written), read_end(written)
    found = comments.find(conn, site, number) if number is not None else None
    meant = [] if found is None else [found]
    if end is not None:
        meant = endings.ending(conn, site, *end)
    return [(comment, decisions.of(conn, site, comment.id)) for comment in meant]


def _count(conn: Connection, site: str, wanted: Wanted, asked: QueueFilter) -> tuple[int, bool]:
    """From the counters where they know; else as far as one page reaches, and whether there are more."""
    plain = QueueFilter(status=asked.status, reason=asked.reason, sort=asked.sort, order=asked.order)
    if asked == plain and wanted.min_score is None:
        totals = counts.of(conn, site, asked.status)
        return (totals.all if asked.reason is None else totals.by_reason.get(asked.reason, 0)), False
    number, cursor = 0, None
    for _ in range(_PAGES):
        page = queue.page(conn, site, asked, cursor, _COUNTED)
        number, cursor = number + len(page.comments), page.next
        if cursor is None:
            break
    return number, cursor is not None


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "POST",
        "/v1/ask",
        Group.MODERATION,
        Scope.MODERATE,
        ask_desk,
        "Ask the desk in words",
        "“show flagged comments from today”, “how many are waiting?”, “who rejected 123?”: English, and answered with "
        "rows instead of prose. `view` is the filter as it was understood, for `GET /v1/queue`; words that changed "
        "nothing are in `unused`. A comment is named by its id or by how that ends, which is looked for among the "
        f"newest {endings.REACH:,} of each status. Counts are exact where the queue's totals know them; elsewhere "
        f"{_COUNTED * _PAGES:,} comments at most are looked at, and `more` says that there are others.",
        {200: AskAnswered},
        body=AskAsked,
    ),
)
