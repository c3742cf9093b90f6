"""How many comments of a site have which status and reason, kept exact without ever counting them.

Each count is spread over shards, so that writers on PostgreSQL do not queue for one row. A comment always uses
the shard of its id, hence no shard falls below zero.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.comment import Comment, Status
from bot.store.prepared import Prepared
from bot.store.schema import queue_counts
from bot.verdict import Reason

SHARDS = 8
Change = tuple[Comment, Status, int]
"""One more (+1) or one less (-1) with that status: this comment."""
_ALL = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The comments of one site and status: all of them, and how many have each reason (reasons without any absent)."""

    all: int
    by_reason: dict[Reason, int]


def _upsert(dialect: str) -> sqlite.Insert | postgresql.Insert:
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(queue_counts)
    return insert.on_conflict_do_update(
        index_elements=["site", "status", "reason", "shard"],
        set_={"count": queue_counts.c.count + insert.excluded.count},
    )


_ADD = Prepared({dialect: _upsert(dialect) for dialect in ("sqlite", "postgresql")})
_OF = (
    select(queue_counts.c.reason, func.sum(queue_counts.c.count))
    .where(queue_counts.c.site == bindparam("site"), queue_counts.c.status == bindparam("status"))
    .group_by(queue_counts.c.reason)
)


def count(conn: Connection, site: str, changes: Iterable[Change]) -> None:
    """Moves the totals of the statuses, and of each comment's reasons in them."""
    sums: Counter[tuple[str, str, int]] = Counter()
    for comment, status, change in changes:
        for name in (_ALL, *(reason.value for reason in comment.verdict.reasons)):
            sums[status.value, name, comment.id % SHARDS] += change
    _ADD.run_all(
        conn,
        [
            {"site": site, "status": status, "reason": reason, "shard": shard, "count": change}
            # Always in one order, so that two writers cannot wait for each other.
            for (status, reason, shard), change in sorted(sums.items())
        ],
    )


def of(conn: Connection, site: str, status: Status) -> Totals:
    """The totals of a site's comments with that status."""
    counted = {name: int(number) for name, number in conn.execute(_OF, {"site": site, "status": status.value})}
    everything = counted.pop(_ALL, 0)
    return Totals(everything, {Reason(name): number for name, number in sorted(counted.items()) if number})
