"""An author's own comments with their audit trails: what the chat may tell them of."""

from sqlalchemy import Connection, select, union_all

from bot.comment import Comment, DecisionRecord, Status
from bot.store import comments, decisions, schema
from bot.store.promised import appeal_days

_comments = schema.comments


def of(
    conn: Connection, site: str, author_id: str, limit: int
) -> list[tuple[Comment, list[DecisionRecord], int | None]]:
    """The author's newest comments of each status, up to `limit` of each, newest first; without withdrawn ones.

    The number is for how many days the author may appeal where it was rejected.
    """
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
    return [_with_trail(conn, comment) for comment in found]


def _with_trail(conn: Connection, comment: Comment) -> tuple[Comment, list[DecisionRecord], int | None]:
    trail = decisions.of(conn, comment.site, comment.id)
    return comment, trail, appeal_days(conn, comment, trail) if comment.status is Status.REJECTED else None
