"""A site's tallies, filled from the comments and decisions that are stored."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.comment import DecisionRecord, Status
from bot.tallies import Tally, of_arrival, of_line, of_reasons
from bot.verdict import Decision, DecisionSource, Reason
from sentiment.scores import Attribute

revision = "0009"
down_revision = "0008"

_AT_ONCE = 5000
_COMMENTS = sa.text(
    "SELECT id, site, created_at, decision, analysis, evidence FROM comments WHERE id > :after ORDER BY id LIMIT :some"
)
_LINES = sa.text(
    "SELECT comment_id, decision, source, moderator, before, after, at FROM decisions"
    " WHERE comment_id > :after AND comment_id <= :last AND comment_id IN"
    " (SELECT comment_id FROM decisions WHERE number = 2 AND comment_id > :after AND comment_id <= :last)"
    " ORDER BY comment_id, number"
)
_ADD = sa.text(
    "INSERT INTO tallies (site, kind, day, name, bucket, shard, count)"
    " VALUES (:site, :kind, :day, :name, :bucket, 0, :count)"
)


def upgrade() -> None:
    """Creates the table and counts what there is: some seconds for each hundred thousand comments."""
    op.create_table(
        "tallies",
        sa.Column("site", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("bucket", sa.Integer, nullable=False),
        sa.Column("shard", sa.Integer, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site", "kind", "day", "name", "bucket", "shard", name="tallies_pkey"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 50},
    )
    fill(op.get_bind())


def fill(conn: sa.Connection) -> None:
    """Counts all that is stored, into an empty table."""
    sums: Counter[tuple[str, Tally]] = Counter()
    after = -1
    while rows := conn.execute(_COMMENTS, {"after": after, "some": _AT_ONCE}).all():
        last = rows[-1].id
        lines = conn.execute(_LINES, {"after": after, "last": last})
        trails = {number: [*map(_line, some)] for number, some in groupby(lines, lambda line: line.comment_id)}
        for row in rows:
            sums.update((row.site, tally) for tally in _of_comment(row, trails.get(row.id, [])))
        after = last
    found = [{"site": site, **tally._asdict(), "count": number} for (site, tally), number in sums.items()]
    if found:
        conn.execute(_ADD, found)


def _of_comment(row: sa.Row[Any], trail: list[DecisionRecord]) -> Iterator[Tally]:
    analysis, evidence = _document(row.analysis), _document(row.evidence)
    scores = {Attribute(name): score for name, score in (analysis or {"scores": {}})["scores"].items()}
    at = _moment(row.created_at)
    yield from of_arrival(at, Decision(row.decision), scores, ())
    # Reports and appeals add theirs to those of the rules, and all count to the day of the comment.
    yield from of_reasons(at, dict.fromkeys(Reason(found[0]) for found in evidence))
    flagged = {Attribute(found[2]) for found in evidence if found[2] is not None}
    for number, line in enumerate(trail[1:], 1):
        yield from of_line(trail[:number], line, scores, flagged)


def _line(row: sa.Row[Any]) -> DecisionRecord:
    return DecisionRecord(
        comment=row.comment_id,
        decision=Decision(row.decision),
        source=DecisionSource(row.source),
        moderator=row.moderator,
        reason=None,
        note=None,
        before=None if row.before is None else Status(row.before),
        after=Status(row.after),
        at=_moment(row.at),
    )


def _document(kept: Any) -> Any:
    """PostgreSQL's driver reads JSON by itself, SQLite's does not."""
    return json.loads(kept) if isinstance(kept, str) else kept


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
