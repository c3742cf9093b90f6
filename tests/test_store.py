"""What was stored is found again, judged on its author's history, by its own site only."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.comment import Author, History, Standing, Status
from bot.review import AlreadyDecided, NoSuchTransition
from bot.store import authors, comments, decisions, idempotency, policies, queue, schema, threads
from bot.store.comments import Recorded, UnknownParent
from bot.store.counts import Totals
from bot.store.database import Database
from bot.store.idempotency import Idempotency, IdempotencyMismatch
from bot.store.queue import QueueFilter
from bot.verdict import Decision, Evidence, Place, Reason, Verdict
from sentiment.scores import Attribute, Span
from tests.builders import NOON, analysis
from tests.stored import decided, record, stored, verdict
from tests.waiting import eventually


async def test_a_comment_comes_back_exactly_as_it_was_stored(database: Database) -> None:
    whole = Verdict(
        Decision.HOLD,
        (
            Evidence(Reason.DETECTED_INSULT, Decision.HOLD, Attribute.INSULT, 0.81, 0.6, Place(2, 7)),
            Evidence(Reason.POLICY_FIRST_COMMENT, Decision.HOLD, value=0, threshold=1),
        ),
        severity=0.1 + 0.2,
        model="test-1",
        policy=7,
    )
    scored = analysis(Span(Attribute.INSULT, 2, 7, 1.5), insult=0.81)
    comment = await stored(database, "Ünïcode 🙂 <b>", whole, scored=scored)
    assert await database.read(comments.find, "demo", comment.id) == comment
    assert (comment.verdict, comment.analysis, comment.status) == (whole, scored, Status.HELD)
    assert comment.created_at == NOON


async def test_a_comment_without_scorer_is_stored_without_analysis(database: Database) -> None:
    judged = replace(verdict(Decision.HOLD, Reason.SCORER_UNAVAILABLE), model=None)
    comment = await stored(database, judged=judged, scored=None)
    assert comment.analysis is None
    assert await database.read(comments.find, "demo", comment.id) == comment


async def test_history_knows_counts_standing_floods_repeats_and_closed_threads(database: Database) -> None:
    await stored(database, "Buy this", judged=verdict(Decision.APPROVE), at=NOON - timedelta(hours=1))
    await stored(database, "Buy this", judged=verdict(Decision.REJECT), at=NOON - timedelta(hours=25))
    await stored(database, "Buy that", judged=verdict(Decision.HOLD), at=NOON - timedelta(seconds=30))
    await stored(database, "Buy this", author="bob", at=NOON - timedelta(seconds=30))
    await database.write(authors.set_standing, "demo", "ada", Standing.TRUSTED)
    await database.write(threads.close, "demo", "article-1")
    seen: list[History] = []

    def judge(history: History) -> Verdict:
        seen.append(history)
        return verdict()

    await record(database, "Buy this", judge=judge)
    assert seen == [
        History(approved=1, held=1, rejected=1, recent=1, repeats=1, standing=Standing.TRUSTED, thread_closed=True)
    ]


async def test_a_reply_needs_a_parent_in_the_same_thread(database: Database) -> None:
    parent = await stored(database, thread="article-1")
    answer = await record(database, thread="article-1", parent=parent.id)
    assert answer.comment.submission.parent == parent.id
    with pytest.raises(UnknownParent):
        await record(database, thread="article-2", parent=parent.id)
    with pytest.raises(UnknownParent):
        await record(database, thread="article-1", parent=parent.id, site="other")


@pytest.mark.parametrize("text", ["a\x00b", "cut in an emoji: \ud83d"])
async def test_text_that_not_every_database_can_keep_is_refused_by_all(database: Database, text: str) -> None:
    comment = await stored(database)
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        await stored(database, text)
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        await decided(database, comment, moderator=text)
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        await database.write(policies.save, "demo", {"words": {"banned": ["fine", text]}}, None, NOON)
    page = await database.read(queue.page, "demo", QueueFilter(), None, 5)
    assert page.comments == (comment,)


async def test_a_thread_shows_its_approved_comments_page_by_page(database: Database) -> None:
    shown = [
        await stored(database, f"Comment {n}", judged=verdict(Decision.APPROVE), at=NOON + timedelta(seconds=n))
        for n in range(5)
    ]
    await stored(database, "Held")
    await stored(database, "Elsewhere", thread="article-2", judged=verdict(Decision.APPROVE))
    first = await database.read(comments.in_thread, "demo", "article-1", None, 3)
    rest = await database.read(comments.in_thread, "demo", "article-1", first[-1].id, 3)
    assert first + rest == shown


async def test_the_same_key_stores_one_comment_for_a_day(database: Database) -> None:
    wanted = Idempotency("key-1", b"request")
    first = await record(database, wanted=wanted)
    again = await record(database, wanted=wanted, at=NOON + timedelta(hours=23))
    assert again == Recorded(first.comment, replayed=True)
    later = await record(database, wanted=wanted, at=NOON + idempotency.KEPT)
    assert not later.replayed and later.comment.id != first.comment.id
    await record(database, wanted=wanted, site="other")


async def test_the_same_key_with_another_request_is_refused(database: Database) -> None:
    await record(database, wanted=Idempotency("key-1", b"request"))
    with pytest.raises(IdempotencyMismatch):
        await record(database, wanted=Idempotency("key-1", b"another"))


async def test_of_many_requests_with_one_key_at_once_one_is_stored(database: Database) -> None:
    wanted = Idempotency("key-1", b"request")
    outcomes = await asyncio.gather(*(record(database, wanted=wanted) for _ in range(12)))
    assert len({outcome.comment.id for outcome in outcomes}) == 1
    assert [outcome.replayed for outcome in outcomes].count(False) == 1
    page = await database.read(queue.page, "demo", QueueFilter(), None, 50)
    assert (len(page.comments), page.totals.all) == (1, 1)


async def test_a_decision_changes_status_trail_and_counts(database: Database) -> None:
    comment = await stored(database, judged=verdict(Decision.HOLD, Reason.DETECTED_SPAM))
    approved, line = await decided(database, comment)
    assert approved == replace(comment, status=Status.APPROVED)
    trail = await database.read(decisions.of, "demo", comment.id)
    assert trail[1:] == [line] and trail[0].after is Status.HELD and trail[0].before is None
    author = await database.read(authors.find, "demo", "ada")
    assert author == authors.AuthorRecord(Author("ada", "Ada"), Standing.ORDINARY, approved=1, held=0, rejected=0)
    held_now = await database.read(queue.page, "demo", QueueFilter(), None, 5)
    assert held_now == queue.Page((), None, Totals(0, {}))
    now_approved = await database.read(queue.page, "demo", QueueFilter(Status.APPROVED, Reason.DETECTED_SPAM), None, 5)
    assert now_approved == queue.Page((approved,), None, Totals(1, {Reason.DETECTED_SPAM: 1}))


async def test_of_two_moderators_at_once_the_second_is_told_who_was_first(database: Database) -> None:
    comment = await stored(database, judged=verdict(Decision.HOLD, Reason.DETECTED_SPAM))
    results = await asyncio.gather(
        *(decided(database, comment, moderator=f"moderator-{number}") for number in range(8)), return_exceptions=True
    )
    (first,) = [result for result in results if not isinstance(result, BaseException)]
    refused = [result for result in results if isinstance(result, AlreadyDecided)]
    assert len(refused) == 7
    assert all((told.comment, told.last) == first for told in refused)
    assert len(await database.read(decisions.of, "demo", comment.id)) == 2
    page = await database.read(queue.page, "demo", QueueFilter(Status.APPROVED), None, 5)
    assert page == queue.Page((first[0],), None, Totals(1, {Reason.DETECTED_SPAM: 1}))


async def test_a_decision_that_the_status_table_does_not_know_is_refused(database: Database) -> None:
    comment = await stored(database)
    with pytest.raises(NoSuchTransition):
        await decided(database, comment, Decision.HOLD)
    assert await database.read(comments.find, "demo", comment.id) == comment


async def test_comments_of_one_author_at_once_are_judged_one_after_the_other(database: Database) -> None:
    """So that a flood is a flood however fast it comes."""
    judged: list[History] = []

    def judge(history: History) -> Verdict:
        judged.append(history)
        return verdict()

    await asyncio.gather(*(record(database, "Buy this", judge=judge) for _ in range(10)))
    assert sorted((seen.held, seen.recent, seen.repeats) for seen in judged) == [(n, n, n) for n in range(10)]


async def test_old_idempotency_keys_are_forgotten_a_few_with_each_new_one(database: Database) -> None:
    for number in range(6):
        await record(database, wanted=Idempotency(f"old-{number}", b"request"))
    for number in range(2):
        await record(database, wanted=Idempotency(f"new-{number}", b"request"), at=NOON + idempotency.KEPT)
    kept = await database.read(lambda conn: list(conn.scalars(select(schema.idempotency.c.key).order_by("key"))))
    assert kept == ["new-0", "new-1"]


async def test_what_was_begun_is_finished_also_where_nobody_waits_any_more(database: Database) -> None:
    """Whoever asked may be gone: the transaction ends as a whole, and its connection serves the next one."""
    comment = await stored(database)
    for _ in range(20):
        reading = asyncio.create_task(database.read(comments.find, "demo", comment.id))
        await asyncio.sleep(0)
        reading.cancel()
    deciding = asyncio.create_task(decided(database, comment))
    for _ in range(2):
        await asyncio.sleep(0)
    deciding.cancel()
    await eventually(lambda: status_of(database, comment.id), Status.APPROVED)
    assert len(await database.read(decisions.of, "demo", comment.id)) == 2


async def status_of(database: Database, comment_id: int) -> Status | None:
    """Where the comment stands now."""
    comment = await database.read(comments.find, "demo", comment_id)
    return None if comment is None else comment.status
