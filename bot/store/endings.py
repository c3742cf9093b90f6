"""Comments by how their id ends, as people call them out to each other."""

from typing import Final

from sqlalchemy import Connection, select, union_all

from bot.comment import Comment, Status
from bot.store import comments, schema

REACH: Final = 5000
"""The newest comments of each status among which an id is looked for by its end."""

_SHOWN: Final = 5
_comments = schema.comments


def ending(conn: Connection, site: str, remainder: int, modulus: int) -> list[Comment]:
    """The newest of the site's lately stored comments whose ids leave that remainder; a few at most."""
    lately = [
        select(_comments.c.id)
        .where(_comments.c.site == site, _comments.c.status == status.value)
        .order_by(_comments.c.id.desc())
        .limit(REACH)
        .subquery()
        for status in Status
    ]
    some = union_all(*map(select, lately)).subquery()
    asked = select(some.c.id).where(some.c.id % modulus == remainder).order_by(some.c.id.desc()).limit(_SHOWN)
    return comments.find_all(conn, site, list(conn.scalars(asked)))
