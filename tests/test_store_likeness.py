"""What the store remembers of comments that are nearly the same: counted by site and window, at a bounded cost."""

from dataclasses import replace
from datetime import timedelta

from bot.comment import History
from bot.store.database import Database
from bot.verdict import Decision, Verdict
from tests.builders import NOON
from tests.stored import WINDOWS, decided, record, stored, verdict

OFFER = "Friends, I made a lot of money last month with a simple system that anybody can learn at home"


async def history_of(database: Database, text: str = OFFER, *, site: str = "demo", minutes: int = 60) -> History:
    """What is known when this text arrives, by an author whom nobody knows."""
    known: list[History] = []

    def judge(history: History) -> Verdict:
        known.append(history)
        return verdict()

    await record(database, text, site=site, author="new", judge=judge, at=NOON + timedelta(minutes=minutes))
    return known[-1]


async def test_nearly_the_same_comments_are_counted_whoever_wrote_them(database: Database) -> None:
    await stored(database, f"{OFFER}: http://a.example", author="ada")
    await stored(database, f"Hello! {OFFER}!!!", author="bob")
    await stored(database, "What a lovely garden that is, I would like to sit there all day long", author="cyd")
    history = await history_of(database)
    assert (history.likes, history.rejected_likes, history.repeats) == (2, 0, 0)


async def test_short_comments_are_never_counted(database: Database) -> None:
    for author in ("ada", "bob", "cyd"):
        await stored(database, "Thank you!", author=author)
    assert (await history_of(database, "Thank you!")).likes == 0


async def test_other_sites_and_times_before_the_window_do_not_count(database: Database) -> None:
    await stored(database, OFFER, site="other")
    await stored(database, OFFER, at=NOON - WINDOWS.likes)
    assert (await history_of(database)).likes == 0


async def test_a_comment_that_a_moderator_rejected_is_known_again(database: Database) -> None:
    comment = await stored(database, OFFER)
    assert (await history_of(database)).rejected_likes == 0
    await decided(database, comment, Decision.REJECT)
    assert (await history_of(database, f"{OFFER} www.new.example")).rejected_likes == 1


async def test_what_a_rule_rejected_teaches_nothing_new(database: Database) -> None:
    await stored(database, OFFER, verdict(Decision.REJECT))
    history = await history_of(database)
    assert (history.likes, history.rejected_likes) == (1, 0)


async def test_a_decision_that_is_taken_back_is_forgotten(database: Database) -> None:
    comment = await stored(database, OFFER)
    rejected, _ = await decided(database, comment, Decision.REJECT)
    await decided(database, rejected, Decision.APPROVE, expected=rejected.status)
    assert (await history_of(database)).rejected_likes == 0


async def test_a_flood_of_the_same_is_counted_up_to_a_bound(database: Database) -> None:
    """So that the next one costs what the first did."""
    for step in range(120):
        await stored(database, OFFER, author=f"author-{step}", at=NOON + timedelta(seconds=step))
    assert 50 <= (await history_of(database)).likes <= 100


async def test_without_a_window_nothing_is_looked_for(database: Database) -> None:
    await stored(database, OFFER)
    known: list[History] = []

    def judge(history: History) -> Verdict:
        known.append(history)
        return verdict()

    await record(database, OFFER, author="new", judge=judge, windows=replace(WINDOWS, likes=timedelta()))
    assert known[-1].likes == 0
