"""A site's policy documents, version after version. What a document says is not the store's business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import schema
from bot.store.documents import check_storable, texts_of

_policies = schema.policies
_COLUMNS = (_policies.c.version, _policies.c.document, _policies.c.note, _policies.c.created_at)
_OF = select(*_COLUMNS).where(_policies.c.site == bindparam("site")).order_by(_policies.c.version.desc())
_CURRENT = _OF.limit(1)
_LISTED = 100


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a site's policy, counted from 1. Any: only its reader knows the shape of the document."""

    version: int
    document: Mapping[str, Any]
    note: str | None
    created_at: datetime


@dataclass
class PolicyChanged(Exception):
    """Somebody saved another version in between; nothing was stored."""

    current: int

    def __str__(self) -> str:
        return f"The policy was changed in the meantime: version {self.current} is current. Read it and try again."


@dataclass
class NoSuchVersion(LookupError):
    """The site has no policy of that version."""

    version: int

    def __str__(self) -> str:
        return f"The site has no version {self.version} of its policy."


def current(conn: Connection, site: str) -> PolicyVersion | None:
    """The newest version; None where the site never saved one."""
    row = conn.execute(_CURRENT, {"site": site}).first()
    return None if row is None else _read(row)


def versions(conn: Connection, site: str) -> list[PolicyVersion]:
    """All versions, newest first."""
    return [_read(row) for row in conn.execute(_OF, {"site": site})]


def headlines(conn: Connection, site: str) -> list[PolicyVersion]:
    """The newest hundred versions without their documents, newest first."""
    asked = select(_policies.c.version, _policies.c.note, _policies.c.created_at).where(_policies.c.site == site)
    rows = conn.execute(asked.order_by(_policies.c.version.desc()).limit(_LISTED))
    return [PolicyVersion(row.version, {}, row.note, row.created_at) for row in rows]


def find(conn: Connection, site: str, version: int) -> PolicyVersion:
    """That version; raises NoSuchVersion."""
    row = conn.execute(_OF.where(_policies.c.version == version), {"site": site}).first()
    if row is None:
        raise NoSuchVersion(version)
    return _read(row)


def at(conn: Connection, site: str, moment: datetime) -> PolicyVersion | None:
    """The version that was in force then; the first one where that is older, None where the site never saved one."""
    row = conn.execute(_OF.where(_policies.c.created_at <= moment).limit(1), {"site": site}).first()
    if row is None:
        row = conn.execute(_OF.where(_policies.c.version == 1), {"site": site}).first()
    return None if row is None else _read(row)


def save(
    conn: Connection,
    site: str,
    document: Mapping[str, Any],
    note: str | None,
    now: datetime,
    after: int | None = None,
) -> int:
    """Stores the next version and returns its number.

    With `after`, only if that is still the current version (0: none yet); raises PolicyChanged otherwise.
    Raises ValueError for a NUL character or a lone surrogate anywhere.
    """
    check_storable(note, *texts_of(document))
    newest = current(conn, site)
    number = 0 if newest is None else newest.version
    if after is not None and after != number:
        raise PolicyChanged(number)
    row = {"site": site, "version": number + 1, "document": dict(document), "note": note, "created_at": now}
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_policies)
    if conn.execute(insert.on_conflict_do_nothing().returning(_policies.c.version), row).first() is None:
        raise PolicyChanged(number + 1)
    return number + 1


def _read(row: Row[int, Mapping[str, Any], str | None, datetime]) -> PolicyVersion:
    return PolicyVersion(row.version, row.document, row.note, row.created_at)
