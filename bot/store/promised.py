"""What a site's rules were when something was decided: what its author was told is kept, whatever was changed since."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.comment import Comment, DecisionRecord
from bot.policy import Policy
from bot.statement import rejection
from bot.store import policies


def policy_at(conn: Connection, site: str, then: datetime) -> tuple[Policy, int]:
    """The policy that was in force, and its version."""
    stored = policies.at(conn, site, then)
    return (Policy(), 1) if stored is None else (Policy.model_validate(stored.document), stored.version)


def appeal_days(conn: Connection, comment: Comment, trail: Sequence[DecisionRecord]) -> int | None:
    """For how many days the author may appeal, as they were told when it was rejected; None where they may not.

    The rules are those of the section that the thread belongs to.
    """
    line = rejection(comment, trail)
    policy, _ = policy_at(conn, comment.site, comment.created_at if line is None else line.at)
    return policy.in_thread(comment.submission.thread).appeal_days
