"""A site's policy: read, tried on texts, and replaced by its next version."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.cache import Topic
from bot.policy import ActivePolicy, Case, Policy, decide
from bot.store import policies
from bot.store.keys import Scope
from bot.web.guards.answers import Json, answer
from bot.web.guards.problems import BUSY, NOT_FOUND, POLICY_CHANGED
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.answered import PolicyAnswered, ScoresAnswered, write_score
from bot.web.wire.asked import PolicyAsked, PolicyCheckAsked
from bot.web.wire.policies import (
    TrialAnswered,
    TrialAsked,
    VersionDocumentAnswered,
    VersionPath,
    VersionsAnswered,
    write_trial,
    write_version,
)


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
    policy = (await asyncio.to_thread(ActivePolicy.of, ask.body.policy, 0)).in_thread(ask.body.thread)
    analyses = await ask.parts.scoring.analyse(texts, ask.body.model)
    results: list[Json] = [
        write_score(analysis, decide(Case(text, analysis, None, policy)))
        for text, analysis in zip(texts, analyses, strict=True)
    ]
    return answer({"results": results})


async def try_policy(ask: Ask[TrialAsked, None, None]) -> web.Response:
    """What a policy would have made of the newest comments."""
    return answer(write_trial(await ask.parts.moderation.try_policy(ask.key.site, ask.body.policy, ask.body.last)))


async def list_versions(ask: Ask[None, None, None]) -> web.Response:
    """When each version was saved, and why."""
    # So that a site which never saved one has the version that is in force.
    await ask.parts.moderation.policy(ask.key.site)
    found = await ask.parts.database.read(policies.headlines, ask.key.site)
    return answer({"items": [write_version(version) for version in found]})


async def read_version(ask: Ask[None, None, VersionPath]) -> web.Response:
    """One version, with its document."""
    found = await ask.parts.database.read(policies.find, ask.key.site, ask.path.version)
    policy = Policy.model_validate(found.document).model_dump(mode="json")
    return answer(write_version(found) | {"policy": policy})


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
    Route(
        "POST",
        "/v1/policy/try",
        Group.POLICY,
        Scope.ADMIN,
        try_policy,
        "Try a policy on the newest comments",
        "What it would have decided beside what the policy in force decides, on texts, scores and authors' names as "
        "they are stored. How often an author posts, their standing and closed threads are left out of both. Nothing "
        "changes.",
        {200: TrialAnswered},
        body=TrialAsked,
    ),
    Route(
        "GET",
        "/v1/policy/versions",
        Group.POLICY,
        Scope.MODERATE,
        list_versions,
        "List the versions of the policy",
        "The newest hundred, with the notes that they were saved with.",
        {200: VersionsAnswered},
    ),
    Route(
        "GET",
        "/v1/policy/versions/{version}",
        Group.POLICY,
        Scope.MODERATE,
        read_version,
        "Read a version of the policy",
        "To look at, to compare, or to save it again: that is how to roll back.",
        {200: VersionDocumentAnswered},
        path=VersionPath,
        refuses=(NOT_FOUND,),
    ),
)
