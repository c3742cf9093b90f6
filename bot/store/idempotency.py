"""Requests with an Idempotency-Key are remembered for a day, in the transaction that they belong to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from bot.store import schema

KEPT = timedelta(hours=24)
_FORGOTTEN_AT_ONCE = 4

_kept = schema.idempotency


@dataclass(frozen=True, slots=True)
class Idempotency:
    """The client's key, and a hash of everything the request asked for."""

    key: str
    request_hash: bytes


@dataclass
class IdempotencyMismatch(Exception):
    """The key came with another request before."""

    key: str

    def __str__(self) -> str:
        return f"The Idempotency-Key {self.key!r} was used for another request; give each request its own key."


def _claim(dialect: str) -> ReturningInsert[int]:
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(_kept)
    taken_over = {name: insert.excluded[name] for name in ("request_hash", "comment_id", "created_at")}
    return insert.on_conflict_do_update(
        index_elements=["site", "key"],
        set_=taken_over,
        where=_kept.c.created_at <= bindparam("too_old", type_=schema.Moment),
    ).returning(_kept.c.comment_id)


_CLAIM = {dialect: _claim(dialect) for dialect in ("sqlite", "postgresql")}
_FIND = select(_kept.c.request_hash, _kept.c.comment_id).where(
    _kept.c.site == bindparam("site"), _kept.c.key == bindparam("key")
)
_FORGET = delete(_kept).where(
    tuple_(_kept.c.site, _kept.c.key).in_(
        select(_kept.c.site, _kept.c.key)
        .where(_kept.c.created_at <= bindparam("too_old", type_=schema.Moment))
        .order_by(_kept.c.created_at)
        .limit(_FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
)


def claim(conn: Connection, site: str, wanted: Idempotency, comment_id: int, now: datetime) -> int | None:
    """Takes the key for a comment about to be stored; the comment it already stands for, if it does.

    Of two at once the second waits for the first to end. Raises IdempotencyMismatch.
    """
    too_old = now - KEPT
    row = {"site": site, "key": wanted.key, "request_hash": wanted.request_hash, "comment_id": comment_id}
    claimed = conn.execute(_CLAIM[conn.dialect.name], row | {"created_at": now, "too_old": too_old}).first()
    if claimed is not None:
        conn.execute(_FORGET, {"too_old": too_old})
        return None
    earlier = conn.execute(_FIND, {"site": site, "key": wanted.key}).one()
    if earlier.request_hash != wanted.request_hash:
        raise IdempotencyMismatch(wanted.key)
    return int(earlier.comment_id)
