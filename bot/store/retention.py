"""Comments whose time is over, by the last decision on them, and what else is only kept for a while."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, tuple_

from bot.comment import Status, first_id_at
from bot.moderator import LINK_KEPT, SESSION_IDLE, SESSION_LONGEST
from bot.store import comments, erasure, schema
from bot.store.idempotency import KEPT

_comments, _decisions = schema.comments, schema.decisions


@dataclass(frozen=True, slots=True)
class Looked:
    """How many comments of a stretch are over their time, and the id to go on after (None: there are no more)."""

    over: int
    after: int | None


def look(conn: Connection, site: str, status: Status, before: datetime, after: int, limit: int) -> Looked:
    """The next `limit` comments with that status that came before that moment; nothing changes."""
    candidates = _candidates(conn, site, status, before, after, limit)
    return _looked(candidates, _over(conn, candidates, before), limit)


def erase(
    conn: Connection, site: str, status: Status, before: datetime, after: int, limit: int, now: datetime
) -> Looked:
    """The same, and what those that are over say is erased; who wrote them, and their status, stay."""
    candidates = _candidates(conn, site, status, before, after, limit)
    over = _over(conn, candidates, before)
    # Whoever decides on one just now keeps it for longer, and its turn comes again.
    locked = select(_comments.c.id).where(_comments.c.id.in_(over), _comments.c.status == status.value)
    still = list(conn.scalars(locked.order_by(_comments.c.id).with_for_update(skip_locked=True)))
    found = [one for one in comments.find_all(conn, site, still) if not one.erased]
    erasure.erase_texts(conn, found, now)
    return _looked(candidates, [one.id for one in found], limit)


def forget_requests(conn: Connection, now: datetime, limit: int) -> int:
    """Forgets up to `limit` Idempotency-Keys that nobody may use any more; how many there were."""
    kept = schema.idempotency
    old = select(kept.c.site, kept.c.key).where(kept.c.created_at <= now - KEPT).order_by(kept.c.created_at)
    these = old.limit(limit).with_for_update(skip_locked=True)
    return conn.execute(delete(kept).where(tuple_(kept.c.site, kept.c.key).in_(these))).rowcount


def forget_sign_ins(conn: Connection, now: datetime) -> int:
    """Forgets sessions that are over and links that are too old; how many there were."""
    sessions, links = schema.sessions, schema.sign_in_links
    over = (sessions.c.seen_at <= now - SESSION_IDLE) | (sessions.c.created_at <= now - SESSION_LONGEST)
    ended = conn.execute(delete(sessions).where(over)).rowcount
    return ended + conn.execute(delete(links).where(links.c.created_at <= now - LINK_KEPT)).rowcount


def _candidates(conn: Connection, site: str, status: Status, before: datetime, after: int, limit: int) -> list[int]:
    asked = select(_comments.c.id).where(
        _comments.c.site == site,
        _comments.c.status == status.value,
        _comments.c.erased_at.is_(None),
        _comments.c.id > after,
        _comments.c.id < first_id_at(before),
    )
    return list(conn.scalars(asked.order_by(_comments.c.id).limit(limit)))


def _over(conn: Connection, candidates: list[int], before: datetime) -> list[int]:
    last = select(_decisions.c.comment_id, func.max(_decisions.c.at).label("at"))
    trails = last.where(_decisions.c.comment_id.in_(candidates)).group_by(_decisions.c.comment_id).subquery()
    return list(conn.scalars(select(trails.c.comment_id).where(trails.c.at < before)))


def _looked(candidates: list[int], over: list[int], limit: int) -> Looked:
    return Looked(len(over), candidates[-1] if len(candidates) == limit else None)
