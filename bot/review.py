"""Pure judgement of a moderator's decision: is it legal from here, and what does it lead to?"""

from dataclasses import dataclass

from bot.comment import TRANSITIONS, Act, Comment, DecisionRecord, Status
from bot.verdict import Decision


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


@dataclass
class NoSuchTransition(ReviewError):
    """The status table has no such step."""

    status: Status
    decision: Decision

    def __str__(self) -> str:
        return f"A comment that is {self.status} cannot get the decision {self.decision}."


def decide(comment: Comment, last: DecisionRecord, decision: Decision, expected: Status) -> Status:
    """The status that follows when a moderator who saw `expected` decides; raises ReviewError otherwise."""
    if comment.status is not expected:
        raise AlreadyDecided(comment, last)
    after = TRANSITIONS[comment.status].get(Act(decision))
    if after is None:
        raise NoSuchTransition(comment.status, decision)
    return after
