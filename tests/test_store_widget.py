"""What the widget keeps belongs to one site, by any function of the store that it asks."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.comment import Author, Comment
from bot.editing import CannotEdit
from bot.identity import Algorithm, Identity, SiteKey
from bot.policy import Policy
from bot.store import edits, nudges, sealing, shown, votes
from bot.store.comments import Windows
from bot.store.cursor import Position
from bot.store.database import Database
from bot.store.decisions import NoSuchComment
from bot.store.nudges import Nudges, Outcome
from bot.store.shown import Page, Reader
from bot.verdict import Decision
from bot.widget import Sort
from tests.builders import NOON
from tests.stored import record, stored, verdict

KEY = SiteKey(Algorithm.HS256, "s" * 32)
ADA = Reader("ada", Policy(), NOON)
NONE = Windows(timedelta(0), timedelta(0), timedelta(0))
START = Position(0.0, 2**62)
APPROVED = verdict(Decision.APPROVE)
FOREIGN: dict[str, tuple[Callable[[Connection, Comment], Any], Any]] = {
    "nudges.since": (lambda conn, _: nudges.since(conn, "other", NOON.date()), []),
    "sealing.keys": (lambda conn, _: sealing.keys(conn, "other"), []),
    "sealing.remove_key": (lambda conn, _: sealing.remove_key(conn, "other", 1), False),
    "sealing.seal": (lambda conn, _: sealing.seal(conn, "other"), None),
    "shown.count": (lambda conn, _: shown.count(conn, "other", "article-1"), 0),
    "shown.one": (lambda conn, comment: shown.one(conn, "other", ADA, comment.id), None),
    "shown.page": (
        lambda conn, _: shown.page(conn, "other", "article-1", ADA, Sort.NEWEST, START, 9),
        Page((), None),
    ),
    "shown.page_at": (
        lambda conn, comment: shown.page_at(conn, "other", "article-1", ADA, Sort.BEST, comment.id, 9),
        None,
    ),
    "shown.replies": (
        lambda conn, comment: shown.replies(conn, "other", "article-1", ADA, comment.id, 0, 9),
        Page((), None),
    ),
    "shown.thread_of": (lambda conn, comment: shown.thread_of(conn, "other", comment.id), None),
}
WRITING = {
    *("edits.edit", "edits.edit_own", "edits.withdraw", "nudges.count", "votes.vote", "votes.unvote"),
    *("sealing.add_key", "sealing.begin_seal", "sealing.change_seal", "sealing.introduce"),
}
OF_A_COMMENT = {"shown.fate_of"}
"""It is asked about a comment that was found before."""


@pytest.fixture
async def busy(database: Database) -> Database:
    """A store in which the site "demo" has something of everything, and "other" has nothing."""
    root = await stored(database, judged=APPROVED)
    await record(database, "A reply.", parent=root.id, judge=lambda _: APPROVED)
    await database.write(votes.vote, "demo", root.id, "eve")
    await database.write(nudges.count, "demo", NOON.date(), Outcome.SHOWN)
    await database.write(sealing.begin_seal, "demo", "ab" * 32, NOON)
    await database.write(sealing.add_key, "demo", KEY, NOON)
    await database.write(sealing.introduce, "demo", Identity(Author("ada", "Ada"), None, "editor"))
    return database


async def root_of(database: Database) -> shown.Shown:
    page = await database.read(shown.page, "demo", "article-1", ADA, Sort.OLDEST, None, 1)
    return page.items[0]


def everything(conn: Connection) -> list[object]:
    """All that demo's widget can ask for."""
    return [
        [shown.page(conn, "demo", "article-1", ADA, sort, None, 9) for sort in Sort],
        sealing.seal(conn, "demo"),
        sealing.keys(conn, "demo"),
        nudges.since(conn, "demo", NOON.date()),
    ]


def test_every_function_is_covered_here() -> None:
    functions = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (edits, nudges, sealing, shown, votes)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert functions == FOREIGN.keys() | WRITING | OF_A_COMMENT


@pytest.mark.parametrize("name", FOREIGN)
async def test_a_site_cannot_see_what_belongs_to_another(busy: Database, name: str) -> None:
    comment = await stored(busy, judged=APPROVED)
    ask, answer = FOREIGN[name]
    assert await busy.write(ask, comment) == answer


async def test_a_site_cannot_change_what_belongs_to_another(busy: Database) -> None:
    before, comment = await busy.read(everything), (await root_of(busy)).id
    for change in (
        lambda conn: edits.edit_own(conn, "other", comment, "ada", "Mine.", None, NONE, 15, lambda _: APPROVED, NOON),
        lambda conn: edits.withdraw(conn, "other", comment, "ada", NOON),
        lambda conn: votes.vote(conn, "other", comment, "mia"),
        lambda conn: votes.unvote(conn, "other", comment, "eve"),
    ):
        with pytest.raises(NoSuchComment):
            await busy.write(change)
    await busy.write(nudges.count, "other", NOON.date(), Outcome.SHOWN)
    await busy.write(sealing.begin_seal, "other", "cd" * 32, NOON)
    await busy.write(sealing.change_seal, "other", "ef" * 32, NOON)
    await busy.write(sealing.add_key, "other", replace(KEY, text="t" * 32), NOON)
    await busy.write(sealing.introduce, "other", Identity(Author("ada", "Ada"), None, "owner"))
    assert await busy.read(everything) == before


async def test_what_the_widget_keeps_is_there_again(busy: Database) -> None:
    root = await root_of(busy)
    assert (root.votes, root.author, len(root.replies)) == (1, Identity(Author("ada", "Ada"), None, "editor"), 1)
    assert await busy.write(sealing.begin_seal, "demo", "cd" * 32, NOON) == "ab" * 32
    assert await busy.write(sealing.begin_seal, "nowhere", "cd" * 32, NOON) is None
    await busy.write(nudges.count, "demo", NOON.date(), Outcome.EDITED)
    assert await busy.read(nudges.since, "demo", NOON.date()) == [Nudges(NOON.date(), 1, 1, 0)]
    assert await busy.read(nudges.since, "demo", NOON.date() + timedelta(days=1)) == []


async def test_the_time_for_edits_is_over_to_the_second(busy: Database) -> None:
    comment, minutes = (await root_of(busy)).id, 15

    def edit(conn: Connection, seconds: int) -> Comment:
        now = NOON + timedelta(minutes=minutes, seconds=seconds)
        return edits.edit_own(conn, "demo", comment, "ada", "Changed.", None, NONE, minutes, lambda _: APPROVED, now)

    with pytest.raises(CannotEdit, match="15 minutes"):
        await busy.write(edit, 0)
    assert (await busy.write(edit, -1)).submission.text == "Changed."
