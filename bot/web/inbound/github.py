"""GitHub: comments on issues and pull requests, and those of discussions, which giscus shows on a site's pages."""

from datetime import datetime

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
)

EVENTS = frozenset({"issue_comment", "discussion_comment", "ping"})


class _User(Sent):
    id: Identity
    login: Identity


class _Comment(Sent):
    id: Identity
    body: Text | None = None
    html_url: str | None = None
    user: _User
    parent_id: Identity | None = None
    updated_at: datetime | None = None


class _Numbered(Sent):
    number: int


class _Repository(Sent):
    full_name: Identity


class _Action(Sent):
    action: str


class _Sent(Sent):
    comment: _Comment
    repository: _Repository
    issue: _Numbered | None = None
    discussion: _Numbered | None = None


def read(delivery: Delivery) -> Arrived | Ignored:
    """The event stands in a header, what happened to the comment in the body."""
    event = delivery.header("X-GitHub-Event")
    if event not in EVENTS - {"ping"}:
        return Ignored(event)
    if not delivery.body.lstrip().startswith(b"{"):
        raise Malformed("The body is no JSON; in the webhook's settings choose the content type application/json.")
    action = _Action.model_validate_json(delivery.body).action
    if action not in ("created", "edited"):
        return Ignored("deleted" if action == "deleted" else "other")
    sent = _Sent.model_validate_json(delivery.body)
    about = sent.issue if event == "issue_comment" else sent.discussion
    if about is None:
        raise Malformed(f"{event.removesuffix('_comment')} is missing.")
    comment = sent.comment
    if not (comment.body or "").strip():
        return Ignored("blank")
    kind = event.removesuffix("_comment")
    found = arrival(
        f"{kind}/{comment.id}",
        thread=f"{sent.repository.full_name}#{about.number}",
        text=comment.body or "",
        author=comment.user.id,
        name=comment.user.login,
        parent=None if comment.parent_id is None else f"{kind}/{comment.parent_id}",
        permalink=comment.html_url,
        revision=None if comment.updated_at is None else int(comment.updated_at.timestamp()),
    )
    return Arrived(event, (found,))


SPEAKER = Speaker(
    System.GITHUB, signed_body("X-Hub-Signature-256", "X-GitHub-Delivery"), read, EVENTS | {"deleted", "blank"}
)
