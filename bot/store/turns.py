"""Whose turn it is to do what only one process should do at a time; a turn ends by itself where its process died."""

from datetime import datetime

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import schema

_turns = schema.turns


def take(conn: Connection, work: str, until: datetime, now: datetime) -> bool:
    """Takes the turn until then; False where somebody has it."""
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_turns)
    taken = insert.on_conflict_do_update(
        index_elements=["work"], set_={"until": insert.excluded.until}, where=_turns.c.until <= now
    ).returning(_turns.c.work)
    return conn.execute(taken, {"work": work, "until": until}).first() is not None


def extend(conn: Connection, work: str, mine: datetime, until: datetime) -> bool:
    """The turn that was to end at `mine` ends at `until`; False where it was over and somebody else took it."""
    still = (_turns.c.work == work, _turns.c.until == mine)
    return conn.execute(update(_turns).where(*still).values(until=until)).rowcount == 1
