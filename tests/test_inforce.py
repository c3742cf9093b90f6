"""Which policy is in force: the newest stored one, and for a new site the defaults, stored as its first."""

import asyncio
from datetime import UTC, datetime

from bot.inforce import current_policy
from bot.policy import Policy
from bot.store import policies
from bot.store.database import Database

NOW = datetime(2026, 11, 23, tzinfo=UTC)


async def test_a_site_judged_for_the_first_time_by_many_at_once_gets_one_policy(database: Database) -> None:
    """Whoever comes second finds what the first one stored; no comment is turned away for it."""
    # Connections first, so that all ask at the same moment.
    await asyncio.gather(*(database.read(policies.versions, "demo") for _ in range(8)))
    found = await asyncio.gather(*(database.write(current_policy, "demo", NOW) for _ in range(8)))
    assert {policy.version for policy in found} == {1}
    assert [version.version for version in await database.read(policies.versions, "demo")] == [1]


async def test_the_defaults_are_stored_as_they_are_today(database: Database) -> None:
    """So that a verdict of today can be explained when the defaults have changed."""
    stored = await database.write(current_policy, "demo", NOW)
    assert Policy.model_validate(stored.document) == Policy()
