"""The queue: every filter and order finds exactly the right comments, page by page, at the same cost for a million."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from bot.comment import Comment, Status, mint_id
from bot.likeness import Likeness
from bot.reporting import Report, ReportReason
from bot.store import authors, comments, context, counts, decisions, filling, queue, reports, schema, search, sites
from bot.store.cursor import BadCursor
from bot.store.database import Database
from bot.store.idempotency import Idempotency
from bot.store.prepared import driver_of
from bot.store.queue import Order, QueueFilter, Reach, Sort
from bot.verdict import Decision, DecisionSource, Reason
from sentiment.scores import Attribute
from tests.builders import NOON, analysis, submission
from tests.stored import WINDOWS, decided, stored, verdict

SHORT = Reach(window=3, window_of_words=2, few=4)
"""So short that a few comments are too many, and pages end in the middle of nothing."""

FAR = Reach()
KEY = Idempotency("key-1", b"request")

many_examples = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
reasons = st.lists(st.sampled_from([Reason.DETECTED_SPAM, Reason.DETECTED_INSULT, Reason.POLICY_HOLD_ALL]), unique=True)
texts = st.sampled_from(["red apple", "green apple pie", "Grün", "a red door", "..."])


@st.composite
def arrivals(draw: st.DrawFn) -> dict[str, Any]:
    """What is stored of one comment, from few enough possibilities that filters meet."""
    return {
        "text": draw(texts),
        "judged": verdict(
            draw(st.sampled_from(Decision)), *draw(reasons), severity=draw(st.sampled_from([0.0, 0.1, 0.5, 0.9]))
        ),
        "author": draw(st.sampled_from(["ada", "bob"])),
        "thread": draw(st.sampled_from(["t1", "t2"])),
        "scored": draw(st.sampled_from([None, analysis(spam=0.2), analysis(spam=0.8)])),
        "at": NOON + timedelta(seconds=draw(st.integers(0, 20))),
    }


@st.composite
def filters(draw: st.DrawFn) -> QueueFilter:
    """Any question, with few or many filters."""
    moments = st.integers(0, 20).map(lambda seconds: NOON + timedelta(seconds=seconds))
    return QueueFilter(
        status=draw(st.sampled_from([Status.HELD, Status.APPROVED])),
        reason=draw(st.none() | st.sampled_from([Reason.DETECTED_SPAM, Reason.DETECTED_INSULT])),
        attribute=draw(st.none() | st.just(Attribute.SPAM)),
        min_score=0.5,
        author=draw(st.none() | st.just("ada")),
        thread=draw(st.none() | st.just("t1")),
        text=draw(st.none() | st.sampled_from(["apple", "red app*", "gr*", "app red", "apple red", "!"])),
        since=draw(st.none() | moments),
        until=draw(st.none() | moments),
        sort=draw(st.sampled_from(Sort)),
        order=draw(st.sampled_from(Order)),
    )


def fits(wanted: QueueFilter, comment: Comment) -> bool:
    """The filter's meaning, said without any index."""
    scores = comment.analysis.scores if comment.analysis else {}
    return (
        comment.status is wanted.status
        and (wanted.reason is None or wanted.reason in comment.verdict.reasons)
        and (wanted.attribute is None or scores.get(wanted.attribute, -1) >= wanted.min_score)
        and wanted.author in (None, comment.submission.author.id)
        and wanted.thread in (None, comment.submission.thread)
        and (wanted.text is None or has_words(comment.submission.text, wanted.text))
        and (wanted.since is None or comment.created_at >= wanted.since)
        and (wanted.until is None or comment.created_at < wanted.until)
    )


def has_words(text: str, query: str) -> bool:
    """Every word of the query is in the text."""
    asked, there = search.wanted(query), search.words(text)
    return bool(asked) and all(
        any(word.startswith(one.word) if one.open_end else word == one.word for word in there) for one in asked
    )


def in_order(wanted: QueueFilter, comments: Sequence[Comment]) -> list[Comment]:
    """The comments as the filter wants them sorted."""
    by_time = wanted.sort is Sort.TIME
    return sorted(
        comments,
        key=lambda comment: (0.0 if by_time else comment.verdict.severity, comment.id),
        reverse=wanted.order is Order.DESC,
    )


async def walk(database: Database, site: str, wanted: QueueFilter, limit: int, reach: Reach = SHORT) -> list[Comment]:
    """All pages of a question, one after the other."""
    found: list[Comment] = []
    cursor = None
    while True:
        page = await database.read(queue.page, site, wanted, cursor, limit, reach)
        assert len(page.comments) <= limit
        found += page.comments
        cursor = page.next
        if cursor is None:
            return found


async def new_site(database: Database) -> str:
    """A site of the example's own."""
    name = f"site-{len(await database.read(sites.names))}"
    await database.write(sites.add, name, NOON)
    return name


@many_examples
@given(
    arriving=st.lists(arrivals(), max_size=15),
    asked=st.lists(filters(), min_size=8, max_size=8),
    limit=st.integers(1, 6),
)
async def test_pages_hold_what_fits_the_filter_in_order(
    database: Database, arriving: list[dict[str, Any]], asked: list[QueueFilter], limit: int
) -> None:
    site = await new_site(database)
    there = [await stored(database, site=site, **one) for one in arriving]
    for wanted in asked:
        expected = in_order(wanted, [comment for comment in there if fits(wanted, comment)])
        assert await walk(database, site, wanted, limit) == expected
        assert await walk(database, site, wanted, limit, Reach()) == expected


@many_examples
@given(
    arriving=st.lists(arrivals(), min_size=1, max_size=10),
    steps=st.lists(st.tuples(st.integers(0, 9), st.sampled_from([Decision.APPROVE, Decision.REJECT, Decision.HOLD]))),
)
async def test_totals_are_what_a_recount_gives(
    database: Database, arriving: list[dict[str, Any]], steps: list[tuple[int, Decision]]
) -> None:
    """After any comments and decisions, for each status and reason, and for each author."""
    site = await new_site(database)
    there = [await stored(database, site=site, **one) for one in arriving]
    for which, decision in steps:
        comment = there[which % len(there)]
        if comment.status.value.startswith(decision.value):
            continue
        if Decision.HOLD is decision and comment.status is Status.HELD:
            continue
        there[which % len(there)], _ = await decided(database, comment, decision, expected=comment.status)
    for status in Status:
        totals = await database.read(counts.of, site, status)
        here = [comment for comment in there if comment.status is status]
        assert totals.all == len(here)
        assert totals.by_reason == Counter(reason for comment in here for reason in comment.verdict.reasons)
        for wanted in (QueueFilter(status), QueueFilter(status, text="apple")):
            fitting = [comment for comment in here if fits(wanted, comment)]
            assert await walk(database, site, wanted, 4) == in_order(wanted, fitting)
    for name in ("ada", "bob"):
        theirs = Counter(comment.status for comment in there if comment.submission.author.id == name)
        author = await database.read(authors.find, site, name)
        counted = (author.approved, author.held, author.rejected) if author else (0, 0, 0)
        assert counted == (theirs[Status.APPROVED], theirs[Status.HELD], theirs[Status.REJECTED])


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "apple OR pear",
        "apple*",
        'a" OR "b',
        "NEAR(a b)",
        "-apple",
        "words:apple",
        "a & !b | c",
        "'",
        "\\",
        "_demo_held",
    ],
)
async def test_search_takes_signs_for_nothing_but_signs(database: Database, query: str) -> None:
    comment = await stored(database, query + " pear")
    await stored(database, "something else")
    found = await walk(database, "demo", QueueFilter(text=query), 5)
    assert found == ([comment] if search.words(query) else [])


@many_examples
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), query=st.text())
async def test_search_finds_a_text_by_its_own_words_and_never_fails(database: Database, text: str, query: str) -> None:
    site = await new_site(database)
    comment = await stored(database, text, site=site)
    assert await walk(database, site, QueueFilter(text=query), 5) == ([comment] if has_words(text, query) else [])
    own = " ".join(search.words(text))
    assert await walk(database, site, QueueFilter(text=own), 5) == ([comment] if own else [])


@pytest.mark.parametrize(
    ("written", "found_by"),
    [
        ("Café CRÈME", "cafe creme"),
        ("snake_case", "snake"),
        ("日本語です", "本"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
    ],
)
def test_words_are_compared_without_case_accents_and_form(written: str, found_by: str) -> None:
    assert set(search.words(found_by)) <= set(search.words(written))


def test_the_words_that_are_stored_do_not_change_unnoticed() -> None:
    """SQLite forgets a comment's words only when told the same again; changing them takes a migration."""
    text = "It's NOT Ünïcode_2.0! 🙂 http://a-b.example/ü?q=1 日本 สวัสดี \u200bzero\u200bwidth ½ İ"
    assert search.words(text) == [
        "it", "s", "not", "unicode", "2", "0", "http", "a", "b", "example", "u", "q", "1",
        "日", "本", "ส", "ว", "ั", "ด", "ี", "zero", "width", "i",
    ]  # fmt: skip


async def test_a_cursor_is_only_good_for_its_own_question(database: Database) -> None:
    for _ in range(3):
        await stored(database)
    first = await database.read(queue.page, "demo", QueueFilter(), None, 1)
    others: list[tuple[str, QueueFilter]] = [
        ("other", QueueFilter()),
        ("demo", QueueFilter(sort=Sort.SEVERITY)),
        ("demo", QueueFilter(order=Order.ASC)),
        ("demo", QueueFilter(author="ada")),
    ]
    for site, wanted in others:
        with pytest.raises(BadCursor, match="does not belong"):
            await database.read(queue.page, site, wanted, first.next, 1)


@many_examples
@given(cursor=st.text() | st.binary(max_size=40).map(lambda raw: raw.hex()))
async def test_a_garbled_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await database.read(queue.page, "demo", QueueFilter(), cursor, 1)


async def test_filling_stores_comments_that_the_queue_counts_and_finds(database: Database) -> None:
    await database.write(filling.fill, "demo", 300, 1)
    await database.write(filling.fill, "demo", 50, 2)
    found = [comment for status in Status for comment in await walk(database, "demo", QueueFilter(status), 100)]
    assert len({comment.id for comment in found}) == 350
    for status in Status:
        totals = await database.read(counts.of, "demo", status)
        assert totals.all == sum(comment.status is status for comment in found)


WALKED = {
    "by time": QueueFilter(),
    "by time, oldest first": QueueFilter(order=Order.ASC),
    "by severity": QueueFilter(sort=Sort.SEVERITY),
    "by severity, least first": QueueFilter(sort=Sort.SEVERITY, order=Order.ASC),
    "by reason and time": QueueFilter(reason=Reason.DETECTED_SPAM),
    "by reason and severity": QueueFilter(reason=Reason.DETECTED_SPAM, sort=Sort.SEVERITY),
    "by author": QueueFilter(author="author-0"),
    "by thread": QueueFilter(thread="thread-0"),
    "since": QueueFilter(since=NOON - timedelta(days=400)),
}
LOOKED_FOR = {
    "score": QueueFilter(attribute=Attribute.SPAM, min_score=0.9),
    "words by time": QueueFilter(text="babago defi*"),
    "words by severity": QueueFilter(text="babago", sort=Sort.SEVERITY),
    "author by severity": QueueFilter(author="author-0", sort=Sort.SEVERITY),
    "author, reason and thread": QueueFilter(author="author-0", reason=Reason.DETECTED_SPAM, thread="thread-0"),
    "since by severity": QueueFilter(since=NOON - timedelta(days=400), sort=Sort.SEVERITY),
}


async def test_a_page_in_an_order_that_has_an_index_is_a_walk_along_it(filled: Database) -> None:
    """No table is read whole and nothing is sorted, for the first page and for the one behind it."""
    for name, wanted in WALKED.items():
        for plan in await plans_of(filled, wanted):
            assert not reads_all(plan) and not sorts(plan), f"{name}: {plan}"


async def test_what_no_index_answers_is_looked_for_without_reading_all(filled: Database) -> None:
    """What is sorted then is no more than a window, or the few comments that fit."""
    for name, wanted in LOOKED_FOR.items():
        for plan in await plans_of(filled, wanted):
            assert not reads_all(plan), f"{name}: {plan}"


async def test_rare_words_are_found_by_the_index_of_words(filled: Database) -> None:
    plans = await plans_of(filled, QueueFilter(text="zyzyzy"), Reach(window=50))
    assert any(re.search("comment_words VIRTUAL TABLE INDEX|comment_words_by_word", plan) for plan in plans)


@pytest.fixture
async def filled(database: Database) -> Database:
    """A store with enough comments for an index to be worth its while."""
    await database.write(filling.fill, "demo", 4000, 1)
    if not database.embedded:
        await database.write(lambda conn: conn.exec_driver_sql("ANALYZE"))
    return database


async def test_storing_reading_and_deciding_look_nothing_up_by_reading_all(filled: Database) -> None:
    held = (await filled.read(queue.page, "demo", QueueFilter(), None, 1)).comments[0]
    arriving = submission("Once more", author="author-0", thread="thread-0")
    plans: list[str] = []
    for work, arguments in (
        (
            comments.record,
            (arriving, mint_id(NOON, 1), None, Likeness(b"hash", None), WINDOWS, lambda _: verdict(), KEY, NOON),
        ),
        (comments.in_thread, ("thread-0", None, 20)),
        (comments.newest, (held.id, 20)),
        (decisions.record, (held.id, Decision.APPROVE, Status.HELD, DecisionSource.MODERATOR, "ada", None, None, NOON)),
        (decisions.of, (held.id,)),
        (reports.record, (held.id, Report("reader-1", ReportReason.SPAM, None, NOON), lambda _: 1)),
        (context.of, (held.id,)),
        (authors.find, ("author-0",)),
    ):
        plans += await filled.write(explained, work, "demo", *arguments)
    assert len(plans) > 20
    for plan in plans:
        assert not reads_all(plan), plan


async def plans_of(database: Database, wanted: QueueFilter, reach: Reach = FAR) -> list[str]:
    """How the database goes about a first and a second page, one plan for each statement."""
    first = await database.read(queue.page, "demo", wanted, None, 10, reach)
    plans = await database.read(explained, queue.page, "demo", wanted, None, 10, reach)
    if first.next is not None:
        plans += await database.read(explained, queue.page, "demo", wanted, first.next, 10, reach)
    return plans


def explained(conn: Connection, work: Callable[..., object], *arguments: object) -> list[str]:
    """The plans of all statements that the work executes."""
    if conn.dialect.name == "sqlite":
        asked: list[str] = []
        driver_of(conn).set_trace_callback(asked.append)
        work(conn, *arguments)
        driver_of(conn).set_trace_callback(None)
        # Those of the text search itself begin with a comment.
        return [
            "\n".join(row[3] for row in driver_of(conn).execute(f"EXPLAIN QUERY PLAN {statement}"))
            for statement in asked
            if not statement.startswith("--")
        ]
    noted: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        noted.append((statement, parameters))

    event.listen(conn, "before_cursor_execute", note)
    work(conn, *arguments)
    event.remove(conn, "before_cursor_execute", note)
    # Tables that fit on a page are read whole, whatever the indexes: these plans are about large ones.
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return [
        "\n".join(row[0] for row in conn.exec_driver_sql(f"EXPLAIN {statement}", one))
        for statement, parameters in noted
        for one in (parameters if isinstance(parameters, list) else [parameters])
    ]


def reads_all(plan: str) -> bool:
    """Does it read a whole table, or all that a site has? A window and the index of words are neither.

    Whether a site has any endpoint at all is told by the first that is found.
    """
    plan = re.sub(r"SEARCH endpoint_events USING COVERING INDEX \S+ \(site=\?\)", "", plan)
    tables = "|".join(schema.metadata.tables)
    return re.search(rf"SCAN ({tables})\b|\(site=\?\)|Seq Scan", plan) is not None


def sorts(plan: str) -> bool:
    """Does it put rows in order that did not come so?"""
    return "TEMP B-TREE" in plan or "Sort" in plan
