"""What an author may ask of a site: everything that is kept about them, and that it is erased."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.store import authors, kept
from bot.store.authors import AuthorRecord
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.asked import AuthorPath
from bot.web.wire.privacy import ErasedAnswered, ExportAnswered, write_erasure, write_export

_SECONDS: Final = 10.0
_HEADERS: Final = {
    "Content-Type": "application/json",
    "Content-Disposition": 'attachment; filename="author.json"',
    "Cache-Control": "no-store",
    "Server": "parley",
}


async def export(ask: Ask[None, None, AuthorPath]) -> web.StreamResponse:
    """The document as it is read, so that an author with many comments fills no memory."""
    site, name, now = ask.key.site, ask.path.author, datetime.now(UTC)
    record = await ask.parts.database.read(authors.find, site, name)
    profile = await ask.parts.database.read(kept.profile, site, name)
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(ask.request)
    known = record or AuthorRecord.of_nobody(name)
    async for piece in write_export(site, known, profile, ask.parts.privacy.everything(site, name), now):
        await response.write(piece)
    await response.write_eof()
    return response


async def erase(ask: Ask[None, None, AuthorPath]) -> web.Response:
    """200 once all is done, 202 where it goes on by itself."""
    erased = await ask.parts.privacy.erase(ask.key.site, ask.path.author, ask.key.name, seconds=_SECONDS)
    ask.parts.live.changed(ask.key.site)
    return answer(write_erasure(erased), 200 if erased is None or erased.ended_at else 202)


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/authors/{author}/export",
        Group.PRIVACY,
        Scope.ADMIN,
        export,
        "Export all that is kept about an author",
        "Comments with verdicts, trails and earlier texts, sanctions, reports about and by them, appeals, votes, "
        "questions to a person, what the site said of them, examples: what a person may ask for by Article 15 of the "
        "GDPR. It names neither moderators nor the readers who reported. The answer comes as it is read, so it may be "
        "as large as it likes.",
        {200: ExportAnswered},
        path=AuthorPath,
    ),
    Route(
        "DELETE",
        "/v1/authors/{author}",
        Group.PRIVACY,
        Scope.ADMIN,
        erase,
        "Erase an author",
        "Texts, names, addresses, notes, messages, search words and examples go for good, and a random pseudonym "
        "stands for the author from then on (Article 17 of the GDPR). Statuses, scores, counts and the lines of the "
        "audit trail stay, so a comment keeps its place in its thread, with an empty text and `erased`. Held "
        "comments leave the queue. An author with very many comments takes longer than one request: 202, and the rest "
        "goes on by itself. Asking again does no harm.",
        {200: ErasedAnswered, 202: ErasedAnswered},
        path=AuthorPath,
    ),
)
