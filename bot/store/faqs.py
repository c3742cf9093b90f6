"""A site's FAQ documents, version after version. What a document says is not the store's business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import schema
from bot.store.documents import check_storable, texts_of

_faqs = schema.faqs
_NEWEST = select(func.max(_faqs.c.version)).where(_faqs.c.site == bindparam("site"))
_LISTED = 100


@dataclass(frozen=True, slots=True)
class FaqVersion:
    """One version of a site's FAQ, counted from 1. Any: only its reader knows the shape of the document."""

    version: int
    document: Mapping[str, Any]
    note: str | None
    created_at: datetime


@dataclass
class FaqChanged(Exception):
    """Somebody saved another version in between; nothing was stored."""

    current: int

    def __str__(self) -> str:
        return f"The FAQ was changed in the meantime: version {self.current} is current. Read it and try again."


def newest(conn: Connection, site: str) -> int:
    """The number of the version in force; 0 where the site never saved one."""
    return conn.scalar(_NEWEST, {"site": site}) or 0


def find(conn: Connection, site: str, version: int) -> FaqVersion | None:
    """That version; None where the site has no such one."""
    asked = select(_faqs).where(_faqs.c.site == site, _faqs.c.version == version)
    row = conn.execute(asked).first()
    return None if row is None else FaqVersion(row.version, row.document, row.note, row.created_at)


def headlines(conn: Connection, site: str) -> list[FaqVersion]:
    """The newest hundred versions without their documents, newest first."""
    asked = select(_faqs.c.version, _faqs.c.note, _faqs.c.created_at).where(_faqs.c.site == site)
    rows = conn.execute(asked.order_by(_faqs.c.version.desc()).limit(_LISTED))
    return [FaqVersion(row.version, {}, row.note, row.created_at) for row in rows]


def save(
    conn: Connection,
    site: str,
    document: Mapping[str, Any],
    note: str | None,
    now: datetime,
    after: int | None = None,
) -> int:
    """Stores the next version and returns its number.

    With `after`, only if that is still the version in force (0: none yet); raises FaqChanged otherwise.
    Raises ValueError for a NUL character or a lone surrogate anywhere.
    """
    check_storable(note, *texts_of(document))
    number = newest(conn, site)
    if after is not None and after != number:
        raise FaqChanged(number)
    row = {"site": site, "version": number + 1, "document": dict(document), "note": note, "created_at": now}
    insert = (sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert)(_faqs)
    if conn.execute(insert.on_conflict_do_nothing().returning(_faqs.c.version), row).first() is None:
        raise FaqChanged(number + 1)
    return number + 1
