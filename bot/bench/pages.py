"""What pages of the queue, and the site's numbers, cost with very many stored comments, and with few."""

import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import Connection, func, select, text

from bot.bench.figures import Better, Figure
from bot.numbers import USUAL_DAYS, Period, Unit
from bot.policy import AttributeLevels
from bot.store import queue, schema, sites, tallies
from bot.store.database import DEMO_SITE, Database
from bot.store.filling import fill
from bot.store.queue import Order, QueueFilter, Sort
from bot.verdict import Reason
from bot.web.guards.answers import encode
from bot.web.wire.answered import write_comment
from bot.web.wire.stats import write_stats
from sentiment.scores import Attribute

FEW = 10_000
MOST_TIMES = 2.0
MOST_MILLISECONDS = 150.0
"""For the first page that the desk shows; whoever waits longer notices."""

_STEP = 10_000
_ROUNDS = 40
_LIMIT = 20
_ON_THE_DESK = 50
_FIRST_ROUNDS = 20
# Filling takes PostgreSQL longer than any request may.
_PATIENCE = 600.0

_QUESTIONS: dict[str, QueueFilter] = {
    "newest first": QueueFilter(),
    "oldest first": QueueFilter(order=Order.ASC),
    "most severe first": QueueFilter(sort=Sort.SEVERITY),
    "by reason": QueueFilter(reason=Reason.DETECTED_INSULT),
    "by reason, most severe first": QueueFilter(reason=Reason.DETECTED_INSULT, sort=Sort.SEVERITY),
    "by score": QueueFilter(attribute=Attribute.THREAT, min_score=0.7),
    "by a word": QueueFilter(text="bababa"),
}
_NUMBERS = "the numbers"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two databases that differ in how much they hold."""

    few: Database
    many: Database


def steps(many: int) -> int:
    """How often `measure` will report progress."""
    return _filling(FEW) + _filling(many) + _ROUNDS + _FIRST_ROUNDS


async def measure(name: str, pair: Pair, many: int, step: Callable[[], object]) -> list[Figure]:
    """Fills both databases, then asks them the same questions in turns. Each figure is that of the worst question."""
    for database, count in ((pair.few, FEW), (pair.many, many)):
        for number in range(_filling(count)):
            await database.write(fill, DEMO_SITE, min(_STEP, count - number * _STEP), number)
            step()
        if not database.embedded:
            # What PostgreSQL does by itself within a minute of such a change.
            await database.write(_analyze)
    seconds = {(question, database): list[float]() for question in _QUESTIONS for database in (pair.few, pair.many)}
    for _ in range(_ROUNDS):
        for (question, database), found in seconds.items():
            found.append(await _ask(database, _QUESTIONS[question]))
        step()
    medians = {place: statistics.median(found) for place, found in seconds.items()}
    times = {question: medians[question, pair.many] / medians[question, pair.few] for question in _QUESTIONS}
    details = {f"{question}, ms with {many:,}": medians[question, pair.many] * 1000 for question in _QUESTIONS}
    details |= {f"{question}, ms with {FEW:,}": medians[question, pair.few] * 1000 for question in _QUESTIONS}
    worst = max(times, key=lambda question: times[question])
    title = f"queue page on {name}, {many:,} comments against {FEW:,}"
    ratio = Figure(title, times[worst], "times", MOST_TIMES, Better.LOWER, f"The worst question is {worst}.", details)
    return [ratio, *await _answers(name, pair, many, step)]


async def _answers(name: str, pair: Pair, many: int, step: Callable[[], object]) -> list[Figure]:
    """How long a whole answer takes in the server, JSON included: the desk's first page, and the numbers."""
    ends = {database: await database.read(_newest) for database in (pair.few, pair.many)}
    seconds = {(what, database): list[float]() for what in (*_QUESTIONS, _NUMBERS) for database in ends}
    for _ in range(_FIRST_ROUNDS):
        for (what, database), found in seconds.items():
            began = time.perf_counter()
            if what == _NUMBERS:
                await _numbers(database, ends[database])
            else:
                await _first_page(database, _QUESTIONS[what])
            found.append(time.perf_counter() - began)
        step()
    taken = {place: statistics.median(found) * 1000 for place, found in seconds.items()}

    def figure(title: str, questions: list[str]) -> Figure:
        worst = max(questions, key=lambda what: taken[what, pair.many])
        times = taken[worst, pair.many] / taken[worst, pair.few]
        note = f"The slowest is {worst}: {times:.1f} times what it takes with {FEW:,}."
        details = {f"{what}, ms with {many:,}": taken[what, pair.many] for what in questions}
        details |= {
            f"{what}, times that of {FEW:,}": taken[what, pair.many] / taken[what, pair.few] for what in questions
        }
        title = f"{title} on {name}, {many:,} comments"
        return Figure(title, taken[worst, pair.many], "ms", MOST_MILLISECONDS, Better.LOWER, note, details)

    return [figure("first queue page", list(_QUESTIONS)), figure(f"numbers of {USUAL_DAYS} days", [_NUMBERS])]


async def _first_page(database: Database, wanted: QueueFilter) -> bytes:
    page = await database.read(queue.page, DEMO_SITE, wanted, None, _ON_THE_DESK)
    return encode({"items": [write_comment(comment) for comment in page.comments], "next": page.next})


async def _numbers(database: Database, now: datetime) -> bytes:
    days = Period(now.date() - timedelta(days=USUAL_DAYS - 1), now.date(), Unit.DAY)
    return encode(write_stats(await database.read(tallies.of, DEMO_SITE, days, now), AttributeLevels(), None))


def _newest(conn: Connection) -> datetime:
    newest: datetime = conn.execute(select(func.max(schema.comments.c.created_at))).scalar_one()
    return newest


def not_measured(name: str, many: int, note: str) -> Figure:
    """What stands in the place of `measure` where there is no such database."""
    title = f"queue page on {name}, {many:,} comments against {FEW:,}"
    return Figure(title, None, "times", MOST_TIMES, Better.LOWER, note)


def _filling(count: int) -> int:
    return -(-count // _STEP)


async def _ask(database: Database, wanted: QueueFilter) -> float:
    began = time.perf_counter()
    await database.read(queue.page, DEMO_SITE, wanted, None, _LIMIT)
    return time.perf_counter() - began


def _analyze(conn: Connection) -> None:
    conn.execute(text("ANALYZE"))


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Pair]:
    """Two files in the folder."""
    pair = Pair(await Database.open(None, folder / "few"), await Database.open(None, folder / "many"))
    try:
        yield pair
    finally:
        await pair.few.close()
        await pair.many.close()


@asynccontextmanager
async def postgresql(url: str, folder: Path) -> AsyncIterator[Pair]:
    """Two databases of a server, made for this and dropped in the end. `url` is that of any other one there."""
    names = ("parley_bench_few", "parley_bench_many")
    _say(url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))
    _say(url, *(f"CREATE DATABASE {name}" for name in names))
    try:
        pair = Pair(*[await Database.open(_with_name(url, name), folder, _PATIENCE) for name in names])
        try:
            for database in (pair.few, pair.many):
                await database.write(sites.add, DEMO_SITE, datetime.now(UTC))
            yield pair
        finally:
            await pair.few.close()
            await pair.many.close()
    finally:
        _say(url, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))


def _say(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _with_name(url: str, name: str) -> str:
    address, mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{mark}{options}"
