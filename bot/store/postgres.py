"""PostgreSQL through a pool of psycopg connections on the event loop."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, Connection, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.documents import dumps, loads
from bot.store.faults import StoreUnavailable

T = TypeVar("T")

_POOL = 8
_MORE = 8
_TRIES = 6
_FIRST_PAUSE = 0.01
# Any number that no other application in the same database locks.
_MIGRATION_LOCK = 0x5061726C6579
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_TRY_AGAIN = {"40001", "40P01"}
_AWAY_CLASSES = {"08", "53", "57", "58"}
_READ_ONLY = "25006"


class Postgres:
    """The door to a PostgreSQL database that other processes share."""

    def __init__(self, url: str, patience: float) -> None:
        self._patience = patience
        self._engine = _engine(url, patience)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def migrate(self, upgrade: Callable[[Connection], T]) -> T:
        """Runs `upgrade` in one transaction, under a lock that every Parley on this database asks for."""

        def locked(conn: Connection) -> T:
            conn.execute(text("SET LOCAL statement_timeout = 0"))
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            return upgrade(conn)

        return await self._try(self._engine, locked)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` on one snapshot."""
        return await self._run(self._snapshots, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction, again where PostgreSQL asks for that, and answers after the commit."""
        return await self._run(self._engine, work)

    async def settle(self) -> None:
        """PostgreSQL sees to its own log, and VACUUM to what was deleted."""

    async def close(self) -> None:
        """Finishes what was begun, for as long as a call may take, and closes every connection."""
        self._closed = True
        if self._under_way:
            # Whoever asked may be gone, but a connection that is in use cannot be closed.
            await asyncio.wait(self._under_way, timeout=self._patience)
        for attempt in self._under_way:
            attempt.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._engine.dispose()

    async def _run(self, engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        attempt = asyncio.create_task(self._try(engine, work))
        self._under_way.add(attempt)
        attempt.add_done_callback(self._under_way.discard)
        try:
            done, _ = await asyncio.wait({attempt}, timeout=self._patience)
        except asyncio.CancelledError:
            # It ends by itself, as on SQLite: a transaction that is cut off in the middle costs its connection.
            attempt.add_done_callback(_look_at)
            raise
        if not done:
            _give_up(attempt)
            raise StoreUnavailable("PostgreSQL did not answer in time.")
        return attempt.result()

    async def _try(self, engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
        for attempt in range(1, _TRIES + 1):
            committing = False
            try:
                async with engine.connect() as conn:
                    value = await conn.run_sync(work)
                    committing = True
                    await conn.commit()
                    return value
            except (DBAPIError, psycopg.Error, PoolTimeout, OSError) as error:
                if attempt == _TRIES or not _worth_another_try(error, committing=committing):
                    raise _judged(error) from error
            await asyncio.sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))
        raise AssertionError("the last attempt returns or raises")


def _give_up(attempt: asyncio.Task[T]) -> None:
    """Ends an attempt that nobody waits for any more: a server that hangs makes even that take a while."""
    attempt.add_done_callback(_look_at)
    attempt.cancel()


def _look_at(attempt: asyncio.Task[Any]) -> None:
    """So that asyncio does not report an error that nobody waits for."""
    if not attempt.cancelled():
        attempt.exception()


def _worth_another_try(error: Exception, *, committing: bool) -> bool:
    """A deadlock, or a pooled connection that had died: nothing was stored, and a new try may well succeed."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return not committing
    return _state(error) in _TRY_AGAIN


def _judged(error: Exception) -> Exception:
    """StoreUnavailable where the server is at fault, else the error itself."""
    if isinstance(error, PoolTimeout):
        return StoreUnavailable("Every connection to PostgreSQL is in use; try again in a moment.")
    state = _state(error)
    if state is None:
        return StoreUnavailable("PostgreSQL cannot be reached.") if _is_about_connection(error) else error
    if state[:2] in _AWAY_CLASSES or state == _READ_ONLY or state in _TRY_AGAIN:
        return StoreUnavailable(f"PostgreSQL cannot answer now (SQLSTATE {state}).")
    return error


def _is_about_connection(error: Exception) -> bool:
    driver = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(driver, psycopg.OperationalError | psycopg.InterfaceError | OSError)


def _state(error: Exception) -> str | None:
    driver = error.orig if isinstance(error, DBAPIError) else error
    return driver.sqlstate if isinstance(driver, psycopg.Error) else None


def _options(url: URL, patience: float) -> str:
    """Settings of each session, besides those that the URL asks for."""
    asked = url.query.get("options", ())
    settings = {
        # What was answered is on the server's disk, whatever its own settings are.
        "synchronous_commit": "on",
        # The server does not notice by itself when a client stops waiting.
        "statement_timeout": f"{patience * 1000:.0f}",
        "idle_in_transaction_session_timeout": "30000",
    }
    ours = (f"-c {name}={value}" for name, value in settings.items())
    return " ".join((*ours, *((asked,) if isinstance(asked, str) else asked)))


def _engine(url: str, patience: float) -> AsyncEngine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError(
            "The database URL cannot be read; it looks like postgresql://user:password@host/name."
        ) from error
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError("The database URL must begin with postgresql://; without one Parley uses its own file.")
    return create_async_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args={
            # libpq takes whole seconds here, and no less than two.
            "connect_timeout": max(2, round(patience)),
            "options": _options(parsed, patience),
        },
        json_serializer=dumps,
        json_deserializer=loads,
        pool_size=_POOL,
        max_overflow=_MORE,
        pool_timeout=patience,
        hide_parameters=True,
    )
