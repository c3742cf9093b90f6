"""What a desk asks and gets beside the queue itself: a comment's surroundings, who is there, decisions on many."""

from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator

from bot.comment import read_id, write_id
from bot.store.claims import Claim
from bot.store.context import Context
from bot.web.wire.answered import (
    Answered,
    AuthorRecordAnswered,
    CommentAnswered,
    DecisionAnswered,
    Json,
    WrittenId,
    write_author,
    write_comment,
    write_decision,
)
from bot.web.wire.asked import Asked, CommentId, DecisionAsked, Matching
from bot.web.wire.readers import ReportAnswered, write_report

MOST_AT_ONCE: Final = 500
"""Comments that one request may decide on."""


class ContextAnswered(Answered):
    """A comment with all that a moderator looks at before deciding; lists hold the newest first."""

    comment: CommentAnswered
    parent: CommentAnswered | None
    earlier: Annotated[
        list[CommentAnswered], Field(description="The approved comments before it in the thread, oldest first.")
    ]
    author: AuthorRecordAnswered
    by_author: Annotated[list[CommentAnswered], Field(description="The author's newest other comments, of any status.")]
    alike: Annotated[list[CommentAnswered], Field(description="Comments by anybody that are nearly the same.")]
    decisions: Annotated[list[DecisionAnswered], Field(description="The audit trail, oldest first.")]
    reports: Annotated[list[ReportAnswered], Field(description="What readers said, newest first.")]


class PresentAnswered(Answered):
    """A moderator who is at the desk; `comment` is null while they look at none."""

    moderator: str
    comment: WrittenId | None


class PresenceAnswered(Answered):
    """Everybody at the desk; of two who look at the same comment, whoever was first comes first."""

    presence: list[PresentAnswered]


class EventsQuery(Asked):
    """For how long to watch."""

    seconds: Annotated[int, Field(ge=0, le=3600, description="Seconds after which the stream ends.")] = 600


class ClaimAsked(Asked):
    """What a moderator looks at."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": None}]})

    comment: Annotated[CommentId | None, Field(description="The comment; null for none.")]

    @property
    def number(self) -> int | None:
        """The id as the store knows it."""
        return None if self.comment is None else read_id(self.comment)


class ManyAsked(DecisionAsked):
    """One decision on many comments: those that are named, or the first that a moderator's filter finds."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["comments"]}, {"required": ["matching"]}],
            "examples": [{"decision": "reject", "matching": {"reason": "detected_spam"}, "dry_run": True}],
        }
    )

    comments: Annotated[list[CommentId] | None, Field(min_length=1, max_length=MOST_AT_ONCE)] = None
    matching: Annotated[
        Matching | None,
        Field(description=f"Filters as of `GET /v1/queue`; the first {MOST_AT_ONCE}. Its status is what is expected."),
    ] = None
    dry_run: Annotated[bool, Field(description="Only say which comments it would be; nothing changes.")] = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.comments is None) == (self.matching is None):
            raise ValueError('needs "comments" or "matching", and not both')
        return self

    @property
    def numbers(self) -> list[int]:
        """The ids as the store knows them, each once."""
        return list(dict.fromkeys(read_id(written) or 0 for written in self.comments or ()))


class ManyAnswered(Answered):
    """Which comments were decided on, or would be in a dry run."""

    dry_run: bool
    decided: list[WrittenId]
    passed_over: Annotated[int, Field(ge=0, description="Comments whose status is not, or no longer, as expected.")]
    more: Annotated[bool, Field(description="Does the filter find further comments?")]


def write_presence(present: list[Claim]) -> Json:
    """The shape of PresenceAnswered."""
    return {
        "presence": [
            {"moderator": one.moderator, "comment": None if one.comment is None else write_id(one.comment)}
            for one in present
        ]
    }


def write_context(context: Context, now: datetime) -> Json:
    """The shape of ContextAnswered."""
    return {
        "comment": write_comment(context.comment),
        "parent": None if context.parent is None else write_comment(context.parent),
        "earlier": [write_comment(comment) for comment in context.earlier],
        "author": write_author(context.author, now),
        "by_author": [write_comment(comment) for comment in context.by_author],
        "alike": [write_comment(comment) for comment in context.alike],
        "decisions": [write_decision(record) for record in context.trail],
        "reports": [write_report(report) for report in context.reports],
    }
