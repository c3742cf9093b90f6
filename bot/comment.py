"""The words of a comment: who wrote what where, and which status may follow which.

Rule of this file: every fact about status and its changes lives here, in `TRANSITIONS`. The diagram in
ARCHITECTURE.md and the tests are made from that table.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.verdict import Decision, DecisionSource, Verdict
from sentiment.scores import Analysis


class Status(StrEnum):
    """Where a comment stands."""

    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """What a site's moderators decided about an author."""

    ORDINARY = "ordinary"
    TRUSTED = "trusted"
    HELD = "held"
    SUSPENDED = "suspended"
    BANNED = "banned"
    SHADOW_BANNED = "shadow_banned"

    def in_force(self, until: datetime | None, now: datetime) -> "Standing":
        """The standing itself, or the ordinary one where it had an end that has come."""
        return self if until is None or now < until else Standing.ORDINARY


class Act(StrEnum):
    """What can be done to a stored comment."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"
    WITHDRAW = "withdraw"


FIRST_STATUS: dict[Decision, Status] = {
    Decision.APPROVE: Status.APPROVED,
    Decision.HOLD: Status.HELD,
    Decision.REJECT: Status.REJECTED,
}

TRANSITIONS: dict[Status, dict[Act, Status]] = {
    Status.HELD: {
        Act.APPROVE: Status.APPROVED,
        Act.REJECT: Status.REJECTED,
        Act.WITHDRAW: Status.WITHDRAWN,
    },
    Status.APPROVED: {
        Act.HOLD: Status.HELD,
        Act.REJECT: Status.REJECTED,
        Act.WITHDRAW: Status.WITHDRAWN,
    },
    Status.REJECTED: {
        Act.APPROVE: Status.APPROVED,
        Act.HOLD: Status.HELD,
        Act.WITHDRAW: Status.WITHDRAWN,
    },
    Status.WITHDRAWN: {},
}


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it, as the site knows them: `id` is the site's own, `name` what readers see."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A comment as it arrives, checked for shape and not yet judged. `parent` is the id of a stored comment."""

    thread: str
    text: str
    author: Author
    parent: int | None = None
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What the store knows about author, text and thread when a comment arrives.

    `recent` counts the author's comments inside the policy's flood window, `repeats` the author's
    comments with the same text inside its repeat window. Inside its window for near duplicates, `likes` counts the
    newest comments by anybody that are nearly the same, and `rejected_likes` those of them that a moderator rejected.
    """

    approved: int = 0
    held: int = 0
    rejected: int = 0
    recent: int = 0
    repeats: int = 0
    likes: int = 0
    rejected_likes: int = 0
    standing: Standing = Standing.ORDINARY
    thread_closed: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A stored comment with the verdict it got on arrival. `analysis` is None when no scorer answered.

    An `erased` one keeps its place, status and numbers; what it said and who said it is gone. `edited_at` is when its
    author last changed the text; None: it says what it always said.
    """

    id: int
    site: str
    submission: Submission
    status: Status
    created_at: datetime
    analysis: Analysis | None
    verdict: Verdict
    erased: bool = False
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One line of a comment's audit trail; never changed, never deleted.

    `note` is for other moderators, `message` for the author.
    """

    comment: int
    decision: Decision
    source: DecisionSource
    moderator: str | None
    reason: str | None
    note: str | None
    before: Status | None
    after: Status
    at: datetime
    message: str | None = None


_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_NOISE_BITS = 22
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_WIDTH = 13


def mint_id(now: datetime, noise: int) -> int:
    """A comment id of 63 bits whose order is the order of time: milliseconds since 2020, then 22 bits of `noise`."""
    milliseconds = int((now - _EPOCH).total_seconds() * 1000)
    return (milliseconds << _NOISE_BITS) | (noise & ((1 << _NOISE_BITS) - 1))


def first_id_at(moment: datetime) -> int:
    """The smallest id that a comment of that moment can have; turns a time range into an id range."""
    return mint_id(moment, 0)


def write_id(number: int) -> str:
    """The id as people and JSON see it: 13 characters of Crockford's base 32, in the same order as the numbers."""
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(5 * (_WIDTH - 1), -1, -5))


def read_id(text: str) -> int | None:
    """The number behind a written id, or None where the text is no id."""
    if len(text) != _WIDTH or any(letter not in _ALPHABET for letter in text):
        return None
    number = 0
    for letter in text:
        number = number << 5 | _ALPHABET.index(letter)
    return number if number < 1 << 63 else None


def read_end(text: str) -> tuple[int, int] | None:
    """What the numbers of all ids that end so have in common: a remainder and its modulus; None where none can."""
    if not 0 < len(text) < _WIDTH or any(letter not in _ALPHABET for letter in text):
        return None
    number = 0
    for letter in text:
        number = number << 5 | _ALPHABET.index(letter)
    return number, 1 << 5 * len(text)
