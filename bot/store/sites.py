"""The sites that this Parley moderates for."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import schema

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass
class SiteExists(Exception):
    """There is a site of that name already."""

    name: str

    def __str__(self) -> str:
        return f"There is a site named {self.name!r} already; choose another name."


@dataclass
class BadSiteName(Exception):
    """A name that a site cannot have."""

    name: str

    def __str__(self) -> str:
        return f"{self.name!r} cannot name a site: use 1 to 63 of a-z, 0-9 and '-', beginning with a letter or digit."


def is_name(name: str) -> bool:
    """Can a site have this name? What strangers write into an address need not even be asked of the database."""
    return _NAME.fullmatch(name) is not None


def add(conn: Connection, name: str, now: datetime) -> None:
    """Adds a site; raises SiteExists or BadSiteName."""
    if not is_name(name):
        raise BadSiteName(name)
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(schema.sites)
    added = insert.on_conflict_do_nothing().returning(schema.sites.c.name)
    if conn.execute(added, {"name": name, "created_at": now}).first() is None:
        raise SiteExists(name)


def exists(conn: Connection, name: str) -> bool:
    """Is there a site of that name?"""
    return conn.execute(select(schema.sites.c.name).where(schema.sites.c.name == name)).first() is not None


def names(conn: Connection) -> list[str]:
    """All sites, in the order of the alphabet."""
    return list(conn.scalars(select(schema.sites.c.name).order_by(schema.sites.c.name)))
