"""Brings a statement of reasons what it is made from: all of it as it was when the decision was taken."""

from datetime import datetime

from sqlalchemy import Connection

from bot.comment import write_id
from bot.policy import Policy
from bot.statement import AccountRestriction, Statement, of_account, of_comment, rejection
from bot.store import authors, comments, decisions, policies, reports
from bot.store.decisions import NoSuchComment


def comment_statement(conn: Connection, site: str, comment_id: int) -> Statement:
    """Why the comment is rejected. Raises NoSuchComment and NoStatement."""
    comment = comments.find(conn, site, comment_id)
    if comment is None:
        raise NoSuchComment(comment_id)
    trail = decisions.of(conn, site, comment_id)
    line = rejection(comment, trail)
    then = comment.created_at if line is None else line.at
    policy, version = _policy_at(conn, site, then)
    policy = policy.in_thread(comment.submission.thread)
    said = reports.all_of(conn, site, comment_id)
    restriction = _restriction(conn, site, comment.submission.author.id, then)
    return of_comment(comment, write_id(comment_id), trail, said, restriction, policy, version)


def appeal_days(conn: Connection, site: str, comment_id: int) -> int | None:
    """For how many days the author may appeal, as they were told when it was rejected. Raises NoSuchComment."""
    comment = comments.find(conn, site, comment_id)
    if comment is None:
        raise NoSuchComment(comment_id)
    line = rejection(comment, decisions.of(conn, site, comment_id))
    policy, _ = _policy_at(conn, site, comment.created_at if line is None else line.at)
    return policy.in_thread(comment.submission.thread).appeal_days


def account_statement(conn: Connection, site: str, author: str, now: datetime) -> Statement:
    """Why the author is restricted. Raises NoStatement."""
    restriction = _restriction(conn, site, author, now)
    _, version = _policy_at(conn, site, now if restriction is None else restriction.at)
    return of_account(author, restriction, version, now)


def _restriction(conn: Connection, site: str, author: str, then: datetime) -> AccountRestriction | None:
    given = next((one for one in authors.sanctions(conn, site, author, None) if one.at <= then), None)
    if given is None:
        return None
    return AccountRestriction(given.standing, given.until, given.reason, given.message, given.at)


def _policy_at(conn: Connection, site: str, then: datetime) -> tuple[Policy, int]:
    stored = policies.at(conn, site, then)
    return (Policy(), 1) if stored is None else (Policy.model_validate(stored.document), stored.version)
