"""Which address leads where: every route of Parley behind its guards, in one aiohttp application."""

import re
from collections.abc import Iterable
from typing import Final

from aiohttp import web

from bot.web import (
    api,
    asking,
    chat,
    compat,
    desk,
    embed,
    endpoints,
    faq,
    live,
    models,
    notices,
    nudges,
    ops,
    pages,
    policy,
    privacy,
    questions,
    queue,
    readers,
    reference,
    sources,
    standing,
    statements,
    stats,
)
from bot.web.guards.bodies import LARGEST_BODY
from bot.web.guards.door import desk_door, door, expect, foreign_door, open_door
from bot.web.guards.embedding import embed_door, preflight_door
from bot.web.guards.parts import OPENING, Opening
from bot.web.guards.problems import METHOD, NOT_FOUND, Refusal
from bot.web.guards.routes import AnyEmbedRoute, AnyRoute, ForeignRoute, PublicEndpoint
from bot.web.guards.watch import Watch
from bot.web.inbound import routes as inbound

ROUTES: Final[tuple[AnyRoute, ...]] = (
    *api.ROUTES,
    *models.ROUTES,
    *queue.ROUTES,
    *asking.ROUTES,
    *questions.ROUTES,
    *chat.ROUTES,
    *faq.ROUTES,
    *live.ROUTES,
    *readers.ROUTES,
    *standing.ROUTES,
    *privacy.ROUTES,
    *statements.ROUTES,
    *policy.ROUTES,
    *sources.ROUTES,
    *stats.ROUTES,
    *endpoints.ROUTES,
    *nudges.ROUTES,
)

FOREIGN: Final[tuple[ForeignRoute, ...]] = (*compat.ROUTES, *inbound.ROUTES)


EMBEDDED: Final[tuple[AnyEmbedRoute, ...]] = (*embed.ROUTES, *chat.EMBEDDED)
"""What browsers ask from the sites' own pages, below /embed/{site}."""


def application(opening: Opening, *, shows_demo: bool) -> web.Application:
    """The application, without anything opened yet."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app[OPENING] = opening
    watch = Watch(opening)
    for route in ROUTES:
        app.router.add_route(
            route.method, route.address, watch.around(door(route, opening), route.address), expect_handler=expect
        )
    for asked in desk.ROUTES:
        handler = watch.around(desk_door(asked, opening), asked.address)
        app.router.add_route(asked.method, asked.address, handler, expect_handler=expect)
    for foreign in (*FOREIGN, *notices.ROUTES):
        handler = watch.around(foreign_door(foreign, opening), foreign.address, foreign.refuse)
        app.router.add_route(foreign.method, foreign.address, handler, expect_handler=expect)
    for embedded in EMBEDDED:
        handler = watch.around(embed_door(embedded, opening), embedded.address)
        app.router.add_route(embedded.method, embedded.address, handler, expect_handler=expect)
    before = "/embed/{site}/{anything:.+}"
    app.router.add_route("OPTIONS", before, watch.around(preflight_door(opening), before), expect_handler=expect)
    for public in (*ops.ROUTES, *reference.ROUTES, *pages.routes(shows_demo=shows_demo)):
        app.router.add_get(
            public.address, watch.around(open_door(public.endpoint), public.address), expect_handler=expect
        )
    elsewhere = watch.around(open_door(_nowhere([*app.router.routes()])), "(none)")
    app.router.add_route("*", "/{anywhere:.*}", elsewhere, expect_handler=expect)
    app[reference.DOCUMENT] = reference.Document(ROUTES, EMBEDDED, FOREIGN, (*ops.ROUTES, *reference.ROUTES))

    async def end(_: web.Application) -> None:
        watch.flush()

    app.on_cleanup.append(end)
    return app


def _nowhere(routes: Iterable[web.AbstractRoute]) -> PublicEndpoint:
    """Answers where no route does: 405 where another method would, else 404."""
    methods: dict[re.Pattern[str], set[str]] = {}
    for route in routes:
        if route.resource is not None and route.method != "OPTIONS":
            # A name in braces stands for one part of an address; everything else for itself.
            pieces = re.split(r"\{\w+\}", route.resource.canonical)
            address = re.compile("[^/]+".join(map(re.escape, pieces)))
            methods.setdefault(address, set()).add(route.method)

    async def refuse(request: web.Request) -> web.StreamResponse:
        allowed = {
            method
            for address, some in methods.items()
            if address.fullmatch(request.rel_url.raw_path)
            for method in some
        }
        if not allowed:
            raise Refusal(NOT_FOUND, NOT_FOUND.advice)
        named = ", ".join(sorted(allowed))
        raise Refusal(
            METHOD, f"{request.method} does not fit this address; it takes {named}.", headers={"Allow": named}
        )

    return refuse
