"""Statements of reasons, for a site's server to show to its authors."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.statement import Statement, write_text
from bot.stating import account_statement, comment_statement
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.problems import NO_STATEMENT, NOT_FOUND
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.asked import AuthorPath, CommentPath
from bot.web.wire.statements import StatementAnswered, write_statement

_LETTER: Final = "text/plain"
_AS_A_LETTER: Final = (
    "In the terms of the DSA Transparency Database, with the same in plain words as `text`; `Accept: text/plain` "
    "answers with that alone. It names no moderator, and is made from what was stored when it was decided: policy, "
    "evidence, reports until then."
)


async def of_comment(ask: Ask[None, None, CommentPath]) -> web.Response:
    """Why a comment was rejected."""
    statement = await ask.parts.database.read(comment_statement, ask.key.site, ask.path.number)
    return _given(ask.request, statement, ask.key.site)


async def of_author(ask: Ask[None, None, AuthorPath]) -> web.Response:
    """Why an author is restricted."""
    now = datetime.now(UTC)
    statement = await ask.parts.database.read(account_statement, ask.key.site, ask.path.author, now)
    return _given(ask.request, statement, ask.key.site)


def _given(request: web.Request, statement: Statement, site: str) -> web.Response:
    if request.headers.get("Accept", "").strip().startswith(_LETTER):
        headers = {"Cache-Control": "no-store", "Server": "parley"}
        return web.Response(text=write_text(statement, site), content_type=_LETTER, charset="utf-8", headers=headers)
    return answer(write_statement(statement, site))


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/comments/{id}/statement",
        Group.PRIVACY,
        Scope.SUBMIT,
        of_comment,
        "Read why a comment was rejected",
        f"A statement of reasons for its author (Article 17 of the Digital Services Act). {_AS_A_LETTER}",
        {200: StatementAnswered},
        path=CommentPath,
        refuses=(NOT_FOUND, NO_STATEMENT),
    ),
    Route(
        "GET",
        "/v1/authors/{author}/statement",
        Group.PRIVACY,
        Scope.SUBMIT,
        of_author,
        "Read why an author is restricted",
        f"The same for whom a moderator suspended or banned. {_AS_A_LETTER}",
        {200: StatementAnswered},
        path=AuthorPath,
        refuses=(NO_STATEMENT,),
    ),
)
