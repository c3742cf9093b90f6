"""What was acknowledged stays, what failed left nothing, and the store works again once the fault is gone."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text

from bot.comment import Comment, Status
from bot.store import comments, counts, queue, sites
from bot.store.database import FILE_NAME, Database, StoreUnavailable
from bot.store.queue import QueueFilter
from bot.verdict import Decision
from tests.builders import NOON
from tests.servers import Postgres, free_port
from tests.stored import add_sites, decided, stored


async def test_a_write_that_fails_takes_nothing_else_with_it(database: Database) -> None:
    async def write(number: int) -> None:
        await database.write(half_a_site if number % 3 == 0 else sites.add, f"site-{number}", NOON)

    results = await asyncio.gather(*(write(number) for number in range(30)), return_exceptions=True)
    assert [isinstance(result, Interrupted) for result in results] == [number % 3 == 0 for number in range(30)]
    there = {name for name in await database.read(sites.names) if name.startswith("site-")}
    assert there == {f"site-{number}" for number in range(30) if number % 3}


async def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(StoreUnavailable, match=r"SQLITE_READONLY|25006"):
        await database.read(sites.add, "sneaky", NOON)


async def test_a_full_disk_refuses_comments_whole_and_keeps_the_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        pages = await database.write(pragma, "page_count")
        await database.write(pragma, f"max_page_count = {pages + 40}")
        kept: list[Comment] = []

        async def store_for_ever() -> None:
            for number in count():
                kept.append(await stored(database, f"Comment {number} " + "word " * 500))

        with pytest.raises(StoreUnavailable):
            await store_for_ever()
        assert kept
        await agrees(database, kept)
        await database.write(pragma, "max_page_count = 1000000")
        kept += [await stored(database)]
        await agrees(database, kept)


async def test_a_file_that_another_process_keeps_locked_makes_the_store_unavailable(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        impatient = await Database.open(None, tmp_path, patience=0.05)
        with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="SQLITE_BUSY"):
                await stored(impatient)
            assert await impatient.read(sites.names) == ["demo", "other"]
            other.execute("ROLLBACK")
        await agrees(database, [await stored(impatient)])
        await impatient.close()


async def test_a_folder_that_cannot_be_used_is_named_as_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        await Database.open(None, tmp_path / "file")
    (tmp_path / "folder" / FILE_NAME).mkdir(parents=True)
    with pytest.raises(OSError, match="Is a directory"):
        await Database.open(None, tmp_path / "folder")


@pytest.mark.parametrize("url", ["mysql://host/name", "no url", "postgresql+nonsense"])
async def test_a_database_of_another_kind_is_refused_with_a_sentence(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        await Database.open(url, tmp_path)


async def test_a_postgresql_that_is_not_there_makes_the_store_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await Database.open(f"postgresql://parley@127.0.0.1:{free_port()}/name", tmp_path)


async def test_more_writes_than_can_wait_are_refused_and_the_others_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            writes = [asyncio.create_task(database.write(sites.add, f"site-{number}", NOON)) for number in range(5000)]
            done, _ = await asyncio.wait(writes, return_when=asyncio.FIRST_COMPLETED)
            assert all(isinstance(write.exception(), StoreUnavailable) for write in done)
            other.execute("ROLLBACK")
        results = await asyncio.gather(*writes, return_exceptions=True)
        refused = sum(isinstance(result, StoreUnavailable) for result in results)
        assert 0 < refused < 1000
        assert len(await database.read(sites.names)) == 2 + 5000 - refused


async def test_after_closing_the_store_is_unavailable(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        pass
    with pytest.raises(StoreUnavailable):
        await stored(database)
    with pytest.raises(StoreUnavailable):
        await database.read(sites.names)


async def test_postgresql_killed_and_started_again_loses_nothing(postgres_server: Postgres, tmp_path: Path) -> None:
    async with opened(tmp_path, postgres_server.url()) as database:
        kept = list(await asyncio.gather(*(stored(database, f"Comment {number}") for number in range(10))))
        postgres_server.kill()
        with pytest.raises(StoreUnavailable):
            await stored(database)
        with pytest.raises(StoreUnavailable):
            await database.ping()
        postgres_server.start()
        kept += [await stored(database, "After")]
        await agrees(database, kept)


async def test_postgresql_restarted_between_two_calls_is_not_noticed(postgres_server: Postgres, tmp_path: Path) -> None:
    async with opened(tmp_path, postgres_server.url()) as database:
        kept = list(await asyncio.gather(*(stored(database, f"Comment {number}") for number in range(10))))
        postgres_server.stop()
        postgres_server.start()
        kept += await asyncio.gather(*(stored(database, f"Comment {number}") for number in range(10)))
        await agrees(database, kept)


async def test_a_frozen_postgresql_is_given_up_in_time(postgres_server: Postgres, tmp_path: Path) -> None:
    async with opened(tmp_path, postgres_server.url()) as database:
        impatient = await Database.open(postgres_server.url(), tmp_path, patience=0.5)
        kept = [await stored(impatient)]
        postgres_server.freeze()
        with pytest.raises(StoreUnavailable, match="in time"):
            await stored(impatient)
        postgres_server.thaw()
        kept += [await stored(impatient)]
        await agrees(database, kept)
        await impatient.close()


async def test_too_few_connections_make_the_store_unavailable_for_a_while(postgres_url: str, tmp_path: Path) -> None:
    async with opened(tmp_path, postgres_url) as database:
        impatient = await Database.open(postgres_url, tmp_path, patience=0.5)
        with psycopg.connect(postgres_url) as other:
            other.execute("LOCK TABLE sites")
            results = await asyncio.gather(*(impatient.read(sites.names) for _ in range(40)), return_exceptions=True)
            assert all(isinstance(result, StoreUnavailable) for result in results)
        assert await impatient.read(sites.names) == ["demo", "other"]
        await impatient.close()
        await database.ping()


async def test_writers_that_wait_for_each_other_both_get_through(postgres_url: str, tmp_path: Path) -> None:
    async with opened(tmp_path, postgres_url) as database:
        tries: list[int] = []

        def cross(conn: Connection, first: int, second: int) -> None:
            tries.append(first)
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": first})
            while len(set(tries)) < 2 or (tries.count(first) == 1 and not is_locked(conn, second)):
                conn.execute(text("SELECT 1"))
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": second})

        await asyncio.gather(database.write(cross, 1, 2), database.write(cross, 2, 1))
        assert len(tries) == 3


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_process_killed_under_load_loses_nothing_that_it_acknowledged(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else None
    with running("acknowledge", url, tmp_path) as child:
        assert child.stdout is not None
        acknowledged = [int(child.stdout.readline()) for _ in range(200)]
        child.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in child.stdout if line.endswith("\n")]
    async with opened(tmp_path, url) as database:
        for number in acknowledged:
            assert await database.read(comments.find, "demo", number) is not None
        totals = await database.read(counts.of, "demo", Status.HELD)
        assert totals.all == await database.read(how_many) >= len(acknowledged)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_processes_that_start_at_once_and_write_at_once_all_succeed(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else None
    with ExitStack() as stack:
        children = [stack.enter_context(running("write_some", url, tmp_path)) for _ in range(3)]
        for child in children:
            _, errors = await asyncio.to_thread(child.communicate, timeout=60)
            assert child.returncode == 0, errors
    async with opened(tmp_path, url) as database:
        assert (await database.read(counts.of, "demo", Status.HELD)).all == await database.read(how_many) == 60


def test_a_process_that_forgets_to_close_its_store_ends_all_the_same(tmp_path: Path) -> None:
    with running("forget_to_close", None, tmp_path) as child:
        assert child.wait(timeout=30) == 0


class Interrupted(Exception):
    """Raised by a test in the middle of a write."""


def half_a_site(conn: Connection, name: str, now: "object") -> None:
    """Writes, and then fails."""
    sites.add(conn, name, NOON)
    raise Interrupted


def pragma(conn: Connection, setting: str) -> int:
    """Asks or sets one of SQLite's settings for the writer."""
    return int(conn.exec_driver_sql(f"PRAGMA {setting}").scalar_one())


def is_locked(conn: Connection, key: int) -> bool:
    """Does anybody hold this advisory lock?"""
    asked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND granted")
    return bool(conn.execute(asked, {"key": key}).scalar_one())


def how_many(conn: Connection) -> int:
    """All stored comments, counted."""
    return int(conn.execute(text("SELECT count(*) FROM comments")).scalar_one())


@asynccontextmanager
async def opened(folder: Path, url: str | None = None) -> AsyncIterator[Database]:
    """A store with the sites "demo" and "other"."""
    database = await Database.open(url, folder)
    try:
        await add_sites(database)
        yield database
    finally:
        await database.close()


async def agrees(database: Database, kept: list[Comment]) -> None:
    """The store holds these comments and no others, and its counts say so."""
    page = await database.read(queue.page, "demo", QueueFilter(), None, 1000)
    assert {comment.id for comment in page.comments} == {comment.id for comment in kept}
    assert page.totals.all == await database.read(how_many) == len(kept)


@contextmanager
def running(task: str, url: str | None, folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """Another Python that runs one of the tasks below; killed at the end, if it is not done then."""
    code = f"import asyncio, tests.test_store_faults as faults; asyncio.run(faults.{task}({url!r}, {str(folder)!r}))"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        yield child
        child.kill()


async def acknowledge(url: str | None, folder: str) -> None:
    """Stores comments, many at once, until it is killed, and prints the id of each when it is stored."""
    async with opened(Path(folder), url) as database:

        async def go_on() -> None:
            for number in count():
                sys.stdout.write(f"{(await stored(database, f'Comment {number}')).id}\n")
                sys.stdout.flush()

        await asyncio.gather(*(go_on() for _ in range(8)))


async def write_some(url: str | None, folder: str) -> None:
    """Stores 20 comments and decides on some of them and back."""
    async with opened(Path(folder), url) as database:
        for number in range(20):
            comment = await stored(database, f"Comment {number}", author=f"author-{number % 3}")
            approved, _ = await decided(database, comment, Decision.APPROVE)
            await decided(database, approved, Decision.HOLD, expected=Status.APPROVED)


async def forget_to_close(url: str | None, folder: str) -> None:
    """Reads, writes, and leaves."""
    database = await Database.open(url, Path(folder))
    await stored(database)
    await database.read(sites.names)
