"""What readers say about a comment, and what follows: pure judgement on how many said what.

Many reports make a comment more urgent, and enough of them hold one that was published until a person has looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.comment import TRANSITIONS, Act, Comment, Status
from bot.verdict import Decision, Evidence, Reason

_FIRST: Final = 0.4
_EACH: Final = 0.1
_MOST: Final = 0.95
_ILLEGAL: Final = 0.9


class ReportReason(StrEnum):
    """Why a reader reports a comment."""

    OFFENSIVE = "offensive"
    SPAM = "spam"
    OFF_TOPIC = "off_topic"
    ILLEGAL = "illegal"
    OTHER = "other"

    @property
    def reason(self) -> Reason:
        """The reason that stands for it in a comment's evidence."""
        return Reason(f"reported_{self}")


@dataclass(frozen=True, slots=True)
class Report:
    """What one reader said about a comment; `reporter` is the site's own id of them."""

    reporter: str
    reason: ReportReason
    note: str | None
    at: datetime


_REPORTED: Final = frozenset(reason.reason for reason in ReportReason)


def judge(
    comment: Comment, tally: Mapping[ReportReason, int], fresh: Mapping[ReportReason, int], hold: int | None
) -> Comment:
    """The comment as it is after a report: more urgent, with the reports as evidence, and held where there are enough.

    `tally` counts all reports, `fresh` those since a person last decided on the comment: what a person has looked at is
    not held again for the same. `hold` is the policy's number; one report of something illegal suffices. None: never.
    """
    said = [reason for reason in ReportReason if tally.get(reason)]
    reported = tuple(Evidence(reason.reason, Decision.HOLD, value=tally[reason], threshold=hold) for reason in said)
    own = tuple(found for found in comment.verdict.evidence if found.reason not in _REPORTED)
    severity = max(comment.verdict.severity, _urgency(tally))
    enough = hold is not None and (sum(fresh.values()) >= hold or fresh.get(ReportReason.ILLEGAL, 0) > 0)
    status = comment.status
    if enough and status is Status.APPROVED:
        status = TRANSITIONS[status][Act.HOLD]
    return replace(comment, status=status, verdict=replace(comment.verdict, evidence=own + reported, severity=severity))


def _urgency(tally: Mapping[ReportReason, int]) -> float:
    many = min(_MOST, _FIRST + _EACH * sum(tally.values()))
    return max(many, _ILLEGAL) if tally.get(ReportReason.ILLEGAL) else many
