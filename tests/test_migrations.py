"""The tables come to be by migrations, once, whoever starts first; and they are the tables that the code knows."""

import asyncio
import runpy
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select, text
from sqlalchemy.exc import DBAPIError

from bot.store import comments, migrations, schema, search, sites
from bot.store.database import FILE_NAME, Database, StoreUnavailable
from bot.store.migrations import HEAD, SchemaTooNew
from tests.stored import record, stored

Reopen = Callable[[], Awaitable[Database]]


async def test_migrations_make_the_tables_of_the_schema(database: Database) -> None:
    assert await database.read(differences) == []


def test_the_newest_migration_is_the_one_that_a_start_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_opening_again_changes_nothing(database: Database, reopen: Reopen) -> None:
    comment = await stored(database)
    again = await reopen()
    assert await again.read(sites.names) == ["demo", "other"]
    assert await again.read(comments.find, "demo", comment.id) == comment
    await again.close()


async def test_of_several_that_open_at_once_one_migrates(tmp_path: Path, blank_postgres_url: str) -> None:
    for url in (None, blank_postgres_url):
        opened = await asyncio.gather(*(Database.open(url, tmp_path) for _ in range(4)))
        for database in opened:
            await database.ping()
            await database.close()


async def test_a_migration_that_fails_leaves_nothing_behind(database: Database) -> None:
    def break_off(conn: Connection) -> None:
        conn.exec_driver_sql("CREATE TABLE half (id INTEGER)")
        raise Interrupted

    with pytest.raises(Interrupted):
        await database.write(break_off)
    assert not await database.read(lambda conn: inspect(conn).has_table("half"))


async def test_tables_of_a_newer_parley_are_left_alone(database: Database, reopen: Reopen) -> None:
    await database.write(execute, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="9999"):
        await reopen()


async def test_replies_of_before_find_the_comment_that_their_branch_begins_with(database: Database) -> None:
    """As the migration finds them, so that old threads are read as new ones are."""
    root = (await record(database)).comment
    reply = (await record(database, parent=root.id)).comment
    answer = (await record(database, parent=reply.id)).comment
    asked = select(schema.comments.c.id, schema.comments.c.root)
    expected = {root.id: None, reply.id: root.id, answer.id: root.id}

    def roots(conn: Connection) -> dict[int, int | None]:
        return {row.id: row.root for row in conn.execute(asked)}

    assert await database.read(roots) == expected
    await database.write(execute, "UPDATE comments SET root = NULL")
    path = str(Path(migrations.__file__).parent / "versions" / "widget_0014.py")
    await database.write(execute, runpy.run_path(path)["_ROOTS"])
    assert await database.read(roots) == expected


@pytest.mark.parametrize("statement", ["UPDATE decisions SET decision = 'approve'", "DELETE FROM decisions"])
async def test_decisions_can_be_neither_changed_nor_deleted(database: Database, statement: str) -> None:
    await stored(database)
    with pytest.raises(DBAPIError, match="decisions are final"):
        await database.write(execute, statement)


def test_a_start_without_a_migration_does_without_alembic(tmp_path: Path) -> None:
    """It takes 150 ms to import."""
    code = (
        "import asyncio, sys; from pathlib import Path; from bot.store.database import Database\n"
        "async def start(): await (await Database.open(None, Path(sys.argv[1]))).close()\n"
        "asyncio.run(start()); print('alembic' in sys.modules)"
    )
    said = [
        subprocess.run([sys.executable, "-c", code, tmp_path], check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert said == ["True\n", "False\n"]


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("This is a letter, and long enough to be taken for a header. " * 20)
    with pytest.raises(StoreUnavailable, match="SQLITE_NOTADB"):
        await Database.open(None, tmp_path)


class Interrupted(Exception):
    """Raised by a test in the middle of a migration."""


@pytest.fixture
def reopen(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Reopen:
    """Opens the test's database once more."""
    url = None if database.embedded else request.getfixturevalue("postgres_url")
    return lambda: Database.open(url, tmp_path)


def execute(conn: Connection, statement: str) -> None:
    """What somebody at the console could do."""
    conn.execute(text(statement))


def differences(conn: Connection) -> list[tuple[object, ...]]:
    """What Alembic would still change, apart from SQLite's own tables for text search."""
    expected = MetaData()
    for table in schema.metadata.tables.values():
        table.to_metadata(expected)
    if conn.dialect.name == "postgresql":
        search.words_table.to_metadata(expected)

    def is_compared(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in expected.tables or not str(name).startswith("comment_words")

    context = MigrationContext.configure(conn, opts={"compare_type": True, "include_name": is_compared})
    return list(compare_metadata(context, expected))
