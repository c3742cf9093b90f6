"""What moderators decide about authors and threads, apart from single comments."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.store import authors, threads
from bot.store.authors import AuthorRecord, Sanction
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.answered import (
    AuthorRecordAnswered,
    SanctionsAnswered,
    ThreadAnswered,
    write_author,
    write_sanction,
)
from bot.web.wire.asked import AuthorPath, StandingAsked, ThreadAsked, ThreadPath, ThreadState


async def read_author(ask: Ask[None, None, AuthorPath]) -> web.Response:
    """The author's standing and counts; an author that the site never heard of is an ordinary one without comments."""
    return answer(write_author(await _author(ask), datetime.now(UTC)))


async def set_author(ask: Ask[StandingAsked, None, AuthorPath]) -> web.Response:
    """Trusts or bans an author, or takes that back."""
    asked = ask.body
    given = Sanction(asked.standing, asked.until, ask.key.name, asked.reason, asked.message, datetime.now(UTC))
    await ask.parts.database.write(authors.sanction, ask.key.site, ask.path.author, given)
    ask.parts.courier.stir()
    return answer(write_author(await _author(ask), given.at))


async def read_sanctions(ask: Ask[None, None, AuthorPath]) -> web.Response:
    """What moderators decided about the author."""
    found = await ask.parts.database.read(authors.sanctions, ask.key.site, ask.path.author)
    return answer({"items": [write_sanction(one) for one in found]})


async def _author(ask: Ask[None, None, AuthorPath] | Ask[StandingAsked, None, AuthorPath]) -> AuthorRecord:
    name = ask.path.author
    found = await ask.parts.database.read(authors.find, ask.key.site, name)
    return found or AuthorRecord.of_nobody(name)


async def read_thread(ask: Ask[None, None, ThreadPath]) -> web.Response:
    """Whether the thread takes comments."""
    closed = await ask.parts.database.read(threads.closed, ask.key.site, ask.path.thread)
    return answer({"thread": ask.path.thread, "state": ThreadState.CLOSED if closed else ThreadState.OPEN})


async def set_thread(ask: Ask[ThreadAsked, None, ThreadPath]) -> web.Response:
    """Closes or opens the thread."""
    change = threads.close if ask.body.state is ThreadState.CLOSED else threads.reopen
    await ask.parts.database.write(change, ask.key.site, ask.path.thread)
    return answer({"thread": ask.path.thread, "state": ask.body.state})


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/authors/{author}",
        Group.MODERATION,
        Scope.MODERATE,
        read_author,
        "Read an author's standing",
        "With how many of their comments stand approved, held and rejected. An author who never wrote is `ordinary`.",
        {200: AuthorRecordAnswered},
        path=AuthorPath,
    ),
    Route(
        "PUT",
        "/v1/authors/{author}",
        Group.MODERATION,
        Scope.MODERATE,
        set_author,
        "Trust, suspend or ban an author",
        "From the next comment on, and until `until` where it is given: a `trusted` author is not asked how often they "
        "post, and what a rule would reject waits for a person instead; every comment of a `held` one waits; those of "
        "a `suspended` or `banned` one are rejected. A `shadow_banned` author's are rejected too, with a reason of "
        "their own: show them to their author alone, if you want that. Comments that are stored stay as they are.",
        {200: AuthorRecordAnswered},
        body=StandingAsked,
        path=AuthorPath,
    ),
    Route(
        "GET",
        "/v1/authors/{author}/sanctions",
        Group.MODERATION,
        Scope.MODERATE,
        read_sanctions,
        "Read what was decided about an author",
        "Who decided it, when and why, and what the author is to be told.",
        {200: SanctionsAnswered},
        path=AuthorPath,
    ),
    Route(
        "GET",
        "/v1/threads/{thread}",
        Group.MODERATION,
        Scope.MODERATE,
        read_thread,
        "Read whether a thread is open",
        "A thread that nobody closed is open, also one that nobody wrote in.",
        {200: ThreadAnswered},
        path=ThreadPath,
    ),
    Route(
        "PUT",
        "/v1/threads/{thread}",
        Group.MODERATION,
        Scope.MODERATE,
        set_thread,
        "Close or open a thread",
        "Comments to a closed thread are rejected with the reason `policy_thread_closed`.",
        {200: ThreadAnswered},
        body=ThreadAsked,
        path=ThreadPath,
    ),
)
