"""Other systems as they send comments: their documented headers and bodies, with sentences of our own.

Signatures are made here step by step as each system's documentation has it, and not by the code that checks them.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from standardwebhooks import Webhook

from bot.arrival import System

STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwSw"


@dataclass(frozen=True)
class Sent:
    """A request as the system sends it."""

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"


def sha256(message: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def standard(body: bytes, secret: str, at: datetime, delivery: str) -> Sent:
    signature = Webhook(secret).sign(delivery, at, body.decode())
    return Sent(
        body,
        {
            "Content-Type": "application/json",
            "webhook-id": delivery,
            "webhook-timestamp": seconds(at),
            "webhook-signature": signature,
        },
    )


def discourse(body: bytes, secret: str, at: datetime, delivery: str, event: str = "post_created") -> Sent:
    return Sent(
        body,
        {
            "Content-Type": "application/json",
            "X-Discourse-Instance": "https://forum.example",
            "X-Discourse-Event-Id": delivery,
            "X-Discourse-Event-Type": "post",
            "X-Discourse-Event": event,
            "X-Discourse-Event-Signature": f"sha256={sha256(body, secret)}",
        },
    )


def github(body: bytes, secret: str, at: datetime, delivery: str, event: str = "issue_comment") -> Sent:
    return Sent(
        body,
        {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": f"sha256={sha256(body, secret)}",
        },
    )


def slack(body: bytes, secret: str, at: datetime, delivery: str) -> Sent:
    signed = b"v0:" + seconds(at).encode() + b":" + body
    return Sent(
        body,
        {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": seconds(at),
            "X-Slack-Signature": f"v0={sha256(signed, secret)}",
        },
    )


def fastcomments(body: bytes, secret: str, at: datetime, delivery: str, method: str = "PUT") -> Sent:
    signed = seconds(at).encode() + b"." + body
    return Sent(
        body,
        {
            "Content-Type": "application/json",
            "X-FastComments-Timestamp": seconds(at),
            "X-FastComments-Signature": f"sha256={sha256(signed, secret)}",
        },
        method,
    )


def hyvor(body: bytes, secret: str, at: datetime, delivery: str) -> Sent:
    return Sent(body, {"Content-Type": "application/json", "X-Signature": sha256(body, secret)})


def remark42(body: bytes, secret: str, at: datetime, delivery: str) -> Sent:
    return Sent(body, {"Content-Type": "text/plain", "X-Parley-Secret": secret})


def wordpress(body: bytes, secret: str, at: datetime, delivery: str) -> Sent:
    return Sent(body, {"Content-Type": "application/x-www-form-urlencoded"})


def coral(body: bytes, secret: str, at: datetime, delivery: str) -> Sent:
    return Sent(body, {"Content-Type": "application/json", "X-Coral-Signature": f"sha256={sha256(body, secret)}"})


def encode(payload: Any) -> bytes:
    """As most of them do, and not as Parley would."""
    return json.dumps(payload, indent=2).encode()


def of_standard(text: str, version: int = 1) -> bytes:
    return encode(
        {
            "type": "comment.created" if version == 1 else "comment.edited",
            "timestamp": f"2026-11-25T12:00:0{version}Z",
            "data": {
                "id": "c-1",
                "thread": "article-7",
                "text": text,
                "author": {"id": "u-1", "name": "Ada"},
                "permalink": "https://news.example/7#c-1",
            },
        }
    )


def of_discourse(text: str, version: int = 1) -> bytes:
    return encode(
        {
            "post": {
                "id": 61,
                "name": "Ada",
                "username": "ada",
                "created_at": "2026-11-25T12:00:00.000Z",
                "cooked": f"<p>{text}</p>",
                "raw": text,
                "post_number": 2,
                "post_type": 1,
                "topic_id": 9,
                "topic_slug": "bridges",
                "topic_title": "Bridges",
                "topic_archetype": "regular",
                "user_id": 4,
                "version": version,
            }
        }
    )


def of_github(text: str, version: int = 1, about: str = "issue") -> bytes:
    return encode(
        {
            "action": "created" if version == 1 else "edited",
            about: {"number": 12, "title": "Bridges", "html_url": f"https://github.com/ada/site/{about}s/12"},
            "comment": {
                "id": 99262140,
                "node_id": "IC_1",
                "html_url": f"https://github.com/ada/site/{about}s/12#comment-99262140",
                "body": text,
                "user": {"login": "ada", "id": 21031067, "type": "User"},
                "created_at": "2026-11-25T12:00:01Z",
                "updated_at": f"2026-11-25T12:00:0{version}Z",
            },
            "repository": {"id": 1, "full_name": "ada/site"},
            "sender": {"login": "ada", "id": 21031067},
        }
    )


def of_slack(text: str, version: int = 1) -> bytes:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    message: dict[str, Any] = {"type": "message", "user": "U061F7AUR", "text": escaped, "ts": "1764072000.000100"}
    event = message | {"channel": "C0LAN2Q65", "channel_type": "channel"}
    if version > 1:
        edited = message | {"edited": {"user": "U061F7AUR", "ts": f"176407200{version}.000000"}}
        event = {
            "type": "message",
            "subtype": "message_changed",
            "channel": "C0LAN2Q65",
            "channel_type": "channel",
            "message": edited,
            "ts": f"176407200{version}.000100",
        }
    return encode(
        {
            "token": "old",
            "team_id": "T061EG9R6",
            "api_app_id": "A0FFV41KK",
            "type": "event_callback",
            "event_id": f"Ev0{version}",
            "event_time": 1764072000,
            "event": event,
        }
    )


def of_fastcomments(text: str, version: int = 1) -> bytes:
    return encode(
        {
            "id": "66f1c4c1e7a2",
            "urlId": "https://news.example/7",
            "url": "https://news.example/7",
            "userId": "u-1",
            "commenterName": "Ada",
            "comment": text,
            "commentHTML": f"<b>{text}</b>",
            "parentId": None,
            "date": "2026-11-25T12:00:00.000Z",
            "approved": True,
            "votes": 0,
        }
    )


def of_hyvor(text: str, version: int = 1) -> bytes:
    return encode(
        {
            "event": "comment.create" if version == 1 else "comment.update",
            "data": {
                "comment": {
                    "id": 1081,
                    "url": "https://news.example/7?ht-comment-id=1081",
                    "body_html": f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>",
                    "parent_id": None,
                    "page": {"id": 3, "identifier": "article-7", "url": "https://news.example/7"},
                    "user": {"htid": "hyvor_100", "name": "Ada"},
                }
            },
        }
    )


def of_remark42(text: str, version: int = 1) -> bytes:
    fields = {"id": "f8c1", "parent": "", "thread": "https://news.example/7", "author": "github_ef0f"}
    return urlencode(fields | {"name": "Ada", "text": text}).encode()


def of_wordpress(text: str, version: int = 1) -> bytes:
    fields = {"hook": "comment_post", "comment_ID": "31", "comment_post_ID": "7", "comment_author": "Ada"}
    rest = {"comment_content": text, "comment_parent": "0", "comment_type": "comment", "user_id": "5"}
    return urlencode(fields | rest).encode()


def of_coral(text: str, version: int = 1) -> bytes:
    return encode(
        {
            "action": "NEW",
            "comment": {"body": f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>", "parentID": None},
            "author": {"id": "u-1", "username": "Ada", "role": "COMMENTER"},
            "story": {"id": "s-1", "url": "https://news.example/7"},
            "site": {"id": "n-1"},
            "tenantID": "t-1",
            "tenantDomain": "news.example",
        }
    )


@dataclass(frozen=True)
class Sender:
    """A system: how it signs, how it writes a comment (and its second version), and what is to be stored of that."""

    system: System
    sign: Callable[..., Sent]
    write: Callable[..., bytes]
    thread: str
    author: str
    name: str = "Ada"
    permalink: str | None = None
    secret: str = "a-secret-of-both-sides"

    def send(self, text: str, version: int = 1, at: datetime | None = None, delivery: str = "") -> Sent:
        """The request for a comment."""
        body = self.write(text, version)
        return self.sign(body, self.secret, at or datetime.now(UTC), delivery or f"d-{version}")


SENDERS = {
    sender.system: sender
    for sender in (
        Sender(
            System.STANDARD,
            standard,
            of_standard,
            "article-7",
            "u-1",
            permalink="https://news.example/7#c-1",
            secret=STANDARD_SECRET,
        ),
        Sender(
            System.DISCOURSE,
            discourse,
            of_discourse,
            "t/9",
            "4",
            "ada",
            "https://forum.example/t/bridges/9/2",
        ),
        Sender(
            System.GITHUB,
            github,
            of_github,
            "ada/site#12",
            "21031067",
            "ada",
            "https://github.com/ada/site/issues/12#comment-99262140",
        ),
        Sender(System.SLACK, slack, of_slack, "C0LAN2Q65/1764072000.000100", "U061F7AUR", "U061F7AUR"),
        Sender(
            System.FASTCOMMENTS,
            fastcomments,
            of_fastcomments,
            "https://news.example/7",
            "u-1",
            permalink="https://news.example/7",
        ),
        Sender(
            System.HYVOR,
            hyvor,
            of_hyvor,
            "article-7",
            "hyvor_100",
            permalink="https://news.example/7?ht-comment-id=1081",
        ),
        Sender(
            System.REMARK42,
            remark42,
            of_remark42,
            "https://news.example/7",
            "github_ef0f",
            permalink="https://news.example/7#remark42__comment-f8c1",
        ),
        Sender(System.WORDPRESS, wordpress, of_wordpress, "post-7", "user-5"),
        Sender(System.CORAL, coral, of_coral, "s-1", "u-1", permalink="https://news.example/7"),
    )
}
