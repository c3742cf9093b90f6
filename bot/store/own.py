"""An author's own comments, each with its audit trail: what the chat may tell them of."""

from sqlalchemy import Connection, select, union_all

from bot.comment import Comment, DecisionRecord, Status
from bot.store import comments, decisions, schema

_comments = schema.comments


def of(conn: Connection, site: str, author_id: str, limit: int) -> list[tuple[Comment, list[DecisionRecord]]]:
    """The author's newest comments of each status, up to `limit` of each, newest first; without withdrawn ones."""
    # The newest of each status, so that the index is walked and not read.
    of_status = [
        select(_comments.c.id)
        .where(_comments.c.site == site, _comments.c.author_id == author_id, _comments.c.status == status.value)
        .order_by(_comments.c.id.desc())
        .limit(limit)
        .subquery()
        for status in (Status.HELD, Status.REJECTED, Status.APPROVED)
    ]
    some = union_all(*map(select, of_status)).subquery()
    found = comments.find_all(conn, site, list(conn.scalars(select(some.c.id).order_by(some.c.id.desc()))))
    return [(comment, decisions.of(conn, site, comment.id)) for comment in found]
