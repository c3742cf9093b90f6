"""Brings a statement of reasons what it is made from: all of it as it was when the decision was taken."""

from datetime import datetime

from sqlalchemy import Connection

from bot.comment import write_id
from bot.statement import AccountRestriction, Statement, of_account, of_comment, rejection
from bot.store import authors, comments, decisions, reports
from bot.store.decisions import NoSuchComment
from bot.store.promised import policy_at


def comment_statement(conn: Connection, site: str, comment_id: int) -> Statement:
    """Why the comment is rejected. Raises NoSuchComment and NoStatement."""
    comment = comments.find(conn, site, comment_id)
    if comment is None:
        raise NoSuchComment(comment_id)
    trail = decisions.of(conn, site, comment_id)
    line = rejection(comment, trail)
    then = comment.created_at if line is None else line.at
    policy, version = policy_at(conn, site, then)
    policy = policy.in_thread(comment.submission.thread)
    said = reports.all_of(conn, site, comment_id)
    restriction = _restriction(conn, site, comment.submission.author.id, then)
    return of_comment(comment, write_id(comment_id), trail, said, restriction, policy, version)


def account_statement(conn: Connection, site: str, author: str, now: datetime) -> Statement:
    """Why the author is restricted. Raises NoStatement."""
    restriction = _restriction(conn, site, author, now)
    _, version = policy_at(conn, site, now if restriction is None else restriction.at)
    return of_account(author, restriction, version, now)


def _restriction(conn: Connection, site: str, author: str, then: datetime) -> AccountRestriction | None:
    given = next((one for one in authors.sanctions(conn, site, author, None) if one.at <= then), None)
    if given is None:
        return None
    return AccountRestriction(given.standing, given.until, given.reason, given.message, given.at)
