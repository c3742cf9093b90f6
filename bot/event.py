"""Events: what other systems are told, and the JSON that tells it.

Bodies follow Standard Webhooks 1.0.0: `type`, `timestamp` of what happened, `data`; and the `version` of their form.
They hold no text of comments and no notes of moderators: whoever wants the text asks for the comment, so that what was
erased is not kept by the events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bot.comment import Comment, DecisionRecord, Standing, Status, write_id
from bot.reporting import ReportReason

# Any: JSON on its way out; its shape is the model of the event's type in bot.web.wire.events.
Json = dict[str, Any]


_VERSION: Final = 1


class EventType(StrEnum):
    """What can have happened; `ping` and `endpoint.disabled` are about endpoints themselves."""

    COMMENT_APPROVED = "comment.approved"
    COMMENT_HELD = "comment.held"
    COMMENT_REJECTED = "comment.rejected"
    COMMENT_REPORTED = "comment.reported"
    COMMENT_WITHDRAWN = "comment.withdrawn"
    DECISION_MADE = "decision.made"
    APPEAL_OPENED = "appeal.opened"
    APPEAL_DECIDED = "appeal.decided"
    AUTHOR_SANCTIONED = "author.sanctioned"
    ENDPOINT_DISABLED = "endpoint.disabled"
    PING = "ping"


class DisabledBecause(StrEnum):
    """Why an endpoint is asked no more: its server said 410, it failed for days, or an admin switched it off."""

    GONE = "gone"
    FAILING = "failing"
    ADMIN = "admin"


OF_STATUS: Final[Mapping[Status, EventType]] = {
    Status.APPROVED: EventType.COMMENT_APPROVED,
    Status.HELD: EventType.COMMENT_HELD,
    Status.REJECTED: EventType.COMMENT_REJECTED,
    Status.WITHDRAWN: EventType.COMMENT_WITHDRAWN,
}
"""How it is told where a comment stands."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a site; `fields` are what the type has beside the comment it is about (None: none)."""

    type: EventType
    site: str
    at: datetime
    comment: Comment | None
    fields: Mapping[str, Any]


def status_reached(comment: Comment, at: datetime) -> Event:
    """The comment stands where it stands from now on."""
    return Event(OF_STATUS[comment.status], comment.site, at, comment, {})


def decision_made(comment: Comment, line: DecisionRecord) -> Event:
    """A person decided on the comment, which is shown as it is after that."""
    return Event(EventType.DECISION_MADE, comment.site, line.at, comment, {"decision": _decision(line)})


def appeal_opened(comment: Comment, at: datetime) -> Event:
    """The author asked to look again."""
    return Event(EventType.APPEAL_OPENED, comment.site, at, comment, {})


def appeal_decided(comment: Comment, line: DecisionRecord) -> Event:
    """Somebody looked again; the same decision is told as `decision.made` as well."""
    return Event(EventType.APPEAL_DECIDED, comment.site, line.at, comment, {"decision": _decision(line)})


def comment_reported(comment: Comment, reason: ReportReason, readers: int, at: datetime) -> Event:
    """One more reader reported the comment; who did is not told."""
    return Event(EventType.COMMENT_REPORTED, comment.site, at, comment, {"reason": reason.value, "readers": readers})


def author_sanctioned(
    site: str,
    author: str,
    standing: Standing,
    until: datetime | None,
    moderator: str,
    reason: str | None,
    message: str | None,
    at: datetime,
) -> Event:
    """A moderator decided about an author; `message` is for the author."""
    fields = {
        "author": author,
        "standing": standing.value,
        "until": until and until.isoformat(),
        "moderator": moderator,
        "reason": reason,
        "message": message,
    }
    return Event(EventType.AUTHOR_SANCTIONED, site, at, None, fields)


def endpoint_disabled(site: str, endpoint: int, url: str, because: DisabledBecause, at: datetime) -> Event:
    """An endpoint is asked no more; the site's other endpoints hear of it."""
    fields = {"endpoint": write_id(endpoint), "url": url, "because": because.value}
    return Event(EventType.ENDPOINT_DISABLED, site, at, None, fields)


def ping(site: str, endpoint: int, at: datetime) -> Event:
    """Somebody wants to see whether the endpoint answers."""
    return Event(EventType.PING, site, at, None, {"endpoint": write_id(endpoint)})


def body(event: Event, sequence: int | None) -> Json:
    """What is sent. `sequence` numbers the events of a comment, from 1; None for those about no comment."""
    told: Json = {"site": event.site}
    if event.comment is not None:
        told |= {"sequence": sequence, "comment": _comment(event.comment)}
    return {
        "type": event.type.value,
        "version": _VERSION,
        "timestamp": event.at.isoformat(),
        "data": told | dict(event.fields),
    }


def _comment(comment: Comment) -> Json:
    submission, verdict = comment.submission, comment.verdict
    return {
        "id": write_id(comment.id),
        "thread": submission.thread,
        "parent": None if submission.parent is None else write_id(submission.parent),
        "author": submission.author.id,
        "permalink": submission.permalink,
        "status": comment.status.value,
        "reasons": [reason.value for reason in verdict.reasons],
        "severity": verdict.severity,
        "created_at": comment.created_at.isoformat(),
    }


def _decision(line: DecisionRecord) -> Json:
    return {
        "decision": line.decision.value,
        "source": line.source.value,
        "moderator": line.moderator,
        "reason": line.reason,
        "message": line.message,
        "before": None if line.before is None else line.before.value,
        "after": line.after.value,
        "at": line.at.isoformat(),
    }
