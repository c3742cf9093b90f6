"""A site's policy: read, tried on texts, and replaced by its next version."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.cache import Topic
from bot.policy import ActivePolicy, Case, decide
from bot.store import policies
from bot.store.keys import Scope
from bot.web.guards.answers import Json, answer
from bot.web.guards.problems import BUSY, POLICY_CHANGED
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.answered import PolicyAnswered, ScoresAnswered, write_score
from bot.web.wire.asked import PolicyAsked, PolicyCheckAsked


async def read_policy(ask: Ask[None, None, None]) -> web.Response:
    """The policy in force."""
    active = await ask.parts.moderation.policy(ask.key.site)
    return answer({"version": active.version, "policy": active.document.model_dump(mode="json")})


async def save_policy(ask: Ask[PolicyAsked, None, None]) -> web.Response:
    """The next version, in force from now on."""
    asked = ask.body
    document = asked.policy.model_dump(mode="json")
    version = await ask.parts.database.write(
        policies.save, ask.key.site, document, asked.note, datetime.now(UTC), asked.after
    )
    await ask.parts.cache.wake.announce(Topic.POLICIES)
    return answer({"version": version, "policy": document})


async def check_policy(ask: Ask[PolicyCheckAsked, None, None]) -> web.Response:
    """What a policy would make of texts."""
    texts = ask.body.texts
    # Ten thousand words take a moment to make ready; other requests go on meanwhile.
    policy = await asyncio.to_thread(ActivePolicy.of, ask.body.policy, 0)
    analyses = await ask.parts.scoring.analyse(texts, ask.body.model)
    results: list[Json] = [
        write_score(analysis, decide(Case(text, analysis, None, policy)))
        for text, analysis in zip(texts, analyses, strict=True)
    ]
    return answer({"results": results})


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/policy",
        Group.POLICY,
        Scope.MODERATE,
        read_policy,
        "Read the policy in force",
        "With its version, which every verdict names.",
        {200: PolicyAnswered},
    ),
    Route(
        "PUT",
        "/v1/policy",
        Group.POLICY,
        Scope.ADMIN,
        save_policy,
        "Save the next version of the policy",
        "In force at once in this process and within a second in all others. What a document leaves out has the value "
        "that Parley comes with. Comments that were judged before stay as they are.",
        {200: PolicyAnswered},
        body=PolicyAsked,
        refuses=(POLICY_CHANGED,),
    ),
    Route(
        "POST",
        "/v1/policy/check",
        Group.POLICY,
        Scope.ADMIN,
        check_policy,
        "Try a policy on texts",
        "Checks the document and answers with what it would make of each text; nothing is stored. The results name "
        "`policy_version` 0.",
        {200: ScoresAnswered},
        body=PolicyCheckAsked,
        refuses=(BUSY,),
    ),
)
