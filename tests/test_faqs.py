"""A site's FAQ is made ready once for each version, whoever waits for it, and the shipped one once for all sites."""

import asyncio

import pytest

from bot import faqs as ready_faqs
from bot.dialogue.faq import Faq
from bot.faqs import Faqs, SiteFaq
from bot.store import faqs
from bot.store.database import Database
from bot.store.faqs import FaqChanged
from tests.builders import NOON

SMALL = {"intents": [{"id": "hours", "questions": ["When are you open?"], "answer": "Always."}], "fallback": "No idea."}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The versions that are made ready, as they are."""
    versions: list[int] = []
    ready = ready_faqs.ready

    def counted(document: Faq, version: int = 0) -> SiteFaq:
        versions.append(version)
        return ready(document, version)

    monkeypatch.setattr(ready_faqs, "ready", counted)
    return versions


async def test_each_version_is_made_ready_once_however_many_wait(database: Database, made: list[int]) -> None:
    await database.write(faqs.save, "demo", SMALL, None, NOON)
    known = Faqs(database)
    found = await asyncio.gather(*(known.of("demo") for _ in range(5)))
    assert {id(one) for one in found} == {id(found[0])}
    await database.write(faqs.save, "demo", SMALL, None, NOON)
    known.forget()
    assert (await known.of("demo")).version == 2
    assert made == [1, 2]


async def test_sites_without_an_faq_share_the_one_that_parley_comes_with(database: Database, made: list[int]) -> None:
    known = Faqs(database)
    first, second = await asyncio.gather(known.of("demo"), known.of("other"))
    assert first is second
    assert made == [0]


async def test_who_leaves_while_it_is_made_takes_it_from_nobody(database: Database, made: list[int]) -> None:
    await database.write(faqs.save, "demo", SMALL, None, NOON)
    known = Faqs(database)
    leaves, stays = asyncio.ensure_future(known.of("demo")), asyncio.ensure_future(known.of("demo"))
    await asyncio.sleep(0)
    leaves.cancel()
    assert (await stays).version == 1
    assert made == [1]


async def test_of_two_who_save_on_the_same_version_one_is_told(database: Database) -> None:
    assert await database.write(faqs.save, "demo", SMALL, "first", NOON, 0) == 1
    with pytest.raises(FaqChanged, match="version 1 is current"):
        await database.write(faqs.save, "demo", SMALL, "second", NOON, 0)
    assert [one.note for one in await database.read(faqs.headlines, "demo")] == ["first"]
