"""Hyvor Talk: comments as they are created and updated (talk.hyvor.com/docs/webhooks)."""

from bot.arrival import System
from bot.web.inbound.delivery import (
    Arrived,
    Delivery,
    Identity,
    Ignored,
    Malformed,
    Sent,
    Speaker,
    Text,
    arrival,
    signed_body,
    visitor,
    words_of,
)

# comment.edit is what comment.update was called before.
_READ = frozenset({"comment.create", "comment.update", "comment.edit"})
EVENTS = _READ | {"comment.delete", "flag.created", "blank"}


class _Page(Sent):
    identifier: str | None = None
    url: str | None = None


class _User(Sent):
    htid: Identity | None = None
    id: Identity | None = None
    name: str | None = None


class _Comment(Sent):
    id: Identity
    url: str | None = None
    body_html: Text = ""
    parent_id: Identity | None = None
    page: _Page
    user: _User | None = None


class _Event(Sent):
    event: str


class _Wrapped(Sent):
    comment: _Comment


class _Sent(Sent):
    data: _Wrapped | _Comment


def read(delivery: Delivery) -> Arrived | Ignored:
    """The comment stands in `data`, and in older webhooks is `data`."""
    event = _Event.model_validate_json(delivery.body).event
    if event not in _READ:
        return Ignored(event)
    data = _Sent.model_validate_json(delivery.body).data
    comment = data.comment if isinstance(data, _Wrapped) else data
    thread = comment.page.identifier or comment.page.url
    if not thread:
        raise Malformed("data.comment.page.identifier is missing.")
    text = words_of(comment.body_html)
    if not text.strip():
        return Ignored("blank")
    user = comment.user or _User()
    found = arrival(
        comment.id,
        thread=thread,
        text=text,
        author=user.htid or user.id or visitor(user.name),
        name=user.name,
        parent=comment.parent_id,
        permalink=comment.url,
    )
    return Arrived(event, (found,))


SPEAKER = Speaker(System.HYVOR, signed_body("X-Signature", scheme=""), read, EVENTS)
