"""Any system that signs by Standard Webhooks 1.0 (standardwebhooks.com), with the payload that is described here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from bot.arrival import System
from bot.web.guards.signatures import is_fresh, is_one_of, several, standard
from bot.web.inbound.delivery import (
    Arrived,
    Delivery,
    Identity,
    Ignored,
    Refused,
    Sent,
    Speaker,
    Text,
    Verified,
    arrival,
)

EVENTS = frozenset({"comment.created", "comment.edited"})


class _Author(Sent):
    id: Identity
    name: str | None = None


class _Comment(Sent):
    id: Identity
    thread: Identity
    text: Text
    author: Annotated[_Author, BeforeValidator(lambda given: {"id": given} if isinstance(given, str) else given)]
    parent: Identity | None = None
    permalink: str | None = None


class _Event(Sent):
    type: str


class _About(Sent):
    data: _Comment
    timestamp: datetime | None = None


def verify(delivery: Delivery, secrets: Sequence[str]) -> Verified | Refused:
    """`webhook-id`, `webhook-timestamp` and the body are signed together."""
    number, stamp = delivery.header("webhook-id"), delivery.header("webhook-timestamp")
    message = f"{number}.{stamp}.".encode("utf-8", "replace") + delivery.body
    given = several(delivery.header("webhook-signature"), " ")
    if not number or not is_one_of(given, [standard(message, secret) for secret in secrets]):
        return Refused("The header webhook-signature does not fit webhook-id, webhook-timestamp, body and secret.")
    if not is_fresh(stamp, delivery.now):
        return Refused("The header webhook-timestamp is more than five minutes away from Parley's clock.")
    return Verified(number)


def read(delivery: Delivery) -> Arrived | Ignored:
    """The event's `timestamp` orders edits."""
    event = _Event.model_validate_json(delivery.body).type
    if event not in EVENTS:
        return Ignored(event)
    about = _About.model_validate_json(delivery.body)
    sent = about.data
    found = arrival(
        sent.id,
        thread=sent.thread,
        text=sent.text,
        author=sent.author.id,
        name=sent.author.name,
        parent=sent.parent,
        permalink=sent.permalink,
        revision=None if about.timestamp is None else int(about.timestamp.timestamp() * 1_000_000),
    )
    return Arrived(event, (found,))


SPEAKER = Speaker(System.STANDARD, verify, read, EVENTS)
