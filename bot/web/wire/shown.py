"""A thread on its way to readers: what each of them may see, and nothing else."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field

from bot.comment import write_id
from bot.reporting import ReportReason
from bot.store.nudges import Nudges
from bot.store.shown import Fate, Page, Shown, State
from bot.verdict import Reason
from bot.web.wire.answered import Answered, Json, PlaceAnswered, WrittenId, write_moment
from bot.web.wire.asked import Asked, CommentId, CommentText, Cursor
from bot.web.wire.readers import Note
from bot.web.wire.session import WriterAnswered, write_writer
from bot.widget import Sort

_LONGEST_ADDRESS = 2000
MOST_THREADS = 50


class ThreadQuery(Asked):
    """Which part of a thread."""

    sort: Annotated[Sort | None, Field(description="Left out: as the policy's `widget` says.")] = None
    cursor: Annotated[Cursor | None, Field(description="`next` of the page before, with the same `sort`.")] = None
    at: Annotated[
        CommentId | None,
        Field(description="Begin with this comment, or with the one that it answers; a `cursor` goes on from there."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=50, description="How many comments that answer none.")] = 20


class PlainQuery(Asked):
    """Which page of a plain thread."""

    cursor: Cursor | None = None


class RepliesQuery(Asked):
    """Which replies of a comment."""

    after: Annotated[CommentId | None, Field(description="The last reply that was seen.")] = None
    limit: Annotated[int, Field(ge=1, le=50)] = 50


class PostAsked(Asked):
    """A comment as a reader wrote it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "A fair point, thank you."}]})

    text: CommentText
    parent: Annotated[CommentId | None, Field(description="The comment that this one answers.")] = None
    page: Annotated[
        str | None,
        Field(max_length=_LONGEST_ADDRESS, pattern=r"^https?://[^\s\x00-\x1f]+$", description="Where it was written."),
    ] = None
    key: Annotated[
        str | None,
        Field(
            min_length=8,
            max_length=64,
            pattern=r"^[\x21-\x7e]+$",
            description="New for every new comment; the same one may be sent again for 24 hours.",
        ),
    ] = None
    nudged: Annotated[
        str | None,
        Field(
            pattern="^(edited|anyway)$",
            description="What the author did after they were asked to think again; left out: they were not asked.",
        ),
    ] = None
    ticket: Annotated[str | None, Field(max_length=100, description="From the thread that the form belongs to.")] = None
    website: Annotated[str, Field(max_length=0, description="Stays empty: only robots fill it in.")] = ""
    proof: Annotated[str | None, Field(max_length=200, description="A challenge that was solved.")] = None


class EditAsked(Asked):
    """Another text for one's own comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "A fair point. Thank you!"}]})

    text: CommentText


class FlagAsked(Asked):
    """What a reader reports about a comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "spam"}]})

    reason: ReportReason
    note: Note = None


class AgainAsked(Asked):
    """What an author says for their rejected comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "It was meant as a joke."}]})

    note: Annotated[str, Field(min_length=1, max_length=2000, json_schema_extra={"pattern": "^[^\\u0000]*$"})]


class CountsQuery(Asked):
    """Threads, as a list of their names in JSON."""

    threads: Annotated[str, Field(max_length=30_000, examples=['["article-1"]'])]


class NudgesQuery(Asked):
    """How far back."""

    days: Annotated[int, Field(ge=1, le=366)] = 30


class Why(StrEnum):
    """Reasons as authors read them: many codes are one sentence to them."""

    HURTFUL = "hurtful"
    WORD = "word"
    ADVERTISING = "advertising"
    REPEATED = "repeated"
    REPORTED = "reported"
    EVERYBODY = "everybody"
    AUTHOR = "author"
    CLOSED = "closed"
    UNCHECKED = "unchecked"
    NAME = "name"
    APPEALED = "appealed"
    EDITED = "edited"


_WHYS: Final[Mapping[Reason, Why]] = {
    **{reason: Why.REPORTED for reason in Reason if reason.value.startswith("reported_")},
    **{reason: Why.AUTHOR for reason in Reason if reason.value.startswith("policy_author_")},
    Reason.DETECTED_BANNED_WORD: Why.WORD,
    Reason.DETECTED_SUSPECT_WORD: Why.WORD,
    Reason.DETECTED_SPAM: Why.ADVERTISING,
    Reason.DETECTED_LINKS: Why.ADVERTISING,
    Reason.DETECTED_SHORT_LINK: Why.ADVERTISING,
    Reason.DETECTED_AUTHOR_NAME: Why.NAME,
    Reason.DETECTED_REPEAT_POST: Why.REPEATED,
    Reason.DETECTED_NEAR_DUPLICATE: Why.REPEATED,
    Reason.DETECTED_REJECTED_BEFORE: Why.REPEATED,
    Reason.DETECTED_FLOOD: Why.REPEATED,
    Reason.DETECTED_BLANK: Why.UNCHECKED,
    Reason.SCORER_UNAVAILABLE: Why.UNCHECKED,
    Reason.LANGUAGE_UNKNOWN: Why.UNCHECKED,
    Reason.POLICY_FIRST_COMMENT: Why.EVERYBODY,
    Reason.POLICY_HOLD_ALL: Why.EVERYBODY,
    Reason.POLICY_THREAD_CLOSED: Why.CLOSED,
    Reason.POLICY_APPEALED: Why.APPEALED,
    Reason.POLICY_EDITED: Why.EDITED,
}


def why(reason: Reason) -> Why:
    """How an author reads it."""
    return _WHYS.get(reason, Why.HURTFUL)


class FateAnswered(Answered):
    """What became of one's own comment, and what one can do about it until when."""

    reasons: list[Reason]
    why: Annotated[list[Why], Field(description="The same in the words of the widget.")]
    message: Annotated[str | None, Field(description="What a moderator says to the author.")]
    edit_until: datetime | None
    appeal_until: datetime | None


class ShownAnswered(Answered):
    """A comment as the reader who asks sees it; `author` and `text` are null where it was removed."""

    id: WrittenId
    parent: WrittenId | None
    author: WriterAnswered | None
    text: str | None
    created_at: datetime
    edited_at: datetime | None
    state: State
    votes: Annotated[int, Field(ge=0)]
    voted: bool
    own: Annotated[FateAnswered | None, Field(description="Null unless it is one's own.")]
    replies: list[Self]
    more: Annotated[bool, Field(description="There are replies after these.")]


class WidgetAnswered(Answered):
    """How the site wants it."""

    guests: bool
    votes: bool
    sort: Sort
    longest: Annotated[int, Field(description="Characters that a comment may have.")]


class ShownThreadAnswered(Answered):
    """A page of a thread; `next` is the cursor of the one after it."""

    items: list[ShownAnswered]
    next: str | None
    total: Annotated[int, Field(ge=0, description="Published comments, counted up to 9999.")]
    open: bool
    widget: WidgetAnswered
    ticket: Annotated[str, Field(description="Send it with a comment.")]


class RepliesAnswered(Answered):
    """Replies, oldest first; `next` is the last one's id where there are more."""

    items: list[ShownAnswered]
    next: WrittenId | None


class NudgeAnswered(Answered):
    """Nothing was stored: these words may hurt. Send the comment again with `nudged`."""

    nudge: list[PlaceAnswered]
    reasons: list[Reason]


class VotesAnswered(Answered):
    """The votes of a comment."""

    votes: Annotated[int, Field(ge=0)]
    voted: bool


class FlaggedAnswered(Answered):
    """The report was taken."""

    reported: bool


class DeletedAnswered(Answered):
    """The comment was taken back."""

    deleted: bool


class ChallengeAnswered(Answered):
    """Find a number with which the SHA-256 of `challenge:number` begins with so many zero bits; that is the proof."""

    challenge: str
    bits: int


class CountsAnswered(Answered):
    """Published comments of each thread, counted up to 9999."""

    counts: dict[str, Annotated[int, Field(ge=0)]]


class NudgeDayAnswered(Answered):
    """How often authors were asked to think again on a day (UTC), and what they did then."""

    day: date
    shown: Annotated[int, Field(ge=0)]
    edited: Annotated[int, Field(ge=0)]
    anyway: Annotated[int, Field(ge=0)]


class NudgesAnswered(Answered):
    """The days that had any, oldest first."""

    items: list[NudgeDayAnswered]


def write_shown(shown: Shown) -> Json:
    """The shape of ShownAnswered."""
    return {
        "id": write_id(shown.id),
        "parent": None if shown.parent is None else write_id(shown.parent),
        "author": None if shown.author is None else write_writer(shown.author),
        "text": shown.text,
        "created_at": write_moment(shown.created_at),
        "edited_at": None if shown.edited_at is None else write_moment(shown.edited_at),
        "state": shown.state.value,
        "votes": shown.votes,
        "voted": shown.voted,
        "own": None if shown.fate is None else _write_fate(shown.fate),
        "replies": [write_shown(reply) for reply in shown.replies],
        "more": shown.more,
    }


def _write_fate(fate: Fate) -> Json:
    return {
        "reasons": [reason.value for reason in fate.reasons],
        "why": list(dict.fromkeys(why(reason).value for reason in fate.reasons)),
        "message": fate.message,
        "edit_until": None if fate.edit_until is None else write_moment(fate.edit_until),
        "appeal_until": None if fate.appeal_until is None else write_moment(fate.appeal_until),
    }


def write_replies(page: Page) -> Json:
    """The shape of RepliesAnswered."""
    return {
        "items": [write_shown(one) for one in page.items],
        "next": None if page.next is None else write_id(page.next.id),
    }


def write_nudges(days: list[Nudges]) -> Json:
    """The shape of NudgesAnswered."""
    return {
        "items": [
            {"day": day.day.isoformat(), "shown": day.shown, "edited": day.edited, "anyway": day.anyway} for day in days
        ]
    }
