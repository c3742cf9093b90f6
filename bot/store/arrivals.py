"""What other systems sent, so that it is stored once however often it is sent, and an edit finds its comment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.arrival import Arrival
from bot.comment import Comment, History
from bot.likeness import Likeness
from bot.store import comments, edits, schema
from bot.store.comments import Windows
from bot.store.decisions import NoSuchComment
from bot.store.sources import Source
from bot.verdict import Verdict
from sentiment.scores import Analysis

KEPT: Final = timedelta(days=30)
"""For so long a delivery is recognised by its id; afterwards its comments still are, by theirs."""

_FORGOTTEN_AT_ONCE: Final = 4

_arrivals = schema.arrivals
_seen = schema.seen_deliveries


@dataclass(frozen=True, slots=True)
class Scored:
    """An arrival with what it takes to store it; `comment_id` is used where it is new."""

    arrival: Arrival
    comment_id: int
    analysis: Analysis | None
    likeness: Likeness
    windows: Windows
    judge: Callable[[History], Verdict]


@dataclass(frozen=True, slots=True)
class Received:
    """The comments as they are now. `replayed`: this delivery came before, so nothing was looked at."""

    comments: tuple[Comment, ...]
    replayed: bool


def record(conn: Connection, source: Source, delivery: str | None, scored: Sequence[Scored], now: datetime) -> Received:
    """Stores all that one delivery brought, or nothing. `delivery` is its id, None where the system gives none.

    A comment that came before is edited where its text is another one now. Raises ValueError for a NUL character or a
    lone surrogate.
    """
    if delivery is not None and not _is_new(conn, source, delivery, now):
        return Received((), replayed=True)
    return Received(tuple(_receive(conn, source, one, now) for one in scored), replayed=False)


def _is_new(conn: Connection, source: Source, delivery: str, now: datetime) -> bool:
    """Of two at once the second waits for the first to end."""
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_seen)
    row = {"site": source.site, "source_id": source.id, "delivery": _digest(delivery), "at": now}
    fresh = conn.execute(insert.on_conflict_do_nothing().returning(_seen.c.source_id), row).first() is not None
    if fresh:
        old = (
            select(_seen.c.source_id, _seen.c.delivery)
            .where(_seen.c.at <= now - KEPT)
            .order_by(_seen.c.at)
            .limit(_FORGOTTEN_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        conn.execute(delete(_seen).where(tuple_(_seen.c.source_id, _seen.c.delivery).in_(old)))
    return fresh


def _receive(conn: Connection, source: Source, scored: Scored, now: datetime) -> Comment:
    arrival = scored.arrival
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_arrivals)
    row = {
        "site": source.site,
        "source_id": source.id,
        "external": _digest(arrival.external),
        "comment_id": scored.comment_id,
        "revision": arrival.revision,
    }
    if conn.execute(insert.on_conflict_do_nothing().returning(_arrivals.c.comment_id), row).first() is not None:
        submission = replace(arrival.submission, parent=_parent(conn, source, arrival))
        return comments.record(
            conn,
            source.site,
            submission,
            scored.comment_id,
            scored.analysis,
            scored.likeness,
            scored.windows,
            scored.judge,
            None,
            now,
        ).comment
    return _edit(conn, source, scored, now)


def _edit(conn: Connection, source: Source, scored: Scored, now: datetime) -> Comment:
    arrival = scored.arrival
    known = _known(source, arrival.external)
    comment_id = conn.execute(select(_arrivals.c.comment_id).where(*known)).scalar_one()
    comments.lock(conn, source.site, comment_id)
    revision = conn.execute(select(_arrivals.c.revision).where(*known)).scalar_one()
    before = comments.find(conn, source.site, comment_id)
    if before is None:
        raise NoSuchComment(comment_id)
    if before.erased:
        # What was erased comes back by no edit.
        return before
    if revision is not None and arrival.revision is not None and arrival.revision < revision:
        return before
    conn.execute(update(_arrivals).where(*known).values(revision=arrival.revision))
    text = arrival.submission.text
    return edits.edit(conn, before, text, scored.analysis, scored.likeness, scored.windows, scored.judge, now)


def _parent(conn: Connection, source: Source, arrival: Arrival) -> int | None:
    """The comment that is answered, if it came this way and stands in the same thread."""
    if arrival.parent is None:
        return None
    known = _known(source, arrival.parent)
    comment_id = conn.scalar(select(_arrivals.c.comment_id).where(*known))
    found = None if comment_id is None else comments.find(conn, source.site, comment_id)
    return found.id if found is not None and found.submission.thread == arrival.submission.thread else None


def _known(source: Source, external: str) -> tuple[ColumnElement[bool], ...]:
    here = (_arrivals.c.site == source.site, _arrivals.c.source_id == source.id)
    return (*here, _arrivals.c.external == _digest(external))


def _digest(text: str) -> bytes:
    """Ids of other systems have any length and any letters; their hashes do not."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
