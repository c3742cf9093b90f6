"""What stands around a comment: its thread, its author, comments like it, and its trail; never another site's."""

from datetime import timedelta

from bot.store import comments, context, decisions
from bot.store.database import Database
from bot.verdict import Decision
from tests.builders import NOON
from tests.stored import decided, record, stored, verdict

SPAM = "Earn five thousand a week from home, ask me how on this number today"


async def test_a_comment_comes_with_parent_thread_author_likes_and_trail(database: Database) -> None:
    said = [
        await stored(database, f"Comment {n}", verdict(Decision.APPROVE), author="bob", at=NOON + timedelta(seconds=n))
        for n in range(5)
    ]
    await stored(database, "Held here too", author="bob")
    late = NOON + timedelta(minutes=1)
    like = await stored(database, SPAM + "!", author="eve", thread="article-2", at=NOON)
    comment = (await record(database, SPAM, parent=said[0].id, at=late)).comment
    other = await stored(database, "Mine too.", thread="article-3", at=late + timedelta(seconds=1))
    await decided(database, comment)

    found = await database.read(context.of, "demo", comment.id)

    assert found is not None
    assert found.comment == await database.read(comments.find, "demo", comment.id)
    assert found.parent == said[0]
    assert found.earlier == tuple(said[2:])
    assert (found.author.approved, found.author.held) == (1, 1)
    assert found.by_author == (other,)
    assert found.alike == (like,)
    assert list(found.trail) == await database.read(decisions.of, "demo", comment.id)


async def test_the_newest_comments_of_an_author_are_shown_whatever_their_status(database: Database) -> None:
    of_ada = [
        await stored(database, f"Number {n}", verdict(list(Decision)[n % 3]), at=NOON + timedelta(seconds=n))
        for n in range(context.OF_AUTHOR + 3)
    ]
    found = await database.read(context.of, "demo", of_ada[-1].id)
    assert found is not None
    assert found.by_author == tuple(of_ada[-2 : -2 - context.OF_AUTHOR : -1])


async def test_short_comments_are_like_no_other(database: Database) -> None:
    await stored(database, "Thank you!", author="bob")
    comment = await stored(database, "Thank you!")
    found = await database.read(context.of, "demo", comment.id)
    assert found is not None
    assert (found.alike, found.parent, found.earlier) == ((), None, ())
