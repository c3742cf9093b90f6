"""Slack's Events API: messages of channels, new and edited (docs.slack.dev, "Verifying requests from Slack")."""

from collections.abc import Sequence

from bot.arrival import Arrival, System
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
    unescaped,
)

_EVENT_ID = 100
_PRIVATE = frozenset({"im", "mpim"})
_WRITTEN = frozenset({None, "thread_broadcast", "file_share", "me_message"})
EVENTS = frozenset({"url_verification", "message", "message_changed", "private_message", "bot_message", "blank"})


class _Edited(Sent):
    ts: Identity


class _Message(Sent):
    ts: Identity
    text: Text = ""
    user: Identity | None = None
    bot_id: Identity | None = None
    thread_ts: Identity | None = None
    edited: _Edited | None = None


class _Event(Sent):
    type: str
    subtype: str | None = None
    channel_type: str | None = None


class _Changed(Sent):
    channel: Identity
    message: _Message


class _Written(_Message):
    channel: Identity


class _Envelope(Sent):
    type: str
    challenge: Text | None = None
    event_id: str | None = None
    event: _Event | None = None


class _WrittenSent(Sent):
    event: _Written


class _ChangedSent(Sent):
    event: _Changed


def verify(delivery: Delivery, secrets: Sequence[str]) -> Verified | Refused:
    """`v0`, the timestamp and the body are signed together. The event's id stands in the body."""
    stamp = delivery.header("X-Slack-Request-Timestamp")
    message = f"v0:{stamp}:".encode("utf-8", "replace") + delivery.body
    given = delivery.header("X-Slack-Signature")
    if not is_one_of([given], [hexadecimal(message, secret, "v0=") for secret in secrets]):
        return Refused("The header X-Slack-Signature does not fit the timestamp, the body and the signing secret.")
    if not is_fresh(stamp, delivery.now):
        return Refused("The header X-Slack-Request-Timestamp is more than five minutes away from Parley's clock.")
    try:
        event_id = _Envelope.model_validate_json(delivery.body).event_id
    except ValueError:
        # `read` says what is wrong with it.
        return Verified(None)
    return Verified(event_id[:_EVENT_ID] if event_id else None)


def read(delivery: Delivery) -> Arrived | Ignored:
    """Messages of people in channels; what bots and the channel itself say is no comment."""
    envelope = _Envelope.model_validate_json(delivery.body)
    if envelope.type == "url_verification":
        return Ignored("url_verification", {"challenge": envelope.challenge or ""})
    event = envelope.event
    if event is None or event.type != "message":
        return Ignored("other")
    if event.channel_type in _PRIVATE:
        return Ignored("private_message")
    if event.subtype == "message_changed":
        changed = _ChangedSent.model_validate_json(delivery.body).event
        return _read("message_changed", changed.channel, changed.message)
    if event.subtype not in _WRITTEN:
        return Ignored("bot_message" if event.subtype == "bot_message" else "other")
    written = _WrittenSent.model_validate_json(delivery.body).event
    return _read("message", written.channel, written)


def _read(event: str, channel: str, message: _Message) -> Arrived | Ignored:
    if message.bot_id is not None or message.user is None:
        return Ignored("bot_message")
    if not message.text.strip():
        return Ignored("blank")
    return Arrived(event, (_arrival(channel, message, message.user),))


def _arrival(channel: str, message: _Message, user: str) -> Arrival:
    first = message.thread_ts or message.ts
    return arrival(
        f"{channel}/{message.ts}",
        thread=f"{channel}/{first}",
        text=unescaped(message.text),
        author=user,
        parent=None if first == message.ts else f"{channel}/{first}",
        revision=_microseconds(message.edited.ts if message.edited else message.ts),
    )


def _microseconds(stamp: str) -> int | None:
    whole = stamp.replace(".", "")
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) <= 18 else None


SPEAKER = Speaker(System.SLACK, verify, read, EVENTS)
