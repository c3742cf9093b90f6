"""A thread as one reader sees it: what is published, their own comments whatever became of them, and gaps.

A comment that is gone or waits again keeps its place where somebody answered it; its text and author stay hidden.
Authors who are shadow-banned see their own comments as if they were published.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from bot import editing
from bot.comment import Author, Comment, Status
from bot.identity import Identity
from bot.policy import Policy
from bot.store import comments, decisions, schema
from bot.store.cursor import Position
from bot.store.promised import appeal_days
from bot.verdict import Decision, Reason
from bot.widget import Sort

FIRST_REPLIES: Final = 5
"""Replies that are shown below a comment at once."""

MOST_COUNTED: Final = 9_999

_comments = schema.comments
_profiles = schema.profiles
_votes = schema.votes
_OWN_STATUSES: Final = (Status.HELD.value, Status.REJECTED.value)


class State(StrEnum):
    """What a comment is to the reader who asks; all but `published` and `removed` only to its own author."""

    PUBLISHED = "published"
    WAITING = "waiting"
    REJECTED = "rejected"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Fate:
    """What an author may know and do about their own comment. None: not (any more), or nothing was said."""

    reasons: tuple[Reason, ...] = ()
    message: str | None = None
    edit_until: datetime | None = None
    appeal_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One comment as one reader sees it; `author` and `text` are None where it is removed.

    `fate` is None unless it is the reader's own. `more` tells whether there are replies after `replies`.
    """

    id: int
    parent: int | None
    author: Identity | None
    text: str | None
    created_at: datetime
    edited_at: datetime | None
    state: State
    votes: int
    voted: bool
    fate: Fate | None = None
    replies: tuple["Shown", ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a thread; `next` is where the one after it begins, None on the last one."""

    items: tuple[Shown, ...]
    next: Position | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and by which rules of the site: None is somebody whom nobody knows."""

    author: str | None
    policy: Policy
    now: datetime


def page(
    conn: Connection, site: str, thread: str, reader: Reader, sort: Sort, after: Position | None, limit: int
) -> Page:
    """Comments that answer none, in that order, after that position, each with its first replies."""
    asked = _seen(reader).where(*_roots(site, thread), _visible(reader, _answered_root()))
    if after is not None:
        asked = asked.where(_comes_after(sort, after))
    return _page(conn, site, thread, reader, asked, sort, limit)


def page_at(
    conn: Connection, site: str, thread: str, reader: Reader, sort: Sort, comment_id: int, limit: int
) -> Page | None:
    """The page that begins with this comment, or with the one that it answers; None where the thread has no such."""
    place = _comments.alias("place")
    found = conn.execute(
        select(func.coalesce(place.c.root, place.c.id)).where(
            place.c.id == comment_id, place.c.site == site, place.c.thread == thread
        )
    ).scalar()
    if found is None:
        return None
    votes = conn.execute(select(_comments.c.votes).where(_comments.c.id == found)).scalar_one()
    here = Position(float(votes), found)
    asked = _seen(reader).where(
        *_roots(site, thread),
        _visible(reader, _answered_root()),
        or_(_comes_after(sort, here), _comments.c.id == found),
    )
    return _page(conn, site, thread, reader, asked, sort, limit)


def replies(conn: Connection, site: str, thread: str, reader: Reader, root: int, after: int, limit: int) -> Page:
    """The replies below a comment, oldest first, that come after the one with id `after`."""
    asked = (
        _seen(reader)
        .where(*_below(site, thread, [root]), _visible(reader, _answered_reply()), _comments.c.id > after)
        .order_by(_comments.c.id)
        .limit(limit + 1)
    )
    rows = list(conn.execute(asked))
    items = tuple(_read(conn, site, row, reader) for row in rows[:limit])
    return Page(items, Position(0.0, items[-1].id) if len(rows) > limit else None)


def one(conn: Connection, site: str, reader: Reader, comment_id: int) -> Shown | None:
    """A single comment, without replies; None where this reader sees no such comment."""
    row = conn.execute(_seen(reader).where(_comments.c.site == site, _comments.c.id == comment_id)).first()
    if row is None:
        return None
    shown = _read(conn, site, row, reader)
    return None if shown.state is State.REMOVED else shown


def thread_of(conn: Connection, site: str, comment_id: int) -> str | None:
    """The thread that the site's comment stands in."""
    found: str | None = conn.scalar(
        select(_comments.c.thread).where(_comments.c.id == comment_id, _comments.c.site == site)
    )
    return found


def count(conn: Connection, site: str, thread: str) -> int:
    """How many of the thread's comments are published, counted up to `MOST_COUNTED`."""
    published = (
        select(_comments.c.id)
        .where(_comments.c.site == site, _comments.c.thread == thread, _comments.c.status == Status.APPROVED.value)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return int(conn.scalar(select(func.count()).select_from(published)) or 0)


def _page(conn: Connection, site: str, thread: str, reader: Reader, asked: Select[Any], sort: Sort, limit: int) -> Page:
    rows = list(conn.execute(asked.order_by(*_order(sort)).limit(limit + 1)))
    roots = [_read(conn, site, row, reader) for row in rows[:limit]]
    below = _first_replies(conn, site, thread, reader, [root.id for root in roots])
    items = tuple(
        replace(
            root,
            replies=tuple(below.get(root.id, ())[:FIRST_REPLIES]),
            more=len(below.get(root.id, ())) > FIRST_REPLIES,
        )
        for root in roots
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items, None if last is None else Position(float(last.votes), last.id))


def _first_replies(
    conn: Connection, site: str, thread: str, reader: Reader, roots: Sequence[int]
) -> dict[int, list[Shown]]:
    if not roots:
        return {}
    place = func.row_number().over(partition_by=_comments.c.root, order_by=_comments.c.id).label("place")
    ranked = (
        select(_comments.c.id, place)
        .where(*_below(site, thread, roots), _visible(reader, _answered_reply()))
        .subquery()
    )
    first = select(ranked.c.id).where(ranked.c.place <= FIRST_REPLIES + 1)
    found: dict[int, list[Shown]] = {}
    for row in conn.execute(_seen(reader).where(_comments.c.id.in_(first)).order_by(_comments.c.id)):
        found.setdefault(row.root, []).append(_read(conn, site, row, reader))
    return found


def _seen(reader: Reader) -> Select[Any]:
    """Any: as many columns as a comment has, and those beside it."""
    voted: ColumnElement[bool] = literal(value=False)
    if reader.author is not None:
        voted = exists().where(_votes.c.comment_id == _comments.c.id, _votes.c.author_id == reader.author)
    profile = and_(_profiles.c.site == _comments.c.site, _profiles.c.author_id == _comments.c.author_id)
    return select(
        *(_comments.c[name] for name in ("id", "parent", "root", "author_id", "author_name", "text", "status")),
        *(_comments.c[name] for name in ("created_at", "edited_at", "votes", "erased_at")),
        _profiles.c.avatar,
        _profiles.c.role,
        voted.label("voted"),
    ).select_from(_comments.outerjoin(_profiles, profile))


def _roots(site: str, thread: str) -> tuple[ColumnElement[bool], ...]:
    return _comments.c.site == site, _comments.c.thread == thread, _comments.c.root.is_(None)


def _below(site: str, thread: str, roots: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    return _comments.c.site == site, _comments.c.thread == thread, _comments.c.root.in_(list(roots))


def _visible(reader: Reader, answered: ColumnElement[bool]) -> ColumnElement[bool]:
    visible = [and_(_comments.c.status == Status.APPROVED.value, _comments.c.erased_at.is_(None)), answered]
    if reader.author is not None:
        visible.append(and_(_comments.c.author_id == reader.author, _comments.c.status.in_(_OWN_STATUSES)))
    return or_(*visible)


def _answered_root() -> ColumnElement[bool]:
    below = _comments.alias("below")
    return exists().where(
        below.c.site == _comments.c.site,
        below.c.thread == _comments.c.thread,
        below.c.root == _comments.c.id,
        below.c.status == Status.APPROVED.value,
    )


def _answered_reply() -> ColumnElement[bool]:
    below = _comments.alias("below")
    return exists().where(
        below.c.site == _comments.c.site,
        below.c.thread == _comments.c.thread,
        below.c.root == _comments.c.root,
        below.c.parent == _comments.c.id,
        below.c.status == Status.APPROVED.value,
    )


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    if sort is Sort.OLDEST:
        return (_comments.c.id.asc(),)
    return (_comments.c.id.desc(),) if sort is Sort.NEWEST else (_comments.c.votes.desc(), _comments.c.id.desc())


def _comes_after(sort: Sort, position: Position) -> ColumnElement[bool]:
    if sort is Sort.OLDEST:
        return _comments.c.id > position.id
    if sort is Sort.NEWEST:
        return _comments.c.id < position.id
    return tuple_(_comments.c.votes, _comments.c.id) < tuple_(literal(int(position.severity)), literal(position.id))


def _read(conn: Connection, site: str, row: Row[Any], reader: Reader) -> Shown:
    own = reader.author is not None and row.author_id == reader.author
    status = Status(row.status)
    erased = row.erased_at is not None
    state, fate = State.PUBLISHED if status is Status.APPROVED and not erased else State.REMOVED, None
    if own and status is not Status.WITHDRAWN and not erased:
        state, fate = _own(conn, site, row.id, reader)
    gone = state is State.REMOVED
    return Shown(
        id=row.id,
        parent=row.parent,
        author=None if gone else Identity(Author(row.author_id, row.author_name), row.avatar, row.role),
        text=None if gone else row.text,
        created_at=row.created_at,
        edited_at=None if gone else row.edited_at,
        state=state,
        votes=0 if gone else row.votes,
        voted=bool(row.voted),
        fate=fate,
    )


def _own(conn: Connection, site: str, comment_id: int, reader: Reader) -> tuple[State, Fate]:
    comment = comments.find(conn, site, comment_id)
    assert comment is not None, "it was read in the same transaction"
    return fate_of(conn, comment, reader)


def fate_of(conn: Connection, comment: Comment, reader: Reader) -> tuple[State, Fate]:
    """What its own author sees of a comment that is not withdrawn."""
    policy, reasons = reader.policy, comment.verdict.reasons
    until: datetime | None = editing.edit_until(comment, policy.widget.edit_minutes)
    until = until if until is not None and until > reader.now else None
    if comment.status is Status.APPROVED or Reason.POLICY_AUTHOR_SHADOW_BANNED in reasons:
        return State.PUBLISHED, Fate(edit_until=until)
    objecting = tuple(
        dict.fromkeys(found.reason for found in comment.verdict.evidence if found.decision is not Decision.APPROVE)
    )
    if comment.status is Status.HELD:
        return State.WAITING, Fate(objecting, edit_until=until)
    trail = decisions.of(conn, comment.site, comment.id)
    message = next((line.message for line in reversed(trail) if line.after is Status.REJECTED), None)
    try:
        author = comment.submission.author.id
        editing.check_edit(comment, trail, author, policy.widget.edit_minutes, reader.now)
    except editing.CannotEdit:
        until = None
    appeal = editing.appeal_until(comment, trail, appeal_days(conn, comment, trail))
    if appeal is not None and appeal <= reader.now:
        appeal = None
    return State.REJECTED, Fate(objecting, message, until, appeal)
