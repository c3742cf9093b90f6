"""What identities are checked with: the seal of a site's passes, the keys that the site signs with, and profiles.

Seals and HS256 secrets check what others made with them, so they are kept as they are; a hash of one would be no use.
Whoever can read the database can make passes. An Ed25519 key is public, and better for that.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.identity import Algorithm, Identity, SiteKey
from bot.store import schema, sites
from bot.store.documents import check_storable

_seals = schema.seals
_keys = schema.site_keys
_profiles = schema.profiles


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as people name it: `number` counts from 1."""

    number: int
    key: SiteKey
    created_at: datetime


def seal(conn: Connection, site: str) -> str | None:
    """The site's seal in hex; None where it has none yet."""
    found: str | None = conn.scalar(select(_seals.c.secret).where(_seals.c.site == site))
    return found


def begin_seal(conn: Connection, site: str, secret: str, now: datetime) -> str | None:
    """The site's seal, which becomes `secret` where it had none; None where there is no such site."""
    if not sites.exists(conn, site):
        return None
    conn.execute(_insert(conn, _seals).on_conflict_do_nothing(), {"site": site, "secret": secret, "created_at": now})
    return seal(conn, site)


def change_seal(conn: Connection, site: str, secret: str, now: datetime) -> None:
    """A new seal: every pass of the site has ended. The site must exist."""
    insert = _insert(conn, _seals)
    changed = {name: insert.excluded[name] for name in ("secret", "created_at")}
    conn.execute(
        insert.on_conflict_do_update(index_elements=["site"], set_=changed),
        {"site": site, "secret": secret, "created_at": now},
    )


def add_key(conn: Connection, site: str, key: SiteKey, now: datetime) -> int:
    """Trusts a key beside the site's others, and returns its number. The site must exist."""
    check_storable(key.text)
    newest = conn.scalar(select(func.max(_keys.c.number)).where(_keys.c.site == site)) or 0
    row = {"site": site, "number": newest + 1, "algorithm": key.algorithm.value, "text": key.text, "created_at": now}
    conn.execute(_keys.insert(), row)
    return int(newest) + 1


def keys(conn: Connection, site: str) -> list[ListedKey]:
    """The site's keys, oldest first."""
    rows = conn.execute(select(_keys).where(_keys.c.site == site).order_by(_keys.c.number))
    return [ListedKey(row.number, SiteKey(Algorithm(row.algorithm), row.text), row.created_at) for row in rows]


def remove_key(conn: Connection, site: str, number: int) -> bool:
    """Trusts a key no more; False where the site has no such one."""
    return conn.execute(delete(_keys).where(_keys.c.site == site, _keys.c.number == number)).rowcount == 1


def introduce(conn: Connection, site: str, identity: Identity) -> None:
    """Keeps what the site says of the author for readers to see."""
    check_storable(identity.author.id, identity.avatar, identity.role)
    insert = _insert(conn, _profiles)
    changed = {name: insert.excluded[name] for name in ("avatar", "role")}
    conn.execute(
        insert.on_conflict_do_update(index_elements=["site", "author_id"], set_=changed),
        {"site": site, "author_id": identity.author.id, "avatar": identity.avatar, "role": identity.role},
    )


def _insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(table)
