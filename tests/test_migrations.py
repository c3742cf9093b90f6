"""The tables come to be by migrations, once, whoever starts first; and they are the tables that the code knows."""

import asyncio
import runpy
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select, text
from sqlalchemy.exc import DBAPIError

from bot.comment import Author, Comment, Status, mint_id
from bot.likeness import Likeness
from bot.numbers import Period, Unit
from bot.privacy import Privacy
from bot.store import comments, counts, migrations, schema, search, sites, tallies
from bot.store.database import FILE_NAME, Database, StoreUnavailable
from bot.store.documents import write_analysis, write_evidence
from bot.store.migrations import HEAD, SchemaTooNew
from bot.verdict import Decision, Reason
from tests.builders import NOON, analysis, submission
from tests.stored import decided, record, stored, verdict

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


async def test_what_an_older_parley_stored_is_there_and_counted_after_every_migration(
    database: Database, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From before numbers, erasure, sections, webhooks, sources, the widget and the chat."""
    server = None if database.embedded else request.getfixturevalue("shared_postgres")
    url = None if server is None else server.create_database()
    with monkeypatch.context() as older:
        older.setattr(migrations, "HEAD", "0008")
        before = await Database.open(url, tmp_path / "older")
    kept = await before.write(store_as_0008_did)
    await before.close()
    now = await Database.open(url, tmp_path / "older")
    assert await now.read(differences) == []
    assert [await now.read(comments.find, "demo", one.id) for one in kept] == kept
    roots = select(schema.comments.c.root).order_by(schema.comments.c.id)
    assert await now.read(lambda conn: list(conn.scalars(roots))) == [None, kept[0].id]
    found = await now.read(tallies.of, "demo", Period(NOON.date(), NOON.date(), Unit.DAY), NOON)
    assert (found.steps[0].arrived[Decision.HOLD], found.queue.waiting) == (2, 2)
    await decided(now, kept[0], Decision.REJECT)
    erased = await Privacy(now).erase("demo", "ada", "mia")
    assert erased is not None
    assert erased.comments == 2
    await now.close()
    if server is not None:
        server.drop_database(url)


def store_as_0008_did(conn: Connection) -> list[Comment]:
    """A held comment of ada's and her answer to it, in the columns of then."""
    sites_there = sites.names(conn)
    if "demo" not in sites_there:
        sites.add(conn, "demo", NOON)
    ada = {"site": "demo", "author_id": "ada", "name": "Ada", "standing": "ordinary"}
    conn.execute(schema.authors.insert(), ada | {"approved": 0, "held": 2, "rejected": 0})
    judged = verdict(Decision.HOLD, Reason.DETECTED_INSULT)
    kept: list[Comment] = []
    for number, text_ in enumerate(("You idiot.", "You idiot, again.")):
        said = replace(submission(text_), author=Author("ada", "Ada"), parent=kept[0].id if kept else None)
        kept.append(Comment(mint_id(NOON, number), "demo", said, Status.HELD, NOON, analysis(insult=0.8), judged))
    for one in kept:
        likeness, said = Likeness.of(one.submission.text), one.submission
        low, high = likeness.prints or (None, None)
        row = {"id": one.id, "site": "demo", "thread": said.thread, "parent": said.parent, "author_id": "ada"}
        row |= {"author_name": "Ada", "text": said.text, "text_hash": likeness.text_hash, "permalink": said.permalink}
        row |= {"created_at": NOON, "status": "held", "decision": "hold", "severity": judged.severity}
        row |= {"analysis": one.analysis and write_analysis(one.analysis), "evidence": write_evidence(judged.evidence)}
        row |= {"model": judged.model, "policy": judged.policy, "low_print": low, "high_print": high}
        conn.execute(schema.comments.insert(), row)
        about = {"site": "demo", "comment_id": one.id}
        reason = {"status": "held", "reason": Reason.DETECTED_INSULT.value, "severity": judged.severity}
        conn.execute(schema.comment_reasons.insert(), about | reason)
        line = {"number": 1, "decision": "hold", "source": "rule", "after": "held", "at": NOON}
        conn.execute(schema.decisions.insert(), about | line)
    search.add(conn, kept)
    counts.count(conn, "demo", [(one, one.status, 1) for one in kept])
    return kept


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
