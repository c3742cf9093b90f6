"""Discourse: posts of a forum, new and edited (meta.discourse.org, "Configure webhooks")."""

from bot.arrival import System
from bot.web.inbound.delivery import (
    Arrived,
    Delivery,
    Identity,
    Ignored,
    Sent,
    Speaker,
    Text,
    arrival,
    signed_body,
    words_of,
)

EVENTS = frozenset({"post_created", "post_edited", "ping"})
_PRIVATE = "private_message"


class _Post(Sent):
    id: Identity
    topic_id: Identity
    post_number: int = 1
    topic_slug: str = "-"
    topic_archetype: str = "regular"
    user_id: Identity
    username: Identity
    raw: Text | None = None
    cooked: Text = ""
    version: int | None = None


class _Sent(Sent):
    post: _Post


def read(delivery: Delivery) -> Arrived | Ignored:
    """Private messages are nobody's business, Parley's neither."""
    event = delivery.header("X-Discourse-Event")
    if event not in EVENTS - {"ping"}:
        return Ignored(event)
    post = _Sent.model_validate_json(delivery.body).post
    if post.topic_archetype == _PRIVATE:
        return Ignored(_PRIVATE)
    text = words_of(post.cooked) if post.raw is None else post.raw
    if not text.strip():
        return Ignored("blank")
    forum = delivery.header("X-Discourse-Instance").rstrip("/")
    found = arrival(
        post.id,
        thread=f"t/{post.topic_id}",
        text=text,
        author=post.user_id,
        name=post.username,
        permalink=f"{forum}/t/{post.topic_slug}/{post.topic_id}/{post.post_number}",
        revision=post.version,
    )
    return Arrived(event, (found,))


SPEAKER = Speaker(
    System.DISCOURSE,
    signed_body("X-Discourse-Event-Signature", "X-Discourse-Event-Id"),
    read,
    EVENTS | {_PRIVATE, "blank"},
)
