"""Who is at the desk, and which comment they look at: a claim that ends by itself unless it is renewed.

A claim keeps nobody from deciding; it lets two people see that they are about to do the same work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import comments, schema
from bot.store.decisions import NoSuchComment

KEPT: Final = timedelta(seconds=60)
"""A claim that was not renewed for so long is over."""

_claims = schema.claims
_OF = (
    select(_claims.c.moderator, _claims.c.comment_id, _claims.c.since)
    .where(_claims.c.site == bindparam("site"), _claims.c.until > bindparam("now", type_=schema.Moment))
    .order_by(_claims.c.since, _claims.c.moderator)
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A moderator who is at the desk; `comment` is None while they look at none."""

    moderator: str
    comment: int | None


def claim(conn: Connection, site: str, moderator: str, comment_id: int | None, now: datetime) -> None:
    """The moderator looks at this comment from now on, and at no other. Raises NoSuchComment.

    Whoever looked at it first stays the first while they renew their claim.
    """
    if comment_id is not None and comments.find(conn, site, comment_id) is None:
        raise NoSuchComment(comment_id)
    here = (_claims.c.site == site, _claims.c.moderator == moderator)
    before = conn.execute(select(_claims.c.comment_id, _claims.c.since, _claims.c.until).where(*here)).first()
    same = before is not None and before.comment_id == comment_id and before.until > now
    row = {
        "site": site,
        "moderator": moderator,
        "comment_id": comment_id,
        "since": before.since if before is not None and same else now,
        "until": now + KEPT,
    }
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_claims)
    changed = {name: insert.excluded[name] for name in ("comment_id", "since", "until")}
    conn.execute(insert.on_conflict_do_update(index_elements=["site", "moderator"], set_=changed), row)


def leave(conn: Connection, site: str, moderator: str) -> None:
    """The moderator is no longer at the desk."""
    conn.execute(delete(_claims).where(_claims.c.site == site, _claims.c.moderator == moderator))


def of(conn: Connection, site: str, now: datetime) -> list[Claim]:
    """Everybody at the site's desk; of two who look at the same comment, whoever was first comes first."""
    return [Claim(row.moderator, row.comment_id) for row in conn.execute(_OF, {"site": site, "now": now})]
