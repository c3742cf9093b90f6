"""API keys. The store sees only the SHA-256 of a token; the token itself is shown once and kept nowhere."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, bindparam, select

from bot.store import schema

_keys = schema.keys
_COLUMNS = (_keys.c.id, _keys.c.site, _keys.c.name, _keys.c.scope, _keys.c.created_at, _keys.c.revoked_at)
_BY_TOKEN = select(*_COLUMNS).where(_keys.c.token_hash == bindparam("token_hash"), _keys.c.revoked_at.is_(None))


class Scope(StrEnum):
    """What a key may do: a ladder on which each step includes those before it."""

    SCORE = "score"
    SUBMIT = "submit"
    MODERATE = "moderate"
    ADMIN = "admin"

    def includes(self, other: "Scope") -> bool:
        """May a key of this scope do what asks for the other?"""
        return _STEP[self] >= _STEP[other]


_STEP = {scope: step for step, scope in enumerate(Scope)}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a site; `revoked_at` is None while it is good."""

    id: int
    site: str
    name: str
    scope: Scope
    created_at: datetime
    revoked_at: datetime | None


def create(conn: Connection, site: str, key_id: int, name: str, scope: Scope, token_hash: bytes, now: datetime) -> Key:
    """Keeps a new key under the hash of its token. The site must exist."""
    key = Key(key_id, site, name, scope, now, None)
    conn.execute(
        _keys.insert(),
        {
            "id": key_id,
            "site": site,
            "name": name,
            "scope": scope.value,
            "token_hash": token_hash,
            "created_at": now,
            "revoked_at": None,
        },
    )
    return key


def find(conn: Connection, token_hash: bytes) -> Key | None:
    """The key with that token, on whichever site; None where there is none or it was revoked."""
    row = conn.execute(_BY_TOKEN, {"token_hash": token_hash}).first()
    return None if row is None else _read(row)


def of(conn: Connection, site: str) -> list[Key]:
    """All keys of a site, also the revoked ones, oldest first."""
    rows = conn.execute(select(*_COLUMNS).where(_keys.c.site == site).order_by(_keys.c.id))
    return [_read(row) for row in rows]


def revoke(conn: Connection, site: str, key_id: int, now: datetime) -> bool:
    """Makes a key worthless; False where the site has no such key or it was revoked before."""
    changed = conn.execute(
        _keys.update()
        .where(_keys.c.id == key_id, _keys.c.site == site, _keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return changed.rowcount == 1


def _read(row: Row[int, str, str, str, datetime, datetime | None]) -> Key:
    return Key(row.id, row.site, row.name, Scope(row.scope), row.created_at, row.revoked_at)
