"""Secrets with which Coral signs what it asks; Parley checks signatures, so it must know them as they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from bot.store import schema
from bot.store.documents import check_storable

_secrets = schema.coral_secrets


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of a site; `number` is how people name it, counted from 1."""

    number: int
    text: str
    created_at: datetime


def add(conn: Connection, site: str, text: str, now: datetime) -> int:
    """Keeps a secret beside the site's others, and returns its number. The site must exist."""
    check_storable(text)
    newest = conn.scalar(select(func.max(_secrets.c.number)).where(_secrets.c.site == site)) or 0
    conn.execute(_secrets.insert(), {"site": site, "number": newest + 1, "text": text, "created_at": now})
    return int(newest) + 1


def of(conn: Connection, site: str) -> list[Secret]:
    """The site's secrets, oldest first."""
    rows = conn.execute(select(_secrets).where(_secrets.c.site == site).order_by(_secrets.c.number))
    return [Secret(row.number, row.text, row.created_at) for row in rows]


def remove(conn: Connection, site: str, number: int) -> bool:
    """Forgets a secret; False where the site has no such one."""
    return conn.execute(delete(_secrets).where(_secrets.c.site == site, _secrets.c.number == number)).rowcount == 1
