"""Which other systems send a site's comments: an admin adds, lists and removes them."""

from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from bot.connecting import address_of, secret_for
from bot.store import sources
from bot.store.keys import Scope
from bot.store.sources import NoSuchSource
from bot.token import Token
from bot.web.guards.answers import answer
from bot.web.guards.problems import INVALID, NOT_FOUND, FieldError, Refusal
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.sources import (
    SecretPath,
    SourceAddedAnswered,
    SourceAsked,
    SourcePath,
    SourceRemovedAnswered,
    SourcesAnswered,
    SourceSecretAnswered,
    SourceSecretAsked,
    write_source,
)


async def list_sources(ask: Ask[None, None, None]) -> web.Response:
    """The site's sources."""
    found = await ask.parts.database.read(sources.of, ask.key.site)
    return answer({"items": [write_source(source) for source in found]})


async def add_source(ask: Ask[SourceAsked, None, None]) -> web.Response:
    """201 with the address and the secret, shown this once."""
    system, token = ask.body.system, Token.fresh()
    secret = secret_for(system, ask.body.secret)
    source = await ask.parts.database.write(
        sources.create, ask.key.site, token.key_id, system, token.hash, secret, datetime.now(UTC)
    )
    return answer(write_source(source) | {"address": address_of(system, token.text), "secret": secret}, 201)


async def remove_source(ask: Ask[None, None, SourcePath]) -> web.Response:
    """What comes to its address is refused from now on; the comments stay."""
    await ask.parts.database.write(sources.remove, ask.key.site, ask.path.source)
    return answer({"removed": True})


async def add_source_secret(ask: Ask[SourceSecretAsked, None, SourcePath]) -> web.Response:
    """201 with one more secret."""
    found = await ask.parts.database.read(sources.of, ask.key.site)
    system = next((source.system for source in found if source.id == ask.path.source), None)
    if system is None:
        raise NoSuchSource
    secret = secret_for(system, ask.body.secret)
    if secret is None:
        detail = f"{system} signs nothing; there is no secret to change."
        raise Refusal(INVALID, detail, errors=[FieldError("source", detail)])
    number = await ask.parts.database.write(
        sources.add_secret, ask.key.site, ask.path.source, secret, datetime.now(UTC)
    )
    return answer({"number": number, "secret": secret}, 201)


async def remove_source_secret(ask: Ask[None, None, SecretPath]) -> web.Response:
    """What is signed with it is refused from now on."""
    await ask.parts.database.write(sources.remove_secret, ask.key.site, ask.path.source, ask.path.number)
    return answer({"removed": True})


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/sources",
        Group.MOVING,
        Scope.ADMIN,
        list_sources,
        "List the systems that send comments",
        "Without their addresses and secrets.",
        {200: SourcesAnswered},
    ),
    Route(
        "POST",
        "/v1/sources",
        Group.MOVING,
        Scope.ADMIN,
        add_source,
        "Let a system send comments",
        "Answers with the address to enter in the other system, and the secret: neither is shown again. `slack`, "
        "`fastcomments`, `hyvor` and `coral` make the secret up themselves, so give it; `wordpress` signs nothing.",
        {201: SourceAddedAnswered},
        body=SourceAsked,
    ),
    Route(
        "DELETE",
        "/v1/sources/{source}",
        Group.MOVING,
        Scope.ADMIN,
        remove_source,
        "Remove a source",
        "Its address answers 404 from now on. The comments stay; what a new source sends again is stored again.",
        {200: SourceRemovedAnswered},
        path=SourcePath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "POST",
        "/v1/sources/{source}/secrets",
        Group.MOVING,
        Scope.ADMIN,
        add_source_secret,
        "Take one more secret",
        "All secrets of a source are good until they are removed: add the new one, change it in the other system, and "
        "remove the old one.",
        {201: SourceSecretAnswered},
        body=SourceSecretAsked,
        path=SourcePath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "DELETE",
        "/v1/sources/{source}/secrets/{number}",
        Group.MOVING,
        Scope.ADMIN,
        remove_source_secret,
        "Remove a secret",
        "What is signed with it is refused from now on.",
        {200: SourceRemovedAnswered},
        path=SecretPath,
        refuses=(NOT_FOUND,),
    ),
)
