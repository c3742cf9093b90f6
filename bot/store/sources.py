"""Where comments of other systems come from. The token in a source's address is kept as a hash, as keys' tokens are.

Secrets are kept as they are, because Parley checks signatures with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from bot.arrival import System
from bot.store import schema
from bot.store.documents import check_storable

_sources = schema.sources
_secrets = schema.source_secrets


@dataclass(frozen=True, slots=True)
class Source:
    """One other system that sends a site's comments; `secrets` are by the numbers that people know them by."""

    id: int
    site: str
    system: System
    secrets: Mapping[int, str]
    created_at: datetime


@dataclass
class NoSuchSource(LookupError):
    """The site has no source with that id, or the source no secret with that number."""

    def __str__(self) -> str:
        return "The site has no such source, or the source no such secret."


def create(
    conn: Connection, site: str, source_id: int, system: System, token_hash: bytes, secret: str | None, now: datetime
) -> Source:
    """Keeps a new source under the hash of its token, with its first secret where it has any. The site must exist."""
    conn.execute(
        _sources.insert(),
        {"id": source_id, "site": site, "system": system.value, "token_hash": token_hash, "created_at": now},
    )
    if secret is not None:
        add_secret(conn, site, source_id, secret, now)
    return Source(source_id, site, system, {} if secret is None else {1: secret}, now)


def find(conn: Connection, system: System, token_hash: bytes) -> Source | None:
    """The source of that system with that token, on whichever site."""
    found = conn.execute(
        select(_sources).where(_sources.c.token_hash == token_hash, _sources.c.system == system.value)
    ).first()
    if found is None:
        return None
    return Source(found.id, found.site, system, _secrets_of(conn, found.site, found.id), found.created_at)


def of(conn: Connection, site: str) -> list[Source]:
    """The site's sources, oldest first."""
    rows = conn.execute(select(_sources).where(_sources.c.site == site).order_by(_sources.c.created_at, _sources.c.id))
    return [
        Source(row.id, site, System(row.system), _secrets_of(conn, site, row.id), row.created_at) for row in rows.all()
    ]


def remove(conn: Connection, site: str, source_id: int) -> None:
    """Forgets a source with all that is known of what it sent; the comments stay. Raises NoSuchSource.

    A new source for the same system begins anew: what it sends again is stored again.
    """
    _require(conn, site, source_id)
    for table in (_secrets, schema.arrivals, schema.seen_deliveries):
        conn.execute(delete(table).where(table.c.source_id == source_id, table.c.site == site))
    conn.execute(delete(_sources).where(_sources.c.id == source_id, _sources.c.site == site))


def add_secret(conn: Connection, site: str, source_id: int, text: str, now: datetime) -> int:
    """Takes one more secret, so that the other side can change to it; returns its number. Raises NoSuchSource."""
    check_storable(text)
    _require(conn, site, source_id)
    newest = conn.scalar(select(func.max(_secrets.c.number)).where(_secrets.c.source_id == source_id)) or 0
    row = {"site": site, "source_id": source_id, "number": newest + 1, "text": text, "created_at": now}
    conn.execute(_secrets.insert(), row)
    return int(newest) + 1


def remove_secret(conn: Connection, site: str, source_id: int, number: int) -> None:
    """Forgets a secret: what is signed with it is refused from now on. Raises NoSuchSource."""
    gone = delete(_secrets).where(
        _secrets.c.site == site, _secrets.c.source_id == source_id, _secrets.c.number == number
    )
    if conn.execute(gone).rowcount == 0:
        raise NoSuchSource


def _require(conn: Connection, site: str, source_id: int) -> None:
    if conn.scalar(select(_sources.c.id).where(_sources.c.id == source_id, _sources.c.site == site)) is None:
        raise NoSuchSource


def _secrets_of(conn: Connection, site: str, source_id: int) -> dict[int, str]:
    asked = select(_secrets).where(_secrets.c.site == site, _secrets.c.source_id == source_id)
    return {row.number: row.text for row in conn.execute(asked.order_by(_secrets.c.number))}
