"""Pure judgement of what authors do to their own comments: change one for a while, and take one back at any time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.comment import FIRST_STATUS, TRANSITIONS, Act, Comment, DecisionRecord, Status
from bot.review import deadline
from bot.verdict import DecisionSource, Reason, Verdict

_BY_PEOPLE = (DecisionSource.MODERATOR, DecisionSource.APPEAL)


@dataclass
class CannotEdit(Exception):
    """An author cannot do this to the comment, or not any more; the sentence says why."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


def check_edit(comment: Comment, trail: Sequence[DecisionRecord], author: str, minutes: int, now: datetime) -> None:
    """Raises CannotEdit where this author may not change the text now. `minutes` is the policy's number."""
    if author != comment.submission.author.id:
        raise CannotEdit("Only the author of a comment can change it.")
    if comment.status is Status.WITHDRAWN:
        raise CannotEdit("This comment was deleted.")
    if now >= edit_until(comment, minutes):
        raise CannotEdit(f"A comment can be changed for {minutes} minutes, and these are over.")
    if comment.status is Status.REJECTED and trail[-1].source in _BY_PEOPLE:
        raise CannotEdit("A moderator rejected this comment. You may appeal, or write another one.")


def edit_until(comment: Comment, minutes: int) -> datetime:
    """Until when the author may change the text."""
    return comment.created_at + timedelta(minutes=minutes)


def appeal_until(comment: Comment, trail: Sequence[DecisionRecord], days: int | None) -> datetime | None:
    """Until when the author may ask a moderator to look again; None where they may not, or did."""
    appealed = any(line.source is DecisionSource.APPEAL and line.moderator is None for line in trail)
    if days is None or appealed or comment.status is not Status.REJECTED:
        return None
    return deadline(next(line for line in reversed(trail) if line.after is Status.REJECTED), days)


def edited(comment: Comment, trail: Sequence[DecisionRecord], text: str, verdict: Verdict) -> Comment:
    """The comment with another text, judged anew. What people asked a moderator to look at goes on waiting for one."""
    status = FIRST_STATUS[verdict.decision]
    waits_for_people = comment.status is Status.HELD and any(
        line.source in _BY_PEOPLE or line.reason == "reported" for line in trail
    )
    if waits_for_people and status is Status.APPROVED:
        status = Status.HELD
    kept = tuple(found for found in comment.verdict.evidence if _is_said_by_people(found.reason))
    return replace(
        comment,
        submission=replace(comment.submission, text=text),
        status=status,
        verdict=replace(verdict, evidence=(*verdict.evidence, *kept)),
    )


def withdrawn(comment: Comment, author: str) -> Comment:
    """The comment, taken back by its author; raises CannotEdit."""
    if author != comment.submission.author.id:
        raise CannotEdit("Only the author of a comment can delete it.")
    after = TRANSITIONS[comment.status].get(Act.WITHDRAW)
    if after is None:
        raise CannotEdit("This comment was deleted before.")
    return replace(comment, status=after)


def _is_said_by_people(reason: Reason) -> bool:
    return reason is Reason.POLICY_APPEALED or reason.value.startswith("reported_")
