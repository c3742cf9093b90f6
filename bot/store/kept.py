"""All that is kept about one author, read a page at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, literal_column, select

from bot.comment import Comment, DecisionRecord, Status
from bot.example import StoredExample
from bot.likeness import Likeness
from bot.reporting import Report, ReportReason
from bot.store import authors, comments, decisions, examples, schema

_comments, _reports, _revisions = schema.comments, schema.reports, schema.revisions
_profiles, _votes, _questions = schema.profiles, schema.votes, schema.questions


@dataclass(frozen=True, slots=True)
class Revision:
    """What a comment said before it was edited, and until when."""

    text: str
    until: datetime


@dataclass(frozen=True, slots=True)
class KeptComment:
    """A comment with its trail, what readers said about it, and what it said before."""

    comment: Comment
    trail: tuple[DecisionRecord, ...]
    reports: tuple[Report, ...]
    revisions: tuple[Revision, ...]


@dataclass(frozen=True, slots=True)
class ReportMade:
    """A report that the author made about a comment of anybody's."""

    comment: int
    report: Report


@dataclass(frozen=True, slots=True)
class VoteMade:
    """That the author voted for a comment of somebody else's."""

    comment: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What the site said of the author for readers to see."""

    avatar: str | None
    role: str | None


def has_traces(conn: Connection, site: str, author: str) -> bool:
    """Is anything kept about the author? Readers vote, report and ask without ever having written a comment."""
    if authors.find(conn, site, author) is not None:
        return True
    asked = (
        select(_reports.c.site).where(_reports.c.site == site, _reports.c.reporter == author),
        *(select(one.c.site).where(one.c.site == site, one.c.author_id == author) for one in (_profiles, _votes)),
        select(_questions.c.site).where(_questions.c.site == site, _questions.c.author_id == author),
    )
    return any(conn.execute(one.limit(1)).first() is not None for one in asked)


def profile(conn: Connection, site: str, author: str) -> Profile | None:
    """What the site says of the author for readers to see; None where it never did."""
    row = conn.execute(select(_profiles).where(_profiles.c.site == site, _profiles.c.author_id == author)).first()
    return None if row is None else Profile(row.avatar, row.role)


def written(conn: Connection, site: str, author: str, status: Status, after: int, limit: int) -> list[KeptComment]:
    """Up to `limit` of the author's comments with that status whose ids come after that one, oldest first."""
    asked = (
        select(_comments.c.id)
        .where(
            _comments.c.site == site,
            _comments.c.author_id == author,
            _comments.c.status == status.value,
            _comments.c.id > after,
        )
        .order_by(_comments.c.id)
        .limit(limit)
    )
    found = comments.find_all(conn, site, list(conn.scalars(asked)))
    trails = decisions.of_many(conn, site, [comment.id for comment in found])
    said = _said_about(conn, [comment.id for comment in found])
    earlier = _earlier(conn, [comment.id for comment in found])
    return [
        KeptComment(one, tuple(trails[one.id]), tuple(said.get(one.id, ())), tuple(earlier.get(one.id, ())))
        for one in found
    ]


def reports_made(conn: Connection, site: str, author: str, after: int, limit: int) -> list[ReportMade]:
    """Up to `limit` reports by the author, about comments whose ids come after that one."""
    asked = (
        select(_reports)
        .where(_reports.c.site == site, _reports.c.reporter == author, _reports.c.comment_id > after)
        .order_by(_reports.c.comment_id)
        .limit(limit)
    )
    return [
        ReportMade(row.comment_id, Report(row.reporter, ReportReason(row.reason), row.note, row.at))
        for row in conn.execute(asked)
    ]


def votes_made(conn: Connection, site: str, author: str, after: int, limit: int) -> list[VoteMade]:
    """Up to `limit` of the author's votes, for comments whose ids come after that one."""
    here = (_votes.c.site == site, _votes.c.author_id == author, _votes.c.comment_id > after)
    asked = select(_votes.c.comment_id).where(*here).order_by(_votes.c.comment_id).limit(limit)
    return [VoteMade(number) for number in conn.scalars(asked)]


def example_page(conn: Connection, site: str, author: str, after: int, limit: int) -> tuple[list[StoredExample], int]:
    """The author's among the next `limit` examples, and the id to go on after (0: all were looked at)."""
    page = examples.of(conn, site, after, limit)
    return _examples_of(conn, site, author, page), page[-1].id if len(page) == limit else 0


def _examples_of(conn: Connection, site: str, author: str, page: Sequence[StoredExample]) -> list[StoredExample]:
    hashes = {
        one.id: {Likeness.of(text).text_hash for text in (one.example.text, *one.example.context)} for one in page
    }
    theirs = written_by(conn, site, author, set().union(*hashes.values()))
    return [one for one in page if hashes[one.id] & theirs]


def written_by(conn: Connection, site: str, author: str, hashes: Collection[bytes]) -> set[bytes]:
    """Which of these texts, by the hashes of their likeness, the author's comments hold, or held before an edit."""
    if not hashes:
        return set()
    by_any_status = _comments.c.status.in_([literal_column(f"'{status.value}'") for status in Status])
    here = (_comments.c.site == site, _comments.c.author_id == author, by_any_status)
    now = conn.scalars(select(_comments.c.text_hash).where(*here, _comments.c.text_hash.in_(list(hashes))))
    of_theirs = _revisions.c.comment_id == _comments.c.id
    before = conn.scalars(select(_revisions.c.text).select_from(_comments.join(_revisions, of_theirs)).where(*here))
    return {*now, *(Likeness.of(text).text_hash for text in before)} & set(hashes)


def _said_about(conn: Connection, ids: Sequence[int]) -> Mapping[int, list[Report]]:
    said: dict[int, list[Report]] = {}
    asked = select(_reports).where(_reports.c.comment_id.in_(ids)).order_by(_reports.c.at)
    for row in conn.execute(asked):
        said.setdefault(row.comment_id, []).append(Report(row.reporter, ReportReason(row.reason), row.note, row.at))
    return said


def _earlier(conn: Connection, ids: Sequence[int]) -> Mapping[int, list[Revision]]:
    earlier: dict[int, list[Revision]] = {}
    of_these = _revisions.c.comment_id.in_(ids)
    asked = select(_revisions.c.comment_id, _revisions.c.text, _revisions.c.until).where(of_these)
    for row in conn.execute(asked.order_by(_revisions.c.comment_id, _revisions.c.number)):
        earlier.setdefault(row.comment_id, []).append(Revision(row.text, row.until))
    return earlier
