"""Threads are only remembered where somebody closed one; every other thread is open."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import schema

_threads = schema.threads


def close(conn: Connection, site: str, thread: str) -> None:
    """From now on the thread takes no comments."""
    _set(conn, site, thread, closed=True)


def reopen(conn: Connection, site: str, thread: str) -> None:
    """The thread takes comments again."""
    _set(conn, site, thread, closed=False)


def closed(conn: Connection, site: str, thread: str) -> bool:
    """Is the thread closed?"""
    asked = select(_threads.c.closed).where(_threads.c.site == site, _threads.c.thread == thread)
    return bool(conn.scalar(asked))


def _set(conn: Connection, site: str, thread: str, *, closed: bool) -> None:
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_threads)
    conn.execute(
        insert.on_conflict_do_update(index_elements=["site", "thread"], set_={"closed": insert.excluded.closed}),
        {"site": site, "thread": thread, "closed": closed},
    )
