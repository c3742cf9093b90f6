"""The versions of the models: what a developer can ask for by name."""

import asyncio
from contextlib import suppress
from typing import Final

from aiohttp import web

from bot.store.keys import Scope
from bot.web.guards.answers import Json, answer
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.answered import ModelsAnswered, write_model
from sentiment.registry import ModelUnusable, Registry


async def list_models(ask: Ask[None, None, None]) -> web.Response:
    """Every version with a readable card."""
    await ask.parts.scoring.opened()
    items = await asyncio.to_thread(_models, ask.parts.registry, ask.parts.scoring.version)
    return answer({"items": items})


def _models(registry: Registry, current: str | None) -> list[Json]:
    found: list[Json] = []
    for version in registry.versions():
        with suppress(ModelUnusable):
            found.append(write_model(registry.summary(version), current))
    return found


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "GET",
        "/v1/models",
        Group.SCORING,
        Scope.SCORE,
        list_models,
        "List the versions of the models",
        "Versions never change, so an old one answers today what it answered when it was new. Name one as `model` "
        "where texts are scored. The first request to another version than the current one waits up to a second "
        "while it is loaded; Parley keeps the two that were asked for last.",
        {200: ModelsAnswered},
    ),
)
