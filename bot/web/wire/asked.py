"""What callers may send. Every limit stands here once and is checked, documented and tested from here."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict

from bot.comment import Author, Standing, Status, Submission, read_id
from bot.policy import CODE_PATTERN, TEXT_PATTERN, WORD_PATTERN, Policy
from bot.review import Edition
from bot.store.queue import Order, QueueFilter, Sort
from bot.verdict import Decision, Reason
from bot.widget import ORIGIN_PATTERN
from sentiment.scores import Attribute

LONGEST_TEXT: Final = 20_480
"""Characters of one comment; four times what the largest public comment corpora hold at most."""

MOST_TEXTS: Final = 100
ID_PATTERN: Final = "^[0-7][0-9a-hjkmnp-tv-z]{12}$"

WITHOUT_NUL: Final[JsonDict] = {"pattern": "^[^\\u0000]*$"}
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
# One line without control characters: names end up in lists, logs and addresses.
_ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
_WEB_ADDRESS = r"^https?://[^\s\x00-\x1f]+$"
_VERSION = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
FORMS: Final[dict[str, str]] = {
    _ONE_LINE: "must be one line without control characters",
    ORIGIN_PATTERN: "must be an origin without a path, as in https://gazette.example.org",
    WORD_PATTERN: "must hold a letter or digit, no control characters, and no * but at its end",
    CODE_PATTERN: "must be a code of small letters, digits and _, as in off_topic",
    TEXT_PATTERN: "must not hold a NUL character (U+0000)",
    _WEB_ADDRESS: "must begin with http:// or https:// and hold no spaces",
    _VERSION: "must be the name of a version, as in 2026.11-2",
}
"""What the patterns of this file ask for, in words."""

_FIRST_MOMENT = datetime(2020, 1, 1, tzinfo=UTC)
_LAST_MOMENT = datetime(2088, 1, 1, tzinfo=UTC)


def without_nul(text: str) -> str:
    """The text, or a ValueError where it holds what PostgreSQL cannot keep."""
    if "\0" in text:
        raise ValueError("must not hold a NUL character (U+0000)")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _written_id(text: str) -> str:
    if read_id(text) is None:
        raise ValueError("is no comment id: 13 of the characters 0-9 and a-z without i, l, o, u")
    return text


def _named(author: object) -> object:
    return {"id": author, "name": author} if isinstance(author, str) else author


def _moment(given: object) -> object:
    """Times are RFC 3339 with an offset; seconds since 1970 and plain dates are refused rather than guessed at."""
    if isinstance(given, str) and not _RFC_3339.fullmatch(given):
        raise ValueError("must be a time with its offset, like 2026-11-23T12:00:00Z (write + as %2B in an address)")
    return given


def _in_our_time(moment: datetime) -> datetime:
    """No comment is older than 2020 and no id reaches past 2088, so a range may as well end there."""
    # Compared as it is: at the ends of the calendar a moment may have no place in UTC.
    return min(max(moment, _FIRST_MOMENT), _LAST_MOMENT).astimezone(UTC)


class Asked(BaseModel):
    """Anything a caller sends: unknown fields are refused by name, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Text = Annotated[str, Field(max_length=LONGEST_TEXT, json_schema_extra=WITHOUT_NUL), AfterValidator(without_nul)]
CommentText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        json_schema_extra={"pattern": "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$"},
        description="Plain text; spans of the answer count its characters (code points).",
    ),
    AfterValidator(without_nul),
    AfterValidator(_not_blank),
]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_ONE_LINE)]
Thread = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=_ONE_LINE,
        description="The site's own name for an article or page.",
        examples=["article-1"],
    ),
]
JudgedIn = Annotated[Thread | None, Field(description="The thread that it is judged for; null: the site's own rules.")]
CommentId = Annotated[
    str,
    Field(min_length=13, max_length=13, json_schema_extra={"pattern": ID_PATTERN}, examples=["0saf962ahe87v"]),
    AfterValidator(_written_id),
]
Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=datetime), AfterValidator(_in_our_time)]
Cursor = Annotated[
    str, Field(min_length=1, max_length=200, description="`next` of the page before; leave it out for the first page.")
]
Limit = Annotated[int, Field(ge=1, le=200, description="How many comments a page holds at most.")]


ModelName = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=100,
        pattern=_VERSION,
        description="The version of the models to ask, one of `GET /v1/models`. Leave it out for the current one; "
        "name one to compare versions, or to stay with it until the policy's thresholds fit a newer one. A version "
        "that is there but damaged scores nothing, so the text is held.",
    ),
]


class ScoreAsked(Asked):
    """One text, or up to 100 at once. Nothing is stored."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["text"]}, {"required": ["texts"]}],
            "examples": [{"text": "Thank you, that was a lovely read."}],
        }
    )

    text: Annotated[Text | None, Field(description="One text; the answer is one score.")] = None
    texts: Annotated[
        Annotated[list[Text], Field(min_length=1, max_length=MOST_TEXTS)] | None,
        Field(description="Several texts; the answer holds a score for each, in the same order."),
    ] = None
    model: ModelName = None
    thread: JudgedIn = None

    @model_validator(mode="after")
    def _one_or_many(self) -> Self:
        if (self.text is None) == (self.texts is None):
            raise ValueError('needs "text" or "texts", and not both')
        return self


class AuthorAsked(Asked):
    """Who wrote it: `id` is the site's own and stays the same, `name` is what readers see (default: the id)."""

    id: Name
    name: Name | None = None


class CommentAsked(Asked):
    """A comment to be judged and stored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "thread": "article-1",
                    "author": {"id": "u-17", "name": "Ada"},
                    "text": "You are an idiot and everybody knows it.",
                }
            ]
        }
    )

    thread: Thread
    text: CommentText
    author: Annotated[
        AuthorAsked,
        BeforeValidator(_named, json_schema_input_type=Name | AuthorAsked),
        Field(description="A plain string is both id and name."),
    ]
    parent: Annotated[CommentId | None, Field(description="The comment that this one answers.")] = None
    permalink: Annotated[
        str | None,
        Field(max_length=2000, pattern=_WEB_ADDRESS, description="Where readers find it."),
    ] = None
    model: ModelName = None

    def submission(self) -> Submission:
        """The same in the words of the domain."""
        return Submission(
            thread=self.thread,
            text=self.text,
            author=Author(self.author.id, self.author.name or self.author.id),
            parent=None if self.parent is None else read_id(self.parent),
            permalink=self.permalink,
        )


Code = Annotated[
    str | None,
    Field(min_length=1, max_length=100, pattern=_ONE_LINE, description="A code of your own, such as `off_topic`."),
]


Message = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=2000,
        json_schema_extra=WITHOUT_NUL,
        description="For the author, to be shown by the site.",
    ),
    AfterValidator(lambda message: message if message is None else without_nul(message)),
]


class DecisionAsked(Asked):
    """A moderator's decision on the comment as they saw it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "approve", "note": "Blunt, but fair."}]})

    decision: Decision
    reason: Code = None
    note: Annotated[
        str | None,
        Field(
            max_length=2000, json_schema_extra=WITHOUT_NUL, description="For other moderators; readers never see it."
        ),
        AfterValidator(lambda note: note if note is None else without_nul(note)),
    ] = None
    message: Annotated[
        Message,
        Field(description="For the author. Left out in a rejection: what the policy's `messages` has for `reason`."),
    ] = None
    expected_status: Annotated[
        Status,
        Field(description="The status that the moderator saw. If it is no longer that, nothing changes: 409."),
    ] = Status.HELD
    expected_edited_at: Annotated[
        Moment | None,
        Field(description="`edited_at` of the text that the moderator saw. If it is another one by now: 409."),
    ] = None

    @property
    def seen(self) -> Edition | None:
        """The text that the moderator saw; None where they do not say."""
        return Edition(self.expected_edited_at) if "expected_edited_at" in self.model_fields_set else None


_EXAMPLE_POLICY: JsonDict = {
    "attributes": {"insult": {"hold": 0.5, "reject": 0.9}},
    "words": {"suspect": ["casino*"]},
    "links": 2,
}


class PolicyAsked(Asked):
    """A policy document to become the next version."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"policy": _EXAMPLE_POLICY, "note": "Fewer insults."}]})

    policy: Policy
    note: Annotated[
        str | None,
        Field(max_length=500, pattern=_ONE_LINE, description="Why it was changed, for whoever reads the versions."),
    ] = None
    after: Annotated[
        int | None,
        Field(ge=0, le=2**31 - 1, description="Save only if this is still the version in force, else 409."),
    ] = None


class PolicyCheckAsked(Asked):
    """A policy document to be tried on texts; nothing is stored."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"policy": _EXAMPLE_POLICY, "texts": ["Best casinos in town, you idiot!"]}]}
    )

    policy: Policy
    texts: Annotated[list[Text], Field(max_length=MOST_TEXTS)] = []
    thread: JudgedIn = None
    model: ModelName = None


class PageQuery(Asked):
    """Which page of a list."""

    cursor: Cursor | None = None
    limit: Limit = 50


class Matching(Asked):
    """Which comments a moderator means; all conditions must hold."""

    status: Status = Status.HELD
    reason: Reason | None = None
    attribute: Annotated[Attribute | None, Field(description="Comments that were scored for this attribute.")] = None
    min_score: Annotated[float | None, Field(ge=0, le=1, description="Lowest score of `attribute`.")] = None
    author: Annotated[Name | None, Field(description="The author's id.")] = None
    thread: Thread | None = None
    text: Annotated[
        str | None, Field(min_length=1, max_length=200, pattern=_ONE_LINE, description="Words that the text holds.")
    ] = None
    since: Annotated[Moment | None, Field(description="Comments of this moment and later.")] = None
    until: Annotated[Moment | None, Field(description="Comments before this moment.")] = None
    sort: Sort = Sort.TIME
    order: Order = Order.DESC

    @field_validator("min_score")
    @classmethod
    def _score_of_what(cls, min_score: float | None, before: ValidationInfo) -> float | None:
        if min_score is not None and before.data.get("attribute", Attribute.TOXICITY) is None:
            raise ValueError("needs attribute beside it: say which score is meant")
        return min_score

    def filter(self) -> QueueFilter:
        """The same in the words of the store."""
        return QueueFilter(
            status=self.status,
            reason=self.reason,
            attribute=self.attribute,
            min_score=self.min_score or 0.0,
            author=self.author,
            thread=self.thread,
            text=self.text,
            since=self.since,
            until=self.until,
            sort=self.sort,
            order=self.order,
        )


class QueueQuery(PageQuery, Matching):
    """Which comments a moderator wants to see; all conditions must hold."""

    site: Annotated[Name | None, Field(description="The key's own site; any other is refused.")] = None


class ThreadPath(Asked):
    """A thread in an address; write `/` in its name as %2F."""

    thread: Thread


class ThreadState(StrEnum):
    """Does a thread take comments?"""

    OPEN = "open"
    CLOSED = "closed"


class ThreadAsked(Asked):
    """Whether a thread is to take comments."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "closed"}]})

    state: ThreadState


class AuthorPath(Asked):
    """An author in an address, by the site's own id; write `/` in it as %2F."""

    author: Annotated[Name, Field(description="The author's id.", examples=["u-17"])]


class StandingAsked(Asked):
    """What a moderator decides about an author."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"standing": "suspended", "until": "2030-01-01T00:00:00Z", "reason": "spam"}]}
    )

    standing: Standing
    until: Annotated[
        Moment | None, Field(description="When the author is `ordinary` again. Leave it out for no end.")
    ] = None
    reason: Code = None
    message: Message = None

    @model_validator(mode="after")
    def _suspensions_end(self) -> Self:
        if self.standing is Standing.SUSPENDED and self.until is None:
            raise ValueError('needs "until" for a suspension; an author who is out for good is banned')
        return self


class CommentPath(Asked):
    """A comment in an address."""

    id: CommentId

    @property
    def number(self) -> int:
        """The id as the store knows it."""
        return read_id(self.id) or 0
