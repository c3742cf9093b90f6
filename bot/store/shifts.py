"""Whose shift it is to do what only one process should do at a time; a shift ends by itself where its process died."""

from datetime import datetime

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import schema

_shifts = schema.shifts


def take(conn: Connection, work: str, until: datetime, now: datetime) -> bool:
    """Takes the shift until then; False where somebody has it."""
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_shifts)
    taken = insert.on_conflict_do_update(
        index_elements=["work"], set_={"until": insert.excluded.until}, where=_shifts.c.until <= now
    ).returning(_shifts.c.work)
    return conn.execute(taken, {"work": work, "until": until}).first() is not None


def extend(conn: Connection, work: str, mine: datetime, until: datetime) -> bool:
    """The shift that was to end at `mine` ends at `until`; False where it was over and somebody else took it."""
    still = (_shifts.c.work == work, _shifts.c.until == mine)
    return conn.execute(update(_shifts).where(*still).values(until=until)).rowcount == 1
