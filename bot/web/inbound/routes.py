"""`/v1/inbound/{source}/{token}`: who sends, is it theirs, what does it mean, and what do they hear.

The token in the address takes the place of a key, and the system's own signature that of trust.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from aiohttp import web
from prometheus_client import Counter
from pydantic import ValidationError

from bot.arrival import System
from bot.store import sources
from bot.store.sources import Source
from bot.token import PREFIX, token_hash
from bot.web.guards.answers import answer
from bot.web.guards.bodies import LARGEST_COMMENT, read_body
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import INVALID, NOT_FOUND, TOO_MANY, UNIDENTIFIED, Kind, Refusal, write_problem
from bot.web.guards.routes import ForeignRoute
from bot.web.inbound import coral, discourse, fastcomments, github, hyvor, remark42, slack, standard, wordpress
from bot.web.inbound.delivery import Delivery, Ignored, Malformed, Refused, Speaker, sentence

SPEAKERS: Final[Mapping[System, Speaker]] = {
    module.SPEAKER.system: module.SPEAKER
    for module in (standard, discourse, github, slack, fastcomments, hyvor, remark42, wordpress, coral)
}

_LOG = logging.getLogger(__name__)
_COUNTED = Counter("parley_inbound", "Deliveries of other systems.", ["source", "event", "outcome"])
_LONGEST_TOKEN: Final = 200


async def receive(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """200 once all that it brought is stored, or nothing was to be stored."""
    source = await _source(request, parts)
    visit.site = source.site
    await _limit(parts, source)
    speaker = SPEAKERS[source.system]
    body = await read_body(request, LARGEST_COMMENT, parts.limits.body_seconds)
    delivery = Delivery(request.method, request.headers, body, datetime.now(UTC))
    verified = speaker.verify(delivery, tuple(source.secrets.values()))
    if isinstance(verified, Refused):
        raise _refuse(source, UNIDENTIFIED, verified.why)
    try:
        found = speaker.read(delivery)
    except ValidationError as error:
        raise _refuse(source, INVALID, sentence(error)) from error
    except Malformed as error:
        raise _refuse(source, INVALID, str(error)) from error
    if isinstance(found, Ignored):
        _count(speaker, found.event, "ignored")
        return answer(speaker.answer(None) if found.answer is None else found.answer)
    received = await parts.moderation.receive(source, verified.delivery, found.arrivals)
    _count(speaker, found.event, "replayed" if received.replayed else "stored")
    return answer(speaker.answer(received))


async def receive_put(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """The same."""
    return await receive(request, parts, visit)


async def receive_delete(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """The same."""
    return await receive(request, parts, visit)


async def _source(request: web.Request, parts: Parts) -> Source:
    name, token = request.match_info.get("source", System.FASTCOMMENTS.value), request.match_info["token"]
    found = None
    if name in list(System) and token.startswith(PREFIX) and len(token) <= _LONGEST_TOKEN:
        found = await parts.database.read(sources.find, System(name), token_hash(token))
    if found is None or request.method not in SPEAKERS[found.system].methods:
        raise Refusal(NOT_FOUND, "No source has this address; ./parley sources list SITE shows a site's.")
    return found


async def _limit(parts: Parts, source: Source) -> None:
    per_minute = parts.limits.requests_per_minute
    if per_minute and (wait := await parts.cache.rates.take(f"source:{source.id}", per_minute)):
        raise Refusal(TOO_MANY, f"A source may send {per_minute} times a minute.", retry_after=wait)


def _refuse(source: Source, kind: Kind, why: str) -> Refusal:
    _COUNTED.labels(source.system.value, "unknown", "refused").inc()
    _LOG.warning("Source %d of %s (%s) sent what is refused: %s", source.id, source.site, source.system.value, why)
    return Refusal(kind, why)


def _count(speaker: Speaker, event: str, outcome: str) -> None:
    known = event if event in speaker.events else "other"
    _COUNTED.labels(speaker.system.value, known, outcome).inc()


_ABOUT: Final = (
    "Takes the key's place: the token in the address, which `./parley sources add SITE SOURCE` prints, and the "
    "system's own signature. A comment that is new is scored, judged and stored, one that was edited is judged anew, "
    "one that came before changes nothing. Other events are acknowledged and counted. What is not signed well is "
    "refused with 401, what makes no sense with 422, and nothing of it is stored. How to connect: `/connecting`."
)
_FASTCOMMENTS: Final = "/v1/inbound/fastcomments/{token}"

ROUTES: Final[tuple[ForeignRoute, ...]] = (
    ForeignRoute(
        "POST",
        "/v1/inbound/{source}/{token}",
        None,
        receive,
        write_problem,
        "A comment of another system",
        _ABOUT,
        {200: "application/json"},
        "application/json",
    ),
    ForeignRoute(
        "PUT",
        _FASTCOMMENTS,
        None,
        receive_put,
        write_problem,
        "FastComments: a comment, new or changed",
        "What `POST` does; FastComments sends comments with `PUT`.",
        {200: "application/json"},
        "application/json",
    ),
    ForeignRoute(
        "DELETE",
        _FASTCOMMENTS,
        None,
        receive_delete,
        write_problem,
        "FastComments: a comment is gone",
        "Acknowledged and counted; the comment stays as it is.",
        {200: "application/json"},
    ),
)
