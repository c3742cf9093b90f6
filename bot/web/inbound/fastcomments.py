"""FastComments: comments as they are created, changed and deleted (docs.fastcomments.com, "Webhooks").

The HTTP method tells what happened: PUT for a new or changed comment, DELETE for one that is gone.
"""

from collections.abc import Sequence

from bot.arrival import System
from bot.web.guards.signatures import hexadecimal, is_fresh, is_one_of
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
    visitor,
)

EVENTS = frozenset({"comment", "deleted", "blank"})


class _Comment(Sent):
    id: Identity
    urlId: Identity  # noqa: N815 - FastComments' names
    url: str | None = None
    userId: Identity | None = None  # noqa: N815
    commenterName: Identity  # noqa: N815
    comment: Text
    parentId: Identity | None = None  # noqa: N815


def verify(delivery: Delivery, secrets: Sequence[str]) -> Verified | Refused:
    """The timestamp, a dot and the body are signed together with the API secret. A delivery has no id of its own."""
    stamp = delivery.header("X-FastComments-Timestamp")
    message = f"{stamp}.".encode("utf-8", "replace") + delivery.body
    given = delivery.header("X-FastComments-Signature")
    if not is_one_of([given], [hexadecimal(message, secret) for secret in secrets]):
        return Refused("The header X-FastComments-Signature does not fit the timestamp, the body and the API secret.")
    if not is_fresh(stamp, delivery.now):
        return Refused("The header X-FastComments-Timestamp is more than five minutes away from Parley's clock.")
    return Verified(f"{delivery.method} {given}")


def read(delivery: Delivery) -> Arrived | Ignored:
    """Creating and changing look the same, and are the same: the comment as it is now."""
    if delivery.method == "DELETE":
        return Ignored("deleted")
    sent = _Comment.model_validate_json(delivery.body)
    if not sent.comment.strip():
        return Ignored("blank")
    found = arrival(
        sent.id,
        thread=sent.urlId,
        text=sent.comment,
        author=sent.userId or visitor(sent.commenterName),
        name=sent.commenterName,
        parent=sent.parentId,
        permalink=sent.url,
    )
    return Arrived("comment", (found,))


SPEAKER = Speaker(System.FASTCOMMENTS, verify, read, EVENTS, methods=("POST", "PUT", "DELETE"))
