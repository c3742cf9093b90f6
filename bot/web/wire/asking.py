"""What a moderator asks the desk in words, and the rows that answer it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field

from bot.asking import Shows, Wanted
from bot.comment import Comment, DecisionRecord, Status
from bot.store.queue import Order, QueueFilter, Sort
from bot.verdict import Reason
from bot.web.wire.answered import (
    Answered,
    CommentAnswered,
    DecisionAnswered,
    Json,
    write_comment,
    write_decision,
    write_moment,
)
from bot.web.wire.asked import WITHOUT_NUL, Asked, without_nul
from sentiment.scores import Attribute

EXAMPLES: Final = (
    "show flagged comments from today",
    "how many are waiting?",
    "who rejected 123?",
    "spam by Ada since Monday",
    "insult over 0.9 this week, worst first",
)
"""What can be asked, for whoever asked something else."""


class AskAsked(Asked):
    """A question in English; days are those of a clock so many minutes ahead of UTC."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "show flagged comments from today"}]})

    question: Annotated[
        str, Field(min_length=1, max_length=300, json_schema_extra=WITHOUT_NUL), AfterValidator(without_nul)
    ]
    minutes_ahead: Annotated[
        int, Field(ge=-14 * 60, le=14 * 60, description="Where the moderator's clock is: 60 is UTC+1.")
    ] = 0
    limit: Annotated[int, Field(ge=1, le=200, description="How many comments to answer with at most.")] = 50

    def at(self, now: datetime) -> datetime:
        """That moment on the moderator's clock."""
        return now.astimezone(timezone(timedelta(minutes=self.minutes_ahead)))


class ViewAnswered(Answered):
    """A question as filters of `GET /v1/queue`; what it does not ask for is null."""

    status: Status
    reason: Reason | None
    attribute: Attribute | None
    min_score: float | None
    author: str | None
    thread: str | None
    text: str | None
    since: datetime | None
    until: datetime | None
    sort: Sort
    order: Order


class TrailAnswered(Answered):
    """A comment with its audit trail, oldest first."""

    comment: CommentAnswered
    decisions: list[DecisionAnswered]


class AskAnswered(Answered):
    """The rows that answer a question. `shows` is null where it was not understood: then look at `examples`."""

    shows: Shows | None
    view: Annotated[ViewAnswered | None, Field(description="For comments and counts: the filter that was understood.")]
    items: Annotated[list[CommentAnswered], Field(description="The first comments of the view.")]
    count: Annotated[int | None, Field(ge=0, description="For counts: how many there are.")]
    more: Annotated[bool, Field(description="Are there more than `items` holds, or `count` says?")]
    trails: Annotated[list[TrailAnswered], Field(description="For decisions: the comments that were meant.")]
    unused: Annotated[list[str], Field(description="Words of the question that changed nothing.")]
    examples: list[str]


def filter_of(wanted: Wanted) -> QueueFilter:
    """The question as the store knows it."""
    return QueueFilter(
        status=wanted.status,
        reason=wanted.reason,
        attribute=wanted.attribute,
        min_score=wanted.min_score or 0.0,
        author=wanted.author,
        thread=wanted.thread,
        text=wanted.text,
        since=None if wanted.since is None else wanted.since.astimezone(UTC),
        until=None if wanted.until is None else wanted.until.astimezone(UTC),
        sort=Sort.SEVERITY if wanted.by_severity else Sort.TIME,
        order=Order.ASC if wanted.oldest_first else Order.DESC,
    )


def write_ask(
    wanted: Wanted | None,
    items: list[Comment],
    count: int | None,
    trails: list[tuple[Comment, list[DecisionRecord]]],
    *,
    more: bool,
) -> Json:
    """The shape of AskAnswered."""
    return {
        "shows": wanted and wanted.shows,
        "view": None if wanted is None or wanted.shows is Shows.DECISIONS else _write_view(wanted),
        "items": [write_comment(comment) for comment in items],
        "count": count,
        "more": more,
        "trails": [
            {"comment": write_comment(comment), "decisions": [write_decision(line) for line in trail]}
            for comment, trail in trails
        ],
        "unused": [] if wanted is None else list(wanted.unused),
        "examples": list(EXAMPLES),
    }


def _write_view(wanted: Wanted) -> Json:
    asked = filter_of(wanted)
    return {
        "status": asked.status,
        "reason": asked.reason,
        "attribute": asked.attribute,
        "min_score": wanted.min_score,
        "author": asked.author,
        "thread": asked.thread,
        "text": asked.text,
        "since": asked.since and write_moment(asked.since),
        "until": asked.until and write_moment(asked.until),
        "sort": asked.sort,
        "order": asked.order,
    }
