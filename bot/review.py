"""Pure judgement of decisions by people: is it legal from here, and what does it lead to?

An appeal is the author's request to look again: it holds a rejected comment once more, and whoever rejected it first
does not decide on it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.comment import TRANSITIONS, Act, Comment, DecisionRecord, Status
from bot.verdict import Decision, DecisionSource

EDITED = "edited"
"""The reason in the trail where a comment was judged anew because its author changed it."""


class ReviewError(Exception):
    """A decision that cannot be taken; nothing changes."""


@dataclass
class AlreadyDecided(ReviewError):
    """The comment no longer has the status that the moderator saw; `last` says who decided what."""

    comment: Comment
    last: DecisionRecord

    def __str__(self) -> str:
        who = self.last.moderator or f"the {self.last.source}"
        return f"This comment is already {self.comment.status}: {who} decided {self.last.decision}."


@dataclass(frozen=True, slots=True)
class Edition:
    """Which text of a comment a moderator saw: the one since this edit, None: the first."""

    edited_at: datetime | None


@dataclass
class Edited(ReviewError):
    """The author changed the text after the moderator saw it."""

    def __str__(self) -> str:
        return "The author has changed this comment since you saw it. Read it again, then decide."


@dataclass
class NoSuchTransition(ReviewError):
    """The status table has no such step."""

    status: Status
    decision: Decision

    def __str__(self) -> str:
        return f"A comment that is {self.status} cannot get the decision {self.decision}."


@dataclass
class Erased(ReviewError):
    """What the comment said is gone, so there is nothing left to decide on."""

    def __str__(self) -> str:
        return "This comment was erased; it keeps its status."


@dataclass
class NeedsAnother(ReviewError):
    """The author appealed against this very moderator's decision, and there is somebody else to look at it."""

    def __str__(self) -> str:
        return "You rejected this comment before its author appealed; somebody else decides on the appeal."


@dataclass
class CannotAppeal(ReviewError):
    """There is nothing to appeal against, or no longer; the sentence says why."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


def decide(
    comment: Comment, last: DecisionRecord, decision: Decision, expected: Status, seen: Edition | None = None
) -> Status:
    """The status that follows when a moderator who saw `expected` decides; raises ReviewError otherwise.

    `seen` is the text that they saw; None: they do not say.
    """
    if comment.status is not expected:
        raise AlreadyDecided(comment, last)
    if comment.erased:
        raise Erased
    if seen is not None and seen.edited_at != comment.edited_at:
        raise Edited
    after = TRANSITIONS[comment.status].get(Act(decision))
    if after is None:
        raise NoSuchTransition(comment.status, decision)
    return after


def needs_person(comment: Comment, trail: Sequence[DecisionRecord]) -> bool:
    """Did somebody object to the comment, so that a person looks at what it says now before it is published?

    A moderator, an appeal or readers' reports put it where it is; only what the rules alone held or rejected may they
    publish by themselves. However often it is edited, what counts is what was there before the edits.
    """
    last = next(line for line in reversed(trail) if not _is_edit(line))
    by_rules = last.source is DecisionSource.RULE and last.reason is None
    return comment.status is not Status.APPROVED and last.after is not Status.APPROVED and not by_rules


def appealed_against(comment: Comment, trail: Sequence[DecisionRecord]) -> DecisionRecord | None:
    """The rejection that a held comment's author appealed against; None where it waits for other reasons."""
    appeal = next((place for place, line in enumerate(trail) if _is_appeal(line)), None)
    if comment.status is not Status.HELD or appeal is None:
        return None
    return next((line for line in reversed(trail[:appeal]) if line.after is Status.REJECTED), None)


def appeal(comment: Comment, trail: Sequence[DecisionRecord], author: str, days: int | None, now: datetime) -> Status:
    """The status that follows when somebody appeals; raises CannotAppeal. `days` is the policy's number."""
    if days is None:
        raise CannotAppeal("This site takes no appeals.")
    if author != comment.submission.author.id:
        raise CannotAppeal("Only the author of a comment can appeal.")
    if any(_is_appeal(line) for line in trail):
        raise CannotAppeal("The author appealed before; a comment is looked at again once.")
    if comment.status is not Status.REJECTED:
        raise CannotAppeal(f"This comment is {comment.status}; only a rejected one can be appealed.")
    rejected = next(line for line in reversed(trail) if line.after is Status.REJECTED)
    if now >= deadline(rejected, days):
        raise CannotAppeal(f"An appeal is possible for {days} days after the rejection, and these are over.")
    return TRANSITIONS[comment.status][Act.HOLD]


def deadline(rejected: DecisionRecord, days: int) -> datetime:
    """Until when the author may appeal against this rejection."""
    return rejected.at + timedelta(days=days)


def _is_edit(line: DecisionRecord) -> bool:
    """A moderator's reason is a code of the site's own, and may be the same word."""
    return line.reason == EDITED and line.source.is_automated


def _is_appeal(line: DecisionRecord) -> bool:
    return line.source is DecisionSource.APPEAL and line.moderator is None
