"""What a moderator looks at before deciding: the thread, the author's other comments, and comments like this one."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, select, union, union_all

from bot.comment import Author, Comment, DecisionRecord, Standing, Status
from bot.reporting import Report
from bot.store import authors, comments, decisions, reports, schema
from bot.store.authors import AuthorRecord

_comments = schema.comments
EARLIER: Final = 3
"""How many of the thread's comments before this one are shown."""

OF_AUTHOR: Final = 10
ALIKE: Final = 10


@dataclass(frozen=True, slots=True)
class Context:
    """A comment with all that stands around it; lists hold the newest first, but `earlier` reads downwards."""

    comment: Comment
    parent: Comment | None
    earlier: tuple[Comment, ...]
    author: AuthorRecord
    by_author: tuple[Comment, ...]
    alike: tuple[Comment, ...]
    trail: tuple[DecisionRecord, ...]
    reports: tuple[Report, ...]


def of(conn: Connection, site: str, comment_id: int) -> Context | None:
    """The context of the site's comment; None where the site has no such comment."""
    comment = comments.find(conn, site, comment_id)
    if comment is None:
        return None
    submission = comment.submission
    author = authors.find(conn, site, submission.author.id)
    return Context(
        comment=comment,
        parent=None if submission.parent is None else comments.find(conn, site, submission.parent),
        earlier=_read(conn, site, _earlier(site, comment))[::-1],
        author=author or _unknown(submission.author),
        by_author=_read(conn, site, _by_author(site, comment)),
        alike=_alike(conn, site, comment),
        trail=tuple(decisions.of(conn, site, comment_id)),
        reports=tuple(reports.of(conn, site, comment_id)),
    )


def _unknown(author: Author) -> AuthorRecord:
    return AuthorRecord(author, Standing.ORDINARY, approved=0, held=0, rejected=0)


def _earlier(site: str, comment: Comment) -> Select[int]:
    return (
        select(_comments.c.id)
        .where(
            _comments.c.site == site,
            _comments.c.thread == comment.submission.thread,
            _comments.c.status == Status.APPROVED.value,
            _comments.c.id < comment.id,
        )
        .order_by(_comments.c.id.desc())
        .limit(EARLIER)
    )


def _by_author(site: str, comment: Comment) -> Select[int]:
    """The newest of each status, so that the index is walked and not read; then the newest of these."""
    of_status = [
        select(_comments.c.id)
        .where(
            _comments.c.site == site,
            _comments.c.author_id == comment.submission.author.id,
            _comments.c.status == status.value,
            _comments.c.id != comment.id,
        )
        .order_by(_comments.c.id.desc())
        .limit(OF_AUTHOR)
        .subquery()
        for status in Status
    ]
    newest = union_all(*map(select, of_status)).subquery()
    return select(newest.c.id).order_by(newest.c.id.desc()).limit(OF_AUTHOR)


def _alike(conn: Connection, site: str, comment: Comment) -> tuple[Comment, ...]:
    prints = (_comments.c.low_print, _comments.c.high_print)
    own = conn.execute(select(*prints).where(_comments.c.id == comment.id)).one()
    if own.low_print is None:
        return ()
    sharing = [_newest_with(site, comment, print_ == value) for print_, value in zip(prints, own, strict=True)]
    newest = union(*(select(some.subquery()) for some in sharing)).subquery()
    return _read(conn, site, select(newest.c.id).order_by(newest.c.id.desc()).limit(ALIKE))


def _newest_with(site: str, comment: Comment, shared: ColumnElement[bool]) -> Select[int]:
    return (
        select(_comments.c.id)
        .where(_comments.c.site == site, shared, _comments.c.id != comment.id)
        .order_by(_comments.c.id.desc())
        .limit(ALIKE)
    )


def _read(conn: Connection, site: str, ids: Select[int]) -> tuple[Comment, ...]:
    return tuple(comments.find_all(conn, site, list(conn.scalars(ids))))
