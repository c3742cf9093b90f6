"""What endpoints are sent: the model of each type of event. `version` rises where a receiver would have to change.

Fields may be added within a version; receivers overlook what they do not know.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from bot.comment import Standing, Status
from bot.event import DisabledBecause, EventType
from bot.reporting import ReportReason
from bot.verdict import Decision, DecisionSource, Reason
from bot.web.wire.answered import Answered, Probability, WrittenId

_Sequence = Annotated[int, Field(ge=1, description="Counts the events of the comment; an endpoint gets them in order.")]


class EventComment(Answered):
    """The comment as it stood then, without its text: ask for `/v1/comments/{id}` to read that."""

    id: WrittenId
    thread: str
    parent: WrittenId | None
    author: Annotated[str, Field(description="The author's id.")]
    permalink: str | None
    status: Status
    reasons: list[Reason]
    severity: Probability
    created_at: datetime


class EventDecision(Answered):
    """Who decided what; `message` is for the author."""

    decision: Decision
    source: DecisionSource
    moderator: str | None
    reason: str | None
    message: str | None
    before: Status | None
    after: Status
    at: datetime


class AboutSite(Answered):
    """What happened at a site."""

    site: str


class AboutComment(AboutSite):
    """What happened to a comment."""

    sequence: _Sequence
    comment: EventComment


class AboutDecision(AboutComment):
    """The decision, and the comment after it."""

    decision: EventDecision


class AboutReport(AboutComment):
    """Why a reader reported it, and how many readers did by then."""

    reason: ReportReason
    readers: Annotated[int, Field(ge=1)]


class AboutAuthor(AboutSite):
    """What a moderator decided about an author; `message` is for the author."""

    author: str
    standing: Standing
    until: datetime | None
    moderator: str
    reason: str | None
    message: str | None


class AboutDisabled(AboutSite):
    """Which of the site's other endpoints is asked no more."""

    endpoint: WrittenId
    url: str
    because: DisabledBecause


class AboutPing(AboutSite):
    """Which endpoint is tried."""

    endpoint: WrittenId


class Told(Answered):
    """What every event has; `timestamp` is when it happened, not when it was sent."""

    version: Literal[1]
    timestamp: datetime


class CommentApproved(Told):
    """The comment may be shown from now on."""

    type: Literal[EventType.COMMENT_APPROVED]
    data: AboutComment


class CommentHeld(Told):
    """The comment waits for a moderator from now on."""

    type: Literal[EventType.COMMENT_HELD]
    data: AboutComment


class CommentRejected(Told):
    """The comment is not to be shown."""

    type: Literal[EventType.COMMENT_REJECTED]
    data: AboutComment


class CommentReported(Told):
    """One more reader reported the comment."""

    type: Literal[EventType.COMMENT_REPORTED]
    data: AboutReport


class CommentWithdrawn(Told):
    """The comment was taken back."""

    type: Literal[EventType.COMMENT_WITHDRAWN]
    data: AboutComment


class DecisionMade(Told):
    """A moderator decided; the status that follows is told by an event of its own."""

    type: Literal[EventType.DECISION_MADE]
    data: AboutDecision


class AppealOpened(Told):
    """The author asked to look again."""

    type: Literal[EventType.APPEAL_OPENED]
    data: AboutComment


class AppealDecided(Told):
    """A moderator looked again."""

    type: Literal[EventType.APPEAL_DECIDED]
    data: AboutDecision


class AuthorSanctioned(Told):
    """A moderator trusted, suspended or banned an author, or took that back."""

    type: Literal[EventType.AUTHOR_SANCTIONED]
    data: AboutAuthor


class EndpointDisabled(Told):
    """Another endpoint of the site is asked no more."""

    type: Literal[EventType.ENDPOINT_DISABLED]
    data: AboutDisabled


class Ping(Told):
    """Somebody wants to see whether the endpoint answers."""

    type: Literal[EventType.PING]
    data: AboutPing


MODELS: Final[Mapping[EventType, type[BaseModel]]] = {
    EventType.COMMENT_APPROVED: CommentApproved,
    EventType.COMMENT_HELD: CommentHeld,
    EventType.COMMENT_REJECTED: CommentRejected,
    EventType.COMMENT_REPORTED: CommentReported,
    EventType.COMMENT_WITHDRAWN: CommentWithdrawn,
    EventType.DECISION_MADE: DecisionMade,
    EventType.APPEAL_OPENED: AppealOpened,
    EventType.APPEAL_DECIDED: AppealDecided,
    EventType.AUTHOR_SANCTIONED: AuthorSanctioned,
    EventType.ENDPOINT_DISABLED: EndpointDisabled,
    EventType.PING: Ping,
}
