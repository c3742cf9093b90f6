"""A site's numbers are what a recount of everything stored gives, whatever happened and in whatever order."""

import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select

from bot import tallies as rules
from bot.comment import Comment, Status
from bot.numbers import AGES, MOST_DAYS, MOST_DAYS_BY_HOUR, BadPeriod, Numbers, Period, Unit, Waits, period
from bot.reporting import Report, ReportReason
from bot.review import ReviewError
from bot.store import comments, decisions, reports, schema, tallies
from bot.store.database import Database
from bot.store.migrations.versions import stats_0009
from bot.tallies import WAITS, Reversed, Seen, score_bucket, wait_bucket
from bot.verdict import Decision, DecisionSource, Evidence, Reason, Verdict
from sentiment.scores import Attribute
from tests.builders import NOON, analysis
from tests.stored import decided, stored, verdict

TODAY = NOON.date()
LATER = NOON + timedelta(hours=2)


def insulting(decision: Decision = Decision.HOLD) -> Verdict:
    """What the policy makes of an insult of 0.8."""
    found = Evidence(Reason.DETECTED_INSULT, decision, Attribute.INSULT, 0.8, 0.6)
    return Verdict(decision, (found,), 0.8, "test-1", 1)


async def numbers(database: Database, site: str = "demo", now: datetime = LATER, unit: Unit = Unit.DAY) -> Numbers:
    """Those of the day of NOON."""
    return await database.read(tallies.of, site, Period(TODAY, TODAY, unit), now)


@given(st.floats(0, 1))
def test_every_score_has_one_of_twenty_buckets(score: float) -> None:
    bucket = score_bucket(score)
    assert 0 <= bucket < rules.SCORE_BUCKETS
    assert bucket / 20 <= score + 1e-12
    assert score <= (bucket + 1) / 20 + 1e-12


@given(st.lists(st.floats(0, 60 * 86_400), min_size=1), st.sampled_from((0.5, 0.9, 1.0)))
def test_a_quantile_of_waits_is_told_by_the_bucket_that_holds_it(seconds: list[float], share: float) -> None:
    counted = Counter(map(wait_bucket, seconds))
    found = Waits(tuple(counted[place] for place in range(len(WAITS) + 1))).quantile(share)
    assert found is not None
    exact = next(one for place, one in enumerate(sorted(seconds), 1) if place >= share * len(seconds))
    assert found.more_than <= exact
    assert found.at_most is None or exact <= found.at_most


@given(st.one_of(st.none(), st.dates()), st.one_of(st.none(), st.dates()), st.sampled_from(Unit))
def test_a_period_has_as_many_days_as_its_unit_allows(first: date | None, last: date | None, unit: Unit) -> None:
    try:
        found = period(first, last, unit, TODAY)
    except (BadPeriod, OverflowError):
        return
    days = (found.last - found.first).days + 1
    assert 1 <= days <= (MOST_DAYS if unit is Unit.DAY else MOST_DAYS_BY_HOUR)
    assert first in (None, found.first)
    assert last in (None, found.last)


@pytest.mark.parametrize("seed", range(3))
async def test_tallies_equal_a_recount_after_whatever_happens(database: Database, seed: int) -> None:
    """Comments, decisions, undos, reports and appeals in any order, on two sites, over days."""
    chance, moments = random.Random(seed), count()
    known: list[Comment] = []
    for _ in range(60):
        at = NOON + timedelta(minutes=37 * next(moments))
        if not known or chance.random() < 0.4:
            judged = insulting(chance.choice(tuple(Decision))) if chance.random() < 0.5 else verdict(Decision.APPROVE)
            scored = chance.choice((None, analysis(insult=0.8), analysis(spam=chance.random())))
            site = chance.choice(("demo", "other"))
            known.append(await stored(database, f"Comment {at}", judged, site=site, scored=scored, at=at))
            continue
        with suppress(ReviewError):
            await happens(database, chance, chance.choice(known), at)
    kept = await database.read(all_tallies)
    assert kept
    await database.write(recount)
    assert await database.read(all_tallies) == kept


async def happens(database: Database, chance: random.Random, comment: Comment, at: datetime) -> None:
    """Something that somebody does to a stored comment."""
    act = chance.random()
    if act < 0.2:
        report = Report(f"reader-{chance.randrange(5)}", chance.choice(tuple(ReportReason)), None, at)
        await database.write(reports.record, comment.site, comment.id, report, lambda _: 2)
    elif act < 0.4:
        await database.write(decisions.appeal, comment.site, comment.id, "ada", "Please.", at)
    else:
        now = await database.read(comments.find, comment.site, comment.id)
        assert now is not None
        who, decision = chance.choice(("grace", "linus")), chance.choice(tuple(Decision))
        await decided(database, comment, decision, expected=now.status, moderator=who, at=at)


def all_tallies(conn: Connection) -> dict[tuple[object, ...], int]:
    """Every count that is not zero, whatever its shard."""
    sums = Counter[tuple[object, ...]]()
    for row in conn.execute(select(schema.tallies)):
        *key, _, number = row
        sums[tuple(key)] += number
    return dict(sums)


def recount(conn: Connection) -> None:
    """What the migration does with an older database."""
    conn.execute(delete(schema.tallies))
    stats_0009.fill(conn)


async def test_what_comes_in_and_what_people_decide_is_told_by_the_hour(database: Database) -> None:
    held = await stored(database, "One.", insulting())
    await stored(database, "Two.", verdict(Decision.APPROVE), at=NOON + timedelta(hours=1))
    await stored(database, "Elsewhere.", insulting(), site="other")
    await decided(database, held, Decision.REJECT, at=NOON + timedelta(hours=1, minutes=7))
    found = await numbers(database, now=NOON + timedelta(hours=1, minutes=30), unit=Unit.HOUR)
    assert len(found.steps) == 24
    before, noon, one, two = found.steps[11:15]
    assert (noon.arrived[Decision.HOLD], one.arrived[Decision.APPROVE], one.decided[Decision.REJECT]) == (1, 1, 1)
    assert [step.waiting for step in (before, noon, one, two)] == [0, 1, 0, None]


async def test_how_long_comments_waited_is_told_for_all_and_for_each_moderator(database: Database) -> None:
    """A decision that was taken back does not set the clock to zero."""
    held = await stored(database, "One.", insulting())
    await decided(database, held, Decision.APPROVE, at=NOON + timedelta(minutes=8))
    await decided(database, held, Decision.HOLD, expected=Status.APPROVED, at=NOON + timedelta(minutes=9))
    await decided(database, held, Decision.REJECT, at=NOON + timedelta(minutes=25))
    found = await numbers(database)
    assert found.waits.decisions == 2
    median, ninetieth = found.waits.quantile(0.5), found.waits.quantile(0.9)
    assert (median and (median.more_than, median.at_most)) == (300, 600)
    assert (ninetieth and (ninetieth.more_than, ninetieth.at_most)) == (1200, 1800)
    (grace,) = found.moderators
    assert (grace.moderator, grace.decisions, grace.reversed[Reversed.BY_THEMSELVES]) == ("grace", 3, 1)


async def test_decisions_that_others_or_an_appeal_reverse_count_to_whoever_took_them(database: Database) -> None:
    first = await stored(database, "One.", insulting())
    await decided(database, first, Decision.APPROVE, moderator="grace")
    await decided(database, first, Decision.REJECT, expected=Status.APPROVED, moderator="linus")
    await database.write(decisions.appeal, "demo", first.id, "ada", "Please.", NOON)
    await database.write(
        decisions.record, "demo", first.id, Decision.APPROVE, Status.HELD, DecisionSource.MODERATOR, "grace",
        None, None, NOON,
    )  # fmt: skip
    loads = {load.moderator: load.reversed for load in (await numbers(database)).moderators}
    assert loads["grace"][Reversed.BY_OTHERS] == 1
    assert loads["linus"] == {Reversed.BY_THEMSELVES: 0, Reversed.BY_OTHERS: 0, Reversed.ON_APPEAL: 1}


async def test_agreement_is_what_the_model_and_the_first_person_made_of_a_comment(database: Database) -> None:
    scored = analysis(insult=0.8)
    rejected = await stored(database, "One.", insulting(), scored=scored)
    approved = await stored(database, "Two.", insulting(), scored=scored)
    unflagged = await stored(database, "Three.", verdict(Decision.APPROVE))
    await decided(database, rejected, Decision.REJECT)
    await decided(database, approved, Decision.APPROVE)
    await decided(database, approved, Decision.REJECT, expected=Status.APPROVED)
    await decided(database, unflagged, Decision.REJECT, expected=Status.APPROVED)
    found = {one.attribute: one for one in (await numbers(database)).agreement}
    assert found[Attribute.INSULT].seen == {
        Seen.UNFLAGGED_APPROVED: 0,
        Seen.UNFLAGGED_REJECTED: 1,
        Seen.FLAGGED_APPROVED: 1,
        Seen.FLAGGED_REJECTED: 1,
    }
    assert found[Attribute.INSULT].agreed == pytest.approx(1 / 3)


async def test_scores_and_reasons_are_those_of_the_comments_that_came_in(database: Database) -> None:
    await stored(database, "One.", insulting(), scored=analysis(insult=0.8))
    await stored(database, "Two.", verdict(Decision.HOLD, Reason.SCORER_UNAVAILABLE), scored=None)
    await stored(database, "Three.", verdict(Decision.APPROVE))
    found = await numbers(database)
    insult = next(one for one in found.scores if one.attribute is Attribute.INSULT)
    assert (insult.buckets[0], insult.buckets[16], insult.absent) == (1, 1, 1)
    assert dict(found.reasons) == {Reason.DETECTED_INSULT: 1, Reason.SCORER_UNAVAILABLE: 1}


async def test_what_waits_is_told_by_its_age(database: Database) -> None:
    for minutes in (5, 30, 31, 60 * 24 * 40):
        await stored(database, f"{minutes}", insulting(), at=LATER - timedelta(minutes=minutes))
    queue = (await numbers(database)).queue
    assert (queue.waiting, queue.oldest) == (4, LATER - timedelta(days=40))
    assert queue.ages == (1, 2, *[0] * (len(AGES) - 2), 1)


async def test_an_empty_site_has_numbers_too(database: Database) -> None:
    found = await numbers(database)
    assert found.queue.oldest is None
    assert found.waits.quantile(0.5) is None
    assert found.agreement[0].agreed is None
    assert not found.moderators
    assert not found.reasons
    assert found.steps[0].at == datetime(2026, 11, 23, tzinfo=UTC)
