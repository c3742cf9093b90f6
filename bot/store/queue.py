"""The queue: pages of a site's comments by status, found and ordered for the moderators.

Every page costs the same however many comments are stored. Most questions are one walk along an index in the order
asked for: those are the streams. What no stream answers (an attribute's score, two filters at once) is looked for
in a window of the stream; a page may then hold fewer comments than asked for, even none, and still have a cursor
to go on with. Where a filter leaves few comments (an author, a thread, rare words), these are all sorted instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    cast,
    column,
    func,
    literal,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from bot.comment import Comment, Status, first_id_at
from bot.store import comments, counts, schema, search
from bot.store.counts import Totals
from bot.store.cursor import Position, read_cursor, write_cursor
from bot.verdict import Reason
from sentiment.scores import Attribute

_comments = schema.comments
_reasons = schema.comment_reasons
_fts = table("comment_words", column("rowid"), column("comment_words"))
_tsv = search.words_table


class Sort(StrEnum):
    """What the queue is ordered by."""

    TIME = "time"
    SEVERITY = "severity"


class Order(StrEnum):
    """Which end comes first: descending is newest or most severe."""

    DESC = "desc"
    ASC = "asc"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which comments, in which order. All that is given must hold; `since` is included, `until` is not.

    `text` are words that the comment must have, each of them; `*` at the end of a word stands for any ending. Text
    without any word finds nothing. `min_score` is looked at where `attribute` is given.
    """

    status: Status = Status.HELD
    reason: Reason | None = None
    attribute: Attribute | None = None
    min_score: float = 0.0
    author: str | None = None
    thread: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sort: Sort = Sort.TIME
    order: Order = Order.DESC


@dataclass(frozen=True, slots=True)
class Page:
    """Comments in order; `next` is the cursor to go on with, None at the end. `totals` do not look at the filter."""

    comments: tuple[Comment, ...]
    next: str | None
    totals: Totals


@dataclass(frozen=True, slots=True)
class Reach:
    """How many comments one page may look at: in a window, in one where SQLite looks for words, sorting a few."""

    window: int = 500
    window_of_words: int = 100
    few: int = 500


@dataclass(frozen=True, slots=True)
class _Stream:
    """Comments in the order of an index: where they come from, and the filters that it answers by itself."""

    source: FromClause
    id: ColumnElement[int]
    severity: ColumnElement[float]
    where: tuple[ColumnElement[bool], ...]
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """Sort keys in order, and where to go on; None at the end."""

    keys: list[Position]
    next: Position | None


def page(
    conn: Connection, site: str, wanted: QueueFilter, cursor: str | None, limit: int, reach: Reach = Reach()
) -> Page:
    """The next `limit` comments after the cursor; raises BadCursor."""
    question = f"{site} {wanted!r}"
    after = None if cursor is None else read_cursor(cursor, question)
    found = _Search(conn, site, wanted, after, limit, reach).run()
    stored = comments.find_all(conn, site, [key.id for key in found.keys])
    return Page(
        # Between the two questions a comment may have left the status.
        comments=tuple(comment for comment in stored if comment.status is wanted.status),
        next=None if found.next is None else write_cursor(found.next, question),
        totals=counts.of(conn, site, wanted.status),
    )


@dataclass(frozen=True, slots=True)
class _Search:
    conn: Connection
    site: str
    wanted: QueueFilter
    after: Position | None
    limit: int
    reach: Reach

    def run(self) -> _Found:
        if self.wanted.text is not None and not self._words:
            return _Found([], None)
        stream = self._stream()
        rest = list(self._rest(stream))
        if not rest:
            return self._walk(stream)
        if self._asks_for_words_one_by_one(stream):
            return self._few(stream) or self._look_in_window(stream, rest)
        found = self._look_in_window(stream, rest)
        if found.next is None or len(found.keys) == self.limit:
            return found
        return self._few(stream) or found

    @property
    def _sqlite(self) -> bool:
        return self.conn.dialect.name == "sqlite"

    def _asks_for_words_one_by_one(self, stream: _Stream) -> bool:
        """SQLite's text search is slow at this."""
        return self._sqlite and self.wanted.text is not None and "text" not in stream.answers

    @property
    def _words(self) -> list[search.Wanted]:
        return search.wanted(self.wanted.text or "")

    def _stream(self) -> _Stream:
        """The index that answers most of the filter in the order asked for."""
        if self.wanted.sort is Sort.TIME:
            narrow = next(self._narrow_streams(ordered=True), None)
            if narrow is not None:
                return narrow
        if self.wanted.reason is not None:
            where = (_reasons.c.site == self.site, _reasons.c.status == self.wanted.status.value)
            return _Stream(
                _reasons,
                _reasons.c.comment_id,
                _reasons.c.severity,
                (*where, _reasons.c.reason == self.wanted.reason.value),
                frozenset({"reason"}),
            )
        return self._stream_of_comments(frozenset())

    def _narrow_streams(self, *, ordered: bool) -> Iterator[_Stream]:
        """The filters that usually leave few comments, fewest first; if asked, only those in the order of time."""
        if self.wanted.author is not None:
            yield self._stream_of_comments(frozenset({"author"}), _comments.c.author_id == self.wanted.author)
        if self.wanted.thread is not None:
            yield self._stream_of_comments(frozenset({"thread"}), _comments.c.thread == self.wanted.thread)
        if self.wanted.text is not None and self._sqlite:
            matches = _fts.c.comment_words.match(search.sqlite_query(self.site, self.wanted.status, self._words))
            yield _Stream(_fts, _fts.c.rowid, literal(0.0), (matches,), frozenset({"text"}))
        if self.wanted.text is not None and not self._sqlite and not ordered:
            yield _Stream(_tsv, _tsv.c.comment_id, literal(0.0), (self._matches(_tsv.c.words),), frozenset({"text"}))

    def _stream_of_comments(self, answers: frozenset[str], *where: ColumnElement[bool]) -> _Stream:
        here = (_comments.c.site == self.site, _comments.c.status == self.wanted.status.value)
        return _Stream(_comments, _comments.c.id, _comments.c.severity, (*here, *where), answers)

    def _matches(self, words: ColumnElement[str]) -> ColumnElement[bool]:
        query = search.postgres_query(self.site, self.wanted.status, self._words)
        return words.bool_op("@@")(cast(query, TSQUERY))

    def _rest(self, stream: _Stream) -> Iterator[ColumnElement[bool]]:
        """What the stream leaves to be looked at comment by comment."""
        wanted = self.wanted
        if wanted.attribute is not None:
            yield _comments.c.analysis["scores", wanted.attribute.value].as_float() >= wanted.min_score
        if wanted.author is not None and "author" not in stream.answers:
            yield _comments.c.author_id == wanted.author
        if wanted.thread is not None and "thread" not in stream.answers:
            yield _comments.c.thread == wanted.thread
        if wanted.reason is not None and "reason" not in stream.answers:
            yield self._has_reason(wanted.reason)
        if wanted.text is not None and "text" not in stream.answers:
            yield self._has_words()
        if wanted.sort is Sort.SEVERITY:
            yield from self._bounds(_comments.c.id)

    # Asked as a value for each comment: as EXISTS, PostgreSQL may first collect every comment that has it.
    def _has_reason(self, reason: Reason) -> ColumnElement[bool]:
        asked = select(_reasons.c.comment_id).where(
            _reasons.c.site == self.site,
            _reasons.c.status == self.wanted.status.value,
            _reasons.c.reason == reason.value,
            _reasons.c.comment_id == _comments.c.id,
        )
        return asked.correlate(_comments).scalar_subquery().is_not(None)

    def _has_words(self) -> ColumnElement[bool]:
        if self._sqlite:
            matches = _fts.c.comment_words.match(search.sqlite_query(self.site, self.wanted.status, self._words))
            asked = select(_fts.c.rowid).where(matches, _fts.c.rowid == _comments.c.id)
            return asked.correlate(_comments).scalar_subquery().is_not(None)
        words = select(_tsv.c.words).where(_tsv.c.comment_id == _comments.c.id)
        return self._matches(words.correlate(_comments).scalar_subquery())

    def _bounds(self, number: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
        if self.wanted.since is not None:
            yield number >= first_id_at(self.wanted.since)
        if self.wanted.until is not None:
            yield number < first_id_at(self.wanted.until)

    def _from_here(self, stream: _Stream) -> Select[int, float]:
        """The stream from the cursor on, in order."""
        asked = select(stream.id.label("id"), stream.severity.label("severity")).where(*stream.where)
        if self.wanted.sort is Sort.TIME:
            asked = asked.where(*self._bounds(stream.id))
        return asked.where(*self._beyond(stream.id, stream.severity)).order_by(
            *self._ordered(stream.id, stream.severity)
        )

    def _beyond(self, number: ColumnElement[int], severity: ColumnElement[float]) -> Iterator[ColumnElement[bool]]:
        if self.after is None:
            return
        down = self.wanted.order is Order.DESC
        if self.wanted.sort is Sort.TIME:
            yield number < self.after.id if down else number > self.after.id
        else:
            key, position = tuple_(severity, number), tuple_(self.after.severity, self.after.id)
            yield key < position if down else key > position

    def _ordered(self, number: ColumnElement[int], severity: ColumnElement[float]) -> list[ColumnElement[Any]]:
        keys: list[ColumnElement[Any]] = [number] if self.wanted.sort is Sort.TIME else [severity, number]
        return [key.desc() if self.wanted.order is Order.DESC else key.asc() for key in keys]

    def _walk(self, stream: _Stream) -> _Found:
        return self._cut(self._keys(self._from_here(stream).limit(self.limit + 1)))

    def _look_in_window(self, stream: _Stream, rest: list[ColumnElement[bool]]) -> _Found:
        size = self.reach.window_of_words if self._asks_for_words_one_by_one(stream) else self.reach.window
        window = self._from_here(stream).limit(size).subquery("in_window")
        asked = (
            select(window.c.id, window.c.severity)
            .join_from(window, _comments, _comments.c.id == window.c.id)
            .where(*rest)
            .order_by(*self._ordered(window.c.id, window.c.severity))
            .limit(self.limit + 1)
        )
        found = self._cut(self._keys(asked))
        if found.next is not None:
            return found
        end = self._keys(self._from_here(stream).limit(1).offset(size - 1))
        return _Found(found.keys, end[0] if end else None)

    def _few(self, stream: _Stream) -> _Found | None:
        """All that a narrow filter leaves, sorted; None where it leaves too many, or there is no such filter."""
        for narrow in self._narrow_streams(ordered=False):
            if narrow.answers <= stream.answers:
                continue
            candidates = (
                select(narrow.id.label("id")).where(*narrow.where).limit(self.reach.few + 1).subquery("candidates")
            )
            if self.conn.execute(select(func.count()).select_from(candidates)).scalar_one() > self.reach.few:
                continue
            asked = (
                select(_comments.c.id, _comments.c.severity)
                .join_from(candidates, _comments, _comments.c.id == candidates.c.id)
                .where(*self._rest(narrow), *self._bounds(_comments.c.id))
                .where(*self._beyond(_comments.c.id, _comments.c.severity))
                .order_by(*self._ordered(_comments.c.id, _comments.c.severity))
                .limit(self.limit + 1)
            )
            return self._cut(self._keys(asked))
        return None

    def _keys(self, asked: Select[int, float]) -> list[Position]:
        by_time = self.wanted.sort is Sort.TIME
        return [Position(0.0 if by_time else row.severity, row.id) for row in self.conn.execute(asked)]

    def _cut(self, keys: list[Position]) -> _Found:
        """One more than the page was asked for: if it came, there is a next page."""
        here = keys[: self.limit]
        return _Found(here, here[-1] if len(keys) > self.limit else None)
