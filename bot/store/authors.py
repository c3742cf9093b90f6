"""Authors as a site knows them: their standing, and how many of their comments have which status."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.comment import Author, Standing, Status
from bot.store import schema
from bot.store.counts import Change
from bot.store.prepared import Parameters, Prepared

_authors = schema.authors


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """An author with standing and counts; withdrawn comments count nowhere."""

    author: Author
    standing: Standing
    approved: int
    held: int
    rejected: int


def _upsert(dialect: str) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(_authors)


_MEET = Prepared(
    {
        dialect: (insert := _upsert(dialect))
        .on_conflict_do_update(index_elements=["site", "author_id"], set_={"name": insert.excluded.name})
        .returning(_authors.c.standing, _authors.c.approved, _authors.c.held, _authors.c.rejected)
        for dialect in ("sqlite", "postgresql")
    }
)
_COUNT = Prepared(
    update(_authors)
    .where(_authors.c.site == bindparam("of_site"), _authors.c.author_id == bindparam("of_author"))
    .values(
        approved=_authors.c.approved + bindparam("approved_change"),
        held=_authors.c.held + bindparam("held_change"),
        rejected=_authors.c.rejected + bindparam("rejected_change"),
    )
)
_FIND = select(_authors).where(_authors.c.site == bindparam("site"), _authors.c.author_id == bindparam("author_id"))


def meet(conn: Connection, site: str, author: Author) -> AuthorRecord:
    """The author's record, begun if need be, with the name as it is now.

    Until the transaction ends nobody else meets this author, so what is counted from here on stays true.
    """
    met = _MEET.run(conn, _fresh(site, author, Standing.ORDINARY))
    assert met is not None
    standing, approved, held, rejected = met
    return AuthorRecord(author, Standing(standing), approved, held, rejected)


def introduce(conn: Connection, site: str, authors: Iterable[Author]) -> None:
    """Begins the records of those who have none yet."""
    conn.execute(
        _upsert(conn.dialect.name).on_conflict_do_nothing(),
        [_fresh(site, author, Standing.ORDINARY) for author in authors],
    )


def count(conn: Connection, site: str, changes: Iterable[Change]) -> None:
    """Moves the counts of the comments' authors."""
    sums: dict[str, Counter[Status]] = {}
    for comment, status, change in changes:
        sums.setdefault(comment.submission.author.id, Counter())[status] += change
    _COUNT.run_all(
        conn,
        [
            {
                "of_site": site,
                "of_author": author,
                "approved_change": sums[author][Status.APPROVED],
                "held_change": sums[author][Status.HELD],
                "rejected_change": sums[author][Status.REJECTED],
            }
            for author in sorted(sums)
        ],
    )


def find(conn: Connection, site: str, author_id: str) -> AuthorRecord | None:
    """The author's record; None where the site never heard of them."""
    row = conn.execute(_FIND, {"site": site, "author_id": author_id}).first()
    if row is None:
        return None
    return AuthorRecord(Author(author_id, row.name), Standing(row.standing), row.approved, row.held, row.rejected)


def set_standing(conn: Connection, site: str, author_id: str, standing: Standing) -> None:
    """Trusts or bans an author, or takes that back; also one who has not written yet."""
    insert = _upsert(conn.dialect.name)
    conn.execute(
        insert.on_conflict_do_update(index_elements=["site", "author_id"], set_={"standing": insert.excluded.standing}),
        _fresh(site, Author(author_id, author_id), standing),
    )


def _fresh(site: str, author: Author, standing: Standing) -> Parameters:
    return {
        "site": site,
        "author_id": author.id,
        "name": author.name,
        "standing": standing.value,
        "approved": 0,
        "held": 0,
        "rejected": 0,
    }
