"""SQLite in a file: one writer thread that commits for many at once, and a few readers."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from bot.store.documents import dumps, loads
from bot.store.faults import StoreUnavailable
from bot.store.prepared import driver_of

T = TypeVar("T")

_CLOSED = "The store is closed."
_TOGETHER = 64
_MOST_WAITING = 4096
_READERS = 3
_READ = "BEGIN"
_WRITE = "BEGIN IMMEDIATE"
_PAUSE = 0.001
# https://www.sqlite.org/rescode.html: busy, locked, nomem, readonly, ioerr, corrupt, full, cantopen, protocol, notadb
_AWAY = {5, 6, 7, 8, 10, 11, 13, 14, 15, 26}


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to do in a transaction, and who waits for it. Any: each job has its own answer."""

    work: Callable[[Connection], Any]
    answer: "asyncio.Future[Any]"


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    value: Any = None
    error: BaseException | None = None


class _TransactionLost(Exception):
    """SQLite rolled back the whole transaction by itself, and with it what others did in it."""


class Embedded:
    """The door to an SQLite file. Several processes may have it open."""

    def __init__(self, path: Path, patience: float) -> None:
        self._path = path
        self._patience = patience
        self._reading = _engine(path, patience, read_only=True)
        self._writing = _engine(path, patience, read_only=False)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._connection: Connection | None = None
        self._waiting: deque[_Job] = deque()
        self._lock = threading.Lock()
        self._draining = False
        self._closed = False

    async def migrate(self, upgrade: Callable[[Connection], T]) -> T:
        """Runs `upgrade` in a transaction of its own, on a new file if need be; other processes wait meanwhile.

        Raises OSError where no file can be opened there.
        """

        def begin() -> T:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite would say the same of a file that may not be opened as of one that is busy: try again.
            self._path.open("ab").close()
            return self._alone(self._writing, _WRITE, upgrade)

        return await asyncio.get_running_loop().run_in_executor(self._writer, begin)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` on a snapshot that no writer disturbs."""
        if self._closed:
            raise StoreUnavailable(_CLOSED)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._alone, self._reading, _READ, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in the next transaction and answers after its commit."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._closed:
                raise StoreUnavailable(_CLOSED)
            if len(self._waiting) >= _MOST_WAITING:
                raise StoreUnavailable("Too many writes are waiting for the disk; try again in a moment.")
            self._waiting.append(_Job(work, answer))
            if not self._draining:
                self._draining = True
                # After this turn of the loop: what else it brings shares the commit.
                asyncio.get_running_loop().call_soon(self._writer.submit, self._drain)
        return await answer

    async def settle(self) -> None:
        """Moves what was written from the log into the file, and empties the log, unless somebody reads just now."""

        def checkpoint() -> None:
            try:
                driver_of(self._connected()).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except (DBAPIError, sqlite3.Error) as error:
                raise _judged(error) from error

        if self._closed:
            raise StoreUnavailable(_CLOSED)
        await asyncio.get_running_loop().run_in_executor(self._writer, checkpoint)

    async def close(self) -> None:
        """Finishes what waits, then lets go of threads and file."""
        with self._lock:
            self._closed = True
        # The writer may still have to be called for what was brought in this turn.
        await asyncio.sleep(0)
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._drop_connection()
        self._writing.dispose()
        self._reading.dispose()

    def _alone(self, engine: Engine, begin: str, work: Callable[[Connection], T]) -> T:
        try:
            with engine.connect() as conn, self._begun(conn, begin):
                return work(conn)
        except (DBAPIError, sqlite3.Error) as error:
            raise _judged(error) from error

    @contextlib.contextmanager
    def _begun(self, conn: Connection, begin: str) -> Iterator[None]:
        """In a transaction; SQLAlchemy leaves it to the driver to begin one, which does so too late."""
        with conn.begin():
            _insist(driver_of(conn), begin, self._patience)
            yield

    def _drain(self) -> None:
        while True:
            with self._lock:
                batch = [self._waiting.popleft() for _ in range(min(_TOGETHER, len(self._waiting)))]
                if not batch:
                    self._draining = False
                    return
            _deliver(self._commit(batch))

    def _commit(self, batch: list[_Job]) -> list[_Outcome]:
        """One transaction for the whole batch; whoever fails in it fails alone, unless the transaction does."""
        try:
            conn = self._connected()
            with self._begun(conn, _WRITE):
                return [_attempt(conn, job) for job in batch]
        except Exception as error:  # noqa: BLE001 - whatever happened, those who wait must hear of it
            self._drop_connection()
            failure = _judged(error)
            return [_Outcome(job, error=failure) for job in batch]

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._writing.connect()
        return self._connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()
            connection.close()


def _attempt(conn: Connection, job: _Job) -> _Outcome:
    driver = driver_of(conn)
    driver.execute("SAVEPOINT job")
    try:
        value = job.work(conn)
    except Exception as error:
        if not driver.in_transaction:
            raise _TransactionLost from error
        driver.execute("ROLLBACK TO job")
        driver.execute("RELEASE job")
        return _Outcome(job, error=_judged(error))
    driver.execute("RELEASE job")
    return _Outcome(job, value=value)


def _deliver(outcomes: list[_Outcome]) -> None:
    """Wakes those who wait: each event loop once, however many of its jobs were in the batch."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome.job.answer.get_loop(), []).append(outcome)
    for loop, settled in by_loop.items():
        # A loop that closed in the meantime has nobody waiting in it.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, settled)


def _settle(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        if outcome.job.answer.done():
            continue
        if outcome.error is not None:
            outcome.job.answer.set_exception(outcome.error)
        else:
            outcome.job.answer.set_result(outcome.value)


def _judged(error: Exception) -> Exception:
    """StoreUnavailable where the file or the disk is at fault, else the error itself."""
    if isinstance(error, _TransactionLost):
        return StoreUnavailable("The database gave up a transaction; nothing of it was stored.")
    driver = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(driver, "sqlite_errorcode", None)
    if isinstance(driver, sqlite3.Error) and code is not None and code & 0xFF in _AWAY:
        return StoreUnavailable(f"The database file cannot be used now ({driver.sqlite_errorname}).")
    return error


def _engine(path: Path, patience: float, *, read_only: bool) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={
            # A writer that has begun waits for nobody any more; how it waits until then, _insist says.
            "timeout": patience if read_only else 0,
            "check_same_thread": False,
            "isolation_level": None,
        },
        # So that statements take the same parameters as PostgreSQL's.
        paramstyle="named",
        json_serializer=dumps,
        json_deserializer=loads,
        pool_size=_READERS if read_only else 1,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        _insist(connection, "PRAGMA journal_mode = WAL", patience)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is erased leaves the file at once, not when its page happens to be written again.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        # The writer touches every index; with a million comments, one that forgets them works half as fast again.
        connection.execute(f"PRAGMA cache_size = {-4_000 if read_only else -24_000}")

    return engine


def _insist(connection: sqlite3.Connection, statement: str, patience: float) -> None:
    """Tries until no other process is in the way.

    SQLite would wait by itself, but not for every statement, and with pauses of up to 100 ms: a neighbour that
    writes without end then leaves hardly a moment in which this one is awake.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute(statement)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
