"""Which address leads where: every route of Parley behind its guards, in one aiohttp application."""

from typing import Final

from aiohttp import web

from bot.web import api, ops, pages, policy, queue, reference
from bot.web.guards.bodies import LARGEST_BODY
from bot.web.guards.door import door, expect
from bot.web.guards.parts import OPENING, Opening
from bot.web.guards.routes import AnyRoute
from bot.web.guards.watch import Watch

ROUTES: Final[tuple[AnyRoute, ...]] = (*api.ROUTES, *queue.ROUTES, *policy.ROUTES)


def application(opening: Opening, *, shows_demo: bool) -> web.Application:
    """The application, without anything opened yet."""
    app = web.Application(middlewares=[Watch(opening)], client_max_size=LARGEST_BODY)
    app[OPENING] = opening
    for route in ROUTES:
        app.router.add_route(route.method, route.address, door(route, opening), expect_handler=expect)
    for public in (*ops.ROUTES, *reference.ROUTES, *pages.routes(shows_demo=shows_demo)):
        app.router.add_get(public.address, public.endpoint, expect_handler=expect)
    app[reference.DOCUMENT] = reference.Document(ROUTES, (*ops.ROUTES, *reference.ROUTES))
    return app
