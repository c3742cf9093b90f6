"""The queue, decisions and the policy: what a site's moderators ask."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.comment import write_id
from bot.moderation import Review
from bot.store import comments, context, decisions, queue
from bot.store.decisions import NoSuchComment
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.problems import DECIDED, EDITED, FORBIDDEN, NEEDS_ANOTHER, NO_TRANSITION, NOT_FOUND, Refusal
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.answered import (
    DecidedAnswered,
    DecisionsAnswered,
    QueueAnswered,
    write_comment,
    write_decision,
)
from bot.web.wire.asked import CommentPath, DecisionAsked, QueueQuery
from bot.web.wire.desk import MOST_AT_ONCE, ContextAnswered, ManyAnswered, ManyAsked, write_context


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
        message=ask.body.message,
        seen=ask.body.seen,
    )
    comment, record = await ask.parts.moderation.review(ask.key.site, ask.path.number, review)
    return answer({"comment": write_comment(comment), "decision": write_decision(record)}, 201)


async def decide_many(ask: Ask[ManyAsked, None, None]) -> web.Response:
    """One decision on many comments, or the list of those that it would be."""
    asked, site, more = ask.body, ask.key.site, False
    expected, numbers = asked.expected_status, asked.numbers
    if asked.matching is not None:
        expected = asked.matching.status
        page = await ask.parts.database.read(queue.page, site, asked.matching.filter(), None, MOST_AT_ONCE)
        numbers, more = [comment.id for comment in page.comments], page.next is not None
    if asked.dry_run:
        found = await ask.parts.database.read(comments.find_all, site, numbers)
        decided = [comment.id for comment in found if comment.status is expected]
    else:
        review = Review(asked.decision, expected, ask.key.name, asked.reason, asked.note, asked.message)
        decided = await ask.parts.moderation.review_many(site, numbers, review)
    return answer(
        {
            "dry_run": asked.dry_run,
            "decided": [write_id(number) for number in decided],
            "passed_over": len(numbers) - len(decided),
            "more": more,
        }
    )


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
    return answer(write_context(found, datetime.now(UTC)))


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
        "gets 409 with `decided`: who decided what, and when. The key's name stands in the audit trail. Where the "
        "author appealed, whoever rejected the comment leaves it to another moderator of the site, if there is one.",
        {201: DecidedAnswered},
        body=DecisionAsked,
        path=CommentPath,
        refuses=(NOT_FOUND, DECIDED, EDITED, NO_TRANSITION, NEEDS_ANOTHER),
    ),
    Route(
        "POST",
        "/v1/decisions",
        Group.MODERATION,
        Scope.MODERATE,
        decide_many,
        "Decide on many comments",
        "One decision on up to 500 comments, by id or by the queue's filters. Each is decided on as by itself: those "
        "that somebody else decided on meanwhile are passed over, and each gets its own line in the audit trail. Ask "
        "with `dry_run` first to see which ones it would be.",
        {200: ManyAnswered},
        body=ManyAsked,
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
