"""The order in which a request is let in: parts ready, key, rate, address, query, body; then the endpoint."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.store.keys import Key, Scope
from bot.web.guards.bodies import (
    LARGEST_DESK_BODY,
    check_media_type,
    parse_body,
    parse_query,
    parse_strings,
    read_body,
    refuse_query,
)
from bot.web.guards.parts import Opening, Parts, Visit
from bot.web.guards.problems import FORBIDDEN, TOO_MANY, Refusal
from bot.web.guards.routes import AnyDeskRoute, AnyRoute, Ask, DeskAsk, ForeignRoute, PublicEndpoint
from bot.web.guards.signed_in import COOKIE, require_same_origin, signed_in

Handler = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]


def door(route: AnyRoute, opening: Opening) -> Handler:
    """The aiohttp handler of a route, with every guard that the route asks for."""

    async def handle(request: web.Request, visit: Visit) -> web.StreamResponse:
        parts = opening.parts or await opening.opened()
        # Almost every key and rate is known at once; a coroutine for each would cost more than the looking up.
        key = parts.keyring.recent(request.headers.get("Authorization")) or await identify(request, parts)
        await _let_in(parts, visit, key, route.scope)
        path = None if route.path is None else parse_strings(request.match_info, route.path, "path")
        query = None
        if route.query is not None:
            query = parse_query(request.query, route.query)
        elif request.rel_url.raw_query_string:
            refuse_query(request.query)
        raw_body, body = b"", None
        if route.body is not None:
            check_media_type(request)
            raw_body = await read_body(request, route.largest_body, parts.limits.body_seconds)
            body = parse_body(raw_body, route.body)
        return await route.endpoint(Ask(key, body, query, path, raw_body, request, parts))

    return handle


async def identify(request: web.Request, parts: Parts) -> Key:
    """The key that was sent, or what a moderator's session stands for; a Refusal where there is neither."""
    authorization = request.headers.get("Authorization")
    if authorization is None and COOKIE in request.cookies:
        return await signed_in(request, parts)
    return await parts.keyring.identify(authorization)


def desk_door(route: AnyDeskRoute, opening: Opening) -> Handler:
    """The handler of what the desk's own page asks: from that page only, and its body checked like any other."""

    async def handle(request: web.Request, _: Visit) -> web.StreamResponse:
        parts = opening.parts or await opening.opened()
        require_same_origin(request)
        body = None
        if route.body is not None:
            check_media_type(request)
            body = parse_body(await read_body(request, LARGEST_DESK_BODY, parts.limits.body_seconds), route.body)
        return await route.endpoint(DeskAsk(body, request, parts))

    return handle


async def admit(parts: Parts, visit: Visit, authorization: str | None, scope: Scope) -> Key:
    """The key behind an Authorization header, if it may do this and has not asked too often; a Refusal otherwise.

    A session never counts here: what comes from elsewhere shows a key.
    """
    key = parts.keyring.recent(authorization) or await parts.keyring.identify(authorization)
    await _let_in(parts, visit, key, scope)
    return key


async def _let_in(parts: Parts, visit: Visit, key: Key, scope: Scope) -> None:
    """A Refusal where the key may not do this, or has asked too often."""
    visit.site = key.site
    if key.scope is not scope and not key.scope.includes(scope):
        raise Refusal(FORBIDDEN, f"This key has the scope {key.scope}; here it takes {scope}.")
    per_minute = parts.limits.requests_per_minute
    if per_minute:
        wait = parts.cache.rates.take_at_once(str(key.id), per_minute)
        if wait is None:
            wait = await parts.cache.rates.take(str(key.id), per_minute)
        if wait:
            raise Refusal(TOO_MANY, f"This key may ask {per_minute} times a minute.", retry_after=wait)


def foreign_door(route: ForeignRoute, opening: Opening) -> Handler:
    """The handler of a route that somebody else defined: it waits for the parts, the rest is the endpoint's."""

    async def handle(request: web.Request, visit: Visit) -> web.StreamResponse:
        return await route.endpoint(request, opening.parts or await opening.opened(), visit)

    return handle


def open_door(endpoint: PublicEndpoint) -> Handler:
    """The same for whoever comes, with no guard at all."""

    async def handle(request: web.Request, _: Visit) -> web.StreamResponse:
        return await endpoint(request)

    return handle


async def expect(request: web.Request) -> None:
    """`Expect: 100-continue` is met at once, every other expectation overlooked (RFC 9110, 10.1.1 allows both)."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # The interim answer does not count as the beginning of the real one.
        request.writer.output_size = 0
