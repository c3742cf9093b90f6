"""Links that let a moderator in once, the sessions of their browsers, and the trail of their sign-ins.

The store sees only SHA-256 hashes of tokens: whoever reads it cannot sign in.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.moderator import LINK_KEPT, SESSION_IDLE, SESSION_LONGEST, Session, SignInEvent, SignInRecord
from bot.store import moderators, schema

_links = schema.sign_in_links
_sessions = schema.sessions
_trail = schema.sign_ins
_FIND = select(_sessions).where(_sessions.c.token_hash == bindparam("token_hash"))


def give_link(conn: Connection, name: str, token_hash: bytes, now: datetime) -> None:
    """Keeps a link for the moderator; the one they had before is worthless from now on."""
    conn.execute(delete(_links).where(_links.c.moderator == name))
    conn.execute(_links.insert(), {"token_hash": token_hash, "moderator": name, "created_at": now})
    note(conn, name, SignInEvent.LINK_MADE, None, now)


def use_link(conn: Connection, token_hash: bytes, now: datetime) -> str | None:
    """The name of whoever the link was made for, once; None for a link that was used, is too old, or never was."""
    row = conn.execute(delete(_links).where(_links.c.token_hash == token_hash).returning(_links)).first()
    return row.moderator if row is not None and now < row.created_at + LINK_KEPT else None


def begin(conn: Connection, name: str, token_hash: bytes, now: datetime) -> None:
    """Begins a session, and forgets those that are over."""
    over = (_sessions.c.seen_at <= now - SESSION_IDLE) | (_sessions.c.created_at <= now - SESSION_LONGEST)
    conn.execute(delete(_sessions).where(over))
    row = {"token_hash": token_hash, "moderator": name, "created_at": now, "seen_at": now}
    conn.execute(_sessions.insert(), row)


def find(conn: Connection, token_hash: bytes) -> Session | None:
    """The session with that token, good or over, with the roles as they are now."""
    row = conn.execute(_FIND, {"token_hash": token_hash}).first()
    if row is None:
        return None
    moderator = moderators.find(conn, row.moderator)
    assert moderator is not None, "a session ends with its moderator"
    return Session(token_hash, moderator, row.created_at, row.seen_at)


def seen(conn: Connection, token_hash: bytes, now: datetime) -> None:
    """The session was used."""
    conn.execute(update(_sessions).where(_sessions.c.token_hash == token_hash).values(seen_at=now))


def end(conn: Connection, token_hash: bytes) -> None:
    """Ends one session."""
    conn.execute(delete(_sessions).where(_sessions.c.token_hash == token_hash))


def end_all(conn: Connection, name: str) -> int:
    """Ends every session of the moderator, and their unused link; how many sessions there were."""
    conn.execute(delete(_links).where(_links.c.moderator == name))
    return conn.execute(delete(_sessions).where(_sessions.c.moderator == name)).rowcount


def note(conn: Connection, name: str, event: SignInEvent, address: str | None, now: datetime) -> None:
    """Adds a line to the trail."""
    conn.execute(_trail.insert(), {"moderator": name, "event": event.value, "at": now, "address": address})


def trail(conn: Connection, name: str, limit: int) -> list[SignInRecord]:
    """The newest lines of the moderator's trail, newest first."""
    asked = select(_trail).where(_trail.c.moderator == name).order_by(_trail.c.id.desc()).limit(limit)
    return [SignInRecord(row.moderator, SignInEvent(row.event), row.at, row.address) for row in conn.execute(asked)]
