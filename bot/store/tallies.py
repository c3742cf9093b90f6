"""A site's tallies: changed in the transaction that changes what is counted, read by the day.

On PostgreSQL each is spread over shards, so that writers do not queue for one row; SQLite has one writer anyway.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.comment import Comment, DecisionRecord, Status, first_id_at
from bot.numbers import AGES, Numbers, Period, Queue, gather
from bot.store import schema
from bot.store.prepared import Prepared
from bot.tallies import Tallied, Tally, day_of, of_arrival, of_line, of_reasons
from bot.verdict import Reason

_SHARDS: Final = 8
_tallies = schema.tallies
_comments = schema.comments
_KEY: Final = ("site", "kind", "day", "name", "bucket", "shard")


def _upsert(dialect: str) -> sqlite.Insert | postgresql.Insert:
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(_tallies)
    return insert.on_conflict_do_update(index_elements=_KEY, set_={"count": _tallies.c.count + insert.excluded.count})


_ADD = Prepared({dialect: _upsert(dialect) for dialect in ("sqlite", "postgresql")})
_FLOWS: Final = (Tallied.ARRIVED, Tallied.DECIDED, Tallied.QUEUED, Tallied.LEFT)
_SUMS: Final = tuple(kind for kind in Tallied if kind not in _FLOWS)
_SUMMED = func.sum(_tallies.c.count)
_WITHIN = (
    _tallies.c.site == bindparam("site"),
    _tallies.c.kind.in_(bindparam("kinds", expanding=True)),
    _tallies.c.day >= bindparam("first"),
    _tallies.c.day <= bindparam("last"),
)
_BY_DAY = (
    select(_tallies.c.kind, _tallies.c.day, _tallies.c.name, _tallies.c.bucket, _SUMMED)
    .where(*_WITHIN)
    .group_by(_tallies.c.kind, _tallies.c.day, _tallies.c.name, _tallies.c.bucket)
)
_WHOLE = (
    select(_tallies.c.kind, _tallies.c.name, _tallies.c.bucket, _SUMMED)
    .where(*_WITHIN)
    .group_by(_tallies.c.kind, _tallies.c.name, _tallies.c.bucket)
)


def count(conn: Connection, site: str, counted: Iterable[tuple[int, Tally]]) -> None:
    """One more of each; a tally comes with the id of the comment that it is about."""
    shards = 1 if conn.dialect.name == "sqlite" else _SHARDS
    sums = Counter((tally, comment % shards) for comment, tally in counted)
    _ADD.run_all(
        conn,
        [
            {"site": site, "kind": kind, "day": day, "name": name, "bucket": bucket, "shard": shard, "count": number}
            # Always in one order, so that two writers cannot wait for each other.
            for ((kind, day, name, bucket), shard), number in sorted(sums.items())
        ],
    )


def count_arrivals(conn: Connection, site: str, arrived: Iterable[Comment]) -> None:
    """Counts comments that come in."""
    count(conn, site, ((comment.id, tally) for comment in arrived for tally in _of_arrival(comment)))


def count_reasons(conn: Connection, comment: Comment, reasons: Iterable[Reason]) -> None:
    """Counts reasons that a stored comment gets."""
    count(conn, comment.site, ((comment.id, tally) for tally in of_reasons(comment.created_at, reasons)))


def count_line(conn: Connection, comment: Comment, trail: Sequence[DecisionRecord], line: DecisionRecord) -> None:
    """Counts one more line of the comment's audit trail; `trail` is what was there before."""
    scored = () if comment.analysis is None else comment.analysis.scores.keys()
    flagged = {found.attribute for found in comment.verdict.evidence if found.attribute is not None}
    count(conn, comment.site, ((comment.id, tally) for tally in of_line(trail, line, scored, flagged)))


def _of_arrival(comment: Comment) -> Iterator[Tally]:
    scores = {} if comment.analysis is None else comment.analysis.scores
    return of_arrival(comment.created_at, comment.verdict.decision, scores, comment.verdict.reasons)


def of(conn: Connection, site: str, period: Period, now: datetime) -> Numbers:
    """The site's numbers of a period. What it costs grows with the period, and with what waits now."""
    first, last = day_of(period.first), day_of(period.last)
    asked: dict[str, str | int] = {"site": site, "first": first, "last": last}
    # How many waited then is how many wait now, less what changed since.
    until = asked | {"last": max(last, day_of(now))}
    flows = Counter[Tally]()
    for kinds, limits in (((Tallied.ARRIVED, Tallied.QUEUED, Tallied.LEFT), until), ((Tallied.DECIDED,), asked)):
        flows.update(_read(conn, limits, kinds))
    whole = Counter[Tally]()
    for kind, name, bucket, number in conn.execute(_WHOLE, asked | {"kinds": list(_SUMS)}):
        whole[Tally(kind, 0, name, bucket)] = int(number)
    return gather(period, flows, whole, _queue(conn, site, now), now)


def _read(conn: Connection, limits: Mapping[str, str | int], kinds: Sequence[Tallied]) -> Mapping[Tally, int]:
    rows = conn.execute(_BY_DAY, {**limits, "kinds": list(kinds)})
    return {Tally(kind, day, name, bucket): int(number) for kind, day, name, bucket, number in rows}


def _queue(conn: Connection, site: str, now: datetime) -> Queue:
    """How long the comments have waited that wait now, by when they came in; read from an index of what is held."""
    held = (_comments.c.site == site, _comments.c.status == Status.HELD.value)
    younger = [
        func.coalesce(func.sum(case((_comments.c.id >= first_id_at(now - timedelta(seconds=age)), 1), else_=0)), 0)
        for age in AGES
    ]
    waiting, *counted = conn.execute(select(func.count(), *younger).where(*held)).one()
    sums = [*map(int, counted), waiting]
    ages = tuple(number - before for number, before in zip(sums, [0, *sums], strict=False))
    oldest = conn.scalar(select(_comments.c.created_at).where(*held).order_by(_comments.c.id).limit(1))
    return Queue(waiting, oldest, ages)
