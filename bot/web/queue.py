"""The queue, decisions and the policy: what a site's moderators ask."""

from typing import Final

from aiohttp import web

from bot.moderation import Review
from bot.store import context, decisions, queue
from bot.store.decisions import NoSuchComment
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.problems import DECIDED, FORBIDDEN, NO_TRANSITION, NOT_FOUND, Refusal
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.answered import (
    ContextAnswered,
    DecidedAnswered,
    DecisionsAnswered,
    QueueAnswered,
    write_comment,
    write_context,
    write_decision,
)
from bot.web.wire.asked import CommentPath, DecisionAsked, QueueQuery


async def read_queue(ask: Ask[None, QueueQuery, None]) -> web.Response:
    """A page of comments, with the site's totals."""
    if ask.query.site is not None and ask.query.site != ask.key.site:
        raise Refusal(FORBIDDEN, "A key sees the queue of its own site only; leave `site` out.")
    page = await ask.parts.database.read(
        queue.page, ask.key.site, ask.query.filter(), ask.query.cursor, ask.query.limit
    )
    return answer(
        {
            "items": [write_comment(comment) for comment in page.comments],
            "next": page.next,
            "totals": {"all": page.totals.all, "by_reason": dict(page.totals.by_reason)},
        }
    )


async def decide(ask: Ask[DecisionAsked, None, CommentPath]) -> web.Response:
    """201 with the comment as it stands now; 409 for whoever comes second."""
    review = Review(
        decision=ask.body.decision,
        expected=ask.body.expected_status,
        moderator=ask.key.name,
        reason=ask.body.reason,
        note=ask.body.note,
    )
    comment, record = await ask.parts.moderation.review(ask.key.site, ask.path.number, review)
    return answer({"comment": write_comment(comment), "decision": write_decision(record)}, 201)


async def read_decisions(ask: Ask[None, None, CommentPath]) -> web.Response:
    """The audit trail."""
    trail = await ask.parts.database.read(decisions.of, ask.key.site, ask.path.number)
    if not trail:
        raise NoSuchComment(ask.path.number)
    return answer({"items": [write_decision(record) for record in trail]})


async def read_context(ask: Ask[None, None, CommentPath]) -> web.Response:
    """What stands around a comment."""
    found = await ask.parts.database.read(context.of, ask.key.site, ask.path.number)
    if found is None:
        raise NoSuchComment(ask.path.number)
    return answer(write_context(found))


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/queue",
        Group.MODERATION,
        Scope.MODERATE,
        read_queue,
        "List the comments that wait for a moderator",
        "Newest first, held ones by default. All conditions must hold. `text` are words that the comment must have, "
        "each of them; `casino*` stands for all words that begin so. What a page costs hardly grows with what is "
        "stored, except for very common beginnings such as `a*`; to keep that promise it may hold fewer than `limit` "
        "comments and still have a `next`. `totals` count all comments of that status, whatever the other conditions.",
        {200: QueueAnswered},
        query=QueueQuery,
    ),
    Route(
        "POST",
        "/v1/comments/{id}/decisions",
        Group.MODERATION,
        Scope.MODERATE,
        decide,
        "Decide on a comment",
        "Approves, rejects or holds a comment if it still has the status that the moderator saw. Whoever comes second "
        "gets 409 with `decided`: who decided what, and when. The key's name stands in the audit trail.",
        {201: DecidedAnswered},
        body=DecisionAsked,
        path=CommentPath,
        refuses=(NOT_FOUND, DECIDED, NO_TRANSITION),
    ),
    Route(
        "GET",
        "/v1/comments/{id}/decisions",
        Group.MODERATION,
        Scope.MODERATE,
        read_decisions,
        "Read a comment's audit trail",
        "Every decision, oldest first. The first is the rules' own.",
        {200: DecisionsAnswered},
        path=CommentPath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "GET",
        "/v1/comments/{id}/context",
        Group.MODERATION,
        Scope.MODERATE,
        read_context,
        "Read a comment with what stands around it",
        "The comment that it answers, what was said before it in the thread, its author with their newest comments, "
        "comments by anybody that are nearly the same, and the audit trail: what the desk shows beside a comment.",
        {200: ContextAnswered},
        path=CommentPath,
        refuses=(NOT_FOUND,),
    ),
)
