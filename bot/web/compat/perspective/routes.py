"""The addresses of Perspective's API."""

from typing import Final

from aiohttp import web

from bot.store.keys import Scope
from bot.web.compat.perspective.analyze import analyze
from bot.web.compat.perspective.asked import (
    AnalyzeCommentRequest,
    AnalyzeCommentResponse,
    SuggestCommentScoreRequest,
    SuggestCommentScoreResponse,
)
from bot.web.compat.perspective.batch import MOST_CALLS, Method, answer_batch
from bot.web.compat.perspective.calls import Call
from bot.web.compat.perspective.discovery import BATCH, VERSION, perspective_discovery
from bot.web.compat.perspective.refusals import write_refusal
from bot.web.compat.perspective.suggest import suggest
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.routes import ForeignRoute


async def perspective_analyze(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """One comment's scores."""
    return await analyze(await Call.of(request, parts), parts, visit)


async def perspective_suggest_score(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """What a person says of one comment."""
    return await suggest(await Call.of(request, parts), parts, visit)


_METHODS: Final[dict[str, Method]] = {
    f"/{VERSION}/comments:analyze": analyze,
    f"/{VERSION}/comments:suggestscore": suggest,
}


async def perspective_batch(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """Many calls at once."""
    return await answer_batch(request, parts, visit, _METHODS)


ROUTES: Final[tuple[ForeignRoute, ...]] = (
    ForeignRoute(
        "POST",
        f"/{VERSION}/comments:analyze",
        Scope.SCORE,
        perspective_analyze,
        write_refusal,
        "Perspective: analyze a comment",
        "Answers as Perspective's `comments:analyze` does. The key comes as `?key=` or `X-Goog-Api-Key`. Names are "
        "answered as they were asked for, with their version: `TOXICITY@6` is what the current models say, "
        "`TOXICITY@2026.11-2` what that version of Parley's says. An attribute without a model is refused, or left "
        "out with `dropUnsupportedAttributes`. Errors have Google's shape and Perspective's errorTypes.",
        {200: AnalyzeCommentResponse},
        "application/json",
        AnalyzeCommentRequest,
    ),
    ForeignRoute(
        "POST",
        f"/{VERSION}/comments:suggestscore",
        Scope.SUBMIT,
        perspective_suggest_score,
        write_refusal,
        "Perspective: suggest a comment's score",
        "Stores the comment with the scores that somebody suggests as a labelled example of the key's site, on "
        "purpose: `./parley examples SITE` lists them, models of your own can learn from them. Any attribute of "
        "Perspective's can be labelled, also one that has no model. Labels are 0 to 1.",
        {200: SuggestCommentScoreResponse},
        "application/json",
        SuggestCommentScoreRequest,
    ),
    ForeignRoute(
        "GET",
        "/$discovery/rest",
        None,
        perspective_discovery,
        write_refusal,
        "Perspective: the discovery document",
        "What Google's client libraries ask for first. Give them this address, with `?version=v1alpha1`, and they call "
        "Parley with everything that they can do; behind a proxy that ends TLS it must set `X-Forwarded-Proto`.",
        {200: "application/json"},
    ),
    ForeignRoute(
        "POST",
        f"/{BATCH}",
        None,
        perspective_batch,
        write_refusal,
        "Perspective: many calls at once",
        f"Google's HTTP batch: a multipart/mixed body with up to {MOST_CALLS} calls as application/http. Each call "
        "shows its own key, counts by itself and gets its own answer, in the same order.",
        {200: "multipart/mixed"},
        "multipart/mixed",
    ),
)
