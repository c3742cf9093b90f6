"""Comments with the verdicts they got: stored once, found again, read by thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    union,
    union_all,
    update,
)

from bot.comment import (
    FIRST_STATUS,
    Author,
    Comment,
    History,
    Status,
    Submission,
    first_id_at,
)
from bot.event import status_reached
from bot.likeness import Likeness
from bot.store import authors, counts, idempotency, outbox, schema, search, tallies
from bot.store.documents import check_storable, dumps, read_analysis, read_evidence, write_analysis, write_evidence
from bot.store.idempotency import Idempotency
from bot.store.prepared import Parameters, Prepared
from bot.verdict import Decision, DecisionSource, Verdict
from sentiment.scores import Analysis

_comments = schema.comments
_COUNTED_UP_TO = 1000
_LIKES_OF_A_PRINT = 50


@dataclass(frozen=True, slots=True)
class Windows:
    """How far back an author's comments count as flood or repeat, and anybody's as near duplicates; zero: not asked."""

    flood: timedelta
    repeat: timedelta
    likes: timedelta


@dataclass(frozen=True, slots=True)
class Recorded:
    """The stored comment; `replayed` where an earlier request with the same Idempotency-Key stored it."""

    comment: Comment
    replayed: bool


@dataclass
class UnknownParent(Exception):
    """The comment answers one that is not in the thread."""

    parent: int

    def __str__(self) -> str:
        return "The parent is no comment of this thread; leave it out or name one that is."


_BY_ID = select(_comments).where(_comments.c.id == bindparam("id"), _comments.c.site == bindparam("site"))
_LOCK = (
    select(_comments.c.id)
    .where(_comments.c.id == bindparam("id"), _comments.c.site == bindparam("site"))
    .with_for_update()
)
_DROP_REASON = delete(schema.comment_reasons).where(
    schema.comment_reasons.c.site == bindparam("of_site"),
    schema.comment_reasons.c.status == bindparam("of_status"),
    schema.comment_reasons.c.reason == bindparam("of_reason"),
    schema.comment_reasons.c.comment_id == bindparam("of_comment"),
)
_BY_IDS = select(_comments).where(
    _comments.c.id.in_(bindparam("ids", expanding=True)),
    # Not the bare column: SQLite would take an index that begins with the site, and read all that the site has.
    _comments.c.site.concat(literal_column("''")) == bindparam("site"),
)
_IN_THREAD = (
    select(_comments)
    .where(
        _comments.c.site == bindparam("site"),
        _comments.c.thread == bindparam("thread"),
        _comments.c.status == Status.APPROVED.value,
        _comments.c.id > bindparam("after"),
    )
    .order_by(_comments.c.id)
    .limit(bindparam("limit"))
)


def _of_author_since(bound: str) -> Select[bytes]:
    return (
        select(_comments.c.text_hash)
        .where(
            _comments.c.site == bindparam("site"),
            _comments.c.author_id == bindparam("author_id"),
            # Any status; named so that the index leads on to the id, and literally so that it is compiled once.
            _comments.c.status.in_([literal_column(f"'{status.value}'") for status in Status]),
            _comments.c.id >= bindparam(bound),
        )
        .limit(_COUNTED_UP_TO)
    )


def _likes() -> FromClause:
    """The newest comments with either print, by whoever; none where the prints are NULL."""
    newest = [
        select(_comments.c.id, _comments.c.status, _comments.c.decision)
        .where(
            _comments.c.site == bindparam("site"),
            print_ == bindparam(print_.name, type_=BigInteger),
            _comments.c.id >= bindparam("likes_from"),
        )
        .order_by(_comments.c.id.desc())
        .limit(_LIKES_OF_A_PRINT)
        .subquery()
        for print_ in (_comments.c.low_print, _comments.c.high_print)
    ]
    return union(*map(select, newest)).subquery()


def _history() -> Select[int, int, int, int, bool, bool]:
    recent = _of_author_since("flood_from").subquery()
    earlier = _of_author_since("repeat_from").subquery()
    likes, rejected = _likes(), _likes()
    # What a rule rejected on arrival needs no more evidence; what a moderator rejected, no rule knew.
    by_moderator = and_(
        rejected.c.status == literal_column(f"'{Status.REJECTED.value}'"),
        rejected.c.decision != literal_column(f"'{Decision.REJECT.value}'"),
    )
    threads, parents = schema.threads, _comments.alias("parents")
    here = and_(threads.c.site == bindparam("site"), threads.c.thread == bindparam("thread"), threads.c.closed)
    parent: ColumnElement[bool] = and_(
        parents.c.id == bindparam("parent"),
        parents.c.site == bindparam("site"),
        parents.c.thread == bindparam("thread"),
    )
    return select(
        select(func.count()).select_from(recent).scalar_subquery().label("recent"),
        select(func.count())
        .select_from(earlier)
        .where(earlier.c.text_hash == bindparam("text_hash"))
        .scalar_subquery()
        .label("repeats"),
        select(func.count()).select_from(likes).scalar_subquery().label("likes"),
        select(func.count()).select_from(rejected).where(by_moderator).scalar_subquery().label("rejected_likes"),
        exists().where(here).label("thread_closed"),
        exists().where(parent).label("has_parent"),
    )


_HISTORY = Prepared(_history())
_ADD_COMMENT = Prepared(_comments.insert())
_PARENTS = _comments.alias("parents")
_ROOT = Prepared(
    update(_comments)
    .where(_comments.c.id == bindparam("of_comment"))
    .values(
        root=select(func.coalesce(_PARENTS.c.root, _PARENTS.c.id))
        .where(_PARENTS.c.id == bindparam("of_parent"), _PARENTS.c.site == bindparam("of_site"))
        .scalar_subquery()
    )
)
_ADD_REASON = Prepared(schema.comment_reasons.insert())
_ADD_DECISION = Prepared(schema.decisions.insert())


def record(
    conn: Connection,
    site: str,
    submission: Submission,
    comment_id: int,
    analysis: Analysis | None,
    likeness: Likeness,
    windows: Windows,
    judge: Callable[[History], Verdict],
    wanted: Idempotency | None,
    now: datetime,
) -> Recorded:
    """Judges a comment on its author's history and stores it with everything that follows from that, or nothing.

    `likeness` decides which texts are the same, or nearly; `now` and the id are of the same moment. `judge` must be
    pure: it is asked again when the database asks for another try. History counts up to 1000, and up to 100 likes.
    Raises IdempotencyMismatch, UnknownParent, and ValueError for a NUL character or a lone surrogate.
    """
    author = submission.author
    check_storable(submission.text, submission.thread, author.id, author.name, submission.permalink)
    if wanted is not None:
        earlier = idempotency.claim(conn, site, wanted, comment_id, now)
        if earlier is not None:
            return Recorded(_existing(conn, site, earlier), replayed=True)
    history = read_history(conn, site, submission, likeness, windows, now)
    verdict = judge(history)
    status = FIRST_STATUS[verdict.decision]
    comment = Comment(comment_id, site, submission, status, now, analysis, verdict)
    add(conn, site, [(comment, likeness)])
    outbox.tell(conn, status_reached(comment, now))
    return Recorded(comment, replayed=False)


def add(conn: Connection, site: str, added: Sequence[tuple[Comment, Likeness]]) -> None:
    """Stores judged comments of known authors, each with its likeness, and everything that follows from them."""
    _ADD_COMMENT.run_all(conn, [_comment_row(comment, likeness) for comment, likeness in added])
    replies = [comment for comment, _ in added if comment.submission.parent is not None]
    _ROOT.run_all(
        conn,
        [{"of_comment": one.id, "of_parent": one.submission.parent, "of_site": site} for one in replies],
    )
    _ADD_REASON.run_all(conn, [row for comment, _ in added for row in _reason_rows(comment)])
    _ADD_DECISION.run_all(conn, [_first_line(comment) for comment, _ in added])
    search.add(conn, [comment for comment, _ in added])
    changes = [(comment, comment.status, 1) for comment, _ in added]
    authors.count(conn, site, changes)
    # Last, because these are the rows that other writers wait for; everywhere in this order.
    tallies.count_arrivals(conn, site, [comment for comment, _ in added])
    counts.count(conn, site, changes)


def lock(conn: Connection, site: str, comment_id: int) -> None:
    """Until the transaction ends nobody else decides on this comment, and none of its reasons changes.

    SQLite has one writer, so there it is so already.
    """
    if conn.dialect.name != "sqlite":
        conn.execute(_LOCK, {"id": comment_id, "site": site})


def replace(conn: Connection, before: Comment, after: Comment) -> None:
    """Changes status, severity and evidence of a locked comment, with everything that follows from them."""
    site, here = before.site, {"of_site": before.site, "of_comment": before.id}
    had = before.verdict.reasons
    changed: dict[str, object] = {
        "status": after.status.value,
        "severity": after.verdict.severity,
        "evidence": write_evidence(after.verdict.evidence),
    }
    conn.execute(update(_comments).where(_comments.c.id == before.id, _comments.c.site == site).values(changed))
    if had:
        reasons = [{**here, "of_status": before.status.value, "of_reason": name} for name in had]
        conn.execute(_DROP_REASON, reasons)
    _ADD_REASON.run_all(conn, _reason_rows(after))
    changes = [(before, before.status, -1), (after, after.status, 1)]
    if after.status is not before.status:
        search.move(conn, before, after.status)
        authors.count(conn, site, changes)
    # Last, because these are the rows that other writers wait for; everywhere in this order.
    tallies.count_reasons(conn, before, [reason for reason in after.verdict.reasons if reason not in had])
    counts.count(conn, site, changes)


def find(conn: Connection, site: str, comment_id: int) -> Comment | None:
    """The site's comment with that id."""
    row = conn.execute(_BY_ID, {"id": comment_id, "site": site}).first()
    return None if row is None else _read(row)


def find_all(conn: Connection, site: str, ids: Sequence[int]) -> list[Comment]:
    """The site's comments with these ids, in their order; ids that the site does not have are left out."""
    if not ids:
        return []
    rows = {row.id: row for row in conn.execute(_BY_IDS, {"ids": list(ids), "site": site})}
    return [_read(rows[number]) for number in ids if number in rows]


def newest(conn: Connection, site: str, before: int | None, limit: int) -> list[Comment]:
    """The site's comments of any status, newest first, that come before the comment with id `before`."""
    here = [_comments.c.site == site, *([] if before is None else [_comments.c.id < before])]
    # The newest of each status, so that the index is walked and not read; then the newest of these.
    of_status = [
        select(_comments.c.id)
        .where(*here, _comments.c.status == status.value)
        .order_by(_comments.c.id.desc())
        .limit(limit)
        .subquery()
        for status in Status
    ]
    some = union_all(*map(select, of_status)).subquery()
    return find_all(conn, site, list(conn.scalars(select(some.c.id).order_by(some.c.id.desc()).limit(limit))))


def texts(conn: Connection, site: str, after: int, limit: int) -> list[tuple[int, str]]:
    """Up to `limit` of the site's comments whose ids come after that one (0: from the first): their ids and texts.

    Whatever their status, but for those that were erased; oldest first.
    """
    asked = (
        select(_comments.c.id, _comments.c.text)
        .where(_comments.c.site == site, _comments.c.id > after, _comments.c.erased_at.is_(None))
        .order_by(_comments.c.id)
        .limit(limit)
    )
    return [(row.id, row.text) for row in conn.execute(asked)]


def in_thread(conn: Connection, site: str, thread: str, after: int | None, limit: int) -> list[Comment]:
    """The approved comments of a thread, oldest first, that come after the comment with id `after`."""
    asked = {"site": site, "thread": thread, "after": -1 if after is None else after, "limit": limit}
    return [_read(row) for row in conn.execute(_IN_THREAD, asked)]


def _existing(conn: Connection, site: str, comment_id: int) -> Comment:
    comment = find(conn, site, comment_id)
    if comment is None:
        raise LookupError("An Idempotency-Key stands for a comment that is not stored.")
    return comment


def read_history(
    conn: Connection, site: str, submission: Submission, likeness: Likeness, windows: Windows, now: datetime
) -> History:
    """What is known of author, text and thread at this moment. Raises UnknownParent."""
    author = authors.meet(conn, site, submission.author)
    low, high = likeness.prints if likeness.prints and windows.likes else (None, None)
    counted = _HISTORY.run(
        conn,
        {
            "site": site,
            "author_id": submission.author.id,
            "thread": submission.thread,
            "parent": submission.parent,
            "text_hash": likeness.text_hash,
            "low_print": low,
            "high_print": high,
            "flood_from": first_id_at(now - windows.flood),
            "repeat_from": first_id_at(now - windows.repeat),
            "likes_from": first_id_at(now - windows.likes),
        },
    )
    assert counted is not None
    recent, repeats, likes, rejected_likes, thread_closed, has_parent = counted
    if submission.parent is not None and not has_parent:
        raise UnknownParent(submission.parent)
    return History(
        approved=author.approved,
        held=author.held,
        rejected=author.rejected,
        recent=recent,
        repeats=repeats,
        likes=likes,
        rejected_likes=rejected_likes,
        standing=author.standing.in_force(author.until, now),
        thread_closed=bool(thread_closed),
    )


def _comment_row(comment: Comment, likeness: Likeness) -> Parameters:
    submission, verdict = comment.submission, comment.verdict
    low, high = likeness.prints or (None, None)
    return {
        "id": comment.id,
        "site": comment.site,
        "thread": submission.thread,
        "parent": submission.parent,
        "author_id": submission.author.id,
        "author_name": submission.author.name,
        "text": submission.text,
        "text_hash": likeness.text_hash,
        "permalink": submission.permalink,
        "created_at": schema.microseconds(comment.created_at),
        "status": comment.status.value,
        "decision": verdict.decision.value,
        "severity": verdict.severity,
        "analysis": None if comment.analysis is None else dumps(write_analysis(comment.analysis)),
        "evidence": dumps(write_evidence(verdict.evidence)),
        "model": verdict.model,
        "policy": verdict.policy,
        "section": verdict.section,
        "low_print": low,
        "high_print": high,
        "erased_at": None,
        "root": None,
        "votes": 0,
        "edited_at": None,
    }


def _reason_rows(comment: Comment) -> list[Parameters]:
    return [
        {
            "site": comment.site,
            "status": comment.status.value,
            "reason": reason.value,
            "comment_id": comment.id,
            "severity": comment.verdict.severity,
        }
        for reason in comment.verdict.reasons
    ]


def _first_line(comment: Comment) -> Parameters:
    return {
        "site": comment.site,
        "comment_id": comment.id,
        "number": 1,
        "decision": comment.verdict.decision.value,
        "source": DecisionSource.RULE.value,
        "moderator": None,
        "reason": None,
        "note": None,
        "message": None,
        "before": None,
        "after": comment.status.value,
        "at": schema.microseconds(comment.created_at),
    }


def _read(row: Row[*tuple[Any, ...]]) -> Comment:
    return Comment(
        id=row.id,
        site=row.site,
        submission=Submission(row.thread, row.text, Author(row.author_id, row.author_name), row.parent, row.permalink),
        status=Status(row.status),
        created_at=row.created_at,
        analysis=None if row.analysis is None else read_analysis(row.analysis),
        verdict=Verdict(
            Decision(row.decision), read_evidence(row.evidence), row.severity, row.model, row.policy, row.section
        ),
        erased=row.erased_at is not None,
        edited_at=row.edited_at,
    )
