"""Coral: an external moderation phase whose comments are stored here too, and the events of its webhooks.

Coral's events carry ids and no text (docs.coralproject.net/webhooks), so they are acknowledged and counted; texts come
by the phase. There a comment has no id yet: what tells two apart is all that Coral says about them.
"""

from collections.abc import Sequence
from hashlib import sha256

from bot.arrival import System
from bot.store.arrivals import Received
from bot.web.compat.coral import SIGNATURE, is_signed, opinion
from bot.web.guards.answers import Json
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
    words_of,
)

EVENTS = frozenset({"phase", "COMMENT_CREATED", "COMMENT_REPLY_CREATED", "STORY_CREATED", "blank"})


class _Comment(Sent):
    body: Text | None = None


class _Author(Sent):
    id: Identity
    username: str | None = None


class _Story(Sent):
    id: Identity
    url: str | None = None


class _Event(Sent):
    type: str | None = None


class _Phase(Sent):
    comment: _Comment
    author: _Author
    story: _Story


def verify(delivery: Delivery, secrets: Sequence[str]) -> Verified | Refused:
    """A phase asks until it is answered, so nothing of it counts as sent before."""
    if not is_signed(delivery.body, delivery.header(SIGNATURE), secrets):
        return Refused(f"The header {SIGNATURE} does not fit the body and the signing secret.")
    return Verified(None)


def read(delivery: Delivery) -> Arrived | Ignored:
    """Only events have a `type`."""
    event = _Event.model_validate_json(delivery.body).type
    if event is not None:
        return Ignored(event)
    sent = _Phase.model_validate_json(delivery.body)
    text = words_of(sent.comment.body or "")
    if not text.strip():
        return Ignored("blank", {})
    found = arrival(
        sha256(delivery.body).hexdigest(),
        thread=sent.story.id,
        text=text,
        author=sent.author.id,
        name=sent.author.username,
        permalink=sent.story.url,
    )
    return Arrived("phase", (found,))


def answer(received: Received | None) -> Json:
    """Coral's next step with the comment; nothing for an event."""
    return {} if received is None or not received.comments else opinion(received.comments[0].verdict)


SPEAKER = Speaker(System.CORAL, verify, read, EVENTS, answer=answer)
