"""What is counted of comments and of decisions about them, so that a site's numbers need no look at the comments.

Pure: each function gives the tallies that one event adds to. Everything is counted in whole days of UTC; where hours
matter, the hour is the bucket. The same functions count what happens now and what had happened before there were
tallies, so a recount from the stored rows gives the same numbers.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from bot.comment import DecisionRecord, Status
from bot.verdict import Decision, DecisionSource, Reason
from sentiment.scores import Attribute

SCORE_BUCKETS: Final = 20
"""Of equal width; a score on the edge of two belongs to the upper one, and 1 to the last."""

ABSENT: Final = -1
"""The bucket of comments that got no score."""

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
WAITS: Final = (
    *(10, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY),
)
"""Seconds up to which a decision counts to each bucket of waiting; what took longer is in one more."""

_FIRST_DAY: Final = date(1970, 1, 1)


class Tallied(StrEnum):
    """What is counted; beside each its name and its bucket."""

    ARRIVED = "arrived"  # the rules' decision; the hour of the day
    SCORED = "scored"  # the attribute; the bucket of the score. The lowest one is what is left of all that arrived
    REASON = "reason"  # the reason; 0. Counted to the day on which the comment came in
    QUEUED = "queued"  # nothing; the hour in which a comment that was not held on arrival began to wait
    LEFT = "left"  # nothing; the hour in which a comment no longer waited
    DECIDED = "decided"  # a person's decision; the hour
    GIVEN = "given"  # the moderator; which decision
    WAITED = "waited"  # the moderator; which of WAITS
    REVERSED = "reversed"  # the moderator; by whom. Counted to the day of the decision that did not last
    AGREED = "agreed"  # the attribute; what the model and the first person to decide made of it


class Given(StrEnum):
    """A moderator's decisions, in the order of their buckets."""

    APPROVE = Decision.APPROVE.value
    HOLD = Decision.HOLD.value
    REJECT = Decision.REJECT.value


class Reversed(StrEnum):
    """How a moderator's decision came to be reversed, in the order of the buckets."""

    BY_THEMSELVES = "by_themselves"
    BY_OTHERS = "by_others"
    ON_APPEAL = "on_appeal"


class Seen(StrEnum):
    """What the model and a person made of a comment, in the order of the buckets.

    Flagged is what reached the hold level of the policy that judged it on arrival.
    """

    UNFLAGGED_APPROVED = "unflagged_approved"
    UNFLAGGED_REJECTED = "unflagged_rejected"
    FLAGGED_APPROVED = "flagged_approved"
    FLAGGED_REJECTED = "flagged_rejected"


class Tally(NamedTuple):
    """One count; a tuple, because every comment that is stored needs a few."""

    kind: str
    day: int
    name: str
    bucket: int


_GIVEN = {Decision(given.value): place for place, given in enumerate(Given)}
_REVERSED = {how: place for place, how in enumerate(Reversed)}
_ATTRIBUTES = tuple(Attribute)


def day_of(moment: datetime | date) -> int:
    """The day of UTC, counted from 1970."""
    day = moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment
    return (day - _FIRST_DAY).days


def date_of(day: int) -> date:
    """The date of a counted day."""
    return _FIRST_DAY + timedelta(days=day)


def score_bucket(score: float) -> int:
    """The bucket of a score 0..1."""
    return min(int(score * SCORE_BUCKETS), SCORE_BUCKETS - 1)


def wait_bucket(seconds: float) -> int:
    """The bucket of a wait."""
    return bisect_left(WAITS, seconds)


def of_arrival(
    at: datetime, decision: Decision, scores: Mapping[Attribute, float], reasons: Iterable[Reason]
) -> Iterator[Tally]:
    """What a comment adds when it comes in."""
    moment = at.astimezone(UTC)
    day = day_of(moment)
    yield Tally(Tallied.ARRIVED, day, decision, moment.hour)
    for attribute in _ATTRIBUTES:
        score = scores.get(attribute)
        bucket = ABSENT if score is None else score_bucket(score)
        # Nearly every score of nearly every comment is in the lowest bucket, which is why that one is not counted.
        if bucket:
            yield Tally(Tallied.SCORED, day, attribute, bucket)
    yield from of_reasons(at, reasons)


def of_reasons(arrived: datetime, reasons: Iterable[Reason]) -> Iterator[Tally]:
    """What reasons add that a comment has; also those that it only gets later, by reports or an appeal."""
    day = day_of(arrived)
    return (Tally(Tallied.REASON, day, reason, 0) for reason in reasons)


def of_line(
    trail: Sequence[DecisionRecord],
    line: DecisionRecord,
    scored: Collection[Attribute],
    flagged: Collection[Attribute],
) -> Iterator[Tally]:
    """What one more line of a comment's audit trail adds; `trail` is what was there before, from the first line on."""
    moment = line.at.astimezone(UTC)
    day = day_of(moment)
    if line.before is not line.after and Status.HELD in (line.before, line.after):
        yield Tally(Tallied.QUEUED if line.after is Status.HELD else Tallied.LEFT, day, "", moment.hour)
    if not _is_by_person(line):
        return
    name = line.moderator or ""
    yield Tally(Tallied.DECIDED, day, line.decision, moment.hour)
    yield Tally(Tallied.GIVEN, day, name, _GIVEN[line.decision])
    earlier = next((one for one in reversed(trail) if _is_by_person(one)), None)
    if earlier is not None and earlier.decision is not Decision.HOLD and earlier.decision is not line.decision:
        how = _REVERSED[_reversal(earlier, line)]
        yield Tally(Tallied.REVERSED, day_of(earlier.at), earlier.moderator or "", how)
    if line.decision is Decision.HOLD:
        return
    if line.before is Status.HELD:
        yield Tally(Tallied.WAITED, day, name, wait_bucket((line.at - _waited_from(trail)).total_seconds()))
    if not any(_is_by_person(one) and one.decision is not Decision.HOLD for one in trail):
        rejected = line.decision is Decision.REJECT
        for attribute in scored:
            yield Tally(Tallied.AGREED, day, attribute, 2 * (attribute in flagged) + rejected)


def _is_by_person(line: DecisionRecord) -> bool:
    """An author's appeal is no decision of a moderator's, and has none."""
    if line.source is DecisionSource.APPEAL:
        return line.moderator is not None
    return line.source is DecisionSource.MODERATOR


def _reversal(earlier: DecisionRecord, line: DecisionRecord) -> Reversed:
    if line.source is DecisionSource.APPEAL:
        return Reversed.ON_APPEAL
    return Reversed.BY_THEMSELVES if line.moderator == earlier.moderator else Reversed.BY_OTHERS


def _waited_from(trail: Sequence[DecisionRecord]) -> datetime:
    """Since when a held comment waits. A moderator who takes a decision back does not set the clock to zero."""
    held = [line for line in reversed(trail) if line.after is Status.HELD]
    return next((line.at for line in held if not _is_by_person(line)), held[-1].at)
