"""Scoring and comments: what a site's own server asks."""

import re
from hashlib import sha256
from typing import Final

from aiohttp import web

from bot.comment import read_id, write_id
from bot.store import comments
from bot.store.cursor import BadCursor
from bot.store.decisions import NoSuchComment
from bot.store.idempotency import Idempotency
from bot.store.keys import Scope
from bot.web.guards.answers import Json, answer, answer_bytes, encode
from bot.web.guards.bodies import LARGEST_COMMENT
from bot.web.guards.parts import Parts
from bot.web.guards.problems import BUSY, INVALID, KEY_REUSED, NOT_FOUND, FieldError, Refusal
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.answered import (
    CommentAnswered,
    CommentsAnswered,
    ScoreAnswered,
    ScoresAnswered,
    write_comment,
    write_score,
)
from bot.web.wire.asked import CommentAsked, CommentPath, PageQuery, ScoreAsked, ThreadPath

_IDEMPOTENCY_KEY: Final = "Idempotency-Key"
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


async def score(ask: Ask[ScoreAsked, None, None]) -> web.Response:
    """One result for one text, a list of them for several."""
    if ask.body.text is not None:
        return answer_bytes(await _score(ask.parts, ask.key.site, ask.body.text, ask.body.model, ask.body.thread))
    results = await ask.parts.moderation.score(
        ask.key.site, ask.body.texts or (), ask.body.model, thread=ask.body.thread
    )
    return answer({"results": [write_score(scored.analysis, scored.verdict) for scored in results]})


async def _score(parts: Parts, site: str, text: str, model: str | None, thread: str | None) -> bytes:
    policy = parts.moderation.recent_policy(site) or await parts.moderation.policy(site)
    policy = policy.in_thread(thread)
    if parts.remembered is not None:
        known = parts.remembered.get(site, text, policy, model or parts.scoring.version)
        if known is not None:
            return known
    (scored,) = await parts.moderation.score(site, (text,), model, thread=thread)
    said = encode(write_score(scored.analysis, scored.verdict))
    # Where the policy changed meanwhile or no scorer answered, the next one asks again.
    if parts.remembered is not None and scored.verdict.model and scored.verdict.policy == policy.version:
        parts.remembered.put(site, text, policy, scored.verdict.model, said)
    return said


async def submit(ask: Ask[CommentAsked, None, None]) -> web.Response:
    """201 once the comment is stored."""
    recorded = await ask.parts.moderation.submit(ask.key.site, ask.body.submission(), _idempotency(ask), ask.body.model)
    headers = {"Location": f"/v1/comments/{write_id(recorded.comment.id)}"}
    if recorded.replayed:
        headers["Idempotent-Replayed"] = "true"
    return answer(write_comment(recorded.comment), 201, headers)


def _idempotency(ask: Ask[CommentAsked, None, None]) -> Idempotency | None:
    given = ask.request.headers.getall(_IDEMPOTENCY_KEY, ())
    if not given:
        return None
    if len(given) > 1 or not _VISIBLE.fullmatch(given[0]):
        error = FieldError(_IDEMPOTENCY_KEY, "must be given once, as 1 to 255 visible ASCII characters")
        raise Refusal(INVALID, f"{error.field} {error.message}.", errors=[error])
    return Idempotency(given[0], sha256(ask.raw_body).digest())


async def read_comment(ask: Ask[None, None, CommentPath]) -> web.Response:
    """The comment as it stands now."""
    comment = await ask.parts.database.read(comments.find, ask.key.site, ask.path.number)
    if comment is None:
        raise NoSuchComment(ask.path.number)
    return answer(write_comment(comment))


async def list_comments(ask: Ask[None, PageQuery, ThreadPath]) -> web.Response:
    """A page of what readers may see. The cursor is the id of the last comment seen."""
    limit = ask.query.limit
    after = None if ask.query.cursor is None else read_id(ask.query.cursor)
    if ask.query.cursor is not None and after is None:
        raise BadCursor
    found = await ask.parts.database.read(comments.in_thread, ask.key.site, ask.path.thread, after, limit + 1)
    page: Json = {
        "items": [write_comment(comment) for comment in found[:limit]],
        "next": write_id(found[limit - 1].id) if len(found) > limit else None,
    }
    return answer(page)


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "POST",
        "/v1/score",
        Group.SCORING,
        Scope.SCORE,
        score,
        "Score a text, or up to 100",
        "Answers with one result for `text`, and with `results` in the same order for `texts`. The decision is what "
        "the site's policy makes of the text alone: no author, no thread, nothing stored.",
        {200: ScoreAnswered | ScoresAnswered},
        body=ScoreAsked,
        refuses=(BUSY,),
    ),
    Route(
        "POST",
        "/v1/comments",
        Group.COMMENTS,
        Scope.SUBMIT,
        submit,
        "Submit a comment",
        "Scores and judges the comment and stores it with its verdict; 201 means that it is stored. Publish it where "
        "`status` is `approved`. With an `Idempotency-Key` the same request can be sent again for 24 hours: the answer "
        "is the comment that the first one stored, as it stands now, with the header `Idempotent-Replayed: true`.",
        {201: CommentAnswered},
        body=CommentAsked,
        refuses=(KEY_REUSED, BUSY),
        headers={_IDEMPOTENCY_KEY: "1 to 255 visible ASCII characters, new for every new comment."},
        largest_body=LARGEST_COMMENT,
    ),
    Route(
        "GET",
        "/v1/comments/{id}",
        Group.COMMENTS,
        Scope.SUBMIT,
        read_comment,
        "Read a comment",
        "Whatever its status.",
        {200: CommentAnswered},
        path=CommentPath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "GET",
        "/v1/threads/{thread}/comments",
        Group.COMMENTS,
        Scope.SUBMIT,
        list_comments,
        "List a thread's comments",
        "The approved comments of a thread, oldest first. A thread that nobody wrote in is empty, not missing.",
        {200: CommentsAnswered},
        query=PageQuery,
        path=ThreadPath,
    ),
)
