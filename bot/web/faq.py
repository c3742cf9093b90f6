"""A site's FAQ, from which the chat answers: read, and replaced by its next version."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.cache import Topic
from bot.dialogue.faq import Faq
from bot.faqs import ready, shipped_faq
from bot.store import faqs
from bot.store.keys import Scope
from bot.web.guards.answers import answer
from bot.web.guards.problems import FAQ_CHANGED, NOT_FOUND, Refusal
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.faq import (
    FaqAnswered,
    FaqAsked,
    FaqQuery,
    FaqVersionsAnswered,
    write_faq,
    write_faq_version,
)


async def read_faq(ask: Ask[None, FaqQuery, None]) -> web.Response:
    """The FAQ in force, or an older version of it."""
    database, site = ask.parts.database, ask.key.site
    version = ask.query.version if ask.query.version is not None else await database.read(faqs.newest, site)
    if version == 0:
        return answer(write_faq(0, shipped_faq()))
    found = await database.read(faqs.find, site, version)
    if found is None:
        raise Refusal(NOT_FOUND, f"The site has no version {version} of its FAQ.")
    return answer(write_faq(found.version, Faq.model_validate(found.document)))


async def save_faq(ask: Ask[FaqAsked, None, None]) -> web.Response:
    """The next version, in force from now on."""
    asked = ask.body
    # What cannot be made ready is found out before it is stored.
    await asyncio.to_thread(ready, asked.faq)
    document = asked.faq.model_dump(mode="json", exclude_defaults=True)
    version = await ask.parts.database.write(
        faqs.save, ask.key.site, document, asked.note, datetime.now(UTC), asked.after
    )
    await ask.parts.cache.wake.announce(Topic.FAQS)
    return answer(write_faq(version, asked.faq))


async def list_faq_versions(ask: Ask[None, None, None]) -> web.Response:
    """When each version was saved, and why."""
    found = await ask.parts.database.read(faqs.headlines, ask.key.site)
    return answer({"items": [write_faq_version(version) for version in found]})


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/faq",
        Group.CHAT,
        Scope.MODERATE,
        read_faq,
        "Read the FAQ that the chat answers from",
        "A site that never saved one has the one that Parley comes with, as version 0.",
        {200: FaqAnswered},
        query=FaqQuery,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "PUT",
        "/v1/faq",
        Group.CHAT,
        Scope.ADMIN,
        save_faq,
        "Save the next version of the FAQ",
        "In force at once in this process and within a second in all others. A wrong document is refused with each of "
        "its errors. Answers come from it alone; what the chat says beside them is in its `words`.",
        {200: FaqAnswered},
        body=FaqAsked,
        refuses=(FAQ_CHANGED,),
    ),
    Route(
        "GET",
        "/v1/faq/versions",
        Group.CHAT,
        Scope.MODERATE,
        list_faq_versions,
        "List the versions of the FAQ",
        "The newest hundred, with the notes that they were saved with.",
        {200: FaqVersionsAnswered},
    ),
)
