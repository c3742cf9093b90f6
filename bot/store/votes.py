"""Votes of readers for published comments: one each, counted where the comment is."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.comment import Status
from bot.store import comments, schema
from bot.store.decisions import NoSuchComment
from bot.store.documents import check_storable

_votes = schema.votes
_comments = schema.comments


@dataclass
class OwnComment(Exception):
    """Nobody votes for what they wrote."""

    def __str__(self) -> str:
        return "This comment is your own; votes are for what others wrote."


def vote(conn: Connection, site: str, comment_id: int, author: str) -> int:
    """Votes for a published comment of somebody else; the votes that it has now. A second vote changes nothing.

    Raises NoSuchComment and OwnComment.
    """
    check_storable(author)
    _published(conn, site, comment_id, author)
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_votes)
    row = {"site": site, "comment_id": comment_id, "author_id": author}
    added = conn.execute(insert.on_conflict_do_nothing().returning(_votes.c.author_id), row).first() is not None
    return _move(conn, site, comment_id, 1 if added else 0)


def unvote(conn: Connection, site: str, comment_id: int, author: str) -> int:
    """Takes a vote back; the votes that the comment has now. Raises NoSuchComment."""
    comments.lock(conn, site, comment_id)
    mine = (_votes.c.site == site, _votes.c.comment_id == comment_id, _votes.c.author_id == author)
    return _move(conn, site, comment_id, -conn.execute(delete(_votes).where(*mine)).rowcount)


def _published(conn: Connection, site: str, comment_id: int, author: str) -> None:
    comments.lock(conn, site, comment_id)
    here = (_comments.c.id == comment_id, _comments.c.site == site)
    is_shown = (_comments.c.status == Status.APPROVED.value, _comments.c.erased_at.is_(None))
    written_by = conn.scalar(select(_comments.c.author_id).where(*here, *is_shown))
    if written_by is None:
        raise NoSuchComment(comment_id)
    if written_by == author:
        raise OwnComment


def _move(conn: Connection, site: str, comment_id: int, change: int) -> int:
    here = (_comments.c.id == comment_id, _comments.c.site == site)
    counted = conn.scalar(
        update(_comments).where(*here).values(votes=_comments.c.votes + change).returning(_comments.c.votes)
    )
    if counted is None:
        raise NoSuchComment(comment_id)
    return int(counted)
