"""What a site's server asks on behalf of its readers and authors."""

from typing import Final

from aiohttp import web

from bot.store import comments, reports
from bot.store.decisions import NoSuchComment
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.problems import NO_APPEAL, NOT_FOUND
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.answered import CommentAnswered, write_comment
from bot.web.wire.asked import CommentPath
from bot.web.wire.readers import (
    AppealAsked,
    ReportAsked,
    ReportedAnswered,
    ReportsAnswered,
    write_report,
    write_reported,
)


async def report(ask: Ask[ReportAsked, None, CommentPath]) -> web.Response:
    """201 for a report that counts, 200 for one more by the same reader."""
    asked = ask.body
    reported = await ask.parts.moderation.report(
        ask.key.site, ask.path.number, asked.reporter, asked.reason, asked.note
    )
    return answer(write_reported(reported), 201 if reported.counted else 200)


async def read_reports(ask: Ask[None, None, CommentPath]) -> web.Response:
    """Who reported the comment, and why."""
    found = await ask.parts.database.read(reports.of, ask.key.site, ask.path.number)
    if not found and await ask.parts.database.read(comments.find, ask.key.site, ask.path.number) is None:
        raise NoSuchComment(ask.path.number)
    return answer({"items": [write_report(one) for one in found]})


async def appeal(ask: Ask[AppealAsked, None, CommentPath]) -> web.Response:
    """201 with the comment, which waits for a moderator again."""
    asked = ask.body
    held = await ask.parts.moderation.appeal(ask.key.site, ask.path.number, asked.author, asked.note)
    return answer(write_comment(held), 201)


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "POST",
        "/v1/comments/{id}/reports",
        Group.COMMENTS,
        Scope.SUBMIT,
        report,
        "Report a comment for a reader",
        "Every report makes the comment more urgent in the queue. A published one is held once as many readers as the "
        "policy's `reports` says reported it since a moderator last looked, and at once where somebody says that it is "
        "illegal. A second report by the same reader changes nothing: 200 instead of 201.",
        {201: ReportedAnswered, 200: ReportedAnswered},
        body=ReportAsked,
        path=CommentPath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "POST",
        "/v1/comments/{id}/appeals",
        Group.COMMENTS,
        Scope.SUBMIT,
        appeal,
        "Appeal for an author",
        "Holds a rejected comment once more, with what the author says in its audit trail. Possible once for a "
        "comment, and for as many days after the rejection as the policy's `appeal_days` says. Where the site has more "
        "than one moderator, whoever rejected it does not decide on the appeal.",
        {201: CommentAnswered},
        body=AppealAsked,
        path=CommentPath,
        refuses=(NOT_FOUND, NO_APPEAL),
    ),
    Route(
        "GET",
        "/v1/comments/{id}/reports",
        Group.MODERATION,
        Scope.MODERATE,
        read_reports,
        "Read a comment's reports",
        "Who reported it, and why.",
        {200: ReportsAnswered},
        path=CommentPath,
        refuses=(NOT_FOUND,),
    ),
)
