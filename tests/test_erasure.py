"""An erased author leaves no word behind, in no table and no file, and nobody else's rows change."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.comment import Author, Comment, Standing, Status, mint_id
from bot.example import Example, ExampleSource
from bot.identity import Identity
from bot.likeness import Likeness
from bot.privacy import Privacy
from bot.question import Question, QuestionStatus
from bot.reporting import Report, ReportReason
from bot.review import Erased
from bot.signature import Scheme, Secret
from bot.store import (
    authors,
    comments,
    counts,
    decisions,
    edits,
    endpoints,
    erasure,
    examples,
    kept,
    questions,
    queue,
    reports,
    schema,
    sealing,
    search,
    votes,
)
from bot.store.authors import Sanction
from bot.store.comments import Windows
from bot.store.database import FILE_NAME, Database
from bot.store.decisions import NoSuchComment
from bot.store.endpoints import Wanted
from bot.store.idempotency import Idempotency
from bot.store.queue import QueueFilter
from bot.verdict import Decision, DecisionSource, Evidence, Place, Reason, Verdict
from sentiment.scores import Attribute, Span
from tests.builders import NOON, analysis
from tests.stored import decided, record, stored, verdict

AUTHOR = "u-quizzaciously-17"
SECRETS = (
    *("quizzaciously", "xylomancer", "brontophile", "zyzzogeton", "gallimaufry", "kakorrhaphio"),
    *("mumpsimus", "tarantism", "borborygmus", "absquatulate"),
)
"""Words that only the author's id, name, texts, notes and context have."""

SAID = "The Xylomancer keeps a brontophile under every single bed in this very house."


async def live(database: Database) -> None:
    """Every way in which something of the author comes to be kept, beside the same of others."""
    hook = Wanted("https://example.org/hook", "", None)
    await database.write(endpoints.add, "demo", 1, hook, Secret.of(Scheme.V1, b"s" * 32), NOON)
    found = Evidence(Reason.DETECTED_INSULT, Decision.HOLD, Attribute.INSULT, 0.8, 0.6, Place(4, 14))
    bad = Verdict(Decision.HOLD, (found,), 0.8, "test-1", 1)
    scored = analysis(Span(Attribute.INSULT, 4, 14, 2.0), insult=0.8)
    key = Idempotency(f"{AUTHOR}-1", b"hash")
    first = (await record(database, SAID, author=AUTHOR, judge=lambda _: bad, scored=scored, wanted=key)).comment
    answered = await record(database, "I do agree with that.", author="grace", parent=first.id)
    await decided(database, first, Decision.REJECT)
    await database.write(decisions.appeal, "demo", first.id, AUTHOR, "No gallimaufry was meant.", NOON)
    second = await stored(database, "Another zyzzogeton of mine.", verdict(Decision.APPROVE), author=AUTHOR)
    await database.write(edited, second, "A zyzzogeton of mine, edited.")
    await database.write(reports.record, "demo", second.id, said("eve", "A zyzzogeton, really?"), lambda _: 9)
    await database.write(reports.record, "demo", answered.comment.id, said(AUTHOR, "kakorrhaphio!"), lambda _: 9)
    given = Sanction(Standing.BANNED, None, "mia", "spam", "No more gallimaufry from you.", NOON)
    await database.write(authors.sanction, "demo", AUTHOR, given)
    await traces(database, answered.comment)
    for number, example in enumerate(
        (
            # Somebody labelled what stood there before the author changed it.
            Example("Another ZYZZOGETON of mine.", {"toxicity": 1.0}, ExampleSource.AKISMET),
            Example(SAID.upper(), {"toxicity": 1.0}, ExampleSource.PERSPECTIVE),
            Example("A fair answer.", {"toxicity": 0.0}, ExampleSource.PERSPECTIVE, context=("Kept.", SAID)),
            Example("Nobody's.", {"toxicity": 0.0}, ExampleSource.PERSPECTIVE),
        )
    ):
        await database.write(examples.add, "demo", mint_id(NOON, number + 1), example, NOON)
    for number in range(5):
        await stored(database, f"Somebody else's comment, number {number}.", author="grace")


async def traces(database: Database, answered: Comment, author: str = AUTHOR) -> None:
    """What is kept of somebody who need not have written a comment: who they are, what they liked and asked."""
    await database.write(decisions.record, "demo", answered.id, Decision.APPROVE, Status.HELD, DecisionSource.MODERATOR,
                         "mia", None, None, NOON)  # fmt: skip
    shown = Identity(Author(author, "Tarantism"), "https://example.org/mumpsimus.png", "mumpsimus")
    await database.write(sealing.introduce, "demo", shown)
    await database.write(votes.vote, "demo", answered.id, author)
    await database.write(votes.vote, "demo", answered.id, "eve")
    for number, asker in enumerate((Author(author, "Tarantism"), Author("grace", "Grace"))):
        own = ("Why the borborygmus?", "You may absquatulate.") if asker.id == author else ("May I quote you?", "Yes.")
        asked = Question(number + 1, own[0], asker, QuestionStatus.WAITING, NOON, NOON + timedelta(days=1))
        await database.write(questions.add, "demo", bytes([number]) * 32, asked)
        await database.write(questions.settle, "demo", number + 1, own[1], "mia", NOON)


def edited(conn: Connection, comment: Comment, text: str) -> Comment:
    """As other systems edit: the text before stays as a revision."""
    never, approved = timedelta(0), verdict(Decision.APPROVE)
    windows = Windows(never, never, never)
    return edits.edit(conn, comment, text, None, Likeness.of(text), windows, lambda _: approved, NOON)


def said(reporter: str, note: str) -> Report:
    return Report(reporter, ReportReason.OFFENSIVE, note, NOON)


def dump(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table (Any: whatever the columns hold)."""
    found = {
        name: [dict(row) for row in conn.execute(table.select()).mappings()]
        for name, table in schema.metadata.tables.items()
    }
    if conn.dialect.name == "postgresql":
        found["comment_words"] = [dict(row.items()) for row in conn.execute(search.words_table.select()).mappings()]
    return found


async def test_no_word_of_an_erased_author_is_left_and_nobody_elses_rows_change(
    database: Database, tmp_path: Path
) -> None:
    await live(database)
    before = await database.read(dump)
    assert all(secret in repr(before).casefold() for secret in SECRETS)
    erased = await Privacy(database).erase("demo", AUTHOR, "mia")
    assert erased is not None
    assert (erased.comments, erased.author, erased.moderator) == (2, None, "mia")
    after = await database.read(dump)
    assert [secret for secret in SECRETS if secret in repr(after).casefold()] == []
    theirs = {row["id"] for row in before["comments"] if row["author_id"] == AUTHOR}
    for name, rows in before.items():
        others = [row for row in rows if is_anothers(name, row, theirs)]
        assert [row for row in others if row not in after[name]] == [], name
    if database.embedded:
        await database.settle()
        assert [secret for secret in SECRETS if secret.encode() in files_of(tmp_path)] == []


def files_of(folder: Path) -> bytes:
    """The database's file and its log, as whoever takes the disk would read them."""
    return b"".join(path.read_bytes() for path in folder.glob(f"{FILE_NAME}*")).lower()


def is_anothers(table: str, row: Mapping[str, Any], theirs: set[int]) -> bool:
    """Neither the author's, nor about a comment of theirs, nor a count that their held comments were in."""
    if table in ("queue_counts", "shifts", "endpoints") or row.get("comment_id", row.get("id")) in theirs:
        return False
    return not any(secret in repr(dict(row)).casefold() for secret in SECRETS)


async def test_who_only_voted_asked_and_signed_in_is_erased_as_well(database: Database) -> None:
    """No row says that they are an author, so nothing may hang on there being one."""
    answered = (await record(database, "I do agree with that.", author="grace")).comment
    await traces(database, answered)
    assert await database.read(authors.find, "demo", AUTHOR) is None
    kinds = [type(one) async for one in Privacy(database).everything("demo", AUTHOR)]
    assert kinds == [kept.VoteMade, Question]
    erased = await Privacy(database).erase("demo", AUTHOR, "mia")
    assert erased is not None
    assert erased.ended_at is not None
    after = await database.read(dump)
    assert [secret for secret in SECRETS if secret in repr(after).casefold()] == []
    assert [row["votes"] for row in after["comments"]] == [2]
    assert {row["author_id"] for row in after["votes"]} == {"eve", erased.pseudonym}
    assert await Privacy(database).erase("demo", AUTHOR, "mia") is None


async def test_what_counts_stays_true(database: Database) -> None:
    """Statuses, counts and the lines of the trail; what was held left the queue, and answers keep their parent."""
    await live(database)
    before = await database.read(dump)
    erased = await Privacy(database).erase("demo", AUTHOR, "mia")
    assert erased is not None
    author = await database.read(authors.find, "demo", erased.pseudonym)
    assert author is not None
    assert (author.approved, author.held, author.rejected, author.reported) == (1, 0, 0, 1)
    assert author.standing is Standing.BANNED
    assert await database.read(authors.find, "demo", AUTHOR) is None
    after = await database.read(dump)
    ids = {row["id"]: row["status"] for row in before["comments"]}
    was_held = {number for number, status in ids.items() if status == "held" and _of_author(before, number)}
    assert {row["id"]: row["status"] for row in after["comments"]} == ids | dict.fromkeys(was_held, "withdrawn")
    assert len(after["decisions"]) == len(before["decisions"]) + len(was_held)
    assert (await database.read(counts.of, "demo", Status.HELD)).all == 5
    answers = [row["parent"] for row in after["comments"] if row["parent"]]
    assert len(answers) == 1
    assert answers[0] in ids
    assert [row["moderator"] for row in after["sanctions"]] == ["mia"]
    (line,) = await database.read(erasure.of, "demo")
    assert (line.moderator, line.comments, line.author) == ("mia", 2, None)


def _of_author(rows: Mapping[str, Any], number: int) -> bool:
    return any(row["id"] == number and row["author_id"] == AUTHOR for row in rows["comments"])


async def test_erasing_again_changes_nothing(database: Database) -> None:
    await live(database)
    privacy = Privacy(database)
    await privacy.erase("demo", AUTHOR, "mia")
    once = await database.read(dump)
    assert await privacy.erase("demo", AUTHOR, "mia") is None
    assert await privacy.erase("demo", "never-seen", "mia") is None
    assert await database.read(dump) == once


async def test_an_erasure_that_was_cut_off_goes_on_where_it_ended(database: Database) -> None:
    """After any step: each is stored by itself, and whoever comes next, even as somebody else, ends it."""
    for number in range(7):
        await stored(database, f"The xylomancer, number {number}.", author=AUTHOR)
    begun = await database.write(erasure.begin, "demo", AUTHOR, "erased-1", "mia", NOON)
    assert begun is not None
    assert await database.write(erasure.erase_comments, begun, 3, NOON) == 3
    halfway = [await database.read(authors.find, "demo", name) for name in (AUTHOR, "erased-1")]
    assert [one.held if one else None for one in halfway] == [4, 0]
    assert await database.read(erasure.open_ones) == [replace(begun, comments=3)]
    ended = await Privacy(database).erase("demo", AUTHOR, "ben")
    assert ended is not None
    assert (ended.pseudonym, ended.comments, ended.moderator) == ("erased-1", 7, "mia")
    assert await database.read(erasure.open_ones) == []


async def test_a_process_that_is_killed_while_erasing_leaves_the_rest_to_the_next(tmp_path: Path) -> None:
    opened = await Database.open(None, tmp_path)
    for number in range(120):
        await stored(opened, f"The xylomancer, number {number}.", author=AUTHOR)
    await opened.close()
    code = (
        "import asyncio, os, signal, sys; from pathlib import Path\n"
        "from bot.privacy import Privacy; from bot.store.database import Database\n"
        "async def erase():\n"
        "    database = await Database.open(None, Path(sys.argv[1]))\n"
        "    kill = lambda count: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    await Privacy(database).erase('demo', sys.argv[2], 'mia', done=kill)\n"
        "asyncio.run(erase())"
    )
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", code, tmp_path, AUTHOR)
    assert await killed.wait() == -signal.SIGKILL
    again = await Database.open(None, tmp_path)
    (begun,) = await again.read(erasure.open_ones)
    assert 0 < begun.comments < 120
    ended = await Privacy(again).erase("demo", AUTHOR, "ben")
    assert ended is not None
    assert (ended.pseudonym, ended.comments) == (begun.pseudonym, 120)
    left = await again.read(authors.find, "demo", begun.pseudonym)
    assert left is not None
    assert (left.approved, left.held, left.rejected) == (0, 0, 0)
    await again.close()


async def test_nothing_is_forgotten_that_was_written_while_erasing(database: Database) -> None:
    """An erasure ends only once nothing of the author is left."""
    await stored(database, "Before.", author=AUTHOR)
    begun = await database.write(erasure.begin, "demo", AUTHOR, "erased-1", "mia", NOON)
    assert begun is not None
    await database.write(erasure.erase_comments, begun, 100, NOON)
    await stored(database, "Meanwhile.", author=AUTHOR)
    assert not await database.write(erasure.finish, begun, NOON)
    ended = await Privacy(database).go_on(begun)
    assert (ended.comments, ended.ended_at is not None) == (2, True)


async def test_whoever_comes_back_is_somebody_new(database: Database) -> None:
    await live(database)
    await Privacy(database).erase("demo", AUTHOR, "mia")
    await stored(database, SAID, author=AUTHOR)
    author = await database.read(authors.find, "demo", AUTHOR)
    assert author is not None
    assert (author.held, author.rejected, author.standing) == (1, 0, Standing.ORDINARY)


async def test_an_erased_comment_is_neither_found_nor_decided_on(database: Database) -> None:
    comment = await stored(database, SAID, verdict(Decision.REJECT), author=AUTHOR)
    await Privacy(database).erase("demo", AUTHOR, "mia")
    found = await database.read(comments.find, "demo", comment.id)
    assert found is not None
    assert (found.erased, found.submission.text, found.status) == (True, "", Status.REJECTED)
    with pytest.raises(Erased):
        await decided(database, found, Decision.APPROVE, expected=Status.REJECTED)
    with pytest.raises(NoSuchComment):
        await database.write(reports.record, "demo", comment.id, said("eve", "Again."), lambda _: 1)
    with pytest.raises(NoSuchComment):
        await database.write(decisions.appeal, "demo", comment.id, found.submission.author.id, "Please.", NOON)
    page = await database.read(queue.page, "demo", QueueFilter(status=Status.REJECTED, text="brontophile"), None, 10)
    assert page.comments == ()


async def test_nobody_votes_for_what_was_erased(database: Database) -> None:
    comment = await stored(database, SAID, verdict(Decision.APPROVE), author=AUTHOR)
    await Privacy(database).erase("demo", AUTHOR, "mia")
    with pytest.raises(NoSuchComment):
        await database.write(votes.vote, "demo", comment.id, "eve")


@pytest.mark.parametrize(
    "change",
    [
        "note = NULL, message = NULL, decision = 'approve'",
        "note = NULL, message = NULL, moderator = NULL",
        "note = NULL, message = NULL, at = 0",
        "note = 'Something else.'",
    ],
)
async def test_erasure_alone_passes_the_lock_of_the_audit_trail(database: Database, change: str) -> None:
    """Not even an erased comment's trail takes another change, and no other comment's loses a note."""
    mine = await stored(database, SAID, author=AUTHOR)
    await decided(database, mine, Decision.REJECT)
    await decided(database, await stored(database, "Kept."), Decision.REJECT)
    await Privacy(database).erase("demo", AUTHOR, "mia")
    for statement in (
        f"UPDATE decisions SET {change}",
        f"UPDATE decisions SET {change} WHERE comment_id = {mine.id}",
        "UPDATE decisions SET note = NULL, message = NULL",
        f"DELETE FROM decisions WHERE comment_id = {mine.id}",
    ):
        with pytest.raises(DBAPIError, match="decisions are final"):
            await database.write(lambda conn, asked: conn.execute(text(asked)), statement)


async def test_other_sites_keep_what_is_theirs(database: Database) -> None:
    await stored(database, SAID, author=AUTHOR)
    elsewhere = await stored(database, SAID, author=AUTHOR, site="other")
    await Privacy(database).erase("demo", AUTHOR, "mia")
    assert await database.read(comments.find, "other", elsewhere.id) == elsewhere
