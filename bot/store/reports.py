"""What readers report about comments: each reader counts once for a comment, and what follows is stored with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.comment import Comment
from bot.event import comment_reported, status_reached
from bot.reporting import Report, ReportReason, judge
from bot.store import authors, comments, decisions, outbox, schema
from bot.store.decisions import NoSuchComment
from bot.store.documents import check_storable

_reports = schema.reports
_SHOWN: Final = 50
_BECAUSE: Final = "reported"


@dataclass(frozen=True, slots=True)
class Reported:
    """The comment as it is now, how many readers reported it, and whether this report was one more."""

    comment: Comment
    readers: int
    counted: bool


def record(conn: Connection, site: str, comment_id: int, report: Report, hold: Callable[[str], int | None]) -> Reported:
    """Stores a report and what follows from it; a second one by the same reader changes nothing.

    `hold` is the policy's number for the comment's thread.
    Raises NoSuchComment, and ValueError for a NUL character or a lone surrogate.
    """
    check_storable(report.reporter, report.note)
    comments.lock(conn, site, comment_id)
    comment = comments.find(conn, site, comment_id)
    if comment is None or comment.erased:
        raise NoSuchComment(comment_id)
    counted = _add(conn, site, comment_id, report)
    tally = _tally(conn, *_of(site, comment_id))
    if not counted:
        return Reported(comment, sum(tally.values()), counted)
    authors.count_reports(conn, site, comment.submission.author.id, 1)
    looked = [line.at for line in decisions.of(conn, site, comment_id) if not line.source.is_automated]
    since = (_reports.c.at > looked[-1],) if looked else ()
    after = judge(comment, tally, _tally(conn, *_of(site, comment_id), *since), hold(comment.submission.thread))
    readers = sum(tally.values())
    events = [comment_reported(after, report.reason, readers, report.at)]
    if after.status is not comment.status:
        decisions.note_hold(conn, comment, _BECAUSE, report.at)
        events.append(status_reached(after, report.at))
    comments.replace(conn, comment, after)
    outbox.tell(conn, *events)
    return Reported(after, readers, counted)


def of(conn: Connection, site: str, comment_id: int) -> list[Report]:
    """The newest fifty reports of the comment, newest first."""
    return all_of(conn, site, comment_id, _SHOWN)


def all_of(conn: Connection, site: str, comment_id: int, most: int | None = None) -> list[Report]:
    """All reports of the comment, or the newest so many, newest first."""
    asked = select(_reports).where(*_of(site, comment_id)).order_by(_reports.c.at.desc(), _reports.c.reporter)
    rows = conn.execute(asked.limit(most))
    return [Report(row.reporter, ReportReason(row.reason), row.note, row.at) for row in rows]


def _add(conn: Connection, site: str, comment_id: int, report: Report) -> bool:
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_reports)
    row = {
        "site": site,
        "comment_id": comment_id,
        "reporter": report.reporter,
        "reason": report.reason.value,
        "note": report.note,
        "at": report.at,
    }
    return conn.execute(insert.on_conflict_do_nothing().returning(_reports.c.reporter), row).first() is not None


def _tally(conn: Connection, *which: ColumnElement[bool]) -> Mapping[ReportReason, int]:
    asked = select(_reports.c.reason, func.count()).where(*which).group_by(_reports.c.reason)
    return {ReportReason(reason): number for reason, number in conn.execute(asked)}


def _of(site: str, comment_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _reports.c.site == site, _reports.c.comment_id == comment_id
