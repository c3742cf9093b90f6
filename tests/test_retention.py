"""What a site keeps for a while goes when its time is over: once, by one process, and nothing else with it."""

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from bot.command import parley
from bot.comment import Comment, Status
from bot.policy import Policy, Retention
from bot.privacy import Privacy
from bot.store import authors, comments, counts, decisions, erasure, policies, schema, shifts
from bot.store.database import Database
from bot.store.idempotency import KEPT, Idempotency
from bot.sweeping import Sweeper
from bot.verdict import Decision
from tests.builders import NOON
from tests.running import serving
from tests.stored import decided, record, stored, verdict
from tests.waiting import eventually

LATER = NOON + timedelta(days=30)
KEEP = Retention(rejected_days=30, approved_days=60)


@pytest.fixture
async def sweeper(database: Database) -> Sweeper:
    """One for which thirty days have passed, and whose site keeps rejected comments for thirty."""
    await keep(database, KEEP)
    return Sweeper(database, Privacy(database), clock=lambda: LATER)


async def keep(database: Database, kept: Retention) -> None:
    document = Policy(retention=kept).model_dump(mode="json")
    await database.write(policies.save, "demo", document, None, NOON)


async def text_of(database: Database, comment: Comment) -> str:
    found = await database.read(comments.find, comment.site, comment.id)
    assert found is not None
    return found.submission.text


async def test_a_text_goes_when_its_time_is_over(database: Database, sweeper: Sweeper) -> None:
    """Counted from the last decision; what is approved, held, of another site or younger stays."""
    old, a_moment = NOON - timedelta(seconds=1), timedelta(days=10)
    over = await stored(database, "Over.", verdict(Decision.REJECT), at=old)
    stay = [
        await stored(database, "Approved.", verdict(Decision.APPROVE), at=old),
        await stored(database, "Held.", at=old),
        await stored(database, "Elsewhere.", verdict(Decision.REJECT), site="other", at=old),
        await stored(database, "Young.", verdict(Decision.REJECT), at=NOON + a_moment),
    ]
    late = await stored(database, "Decided late.", at=old)
    await decided(database, late, Decision.REJECT, at=NOON + a_moment)
    await sweeper.sweep()
    assert await text_of(database, over) == ""
    assert [await text_of(database, one) for one in stay] == [one.submission.text for one in stay]
    assert await text_of(database, late) == "Decided late."


async def test_who_wrote_it_and_what_was_decided_stay(database: Database, sweeper: Sweeper) -> None:
    comment = await stored(database, "Over.", at=NOON - timedelta(days=1))
    await decided(database, comment, Decision.REJECT, at=NOON - timedelta(hours=1))
    before = await database.read(authors.find, "demo", "ada"), await database.read(counts.of, "demo", Status.REJECTED)
    await sweeper.sweep()
    found = await database.read(comments.find, "demo", comment.id)
    assert found is not None
    assert (found.erased, found.submission.author.id, found.status) == (True, "ada", Status.REJECTED)
    trail = await database.read(decisions.of, "demo", comment.id)
    assert [(line.decision, line.moderator, line.note) for line in trail] == [
        (Decision.HOLD, None, None),
        (Decision.REJECT, "grace", None),
    ]
    after = await database.read(authors.find, "demo", "ada"), await database.read(counts.of, "demo", Status.REJECTED)
    assert after == before


async def test_what_was_swept_is_not_swept_again_and_can_still_be_erased(database: Database, sweeper: Sweeper) -> None:
    comment = await stored(database, "Over.", verdict(Decision.REJECT), at=NOON - timedelta(days=1))
    assert await sweeper.sweep_site("demo") == {Status.REJECTED: 1, Status.APPROVED: 0}
    assert await sweeper.sweep_site("demo") == {Status.REJECTED: 0, Status.APPROVED: 0}
    await Privacy(database).erase("demo", "ada", "mia")
    found = await database.read(comments.find, "demo", comment.id)
    assert found is not None
    assert found.submission.author.id != "ada"


async def test_more_than_a_step_is_swept_and_counted_before(database: Database, sweeper: Sweeper) -> None:
    for number in range(203):
        await stored(database, f"Over, {number}.", verdict(Decision.REJECT), at=NOON - timedelta(days=1))
    assert (await sweeper.sweep_site("demo", dry_run=True))[Status.REJECTED] == 203
    assert (await sweeper.sweep_site("demo", dry_run=False))[Status.REJECTED] == 203
    assert (await sweeper.sweep_site("demo", dry_run=True))[Status.REJECTED] == 0


async def test_one_process_sweeps_at_a_time_and_a_dead_one_loses_its_turn(database: Database) -> None:
    now = LATER
    first, second = (Sweeper(database, Privacy(database), clock=lambda: now) for _ in range(2))
    assert sorted(await asyncio.gather(first.sweep(), second.sweep())) == [False, True]
    now += timedelta(seconds=61)
    assert await second.sweep()
    assert not await database.write(shifts.take, "sweep", now + timedelta(days=1), now)


async def test_whoever_lost_its_turn_stops(database: Database) -> None:
    """A process that was away for longer than its shift finds that another one sweeps."""
    await keep(database, KEEP)
    await stored(database, "Over.", verdict(Decision.REJECT), at=NOON - timedelta(days=1))
    moments = iter([LATER])
    slow = Sweeper(database, Privacy(database), clock=lambda: next(moments, LATER + timedelta(minutes=2)))
    taken = Sweeper(database, Privacy(database), clock=lambda: LATER + timedelta(minutes=2))

    async def sweep_slowly() -> None:
        begun = await database.write(shifts.take, "sweep", LATER + timedelta(seconds=60), LATER)
        assert begun
        assert await taken.sweep()
        assert not await database.write(
            shifts.extend, "sweep", LATER + timedelta(seconds=60), LATER + timedelta(seconds=120)
        )

    await sweep_slowly()
    assert not await slow.sweep()


async def test_an_erasure_that_stopped_goes_on_by_itself(database: Database, sweeper: Sweeper) -> None:
    await stored(database, "Something.", author="eve")
    await database.write(erasure.begin, "demo", "eve", "erased-1", "mia", NOON)
    assert await sweeper.sweep()
    ended = await database.read(erasure.find, "demo", "erased-1")
    assert ended is not None
    assert (ended.comments, ended.author, ended.ended_at is not None) == (1, None, True)


async def test_old_requests_are_forgotten(database: Database) -> None:
    for number in range(3):
        await record(database, f"Number {number}.", wanted=Idempotency(f"key-{number}", b"hash"), at=NOON)
    for now, left in ((NOON + KEPT / 2, 3), (NOON + KEPT, 0)):
        await Sweeper(database, Privacy(database), clock=lambda now=now: now).sweep()  # type: ignore[misc]
        rows = await database.read(lambda conn: conn.execute(schema.idempotency.select()).all())
        assert len(rows) == left


def test_nothing_is_erased_that_may_be_appealed() -> None:
    with pytest.raises(ValidationError, match="must not be below appeal_days"):
        Policy(appeal_days=14, retention=Retention(rejected_days=13))
    assert Policy(appeal_days=None, retention=Retention(rejected_days=1)).retention.rejected_days == 1


def test_by_default_everything_is_kept() -> None:
    assert Policy().retention.of_each() == {}


async def test_a_service_sweeps_by_itself_and_a_command_says_what_it_would(tmp_path: Path) -> None:
    opened = await Database.open(None, tmp_path)
    comment = await stored(opened, "Over.", verdict(Decision.REJECT), at=datetime(2021, 1, 1, tzinfo=NOON.tzinfo))
    await keep(opened, Retention(rejected_days=30))
    await opened.close()
    arguments = ["retention", "demo", "--dry-run", "--data", str(tmp_path)]
    said = json.loads((await asyncio.to_thread(CliRunner().invoke, parley, arguments)).stdout)
    assert said == {"dry_run": True, "erased": {"rejected": 1}}
    async with serving(tmp_path) as service:
        await eventually(lambda: text_of(service.parts.database, comment), "")
