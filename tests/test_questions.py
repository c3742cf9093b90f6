"""What readers ask a person: it waits, is answered once, comes back to its asker alone, and is forgotten in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.comment import Author
from bot.question import Question, QuestionStatus
from bot.store import questions
from bot.store.database import Database
from bot.store.questions import AlreadySettled, NoSuchQuestion
from tests.builders import NOON

DAY = timedelta(days=1)
QUESTION = Question(7, "May I quote you?", Author("ada", "Ada"), QuestionStatus.WAITING, NOON, NOON + DAY)
MINE, THEIRS = b"m" * 32, b"t" * 32


async def add(database: Database, *asked: Question, conversation: bytes = MINE, site: str = "demo") -> None:
    for question in asked:
        await database.write(questions.add, site, conversation, question)


async def test_a_question_waits_and_is_answered_once(database: Database) -> None:
    await add(database, QUESTION)
    assert await database.read(questions.waiting, "demo", NOON) == 1
    later = NOON + timedelta(hours=1)
    answered = await database.write(questions.settle, "demo", 7, "You may.", "mia", later)
    assert answered == replace(
        QUESTION, status=QuestionStatus.ANSWERED, answer="You may.", moderator="mia", settled_at=later
    )
    with pytest.raises(AlreadySettled, match="already answered, by mia"):
        await database.write(questions.settle, "demo", 7, None, "ben", later)
    assert await database.read(questions.of, "demo", MINE, later) == [answered]
    assert await database.read(questions.waiting, "demo", later) == 0


async def test_a_closed_question_has_no_answer(database: Database) -> None:
    await add(database, QUESTION)
    closed = await database.write(questions.settle, "demo", 7, None, "mia", NOON)
    assert (closed.status, closed.answer) == (QuestionStatus.CLOSED, None)


async def test_those_that_wait_come_oldest_first_and_the_settled_newest_first(database: Database) -> None:
    await add(database, *(replace(QUESTION, id=number) for number in range(1, 6)))
    page = await database.read(questions.page, "demo", QuestionStatus.WAITING, None, 2, NOON)
    assert [one.id for one in page] == [1, 2]
    page = await database.read(questions.page, "demo", QuestionStatus.WAITING, 2, 10, NOON)
    assert [one.id for one in page] == [3, 4, 5]
    for number in (1, 2, 3):
        await database.write(questions.settle, "demo", number, "Yes.", "mia", NOON)
    page = await database.read(questions.page, "demo", QuestionStatus.ANSWERED, None, 2, NOON)
    assert [one.id for one in page] == [3, 2]
    assert [one.id for one in await database.read(questions.page, "demo", QuestionStatus.ANSWERED, 2, 2, NOON)] == [1]


async def test_an_answer_comes_back_to_the_conversation_that_asked_and_to_no_other(database: Database) -> None:
    await add(database, QUESTION)
    await add(database, replace(QUESTION, id=8, author=None), conversation=THEIRS)
    assert [one.id for one in await database.read(questions.of, "demo", MINE, NOON)] == [7]
    assert await database.read(questions.of, "other", MINE, NOON) == []


async def test_what_has_expired_is_shown_to_nobody_and_then_deleted(database: Database) -> None:
    await add(database, QUESTION, replace(QUESTION, id=8, expires_at=NOON + 2 * DAY))
    then = NOON + DAY
    assert await database.read(questions.find, "demo", 7, then) is None
    assert [one.id for one in await database.read(questions.of, "demo", MINE, then)] == [8]
    assert await database.read(questions.waiting, "demo", then) == 1
    with pytest.raises(NoSuchQuestion):
        await database.write(questions.settle, "demo", 7, "Too late.", "mia", then)
    assert [await database.write(questions.forget, then) for _ in range(2)] == [1, 0]
    assert (await database.read(questions.find, "demo", 7, NOON)) is None


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
async def test_what_cannot_be_stored_is_refused(database: Database, text: str) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogate"):
        await add(database, replace(QUESTION, text=text))
