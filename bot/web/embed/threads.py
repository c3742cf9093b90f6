"""Reading a thread from a page of its site: its comments, replies, counts, and when to look again."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field, TypeAdapter, ValidationError

from bot.comment import Author, read_id
from bot.proof import write_ticket
from bot.store import shown, threads
from bot.store.cursor import Position, read_cursor, write_cursor
from bot.store.database import StoreUnavailable
from bot.store.decisions import NoSuchComment
from bot.store.shown import Page, Reader
from bot.web.guards.answers import Json, answer
from bot.web.guards.author import author_of
from bot.web.guards.parts import OPENING
from bot.web.guards.problems import INVALID, TOO_MANY, FieldError, Refusal
from bot.web.guards.routes import AnyEmbedAsk, AnyEmbedRoute, EmbedAsk, EmbedRoute
from bot.web.wire.asked import LONGEST_TEXT, CommentPath, Thread, ThreadPath
from bot.web.wire.shown import (
    MOST_THREADS,
    CountsAnswered,
    CountsQuery,
    RepliesAnswered,
    RepliesQuery,
    ShownAnswered,
    ShownThreadAnswered,
    ThreadQuery,
    write_replies,
    write_shown,
)
from bot.widget import Sort, Widget, thread_topic

MOST_READERS: Final = 2000
"""Streams that one process keeps open for a thread; who gets none looks again now and then."""

_NAMES: Final = TypeAdapter(Annotated[list[Thread], Field(max_length=MOST_THREADS)])
_HEARTBEAT: Final = 20.0
_LONGEST_STREAM: Final = 600.0
_STREAM: Final = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "Server": "parley",
}


async def reader_of(ask: AnyEmbedAsk) -> Reader:
    """Who looks, and by which policy."""
    return await reader_as(ask, await author_of(ask.request, ask.parts, ask.site))


async def reader_as(ask: AnyEmbedAsk, author: Author | None) -> Reader:
    """The same where it is known already who looks; their pass may end while they are answered."""
    policy = await ask.parts.moderation.policy(ask.site)
    return Reader(None if author is None else author.id, policy.document, datetime.now(UTC))


async def read_shown_thread(ask: EmbedAsk[None, ThreadQuery, ThreadPath]) -> web.Response:
    """A page of the thread."""
    reader, thread, query = await reader_of(ask), ask.path.thread, ask.query
    widget = reader.policy.widget
    sort = query.sort or widget.sort
    page = await _page(ask, reader, sort)
    read = ask.parts.database.read
    total = await read(shown.count, ask.site, thread)
    closed = await read(threads.closed, ask.site, thread)
    seal = await ask.parts.authorship.seal(ask.site) or b""
    said: Json = {
        "items": [write_shown(one) for one in page.items],
        "next": None if page.next is None else write_cursor(page.next, _question(thread, sort)),
        "total": total,
        "open": not closed,
        "widget": _write_widget(widget),
        "ticket": write_ticket(seal, thread, reader.now),
    }
    return answer(said)


async def _page(ask: EmbedAsk[None, ThreadQuery, ThreadPath], reader: Reader, sort: Sort) -> Page:
    read, thread, query = ask.parts.database.read, ask.path.thread, ask.query
    number = None if query.at is None else read_id(query.at)
    if number is not None and query.cursor is None:
        found = await read(shown.page_at, ask.site, thread, reader, sort, number, query.limit)
        if found is None:
            raise NoSuchComment(number)
        return found
    after: Position | None = None if query.cursor is None else read_cursor(query.cursor, _question(thread, sort))
    return await read(shown.page, ask.site, thread, reader, sort, after, query.limit)


def _question(thread: str, sort: Sort) -> str:
    return f"{sort} {thread}"


def _write_widget(widget: Widget) -> Json:
    return {"guests": widget.guests, "votes": widget.votes, "sort": widget.sort.value, "longest": LONGEST_TEXT}


async def read_replies(ask: EmbedAsk[None, RepliesQuery, CommentPath]) -> web.Response:
    """The replies of a comment after the one that was seen last."""
    reader, read = await reader_of(ask), ask.parts.database.read
    thread = await read(shown.thread_of, ask.site, ask.path.number)
    if thread is None:
        raise NoSuchComment(ask.path.number)
    after = 0 if ask.query.after is None else read_id(ask.query.after) or 0
    page = await read(shown.replies, ask.site, thread, reader, ask.path.number, after, ask.query.limit)
    return answer(write_replies(page))


async def read_shown(ask: EmbedAsk[None, None, CommentPath]) -> web.Response:
    """One comment as this reader sees it now."""
    found = await ask.parts.database.read(shown.one, ask.site, await reader_of(ask), ask.path.number)
    if found is None:
        raise NoSuchComment(ask.path.number)
    return answer(write_shown(found))


async def count_comments(ask: EmbedAsk[None, CountsQuery, None]) -> web.Response:
    """How many comments each thread has."""
    try:
        names = _NAMES.validate_json(ask.query.threads)
    except ValidationError as wrong:
        error = FieldError("threads", f"must be a list in JSON of at most {MOST_THREADS} names")
        raise Refusal(INVALID, f"{error.field} {error.message}.", errors=[error]) from wrong
    counts = {name: await ask.parts.database.read(shown.count, ask.site, name) for name in dict.fromkeys(names)}
    return answer({"counts": counts})


async def watch_thread(ask: EmbedAsk[None, None, ThreadPath]) -> web.StreamResponse:
    """Says how many comments there are, at once and whenever readers of the thread may see something else."""
    live, topic = ask.parts.live, thread_topic(ask.site, ask.path.thread)
    if live.watchers(topic) >= MOST_READERS:
        raise Refusal(TOO_MANY, "Many read this thread at the moment; look again now and then.", retry_after=60)
    response = web.StreamResponse(headers={**_STREAM, **ask.headers})
    await response.prepare(ask.request)
    opening, end = ask.request.app[OPENING], time.monotonic() + _LONGEST_STREAM
    with live.watching(topic) as changed, suppress(ConnectionError, StoreUnavailable):
        number = 0
        await response.write(b"retry: 5000\n" + await _how_many(ask))
        while time.monotonic() < end and not await opening.drained_before(changed, _HEARTBEAT):
            if changed.is_set():
                changed.clear()
                number += 1
                await response.write(b"id: %d\n" % number + await _how_many(ask))
            else:
                await response.write(b":\n\n")
    return response


async def _how_many(ask: EmbedAsk[None, None, ThreadPath]) -> bytes:
    return b"data: %d\n\n" % await ask.parts.database.read(shown.count, ask.site, ask.path.thread)


ROUTES: Final[tuple[AnyEmbedRoute, ...]] = (
    EmbedRoute(
        "GET",
        "/embed/{site}/threads/{thread}/comments",
        read_shown_thread,
        "Read a thread as a reader",
        "The comments that answer none, each with its first five replies. Whoever sends a pass sees their own comments "
        "as well, whatever became of them. A comment that is gone keeps its place where somebody answered it.",
        {200: ShownThreadAnswered},
        query=ThreadQuery,
        path=ThreadPath,
    ),
    EmbedRoute(
        "GET",
        "/embed/{site}/threads/{thread}/events",
        watch_thread,
        "Watch a thread",
        "Server-sent events that say how many comments are published: at once, and with an `id` whenever readers may "
        "see something else; look again then. It ends after ten minutes, and browsers ask for another by themselves.",
        {200: "text/event-stream"},
        path=ThreadPath,
    ),
    EmbedRoute(
        "GET",
        "/embed/{site}/comments/{id}",
        read_shown,
        "Read one comment as a reader",
        "Also one's own that waits or was rejected, with what one can do about it.",
        {200: ShownAnswered},
        path=CommentPath,
    ),
    EmbedRoute(
        "GET",
        "/embed/{site}/comments/{id}/replies",
        read_replies,
        "Read more replies",
        "Of a comment that answers none: all below it, oldest first.",
        {200: RepliesAnswered},
        query=RepliesQuery,
        path=CommentPath,
    ),
    EmbedRoute(
        "GET",
        "/embed/{site}/counts",
        count_comments,
        "Count comments of many threads",
        "For pages that list articles.",
        {200: CountsAnswered},
        query=CountsQuery,
    ),
)
