"""The way to SQL: `Database` runs the store's plain functions on SQLite or PostgreSQL, each in one transaction."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, text

from bot.store import migrations, sites
from bot.store.embedded import Embedded
from bot.store.faults import StoreUnavailable

__all__ = ["Database", "StoreUnavailable"]

P = ParamSpec("P")
T = TypeVar("T")

FILE_NAME = "parley.db"
DEMO_SITE = "demo"
PATIENCE = 5.0


class Door(Protocol):
    """One kind of database: how to run something there in a transaction. Raises StoreUnavailable."""

    async def migrate(self, upgrade: Callable[[Connection], T]) -> T:
        """In a transaction of its own, while every other process that asks for the same waits."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """On a snapshot."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Answers after the commit."""

    async def settle(self) -> None:
        """Lets what was deleted leave the files as well, as far as this door can."""

    async def close(self) -> None:
        """Finishes what was begun."""


class Database:
    """SQL, wherever it is. Open it with `Database.open`, close it before the event loop ends."""

    def __init__(self, door: Door) -> None:
        self._door = door

    @classmethod
    async def open(cls, url: str | None, folder: Path, patience: float = PATIENCE) -> "Database":
        """Opens the database at `url` (postgresql://...), or without one the SQLite file in `folder`.

        `patience` is in seconds: how long PostgreSQL may take over a call, or another process may keep the SQLite
        file to itself, before the store counts as unavailable.

        Brings the schema up to date; of several processes that start at once, one does it and the others wait.
        A new SQLite file gets the site "demo". Raises StoreUnavailable, OSError where no file can be opened, ValueError
        for another kind of URL, and migrations.SchemaTooNew where a newer Parley wrote the database.
        """
        database = cls(Embedded(folder / FILE_NAME, patience) if url is None else _postgres(url, patience))
        try:
            await database._door.migrate(migrations.upgrade)
            if url is None:
                await database.write(_seed, datetime.now(UTC))
        except BaseException:
            await database.close()
            raise
        return database

    @property
    def embedded(self) -> bool:
        """Is this the SQLite file?"""
        return isinstance(self._door, Embedded)

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """fn(conn, ...) on one snapshot that it cannot change. Raises StoreUnavailable and what fn raises."""
        return await self._door.read(lambda conn: fn(conn, *args, **kwargs))

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """fn(conn, ...) in one transaction; answers after the commit, and if fn raises nothing of it is stored.

        fn may run more than once before it succeeds, so it must have no effect but on `conn`.
        Raises StoreUnavailable and what fn raises.
        """
        return await self._door.write(lambda conn: fn(conn, *args, **kwargs))

    async def ping(self) -> None:
        """Raises StoreUnavailable unless SQL answers."""
        await self.read(_ask)

    async def settle(self) -> None:
        """Lets what was deleted leave the files too: at once on SQLite, with PostgreSQL's own VACUUM there."""
        await self._door.settle()

    async def close(self) -> None:
        """Finishes what was begun and lets go of connections and threads."""
        await self._door.close()


def _postgres(url: str, patience: float) -> Door:
    # Not at the top: psycopg takes a tenth of a second to import, which those who use a file need not wait for.
    from bot.store.postgres import Postgres

    return Postgres(url, patience)


def _ask(conn: Connection) -> None:
    conn.execute(text("SELECT 1")).one()


def _seed(conn: Connection, now: datetime) -> None:
    if not sites.names(conn):
        sites.add(conn, DEMO_SITE, now)
