"""Comments for tests, stored the way the service stores them; a test names only what it is about."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import SystemRandom

from bot.comment import Author, Comment, DecisionRecord, History, Status, mint_id, write_id
from bot.likeness import Likeness
from bot.question import Question, QuestionStatus
from bot.store import comments, decisions, questions, sites
from bot.store.comments import Recorded, Windows
from bot.store.database import Database
from bot.store.idempotency import Idempotency
from bot.verdict import Decision, DecisionSource, Evidence, Reason, Verdict
from sentiment.scores import Analysis
from tests.builders import NOON, analysis, submission
from tests.running import Service

WINDOWS = Windows(flood=timedelta(minutes=1), repeat=timedelta(hours=24), likes=timedelta(days=7))
SCORED = analysis()
# From anywhere, so that processes of one test do not store under the same ids.
_noise = count(SystemRandom().getrandbits(21))


async def add_sites(database: Database) -> None:
    """Makes sure that there are the sites "demo" and "other"."""
    for name in ("demo", "other"):
        with suppress(sites.SiteExists):
            await database.write(sites.add, name, NOON)


def verdict(decision: Decision = Decision.HOLD, *reasons: Reason, severity: float = 0.5) -> Verdict:
    """A verdict for these reasons."""
    evidence = tuple(Evidence(reason, decision) for reason in reasons)
    return Verdict(decision, evidence, severity, "test-1", 1)


async def record(
    database: Database,
    text: str = "A fair point, thank you.",
    *,
    site: str = "demo",
    author: str = "ada",
    thread: str = "article-1",
    parent: int | None = None,
    judge: Callable[[History], Verdict] = lambda _: verdict(),
    scored: Analysis | None = SCORED,
    at: datetime = NOON,
    wanted: Idempotency | None = None,
    windows: Windows = WINDOWS,
) -> Recorded:
    """Stores one comment; held without a reason, if the test does not say otherwise."""
    return await database.write(
        comments.record,
        site,
        replace(submission(text, author=author, thread=thread), parent=parent),
        mint_id(at, next(_noise)),
        scored,
        Likeness.of(text),
        windows,
        judge,
        wanted,
        at,
    )


async def stored(
    database: Database,
    text: str = "A fair point, thank you.",
    judged: Verdict | None = None,
    *,
    site: str = "demo",
    author: str = "ada",
    thread: str = "article-1",
    scored: Analysis | None = SCORED,
    at: datetime = NOON,
) -> Comment:
    """A stored comment that got this verdict."""
    given = judged or verdict()
    outcome = await record(
        database, text, site=site, author=author, thread=thread, judge=lambda _: given, scored=scored, at=at
    )
    return outcome.comment


async def handed_over(service: Service, text: str = "May I quote you?", *, site: str = "demo") -> str:
    """The id of a question that waits for a moderator of the running service."""
    now = datetime.now(UTC)
    question = Question(
        mint_id(now, next(_noise)), text, Author("ada", "Ada"), QuestionStatus.WAITING, now, now + timedelta(days=1)
    )
    await service.parts.database.write(questions.add, site, b"c" * 32, question)
    return write_id(question.id)


async def decided(
    database: Database,
    comment: Comment,
    decision: Decision = Decision.APPROVE,
    *,
    expected: Status = Status.HELD,
    moderator: str = "grace",
    at: datetime = NOON,
) -> tuple[Comment, DecisionRecord]:
    """A moderator's decision on a stored comment."""
    return await database.write(
        decisions.record,
        comment.site,
        comment.id,
        decision,
        expected,
        DecisionSource.MODERATOR,
        moderator,
        "off_topic",
        "Seen twice.",
        at,
    )
