"""Every counter is what a recount gives, also where authors edit, withdraw and are erased."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.comment import Comment, DecisionRecord, Status
from bot.editing import CannotEdit
from bot.privacy import Privacy
from bot.reporting import Report, ReportReason
from bot.review import ReviewError
from bot.store import comments, decisions, edits, reports, schema
from bot.store.comments import Windows
from bot.store.database import Database
from bot.store.decisions import NoSuchComment
from bot.store.documents import read_analysis, read_evidence
from bot.tallies import Tally, of_arrival, of_line, of_reasons
from bot.verdict import Decision, Evidence, Reason, Verdict
from sentiment.scores import Attribute
from tests.builders import NOON, analysis
from tests.stored import decided, stored, verdict

NEVER = Windows(timedelta(0), timedelta(0), timedelta(0))
AUTHORS = ("ada", "linus")
Counts = dict[tuple[object, ...], int]


def judged(chance: random.Random) -> Verdict:
    """Something that the rules may say."""
    decision = chance.choice(tuple(Decision))
    insult = Evidence(Reason.DETECTED_INSULT, decision, Attribute.INSULT, 0.8, 0.6)
    spam = Evidence(Reason.DETECTED_SPAM, decision, Attribute.SPAM, 0.9, 0.6)
    return Verdict(decision, chance.choice(((insult,), (spam,), (insult, spam))), 0.8, "test-1", 1)


@pytest.mark.parametrize("seed", range(4))
async def test_counters_equal_a_recount_whatever_authors_do(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    known: list[Comment] = []
    for number in range(70):
        at = NOON + timedelta(minutes=37 * number)
        if not known or chance.random() < 0.3:
            said = judged(chance) if chance.random() < 0.6 else verdict(Decision.APPROVE)
            scored = chance.choice((None, analysis(insult=0.8), analysis(spam=chance.random())))
            who, where = chance.choice(AUTHORS), chance.choice(("demo", "other"))
            known.append(await stored(database, f"Comment {at}", said, site=where, author=who, scored=scored, at=at))
            continue
        with suppress(ReviewError, CannotEdit, NoSuchComment):
            await happens(database, chance, chance.choice(known), at)
    assert await database.read(kept_tallies) == await database.read(tallied_again)
    await check_counts(database)
    told = await database.read(kept_tallies)
    assert await Privacy(database, clock=lambda: NOON).erase("demo", "ada", "mia") is not None
    # What is erased takes nothing out of the numbers but the queue.
    after = await database.read(kept_tallies)
    assert {key: number for key, number in after.items() if key[1] != "left"} == {
        key: number for key, number in told.items() if key[1] != "left"
    }
    await check_counts(database)


async def check_counts(database: Database) -> None:
    """Of the queue, of authors, and of votes."""
    for kept, again in ((kept_totals, totals_again), (kept_authors, authors_again)):
        assert await database.read(kept) == await database.read(again), kept.__name__


async def happens(database: Database, chance: random.Random, comment: Comment, at: datetime) -> None:
    """Something that somebody does to a stored comment."""
    act, site, author = chance.random(), comment.site, comment.submission.author.id
    now = await database.read(comments.find, site, comment.id)
    assert now is not None
    if act < 0.4:
        said, scored = judged(chance), chance.choice((None, analysis(insult=0.8)))
        text = f"Edited at {at}"
        await database.write(edits.edit_own, site, comment.id, author, text, scored, NEVER, 10**5, lambda _: said, at)
    elif act < 0.5:
        await database.write(edits.withdraw, site, comment.id, author, at)
    elif act < 0.7:
        report = Report(f"reader-{chance.randrange(5)}", chance.choice(tuple(ReportReason)), None, at)
        await database.write(reports.record, site, comment.id, report, lambda _: 2)
    elif act < 0.8:
        await database.write(decisions.appeal, site, comment.id, author, "Please.", at)
    else:
        who, decision = chance.choice(("grace", "mia")), chance.choice(tuple(Decision))
        await decided(database, comment, decision, expected=now.status, moderator=who, at=at)


def kept_tallies(conn: Connection) -> Counts:
    """Every tally that is not zero, whatever its shard."""
    sums = Counter[tuple[object, ...]]()
    for row in conn.execute(select(schema.tallies)):
        *key, _, number = row
        sums[tuple(key)] += number
    return +sums


def tallied_again(conn: Connection) -> Counts:
    """From comments, what they said before, and their trails."""
    sums = Counter[tuple[object, ...]]()
    revisions = schema.revisions
    for row in conn.execute(select(schema.comments)).all():
        earlier = select(revisions).where(revisions.c.comment_id == row.id).order_by(revisions.c.number)
        versions = [*conn.execute(earlier).all(), row]
        trail = decisions.of(conn, row.site, row.id)
        sums.update((row.site, *tally) for tally in _of_versions(row.created_at, versions, trail))
    return +sums


def _of_versions(at: datetime, versions: list[Any], trail: list[DecisionRecord]) -> Iterator[Tally]:
    """Any: rows of revisions, and at last that of the comment."""
    first, said = versions[0], [_reasons(one) for one in versions]
    yield from of_arrival(at, trail[0].decision, _scores(first), said[0])
    for before, after in pairwise(said):
        yield from of_reasons(at, [reason for reason in after if reason not in before])
    for number, line in enumerate(trail[1:], 1):
        version = next(one for one in versions if one is versions[-1] or one.until > line.at)
        flagged = {found.attribute for found in read_evidence(version.evidence) if found.attribute is not None}
        yield from of_line(trail[:number], line, _scores(version).keys(), flagged)


def _reasons(version: Any) -> Iterable[Reason]:
    """Any: a row."""
    return dict.fromkeys(found.reason for found in read_evidence(version.evidence))


def _scores(version: Any) -> dict[Attribute, float]:
    """Any: a row."""
    return {} if version.analysis is None else dict(read_analysis(version.analysis).scores)


def kept_totals(conn: Connection) -> Counts:
    """What the queue says there is."""
    sums = Counter[tuple[object, ...]]()
    for site, status, reason, _, number in conn.execute(select(schema.queue_counts)):
        sums[site, status, reason] += number
    return +sums


def totals_again(conn: Connection) -> Counts:
    """What there is, by the comments and by the index of their reasons."""
    sums = Counter[tuple[object, ...]]()
    for row in conn.execute(select(schema.comments)):
        sums.update((row.site, row.status, name) for name in ("", *_reasons(row)))
    rows = conn.execute(select(schema.comment_reasons)).all()
    indexed = Counter[tuple[object, ...]]((row.site, row.status, row.reason) for row in rows)
    assert indexed == {key: number for key, number in sums.items() if key[2]}
    return +sums


def kept_authors(conn: Connection) -> Counts:
    """What authors' records say."""
    counted = (Status.APPROVED, Status.HELD, Status.REJECTED)
    rows = conn.execute(select(schema.authors)).mappings().all()
    return {
        (row["site"], row["author_id"], one.value): row[one.value] for row in rows for one in counted if row[one.value]
    }


def authors_again(conn: Connection) -> Counts:
    """What they wrote."""
    rows = conn.execute(select(schema.comments).where(schema.comments.c.status != Status.WITHDRAWN.value)).all()
    return Counter((row.site, row.author_id, row.status) for row in rows)
