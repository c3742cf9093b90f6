"""Authors as a site knows them: their standing, and how many of their comments have which status."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.comment import Author, Standing, Status
from bot.event import author_sanctioned
from bot.store import outbox, schema
from bot.store.counts import Change
from bot.store.documents import check_storable
from bot.store.prepared import Parameters, Prepared

_authors = schema.authors
_sanctions = schema.sanctions
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """An author with standing and counts; withdrawn comments count nowhere.

    `reported` is how often readers reported any of them. `until` is None for a standing without end.

    A standing whose end has come is still written here: ask `Standing.in_force`.
    """

    author: Author
    standing: Standing
    approved: int
    held: int
    rejected: int
    until: datetime | None = None
    reported: int = 0

    @classmethod
    def of_nobody(cls, author_id: str) -> "AuthorRecord":
        """That of somebody who never wrote."""
        return cls(Author(author_id, author_id), Standing.ORDINARY, approved=0, held=0, rejected=0)


@dataclass(frozen=True, slots=True)
class Sanction:
    """What a moderator decided about an author; `message` is for the author, `reason` a code of the site's own."""

    standing: Standing
    until: datetime | None
    moderator: str
    reason: str | None
    message: str | None
    at: datetime


def _upsert(dialect: str) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(_authors)


_MEET = Prepared(
    {
        dialect: (insert := _upsert(dialect))
        .on_conflict_do_update(index_elements=["site", "author_id"], set_={"name": insert.excluded.name})
        .returning(
            _authors.c.standing,
            _authors.c.approved,
            _authors.c.held,
            _authors.c.rejected,
            _authors.c.standing_until,
        )
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
    standing, approved, held, rejected, until = met
    ends = None if until is None else schema.moment(until)
    return AuthorRecord(author, Standing(standing), approved, held, rejected, ends)


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


def count_reports(conn: Connection, site: str, author_id: str, change: int) -> None:
    """So many more reports of the author's comments, or fewer."""
    of_author = (_authors.c.site == site, _authors.c.author_id == author_id)
    conn.execute(update(_authors).where(*of_author).values(reported=_authors.c.reported + change))


def find(conn: Connection, site: str, author_id: str) -> AuthorRecord | None:
    """The author's record; None where the site never heard of them."""
    row = conn.execute(_FIND, {"site": site, "author_id": author_id}).first()
    if row is None:
        return None
    standing = Standing(row.standing)
    author = Author(author_id, row.name)
    return AuthorRecord(author, standing, row.approved, row.held, row.rejected, row.standing_until, row.reported)


def set_standing(
    conn: Connection, site: str, author_id: str, standing: Standing, until: datetime | None = None
) -> None:
    """Trusts or bans an author, or takes that back; also one who has not written yet."""
    insert = _upsert(conn.dialect.name)
    changed = {name: insert.excluded[name] for name in ("standing", "standing_until")}
    row: dict[str, object] = {**_fresh(site, Author(author_id, author_id), standing), "standing_until": until}
    conn.execute(insert.on_conflict_do_update(index_elements=["site", "author_id"], set_=changed), row)


def sanction(conn: Connection, site: str, author_id: str, given: Sanction) -> None:
    """The same, with a line in the author's trail.

    Raises ValueError for a NUL character or a lone surrogate.
    """
    check_storable(author_id, given.moderator, given.reason, given.message)
    # First, because it makes everybody else who decides about this author wait.
    set_standing(conn, site, author_id, given.standing, given.until)
    before = conn.scalar(select(func.max(_sanctions.c.number)).where(*_of(site, author_id)))
    conn.execute(
        _sanctions.insert(),
        {
            "site": site,
            "author_id": author_id,
            "number": (before or 0) + 1,
            "standing": given.standing.value,
            "until": given.until,
            "moderator": given.moderator,
            "reason": given.reason,
            "message": given.message,
            "at": given.at,
        },
    )
    outbox.tell(
        conn,
        author_sanctioned(
            site, author_id, given.standing, given.until, given.moderator, given.reason, given.message, given.at
        ),
    )


def sanctions(conn: Connection, site: str, author_id: str, most: int | None = _SHOWN) -> list[Sanction]:
    """The newest of what moderators decided about the author, newest first; `most` is None for all of it."""
    asked = select(_sanctions).where(*_of(site, author_id)).order_by(_sanctions.c.number.desc()).limit(most)
    return [
        Sanction(Standing(row.standing), row.until, row.moderator, row.reason, row.message, row.at)
        for row in conn.execute(asked)
    ]


def _of(site: str, author_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _sanctions.c.site == site, _sanctions.c.author_id == author_id


def _fresh(site: str, author: Author, standing: Standing) -> Parameters:
    return {
        "site": site,
        "author_id": author.id,
        "name": author.name,
        "standing": standing.value,
        "standing_until": None,
        "approved": 0,
        "held": 0,
        "rejected": 0,
        "reported": 0,
    }
