"""Keys are believed for a second at most, and not at all once it is known that they changed."""

import asyncio
import re
from datetime import UTC, datetime

import pytest

from bot.cache import LocalScores
from bot.moderation import Moderation
from bot.policy import Policy
from bot.scoring import Scoring
from bot.store import keys, policies
from bot.store.database import Database
from bot.store.keys import Scope
from bot.token import Token
from bot.web.guards.keyring import Keyring
from bot.web.guards.problems import Refusal
from tests.builders import NOON
from tests.running import one_insult
from tests.waiting import eventually


async def new_key(database: Database) -> tuple[int, str]:
    """A key of the site "demo": its id, and the header that shows it."""
    token = Token.fresh()
    await database.write(keys.create, "demo", token.key_id, "a key", Scope.SUBMIT, token.hash, NOON)
    return token.key_id, f"Bearer {token.text}"


async def until_it_asks() -> None:
    """Give the loop two turns: in the first whoever was started begins, in the second the store is asked."""
    for _ in range(2):
        await asyncio.sleep(0)


async def test_a_key_that_asked_a_moment_ago_is_known_without_the_store(database: Database) -> None:
    keyring = Keyring(database)
    key_id, header = await new_key(database)
    assert keyring.recent(header) is None
    assert (await keyring.identify(header)).id == key_id
    known = keyring.recent(header)
    assert known is not None
    assert (known.id, known.site, known.scope) == (key_id, "demo", Scope.SUBMIT)


def test_a_new_key_fits_into_the_name_of_a_host() -> None:
    texts = {Token.fresh().text for _ in range(100)}
    assert len(texts) == 100
    assert all(re.fullmatch(r"parley_[a-z2-7]{52}", text) and len(text) < 64 for text in texts)


async def test_a_revoked_key_is_refused_within_a_second(database: Database) -> None:
    keyring = Keyring(database)
    key_id, header = await new_key(database)
    await keyring.identify(header)
    await database.write(keys.revoke, "demo", key_id, NOON)
    await eventually(lambda: keyring.recent(header), None, 1.5)
    with pytest.raises(Refusal, match="revoked"):
        await keyring.identify(header)


async def test_an_answer_from_before_a_change_is_not_believed_after_it(database: Database) -> None:
    """A key was asked about, then revoked and announced, while the answer was still under way."""
    keyring = Keyring(database)
    _, header = await new_key(database)
    asking = asyncio.create_task(keyring.identify(header))
    await until_it_asks()
    keyring.forget()
    await asking
    assert keyring.recent(header) is None


async def test_many_who_ask_at_once_share_one_question(database: Database) -> None:
    """Also where the answer is a refusal."""
    keyring = Keyring(database)
    key_id, header = await new_key(database)
    found = await asyncio.gather(*(keyring.identify(header) for _ in range(50)))
    assert {key.id for key in found} == {key_id}
    refused = await asyncio.gather(*(keyring.identify("Bearer parley_x") for _ in range(50)), return_exceptions=True)
    assert all(isinstance(refusal, Refusal) for refusal in refused)


async def test_a_policy_from_before_a_change_is_not_in_force_after_it(database: Database) -> None:
    """The same for policies."""
    scoring = Scoring(LocalScores(), load=one_insult)
    moderation = Moderation(database, scoring)
    asking = asyncio.create_task(moderation.policy("demo"))
    await until_it_asks()
    moderation.forget_policies()
    before = await asking
    assert moderation.recent_policy("demo") is None
    links = Policy(links=1)
    await database.write(policies.save, "demo", links.model_dump(mode="json"), None, datetime.now(UTC))
    after = await moderation.policy("demo")
    assert (after.version, after.document) == (before.version + 1, links)
    assert moderation.recent_policy("demo") is after
    await scoring.close()
