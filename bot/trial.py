"""What another policy would have made of comments that are stored, beside what the one in force makes of them: pure.

Both judge the text, its scores and the author's name, as they are stored. What depends on the moment when a comment
came (how often its author posted, their standing, closed threads) is left out of both, so that every difference is the
policy's.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bot.comment import Comment
from bot.policy import ActivePolicy, Case, decide
from bot.verdict import Decision, Verdict

MOST_SHOWN: Final = 100
"""Differences that are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A comment that the two policies decide on differently."""

    comment: Comment
    now: Verdict
    then: Verdict


@dataclass(frozen=True, slots=True)
class Trial:
    """How many comments were judged and what became of them, by the policy in force and by the one that is tried."""

    judged: int = 0
    now: Counter[Decision] = field(default_factory=Counter)
    then: Counter[Decision] = field(default_factory=Counter)
    changed: int = 0
    differences: tuple[Difference, ...] = ()

    def __add__(self, other: "Trial") -> "Trial":
        return Trial(
            self.judged + other.judged,
            self.now + other.now,
            self.then + other.then,
            self.changed + other.changed,
            (self.differences + other.differences)[:MOST_SHOWN],
        )


def compare(comments: Iterable[Comment], now: ActivePolicy, then: ActivePolicy) -> Trial:
    """Judges each comment by both policies."""
    both = [Difference(comment, _judge(comment, now), _judge(comment, then)) for comment in comments]
    changed = tuple(one for one in both if one.now.decision is not one.then.decision)
    return Trial(
        judged=len(both),
        now=Counter(one.now.decision for one in both),
        then=Counter(one.then.decision for one in both),
        changed=len(changed),
        differences=changed[:MOST_SHOWN],
    )


def _judge(comment: Comment, policy: ActivePolicy) -> Verdict:
    submission = comment.submission
    rules = policy.in_thread(submission.thread)
    return decide(Case(submission.text, comment.analysis, None, rules, submission.author.name))
