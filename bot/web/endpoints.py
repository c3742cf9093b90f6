"""Webhooks: a site's endpoints, what was delivered to them, and sending it again."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

from bot.comment import mint_id, read_id, write_id
from bot.posting import AddressForbidden
from bot.signature import Scheme, Secret
from bot.store import deliveries, endpoints
from bot.store.endpoints import Endpoint
from bot.store.keys import Scope
from bot.web.guards.answers import Json, answer
from bot.web.guards.parts import Parts
from bot.web.guards.problems import ENDPOINT_DISABLED, INVALID, NOT_FOUND, TOO_MANY_ENDPOINTS, FieldError, Refusal
from bot.web.guards.routes import AnyRoute, Ask, Group, Route
from bot.web.wire.endpoints import (
    DeliveriesAnswered,
    DeliveriesQuery,
    DeliveryAnswered,
    DeliveryWholeAnswered,
    EndpointAnswered,
    EndpointAsked,
    EndpointChangeAsked,
    EndpointMadeAnswered,
    EndpointsAnswered,
    IdPath,
    RemovedAnswered,
    ReplayAsked,
    ReplayedAnswered,
    SecretAsked,
    SecretMadeAnswered,
    write_attempts,
    write_delivery,
    write_endpoint,
    write_secret,
)

_MOST_REPLAYED: Final = 10_000


async def add_endpoint(ask: Ask[EndpointAsked, None, None]) -> web.Response:
    """201 with the endpoint and its secret."""
    await _check(ask.parts, ask.body.url)
    now, secret = datetime.now(UTC), secret_of(ask.body.secret, ask.body.scheme)
    made = await ask.parts.database.write(
        endpoints.add, ask.key.site, mint_id(now, secrets.randbits(22)), ask.body.wanted, secret, now
    )
    return answer(await _written(ask.parts, made) | {"secret": secret.shown_to_receivers}, 201)


async def read_endpoints(ask: Ask[None, None, None]) -> web.Response:
    """Every endpoint of the site."""
    found = await ask.parts.database.read(endpoints.of, ask.key.site)
    return answer({"items": await _all_written(ask.parts, found)})


async def read_endpoint(ask: Ask[None, None, IdPath]) -> web.Response:
    """One endpoint."""
    return answer(await _written(ask.parts, await ask.parts.database.read(endpoints.find, *_of(ask))))


async def change_endpoint(ask: Ask[EndpointChangeAsked, None, IdPath]) -> web.Response:
    """The endpoint as it is after the change."""
    asked = ask.body
    if asked.url is not None:
        await _check(ask.parts, asked.url)
    changed = await ask.parts.database.write(endpoints.change, *_of(ask), asked.changed, asked.state, datetime.now(UTC))
    ask.parts.courier.stir()
    return answer(await _written(ask.parts, changed))


async def remove_endpoint(ask: Ask[None, None, IdPath]) -> web.Response:
    """Nothing is sent there any more."""
    await ask.parts.database.write(endpoints.remove, *_of(ask), datetime.now(UTC))
    return answer({"id": ask.path.id})


async def add_secret(ask: Ask[SecretAsked, None, IdPath]) -> web.Response:
    """201 with the new secret, the only time that it is shown."""
    secret = secret_of(ask.body.secret, ask.body.scheme)
    kept = await ask.parts.database.write(endpoints.rotate, *_of(ask), secret, datetime.now(UTC))
    return answer(write_secret(kept) | {"secret": secret.shown_to_receivers}, 201)


async def ping_endpoint(ask: Ask[None, None, IdPath]) -> web.Response:
    """201 with the delivery of a ping, which is on its way."""
    sent = await ask.parts.database.write(deliveries.send_ping, *_of(ask), datetime.now(UTC))
    ask.parts.courier.stir()
    return answer(write_delivery(sent), 201)


async def replay_endpoint(ask: Ask[ReplayAsked, None, IdPath]) -> web.Response:
    """How many deliveries are sent again."""
    asked, count, after = ask.body, 0, None if ask.body.after is None else read_id(ask.body.after)
    while True:
        # A few at a time, so that others get their turn.
        some = await ask.parts.database.write(deliveries.replay_some, *_of(ask), asked.replay, after, datetime.now(UTC))
        count, after = count + some.count, some.after
        if after is None or count >= _MOST_REPLAYED:
            break
    ask.parts.courier.stir()
    return answer({"replayed": count, "next": None if after is None else write_id(after)})


async def read_deliveries(ask: Ask[None, DeliveriesQuery, None]) -> web.Response:
    """A page of deliveries."""
    asked = ask.query
    found = await ask.parts.database.read(deliveries.page, ask.key.site, asked.filter(), asked.cursor, asked.limit)
    return answer({"items": [write_delivery(one) for one in found.deliveries], "next": found.next})


async def read_delivery(ask: Ask[None, None, IdPath]) -> web.Response:
    """One delivery with all that was tried."""
    found = await ask.parts.database.read(deliveries.find, *_of(ask))
    tried = await ask.parts.database.read(deliveries.attempts, *_of(ask))
    body = json.loads(found.event.body)
    return answer({"delivery": write_delivery(found), "attempts": write_attempts(tried), "body": body})


async def replay_delivery(ask: Ask[None, None, IdPath]) -> web.Response:
    """The delivery, which is on its way again."""
    again = await ask.parts.database.write(deliveries.replay, *_of(ask), datetime.now(UTC))
    ask.parts.courier.stir()
    return answer(write_delivery(again))


def secret_of(given: str | None, scheme: Scheme) -> Secret:
    """The secret that was given, or a new one. Raises BadSecret."""
    return Secret.of(scheme, secrets.token_bytes(32)) if given is None else Secret.read(given)


# Any: whatever the body.
def _of(ask: Ask[Any, None, IdPath]) -> tuple[str, int]:
    return ask.key.site, ask.path.number


async def _check(parts: Parts, url: str) -> None:
    try:
        await parts.posting.check(url)
    except AddressForbidden as forbidden:
        raise Refusal(INVALID, f"url {forbidden}.", errors=[FieldError("url", str(forbidden))]) from forbidden


async def _written(parts: Parts, endpoint: Endpoint) -> Json:
    return (await _all_written(parts, [endpoint]))[0]


async def _all_written(parts: Parts, found: list[Endpoint]) -> list[Json]:
    ids = [one.id for one in found]
    waiting = await parts.database.read(endpoints.waiting, ids)
    kept = await parts.database.read(endpoints.secrets, ids, datetime.now(UTC))
    return [write_endpoint(one, waiting[one.id], kept[one.id]) for one in found]


ROUTES: Final[tuple[AnyRoute, ...]] = (
    Route(
        "POST",
        "/v1/endpoints",
        Group.WEBHOOKS,
        Scope.ADMIN,
        add_endpoint,
        "Add an endpoint",
        "From now on each event of these types is posted there as JSON, signed after Standard Webhooks. What answers "
        "2xx within 15 seconds has taken it; anything else is tried again over three days. Events of one comment "
        "arrive in their order. Each arrives at least once: recognise what came twice by `webhook-id`.",
        {201: EndpointMadeAnswered},
        body=EndpointAsked,
        refuses=(TOO_MANY_ENDPOINTS,),
    ),
    Route(
        "GET",
        "/v1/endpoints",
        Group.WEBHOOKS,
        Scope.ADMIN,
        read_endpoints,
        "List endpoints",
        "With how each of them does.",
        {200: EndpointsAnswered},
    ),
    Route(
        "GET",
        "/v1/endpoints/{id}",
        Group.WEBHOOKS,
        Scope.ADMIN,
        read_endpoint,
        "Read an endpoint",
        "With how it does.",
        {200: EndpointAnswered},
        path=IdPath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "PATCH",
        "/v1/endpoints/{id}",
        Group.WEBHOOKS,
        Scope.ADMIN,
        change_endpoint,
        "Change, disable or enable an endpoint",
        "What happens while it is disabled is not told to it later; what waited when it was disabled is delivered once "
        "it is enabled. An endpoint that answers 410, or takes nothing for five days, is disabled by itself, and the "
        "site's other endpoints hear of that.",
        {200: EndpointAnswered},
        body=EndpointChangeAsked,
        path=IdPath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "DELETE",
        "/v1/endpoints/{id}",
        Group.WEBHOOKS,
        Scope.ADMIN,
        remove_endpoint,
        "Remove an endpoint",
        "With its secrets and with what waits for it.",
        {200: RemovedAnswered},
        path=IdPath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "POST",
        "/v1/endpoints/{id}/secrets",
        Group.WEBHOOKS,
        Scope.ADMIN,
        add_secret,
        "Rotate an endpoint's secret",
        "Messages are signed with the new secret and, for 24 hours more, with the old ones of the same scheme: change "
        "it at the receiver in that time, and no message is refused.",
        {201: SecretMadeAnswered},
        body=SecretAsked,
        path=IdPath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "POST",
        "/v1/endpoints/{id}/ping",
        Group.WEBHOOKS,
        Scope.ADMIN,
        ping_endpoint,
        "Ping an endpoint",
        "Sends an event of the type `ping`, whatever the endpoint wants to hear of. Read the delivery to see what "
        "came of it.",
        {201: DeliveryAnswered},
        path=IdPath,
        refuses=(NOT_FOUND, ENDPOINT_DISABLED),
    ),
    Route(
        "POST",
        "/v1/endpoints/{id}/replay",
        Group.WEBHOOKS,
        Scope.ADMIN,
        replay_endpoint,
        "Send a range of deliveries again",
        "All that failed, if nothing else is said; up to ten thousand at once. They keep their `webhook-id`.",
        {200: ReplayedAnswered},
        body=ReplayAsked,
        path=IdPath,
        refuses=(NOT_FOUND, ENDPOINT_DISABLED),
    ),
    Route(
        "GET",
        "/v1/deliveries",
        Group.WEBHOOKS,
        Scope.ADMIN,
        read_deliveries,
        "List deliveries",
        "What was sent to the site's endpoints, or waits to be, in the last 30 days; newest first.",
        {200: DeliveriesAnswered},
        query=DeliveriesQuery,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "GET",
        "/v1/deliveries/{id}",
        Group.WEBHOOKS,
        Scope.ADMIN,
        read_delivery,
        "Read a delivery",
        "With every attempt, and the body that is sent.",
        {200: DeliveryWholeAnswered},
        path=IdPath,
        refuses=(NOT_FOUND,),
    ),
    Route(
        "POST",
        "/v1/deliveries/{id}/replay",
        Group.WEBHOOKS,
        Scope.ADMIN,
        replay_delivery,
        "Send a delivery again",
        "With the whole schedule before it, and under the same `webhook-id`.",
        {200: DeliveryAnswered},
        path=IdPath,
        refuses=(NOT_FOUND, ENDPOINT_DISABLED),
    ),
)
